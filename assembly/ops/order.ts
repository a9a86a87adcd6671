// Where elements stand in order: places along an axis, int32, derivative zero. Sorted values are
// gathered by them.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { releaseBlock } from "../memory/heap";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  attrOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  isContiguous,
  newNode,
  opOf,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, broadcastShapes, put } from "../tensor/shape";
import { packingArea } from "../kernels/packing";
import { argbest, argsort, searchSorted as search, sortBytes } from "../kernels/sort";
import { batchOf } from "../tape/levels";
import { record1, record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { promote } from "./families/promote";
import { logicalDims } from "./movement";
import { accumulate, Cumprod, Cumsum, innerCount, outerCount } from "./scan";
import { alongShape } from "./scratch";

function ordering(op: u32, x: Tensor, axis: u32): Tensor {
  if (!x) return 0;
  setOp(op);
  const place = axis + batchOf(x);
  const rank = rankOf(x);
  memory.copy(alongShape, dimsOf(x), <usize>rank << 2);
  let n = rank;
  if (op != opCode<Argsort>()) {
    if (!at(alongShape, place)) {
      return failShapes(Fault.EmptyReduction, logicalDims(x), logicalRank(x), alongShape, 0);
    }
    n--;
    for (let i = place; i < n; i++) put(alongShape, i, at(alongShape, i + 1));
  }
  const out = newNode(DType.Int32, n, alongShape);
  if (out) setAttr(out, place);
  return record1(out, op, x);
}

function runAll<T, K>(out: Tensor, x: Tensor, data: usize, area: usize): void {
  const axis = attrOf(out);
  const outer = outerCount(x, axis);
  const n = at(dimsOf(x), axis);
  const inner = innerCount(x, axis);
  if (opOf(out) == opCode<Argsort>()) argsort<T, K>(data, dataOf(out), outer, n, inner, area);
  else argbest<T>(data, dataOf(out), outer, n, inner, opOf(out) == opCode<Argmin>());
}

function run(out: Tensor): void {
  const x = inputOf(out, 0);
  if (!sizeOf(x)) return;
  const bytes = sortBytes(at(dimsOf(x), attrOf(out)));
  const area = opOf(out) == opCode<Argsort>() ? packingArea(bytes) : 1;
  if (!area) fail(Fault.OutOfMemory, <f64>bytes);
  const data = area ? flat(x) : 0;
  if (!data) return;
  const dtype = dtypeOf(x);
  if (dtype == DType.Float64) runAll<f64, u64>(out, x, data, area);
  else if (dtype == DType.Float32) runAll<f32, u32>(out, x, data, area);
  else runAll<i32, u32>(out, x, data, area);
  if (!isContiguous(x)) releaseBlock(data);
}

/** Places of `values` [m] among `sorted` [n], int32 [m]. */
export function searchSorted(sorted0: Tensor, values0: Tensor, right: bool): Tensor {
  if (!sorted0 || !values0) return 0;
  const op = opCode<Searchsorted>();
  setOp(op);
  const dtype = promote(sorted0, values0);
  const batch = max(batchOf(sorted0), batchOf(values0));
  const sorted = aligned(cast(sorted0, dtype), batch, 1);
  const values = aligned(cast(values0, dtype), batch, 1);
  if (!sorted || !values) return 0;
  const n = rankOf(values) - 1;
  const outer = broadcastShapes(rankOf(sorted) - 1, dimsOf(sorted), n, dimsOf(values), alongShape);
  put(alongShape, <u32>outer, at(dimsOf(values), n));
  const out = newNode(DType.Int32, <u32>outer + 1, alongShape);
  if (out) setAttr(out, u32(right));
  return record2(out, op, sorted, values);
}

function searchAll<T>(out: Tensor, sorted: usize, values: usize): void {
  const m = coreSize(out, 1);
  let to = dataOf(out);
  for (let i: u32 = 0, all = sizeOf(out) / m; i < all; i++, to += <usize>m << 2) {
    const a = sorted + outerOffset(inputOf(out, 0), out, i, 1) * sizeof<T>();
    const b = values + outerOffset(inputOf(out, 1), out, i, 1) * sizeof<T>();
    search<T>(a, b, to, coreSize(inputOf(out, 0), 1), m, attrOf(out) != 0);
  }
}

function runSearch(out: Tensor): void {
  if (!sizeOf(out)) return;
  const sorted = flat(inputOf(out, 0));
  const values = flat(inputOf(out, 1));
  if (sorted && values) {
    const dtype = dtypeOf(inputOf(out, 0));
    if (dtype == DType.Float64) searchAll<f64>(out, sorted, values);
    else if (dtype == DType.Float32) searchAll<f32>(out, sorted, values);
    else searchAll<i32>(out, sorted, values);
  }
  if (sorted && !isContiguous(inputOf(out, 0))) releaseBlock(sorted);
  if (values && !isContiguous(inputOf(out, 1))) releaseBlock(values);
}

/**
 * Places of the elements along an axis in rising order, int32; equal elements keep their order, NaN
 * comes last. The default axis is the last one; null flattens x first.
 *
 * @example
 * ```ts
 * argsort([30, 10, 20]).toArray(); // [1, 2, 0]
 * ```
 * @throws if there is no such axis
 */
class Argsort {
  run(out: Tensor): void { run(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Argsort>(Family.Along, 1, Trait.Constant);

/**
 * Place of the first largest element along an axis, int32, of the flattened x without one; NaN counts
 * as largest.
 *
 * @example
 * ```ts
 * argmax([[1, 5], [7, 2]], 1).toArray(); // [1, 0]
 * ```
 * @throws if there is no such axis, or no element
 */
class Argmax {
  run(out: Tensor): void { run(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Argmax>(Family.Along, 1, Trait.Constant);

/**
 * Place of the first smallest element along an axis, int32, of the flattened x without one; NaN counts
 * as smallest.
 *
 * @example
 * ```ts
 * argmin([[1, 5], [7, 2]], 1).toArray(); // [0, 1]
 * ```
 * @throws if there is no such axis, or no element
 */
class Argmin {
  run(out: Tensor): void { run(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Argmin>(Family.Along, 1, Trait.Constant);

/** Places among sorted elements. */
class Searchsorted {
  run(out: Tensor): void { runSearch(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<Searchsorted>(Family.Inner, 2, Trait.Hidden | Trait.Constant);

/** Calls a row of the family Along by its op code. */
export function alongRow(op: u32, x: Tensor, axis: u32): Tensor {
  if (op == opCode<Cumsum>() || op == opCode<Cumprod>()) return accumulate(op, x, axis);
  return ordering(op, x, axis);
}
