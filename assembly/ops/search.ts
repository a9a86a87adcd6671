// Places without sorting everything: among sorted elements, and of the few that come first.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { releaseBlock } from "../memory/heap";
import { fail, setOp } from "../tensor/fault";
import {
  attrOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  isContiguous,
  newNode,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, broadcastShapes, put } from "../tensor/shape";
import { packingArea } from "../kernels/packing";
import { foremost as foremostOf, searchFew, searchSorted as search } from "../kernels/search";
import { batchOf } from "../tape/levels";
import { record1, record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { aligned } from "./families/align";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { innerCount, outerCount } from "./scan";
import { alongShape } from "./scratch";

/** Places of `values` [m] among `sorted` [n], int32 [m]. */
export function searchSorted(sorted0: Tensor, values0: Tensor, right: bool): Tensor {
  if (!sorted0 || !values0) return 0;
  const op = opCode<Searchsorted>();
  setOp(op);
  const batch = max(batchOf(sorted0), batchOf(values0));
  // Casting them all would take longer than to find a few.
  const few = sizeOf(values0) < sizeOf(sorted0) >> 4 && dtypeOf(sorted0) != DType.Bool;
  const sorted = aligned(few ? sorted0 : cast(sorted0, DType.Float64), batch, 1);
  const values = aligned(cast(values0, DType.Float64), batch, 1);
  if (!sorted || !values) return 0;
  const n = rankOf(values) - 1;
  const outer = broadcastShapes(rankOf(sorted) - 1, dimsOf(sorted), n, dimsOf(values), alongShape);
  put(alongShape, <u32>outer, at(dimsOf(values), n));
  const out = newNode(DType.Int32, <u32>outer + 1, alongShape);
  if (out) setAttr(out, u32(right));
  return record2(out, op, sorted, values);
}

function runSearch(out: Tensor): void {
  if (!sizeOf(out)) return;
  const sorted = flat(inputOf(out, 0));
  const values = flat(inputOf(out, 1));
  const m = coreSize(out, 1);
  const dtype = dtypeOf(inputOf(out, 0));
  const shift: usize = dtype == DType.Float64 ? 3 : 2;
  let to = dataOf(out);
  for (let i: u32 = 0, all = sorted && values ? sizeOf(out) / m : 0; i < all; i++) {
    const a = sorted + (outerOffset(inputOf(out, 0), out, i, 1) << shift);
    const b = values + (outerOffset(inputOf(out, 1), out, i, 1) << 3);
    const n = coreSize(inputOf(out, 0), 1);
    const right = attrOf(out) != 0;
    if (dtype == DType.Float64) search(a, b, to, n, m, right);
    else searchFew(a, b, to, n, m, right, dtype, shift);
    to += (<usize>m) << 2;
  }
  if (sorted && !isContiguous(inputOf(out, 0))) releaseBlock(sorted);
  if (values && !isContiguous(inputOf(out, 1))) releaseBlock(values);
}

/** Places among sorted elements. */
class Searchsorted {
  run(out: Tensor): void { runSearch(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Searchsorted>(Family.Inner, 2, Trait.Hidden | Trait.Constant);

/**
 * Places of the k elements along a logical axis that come first in rising order, or with `largest` in
 * falling order, int32; of equal ones the first. There are as many. Few are meant: each that comes
 * forward moves others.
 */
export function foremost(x0: Tensor, axis: u32, k: u32, largest: bool): Tensor {
  const x = x0 ? cast(x0, DType.Float64) : 0;
  if (!x) return 0;
  const op = opCode<Foremost>();
  setOp(op);
  const place = axis + batchOf(x);
  memory.copy(alongShape, dimsOf(x), <usize>rankOf(x) << 2);
  put(alongShape, place, k);
  const out = newNode(DType.Int32, rankOf(x), alongShape);
  if (out) setAttr(out, (place << 1) | u32(largest));
  return record1(out, op, x);
}

function runForemost(out: Tensor): void {
  if (!sizeOf(out)) return;
  const x = inputOf(out, 0);
  const axis = attrOf(out) >> 1;
  const outer = outerCount(x, axis);
  const n = at(dimsOf(x), axis);
  const inner = innerCount(x, axis);
  const k = at(dimsOf(out), axis);
  const largest = (attrOf(out) & 1) != 0;
  const bytes = (<usize>k) << 3;
  const keys = packingArea(bytes);
  if (!keys) fail(Fault.OutOfMemory, <f64>bytes);
  const data = keys ? flat(x) : 0;
  if (!data) return;
  foremostOf(data, dataOf(out), outer, n, inner, k, largest, keys);
  if (!isContiguous(x)) releaseBlock(data);
}

/** Places of the elements that come first. */
class Foremost {
  run(out: Tensor): void { runForemost(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Foremost>(Family.Inner, 1, Trait.Hidden | Trait.Constant);
