// Slices and their transpose, placing a part into zeros. Ranges stand in the ext block: starts, then
// steps, of all physical axes.
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, setOp } from "../tensor/fault";
import {
  bytesOf,
  dataOf,
  dtypeOf,
  extOf,
  inputOf,
  newNode,
  newView,
  rankOf,
  setExt,
  sizeOf,
  stridesOf,
  Tensor,
} from "../tensor/node";
import { at, put } from "../tensor/shape";
import { fillAround } from "../kernels/copy";
import { batchOf } from "../tape/levels";
import { record1, recordView, valueOf } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { logicalRank } from "./families/align";
import { row } from "./families/linear";
import { logicalDims, startWithPrefix } from "./movement";
import { axisCounts, axisStarts, axisSteps, viewDims, viewStrides } from "./scratch";

/** Every steps[i]-th element from starts[i] on, counts[i] of them, for each logical axis. */
export function slice(x: Tensor, starts: usize, steps: usize, counts: usize): Tensor {
  if (!x) return 0;
  const op = opCode<Slice>();
  setOp(op);
  const batch = startWithPrefix(x);
  const rank = rankOf(x);
  const ranges = newRanges(batch, rank, starts, steps);
  if (rank && !ranges) return 0;
  let offset: isize = 0;
  for (let i = batch; i < rank; i++) {
    const stride = <i32>at(stridesOf(x), i);
    const n = at(counts, i - batch);
    if (n) offset += <isize>(stride * <i32>at(starts, i - batch));
    put(viewDims, i, n);
    put(viewStrides, i, <u32>(stride * <i32>at(steps, i - batch)));
  }
  const data = valueOf(x) + <usize>(offset * <isize>bytesOf(dtypeOf(x)));
  const view = newView(x, rank, viewDims, viewStrides, data);
  if (view) setExt(view, ranges);
  else if (ranges) releaseBlock(ranges);
  return recordView(view, op, x);
}

/** `count` elements from `start` along one logical axis. */
export function sliceAxis(x: Tensor, axis: u32, start: u32, count: u32): Tensor {
  if (!x) return 0;
  const rank = logicalRank(x);
  memory.copy(axisCounts, logicalDims(x), <usize>rank << 2);
  for (let i: u32 = 0; i < rank; i++) {
    put(axisStarts, i, 0);
    put(axisSteps, i, 1);
  }
  put(axisStarts, axis, start);
  put(axisCounts, axis, count);
  return slice(x, axisStarts, axisSteps, axisCounts);
}

/** Starts and steps of all physical axes, in a block. */
function newRanges(batch: u32, rank: u32, starts: usize, steps: usize): usize {
  if (!rank) return 0;
  // Behind them there is room for the value of `embed`.
  const bytes = (<usize>rank << 3) + 8;
  const ranges = allocate(bytes);
  if (!ranges) return fail(Fault.OutOfMemory, <f64>bytes);
  for (let i: u32 = 0; i < rank; i++) {
    put(ranges, i, i < batch ? 0 : at(starts, i - batch));
    put(ranges, rank + i, i < batch ? 1 : at(steps, i - batch));
  }
  return ranges;
}

/**
 * x in a tensor of these sizes, filled with `value`: every steps[i]-th element from starts[i] on, for
 * each logical axis.
 */
export function embed(
  x: Tensor,
  starts: usize,
  steps: usize,
  sizes: usize,
  value: f64,
): Tensor {
  if (!x) return 0;
  const batch = startWithPrefix(x);
  const own = logicalRank(x);
  const rank = batch + own;
  memory.copy(viewDims + (<usize>batch << 2), sizes, <usize>own << 2);
  const out = newNode(dtypeOf(x), rank, viewDims);
  if (!out) return 0;
  if (rank) {
    const ranges = newRanges(batch, rank, starts, steps);
    if (ranges) store<f64>(ranges + ((<usize>rank) << 3), value);
    setExt(out, ranges);
  }
  return record1(out, opCode<Embed>(), x);
}

/** The transpose of `slice`: zeros of x's logical shape with g where `node` took its elements. */
function spread(g: Tensor, node: Tensor, x: Tensor): Tensor {
  const ranges = extOf(node) + (<usize>batchOf(node) << 2);
  return embed(g, ranges, ranges + (<usize>rankOf(node) << 2), logicalDims(x), 0);
}

/**
 * Part of x: for each axis a range [start, stop, step], as Python slices count.
 *
 * @example
 * ```ts
 * slice([1, 2, 3, 4], [[1, 3]]).toArray(); // [2, 3]
 * ```
 */
export class Slice {
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return spread(g, node, inputOf(node, 0)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    const e = batchOf(node);
    const ranges = extOf(node) + (<usize>e << 2);
    return slice(t, ranges, ranges + (<usize>rankOf(node) << 2), logicalDims(node));
  }
}
row<Slice>(Family.Slice, 1);

/** One value everywhere, but x in the places that a slice would take. */
class Embed {
  run(out: Tensor): void {
    const x = inputOf(out, 0);
    const rank = rankOf(out);
    const ranges = extOf(out);
    if (rank && !ranges) return;
    const value = ranges ? load<f64>(ranges + ((<usize>rank) << 3)) : 0;
    let offset: isize = 0;
    for (let i: u32 = 0; i < rank; i++) {
      const stride = <i32>at(stridesOf(out), i);
      offset += <isize>(stride * <i32>at(ranges, i));
      put(viewStrides, i, <u32>(stride * <i32>at(ranges, rank + i)));
    }
    const data = dataOf(out) + <usize>(offset * <isize>bytesOf(dtypeOf(out)));
    fillAround(dataOf(out), sizeOf(out), value, x, data, viewStrides);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    const e = batchOf(node);
    const ranges = extOf(node) + (<usize>e << 2);
    return slice(g, ranges, ranges + (<usize>rankOf(node) << 2), logicalDims(inputOf(node, 0)));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return spread(t, node, node); }
}
row<Embed>(Family.Inner, 1, Trait.Hidden);
