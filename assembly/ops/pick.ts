// One element of each line along the last axis, named by an index, and the transpose of that. An index
// that names none picks 0, and places nothing. Axes before the last one are broadcast.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { releaseBlock } from "../memory/heap";
import { failShapes, setOp } from "../tensor/fault";
import {
  attrOf,
  bytesOf,
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
import { broadcastShapes, put } from "../tensor/shape";
import { batchOf } from "../tape/levels";
import { record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { logicalDims, sumLike } from "./movement";
import { elementwiseShape } from "./scratch";

/** x [..., n] at index [..., 1]: [..., 1]. */
export function pick(x: Tensor, index: Tensor): Tensor {
  return x ? atIndex(opCode<Pick>(), x, index, coreSize(x, 1)) : 0;
}

/** h [..., 1] at index [..., 1] of n zeros: [..., n]. */
function place(h: Tensor, index: Tensor, n: u32): Tensor {
  return atIndex(opCode<Place>(), h, index, n);
}

function atIndex(op: u32, x0: Tensor, index0: Tensor, n: u32): Tensor {
  if (!x0 || !index0) return 0;
  const batch = max(batchOf(x0), batchOf(index0));
  const rank = max(logicalRank(x0), logicalRank(index0));
  const x = aligned(x0, batch, rank);
  const index = aligned(cast(index0, DType.Int32), batch, rank);
  if (!x || !index) return 0;
  setOp(op);
  const outer = broadcastShapes(rankOf(x) - 1, dimsOf(x), rankOf(index) - 1, dimsOf(index), elementwiseShape);
  if (outer < 0) {
    return failShapes(Fault.Broadcast, logicalDims(x), logicalRank(x), logicalDims(index), logicalRank(index));
  }
  put(elementwiseShape, outer, op == opCode<Place>() ? n : 1);
  const out = newNode(dtypeOf(x), <u32>outer + 1, elementwiseShape);
  if (!out) return 0;
  setAttr(out, n);
  return record2(out, op, x, index);
}

function run(out: Tensor): void {
  const x = inputOf(out, 0);
  const index = inputOf(out, 1);
  const n = attrOf(out);
  const size = <usize>bytesOf(dtypeOf(out));
  const placing = opOf(out) == opCode<Place>();
  memory.fill(dataOf(out), 0, <usize>sizeOf(out) * size);
  const from = flat(x);
  const indices = flat(index);
  const core = coreSize(out, 1);
  const lines = core && n ? sizeOf(out) / core : 0;
  for (let i: u32 = 0; from && indices && i < lines; i++) {
    const k = load<u32>(indices + (outerOffset(index, out, i, 1) << 2));
    if (k >= n) continue;
    const source = outerOffset(x, out, i, 1) + (placing ? 0 : <usize>k);
    const target = <usize>i * core + (placing ? <usize>k : 0);
    memory.copy(dataOf(out) + target * size, from + source * size, size);
  }
  if (from && !isContiguous(x)) releaseBlock(from);
  if (indices && !isContiguous(index)) releaseBlock(indices);
}

/** The element of each line that an index names, 0 if there is none. */
class Pick {
  run(out: Tensor): void { run(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return i ? 0 : sumLike(place(g, inputOf(node, 1), attrOf(node)), inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return i ? 0 : pick(t, inputOf(node, 1)); }
}
row<Pick>(Family.Inner, 2, Trait.Hidden);

/** Lines of zeros but for the place that an index names. */
class Place {
  run(out: Tensor): void { run(out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    return i ? 0 : sumLike(pick(g, inputOf(node, 1)), inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return i ? 0 : place(t, inputOf(node, 1), attrOf(node));
  }
}
row<Place>(Family.Inner, 2, Trait.Hidden);
