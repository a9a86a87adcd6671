// Where elements stand in order: places along an axis, int32, derivative zero. Sorted values are
// gathered by them.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  attrOf,
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  isContiguous,
  isFloat_,
  newNode,
  opOf,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import { argsort, placesOf, sortBytes } from "../kernels/sort";
import { batchOf } from "../tape/levels";
import { record1 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { logicalRank } from "./families/align";
import { row } from "./families/linear";
import { logicalDims } from "./movement";
import { bestAlong } from "./reduction";
import { accumulate, Cumprod, Cumsum, innerCount, outerCount } from "./scan";
import { alongShape } from "./scratch";

function ordering(op: u32, x0: Tensor, axis: u32): Tensor {
  if (!x0) return 0;
  // Integers are found among numbers of float64.
  const sorts = op == opCode<Argsort>();
  const x = sorts || isFloat_(dtypeOf(x0)) ? x0 : cast(x0, DType.Float64);
  if (!x) return 0;
  setOp(op);
  const place = axis + batchOf(x);
  const rank = rankOf(x);
  memory.copy(alongShape, dimsOf(x), <usize>rank << 2);
  let n = rank;
  if (!sorts) {
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

function run(out: Tensor): void {
  const x = inputOf(out, 0);
  if (!sizeOf(x)) return;
  const op = opOf(out);
  const sorts = op == opCode<Argsort>();
  const dtype = dtypeOf(x);
  const axis = attrOf(out);
  const n = at(dimsOf(x), axis);
  // Of the others, the best elements.
  const bytes = sorts ? sortBytes(n) : <usize>sizeOf(out) * bytesOf(dtype);
  const area = allocate(bytes);
  if (!area) fail(Fault.OutOfMemory, <f64>bytes);
  else if (!sorts) bestAlong(x, axis, op == opCode<Argmax>(), area, sizeOf(out));
  const data = area ? flat(x) : 0;
  if (!data) {
    if (area) releaseBlock(area);
    return;
  }
  const to = dataOf(out);
  const outer = outerCount(x, axis);
  const inner = innerCount(x, axis);
  if (!sorts) {
    if (dtype == DType.Float64) placesOf<f64>(data, area, to, outer, n, inner);
    else placesOf<f32>(data, area, to, outer, n, inner);
  } else if (dtype == DType.Float64) argsort<f64, u64>(data, to, outer, n, inner, area);
  else if (dtype == DType.Float32) argsort<f32, u32>(data, to, outer, n, inner, area);
  else argsort<i32, u32>(data, to, outer, n, inner, area);
  releaseBlock(area);
  if (!isContiguous(x)) releaseBlock(data);
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

/** Calls a row of the family Along by its op code. */
export function alongRow(op: u32, x: Tensor, axis: u32): Tensor {
  if (op == opCode<Cumsum>() || op == opCode<Cumprod>()) return accumulate(op, x, axis);
  return ordering(op, x, axis);
}
