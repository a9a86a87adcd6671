// Singular values by Jacobi's one-sided method: columns are rotated in pairs until all of them are
// orthogonal (Hestenes 1958; thresholds as Drmač & Veselić 2008). What is made of them: the
// pseudo-inverse and the adjugate.
import { eliminate } from "./elimination";
import { settleSign } from "./reflection";
import { axpy, dot, exchange, from, get, rotate, set, times, unit, zero } from "./vectors";

const EPSILON: f64 = 2.220446049250313e-16;
const SWEEPS: u32 = 40;

/** A unit vector orthogonal to the first `count` rows of w, as its next row. */
function complete(m: u32, count: u32, w: usize): void {
  // The axis of which the rows so far have least.
  let best: u32 = 0;
  let least: f64 = Infinity;
  for (let i: u32 = 0; i < m; i++) {
    let sum: f64 = 0;
    for (let k: u32 = 0; k < count; k++) sum += get(w, k * m + i) * get(w, k * m + i);
    if (sum < least - 1e-9) {
      least = sum;
      best = i;
    }
  }
  const x = from(w, count * m);
  zero(m, x);
  set(x, best, 1);
  for (let pass: u32 = 0; pass < 2; pass++) {
    for (let k: u32 = 0; k < count; k++) {
      const other = from(w, k * m);
      axpy(m, -dot(m, other, x), other, x);
    }
  }
  times(m, 1 / sqrt(dot(m, x, x)), x);
}

/** True if rows p and q of w had to be rotated. */
function orthogonalise(
  m: u32,
  n: u32,
  w: usize,
  v: usize,
  squares: usize,
  p: u32,
  q: u32,
  floor: f64,
): bool {
  const a = get(squares, p);
  const b = get(squares, q);
  if (min(a, b) <= floor) return false;
  const x = from(w, p * m);
  const y = from(w, q * m);
  const c = dot(m, x, y);
  if (abs(c) <= EPSILON * sqrt(<f64>m) * sqrt(a) * sqrt(b)) return false;
  const zeta = (b - a) / (2 * c);
  const t = -copysign<f64>(1, zeta) / (abs(zeta) + sqrt(1 + zeta * zeta));
  const cosine = 1 / sqrt(1 + t * t);
  rotate(m, cosine, cosine * t, x, y);
  rotate(n, cosine, cosine * t, from(v, p * n), from(v, q * n));
  set(squares, p, dot(m, x, x));
  set(squares, q, dot(m, y, y));
  return true;
}

/**
 * Singular values, falling, in s [n], of the matrix [m, n], m ≥ n, whose columns are the rows of w;
 * these become U's columns, and the rows of v [n, n] V's. The largest element of each column of U is
 * positive, or of V with `other`.
 */
export function singular(m: u32, n: u32, w: usize, s: usize, v: usize, other: bool): void {
  unit(n, v);
  let total: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const square = dot(m, from(w, i * m), from(w, i * m));
    set(s, i, square);
    total += square;
  }
  const floor = 16 * EPSILON * EPSILON * total;
  for (let sweep: u32 = 0, busy = true; busy && sweep < SWEEPS; sweep++) {
    busy = false;
    for (let p: u32 = 0; p + 1 < n; p++) {
      for (let q = p + 1; q < n; q++) if (orthogonalise(m, n, w, v, s, p, q, floor)) busy = true;
    }
  }
  for (let i: u32 = 0; i < n; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) if (get(s, j) > get(s, best)) best = j;
    if (best != i) {
      exchange(1, from(s, i), from(s, best));
      exchange(m, from(w, i * m), from(w, best * m));
      exchange(n, from(v, i * n), from(v, best * n));
    }
    const square = get(s, i);
    set(s, i, sqrt(square));
    if (square <= floor) complete(m, i, w);
    else times(m, 1 / sqrt(square), from(w, i * m));
    if (other) settleSign(n, from(v, i * n), from(w, i * m), m);
    else settleSign(m, from(w, i * m), from(v, i * n), n);
  }
}

/** out [n, m] = Σ c(i) · v[i] ⊗ u[i]. */
export function assemble(m: u32, n: u32, u: usize, c: usize, v: usize, out: usize): void {
  zero(n * m, out);
  for (let i: u32 = 0; i < n; i++) {
    if (get(c, i) == 0) continue;
    for (let j: u32 = 0; j < n; j++)
      axpy(m, get(c, i) * get(v, i * n + j), from(u, i * m), from(out, j * m));
  }
}

/** Sign of the determinant of a regular matrix, which is lost. */
export function signOf(n: u32, a: usize, order: usize): f64 {
  let sign = <f64>eliminate(a, n, n, order, false);
  for (let i: u32 = 0; i < n; i++) if (get(a, i * (n + 1)) < 0) sign = -sign;
  return sign;
}

/** c[i] = Π of all s but s[i]. */
export function productsOfOthers(n: u32, s: usize, c: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    let p: f64 = 1;
    for (let j: u32 = 0; j < n; j++) if (j != i) p *= get(s, j);
    set(c, i, p);
  }
}
