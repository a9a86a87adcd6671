// Functions of matrices: exponential (Higham 2005), square root (Björck & Hammarling 1983), logarithm,
// Sylvester's equation (Bartels & Stewart 1972), and eigenvectors.
import { eliminate, substituteBoth } from "./elimination";
import { applyLeft, applyRight, complexQuotient, complexRoot, entry, im, re, schur } from "./schur";
import { settleSign } from "./reflection";
import { axpy, dot, exchange, from, get, product, set, times, zero } from "./vectors";

// Coefficients of the Padé approximant [13/13] of exp.
const PADE = memory.data<f64>([
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
  10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
]);

/** y = c₀·p + c₁·q + c₂·r + c₃·1, c every other coefficient downwards from `first`, c₃ only if there is p. */
function combine(n: u32, first: u32, p: usize, q: usize, r: usize, one: bool, y: usize): void {
  const size = n * n;
  zero(size, y);
  axpy(size, get(PADE, first), p, y);
  axpy(size, get(PADE, first - 2), q, y);
  axpy(size, get(PADE, first - 4), r, y);
  if (!one) return;
  for (let i: u32 = 0; i < n; i++) set(y, i * (n + 1), get(y, i * (n + 1)) + get(PADE, first - 6));
}

/** out = exp(a), both [n, n]; a is lost. `work` is room for 7n², `order` for 2n integers. */
export function exponential(n: u32, a: usize, out: usize, work: usize, order: usize): void {
  const size = n * n;
  let norm: f64 = 0;
  for (let j: u32 = 0; j < n; j++) {
    let sum: f64 = 0;
    for (let i: u32 = 0; i < n; i++) sum += abs(get(a, i * n + j));
    norm = max(norm, sum);
  }
  if (!(norm < Infinity)) {
    for (let i: u32 = 0; i < size; i++) set(out, i, NaN);
    return;
  }
  let squarings: u32 = 0;
  for (; norm > 5.371920351148152; norm *= 0.5) squarings++;
  if (squarings) {
    let c: f64 = 1;
    for (let i: u32 = 0; i < squarings; i++) c *= 0.5;
    times(size, c, a);
  }
  const a2 = work;
  const a4 = from(work, size);
  const a6 = from(work, 2 * size);
  const u = from(work, 3 * size);
  const v = from(work, 4 * size);
  const p = from(work, 5 * size);
  const q = from(work, 6 * size);
  product(n, n, n, a, a, a2);
  product(n, n, n, a2, a2, a4);
  product(n, n, n, a4, a2, a6);
  combine(n, 13, a6, a4, a2, false, p);
  product(n, n, n, a6, p, q);
  combine(n, 7, a6, a4, a2, true, p);
  axpy(size, 1, q, p);
  product(n, n, n, a, p, u);
  combine(n, 12, a6, a4, a2, false, p);
  product(n, n, n, a6, p, v);
  combine(n, 6, a6, a4, a2, true, p);
  axpy(size, 1, p, v);
  // (v - u)·x = v + u
  memory.copy(p, v, (<usize>size) << 3);
  axpy(size, -1, u, p);
  axpy(size, 1, u, v);
  eliminate(p, n, n, order, false);
  substituteBoth(p, n, v, n, out, order);
  for (let i: u32 = 0; i < squarings; i++) {
    product(n, n, n, out, out, q);
    memory.copy(out, q, (<usize>size) << 3);
  }
}

/** What became of a result that must be real. */
export const enum Spectrum {
  Real = 0,
  Complex = 1,
  /** The iteration did not converge. */
  Lost = 2,
  /** A divisor was 0. */
  Singular = 3,
}

/** Real parts of complex x [size] into out; tells whether imaginary parts are more than rounding. */
function realPart(size: u32, x: usize, out: usize, tolerance: f64): Spectrum {
  let most: f64 = 0;
  let beside: f64 = 0;
  for (let i: u32 = 0; i < size; i++) {
    set(out, i, get(x, 2 * i));
    most = max(most, abs(get(x, 2 * i)));
    beside = max(beside, abs(get(x, 2 * i + 1)));
  }
  return beside > tolerance * most ? Spectrum.Complex : Spectrum.Real;
}

/** The principal square root of a complex triangle t [n, n], in place; false if there is none. */
function triangularRoot(n: u32, t: usize): bool {
  // Column by column, from the diagonal up.
  for (let j: u32 = 0; j < n; j++) {
    const p = entry(t, n, j, j);
    complexRoot(load<f64>(p), load<f64>(p, 8));
    store<f64>(p, re);
    store<f64>(p, im, 8);
    for (let i = <i32>j - 1; i >= 0; i--) {
      const at = entry(t, n, i, j);
      let r = load<f64>(at);
      let s = load<f64>(at, 8);
      for (let k = <u32>i + 1; k < j; k++) {
        const x = entry(t, n, i, k);
        const y = entry(t, n, k, j);
        r -= load<f64>(x) * load<f64>(y) - load<f64>(x, 8) * load<f64>(y, 8);
        s -= load<f64>(x) * load<f64>(y, 8) + load<f64>(x, 8) * load<f64>(y);
      }
      const d = entry(t, n, i, i);
      const er = load<f64>(d) + load<f64>(p);
      const ei = load<f64>(d, 8) + load<f64>(p, 8);
      if (er == 0 && ei == 0) {
        if (r != 0 || s != 0) return false;
        re = 0;
        im = 0;
      } else complexQuotient(r, s, er, ei);
      store<f64>(at, re);
      store<f64>(at, im, 8);
    }
  }
  return true;
}

/** out = the principal square root of a, both [n, n]; a is lost. `work` is room for 5n² + 2n. */
export function squareRoot(n: u32, a: usize, out: usize, work: usize): Spectrum {
  const t = work;
  const z = from(work, 2 * n * n);
  const line = from(work, 4 * n * n);
  if (!schur(n, a, t, z, line)) return Spectrum.Lost;
  if (!triangularRoot(n, t)) return Spectrum.Singular;
  applyLeft(n, n, z, false, t, line);
  applyRight(n, n, t, z, true, line);
  return realPart(n * n, t, out, 1e-6);
}

// Nodes and weights of Gauss and Legendre on [0, 1]: log(1 + x) = Σ w·x / (1 + node·x), which is the Padé
// approximant [8/8].
const NODES = memory.data<f64>([
  0.019855071751231912, 0.10166676129318664, 0.2372337950418355, 0.4082826787521751,
  0.591717321247825, 0.7627662049581645, 0.8983332387068134, 0.9801449282487681,
]);
const WEIGHTS = memory.data<f64>([
  0.05061426814518813, 0.11119051722668724, 0.15685332293894363, 0.181341891689181,
  0.181341891689181, 0.15685332293894363, 0.11119051722668724, 0.05061426814518813,
]);

/** Largest sum of absolute values of a row of complex t - 1. */
function distanceFromUnit(n: u32, t: usize): f64 {
  let most: f64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let sum: f64 = 0;
    for (let j = i; j < n; j++) {
      const p = entry(t, n, i, j);
      sum += abs(load<f64>(p) - (i == j ? 1 : 0)) + abs(load<f64>(p, 8));
    }
    most = max(most, sum);
  }
  return most;
}

/** y += w·(1 + node·x)⁻¹·x of complex triangles [n, n]; z is room for one column. */
function addQuotient(n: u32, node: f64, w: f64, x: usize, y: usize, z: usize): void {
  for (let j: u32 = 0; j < n; j++) {
    for (let i = <i32>j; i >= 0; i--) {
      let r: f64 = 0;
      let s: f64 = 0;
      for (let k = <u32>i + 1; k <= j; k++) {
        const p = entry(x, n, i, k);
        r += load<f64>(p) * get(z, 2 * k) - load<f64>(p, 8) * get(z, 2 * k + 1);
        s += load<f64>(p) * get(z, 2 * k + 1) + load<f64>(p, 8) * get(z, 2 * k);
      }
      const p = entry(x, n, i, j);
      const d = entry(x, n, i, i);
      complexQuotient(
        load<f64>(p) - node * r,
        load<f64>(p, 8) - node * s,
        1 + node * load<f64>(d),
        node * load<f64>(d, 8),
      );
      set(z, 2 * i, re);
      set(z, 2 * i + 1, im);
      const at = entry(y, n, i, j);
      store<f64>(at, load<f64>(at) + w * re);
      store<f64>(at, load<f64>(at, 8) + w * im, 8);
    }
  }
}

/**
 * out = the principal logarithm of a, both [n, n], by inverse scaling and squaring (Kenney & Laub 1989); a is
 * lost. `work` is room for 7n² + 2n.
 */
export function logarithm(n: u32, a: usize, out: usize, work: usize): Spectrum {
  const t = work;
  const z = from(work, 2 * n * n);
  const y = from(work, 4 * n * n);
  const line = from(work, 6 * n * n);
  if (!schur(n, a, t, z, line)) return Spectrum.Lost;
  for (let i: u32 = 0; i < n; i++) {
    const p = entry(t, n, i, i);
    if (load<f64>(p) == 0 && load<f64>(p, 8) == 0) return Spectrum.Singular;
  }
  let back: f64 = 1;
  for (let roots: u32 = 0; distanceFromUnit(n, t) > 0.25 && roots < 100; roots++) {
    triangularRoot(n, t);
    back *= 2;
  }
  for (let i: u32 = 0; i < n; i++) {
    const p = entry(t, n, i, i);
    store<f64>(p, load<f64>(p) - 1);
  }
  zero(2 * n * n, y);
  for (let k: u32 = 0; k < 8; k++)
    addQuotient(n, get(NODES, k), back * get(WEIGHTS, k), t, y, line);
  applyLeft(n, n, z, false, y, line);
  applyRight(n, n, y, z, true, line);
  return realPart(n * n, y, out, 1e-6);
}

/**
 * out [m, n] = the solution x of a·x + x·b = c; a [m, m] and b [n, n] are lost. `work` is room for
 * 4m² + 4n² + 2mn + (m + n)² + 2(m + n).
 */
export function sylvester(
  m: u32,
  n: u32,
  a: usize,
  b: usize,
  c: usize,
  out: usize,
  work: usize,
): Spectrum {
  const t = work;
  const u = from(t, 2 * m * m);
  const s = from(u, 2 * m * m);
  const v = from(s, 2 * n * n);
  const y = from(v, 2 * n * n);
  const line = from(y, 2 * m * n);
  if (!schur(m, a, t, u, line) || !schur(n, b, s, v, line)) return Spectrum.Lost;
  for (let i: u32 = 0; i < m * n; i++) {
    set(y, 2 * i, get(c, i));
    set(y, 2 * i + 1, 0);
  }
  applyLeft(m, n, u, true, y, line);
  applyRight(m, n, y, v, false, line);
  let regular = true;
  for (let j: u32 = 0; j < n; j++) {
    const d = entry(s, n, j, j);
    for (let i = <i32>m - 1; i >= 0; i--) {
      const at = entry(y, n, i, j);
      let r = load<f64>(at);
      let q = load<f64>(at, 8);
      for (let k = <u32>i + 1; k < m; k++) {
        const x = entry(t, m, i, k);
        const z = entry(y, n, k, j);
        r -= load<f64>(x) * load<f64>(z) - load<f64>(x, 8) * load<f64>(z, 8);
        q -= load<f64>(x) * load<f64>(z, 8) + load<f64>(x, 8) * load<f64>(z);
      }
      for (let k: u32 = 0; k < j; k++) {
        const x = entry(y, n, i, k);
        const z = entry(s, n, k, j);
        r -= load<f64>(x) * load<f64>(z) - load<f64>(x, 8) * load<f64>(z, 8);
        q -= load<f64>(x) * load<f64>(z, 8) + load<f64>(x, 8) * load<f64>(z);
      }
      const e = entry(t, m, i, i);
      const er = load<f64>(e) + load<f64>(d);
      const ei = load<f64>(e, 8) + load<f64>(d, 8);
      if (er == 0 && ei == 0) regular = false;
      complexQuotient(r, q, er, ei);
      store<f64>(at, re);
      store<f64>(at, im, 8);
    }
  }
  applyLeft(m, n, u, false, y, line);
  applyRight(m, n, y, v, true, line);
  realPart(m * n, y, out, 1);
  return regular ? Spectrum.Real : Spectrum.Singular;
}

/**
 * Eigenvalues of a [n, n] (lost), rising, in d [n], and vectors of length 1 in the rows of x [n, n], if
 * all are real. `work` is room for 5n² + 2n.
 */
export function eigenReal(n: u32, a: usize, d: usize, x: usize, work: usize): Spectrum {
  const t = work;
  const z = from(work, 2 * n * n);
  const line = from(work, 4 * n * n);
  if (!schur(n, a, t, z, line)) return Spectrum.Lost;
  let most: f64 = 0;
  let beside: f64 = 0;
  for (let i: u32 = 0; i < n * n; i++) most = max(most, abs(get(t, 2 * i)));
  for (let i: u32 = 0; i < n; i++) beside = max(beside, abs(load<f64>(entry(t, n, i, i), 8)));
  if (beside > 1e-10 * most) return Spectrum.Complex;
  const least = 2.220446049250313e-16 * most;
  for (let k: u32 = 0; k < n; k++) {
    const lr = load<f64>(entry(t, n, k, k));
    const li = load<f64>(entry(t, n, k, k), 8);
    set(d, k, lr);
    // T·y = λ·y with y[k] = 1, from row k - 1 up.
    set(line, 2 * k, 1);
    set(line, 2 * k + 1, 0);
    for (let i = <i32>k - 1; i >= 0; i--) {
      let r: f64 = 0;
      let s: f64 = 0;
      for (let j = <u32>i + 1; j <= k; j++) {
        const p = entry(t, n, i, j);
        r -= load<f64>(p) * get(line, 2 * j) - load<f64>(p, 8) * get(line, 2 * j + 1);
        s -= load<f64>(p) * get(line, 2 * j + 1) + load<f64>(p, 8) * get(line, 2 * j);
      }
      const p = entry(t, n, i, i);
      let er = load<f64>(p) - lr;
      const ei = load<f64>(p, 8) - li;
      if (abs(er) + abs(ei) < least) er = least > 0 ? least : 1;
      complexQuotient(r, s, er, ei);
      set(line, 2 * i, re);
      set(line, 2 * i + 1, im);
    }
    backToReal(n, k, z, line, from(x, k * n));
  }
  for (let i: u32 = 0; i < n; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) if (get(d, j) < get(d, best)) best = j;
    exchange(1, from(d, i), from(d, best));
    exchange(n, from(x, i * n), from(x, best * n));
  }
  return Spectrum.Real;
}

/** x = the real vector that Z·y, y of k + 1 complex numbers, is a multiple of. */
function backToReal(n: u32, k: u32, z: usize, y: usize, x: usize): void {
  let br: f64 = 1;
  let bi: f64 = 0;
  let most: f64 = -1;
  for (let pass = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < n; i++) {
      let r: f64 = 0;
      let s: f64 = 0;
      for (let j: u32 = 0; j <= k; j++) {
        const p = entry(z, n, i, j);
        r += load<f64>(p) * get(y, 2 * j) - load<f64>(p, 8) * get(y, 2 * j + 1);
        s += load<f64>(p) * get(y, 2 * j + 1) + load<f64>(p, 8) * get(y, 2 * j);
      }
      const size = r * r + s * s;
      if (pass == 0 && size > most) {
        most = size;
        br = r;
        bi = s;
      }
      if (pass == 1) {
        complexQuotient(r, s, br, bi);
        set(x, i, re);
      }
    }
  }
  times(n, 1 / sqrt(dot(n, x, x)), x);
  settleSign(n, x, x, 0);
}
