// Loops over vectors of float64, contiguous in memory.

/** Element i. */
export function get(x: usize, i: u32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}
/** Sets element i. */
export function set(x: usize, i: u32, value: f64): void {
  store<f64>(x + ((<usize>i) << 3), value);
}
/** Address of element i. */
export function from(x: usize, i: u32): usize {
  return x + ((<usize>i) << 3);
}

/** Σ x·y. */
export function dot(n: u32, x: usize, y: usize): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    a = f64x2.add(a, f64x2.mul(v128.load(from(x, i)), v128.load(from(y, i))));
    b = f64x2.add(b, f64x2.mul(v128.load(from(x, i + 2)), v128.load(from(y, i + 2))));
  }
  a = f64x2.add(a, b);
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; i < n; i++) sum += get(x, i) * get(y, i);
  return sum;
}

/** y += c·x. */
export function axpy(n: u32, c: f64, x: usize, y: usize): void {
  const cs = f64x2.splat(c);
  let i: u32 = 0;
  for (; i + 2 <= n; i += 2) {
    const at = from(y, i);
    v128.store(at, f64x2.add(v128.load(at), f64x2.mul(cs, v128.load(from(x, i)))));
  }
  if (i < n) set(y, i, get(y, i) + c * get(x, i));
}

/** x, y become c·x + s·y and c·y - s·x. */
export function rotate(n: u32, c: f64, s: f64, x: usize, y: usize): void {
  const cs = f64x2.splat(c);
  const ss = f64x2.splat(s);
  let i: u32 = 0;
  for (; i + 2 <= n; i += 2) {
    const a = v128.load(from(x, i));
    const b = v128.load(from(y, i));
    v128.store(from(x, i), f64x2.add(f64x2.mul(cs, a), f64x2.mul(ss, b)));
    v128.store(from(y, i), f64x2.sub(f64x2.mul(cs, b), f64x2.mul(ss, a)));
  }
  if (i < n) {
    const a = get(x, i);
    const b = get(y, i);
    set(x, i, c * a + s * b);
    set(y, i, c * b - s * a);
  }
}

/** x and y change places. */
export function exchange(n: u32, x: usize, y: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const a = get(x, i);
    set(x, i, get(y, i));
    set(y, i, a);
  }
}

/** x *= c. */
export function times(n: u32, c: f64, x: usize): void {
  for (let i: u32 = 0; i < n; i++) set(x, i, c * get(x, i));
}

/** n zeros. */
export function zero(n: u32, x: usize): void {
  memory.fill(x, 0, (<usize>n) << 3);
}

/** The n × n unit matrix. */
export function unit(n: u32, x: usize): void {
  zero(n * n, x);
  for (let i: u32 = 0; i < n; i++) set(x, i * (n + 1), 1);
}

/** y [n, m] = the transpose of x [m, n]. */
export function turn(m: u32, n: u32, x: usize, y: usize): void {
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < n; j++) set(y, j * m + i, get(x, i * n + j));
  }
}

/** z [m, n] = x [m, k] · y [k, n]. */
export function product(m: u32, k: u32, n: u32, x: usize, y: usize, z: usize): void {
  zero(m * n, z);
  for (let i: u32 = 0; i < m; i++) {
    for (let j: u32 = 0; j < k; j++) axpy(n, get(x, i * k + j), from(y, j * n), from(z, i * n));
  }
}

/** Largest absolute value; NaN if there is one. */
export function largest(n: u32, x: usize): f64 {
  let most: f64 = 0;
  for (let i: u32 = 0; i < n; i++) most = max(most, abs(get(x, i)));
  return most;
}

/**
 * Scales x by a power of two, so that neither squares nor their sums overflow or vanish; returns what
 * undoes it. NaN if an element is not finite.
 */
export function tame(n: u32, x: usize): f64 {
  const most = largest(n, x);
  if (!(most < Infinity)) return NaN;
  if (most == 0 || (most > 1e-90 && most < 1e90)) return 1;
  // The exponent of `most` alone, as a number.
  let back = reinterpret<f64>(reinterpret<u64>(most) & 0x7ff0000000000000);
  if (back == 0) back = reinterpret<f64>((<u64>1) << 52);
  times(n, 1 / back, x);
  return back;
}
