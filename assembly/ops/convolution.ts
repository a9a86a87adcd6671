// Convolutions over the last four axes, [images, channels, height, width]; axes before them are
// broadcast, as matmul does. Each is linear in each operand, and the three are each other's
// transposes: every derivative of one is another. The ext block holds the geometry.
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
  isContiguous,
  newNode,
  rankOf,
  setExt,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { broadcastShapes, put } from "../tensor/shape";
import { Conv, convFilters, convolve, convParts, convScratch, convWork } from "../kernels/conv";
import { copyTo } from "../kernels/copy";
import { Geometry, GEOMETRY_BYTES } from "../kernels/geometry";
import { WORTH } from "../kernels/matmul";
import { packingArea } from "../kernels/packing";
import { parallel, threadCount } from "../kernels/parallel";
import { batchOf } from "../tape/levels";
import { record2 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { aligned, logicalRank } from "./families/align";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { computeDType, promote } from "./families/promote";
import { logicalDims, sumLike } from "./movement";
import { convShape, convGeometry } from "./scratch";

function codeOf(kind: Conv): u32 {
  if (kind == Conv.Forward) return opCode<Conv2d>();
  return kind == Conv.Input ? opCode<Conv2dInput>() : opCode<Conv2dFilters>();
}

/** Appends the result's last four axes to the broadcast shape. */
function putCore(kind: Conv, geo: usize, outer: u32): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const filters = load<u32>(geo, Geometry.Filters);
  const channels = load<u32>(geo, Geometry.Channels);
  if (kind == Conv.Filters) {
    put(convShape, outer, filters);
    put(convShape, outer + 1, channels / groups);
    put(convShape, outer + 2, load<u32>(geo, Geometry.KernelHeight));
    put(convShape, outer + 3, load<u32>(geo, Geometry.KernelWidth));
    return;
  }
  const back = kind == Conv.Input;
  put(convShape, outer, load<u32>(geo, Geometry.Images));
  put(convShape, outer + 1, back ? channels : filters);
  put(convShape, outer + 2, load<u32>(geo + <usize>(back ? Geometry.Height : Geometry.OutHeight)));
  put(convShape, outer + 3, load<u32>(geo + <usize>(back ? Geometry.Width : Geometry.OutWidth)));
}

/** Records one of the three; x and y have the shapes that the geometry says (TypeScript has checked). */
export function convolution(kind: Conv, x0: Tensor, y0: Tensor, geo0: usize): Tensor {
  if (!x0 || !y0) return 0;
  const op = codeOf(kind);
  setOp(op);
  // Rules pass the block of a node: what follows may reuse the area that TypeScript has written.
  memory.copy(convGeometry, geo0, GEOMETRY_BYTES);
  const geo = convGeometry;
  const dtype = computeDType(op, promote(x0, y0));
  let x = cast(x0, dtype);
  let y = cast(y0, dtype);
  if (!x || !y) return 0;
  const batch = max(batchOf(x), batchOf(y));
  const rank = max(logicalRank(x), logicalRank(y));
  x = aligned(x, batch, rank);
  y = aligned(y, batch, rank);
  if (!x || !y) return 0;
  setOp(op);
  const outer = broadcastShapes(rankOf(x) - 4, dimsOf(x), rankOf(y) - 4, dimsOf(y), convShape);
  if (outer < 0) {
    return failShapes(Fault.Broadcast, logicalDims(x), logicalRank(x), logicalDims(y), logicalRank(y));
  }
  putCore(kind, geo, outer);
  const out = newNode(dtype, <u32>outer + 4, convShape);
  if (!out) return 0;
  const block = allocate(GEOMETRY_BYTES);
  if (block) {
    memory.copy(block, geo, GEOMETRY_BYTES);
    setExt(out, block);
  } else fail(Fault.OutOfMemory, <f64>GEOMETRY_BYTES);
  return record2(out, op, x, y);
}

/** Address of x's elements in row-major order: a copy of x, to be released, if x is not contiguous. */
export function flat(x: Tensor): usize {
  if (isContiguous(x)) return dataOf(x);
  const bytes = <usize>sizeOf(x) * bytesOf(dtypeOf(x));
  const block = allocate(bytes);
  if (!block) return fail(Fault.OutOfMemory, <f64>bytes);
  copyTo(x, rankOf(x), dimsOf(x), sizeOf(x), block);
  return block;
}

//   job   0 kind   4 bytes of an element   8 geometry   12 x   16 y   20 out   24 work areas
//         28 bytes of one, per thread
const job = memory.data(32, 16);

/** Parts from `from` to `to`. */
function runParts(job: usize, from: u32, to: u32, thread: u32): void {
  const kind = <Conv>load<u32>(job);
  const size = load<u32>(job, 4);
  // The sizes become this thread's own.
  if (ASC_FEATURE_THREADS) convScratch(kind, size, <usize>load<u32>(job, 8));
  const x = <usize>load<u32>(job, 12);
  const y = <usize>load<u32>(job, 16);
  const out = <usize>load<u32>(job, 20);
  const area = <usize>(load<u32>(job, 24) + thread * load<u32>(job, 28));
  if (kind == Conv.Filters) convFilters(size, x, y, out, area, from, to);
  else convolve(size, kind == Conv.Input, x, y, out, area, from, to);
}

function runAll(kind: Conv, size: u32, out: Tensor, x: usize, y: usize): void {
  const one = convScratch(kind, size, extOf(out));
  const bytes = (one + 15) * <f64>threadCount();
  const area = bytes < 4294967296 ? packingArea(<usize>bytes) : 0;
  if (!area) {
    fail(Fault.OutOfMemory, bytes);
    return;
  }
  store<u32>(job, kind);
  store<u32>(job, size, 4);
  store<u32>(job, <u32>extOf(out), 8);
  store<u32>(job, <u32>area, 24);
  store<u32>(job, (<u32>one + 15) & ~15, 28);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    runParts(job, from, to, thread)).index;
  const parts = convParts(kind, size);
  const work = max(convWork() / parts, 1);
  // Each stretch frames images, or packs filters, for itself.
  const few = (parts + 4 * threadCount() - 1) / (4 * threadCount());
  const grain = max(<u32>(WORTH / min(work, WORTH)), kind == Conv.Filters ? 1 : few);
  const core = coreSize(out, 4);
  let to = dataOf(out);
  for (let i: u32 = 0, n = sizeOf(out) / core; i < n; i++, to += <usize>core * size) {
    store<u32>(job, <u32>(x + outerOffset(inputOf(out, 0), out, i, 4) * size), 12);
    store<u32>(job, <u32>(y + outerOffset(inputOf(out, 1), out, i, 4) * size), 16);
    store<u32>(job, <u32>to, 20);
    parallel(kernel, parts, grain, job);
  }
}

function run(kind: Conv, out: Tensor): void {
  const geo = extOf(out);
  if (!geo || !sizeOf(out)) return;
  const size = bytesOf(dtypeOf(out));
  if (!sizeOf(inputOf(out, 0)) || !sizeOf(inputOf(out, 1))) {
    memory.fill(dataOf(out), 0, <usize>sizeOf(out) * size);
    return;
  }
  const x = flat(inputOf(out, 0));
  const y = flat(inputOf(out, 1));
  if (x && y) runAll(kind, size, out, x, y);
  if (x && !isContiguous(inputOf(out, 0))) releaseBlock(x);
  if (y && !isContiguous(inputOf(out, 1))) releaseBlock(y);
}

/** Sums a cotangent over outer axes that its operand does not have. */
function back(kind: Conv, x: Tensor, y: Tensor, node: Tensor, i: u32): Tensor {
  return sumLike(convolution(kind, x, y, extOf(node)), inputOf(node, i));
}

/** Cross-correlation of images [N, C, h, w] with filters [O, C / groups, kh, kw]. */
class Conv2d {
  run(out: Tensor): void { run(Conv.Forward, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i == 0) return back(Conv.Input, g, inputOf(node, 1), node, 0);
    return back(Conv.Filters, inputOf(node, 0), g, node, 1);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    if (i == 0) return convolution(Conv.Forward, t, inputOf(node, 1), extOf(node));
    return convolution(Conv.Forward, inputOf(node, 0), t, extOf(node));
  }
}
row<Conv2d>(Family.Inner, 2, Trait.Hidden | Trait.Floating);

/** The transpose of `Conv2d` in its images: from [N, O, oh, ow] and the filters. */
class Conv2dInput {
  run(out: Tensor): void { run(Conv.Input, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i == 0) return back(Conv.Forward, g, inputOf(node, 1), node, 0);
    return back(Conv.Filters, g, inputOf(node, 0), node, 1);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    if (i == 0) return convolution(Conv.Input, t, inputOf(node, 1), extOf(node));
    return convolution(Conv.Input, inputOf(node, 0), t, extOf(node));
  }
}
row<Conv2dInput>(Family.Inner, 2, Trait.Hidden | Trait.Floating);

/** The transpose of `Conv2d` in its filters: from the images and [N, O, oh, ow]. */
class Conv2dFilters {
  run(out: Tensor): void { run(Conv.Filters, out); }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor {
    if (i == 0) return back(Conv.Input, inputOf(node, 1), g, node, 0);
    return back(Conv.Forward, inputOf(node, 0), g, node, 1);
  }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor {
    if (i == 0) return convolution(Conv.Filters, t, inputOf(node, 1), extOf(node));
    return convolution(Conv.Filters, inputOf(node, 0), t, extOf(node));
  }
}
row<Conv2dFilters>(Family.Inner, 2, Trait.Hidden | Trait.Floating);
