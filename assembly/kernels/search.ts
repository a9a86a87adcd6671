// Where numbers stand in order, without sorting all of them: places among sorted ones, and the few that
// come first of a line. Of float64, in which all other dtypes have their numbers.
import { DType } from "../shared/dtype";
import { keyAt } from "./sort";

/** The next number above; NaN of infinity and of NaN. */
function above(value: f64): f64 {
  const bits = reinterpret<i64>(value);
  return value == 0 ? f64.MIN_VALUE : reinterpret<f64>(bits + (bits < 0 ? -1 : 1));
}

class Half {
  /** `half`, if the number at p is less than the value; else 0. Nobody could foresee a branch. */
  @inline static passed(p: usize, value: f64, half: usize): usize {
    return half & (0 - <usize>(load<f64>(p) < value));
  }
}

/**
 * For each of m values the number of the n sorted ones before it; with `right`, not after it. NaN comes
 * last. A search waits for memory: four wait together.
 */
export function searchSorted(
  sorted: usize,
  values: usize,
  out: usize,
  n: u32,
  m: u32,
  right: bool,
): void {
  let numbers = n;
  for (let low: u32 = 0; low < numbers;) {
    const middle = (low + numbers) >> 1;
    const here = load<f64>(sorted + ((<usize>middle) << 3));
    if (here == here) low = middle + 1;
    else numbers = middle;
  }
  for (let k: u32 = 0; k < m; k += 4, values += 32, out += 16) {
    // Where fewer are left, the last one is searched for again.
    const last = (<usize>(m - 1 - k)) << 3;
    let p = load<f64>(values);
    let q = load<f64>(values + min<usize>(last, 8));
    let r = load<f64>(values + min<usize>(last, 16));
    let s = load<f64>(values + min<usize>(last, 24));
    if (right) {
      p = above(p);
      q = above(q);
      r = above(r);
      s = above(s);
    }
    let a = sorted;
    let b = sorted;
    let c = sorted;
    let d = sorted;
    for (let left = numbers; left > 1;) {
      const half = left >> 1;
      left -= half;
      const step = (<usize>half) << 3;
      const end = step - 8;
      a += Half.passed(a + end, p, step);
      b += Half.passed(b + end, q, step);
      c += Half.passed(c + end, r, step);
      d += Half.passed(d + end, s, step);
    }
    for (let o: usize = 0; ; o += 4) {
      // The one that was come to is still to be looked at.
      const value = load<f64>(values + 2 * o);
      let place = (a - sorted) >> 3;
      if (value != value) place = right ? n : numbers;
      else if (p != p) place = numbers;
      else if (numbers) place += <usize>(load<f64>(a) < p);
      store<u32>(out + o, <u32>place);
      if (o == 12 || o << 1 == last) break;
      a = b;
      b = c;
      c = d;
      p = q;
      q = r;
      r = s;
    }
  }
}

function numberAt(p: usize, dtype: DType): f64 {
  if (dtype == DType.Float64) return load<f64>(p);
  return dtype == DType.Float32 ? <f64>load<f32>(p) : <f64>load<i32>(p);
}

/** The same for few values, one at a time, among sorted ones of a dtype that takes `1 << shift` bytes. */
export function searchFew(
  sorted: usize,
  values: usize,
  out: usize,
  n: u32,
  m: u32,
  right: bool,
  dtype: DType,
  shift: usize,
): void {
  for (let k: u32 = 0; k < m; k++) {
    const value = load<f64>(values + ((<usize>k) << 3));
    let low: u32 = 0;
    for (let high = n; low < high;) {
      const middle = (low + high) >> 1;
      const here = numberAt(sorted + ((<usize>middle) << shift), dtype);
      const before =
        value == value ? here < value || (right && here == value) : right || here == here;
      if (before) low = middle + 1;
      else high = middle;
    }
    store<u32>(out + ((<usize>k) << 2), low);
  }
}

/**
 * Places of the k numbers that come first in rising order, or with `largest` in falling order, along
 * the middle axis of [outer, n, inner], 0 < k ≤ n; of equal ones the first. A list is kept in order:
 * most do not come before its last one.
 */
export function foremost(
  x: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
  k: u32,
  largest: bool,
  keys: usize,
): void {
  const turn: u64 = largest ? -1 : 0;
  const sign: f64 = largest ? -1 : 1;
  const row = (<usize>inner) << 3;
  const pitch = (<usize>inner) << 2;
  for (let o: u32 = 0; o < outer; o++, x += <usize>n * row, out += <usize>k * pitch) {
    for (let i: usize = 0; i < row; i += 8) {
      let p = x + i;
      let end = keys;
      let place = out + (i >> 1);
      // NaN as long as the list is not full: no comparison holds then, and keys tell.
      let limit: f64 = NaN;
      for (let j: u32 = 0; j < n; j++, p += row) {
        if (load<f64>(p) * sign >= limit) continue;
        const key = keyAt<f64, u64>(p) ^ turn;
        if (j < k) {
          end += 8;
          if (j) place += pitch;
        } else if (key >= load<u64>(end - 8)) continue;
        let at = end - 8;
        let to = place;
        for (; at > keys; at -= 8, to -= pitch) {
          const before = load<u64>(at - 8);
          if (before <= key) break;
          store<u64>(at, before);
          store<u32>(to, load<u32>(to - pitch));
        }
        store<u64>(at, key);
        store<u32>(to, j);
        const last = load<u64>(end - 8) ^ turn;
        if (j >= k - 1) limit = sign * reinterpret<f64>(last ^ (last >> 63 ? 1 << 63 : -1));
      }
    }
  }
}
