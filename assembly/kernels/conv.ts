// Convolutions as matrix products, the matrix of windows of which is nowhere: tiles read it from framed
// images (frame.ts), through a list that says how far each element of a window is from its first.
//
//   forward          out[o, place] = Σ W[o, k] · x[place + list[k]]
//   input gradient   the same over the cotangent, with W transposed. With strides, the places are cut
//                    into classes, to each of which belong those elements of a window that meet it
//   filter gradient  W[k, o] = Σ x[place + list[k]] · g[place, o], summed over the images in order
//
// Operands are contiguous. Sums go by 256 products, as those of gemm.ts.
import { frame, frameBytes, frameColumn, framePlane, frameRow, setFrame } from "./frame";
import { copyElement, DEPTH, pack } from "./gemm";
import { Geometry, GEOMETRY_BYTES } from "./geometry";
import { edge, HEIGHT, Listed, putEdge, Taps, tileOf, WIDTH } from "./tile";

/** Which of the three. */
export const enum Conv {
  Forward = 0,
  Input = 1,
  Filters = 2,
}

/** The sizes at work, which are those of the operation but for pointwise filters. */
const geo = memory.data(64, 16);

/** Planes made at a time: their packed filters stay in the second-level cache. */
const ROWS: u32 = 64;

function padded(n: u32): usize {
  return <usize>((n + 7) & ~7);
}

/** True if windows are single places that step by one over the whole image: a plane is one row then. */
function isPointwise(): bool {
  return (
    load<u64>(geo, Geometry.KernelHeight) == 0x100000001 &&
    load<u64>(geo, Geometry.StrideHeight) == 0x100000001 &&
    load<u64>(geo, Geometry.Height) == load<u64>(geo, Geometry.OutHeight) &&
    !load<u64>(geo, Geometry.Top)
  );
}

/** Zeros before a cotangent whose windows have `size` elements at `dilation`. */
function zerosBefore(size: i32, dilation: i32, before: i32, stride: i32): i32 {
  return max((size - 1) * dilation - before, 0) / stride;
}

/** Lays out the frames, and tells the bytes of scratch that are needed. */
export function convScratch(kind: Conv, size: u32, sizes: usize): usize {
  memory.copy(geo, sizes, GEOMETRY_BYTES);
  const groups = load<u32>(geo, Geometry.Groups);
  const channels = load<u32>(geo, Geometry.Channels) / groups;
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const kernelHeight = load<i32>(geo, Geometry.KernelHeight);
  const kernelWidth = load<i32>(geo, Geometry.KernelWidth);
  const dilationY = load<i32>(geo, Geometry.DilationHeight);
  const dilationX = load<i32>(geo, Geometry.DilationWidth);
  const strideY = load<i32>(geo, Geometry.StrideHeight);
  const strideX = load<i32>(geo, Geometry.StrideWidth);
  const top = load<i32>(geo, Geometry.Top);
  const left = load<i32>(geo, Geometry.Left);
  if (isPointwise()) {
    const plane = load<i32>(geo, Geometry.Height) * load<i32>(geo, Geometry.Width);
    store<i32>(geo, 1, Geometry.Height);
    store<i32>(geo, plane, Geometry.Width);
    store<i32>(geo, 1, Geometry.OutHeight);
    store<i32>(geo, plane, Geometry.OutWidth);
  }
  const height = load<i32>(geo, Geometry.Height);
  const width = load<i32>(geo, Geometry.Width);
  const outHeight = load<i32>(geo, Geometry.OutHeight);
  const outWidth = load<i32>(geo, Geometry.OutWidth);
  const taps = kernelHeight * kernelWidth;
  const lanes = <i32>(WIDTH / size);
  const planes = kind == Conv.Input ? own : channels;
  if (kind == Conv.Input) {
    const above = zerosBefore(kernelHeight, dilationY, top, strideY);
    const before = zerosBefore(kernelWidth, dilationX, left, strideX);
    const exact = strideX == 1 && width >= lanes && planes * taps <= DEPTH;
    setFrame(
      outHeight,
      outWidth,
      above,
      before,
      (height - 1 + top) / strideY + above + 1,
      (width - 1 + left) / strideX + before + 1,
      1,
      exact,
    );
  } else {
    setFrame(
      height,
      width,
      top,
      left,
      (outHeight - 1) * strideY + (kernelHeight - 1) * dilationY + 1,
      (outWidth - 1) * strideX + (kernelWidth - 1) * dilationX + 1,
      strideX,
      kind == Conv.Filters || (outWidth >= lanes && planes * taps <= DEPTH),
    );
  }
  const places = kind == Conv.Filters ? (<usize>outHeight * outWidth) << 2 : 0;
  const list = padded(planes * taps);
  const products = list * padded(kind == Conv.Input ? channels : own) * size;
  return frameBytes(size, planes) + (list << 2) + places + <usize>DEPTH * WIDTH + products + 64;
}

/** All tiles of one image: `made` planes of rows × columns, at outRow and outColumn bytes. */
function convolveImage(
  size: u32,
  weights: usize,
  list: usize,
  k: u32,
  image: usize,
  imageRow: usize,
  made: u32,
  rows: u32,
  columns: u32,
  out: usize,
  outPlane: usize,
  outRow: usize,
  outColumn: usize,
): void {
  const lanes = <u32>(WIDTH / size);
  // A last tile in a row may begin earlier and do a few places again, unless it adds.
  const again = columns >= lanes && k <= DEPTH && outColumn == size;
  for (let block: u32 = 0; block < made; block += ROWS) {
    const end = min(block + ROWS, made);
    for (let p: u32 = 0; p < k; p += DEPTH) {
      const depth = min(DEPTH, k - p);
      for (let y: u32 = 0; y < rows; y++) {
        for (let x: u32 = 0; x < columns; x += lanes) {
          if (again) x = min(x, columns - lanes);
          const bytes = min(WIDTH, (columns - x) * size);
          const wide = bytes == WIDTH && outColumn == size;
          const from = image + <usize>y * imageRow + <usize>x * size;
          for (let m = block; m < end; m += HEIGHT) {
            const whole = wide && m + HEIGHT <= made;
            const to = out + <usize>m * outPlane + <usize>y * outRow + <usize>x * outColumn;
            const a = weights + (<usize>m * k + 4 * p) * size;
            tileOf<Listed>(
              size,
              a,
              list + (p << 2),
              0,
              from,
              depth,
              whole ? to : edge,
              whole ? outPlane : WIDTH,
              whole && p != 0,
            );
            if (!whole) {
              putEdge(size, min(HEIGHT, made - m), bytes, to, outPlane, outColumn, p != 0);
            }
          }
        }
      }
    }
  }
}

/** One group of all images, at the places of one class: [classY, classX] of the input gradient's. */
function convolveClass(
  size: u32,
  back: bool,
  classY: i32,
  classX: i32,
  images: usize,
  imageStep: usize,
  filters: usize,
  out: usize,
  outStep: usize,
  area: usize,
): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const channels = load<u32>(geo, Geometry.Channels) / groups;
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const kernelHeight = load<i32>(geo, Geometry.KernelHeight);
  const kernelWidth = load<i32>(geo, Geometry.KernelWidth);
  const dilationY = load<i32>(geo, Geometry.DilationHeight);
  const dilationX = load<i32>(geo, Geometry.DilationWidth);
  const strideY = load<i32>(geo, Geometry.StrideHeight);
  const strideX = load<i32>(geo, Geometry.StrideWidth);
  const top = load<i32>(geo, Geometry.Top);
  const left = load<i32>(geo, Geometry.Left);
  const above = zerosBefore(kernelHeight, dilationY, top, strideY);
  const before = zerosBefore(kernelWidth, dilationX, left, strideX);
  const planes = back ? own : channels;
  const made = back ? channels : own;
  const taps = <usize>(kernelHeight * kernelWidth);
  const filter = <usize>channels * taps * size;
  const laneStep = back ? taps * size : filter;
  const planeStep = back ? filter : taps * size;

  const list = area + frameBytes(size, planes);
  const weights = (list + (padded(planes * <u32>taps) << 2) + 15) & ~15;
  let k: u32 = 0;
  for (let c: u32 = 0; c < planes; c++) {
    for (let i = 0; i < kernelHeight; i++) {
      // Rows from a place's first row to this element; of the gradient in steps of the stride.
      const fromY = back ? classY + top - i * dilationY : i * dilationY;
      if (back && fromY % strideY) continue;
      const y = back ? above + fromY / strideY : fromY;
      for (let j = 0; j < kernelWidth; j++) {
        const fromX = back ? classX + left - j * dilationX : j * dilationX;
        if (back && fromX % strideX) continue;
        const x = back ? before + fromX / strideX : <i32>frameColumn(fromX);
        const at = c * framePlane() + <u32>y * frameRow() + <u32>x;
        store<u32>(list + (k << 2), at * size);
        k++;
      }
    }
  }
  if (!k) return;
  let to = weights;
  for (let m: u32 = 0; m < made; m += HEIGHT) {
    for (let c: u32 = 0; c < planes; c++) {
      for (let i = 0; i < kernelHeight; i++) {
        if (back && (classY + top - i * dilationY) % strideY) continue;
        for (let j = 0; j < kernelWidth; j++) {
          if (back && (classX + left - j * dilationX) % strideX) continue;
          const from = filters + <usize>c * planeStep + <usize>(i * kernelWidth + j) * size;
          for (let r: u32 = 0; r < HEIGHT; r++, to += size) {
            copyElement(size, m + r < made ? from + <usize>(m + r) * laneStep : 0, to);
          }
        }
      }
    }
  }

  const width = load<i32>(geo + <usize>(back ? Geometry.Width : Geometry.OutWidth));
  const height = load<i32>(geo + <usize>(back ? Geometry.Height : Geometry.OutHeight));
  const stepY = back ? strideY : 1;
  const stepX = back ? strideX : 1;
  const outRow = <usize>width * size;
  out += <usize>classY * outRow + <usize>classX * size;
  for (let n: u32 = 0, N = load<u32>(geo); n < N; n++, images += imageStep, out += outStep) {
    const image = frame(size, images, planes, area, !n);
    convolveImage(
      size,
      weights,
      list,
      k,
      image,
      frameRow() * (back ? 1 : strideY) * size,
      made,
      (height - classY + stepY - 1) / stepY,
      (width - classX + stepX - 1) / stepX,
      out,
      <usize>height * outRow,
      <usize>stepY * outRow,
      <usize>stepX * size,
    );
  }
}

/**
 * Forward: out[N, O, oh, ow] = images[N, C, h, w] ∗ filters[O, C / groups, kh, kw]. With `back`, the
 * image that images[N, O, oh, ow] came from, as far as it takes part: out[N, C, h, w].
 */
export function convolve(
  size: u32,
  back: bool,
  images: usize,
  filters: usize,
  out: usize,
  area: usize,
): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const channels = load<u32>(geo, Geometry.Channels) / groups;
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const plane = <usize>load<u32>(geo, Geometry.Height) * load<u32>(geo, Geometry.Width);
  const outPlane = <usize>load<u32>(geo, Geometry.OutHeight) * load<u32>(geo, Geometry.OutWidth);
  const input = <usize>channels * plane * size;
  const output = <usize>own * outPlane * size;
  const taps = load<u32>(geo, Geometry.KernelHeight) * load<u32>(geo, Geometry.KernelWidth);
  const from = back ? output : input;
  const to = back ? input : output;
  const classesY = back ? load<i32>(geo, Geometry.StrideHeight) : 1;
  const classesX = back ? load<i32>(geo, Geometry.StrideWidth) : 1;
  const all = <usize>groups;
  // A class may have no elements.
  if (classesY * classesX > 1) memory.fill(out, 0, <usize>(load<u32>(geo) * groups) * to);
  for (let g: u32 = 0; g < groups; g++) {
    for (let y = 0; y < classesY; y++) {
      for (let x = 0; x < classesX; x++) {
        convolveClass(size, back, y, x, images, all * from, filters, out, all * to, area);
      }
    }
    images += from;
    out += to;
    filters += <usize>own * channels * taps * size;
  }
}

/** What the filters are to g[N, O, oh, ow] and x[N, C, h, w]: out[O, C / groups, kh, kw]. */
export function convFilters(size: u32, x: usize, g: usize, out: usize, area: usize): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const channels = load<u32>(geo, Geometry.Channels) / groups;
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const kernelHeight = load<u32>(geo, Geometry.KernelHeight);
  const kernelWidth = load<u32>(geo, Geometry.KernelWidth);
  const outWidth = load<u32>(geo, Geometry.OutWidth);
  const places = load<u32>(geo, Geometry.OutHeight) * outWidth;
  const plane = load<u32>(geo, Geometry.Height) * load<u32>(geo, Geometry.Width);
  const image = <usize>channels * plane * size;
  const line = <usize>places * size;
  const lanes = <u32>(WIDTH / size);
  const list = area + frameBytes(size, channels);
  let k: u32 = 0;
  for (let c: u32 = 0; c < channels; c++) {
    for (let i: u32 = 0; i < kernelHeight; i++) {
      const row = c * framePlane() + i * load<u32>(geo, Geometry.DilationHeight) * frameRow();
      for (let j: u32 = 0; j < kernelWidth; j++, k++) {
        const at = row + frameColumn(j * load<u32>(geo, Geometry.DilationWidth));
        store<u32>(list + (k << 2), at * size);
      }
    }
  }
  // Whole tiles: what is left over goes nowhere.
  const taps = (k + 3) & ~3;
  for (let t = k; t < taps; t++) store<u32>(list + (t << 2), 0);
  const order = list + (padded(k) << 2);
  for (let q: u32 = 0; q < places; q++) {
    const row = (q / outWidth) * load<u32>(geo, Geometry.StrideHeight) * frameRow();
    store<u32>(order + (q << 2), (row + (q % outWidth)) * size);
  }
  const panel = (order + ((<usize>places) << 2) + 15) & ~15;
  const sums = panel + <usize>DEPTH * WIDTH;
  const sumsRow = padded(own) * size;
  const N = load<u32>(geo);
  for (let h: u32 = 0; h < groups; h++) {
    for (let n: u32 = 0; n < N; n++) {
      const from = frame(size, x + <usize>(n * groups + h) * image, channels, area, !n && !h);
      const cotangent = g + <usize>((n * groups + h) * own) * line;
      for (let p: u32 = 0; p < places; p += DEPTH) {
        const depth = min(DEPTH, places - p);
        for (let o: u32 = 0; o < own; o += lanes) {
          const at = cotangent + <usize>o * line + <usize>p * size;
          pack(size, at, line, size, min(lanes, own - o), depth, WIDTH, panel);
          let to = sums + <usize>o * size;
          for (let t: u32 = 0; t < taps; t += HEIGHT, to += <usize>HEIGHT * sumsRow) {
            const add = n + p != 0;
            tileOf<Taps>(
              size,
              from,
              list + (t << 2),
              order + (p << 2),
              panel,
              depth,
              to,
              sumsRow,
              add,
            );
          }
        }
      }
    }
    for (let o: u32 = 0; o < own; o++) {
      let from = sums + <usize>o * size;
      for (let t: u32 = 0; t < k; t++, from += sumsRow, out += size) {
        copyElement(size, from, out);
      }
    }
  }
}
