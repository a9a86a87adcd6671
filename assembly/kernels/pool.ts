// Windows over the last two axes of planes. Maxima are not looked for once and remembered, but found
// again where their place is needed: a window is small.
//
//   pick     out[window] = h[place of the window's largest x]
//   spread   out[place of the window's largest x] += g[window]
//   mean and its transpose: out[window] = Σ / count, out[place] += g[window] / count
import { Geometry } from "./geometry";
import { Local, local } from "./local";

/** Set: padding counts in a mean. In the place of the number of groups. */
const COUNT_PAD = Geometry.Groups;

/** Word of the geometry that holds how far padding reaches below and to the right. */
const BOTTOM = Geometry.Filters;
const RIGHT = Geometry.Channels;

// Windows at the edges are taken one by one, in float64 for either dtype: a float32 comes out of a sum
// or a quotient as if it had been computed in float32.

function get(size: u32, p: usize): f64 {
  return size == 8 ? load<f64>(p) : <f64>load<f32>(p);
}

function set(size: u32, p: usize, value: f64): void {
  if (size == 8) store<f64>(p, value);
  else store<f32>(p, <f32>value);
}

/** The place of the largest element of a window of x, NaN first; -1 if it is all padding. */
function largest(size: u32, geo: usize, x: usize, top: i32, left: i32): i32 {
  const height = load<i32>(geo, Geometry.Height);
  const width = load<i32>(geo, Geometry.Width);
  const stepY = load<i32>(geo, Geometry.DilationHeight);
  const stepX = load<i32>(geo, Geometry.DilationWidth);
  const endY = top + load<i32>(geo, Geometry.KernelHeight) * stepY;
  const endX = left + load<i32>(geo, Geometry.KernelWidth) * stepX;
  // Windows inside the image, which most are, need no further looking.
  const inside = top >= 0 && left >= 0 && endY - stepY < height && endX - stepX < width;
  let best: f64 = 0;
  let place = -1;
  for (let y = top; y < endY; y += stepY) {
    if (!inside && (y < 0 || y >= height)) continue;
    const row = y * width;
    for (let column = left; column < endX; column += stepX) {
      if (!inside && (column < 0 || column >= width)) continue;
      const value = get(size, x + (row + column) * size);
      if (place >= 0 && value <= best) continue;
      best = value;
      place = row + column;
      if (value != value) return place;
    }
  }
  return place;
}

/** Where the largest elements of a few windows stand, counted from the windows' first elements. */
function found(): usize {
  return local(Local.Found);
}

/**
 * As many neighbouring windows as a vector has lanes, all inside the plane, the first at p: their
 * means, or their largest elements, whose places go to `found`.
 */
function together(size: u32, geo: usize, p: usize, mean: bool): v128 {
  return size == 8 ? togetherOf<f64>(geo, p, mean) : togetherOf<f32>(geo, p, mean);
}

function togetherOf<T>(geo: usize, p: usize, mean: bool): v128 {
  const across = load<u32>(geo, Geometry.StrideWidth) * sizeof<T>();
  const width = load<u32>(geo, Geometry.Width);
  const rows = load<u32>(geo, Geometry.KernelHeight);
  const columns = load<u32>(geo, Geometry.KernelWidth);
  const stepY = mean ? width : width * load<u32>(geo, Geometry.DilationHeight);
  const stepX = mean ? 1 : load<u32>(geo, Geometry.DilationWidth);
  let best = v128.splat<T>(mean ? <T>0 : <T>-Infinity);
  let places = i32x4.splat(0);
  for (let i: u32 = 0, row: u32 = 0; i < rows; i++, row += stepY) {
    for (let j: u32 = 0, at = row; j < columns; j++, at += stepX) {
      let from = p + <usize>at * sizeof<T>();
      let value: v128;
      if (sizeof<T>() == 8) {
        value = v128.load64_lane(from + across, v128.load64_zero(from), 1);
      } else {
        value = v128.load32_zero(from);
        value = v128.load32_lane((from += across), value, 1);
        value = v128.load32_lane((from += across), value, 2);
        value = v128.load32_lane(from + across, value, 3);
      }
      if (mean) {
        best = v128.add<T>(best, value);
        continue;
      }
      // Larger, or the first NaN.
      const better = v128.andnot(v128.eq<T>(best, best), v128.le<T>(value, best));
      best = v128.bitselect(value, best, better);
      const place = sizeof<T>() == 8 ? i64x2.splat(at) : i32x4.splat(at);
      places = v128.bitselect(place, places, better);
    }
  }
  if (mean) return v128.div<T>(best, v128.splat<T>(<T>(rows * columns)));
  v128.store(found(), places);
  return best;
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
function overWindow(
  size: u32,
  geo: usize,
  x: usize,
  top: i32,
  left: i32,
  value: f64,
  add: bool,
): f64 {
  const width = load<i32>(geo, Geometry.Width);
  const bottom = min(top + load<i32>(geo, Geometry.KernelHeight), load<i32>(geo, Geometry.Height));
  const right = min(left + load<i32>(geo, Geometry.KernelWidth), width);
  let sum: f64 = 0;
  for (let y = max(top, 0); y < bottom; y++) {
    for (let column = max(left, 0); column < right; column++) {
      const p = x + (y * width + column) * size;
      if (add) set(size, p, get(size, p) + value);
      else sum = size == 8 ? sum + load<f64>(p) : <f64>(<f32>sum + load<f32>(p));
    }
  }
  return sum;
}

/** Between a group of windows, but the first `done` bytes, and the places in `found`. */
function move(kind: Pool, size: u32, p: usize, across: usize, windows: usize, done: u32): void {
  for (let o = done; o < 16; o += size) {
    const place = p + <usize>(o / size) * across + load<u32>(found() + o) * size;
    if (kind == Pool.Pick) set(size, windows + o, get(size, place));
    else set(size, place, get(size, place) + get(size, windows + o));
  }
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
export function pool(
  kind: Pool,
  size: u32,
  geo: usize,
  windows: usize,
  planes: usize,
  x: usize,
): void {
  const places = load<u32>(geo, Geometry.Height) * load<u32>(geo, Geometry.Width);
  const outHeight = load<i32>(geo, Geometry.OutHeight);
  const outWidth = load<i32>(geo, Geometry.OutWidth);
  const stepY = load<i32>(geo, Geometry.StrideHeight);
  const stepX = load<i32>(geo, Geometry.StrideWidth);
  const means = kind == Pool.Mean || kind == Pool.MeanBack;
  const reachY =
    (load<i32>(geo, Geometry.KernelHeight) - 1) *
    (means ? 1 : load<i32>(geo, Geometry.DilationHeight));
  const reachX =
    (load<i32>(geo, Geometry.KernelWidth) - 1) *
    (means ? 1 : load<i32>(geo, Geometry.DilationWidth));
  const width = load<i32>(geo, Geometry.Width);
  const group = <i32>(16 / size);
  const grouped = kind != Pool.MeanBack && outWidth >= group;
  // How far a group's last window reaches beyond its first place.
  const last = (group - 1) * stepX + reachX;
  for (let n = load<u32>(geo, Geometry.Images); n; n--) {
    if (kind == Pool.Spread || kind == Pool.MeanBack) {
      memory.fill(planes, 0, places * size);
    }
    for (let y = 0; y < outHeight; y++) {
      const top = y * stepY - load<i32>(geo, Geometry.Top);
      const inside = top >= 0 && top + reachY < load<i32>(geo, Geometry.Height);
      let left = -load<i32>(geo, Geometry.Left);
      for (let z = 0; z < outWidth; z++, left += stepX, windows += size) {
        // The last group of a row may take in windows that are done.
        const again = max(z + group - outWidth, 0);
        const from = left - again * stepX;
        if (grouped && inside && from >= 0 && from + last < width) {
          const first = (top * width + from) * size;
          const best = together(size, geo, (means ? planes : x) + first, means);
          const done = again * size;
          if (kind != Pool.Spread && (means || planes == x)) v128.store(windows - done, best);
          else move(kind, size, planes + first, stepX * size, windows - done, done);
          z += group - 1 - again;
          left += (group - 1 - again) * stepX;
          windows += 16 - size - done;
          continue;
        }
        if (kind == Pool.Mean) {
          const sum = overWindow(size, geo, planes, top, left, 0, false);
          set(size, windows, sum / <f64>divisor(geo, top, left));
          continue;
        }
        if (kind == Pool.MeanBack) {
          let part = get(size, windows) / <f64>divisor(geo, top, left);
          if (size == 4) part = <f64>(<f32>part);
          overWindow(size, geo, planes, top, left, part, true);
          continue;
        }
        const at = largest(size, geo, x, top, left);
        const place = planes + at * size;
        // A window of padding alone: nothing is largest, -∞ of x itself.
        if (at < 0) {
          if (kind == Pool.Pick) set(size, windows, planes == x ? -Infinity : 0);
        } else if (kind == Pool.Pick) set(size, windows, get(size, place));
        else set(size, place, get(size, place) + get(size, windows));
      }
    }
    planes += places * size;
    x += places * size;
  }
}
