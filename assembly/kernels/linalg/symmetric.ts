// Eigenvalues of symmetric matrices: reflections make them tridiagonal, QR steps with Wilkinson's shift
// diagonal (Golub & Van Loan, Matrix Computations, 8.3).
import { reflector, settleSign } from "./reflection";
import { axpy, dot, exchange, from, get, rotate, set, unit, zero } from "./vectors";

/** a [n, n] becomes tridiagonal, d [n] and e [n - 1]; z [n, n] the transpose of what did it. */
function tridiagonalise(
  n: u32,
  a: usize,
  d: usize,
  e: usize,
  tau: usize,
  p: usize,
  z: usize,
): void {
  for (let k: u32 = 0; k + 2 < n; k++) {
    const len = n - k - 1;
    const v = from(a, k * n + k + 1);
    const t = reflector(len, v);
    set(tau, k, t);
    set(e, k, get(v, 0));
    set(v, 0, 1);
    if (t == 0) continue;
    for (let i: u32 = 0; i < len; i++) set(p, i, t * dot(len, from(a, (k + 1 + i) * n + k + 1), v));
    axpy(len, -0.5 * t * dot(len, p, v), v, p);
    for (let i: u32 = 0; i < len; i++) {
      const row = from(a, (k + 1 + i) * n + k + 1);
      axpy(len, -get(v, i), p, row);
      axpy(len, -get(p, i), v, row);
    }
  }
  for (let i: u32 = 0; i < n; i++) set(d, i, get(a, i * (n + 1)));
  if (n > 1) set(e, n - 2, get(a, (n - 2) * n + n - 1));
  unit(n, z);
  for (let k = <i32>n - 3; k >= 0; k--) {
    const t = get(tau, k);
    if (t == 0) continue;
    const first = <u32>k + 1;
    const v = from(a, <u32>k * n + first);
    const len = n - first;
    zero(len, p);
    for (let i: u32 = 0; i < len; i++) axpy(len, get(v, i), from(z, (first + i) * n + first), p);
    for (let i: u32 = 0; i < len; i++)
      axpy(len, -t * get(v, i), p, from(z, (first + i) * n + first));
  }
  for (let i: u32 = 0; i < n; i++) {
    for (let j: u32 = 0; j < i; j++) {
      const x = get(z, i * n + j);
      set(z, i * n + j, get(z, j * n + i));
      set(z, j * n + i, x);
    }
  }
}

/** One QR step of the block from `low` to `high`. */
function chase(low: u32, high: u32, n: u32, d: usize, e: usize, z: usize): void {
  const last = get(e, high - 1);
  const half = (get(d, high - 1) - get(d, high)) / 2;
  const shift =
    get(d, high) - (last * last) / (half + copysign<f64>(sqrt(half * half + last * last), half));
  let x = get(d, low) - shift;
  let y = get(e, low);
  for (let k = low; k < high; k++) {
    const r = sqrt(x * x + y * y);
    const c = r == 0 ? 1 : x / r;
    const s = r == 0 ? 0 : y / r;
    if (k > low) set(e, k - 1, r);
    const a = get(d, k);
    const b = get(e, k);
    const f = get(d, k + 1);
    set(d, k, c * c * a + 2 * c * s * b + s * s * f);
    set(d, k + 1, s * s * a - 2 * c * s * b + c * c * f);
    x = (c * c - s * s) * b + c * s * (f - a);
    set(e, k, x);
    if (k + 1 < high) {
      y = s * get(e, k + 1);
      set(e, k + 1, c * get(e, k + 1));
    }
    rotate(n, c, s, from(z, k * n), from(z, (k + 1) * n));
  }
}

/**
 * Eigenvalues of symmetric a [n, n] (lost), rising, in d [n], and vectors in the rows of z [n, n]; `work`
 * is room for 3n. False if it does not converge.
 */
export function eigenSymmetric(n: u32, a: usize, d: usize, z: usize, work: usize): bool {
  const e = work;
  tridiagonalise(n, a, d, e, from(work, n), from(work, 2 * n), z);
  let left = 60 * n;
  let high = n ? n - 1 : 0;
  while (high > 0) {
    let low = high;
    while (low > 0) {
      const size = abs(get(d, low - 1)) + abs(get(d, low));
      // What is lost beside the diagonal is no longer there.
      if (size + abs(get(e, low - 1)) == size) {
        set(e, low - 1, 0);
        break;
      }
      low--;
    }
    if (low == high) {
      high--;
      continue;
    }
    if (!left--) return false;
    chase(low, high, n, d, e, z);
  }
  for (let i: u32 = 0; i < n; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) if (get(d, j) < get(d, best)) best = j;
    if (best != i) {
      exchange(1, from(d, i), from(d, best));
      exchange(n, from(z, i * n), from(z, best * n));
    }
    settleSign(n, from(z, i * n), z, 0);
  }
  return true;
}
