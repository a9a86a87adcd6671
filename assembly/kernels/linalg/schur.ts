// The complex Schur form of real matrices, a = Z·T·Zᴴ: reflections make them Hessenberg's, QR steps with
// Wilkinson's shift triangular (Golub & Van Loan, Matrix Computations, 7.5; complex throughout, so that
// pairs of eigenvalues need no blocks). Complex matrices hold real and imaginary parts side by side.
import { reflector } from "./reflection";
import { axpy, dot, from, get, set, unit, zero } from "./vectors";

const EPSILON: f64 = 2.220446049250313e-16;

/** The last complex result: its real and imaginary part. */
export let re: f64 = 0;
export let im: f64 = 0;

/** The square root with a positive real part. */
export function complexRoot(a: f64, b: f64): void {
  const size = hypot(a, b);
  if (size == 0) {
    re = 0;
    im = 0;
    return;
  }
  const half = sqrt((size + abs(a)) / 2);
  const other = b / (2 * half);
  re = a >= 0 ? half : abs(other);
  im = a >= 0 ? other : copysign<f64>(half, b);
}

/** (a + ib) / (c + id), as Smith divides. */
export function complexQuotient(a: f64, b: f64, c: f64, d: f64): void {
  if (abs(c) >= abs(d)) {
    const r = d / c;
    const e = c + d * r;
    re = (a + b * r) / e;
    im = (b - a * r) / e;
  } else {
    const r = c / d;
    const e = c * r + d;
    re = (a * r + b) / e;
    im = (b * r - a) / e;
  }
}

/** |a + ib|; no scaling, as matrices are tamed. */
function hypot(a: f64, b: f64): f64 {
  return sqrt(a * a + b * b);
}

/** Address of entry (i, j) of a complex matrix of n columns. */
export function entry(x: usize, n: u32, i: u32, j: u32): usize {
  return x + ((<usize>(i * n + j)) << 4);
}

/** a [n, n] in Hessenberg form, in place; z [n, n] is what did it; v, p [n]. */
function hessenberg(n: u32, a: usize, z: usize, v: usize, p: usize): void {
  unit(n, z);
  for (let k: u32 = 0; k + 2 < n; k++) {
    const first = k + 1;
    const len = n - first;
    for (let i: u32 = 0; i < len; i++) set(v, i, get(a, (first + i) * n + k));
    const t = reflector(len, v);
    set(a, first * n + k, get(v, 0));
    for (let i = first + 1; i < n; i++) set(a, i * n + k, 0);
    if (t == 0) continue;
    set(v, 0, 1);
    zero(len, p);
    for (let i: u32 = 0; i < len; i++) axpy(len, get(v, i), from(a, (first + i) * n + first), p);
    for (let i: u32 = 0; i < len; i++)
      axpy(len, -t * get(v, i), p, from(a, (first + i) * n + first));
    for (let i: u32 = 0; i < n; i++) {
      const row = from(a, i * n + first);
      axpy(len, -t * dot(len, row, v), v, row);
      const other = from(z, i * n + first);
      axpy(len, -t * dot(len, other, v), v, other);
    }
  }
}

let c: f64 = 1;
let sr: f64 = 0;
let si: f64 = 0;

/** The rotation [c, s; -s̄, c] that turns (x, y) into (r, 0). */
function aim(xr: f64, xi: f64, yr: f64, yi: f64): void {
  const x = hypot(xr, xi);
  const y = hypot(yr, yi);
  const r = hypot(x, y);
  c = r == 0 ? 1 : x / r;
  // s = x/|x| · ȳ / r
  const ur = x == 0 ? 1 : xr / x;
  const ui = x == 0 ? 0 : xi / x;
  sr = r == 0 ? 0 : (ur * yr + ui * yi) / r;
  si = r == 0 ? 0 : (ui * yr - ur * yi) / r;
}

/** x, y become c·x + s·y, c·y - s̄·x. With `conjugate` s is s̄. */
function turnPair(x: usize, y: usize, s: f64): void {
  const xr = load<f64>(x);
  const xi = load<f64>(x, 8);
  const yr = load<f64>(y);
  const yi = load<f64>(y, 8);
  store<f64>(x, c * xr + sr * yr - s * yi);
  store<f64>(x, c * xi + sr * yi + s * yr, 8);
  store<f64>(y, c * yr - sr * xr - s * xi);
  store<f64>(y, c * yi - sr * xi + s * xr, 8);
}

/** One QR step with shift (re, im) of the block from `low` to `high`. */
function step(n: u32, t: usize, z: usize, low: u32, high: u32): void {
  const mr = re;
  const mi = im;
  for (let k = low; k < high; k++) {
    const start = k == low ? k : k - 1;
    const x = entry(t, n, k, start);
    const y = entry(t, n, k + 1, start);
    if (k == low) aim(load<f64>(x) - mr, load<f64>(x, 8) - mi, load<f64>(y), load<f64>(y, 8));
    else aim(load<f64>(x), load<f64>(x, 8), load<f64>(y), load<f64>(y, 8));
    for (let j = start; j < n; j++) turnPair(entry(t, n, k, j), entry(t, n, k + 1, j), si);
    if (k != low) {
      store<f64>(y, 0);
      store<f64>(y, 0, 8);
    }
    const end = min(k + 2, high);
    for (let i: u32 = 0; i <= end; i++) turnPair(entry(t, n, i, k), entry(t, n, i, k + 1), -si);
    for (let i: u32 = 0; i < n; i++) turnPair(entry(z, n, i, k), entry(z, n, i, k + 1), -si);
  }
}

/** The eigenvalue of the last 2 × 2 block at `high` that is nearer to its last entry. */
function shiftAt(n: u32, t: usize, high: u32): void {
  const p = entry(t, n, high - 1, high - 1);
  const q = entry(t, n, high, high - 1);
  const dr = load<f64>(q, 16);
  const di = load<f64>(q, 24);
  const hr = (load<f64>(p) - dr) / 2;
  const hi = (load<f64>(p, 8) - di) / 2;
  const br = load<f64>(p, 16) * load<f64>(q) - load<f64>(p, 24) * load<f64>(q, 8);
  const bi = load<f64>(p, 16) * load<f64>(q, 8) + load<f64>(p, 24) * load<f64>(q);
  complexRoot(hr * hr - hi * hi + br, 2 * hr * hi + bi);
  const same = hr * re + hi * im >= 0;
  const er = same ? hr + re : hr - re;
  const ei = same ? hi + im : hi - im;
  if (er == 0 && ei == 0) {
    re = dr;
    im = di;
    return;
  }
  complexQuotient(br, bi, er, ei);
  re = dr - re;
  im = di - im;
}

/** Complex t = Z·T·Zᴴ from real a [n, n], which is lost; `work` is room for n² + 2n. False if it does not converge. */
export function schur(n: u32, a: usize, t: usize, z: usize, work: usize): bool {
  const q = from(work, 2 * n);
  hessenberg(n, a, q, work, from(work, n));
  for (let i: u32 = 0; i < n * n; i++) {
    set(t, 2 * i, get(a, i));
    set(t, 2 * i + 1, 0);
    set(z, 2 * i, get(q, i));
    set(z, 2 * i + 1, 0);
  }
  let high = n ? n - 1 : 0;
  let tries: u32 = 0;
  while (high > 0) {
    let low = high;
    for (; low > 0; low--) {
      const p = entry(t, n, low, low - 1);
      const size =
        hypot(
          load<f64>(entry(t, n, low - 1, low - 1)),
          load<f64>(entry(t, n, low - 1, low - 1), 8),
        ) + hypot(load<f64>(p, 16), load<f64>(p, 24));
      const side = hypot(load<f64>(p), load<f64>(p, 8));
      if (side > EPSILON * size && side > 1e-290) continue;
      store<f64>(p, 0);
      store<f64>(p, 0, 8);
      break;
    }
    if (low == high) {
      high--;
      tries = 0;
      continue;
    }
    if (++tries > 60) return false;
    if (tries % 10 == 0) {
      // An exceptional shift, should the usual one go round in circles.
      const p = entry(t, n, high, high - 1);
      re = load<f64>(p, 16) + abs(load<f64>(p));
      im = load<f64>(p, 24) + 0.5 * abs(load<f64>(p));
    } else shiftAt(n, t, high);
    step(n, t, z, low, high);
  }
  return true;
}

/** y [m, n] complex = xᴴ (or x) [m, k] · y [k, n]; `line` is room for k complex numbers. */
export function applyLeft(m: u32, n: u32, x: usize, adjoint: bool, y: usize, line: usize): void {
  for (let j: u32 = 0; j < n; j++) {
    for (let i: u32 = 0; i < m; i++) {
      let ar: f64 = 0;
      let ai: f64 = 0;
      for (let k: u32 = 0; k < m; k++) {
        const p = adjoint ? entry(x, m, k, i) : entry(x, m, i, k);
        const xr = load<f64>(p);
        const xi = adjoint ? -load<f64>(p, 8) : load<f64>(p, 8);
        const q = entry(y, n, k, j);
        ar += xr * load<f64>(q) - xi * load<f64>(q, 8);
        ai += xr * load<f64>(q, 8) + xi * load<f64>(q);
      }
      set(line, 2 * i, ar);
      set(line, 2 * i + 1, ai);
    }
    for (let i: u32 = 0; i < m; i++) {
      store<f64>(entry(y, n, i, j), get(line, 2 * i));
      store<f64>(entry(y, n, i, j), get(line, 2 * i + 1), 8);
    }
  }
}

/** y [m, n] complex = y · x (or xᴴ) [n, n]; `line` is room for n complex numbers. */
export function applyRight(m: u32, n: u32, y: usize, x: usize, adjoint: bool, line: usize): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < n; j++) {
      let ar: f64 = 0;
      let ai: f64 = 0;
      for (let k: u32 = 0; k < n; k++) {
        const p = adjoint ? entry(x, n, j, k) : entry(x, n, k, j);
        const xr = load<f64>(p);
        const xi = adjoint ? -load<f64>(p, 8) : load<f64>(p, 8);
        const q = entry(y, n, i, k);
        ar += xr * load<f64>(q) - xi * load<f64>(q, 8);
        ai += xr * load<f64>(q, 8) + xi * load<f64>(q);
      }
      set(line, 2 * j, ar);
      set(line, 2 * j + 1, ai);
    }
    memory.copy(entry(y, n, i, 0), line, (<usize>n) << 4);
  }
}
