// Fourier transforms of lines of any length. What a length needs is made once and kept for the next
// transforms: a plan. Lengths with large prime factors go over a convolution with a chirp (Bluestein,
// "A linear filtering approach to the computation of discrete Fourier transform", 1970): with
// c[k] = e^(-πi k²/n), X[k] = c[k] Σ_j x[j] c[j] / c[k - j], a cyclic convolution of longer lines.
//
//   plan   staged: cos, sin of 2πk/n, k < n
//          else:   cos, sin of πk²/n, k < n; the transform of 1/c / m, its two parts of m each
import { allocate, releaseBlock } from "../memory/heap";
import { Exact } from "./math/double";
import { Trig } from "./math/trig";
import { fft, FFT_BYTES, isStaged } from "./fft";

const HALF_PI: f64 = 1.5707963267948966;
const HALF_PI_LOW: f64 = 6.123233995736766e-17;

/**
 * cos and sin of 2π i/n, half an ulp and a little off: the angle, less quarters of a circle, is known to
 * twice the precision.
 */
function angle(i: u64, n: u64): v128 {
  const quarters = (8 * i + n) / (2 * n);
  const rest = <f64>(<i64>(4 * i) - <i64>(quarters * n));
  const size = <f64>n;
  const high = rest / size;
  const product = high * size;
  const low = (rest - product - Exact.lost(high, size, product)) / size;
  const r = high * HALF_PI;
  const lost = Exact.lost(high, HALF_PI, r) + (high * HALF_PI_LOW + low * HALF_PI);
  const turns = i64x2.replace_lane(i64x2.splat(<i64>quarters), 0, <i64>quarters + 1);
  return Trig.polynomial(f64x2.splat(r), f64x2.splat(lost), turns, i64x2.splat(0));
}

/** cos of n angles, then their sin: of the circle's parts, or of the chirp. */
function fillAngles<T>(to: usize, n: u32, chirp: bool): void {
  const sin = to + <usize>n * sizeof<T>();
  for (let k: u32 = 0; k < n; k++) {
    const at = <usize>k * sizeof<T>();
    if (!chirp && k > n >> 1) {
      const mirrored = <usize>(n - k) * sizeof<T>();
      store<T>(to + at, load<T>(to + mirrored));
      store<T>(sin + at, -load<T>(sin + mirrored));
      continue;
    }
    const both = chirp ? angle((<u64>k * k) % (2 * <u64>n), 2 * <u64>n) : angle(k, n);
    store<T>(to + at, <T>f64x2.extract_lane(both, 0));
    store<T>(sin + at, <T>f64x2.extract_lane(both, 1));
  }
}

/** Length of the convolution for n elements: the least power of two, or three of them, that does. */
function convolved(n: u32): u32 {
  let m: u32 = 4;
  while (m < 2 * n - 1) m <<= 1;
  return (m >> 2) * 3 >= 2 * n - 1 ? (m >> 2) * 3 : m;
}

// Plans that are kept: the number of elements, their bytes, the block, the time of the last use.
const KEPT: u32 = 4;
const kept = memory.data(4 * 16, 16);
let time: u32 = 0;

/** The plan for n elements of type T; 0 if out of memory. `area` has room to make it. */
function planOf<T>(n: u32, area: usize): usize {
  for (let at = kept; at < kept + (KEPT << 4); at += 16) {
    if (load<u32>(at) == n && load<u32>(at, 4) == sizeof<T>()) {
      store<u32>(at, ++time, 12);
      return <usize>load<u32>(at, 8);
    }
  }
  const staged = isStaged(n);
  const m = staged ? 0 : convolved(n);
  let table: usize = 0;
  if (!staged) {
    table = planOf<T>(m, area);
    if (!table) return 0;
  }
  const plan = allocate(2 * (<usize>n + m) * sizeof<T>());
  if (!plan) return 0;
  fillAngles<T>(plan, n, !staged);
  if (!staged) fillChirp<T>(plan, n, m, table, area);
  let oldest = kept;
  for (let at = kept; at < kept + (KEPT << 4); at += 16) {
    if (load<u32>(at, 12) < load<u32>(oldest, 12)) oldest = at;
  }
  if (load<u32>(oldest)) releaseBlock(<usize>load<u32>(oldest, 8));
  store<u32>(oldest, n);
  store<u32>(oldest, sizeof<T>(), 4);
  store<u32>(oldest, <u32>plan, 8);
  store<u32>(oldest, ++time, 12);
  return plan;
}

/** The transform of 1/c[k], -n < k < n, over m. */
function fillChirp<T>(plan: usize, n: u32, m: u32, table: usize, area: usize): void {
  const long = <usize>m * sizeof<T>();
  const sin = <usize>n * sizeof<T>();
  memory.fill(area, 0, 2 * long);
  const scale = <T>1 / <T>m;
  for (let k: u32 = 0; k < n; k++) {
    const at = <usize>k * sizeof<T>();
    const back: usize = k ? long - at : 0;
    const re = <T>(load<T>(plan + at) * scale);
    const im = <T>(load<T>(plan + sin + at) * scale);
    store<T>(area + at, re);
    store<T>(area + back, re);
    store<T>(area + long + at, im);
    store<T>(area + long + back, im);
  }
  fft<T>(area, long, plan + 2 * sin, long, m, table, area + 2 * long);
}

/** n elements of x times those of y (or their conjugates), into out. */
function multiply<T>(
  x: usize,
  dx: usize,
  y: usize,
  dy: usize,
  out: usize,
  dOut: usize,
  n: u32,
  conjugate: bool,
): void {
  for (let at: usize = 0, end = <usize>n * sizeof<T>(); at < end; at += sizeof<T>()) {
    const a = load<T>(x + at);
    const b = load<T>(x + dx + at);
    const c = load<T>(y + at);
    const d = conjugate ? -load<T>(y + dy + at) : load<T>(y + dy + at);
    store<T>(out + at, <T>(a * c - b * d));
    store<T>(out + dOut + at, <T>(a * d + b * c));
  }
}

function bluestein<T>(
  x: usize,
  dx: usize,
  y: usize,
  dy: usize,
  n: u32,
  job: usize,
  area: usize,
): void {
  const m = load<u32>(job, 4);
  const plan = <usize>load<u32>(job, 8);
  const table = <usize>load<u32>(job, 12);
  const long = <usize>m * sizeof<T>();
  const short = <usize>n * sizeof<T>();
  const work = area + 4 * long;
  const second = area + 2 * long;
  memory.fill(area, 0, 2 * long);
  multiply<T>(x, dx, plan, short, area, long, n, true);
  fft<T>(area, long, second, long, m, table, work);
  multiply<T>(second, long, plan + 2 * short, long, area, long, m, false);
  // Back: with the parts exchanged.
  fft<T>(area + long, 0 - long, second + long, 0 - long, m, table, work);
  multiply<T>(second, long, plan, short, y, dy, n, true);
}

//   job   0 elements   4 length of the convolution, 0 without   8 plan   12 plan of the convolution

/** Bytes of a work area for lines of n elements of so many bytes: more than 4 GB, perhaps. */
export function fourierBytes(n: u32, size: u32): f64 {
  const staged = isStaged(n);
  const m = staged ? n : convolved(n);
  // In whole vectors: areas of threads lie one behind the other.
  return Math.ceil((4 * (<f64>m + (staged ? 0 : m)) * size) / 16) * 16 + FFT_BYTES;
}

/** Begins transforms of lines of n elements; false if out of memory. `area` is a work area. */
export function beginFourier<T>(n: u32, job: usize, area: usize): bool {
  const m = isStaged(n) ? 0 : convolved(n);
  store<u32>(job, n);
  store<u32>(job, m, 4);
  // The plan of the convolution is the younger one of the two: neither gives way to the other.
  store<u32>(job, <u32>planOf<T>(n, area), 8);
  store<u32>(job, m ? <u32>planOf<T>(m, area) : 1, 12);
  return load<u32>(job, 8) != 0 && load<u32>(job, 12) != 0;
}

/** One line: x, its imaginary part dx bytes further on, into y (dy). */
export function fourier<T>(
  x: usize,
  dx: usize,
  y: usize,
  dy: usize,
  job: usize,
  area: usize,
): void {
  const n = load<u32>(job);
  const plan = <usize>load<u32>(job, 8);
  if (load<u32>(job, 4)) bluestein<T>(x, dx, y, dy, n, job, area);
  else fft<T>(x, dx, y, dy, n, plan, area);
}
