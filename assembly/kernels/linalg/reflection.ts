// Householder's reflections H = 1 - τ·v·vᵀ, v[0] = 1, with LAPACK's signs.
import { axpy, dot, from, get, set, times, turn, zero } from "./vectors";

/** A reflection that turns x into x[0]·e₀: x becomes [β, v[1], …]; returns τ. */
export function reflector(n: u32, x: usize): f64 {
  if (n < 2) return 0;
  const rest = from(x, 1);
  const tail = dot(n - 1, rest, rest);
  if (tail == 0) return 0;
  const alpha = get(x, 0);
  const beta = -copysign<f64>(sqrt(alpha * alpha + tail), alpha);
  for (let i: u32 = 1; i < n; i++) set(x, i, get(x, i) / (alpha - beta));
  set(x, 0, beta);
  return (beta - alpha) / beta;
}

/** H·y in place of y; v[0] counts as 1. */
export function reflect(n: u32, tau: f64, v: usize, y: usize): void {
  if (tau == 0) return;
  const s = tau * (get(y, 0) + dot(n - 1, from(v, 1), from(y, 1)));
  set(y, 0, get(y, 0) - s);
  axpy(n - 1, -s, from(v, 1), from(y, 1));
}

/**
 * QR of a [m, n], m ≥ n, given by its columns, which lie one after the other in w: R's columns on and
 * above the diagonal, reflections below it, τ in tau [n].
 */
export function triangulate(m: u32, n: u32, w: usize, tau: usize): void {
  for (let k: u32 = 0; k < n; k++) {
    const v = from(w, k * m + k);
    const t = reflector(m - k, v);
    set(tau, k, t);
    for (let j = k + 1; j < n; j++) reflect(m - k, t, v, from(w, j * m + k));
  }
}

/** Column j of the product of all n reflections. */
export function reflectedColumn(m: u32, n: u32, w: usize, tau: usize, j: u32, q: usize): void {
  zero(m, q);
  set(q, j, 1);
  for (let i = <i32>min(j + 1, n) - 1; i >= 0; i--) {
    const k = <u32>i;
    reflect(m - k, get(tau, k), from(w, k * m + k), from(q, k));
  }
}

/** out = Q [m, n] over R [n, n], of a [m, n] that is scaled by 1 / back; w [n, m], tau [n], q [m]. */
export function qr(
  m: u32,
  n: u32,
  a: usize,
  back: f64,
  out: usize,
  w: usize,
  tau: usize,
  q: usize,
): void {
  turn(m, n, a, w);
  triangulate(m, n, w, tau);
  for (let j: u32 = 0; j < n; j++) {
    reflectedColumn(m, n, w, tau, j, q);
    for (let i: u32 = 0; i < m; i++) set(out, i * n + j, get(q, i));
    for (let i: u32 = 0; i < n; i++) {
      set(out, (m + i) * n + j, i > j ? 0 : back * get(w, j * m + i));
    }
  }
}

/** The m - n columns [m, m - n] that make an orthogonal matrix of orthonormal columns a [m, n]. */
export function complement(
  m: u32,
  n: u32,
  a: usize,
  out: usize,
  w: usize,
  tau: usize,
  q: usize,
): void {
  turn(m, n, a, w);
  triangulate(m, n, w, tau);
  for (let j = n; j < m; j++) {
    reflectedColumn(m, n, w, tau, j, q);
    for (let i: u32 = 0; i < m; i++) set(out, i * (m - n) + j - n, get(q, i));
  }
}

/** Turns x around if its element of largest size is negative; so signs are settled. */
export function settleSign(n: u32, x: usize, y: usize, m: u32): void {
  let at: u32 = 0;
  for (let i: u32 = 1; i < n; i++) {
    // A little more, so that rounding does not choose between equal sizes.
    if (abs(get(x, i)) > abs(get(x, at)) * (1 + 1e-9)) at = i;
  }
  if (!n || get(x, at) >= 0) return;
  times(n, -1, x);
  times(m, -1, y);
}
