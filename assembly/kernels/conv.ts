// Convolutions as matrix products. Per image and group, the windows of the image are spread out as
// columns, [channels · kh · kw, oh · ow]; the three products of a layer are then
//
//   forward    out = W · columns        input gradient   columns = Wᵀ · g, folded back
//   weight gradient    W = g · columnsᵀ, summed over the images in order
//
// Operands are contiguous. A 1 × 1 kernel that steps by one needs no columns: the image is them.
import { gemm } from "./gemm";

/** Sizes of a convolution, as a list of 32-bit words. */
export const enum Geometry {
  Images = 0,
  Channels = 4,
  Height = 8,
  Width = 12,
  Filters = 16,
  KernelHeight = 20,
  KernelWidth = 24,
  OutHeight = 28,
  OutWidth = 32,
  StrideHeight = 36,
  StrideWidth = 40,
  Top = 44,
  Left = 48,
  DilationHeight = 52,
  DilationWidth = 56,
  Groups = 60,
}
/** Bytes of the list. */
export const GEOMETRY_BYTES: usize = 64;

/** Rows of the columns of one group. */
export function columnRows(geo: usize): u32 {
  const channels = load<u32>(geo, Geometry.Channels) / load<u32>(geo, Geometry.Groups);
  return channels * load<u32>(geo, Geometry.KernelHeight) * load<u32>(geo, Geometry.KernelWidth);
}
/** Elements of one plane of the output. */
export function outPlane(geo: usize): u32 {
  return load<u32>(geo, Geometry.OutHeight) * load<u32>(geo, Geometry.OutWidth);
}
/** True if the image is its own columns. */
export function isPointwise(geo: usize): bool {
  return (
    load<u32>(geo, Geometry.KernelHeight) == 1 &&
    load<u32>(geo, Geometry.KernelWidth) == 1 &&
    load<u32>(geo, Geometry.StrideHeight) == 1 &&
    load<u32>(geo, Geometry.StrideWidth) == 1 &&
    load<u32>(geo, Geometry.Height) == load<u32>(geo, Geometry.OutHeight) &&
    load<u32>(geo, Geometry.Width) == load<u32>(geo, Geometry.OutWidth) &&
    !load<u32>(geo, Geometry.Top) &&
    !load<u32>(geo, Geometry.Left)
  );
}

function copyRun<T>(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  for (let o: usize = 0; o < whole; o += 16) v128.store(to + o, v128.load(from + o));
  for (let o = whole; o < bytes; o += sizeof<T>()) store<T>(to + o, load<T>(from + o));
}

function addRun<T>(from: usize, to: usize, bytes: usize): void {
  const whole = bytes & ~15;
  for (let o: usize = 0; o < whole; o += 16) {
    v128.store(to + o, v128.add<T>(v128.load(to + o), v128.load(from + o)));
  }
  for (let o = whole; o < bytes; o += sizeof<T>()) {
    store<T>(to + o, <T>(load<T>(to + o) + load<T>(from + o)));
  }
}

function clear(to: usize, bytes: usize): void {
  memory.fill(to, 0, bytes);
}

/** Output columns whose input column ox · stride + offset lies inside the image: [first, end). */
function firstInside(offset: i32, stride: i32): i32 {
  return offset >= 0 ? 0 : (stride - 1 - offset) / stride;
}
function endInside(offset: i32, stride: i32, width: i32, out: i32): i32 {
  const room = width - offset;
  return room <= 0 ? 0 : min(out, (room + stride - 1) / stride);
}

/** Spreads an image of one group out as columns; with `back`, adds columns up to an image. */
function columns<T>(geo: usize, image: usize, to: usize, back: bool): void {
  const channels = load<u32>(geo, Geometry.Channels) / load<u32>(geo, Geometry.Groups);
  const height = load<i32>(geo, Geometry.Height);
  const width = load<i32>(geo, Geometry.Width);
  const outHeight = load<i32>(geo, Geometry.OutHeight);
  const outWidth = load<i32>(geo, Geometry.OutWidth);
  const kernelHeight = load<i32>(geo, Geometry.KernelHeight);
  const kernelWidth = load<i32>(geo, Geometry.KernelWidth);
  const strideY = load<i32>(geo, Geometry.StrideHeight);
  const strideX = load<i32>(geo, Geometry.StrideWidth);
  const rowBytes = <usize>outWidth * sizeof<T>();
  for (let c: u32 = 0; c < channels; c++, image += <usize>(height * width) * sizeof<T>()) {
    for (let i = 0; i < kernelHeight; i++) {
      for (let j = 0; j < kernelWidth; j++) {
        const top = i * load<i32>(geo, Geometry.DilationHeight) - load<i32>(geo, Geometry.Top);
        const left = j * load<i32>(geo, Geometry.DilationWidth) - load<i32>(geo, Geometry.Left);
        const first = min(firstInside(left, strideX), outWidth);
        const end = max(endInside(left, strideX, width, outWidth), first);
        for (let y = 0; y < outHeight; y++, to += rowBytes) {
          const iy = y * strideY + top;
          if (iy < 0 || iy >= height) {
            if (!back) clear(to, rowBytes);
            continue;
          }
          const row = image + <usize>((iy * width + first * strideX + left) * <i32>sizeof<T>());
          const run = to + <usize>first * sizeof<T>();
          const bytes = <usize>(end - first) * sizeof<T>();
          if (!back && first) clear(to, <usize>first * sizeof<T>());
          if (strideX == 1) {
            if (back) addRun<T>(run, row, bytes);
            else copyRun<T>(row, run, bytes);
          } else {
            let p = row;
            for (let o: usize = 0; o < bytes; o += sizeof<T>()) {
              if (back) store<T>(p, <T>(load<T>(p) + load<T>(run + o)));
              else store<T>(run + o, load<T>(p));
              p += <usize>strideX * sizeof<T>();
            }
          }
          if (!back) clear(run + bytes, rowBytes - <usize>first * sizeof<T>() - bytes);
        }
      }
    }
  }
}

/** What all three products step through: images and groups. */
function imageBytes<T>(geo: usize): usize {
  const plane = load<u32>(geo, Geometry.Height) * load<u32>(geo, Geometry.Width);
  return (
    <usize>(load<u32>(geo, Geometry.Channels) / load<u32>(geo, Geometry.Groups)) *
    plane *
    sizeof<T>()
  );
}

/** out[N, O, oh, ow] = x[N, C, h, w] ∗ filters[O, C / groups, kh, kw]; `area` holds the columns. */
export function convForward<T>(
  geo: usize,
  x: usize,
  filters: usize,
  out: usize,
  area: usize,
  scratch: usize,
): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const rows = columnRows(geo);
  const plane = outPlane(geo);
  const line = <usize>plane * sizeof<T>();
  const filter = <usize>rows * sizeof<T>();
  const point = isPointwise(geo);
  for (let n = load<u32>(geo) * groups, i: u32 = 0; i < n; i++) {
    const w = filters + <usize>((i % groups) * own) * filter;
    if (!point) columns<T>(geo, x, area, false);
    const b = point ? x : area;
    gemm<T>(
      own,
      plane,
      rows,
      w,
      filter,
      sizeof<T>(),
      b,
      line,
      sizeof<T>(),
      out,
      line,
      false,
      scratch,
    );
    x += imageBytes<T>(geo);
    out += <usize>own * line;
  }
}

/** The image that g[N, O, oh, ow] came from, as far as x takes part: x[N, C, h, w]. */
export function convInput<T>(
  geo: usize,
  g: usize,
  filters: usize,
  out: usize,
  area: usize,
  scratch: usize,
): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const rows = columnRows(geo);
  const plane = outPlane(geo);
  const line = <usize>plane * sizeof<T>();
  const filter = <usize>rows * sizeof<T>();
  const point = isPointwise(geo);
  const bytes = imageBytes<T>(geo);
  for (let n = load<u32>(geo) * groups, i: u32 = 0; i < n; i++) {
    const w = filters + <usize>((i % groups) * own) * filter;
    const c = point ? out : area;
    gemm<T>(
      rows,
      plane,
      own,
      w,
      sizeof<T>(),
      filter,
      g,
      line,
      sizeof<T>(),
      c,
      line,
      false,
      scratch,
    );
    if (!point) {
      clear(out, bytes);
      columns<T>(geo, out, area, true);
    }
    g += <usize>own * line;
    out += bytes;
  }
}

/** What the filters are to g[N, O, oh, ow] and x[N, C, h, w]: out[O, C / groups, kh, kw]. */
export function convFilters<T>(
  geo: usize,
  x: usize,
  g: usize,
  out: usize,
  area: usize,
  scratch: usize,
): void {
  const groups = load<u32>(geo, Geometry.Groups);
  const own = load<u32>(geo, Geometry.Filters) / groups;
  const rows = columnRows(geo);
  const plane = outPlane(geo);
  const line = <usize>plane * sizeof<T>();
  const filter = <usize>rows * sizeof<T>();
  const point = isPointwise(geo);
  clear(out, <usize>load<u32>(geo, Geometry.Filters) * filter);
  for (let n = load<u32>(geo) * groups, i: u32 = 0; i < n; i++) {
    const w = out + <usize>((i % groups) * own) * filter;
    if (!point) columns<T>(geo, x, area, false);
    const b = point ? x : area;
    gemm<T>(own, rows, plane, g, line, sizeof<T>(), b, sizeof<T>(), line, w, filter, true, scratch);
    x += imageBytes<T>(geo);
    g += <usize>own * line;
  }
}
