// Cumulative sums and products. Derivatives of products run over linear recurrences, which are rows
// themselves: nothing is divided, so zeros among the factors are right at every order.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { allocate, releaseBlock } from "../memory/heap";
import { Fault } from "../shared/fault";
import { fail, setOp } from "../tensor/fault";
import {
  attrOf,
  bytesOf,
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
import { copyTo } from "../kernels/copy";
import { Scan, scan } from "../kernels/scan";
import { batchOf } from "../tape/levels";
import { record1, record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { constant, maskedMultiply } from "./arithmetic";
import { cast } from "./cast";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { computeDType } from "./families/promote";
import { concatenate2 } from "./join";
import { broadcastTo, logicalDims, sumLike } from "./movement";
import { alongShape } from "./scratch";
import { sliceAxis } from "./slice";

/** Elements before and behind physical axis `axis` of x, for each of its own. */
export function outerCount(x: Tensor, axis: u32): u32 {
  let count: u32 = 1;
  for (let i: u32 = 0; i < axis; i++) count *= at(dimsOf(x), i);
  return count;
}
export function innerCount(x: Tensor, axis: u32): u32 {
  let count: u32 = 1;
  for (let i = axis + 1; i < rankOf(x); i++) count *= at(dimsOf(x), i);
  return count;
}

// Axes are counted from the end here: operands may differ in batch axes that have become ordinary ones.

/** Records `op`, cumulative along the axis `end` from the end. */
function cumulative(op: u32, x0: Tensor, end: u32, bits: u32): Tensor {
  if (!x0) return 0;
  setOp(op);
  const x = cast(x0, computeDType(op, dtypeOf(x0)));
  if (!x) return 0;
  const out = newNode(dtypeOf(x), rankOf(x), dimsOf(x));
  if (out) setAttr(out, end | bits);
  return record1(out, op, x);
}

/** Cumulative sums (or products) along a logical axis. */
export function accumulate(op: u32, x: Tensor, axis: u32): Tensor {
  return cumulative(op, x, logicalRank(x) - 1 - axis, 0);
}

/** s[j] = a[j]·s[j - 1] + b[j]; a and b have one dtype, and one shape but for batch axes. */
function recur(a0: Tensor, b0: Tensor, end: u32, bits: u32): Tensor {
  if (!a0 || !b0) return 0;
  const rank = max(logicalRank(a0), logicalRank(b0));
  const batch = max(batchOf(a0), batchOf(b0));
  const a = aligned(a0, batch, rank);
  const b = aligned(b0, batch, rank);
  if (!a || !b) return 0;
  const all = <u32>broadcastShapes(rankOf(a), dimsOf(a), rankOf(b), dimsOf(b), alongShape);
  const out = newNode(dtypeOf(b), all, alongShape);
  if (out) setAttr(out, end | bits);
  return record2(out, opCode<Recur>(), a, b);
}

/** Where x's elements lie in order, repeated to the shape of out: a block, to be released, or x's own. */
function spread(x: Tensor, out: Tensor): usize {
  if (isContiguous(x) && sizeOf(x) == sizeOf(out)) return dataOf(x);
  const bytes = <usize>sizeOf(out) * bytesOf(dtypeOf(x));
  const block = allocate(bytes);
  if (!block) return fail(Fault.OutOfMemory, <f64>bytes);
  copyTo(x, rankOf(out), dimsOf(out), sizeOf(out), block);
  return block;
}

function run(out: Tensor, x: Tensor, y: Tensor): void {
  if (!sizeOf(out)) return;
  const a = x ? spread(x, out) : 0;
  const b = y ? spread(y, out) : 0;
  if ((!x || a) && (!y || b)) {
    const axis = rankOf(out) - 1 - endOf(out);
    const outer = outerCount(out, axis);
    const n = at(dimsOf(out), axis);
    const inner = innerCount(out, axis);
    const dtype = dtypeOf(out);
    if (dtype == DType.Float64) scan<f64>(a, b, dataOf(out), outer, n, inner, attrOf(out));
    else if (dtype == DType.Float32) scan<f32>(a, b, dataOf(out), outer, n, inner, attrOf(out));
    else scan<i32>(a, b, dataOf(out), outer, n, inner, attrOf(out));
  }
  if (a && a != dataOf(x)) releaseBlock(a);
  if (b && b != dataOf(y)) releaseBlock(b);
}

/** The axis of a node, from the end. */
function endOf(node: Tensor): u32 {
  return attrOf(node) & 15;
}

/** x moved on by one (or `back`), with `fill` where nothing comes from. */
function shifted(x: Tensor, from: u32, back: bool, fill: f64): Tensor {
  if (!x) return 0;
  const axis = logicalRank(x) - 1 - from;
  const n = at(logicalDims(x), axis);
  if (!n) return x;
  const rank = logicalRank(x);
  memory.copy(alongShape, logicalDims(x), <usize>rank << 2);
  put(alongShape, axis, 1);
  const edge = broadcastTo(constant(fill, x), rank, alongShape);
  const rest = sliceAxis(x, axis, back ? 1 : 0, n - 1);
  return back ? concatenate2(rest, edge, axis) : concatenate2(edge, rest, axis);
}

/** Bits of the transposed recurrence. */
function transposed(bits: u32): u32 {
  return (bits ^ (Scan.Reverse | Scan.Lagged)) | Scan.Masked;
}

/**
 * Cumulative sums along an axis, of the flattened x without one. bools are counted as integers.
 *
 * @example
 * ```ts
 * cumsum([1, 2, 3]).toArray(); // [1, 3, 6]
 * ```
 * @throws if there is no such axis
 */
export class Cumsum {
  run(out: Tensor): void { run(out, 0, inputOf(out, 0)); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return cumulative(opCode<Cumsum>(), g, endOf(node), (attrOf(node) & Scan.Reverse) ^ Scan.Reverse);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return cumulative(opCode<Cumsum>(), t, endOf(node), attrOf(node) & Scan.Reverse);
  }
}
row<Cumsum>(Family.Along, 1, Trait.Numeric);

/**
 * Cumulative products along an axis, of the flattened x without one. Derivatives are right where
 * factors are 0.
 *
 * @example
 * ```ts
 * cumprod([2, 3, 4]).toArray(); // [2, 6, 24]
 * ```
 * @throws if there is no such axis
 */
export class Cumprod {
  run(out: Tensor): void { run(out, inputOf(out, 0), 0); }
  // y[j] = x[j]·y[j - 1], so ẏ[j] = x[j]·ẏ[j - 1] + ẋ[j]·y[j - 1].
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const end = endOf(node);
    const back = recur(inputOf(node, 0), g, end, transposed(0));
    return maskedMultiply(back, shifted(node, end, false, 1));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const end = endOf(node);
    const fresh = maskedMultiply(t, shifted(node, end, false, 1));
    return recur(inputOf(node, 0), fresh, end, Scan.Masked);
  }
}
row<Cumprod>(Family.Along, 1, Trait.Numeric);

/** A linear recurrence with factors a and terms b. */
class Recur {
  run(out: Tensor): void { run(out, inputOf(out, 0), inputOf(out, 1)); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const end = endOf(node);
    const bits = attrOf(node) & ~15;
    const back = recur(inputOf(node, 0), g, end, transposed(bits));
    if (i) return sumLike(back, inputOf(node, 1));
    const reverse = (bits & Scan.Reverse) != 0;
    const own = bits & Scan.Lagged
      ? maskedMultiply(shifted(back, end, !reverse, 0), node)
      : maskedMultiply(back, shifted(node, end, reverse, 0));
    return sumLike(own, inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const end = endOf(node);
    const bits = attrOf(node) & ~15;
    const a = inputOf(node, 0);
    if (i) return recur(a, t, end, bits);
    const reverse = (bits & Scan.Reverse) != 0;
    const fresh = bits & Scan.Lagged
      ? shifted(maskedMultiply(t, node), end, reverse, 0)
      : maskedMultiply(t, shifted(node, end, reverse, 0));
    return recur(a, fresh, end, bits);
  }
}
row<Recur>(Family.Inner, 2, Trait.Hidden);
