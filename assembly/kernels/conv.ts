// Convolutions as matrix products, the matrix of windows of which is nowhere: tiles read it from framed
// images (frame.ts), through a list that says how far each element of a window is from its first.
//
//   forward          out[o, place] = Σ W[o, k] · x[place + list[k]]
//   input gradient   the same over the cotangent, with W transposed. With strides, the places are cut
//                    into classes, to each of which belong those elements of a window that meet it
//   filter gradient  W[k, o] = Σ x[place + list[k]] · g[place, o], summed over the images in order
//
// Operands are contiguous. Sums go by 256 products, as those of gemm.ts.
import {
  clearFrame,
  frame,
  frameBytes,
  frameColumn,
  framePlane,
  frameRow,
  frameSize,
  setFrame,
} from "./frame";
import { copyElement, DEPTH, pack } from "./gemm";
import { Geometry } from "./geometry";
import { edge, HEIGHT, Listed, putEdge, Taps, tileOf, WIDTH } from "./tile";

/** Which of the three. */
export const enum Conv {
  Forward = 0,
  Input = 1,
  Filters = 2,
}

// The sizes at work, as convScratch has read them.
let images: u32 = 0;
let groups: u32 = 1;
/** Of one group. */
let channels: i32 = 0;
let filters: i32 = 0;
let height: i32 = 0;
let width: i32 = 0;
let outHeight: i32 = 0;
let outWidth: i32 = 0;
let kernelHeight: i32 = 0;
let kernelWidth: i32 = 0;
let strideY: i32 = 1;
let strideX: i32 = 1;
let dilationY: i32 = 1;
let dilationX: i32 = 1;
let top: i32 = 0;
let left: i32 = 0;
/** Zeros of a frame before the image. */
let above: i32 = 0;
let before: i32 = 0;

function padded(n: i32): usize {
  return <usize>((n + 7) & ~7);
}

/** Zeros before a cotangent along one axis. */
function zerosBefore(kernel: i32, dilation: i32, pad: i32, stride: i32): i32 {
  return max((kernel - 1) * dilation - pad, 0) / stride;
}

/** Places that all windows along one axis cover. */
function covered(out: i32, kernel: i32, dilation: i32, stride: i32): i32 {
  return (out - 1) * stride + (kernel - 1) * dilation + 1;
}

/** Reads the sizes, lays out the frames, and tells the bytes of scratch that are needed. */
export function convScratch(kind: Conv, size: u32, geo: usize): f64 {
  images = load<u32>(geo, Geometry.Images);
  groups = load<u32>(geo, Geometry.Groups);
  channels = <i32>(load<u32>(geo, Geometry.Channels) / groups);
  filters = <i32>(load<u32>(geo, Geometry.Filters) / groups);
  height = load<i32>(geo, Geometry.Height);
  width = load<i32>(geo, Geometry.Width);
  outHeight = load<i32>(geo, Geometry.OutHeight);
  outWidth = load<i32>(geo, Geometry.OutWidth);
  kernelHeight = load<i32>(geo, Geometry.KernelHeight);
  kernelWidth = load<i32>(geo, Geometry.KernelWidth);
  strideY = load<i32>(geo, Geometry.StrideHeight);
  strideX = load<i32>(geo, Geometry.StrideWidth);
  dilationY = load<i32>(geo, Geometry.DilationHeight);
  dilationX = load<i32>(geo, Geometry.DilationWidth);
  top = load<i32>(geo, Geometry.Top);
  left = load<i32>(geo, Geometry.Left);
  const taps = kernelHeight * kernelWidth;
  if (taps * strideY * strideX == 1 && outHeight == height && outWidth == width && !(top | left)) {
    // Windows of one place over the whole image: a plane is one row then.
    width *= height;
    outWidth = width;
    outHeight = height = 1;
  }
  const back = kind == Conv.Input;
  const elements = taps * (back ? filters : channels);
  if (back) {
    above = zerosBefore(kernelHeight, dilationY, top, strideY);
    before = zerosBefore(kernelWidth, dilationX, left, strideX);
    setFrame(
      outHeight,
      outWidth,
      above,
      before,
      (height - 1 + top) / strideY + above + 1,
      (width - 1 + left) / strideX + before + 1,
      1,
    );
  } else {
    setFrame(
      height,
      width,
      top,
      left,
      covered(outHeight, kernelHeight, dilationY, strideY),
      covered(outWidth, kernelWidth, dilationX, strideX),
      strideX,
    );
  }
  const list = <f64>padded(elements);
  const places = <f64>outHeight * <f64>outWidth;
  const products = list * <f64>padded(back ? channels : filters);
  const planes = back ? filters : channels;
  return (frameSize(planes) + products) * size + (list + places) * 4 + DEPTH * <f64>WIDTH + 128;
}

/**
 * Lists the elements of a window, those only that places of class [classY, classX] meet, and packs the
 * filters at w (unless it is 0) in the same order, four planes side by side. Tells their number.
 */
function listTaps(
  size: u32,
  back: bool,
  classY: i32,
  classX: i32,
  list: usize,
  w: usize,
  packed: usize,
): u32 {
  const planes = back ? filters : channels;
  const made = back ? channels : filters;
  const taps = kernelHeight * kernelWidth;
  let k: u32 = 0;
  for (let c = 0; c < planes; c++) {
    for (let i = 0; i < kernelHeight; i++) {
      // Rows from a place's first row to this element; of the gradient in steps of the stride.
      let y = i * dilationY;
      if (back) {
        y = classY + top - y;
        if (y % strideY) continue;
        y = above + y / strideY;
      }
      for (let j = 0; j < kernelWidth; j++) {
        let x = j * dilationX;
        if (back) {
          x = classX + left - x;
          if (x % strideX) continue;
          x = before + x / strideX;
        } else x = <i32>frameColumn(x);
        store<u32>(list + (k << 2), (c * framePlane() + y * frameRow() + x) * size);
        if (w) {
          const tap = i * kernelWidth + j;
          for (let m = 0; m < ((made + 3) & ~3); m++) {
            const from = ((back ? c * channels + m : m * channels + c) * taps + tap) * size;
            const to = ((m >> 2) * planes * taps + k) * 4 + (m & 3);
            copyElement(size, m < made ? w + from : 0, packed + to * size);
          }
        }
        k++;
      }
    }
  }
  return k;
}

/** All tiles of one image: `made` planes of rows × columns. Packed filters go by 4 · `panel` elements. */
function convolveImage(
  size: u32,
  packed: usize,
  panel: u32,
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
  for (let p: u32 = 0; p < k; p += DEPTH) {
    const depth = min(DEPTH, k - p);
    for (let y: u32 = 0; y < rows; y++) {
      for (let x: u32 = 0; x < columns; x += lanes) {
        if (again) x = min(x, columns - lanes);
        const bytes = min(WIDTH, (columns - x) * size);
        const wide = bytes == WIDTH && outColumn == size;
        const from = image + <usize>y * imageRow + <usize>x * size;
        for (let m: u32 = 0; m < made; m += HEIGHT) {
          const whole = wide && m + HEIGHT <= made;
          const to = out + <usize>m * outPlane + <usize>y * outRow + <usize>x * outColumn;
          const a = packed + (<usize>m * panel + 4 * p) * size;
          tileOf<Listed>(
            size,
            a,
            list + (p << 2),
            0,
            from,
            depth,
            whole ? to : edge(),
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

/**
 * Forward: out[N, O, oh, ow] = x[N, C, h, w] ∗ filters w[O, C / groups, kh, kw]. With `back`, the
 * image that x[N, O, oh, ow] came from, as far as it takes part: out[N, C, h, w]. Of the images from
 * `first` to `end`.
 */
export function convolve(
  size: u32,
  back: bool,
  x: usize,
  w: usize,
  out: usize,
  area: usize,
  first: u32,
  end: u32,
): void {
  const planes = back ? filters : channels;
  const made = back ? channels : filters;
  const rows = back ? height : outHeight;
  const columns = back ? width : outWidth;
  // The places of the input gradient are cut into classes.
  const stepY = back ? strideY : 1;
  const stepX = back ? strideX : 1;
  const elements = planes * kernelHeight * kernelWidth;
  const from = <usize>(planes * (back ? outHeight * outWidth : height * width)) * size;
  const to = <usize>(made * rows * columns) * size;
  const list = area + frameBytes(size, planes);
  const packed = (list + (padded(elements) << 2) + 15) & ~15;
  clearFrame(size, planes, area);
  // A class may have no elements.
  if (stepY * stepX > 1) {
    memory.fill(out + <usize>(first * groups) * to, 0, <usize>((end - first) * groups) * to);
  }
  for (let g: u32 = 0; g < groups; g++) {
    for (let y = 0; y < stepY; y++) {
      for (let z = 0; z < stepX; z++) {
        const k = listTaps(size, back, y, z, list, w, packed);
        for (let n = first; k && n < end; n++) {
          const image = <usize>(n * groups + g);
          frame(size, x + image * from, planes, area);
          convolveImage(
            size,
            packed,
            elements,
            list,
            k,
            area,
            frameRow() * (back ? 1 : strideY) * size,
            made,
            (rows - y + stepY - 1) / stepY,
            (columns - z + stepX - 1) / stepX,
            out + image * to + <usize>(y * columns + z) * size,
            <usize>(rows * columns) * size,
            <usize>(stepY * columns) * size,
            <usize>stepX * size,
          );
        }
      }
    }
    w += <usize>(made * elements) * size;
  }
}

/** Vectors of a group's filters that a tile has in a row. */
function filterPairs(size: u32): u32 {
  const lanes = <u32>(WIDTH / size);
  return (<u32>filters + lanes - 1) / lanes;
}

/** How many parts a convolution has that do not depend on one another. */
export function convParts(kind: Conv, size: u32): u32 {
  return kind == Conv.Filters ? groups * filterPairs(size) : images;
}

/** Products that all of it takes. */
export function convWork(): u64 {
  const window = <u64>channels * kernelHeight * kernelWidth;
  return window * filters * groups * images * outHeight * outWidth;
}

/**
 * What the filters are to g[N, O, oh, ow] and x[N, C, h, w]: out[O, C / groups, kh, kw]; the parts
 * from `part` to `end`.
 */
export function convFilters(
  size: u32,
  x: usize,
  g: usize,
  out: usize,
  area: usize,
  part: u32,
  end: u32,
): void {
  const places: u32 = outHeight * outWidth;
  const image = <usize>(channels * height * width) * size;
  const line = <usize>places * size;
  const lanes = <i32>(WIDTH / size);
  const list = area + frameBytes(size, channels);
  clearFrame(size, channels, area);
  const k = listTaps(size, false, 0, 0, list, 0, 0);
  // Whole tiles: what is left over goes nowhere.
  const taps = (k + 3) & ~3;
  for (let t = k; t < taps; t++) store<u32>(list + (t << 2), 0);
  const order = list + (padded(k) << 2);
  let place = order;
  for (let y = 0; y < outHeight; y++) {
    for (let z = 0; z < outWidth; z++, place += 4) {
      store<u32>(place, (y * strideY * frameRow() + z) * size);
    }
  }
  const panel = (place + 15) & ~15;
  const sums = panel + <usize>DEPTH * WIDTH;
  const sumsRow = padded(filters) * size;
  const pairs = filterPairs(size);
  while (part < end) {
    const h = part / pairs;
    const next = min(end, (h + 1) * pairs);
    const first = <i32>(part - h * pairs) * lanes;
    const last = min(filters, <i32>(next - h * pairs) * lanes);
    part = next;
    for (let n: u32 = 0; n < images; n++) {
      const one = n * groups + h;
      frame(size, x + <usize>one * image, channels, area);
      for (let p: u32 = 0; p < places; p += DEPTH) {
        const depth = min(DEPTH, places - p);
        for (let o = first; o < last; o += lanes) {
          const at = g + <usize>(one * filters + o) * line + <usize>p * size;
          pack(size, at, line, size, min(lanes, filters - o), depth, WIDTH, panel);
          let to = sums + <usize>o * size;
          for (let t: u32 = 0; t < taps; t += HEIGHT, to += <usize>HEIGHT * sumsRow) {
            const add = n + p != 0;
            tileOf<Taps>(
              size,
              area,
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
    let to = out + <usize>((h * filters + first) * k) * size;
    for (let o = first; o < last; o++) {
      let from = sums + <usize>o * size;
      for (let t: u32 = 0; t < k; t++, from += sumsRow, to += size) copyElement(size, from, to);
    }
  }
}
