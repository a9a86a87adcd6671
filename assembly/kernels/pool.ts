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

class Lanes {
  /** As many elements as a vector has lanes, `step` bytes apart. */
  @inline static spaced<T>(p: usize, step: usize): v128 {
    if (step == sizeof<T>()) return v128.load(p);
    if (step == 2 * sizeof<T>()) {
      // The second vector ends with the last element.
      const a = v128.load(p);
      const b = v128.load(p + 16 - sizeof<T>());
      if (sizeof<T>() == 8) return v128.shuffle<i64>(a, b, 0, 3);
      return v128.shuffle<i32>(a, b, 0, 2, 5, 7);
    }
    if (sizeof<T>() == 8) return v128.load64_lane(p + step, v128.load64_zero(p), 1);
    let value = v128.load32_zero(p);
    value = v128.load32_lane((p += step), value, 1);
    value = v128.load32_lane((p += step), value, 2);
    return v128.load32_lane(p + step, value, 3);
  }

  /** What R makes of the elements of neighbouring windows of two in a row. */
  @inline static pairs<R, T>(best: v128, row: usize): v128 {
    const r = changetype<R>(0);
    const a = v128.load(row);
    const b = v128.load(row, 16);
    if (sizeof<T>() == 8) {
      best = r.with<T>(best, v128.shuffle<i64>(a, b, 0, 2));
      return r.with<T>(best, v128.shuffle<i64>(a, b, 1, 3));
    }
    best = r.with<T>(best, v128.shuffle<i32>(a, b, 0, 2, 4, 6));
    return r.with<T>(best, v128.shuffle<i32>(a, b, 1, 3, 5, 7));
  }
}

/**
 * As many neighbouring windows as a vector has lanes, all inside the plane, the first at p: the places
 * of their largest elements go to `found`.
 */
function together(size: u32, geo: usize, p: usize): void {
  if (size == 8) togetherOf<f64>(geo, p);
  else togetherOf<f32>(geo, p);
}

function togetherOf<T>(geo: usize, p: usize): void {
  const stride = <usize>load<u32>(geo, Geometry.StrideWidth) * sizeof<T>();
  const rows = load<u32>(geo, Geometry.KernelHeight);
  const columns = load<u32>(geo, Geometry.KernelWidth);
  const stepY = load<u32>(geo, Geometry.Width) * load<u32>(geo, Geometry.DilationHeight);
  const stepX = load<u32>(geo, Geometry.DilationWidth);
  let best = v128.splat<T>(<T>-Infinity);
  let places = i32x4.splat(0);
  for (let i: u32 = 0, row: u32 = 0; i < rows; i++, row += stepY) {
    for (let j: u32 = 0, at = row; j < columns; j++, at += stepX) {
      const value = Lanes.spaced<T>(p + <usize>at * sizeof<T>(), stride);
      // Larger, or the first NaN.
      const better = v128.andnot(v128.eq<T>(best, best), v128.le<T>(value, best));
      best = v128.bitselect(value, best, better);
      const place = sizeof<T>() == 8 ? i64x2.splat(at) : i32x4.splat(at);
      places = v128.bitselect(place, places, better);
    }
  }
  v128.store(found(), places);
}

/** Sums of windows. */
class Total {
  @inline none<T>(): v128 {
    return v128.splat<T>(<T>0);
  }
  @inline with<T>(sum: v128, value: v128): v128 {
    return v128.add<T>(sum, value);
  }
  @inline of<T>(sum: v128, count: v128): v128 {
    return v128.div<T>(sum, count);
  }
}

/** Largest elements of windows: the first of equal ones, or the first NaN. */
class Largest {
  @inline none<T>(): v128 {
    return v128.splat<T>(<T>-Infinity);
  }
  @inline with<T>(best: v128, value: v128): v128 {
    // As the fold `Max`: all ones, a NaN, from a NaN on.
    return v128.or(v128.pmax<T>(best, value), v128.ne<T>(value, value));
  }
  @inline of<T>(best: v128, count: v128): v128 {
    return best;
  }
}

/**
 * Neighbouring windows of a row, at least as many as a vector has lanes and all inside the plane, the
 * first at p: what R makes of their elements.
 */
function acrossOf<R, T>(geo: usize, p: usize, out: usize, n: i32, dilates: bool): void {
  const r = changetype<R>(0);
  const lanes: i32 = 16 / sizeof<T>();
  const stride = <usize>load<u32>(geo, Geometry.StrideWidth) * sizeof<T>();
  const rows = load<u32>(geo, Geometry.KernelHeight);
  const columns = load<u32>(geo, Geometry.KernelWidth);
  let stepY = <usize>load<u32>(geo, Geometry.Width) * sizeof<T>();
  let stepX: usize = sizeof<T>();
  if (dilates) {
    stepY *= load<u32>(geo, Geometry.DilationHeight);
    stepX *= load<u32>(geo, Geometry.DilationWidth);
  }
  // Windows of pairs side by side: two vectors are parted, and nothing is loaded twice.
  const pairs = columns == 2 && stride == 2 * sizeof<T>() && stepX == sizeof<T>();
  const count = v128.splat<T>(<T>(rows * columns));
  if (pairs && rows == 2) {
    for (; n > 0; n -= lanes, p += 32, out += 16) {
      if (n < lanes) {
        p -= <usize>(lanes - n) * stride;
        out -= <usize>(lanes - n) * sizeof<T>();
      }
      const best = Lanes.pairs<R, T>(r.none<T>(), p);
      v128.store(out, r.of<T>(Lanes.pairs<R, T>(best, p + stepY), count));
    }
    return;
  }
  for (; n > 0; n -= lanes, p += <usize>lanes * stride, out += 16) {
    if (n < lanes) {
      // The last windows come with some that are done.
      p -= <usize>(lanes - n) * stride;
      out -= <usize>(lanes - n) * sizeof<T>();
    }
    let best = r.none<T>();
    for (let i: u32 = 0, row = p; i < rows; i++, row += stepY) {
      if (pairs) {
        best = Lanes.pairs<R, T>(best, row);
        continue;
      }
      for (let j: u32 = 0, from = row; j < columns; j++, from += stepX) {
        best = r.with<T>(best, Lanes.spaced<T>(from, stride));
      }
    }
    v128.store(out, r.of<T>(best, count));
  }
}

function across(size: u32, geo: usize, p: usize, out: usize, n: i32, mean: bool): void {
  if (mean) {
    if (size == 8) acrossOf<Total, f64>(geo, p, out, n, false);
    else acrossOf<Total, f32>(geo, p, out, n, false);
  } else if (size == 8) acrossOf<Largest, f64>(geo, p, out, n, true);
  else acrossOf<Largest, f32>(geo, p, out, n, true);
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
  // Means and maxima themselves; where places of maxima count, they go by groups.
  const whole = kind == Pool.Mean || (kind == Pool.Pick && planes == x);
  const grouped = !means && !whole && outWidth >= group;
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
        if (whole && inside && left >= 0) {
          // Windows up to the end of the row, or of the plane.
          const room = (width - 1 - reachX - left) / stepX + 1;
          const run = min(outWidth - z, left + reachX < width ? room : 0);
          if (run >= group) {
            across(size, geo, planes + (top * width + left) * size, windows, run, means);
            z += run - 1;
            left += (run - 1) * stepX;
            windows += (run - 1) * size;
            continue;
          }
        }
        // The last group of a row may take in windows that are done.
        const again = max(z + group - outWidth, 0);
        const from = left - again * stepX;
        if (grouped && inside && from >= 0 && from + last < width) {
          const first = (top * width + from) * size;
          together(size, geo, x + first);
          const done = again * size;
          move(kind, size, planes + first, stepX * size, windows - done, done);
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
