// Rows by index and their transpose, adding rows up where an index says. x is [outer …, n, inner …],
// the index [outer …, m], outer axes broadcast. Both are linear in x: every derivative of one is the
// other. Indexing, sorting and everything that moves elements about is made of them.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { MAX_PHYSICAL_RANK } from "../shared/limits";
import { releaseBlock } from "../memory/heap";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  Flag,
  hasFlag,
  inputOf,
  isContiguous,
  newNode,
  permOf,
  rankOf,
  setFlag,
  setPerm,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at, broadcastShapes, put } from "../tensor/shape";
import { firstOutside, gatherRows, scatterRows } from "../kernels/gather";
import { batchOf } from "../tape/levels";
import { orderedValueOf, record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { aligned, logicalRank } from "./families/align";
import { composed, row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { computeDType } from "./families/promote";
import { logicalDims, sumLike } from "./movement";
import { gatherShape } from "./scratch";

/** Records either: x with its axis -1 - inner (of n elements in the result) by the index. */
function byIndex(op: u32, x0: Tensor, index0: Tensor, n: u32, inner: u32): Tensor {
  if (!x0 || !index0) return 0;
  setOp(op);
  const batch = max(batchOf(x0), batchOf(index0));
  const outer = max(logicalRank(x0) - inner, logicalRank(index0)) - 1;
  const x = aligned(x0, batch, outer + 1 + inner);
  const index = aligned(index0, batch, outer + 1);
  if (!x || !index) return 0;
  setOp(op);
  const own = rankOf(x) - 1 - inner;
  const rank = broadcastShapes(own, dimsOf(x), rankOf(index) - 1, dimsOf(index), gatherShape);
  if (rank < 0) {
    return failShapes(Fault.Broadcast, logicalDims(x), logicalRank(x), logicalDims(index), logicalRank(index));
  }
  const all = <u32>rank + 1 + inner;
  if (all > <u32>MAX_PHYSICAL_RANK) return fail(Fault.Rank, all);
  put(gatherShape, rank, n);
  memory.copy(
    gatherShape + (<usize>(rank + 1) << 2),
    dimsOf(x) + (<usize>(own + 1) << 2),
    <usize>inner << 2,
  );
  const out = newNode(dtypeOf(x), all, gatherShape);
  if (out) setPerm(out, inner);
  const result = record2(out, op, x, index);
  // Indices have no part in the dtype.
  if (result && hasFlag(x, Flag.Weak)) setFlag(result, Flag.Weak);
  return result;
}

/** Rows of x along logical axis -1 - inner. */
export function gather(x: Tensor, index: Tensor, inner: u32): Tensor {
  if (!x || !index) return 0;
  const m = at(logicalDims(index), logicalRank(index) - 1);
  return byIndex(opCode<Gather>(), x, index, m, inner);
}

/** n rows, in which the rows of x along logical axis -1 - inner are added up. */
export function scatterAdd(x0: Tensor, index: Tensor, n: u32, inner: u32): Tensor {
  if (!x0) return 0;
  const op = opCode<ScatterAdd>();
  return byIndex(op, cast(x0, computeDType(op, dtypeOf(x0))), index, n, inner);
}

/** Adds rows along the first axis to x, which is in order and nobody else's; false after a fault. */
export function addRows(x: Tensor, index: Tensor, rows: Tensor): bool {
  const places = orderedValueOf(index);
  const data = orderedValueOf(rows);
  if (!places || !data) return false;
  const m = sizeOf(index);
  const n = at(dimsOf(x), 0);
  const outside = firstOutside(places, m, n);
  if (outside >= 0) {
    setOp(opCode<ScatterAdd>());
    fail(Fault.Index, <f64>load<i32>(places + (<usize>outside << 2)), n);
    return false;
  }
  const row = n ? sizeOf(x) / n : 0;
  if (dtypeOf(x) == DType.Float64) scatterRows<f64>(data, places, dataOf(x), n, m, row);
  else if (dtypeOf(x) == DType.Float32) scatterRows<f32>(data, places, dataOf(x), n, m, row);
  else scatterRows<i32>(data, places, dataOf(x), n, m, row);
  return true;
}

/** Axes of a row. */
function innerOf(node: Tensor): u32 {
  return <u32>permOf(node);
}

function run(out: Tensor, back: bool): void {
  const x = inputOf(out, 0);
  const index = inputOf(out, 1);
  const inner = innerOf(out);
  const axis = rankOf(out) - 1 - inner;
  const n = back ? at(dimsOf(out), axis) : at(dimsOf(x), rankOf(x) - 1 - inner);
  const m = at(dimsOf(index), rankOf(index) - 1);
  const bytes = bytesOf(dtypeOf(x));
  if (back) memory.fill(dataOf(out), 0, <usize>sizeOf(out) * bytes);
  if (!sizeOf(index)) return;
  const places = flat(index);
  if (!places) return;
  const outside = firstOutside(places, sizeOf(index), n);
  const core = coreSize(out, inner + 1);
  if (outside >= 0) fail(Fault.Index, <f64>load<i32>(places + (<usize>outside << 2)), n);
  else if (core) {
    const data = flat(x);
    const row = coreSize(out, inner);
    let to = dataOf(out);
    for (let i: u32 = 0, all = data ? sizeOf(out) / core : 0; i < all; i++) {
      const from = data + outerOffset(x, out, i, inner + 1) * bytes;
      const here = places + (outerOffset(index, out, i, inner + 1, 1) << 2);
      if (!back) {
        if (bytes == 8) gatherRows<u64>(from, here, to, n, m, row);
        else gatherRows<u32>(from, here, to, n, m, row);
      } else if (bytes == 8) scatterRows<f64>(from, here, to, n, m, row);
      else if (dtypeOf(x) == DType.Float32) scatterRows<f32>(from, here, to, n, m, row);
      else scatterRows<i32>(from, here, to, n, m, row);
      to += <usize>(core * bytes);
    }
    if (data && !isContiguous(x)) releaseBlock(data);
  }
  if (!isContiguous(index)) releaseBlock(places);
}

/** Rows of x by index. */
class Gather {
  run(out: Tensor): void { run(out, false); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i) return 0;
    const x = inputOf(node, 0);
    const inner = innerOf(node);
    const n = at(dimsOf(x), rankOf(x) - 1 - inner);
    return sumLike(scatterAdd(g, inputOf(node, 1), n, inner), x);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return i ? 0 : gather(t, inputOf(node, 1), innerOf(node));
  }
}
row<Gather>(Family.Inner, 2, Trait.Hidden);

/** Its transpose: rows of x added up where the index says. */
class ScatterAdd {
  run(out: Tensor): void { run(out, true); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i) return 0;
    return sumLike(gather(g, inputOf(node, 1), innerOf(node)), inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const n = at(dimsOf(node), rankOf(node) - 1 - innerOf(node));
    return i ? 0 : scatterAdd(t, inputOf(node, 1), n, innerOf(node));
  }
}
row<ScatterAdd>(Family.Inner, 2, Trait.Hidden | Trait.Numeric);

/**
 * Elements of x along an axis by their indices, integers of any shape, which stands in the place of
 * the axis; negative ones count from the end. Without an axis x is flattened first. Repeated elements
 * add up their derivatives. What an index out of bounds means, `mode` can say: the nearest element
 * ("clip"), or one counted on around ("wrap").
 *
 * @example
 * ```ts
 * take([10, 20, 30], [2, 0, -1]).toArray(); // [30, 10, 30]
 * ```
 * @throws if an index is not an integer, or out of bounds
 */
class Take {}
composed<Take>(Family.Take, 1);

/**
 * For each index, an integer, the element of x at that place along the axis; x and indices have as
 * many axes, and broadcast but for that one. Without an axis both are flattened first.
 *
 * @example
 * ```ts
 * takeAlongAxis([[3, 1, 2]], argsort([[3, 1, 2]]), 1).toArray(); // [[1, 2, 3]]
 * ```
 * @throws if an index is not an integer, or out of bounds, or if shapes do not broadcast
 */
class TakeAlongAxis {}
composed<TakeAlongAxis>(Family.Take, 1);
