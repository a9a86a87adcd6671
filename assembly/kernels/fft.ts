// Discrete Fourier transforms of lines whose real and imaginary parts lie apart, by Stockham's stages,
// which need no reordering (Van Loan, "Computational Frameworks for the Fast Fourier Transform", 1992,
// section 1.7). A stage of radix r takes s interleaved transforms of length l = n / s apart, with
// m = l / r:
//
//     y[q + s(r p + j)] = w^(p j) Σ_k x[q + s(p + m k)] e^(-2πi jk/r),    w = e^(-2πi/l),
//
// for p < m and q < s; the next one has r s for s. Vectors run along q. Where s elements are less than
// a vector, the rest of it is nonsense, which later stores of the same stage replace: they come in
// rising order, and behind each part of a work area there is room for one vector. Twiddles of all
// stages are in one table of cos and sin of 2πk/n. The transform back exchanges the two parts.

/** Radices up to this one are stages; other lengths go over a convolution (fourier.ts). */
export const MAX_RADIX: u32 = 61;
/** Bytes behind each part of a work area. */
const ROOM: usize = 16;
/** Bytes that a transform works in, beside four times n elements. */
export const FFT_BYTES: f64 = 4 * 16 + 6 * 30 * 16 + 16;

/** Small steps of all stages. */
abstract class Step {
  @inline static splat<T>(at: usize): v128 {
    return sizeof<T>() == 4 ? v128.load32_splat(at) : v128.load64_splat(at);
  }

  /** A complex vector times cos - i sin, into place. */
  @inline static turn<T>(y: usize, dy: usize, re: v128, im: v128, c: v128, s: v128): void {
    v128.store(y, v128.add<T>(v128.mul<T>(re, c), v128.mul<T>(im, s)));
    v128.store(y + dy, v128.sub<T>(v128.mul<T>(im, c), v128.mul<T>(re, s)));
  }

  /** From vector to vector; the last one ends with the row. */
  @inline static next(q: usize, row: usize): usize {
    return min(q + 16, row - 16);
  }
}

function stage2<T>(x: usize, dx: usize, y: usize, dy: usize, n: u32, s: u32, table: usize): void {
  const row = <usize>s * sizeof<T>();
  const sin = table + <usize>n * sizeof<T>();
  const half = <usize>(n >> 1) * sizeof<T>();
  for (let at: usize = 0; at < half; at += row) {
    const c = Step.splat<T>(table + at);
    const d = Step.splat<T>(sin + at);
    for (let q: usize = 0; ; q = Step.next(q, row)) {
      const a = x + at + q;
      const to = y + 2 * at + q;
      const ar = v128.load(a);
      const ai = v128.load(a + dx);
      const br = v128.load(a + half);
      const bi = v128.load(a + half + dx);
      v128.store(to, v128.add<T>(ar, br));
      v128.store(to + dy, v128.add<T>(ai, bi));
      Step.turn<T>(to + row, dy, v128.sub<T>(ar, br), v128.sub<T>(ai, bi), c, d);
      if (q + 16 >= row) break;
    }
  }
}

function stage4<T>(x: usize, dx: usize, y: usize, dy: usize, n: u32, s: u32, table: usize): void {
  const row = <usize>s * sizeof<T>();
  const sin = table + <usize>n * sizeof<T>();
  const quarter = <usize>(n >> 2) * sizeof<T>();
  for (let at: usize = 0; at < quarter; at += row) {
    const c1 = Step.splat<T>(table + at);
    const s1 = Step.splat<T>(sin + at);
    const c2 = Step.splat<T>(table + 2 * at);
    const s2 = Step.splat<T>(sin + 2 * at);
    const c3 = Step.splat<T>(table + 3 * at);
    const s3 = Step.splat<T>(sin + 3 * at);
    for (let q: usize = 0; ; q = Step.next(q, row)) {
      const a = x + at + q;
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      let u = v128.load(a);
      let v = v128.load(c);
      const plusR = v128.add<T>(u, v);
      const minusR = v128.sub<T>(u, v);
      u = v128.load(a + dx);
      v = v128.load(c + dx);
      const plusI = v128.add<T>(u, v);
      const minusI = v128.sub<T>(u, v);
      u = v128.load(b);
      v = v128.load(d);
      const otherR = v128.add<T>(u, v);
      const crossR = v128.sub<T>(u, v);
      u = v128.load(b + dx);
      v = v128.load(d + dx);
      const otherI = v128.add<T>(u, v);
      const crossI = v128.sub<T>(u, v);
      let to = y + 4 * at + q;
      v128.store(to, v128.add<T>(plusR, otherR));
      v128.store(to + dy, v128.add<T>(plusI, otherI));
      to += row;
      Step.turn<T>(to, dy, v128.add<T>(minusR, crossI), v128.sub<T>(minusI, crossR), c1, s1);
      to += row;
      Step.turn<T>(to, dy, v128.sub<T>(plusR, otherR), v128.sub<T>(plusI, otherI), c2, s2);
      to += row;
      Step.turn<T>(to, dy, v128.sub<T>(minusR, crossI), v128.add<T>(minusI, crossR), c3, s3);
      if (q + 16 >= row) break;
    }
  }
}

/**
 * A stage of odd radix r. Inputs k and r - k go together, as sum and difference, and so do outputs. In
 * `own`, per pair: sum (two vectors), difference (two), and the output behind the middle (two).
 */
function stageOdd<T>(
  x: usize,
  dx: usize,
  y: usize,
  dy: usize,
  n: u32,
  s: u32,
  table: usize,
  r: u32,
  own: usize,
): void {
  const row = <usize>s * sizeof<T>();
  const plane = <usize>n * sizeof<T>();
  const sin = table + plane;
  const part = plane / r;
  const pairs = r >> 1;
  for (let at: usize = 0; at < part; at += row) {
    for (let q: usize = 0; ; q = Step.next(q, row)) {
      const a = x + at + q;
      const firstR = v128.load(a);
      const firstI = v128.load(a + dx);
      let sumR = firstR;
      let sumI = firstI;
      for (let k: u32 = 1; k <= pairs; k++) {
        const b = a + part * k;
        const c = a + part * (r - k);
        const to = own + <usize>(k - 1) * 96;
        let u = v128.load(b);
        let v = v128.load(c);
        let sum = v128.add<T>(u, v);
        sumR = v128.add<T>(sumR, sum);
        v128.store(to, sum);
        v128.store(to, v128.sub<T>(u, v), 32);
        u = v128.load(b + dx);
        v = v128.load(c + dx);
        sum = v128.add<T>(u, v);
        sumI = v128.add<T>(sumI, sum);
        v128.store(to, sum, 16);
        v128.store(to, v128.sub<T>(u, v), 48);
      }
      const first = y + at * r + q;
      v128.store(first, sumR);
      v128.store(first + dy, sumI);
      for (let j: u32 = 1; j <= pairs; j++) {
        let re = firstR;
        let im = firstI;
        let crossR = i32x4.splat(0);
        let crossI = i32x4.splat(0);
        let angle: u32 = 0;
        for (let k: u32 = 0; k < pairs; k++) {
          angle += j;
          if (angle >= r) angle -= r;
          const c = Step.splat<T>(table + part * angle);
          const d = Step.splat<T>(sin + part * angle);
          const from = own + <usize>k * 96;
          re = v128.add<T>(re, v128.mul<T>(c, v128.load(from)));
          im = v128.add<T>(im, v128.mul<T>(c, v128.load(from, 16)));
          crossR = v128.add<T>(crossR, v128.mul<T>(d, v128.load(from, 48)));
          crossI = v128.add<T>(crossI, v128.mul<T>(d, v128.load(from, 32)));
        }
        const to = own + <usize>(j - 1) * 96;
        v128.store(to, v128.sub<T>(re, crossR), 64);
        v128.store(to, v128.add<T>(im, crossI), 80);
        const c = Step.splat<T>(table + at * j);
        const d = Step.splat<T>(sin + at * j);
        Step.turn<T>(first + row * j, dy, v128.add<T>(re, crossR), v128.sub<T>(im, crossI), c, d);
      }
      for (let j = pairs + 1; j < r; j++) {
        const from = own + <usize>(r - 1 - j) * 96;
        const c = Step.splat<T>(table + at * j);
        const d = Step.splat<T>(sin + at * j);
        Step.turn<T>(first + row * j, dy, v128.load(from, 64), v128.load(from, 80), c, d);
      }
      if (q + 16 >= row) break;
    }
  }
}

/** The radix of the next stage of length l: 4, 2, or the smallest odd factor; 0 if that is too large. */
export function radixOf(l: u32): u32 {
  if (!(l & 3)) return 4;
  if (!(l & 1)) return 2;
  for (let r: u32 = 3; r <= MAX_RADIX; r += 2) if (l % r == 0) return r;
  return 0;
}

/** True if n is a product of radices. */
export function isStaged(n: u32): bool {
  while (n > 1) {
    const r = radixOf(n);
    if (!r) return false;
    n /= r;
  }
  return true;
}

/**
 * The transform of n elements at x, whose imaginary part is dx bytes further on, into y (dy); x is left
 * as it is. n is a product of radices; `area` has fftBytes bytes.
 */
export function fft<T>(
  x: usize,
  dx: usize,
  y: usize,
  dy: usize,
  n: u32,
  table: usize,
  area: usize,
): void {
  const plane = <usize>n * sizeof<T>();
  const room = plane + ROOM;
  const own = (area + 4 * room + 15) & ~15;
  let from = x;
  let dFrom = dx;
  let to = area;
  let other = area + 2 * room;
  for (let s: u32 = 1; s < n;) {
    const r = radixOf(n / s);
    // The last stage writes in place, unless its last vectors would hang over.
    const last = s * r == n && <usize>s * sizeof<T>() >= 16;
    const target = last ? y : to;
    const dTarget = last ? dy : room;
    if (r == 4) stage4<T>(from, dFrom, target, dTarget, n, s, table);
    else if (r == 2) stage2<T>(from, dFrom, target, dTarget, n, s, table);
    else stageOdd<T>(from, dFrom, target, dTarget, n, s, table, r, own);
    from = target;
    dFrom = dTarget;
    to = other;
    other = from;
    s *= r;
  }
  if (from == y) return;
  memory.copy(y, from, plane);
  memory.copy(y + dy, from + dFrom, plane);
}
