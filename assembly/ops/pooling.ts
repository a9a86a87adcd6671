// Pooling over windows of the last two axes. The ext block holds the geometry (kernels/geometry.ts, the
// word for images set to 1: planes are walked here).
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { allocate, releaseBlock } from "../memory/heap";
import { fail, failShapes, setOp } from "../tensor/fault";
import {
  bytesOf,
  dataOf,
  dimsOf,
  dtypeOf,
  extOf,
  inputOf,
  inputsOf,
  isContiguous,
  newNode,
  rankOf,
  setExt,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { broadcastShapes, put } from "../tensor/shape";
import { Geometry, GEOMETRY_BYTES } from "../kernels/geometry";
import { parallel } from "../kernels/parallel";
import { Pool, pool } from "../kernels/pool";
import { batchOf } from "../tape/levels";
import { record1, record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { computeDType, promote } from "./families/promote";
import { logicalDims, sumLike } from "./movement";
import { convGeometry, convShape } from "./scratch";

function codeOf(kind: Pool): u32 {
  if (kind == Pool.Pick) return opCode<PoolPick>();
  if (kind == Pool.Spread) return opCode<PoolSpread>();
  return kind == Pool.Mean ? opCode<PoolMean>() : opCode<PoolMeanBack>();
}

/** Records one of the four; `x` says where the maxima are (0 for means). */
export function pooling(kind: Pool, h0: Tensor, x0: Tensor, geo0: usize): Tensor {
  if (!h0) return 0;
  const op = codeOf(kind);
  setOp(op);
  memory.copy(convGeometry, geo0, GEOMETRY_BYTES);
  const maxima = kind == Pool.Pick || kind == Pool.Spread;
  if (maxima && !x0) return 0;
  const dtype = computeDType(op, maxima ? promote(h0, x0) : dtypeOf(h0));
  let h = cast(h0, dtype);
  if (!h) return 0;
  let x: Tensor = 0;
  let outer = <i32>rankOf(h) - 2;
  memory.copy(convShape, dimsOf(h), <usize>rankOf(h) << 2);
  if (maxima) {
    x = cast(x0, dtype);
    if (!x) return 0;
    const batch = max(batchOf(h), batchOf(x));
    const rank = max(logicalRank(h), logicalRank(x));
    h = aligned(h, batch, rank);
    x = aligned(x, batch, rank);
    if (!h || !x) return 0;
    setOp(op);
    outer = broadcastShapes(rankOf(h) - 2, dimsOf(h), rankOf(x) - 2, dimsOf(x), convShape);
    if (outer < 0) {
      return failShapes(Fault.Broadcast, logicalDims(h), logicalRank(h), logicalDims(x), logicalRank(x));
    }
  }
  const back = kind == Pool.Spread || kind == Pool.MeanBack;
  put(convShape, outer, load<u32>(convGeometry + <usize>(back ? Geometry.Height : Geometry.OutHeight)));
  put(convShape, outer + 1, load<u32>(convGeometry + <usize>(back ? Geometry.Width : Geometry.OutWidth)));
  const out = newNode(dtype, <u32>outer + 2, convShape);
  if (!out) return 0;
  const block = allocate(GEOMETRY_BYTES);
  if (block) {
    memory.copy(block, convGeometry, GEOMETRY_BYTES);
    store<u32>(block, 1, Geometry.Images);
    setExt(out, block);
  } else fail(Fault.OutOfMemory, <f64>GEOMETRY_BYTES);
  return maxima ? record2(out, op, h, x) : record1(out, op, h);
}

//   job   0 kind   4 out   8 windows or planes   12 where the maxima are   16 bytes of an
//         element
const job = memory.data(20, 16);
/** Elements that are worth another thread. */
const WORTH: u32 = 8192;

/** Planes from `from` to `to`. */
function runSome(job: usize, from: u32, to: u32): void {
  const kind = <Pool>load<u32>(job);
  const out: Tensor = <usize>load<u32>(job, 4);
  const h = <usize>load<u32>(job, 8);
  const x = <usize>load<u32>(job, 12);
  const size = load<u32>(job, 16);
  const back = kind == Pool.Spread || kind == Pool.MeanBack;
  const bytes = <usize>coreSize(out, 2) * size;
  let at = dataOf(out) + <usize>from * bytes;
  for (let i = from; i < to; i++, at += bytes) {
    const a = h + outerOffset(inputOf(out, 0), out, i, 2) * size;
    const b = x ? x + outerOffset(inputOf(out, 1), out, i, 2) * size : 0;
    pool(kind, size, extOf(out), back ? a : at, back ? at : a, b);
  }
}

function runAll(kind: Pool, size: u32, out: Tensor, h: usize, x: usize): void {
  store<u32>(job, kind);
  store<u32>(job, <u32>out, 4);
  store<u32>(job, <u32>h, 8);
  store<u32>(job, <u32>x, 12);
  store<u32>(job, size, 16);
  const core = coreSize(out, 2);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    runSome(job, from, to)).index;
  if (core) parallel(kernel, sizeOf(out) / core, max(WORTH / core, 1), job);
}

function run(kind: Pool, out: Tensor): void {
  if (!extOf(out) || !sizeOf(out)) return;
  const two = inputsOf(out) == 2;
  const h = flat(inputOf(out, 0));
  // Of maxima themselves both operands are one: one copy, too.
  const same = two && inputOf(out, 0) == inputOf(out, 1);
  const x = same ? h : two ? flat(inputOf(out, 1)) : 0;
  if (h && (x || !two)) runAll(kind, bytesOf(dtypeOf(out)), out, h, x);
  if (h && !isContiguous(inputOf(out, 0))) releaseBlock(h);
  if (x && !same && !isContiguous(inputOf(out, 1))) releaseBlock(x);
}

/** From each window the element of the first operand where the second is largest; NaN is largest. */
class PoolPick {
  run(out: Tensor): void { run(Pool.Pick, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i) return 0;
    return sumLike(pooling(Pool.Spread, g, inputOf(node, 1), extOf(node)), inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return i ? 0 : pooling(Pool.Pick, t, inputOf(node, 1), extOf(node));
  }
}
row<PoolPick>(Family.Inner, 2, Trait.Hidden | Trait.Floating);

/** Its transpose: each window's value goes to where the second operand is largest. */
class PoolSpread {
  run(out: Tensor): void { run(Pool.Spread, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i) return 0;
    return sumLike(pooling(Pool.Pick, g, inputOf(node, 1), extOf(node)), inputOf(node, 0));
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    return i ? 0 : pooling(Pool.Spread, t, inputOf(node, 1), extOf(node));
  }
}
row<PoolSpread>(Family.Inner, 2, Trait.Hidden | Trait.Floating);

/** Means of windows. */
class PoolMean {
  run(out: Tensor): void { run(Pool.Mean, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return pooling(Pool.MeanBack, g, 0, extOf(node)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return pooling(Pool.Mean, t, 0, extOf(node)); }
}
row<PoolMean>(Family.Inner, 1, Trait.Hidden | Trait.Floating);

/** Its transpose: each window's value is shared among its elements. */
class PoolMeanBack {
  run(out: Tensor): void { run(Pool.MeanBack, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return pooling(Pool.Mean, g, 0, extOf(node)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return pooling(Pool.MeanBack, t, 0, extOf(node)); }
}
row<PoolMeanBack>(Family.Inner, 1, Trait.Hidden | Trait.Floating);
