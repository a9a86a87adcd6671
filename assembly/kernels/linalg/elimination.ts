// Triangles: Gaussian elimination, Cholesky's, and substitution. Matrices lie row by row.
import { axpy, dot, exchange, from, get, set } from "./vectors";

/**
 * Gaussian elimination of a [m, n] in place: L below the diagonal, U on and above it. Rows change
 * places so that the largest element of a column is its pivot; `order` [m] (int32) says which row came
 * where. Returns the sign of the permutation, 0 if a pivot is 0. With `fixed` rows stay.
 */
export function eliminate(a: usize, m: u32, n: u32, order: usize, fixed: bool): i32 {
  let sign = 1;
  let regular = true;
  for (let i: u32 = 0; i < m; i++) store<u32>(order + ((<usize>i) << 2), i);
  for (let k: u32 = 0, steps = min(m, n); k < steps; k++) {
    const row = from(a, k * n);
    if (!fixed) {
      let p = k;
      let best: f64 = -1;
      for (let i = k; i < m; i++) {
        const v = abs(get(a, i * n + k));
        if (v > best) {
          best = v;
          p = i;
        }
      }
      if (p != k) {
        exchange(n, row, from(a, p * n));
        const at = order + ((<usize>k) << 2);
        const other = order + ((<usize>p) << 2);
        const was = load<u32>(at);
        store<u32>(at, load<u32>(other));
        store<u32>(other, was);
        sign = -sign;
      }
    }
    const pivot = get(row, k);
    if (pivot == 0) regular = false;
    for (let i = k + 1; i < m; i++) {
      const below = from(a, i * n);
      const x = get(below, k);
      if (x == 0) continue;
      const f = x / pivot;
      set(below, k, f);
      axpy(n - k - 1, -f, from(row, k + 1), from(below, k + 1));
    }
  }
  return regular ? sign : 0;
}

/** Σ of a's row i times rows of b, from `start` on, is taken off row i of b. */
function takeOff(a: usize, b: usize, k: u32, i: u32, start: u32, end: u32): void {
  const row = from(b, i * k);
  if (k == 1) {
    set(row, 0, get(row, 0) - dot(end - start, from(a, start), from(b, start)));
    return;
  }
  for (let j = start; j < end; j++) {
    const f = get(a, j);
    if (f != 0) axpy(k, -f, from(b, j * k), row);
  }
}

/**
 * Solves a·x = b in place of b [n, k], where only one triangle of a [n, n] counts. False if a diagonal
 * element is 0.
 */
export function substitute(a: usize, n: u32, b: usize, k: u32, lower: bool, one: bool): bool {
  let regular = true;
  for (let step: u32 = 0; step < n; step++) {
    const i = lower ? step : n - 1 - step;
    const row = from(a, i * n);
    takeOff(row, b, k, i, lower ? 0 : i + 1, lower ? i : n);
    if (one) continue;
    const d = get(row, i);
    if (d == 0) regular = false;
    for (let j: u32 = 0; j < k; j++) set(b, i * k + j, get(b, i * k + j) / d);
  }
  return regular;
}

/** x [n, k] with a·x = b, from what `eliminate` has made of a. */
export function substituteBoth(a: usize, n: u32, b: usize, k: u32, x: usize, order: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = load<u32>(order + ((<usize>i) << 2));
    memory.copy(from(x, i * k), from(b, at * k), (<usize>k) << 3);
  }
  substitute(a, n, x, k, true, true);
  substitute(a, n, x, k, false, false);
}

/** The lower triangle L with L·Lᵀ = a, in place; a's upper triangle is not read. False if there is none. */
export function cholesky(a: usize, n: u32): bool {
  let positive = true;
  for (let i: u32 = 0; i < n; i++) {
    const row = from(a, i * n);
    for (let j: u32 = 0; j < i; j++) {
      const other = from(a, j * n);
      set(row, j, (get(row, j) - dot(j, row, other)) / get(other, j));
    }
    const d = get(row, i) - dot(i, row, row);
    if (!(d > 0)) positive = false;
    set(row, i, sqrt(d));
    for (let j = i + 1; j < n; j++) set(row, j, 0);
  }
  return positive;
}
