// Windows over the last two axes of planes. Maxima are not looked for once and remembered, but found
// again where their place is needed: a window is small.
//
//   pick     out[window] = h[place of the window's largest x]
//   spread   out[place of the window's largest x] += g[window]
//   mean and its transpose: out[window] = Σ / count, out[place] += g[window] / count
import { Geometry } from "./conv";

/** Set: padding counts in a mean. In the place of the number of groups. */
const COUNT_PAD = Geometry.Groups;

/** Word of the geometry that holds how far padding reaches below and to the right. */
const BOTTOM = Geometry.Filters;
const RIGHT = Geometry.Channels;

/** The place of the largest element of a window of x, NaN first; -1 if it is all padding. */
function largest<T>(geo: usize, x: usize, top: i32, left: i32): i32 {
  const height = load<i32>(geo, Geometry.Height);
  const width = load<i32>(geo, Geometry.Width);
  const stepY = load<i32>(geo, Geometry.DilationHeight);
  const stepX = load<i32>(geo, Geometry.DilationWidth);
  const endY = top + load<i32>(geo, Geometry.KernelHeight) * stepY;
  const endX = left + load<i32>(geo, Geometry.KernelWidth) * stepX;
  // Windows inside the image, which most are, need no further looking.
  const inside = top >= 0 && left >= 0 && endY - stepY < height && endX - stepX < width;
  let best: T = <T>0;
  let place = -1;
  for (let y = top; y < endY; y += stepY) {
    if (!inside && (y < 0 || y >= height)) continue;
    const row = y * width;
    for (let column = left; column < endX; column += stepX) {
      if (!inside && (column < 0 || column >= width)) continue;
      const value = load<T>(x + <usize>(row + column) * sizeof<T>());
      if (place >= 0 && value <= best) continue;
      best = value;
      place = row + column;
      if (value != value) return place;
    }
  }
  return place;
}

/** The same for windows of two by two that lie inside: without branches, for nobody can foresee them. */
function largestOfPairs<T>(x: usize, top: i32, left: i32, width: i32): i32 {
  const first = top * width + left;
  const at = x + <usize>first * sizeof<T>();
  const a = load<T>(at);
  const b = load<T>(at + sizeof<T>());
  const c = load<T>(at + <usize>width * sizeof<T>());
  const d = load<T>(at + <usize>(width + 1) * sizeof<T>());
  // `larger` also if the second is NaN and the first is not.
  const right = larger<T>(a, b);
  const right2 = larger<T>(c, d);
  const below = larger<T>(select<T>(b, a, right), select<T>(d, c, right2));
  return first + select<i32>(width + i32(right2), i32(right), below);
}

function larger<T>(a: T, b: T): bool {
  return ((b > a) | (b != b)) & (a == a);
}

/** Elements that a mean divides by. */
function divisor(geo: usize, top: i32, left: i32): i32 {
  const height = load<i32>(geo, Geometry.Height);
  const width = load<i32>(geo, Geometry.Width);
  let bottom = top + load<i32>(geo, Geometry.KernelHeight);
  let right = left + load<i32>(geo, Geometry.KernelWidth);
  if (load<u32>(geo, COUNT_PAD)) {
    bottom = min(bottom, height + load<i32>(geo, BOTTOM));
    right = min(right, width + load<i32>(geo, RIGHT));
    return (bottom - top) * (right - left);
  }
  return (min(bottom, height) - max(top, 0)) * (min(right, width) - max(left, 0));
}

/** Adds up a window of x, or adds `value` to each of its elements. */
function overWindow<T>(geo: usize, x: usize, top: i32, left: i32, value: T, add: bool): T {
  const width = load<i32>(geo, Geometry.Width);
  const bottom = min(top + load<i32>(geo, Geometry.KernelHeight), load<i32>(geo, Geometry.Height));
  const right = min(left + load<i32>(geo, Geometry.KernelWidth), width);
  let sum: T = <T>0;
  for (let y = max(top, 0); y < bottom; y++) {
    for (let column = max(left, 0); column < right; column++) {
      const p = x + <usize>(y * width + column) * sizeof<T>();
      if (add) store<T>(p, <T>(load<T>(p) + value));
      else sum = <T>(sum + load<T>(p));
    }
  }
  return sum;
}

/** Which of the four. */
export const enum Pool {
  Pick = 0,
  Spread = 1,
  Mean = 2,
  MeanBack = 3,
}

/**
 * Pools every plane. `windows` has a value per window, `planes` one per place, `x` (of maxima) says
 * which place counts.
 */
export function pool<T>(kind: Pool, geo: usize, windows: usize, planes: usize, x: usize): void {
  const size = load<u32>(geo, Geometry.Height) * load<u32>(geo, Geometry.Width);
  const outHeight = load<i32>(geo, Geometry.OutHeight);
  const outWidth = load<i32>(geo, Geometry.OutWidth);
  const stepY = load<i32>(geo, Geometry.StrideHeight);
  const stepX = load<i32>(geo, Geometry.StrideWidth);
  const pairs =
    load<u64>(geo, Geometry.KernelHeight) == 0x200000002 &&
    load<u64>(geo, Geometry.DilationHeight) == 0x100000001 &&
    !load<u64>(geo, Geometry.Top) &&
    (outHeight - 1) * stepY + 1 < load<i32>(geo, Geometry.Height) &&
    (outWidth - 1) * stepX + 1 < load<i32>(geo, Geometry.Width);
  for (let n = load<u32>(geo, Geometry.Images); n; n--) {
    if (kind == Pool.Spread || kind == Pool.MeanBack) {
      memory.fill(planes, 0, <usize>size * sizeof<T>());
    }
    for (let y = 0; y < outHeight; y++) {
      const top = y * stepY - load<i32>(geo, Geometry.Top);
      let left = -load<i32>(geo, Geometry.Left);
      for (let z = 0; z < outWidth; z++, left += stepX, windows += sizeof<T>()) {
        if (kind == Pool.Mean) {
          const sum = overWindow<T>(geo, planes, top, left, <T>0, false);
          store<T>(windows, <T>(sum / <T>divisor(geo, top, left)));
          continue;
        }
        if (kind == Pool.MeanBack) {
          const part = <T>(load<T>(windows) / <T>divisor(geo, top, left));
          overWindow<T>(geo, planes, top, left, part, true);
          continue;
        }
        const found = pairs
          ? largestOfPairs<T>(x, top, left, load<i32>(geo, Geometry.Width))
          : largest<T>(geo, x, top, left);
        const place = planes + <usize>found * sizeof<T>();
        // A window of padding alone: nothing is largest, -∞ of x itself.
        if (found < 0) {
          if (kind == Pool.Pick) store<T>(windows, planes == x ? <T>-Infinity : <T>0);
        } else if (kind == Pool.Pick) store<T>(windows, load<T>(place));
        else store<T>(place, <T>(load<T>(place) + load<T>(windows)));
      }
    }
    planes += <usize>size * sizeof<T>();
    x += <usize>size * sizeof<T>();
  }
}
