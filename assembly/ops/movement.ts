// Shapes: views wherever strides allow. Axes count from the first logical one; batch axes in front
// of them move along. In a rule, attributes are read relative to the node's batch prefix of now.
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { MAX_PHYSICAL_RANK } from "../shared/limits";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  bytesOf,
  countOf,
  dataOf,
  dimsOf,
  dtypeOf,
  exactCount,
  inputOf,
  isContiguous,
  isPending,
  newNode,
  newView,
  permOf,
  rankOf,
  setPerm,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { at, put, same } from "../tensor/shape";
import { copyTo } from "../kernels/copy";
import { batchOf } from "../tape/levels";
import { record1, recordView, valueOf } from "../tape/record";
import { opCode } from "../tape/rows";
import { logicalRank } from "./families/align";
import { composed, row } from "./families/linear";
import { sumAxes } from "./reduction";
import { viewDims, viewStrides } from "./scratch";


/** Address of x's logical shape. */
export function logicalDims(x: Tensor): usize {
  return dimsOf(x) + (<usize>batchOf(x) << 2);
}

function rankFits(rank: u32): bool {
  if (rank <= <u32>MAX_PHYSICAL_RANK) return true;
  fail(Fault.Rank, rank);
  return false;
}

/** Begins `viewDims` and `viewStrides` with x's batch prefix; returns its length. */
export function startWithPrefix(x: Tensor): u32 {
  const batch = batchOf(x);
  memory.copy(viewDims, dimsOf(x), <usize>batch << 2);
  memory.copy(viewStrides, stridesOf(x), <usize>batch << 2);
  return batch;
}

/** x with ones inserted before physical axis `place`. */
export function insertOnes(x: Tensor, place: u32, count: u32): Tensor {
  if (!x || !count) return x;
  const rank = rankOf(x);
  if (!rankFits(rank + count)) return 0;
  for (let i: u32 = 0, from: u32 = 0; i < rank + count; i++) {
    const fresh = i >= place && i < place + count;
    put(viewDims, i, fresh ? 1 : at(dimsOf(x), from));
    put(viewStrides, i, fresh ? 0 : at(stridesOf(x), from));
    if (!fresh) from++;
  }
  return recordView(newView(x, rank + count, viewDims, viewStrides, valueOf(x)), opCode<Reshape>(), x);
}

/** x with ones inserted so that they stand at the logical axes in `mask` of the result. */
export function insertAxes(x: Tensor, mask: u32): Tensor {
  if (!x || !mask) return x;
  const batch = startWithPrefix(x);
  const rank = rankOf(x) + popcnt(mask);
  if (!rankFits(rank)) return 0;
  for (let i = batch, from = batch; i < rank; i++) {
    const fresh = ((mask >> (i - batch)) & 1) != 0;
    put(viewDims, i, fresh ? 1 : at(dimsOf(x), from));
    put(viewStrides, i, fresh ? 0 : at(stridesOf(x), from));
    if (!fresh) from++;
  }
  return recordView(newView(x, rank, viewDims, viewStrides, valueOf(x)), opCode<Reshape>(), x);
}

/** x without the logical axes in `mask`, which have size 1. */
export function dropAxes(x: Tensor, mask: u32): Tensor {
  if (!x || !mask) return x;
  const batch = startWithPrefix(x);
  let n = batch;
  for (let i = batch; i < rankOf(x); i++) {
    if ((mask >> (i - batch)) & 1) continue;
    put(viewDims, n, at(dimsOf(x), i));
    put(viewStrides, n, at(stridesOf(x), i));
    n++;
  }
  return recordView(newView(x, n, viewDims, viewStrides, valueOf(x)), opCode<Reshape>(), x);
}

/** x in row-major order with another logical shape of as many elements. */
export function reshape(x: Tensor, rank: u32, shape: usize): Tensor {
  if (!x) return 0;
  const op = opCode<Reshape>();
  setOp(op);
  const batch = startWithPrefix(x);
  const own = rankOf(x) - batch;
  if (own == rank && same(logicalDims(x), shape, rank)) return x;
  if (!rankFits(batch + rank)) return 0;
  if (countOf(logicalDims(x), own) != countOf(shape, rank)) {
    return failShapes(Fault.ReshapeSize, logicalDims(x), own, shape, rank);
  }
  memory.copy(viewDims + (<usize>batch << 2), shape, <usize>rank << 2);
  const all = batch + rank;
  let constant = true;
  for (let i: u32 = 0; i < rankOf(x); i++) {
    if (at(dimsOf(x), i) != 1 && at(stridesOf(x), i) != 0) constant = false;
  }
  if (constant && sizeOf(x)) {
    memory.fill(viewStrides, 0, <usize>all << 2);
    return recordView(newView(x, all, viewDims, viewStrides, valueOf(x)), op, x);
  }
  if (isContiguous(x)) {
    let stride: u32 = 1;
    for (let i = <i32>all - 1; i >= 0; i--) {
      put(viewStrides, i, stride);
      stride *= at(viewDims, i);
    }
    return recordView(newView(x, all, viewDims, viewStrides, valueOf(x)), op, x);
  }
  return record1(newNode(dtypeOf(x), all, viewDims), op, x);
}

/** reshape to y's logical shape. */
function reshapeLike(x: Tensor, y: Tensor): Tensor {
  return x ? reshape(x, logicalRank(y), logicalDims(y)) : 0;
}

/** x repeated to a logical shape that it broadcasts to. */
export function broadcastTo(x: Tensor, rank: u32, shape: usize): Tensor {
  if (!x) return 0;
  const op = opCode<BroadcastTo>();
  setOp(op);
  const batch = startWithPrefix(x);
  const own = rankOf(x) - batch;
  if (own == rank && same(logicalDims(x), shape, rank)) return x;
  if (!rankFits(batch + rank)) return 0;
  // New axes go in front of x's own, never in front of its batch axes: those may become ordinary ones.
  if (batch && own < rank) return broadcastTo(insertOnes(x, batch, rank - own), rank, shape);
  for (let i: u32 = 0; i < rank; i++) {
    const d = at(shape, i);
    let stride: u32 = 0;
    let fits = true;
    if (i + own >= rank) {
      const k = batch + i + own - rank;
      const had = at(dimsOf(x), k);
      if (had == d) stride = at(stridesOf(x), k);
      else fits = had == 1;
    }
    if (!fits || own > rank) return failShapes(Fault.BroadcastTo, logicalDims(x), own, shape, rank);
    put(viewDims, batch + i, d);
    put(viewStrides, batch + i, stride);
  }
  if (own > rank) return failShapes(Fault.BroadcastTo, logicalDims(x), own, shape, rank);
  const all = batch + rank;
  const count = countOf(viewDims, all);
  if (count * bytesOf(dtypeOf(x)) > 0xfffe0000) return fail(Fault.TooLarge, exactCount(viewDims, all));
  return recordView(newView(x, all, viewDims, viewStrides, valueOf(x)), op, x);
}

/** x with its first `batch` axes, all of them batch axes, repeated to these sizes. */
export function broadcastPrefix(x: Tensor, batch: u32, sizes: usize): Tensor {
  if (!x) return 0;
  const rank = rankOf(x);
  memory.copy(viewDims, dimsOf(x), <usize>rank << 2);
  memory.copy(viewStrides, stridesOf(x), <usize>rank << 2);
  for (let i: u32 = 0; i < batch; i++) {
    if (at(viewDims, i) == at(sizes, i)) continue;
    put(viewDims, i, at(sizes, i));
    put(viewStrides, i, 0);
  }
  return recordView(newView(x, rank, viewDims, viewStrides, valueOf(x)), opCode<BroadcastTo>(), x);
}

/** broadcastTo y's logical shape. */
export function broadcastLike(x: Tensor, y: Tensor): Tensor {
  if (!x || !(rankOf(x) | rankOf(y))) return x;
  return broadcastTo(x, logicalRank(y), logicalDims(y));
}

/** The transpose of broadcasting: g summed to x's logical shape. */
export function sumLike(g: Tensor, x: Tensor): Tensor {
  if (!g || !(rankOf(g) | rankOf(x))) return g;
  const from = logicalRank(g);
  const to = logicalRank(x);
  const extra = from - to;
  let mask: u32 = 0;
  let ones = false;
  let many = false;
  for (let i: u32 = 0; i < from; i++) {
    if (i < extra) {
      mask |= 1 << i;
      if (at(logicalDims(g), i) != 1) many = true;
    } else if (at(logicalDims(x), i - extra) != at(logicalDims(g), i)) {
      mask |= 1 << i;
      ones = true;
    }
  }
  if (!mask) return g;
  // A sum over axes of size 1 is a view.
  if (!ones && !many && !isPending(g)) return reshapeLike(g, x);
  const sum = sumAxes(g, mask, false);
  return ones ? reshapeLike(sum, x) : sum;
}

/** x with its logical axes in another order: result axis i is x's axis (perm >> 4i) & 15. */
export function transpose(x: Tensor, perm: u64): Tensor {
  if (!x) return 0;
  const op = opCode<Transpose>();
  setOp(op);
  const batch = startWithPrefix(x);
  const rank = rankOf(x);
  let physical: u64 = 0;
  for (let i: u32 = 0; i < rank; i++) {
    const from = i < batch ? i : batch + <u32>((perm >> ((i - batch) << 2)) & 15);
    put(viewDims, i, at(dimsOf(x), from));
    put(viewStrides, i, at(stridesOf(x), from));
    physical |= <u64>from << (i << 2);
  }
  const view = newView(x, rank, viewDims, viewStrides, valueOf(x));
  if (view) setPerm(view, physical);
  return recordView(view, op, x);
}

/** x with two logical axes exchanged. */
export function swapAxes(x: Tensor, a: u32, b: u32): Tensor {
  if (!x) return 0;
  let perm: u64 = 0;
  for (let i: u32 = 0; i < logicalRank(x); i++) {
    perm |= <u64>(i == a ? b : i == b ? a : i) << (i << 2);
  }
  return transpose(x, perm);
}

/** x with its last two logical axes exchanged. */
export function swapLast(x: Tensor): Tensor {
  const rank = logicalRank(x);
  return swapAxes(x, rank - 2, rank - 1);
}

/**
 * x in row-major order with another shape of as many elements; one size may be -1. Sizes are a list, or
 * stand one by one.
 *
 * @example
 * ```ts
 * reshape([1, 2, 3, 4], [2, -1]).toArray(); // [[1, 2], [3, 4]]
 * reshape([1, 2, 3, 4], 4, 1).shape; // [4, 1]
 * ```
 */
export class Reshape {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    copyTo(x, rankOf(x), dimsOf(x), sizeOf(x), dataOf(out));
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return reshapeLike(g, inputOf(node, 0)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return reshapeLike(t, node); }
}
row<Reshape>(Family.Shape, 1);

/**
 * x repeated to a shape that it broadcasts to; no memory is used.
 *
 * @example
 * ```ts
 * broadcastTo([1, 2], [2, 2]).toArray(); // [[1, 2], [1, 2]]
 * ```
 */
export class BroadcastTo {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return sumLike(g, inputOf(node, 0)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return broadcastLike(t, node); }
}
row<BroadcastTo>(Family.Shape, 1);

/**
 * x with its axes in another order; reversed by default. Axes are a list, or stand one by one.
 *
 * @example
 * ```ts
 * transpose([[1, 2, 3], [4, 5, 6]]).toArray(); // [[1, 4], [2, 5], [3, 6]]
 * tensor([[[1, 2], [3, 4]]]).transpose(0, 2, 1).toArray(); // [[[1, 3], [2, 4]]]
 * ```
 */
export class Transpose {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const e = batchOf(node);
    let inverse: u64 = 0;
    for (let axis = e; axis < rankOf(node); axis++) {
      const from = <u32>((permOf(node) >> (axis << 2)) & 15) - e;
      inverse |= <u64>(axis - e) << (from << 2);
    }
    return transpose(g, inverse);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const e = batchOf(node);
    let perm: u64 = 0;
    for (let axis = e; axis < rankOf(node); axis++) {
      perm |= (((permOf(node) >> (axis << 2)) & 15) - e) << ((axis - e) << 2);
    }
    return transpose(t, perm);
  }
}
row<Transpose>(Family.Axes, 1);

/**
 * x with two axes exchanged.
 *
 * @example
 * ```ts
 * swapaxes([[1, 2, 3], [4, 5, 6]], 0, 1).shape; // [3, 2]
 * ```
 */
class Swapaxes {}
composed<Swapaxes>(Family.AxisPair, 1);

/**
 * x with axes of size 1 inserted at these places of the result.
 *
 * @example
 * ```ts
 * expandDims([1, 2], 0).shape; // [1, 2]
 * ```
 */
class ExpandDims {}
composed<ExpandDims>(Family.Axes, 1);

/**
 * x without axes of size 1: all of them, or the given ones.
 *
 * @example
 * ```ts
 * squeeze([[[1, 2]]]).shape; // [2]
 * ```
 */
class Squeeze {}
composed<Squeeze>(Family.Axes, 1);

/** Calls a row of the family Axes by its op code; `mask` or `perm` names the axes. */
export function axesRow(op: u32, x: Tensor, mask: u32, perm: u64): Tensor {
  setOp(op);
  if (op == opCode<ExpandDims>()) return insertAxes(x, mask);
  if (op == opCode<Squeeze>()) return dropAxes(x, mask);
  return transpose(x, perm);
}

/** Calls a row of the family Shape by its op code. */
export function shapeRow(op: u32, x: Tensor, rank: u32, shape: usize): Tensor {
  return op == opCode<Reshape>() ? reshape(x, rank, shape) : broadcastTo(x, rank, shape);
}
