// Reduction of huge angles by Payne and Hanek: x 2/pi modulo 4 needs only a window of the bits of 2/pi,
// so integers of 192 bits reduce every float64 exactly enough (137 bits after the binary point; no float64
// is nearer than 2^-61 to a multiple of pi/2, relative to pi/2). NativeMath's own loses more than 2 ulp here.

import { Exact } from "./double";

// The bits of 2/pi after 64 zeros: the bit of index j has the weight 2^(63 - j).
// prettier-ignore
const TWO_OVER_PI = memory.data<u64>([
  0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
  0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
  0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
  0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
  0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
  0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea,
  0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
], 16);

const PI_HALF_HIGH: f64 = 1.5707963267948966;
const PI_HALF_LOW: f64 = 6.123233995736766e-17;
const UNIT: f64 = 1.0 / 9007199254740992;
const TWO_64: f64 = 4294967296.0 * 4294967296.0;

/** The angle x = quadrant pi/2 + high + low, modulo 2 pi; the parts of the latest `reduce`. */
export abstract class Angle {
  /** A number congruent to the quadrant modulo 4. */
  static quadrant: i64 = 0;
  /** The remainder, at most about pi/4 in magnitude. */
  static high: f64 = 0;
  /** What rounding `high` lost. */
  static low: f64 = 0;

  /** Reduces a finite x of at least 2^19. */
  static reduce(x: f64): void {
    const bits = reinterpret<u64>(x);
    const mantissa = (bits & 0x000fffffffffffff) | 0x0010000000000000;
    // x = mantissa 2^e; the window starts where mantissa's last bit weighs 2 quadrants.
    const start = <usize>(((bits >> 52) & 0x7ff) - 1075 + 62);
    const at = TWO_OVER_PI + ((start >> 6) << 3);
    const shift = <u64>(start & 63);
    const w2 = Angle.window(at, shift);
    const w1 = Angle.window(at + 8, shift);
    const w0 = Angle.window(at + 16, shift);

    // The low 192 bits of mantissa * window: 2 bits of quadrant, 190 of fraction.
    let p0 = mantissa * w0;
    const carry0 = Angle.highProduct(mantissa, w0);
    let p1 = mantissa * w1 + carry0;
    const carry1 = Angle.highProduct(mantissa, w1) + u64(p1 < carry0);
    let p2 = mantissa * w2 + carry1;
    let n = <i64>(p2 >> 62);
    p2 = (p2 << 2) | (p1 >> 62);
    p1 = (p1 << 2) | (p0 >> 62);
    p0 <<= 2;

    // A fraction beyond a half belongs to the next quadrant; its distance is the complement.
    const beyond = <i64>p2 < 0;
    if (beyond) {
      n += 1;
      p2 = ~p2;
      p1 = ~p1;
      p0 = ~p0; // one unit too small: nothing at 2^-190
    }
    let zeros = clz<u64>(p2);
    if (zeros == 64) {
      p2 = p1;
      p1 = p0;
      p0 = 0;
      zeros = 64 + clz<u64>(p2);
    }
    const places = zeros & 63;
    if (places) {
      p2 = (p2 << places) | (p1 >> (64 - places));
      p1 = (p1 << places) | (p0 >> (64 - places));
    }

    // fraction = (a + b) 2^-zeros, times pi/2 in two parts.
    const a = <f64>(p2 >> 11) * UNIT;
    const b = <f64>((p2 << 53) | (p1 >> 11)) * (UNIT / TWO_64);
    const product = a * PI_HALF_HIGH;
    const rest = Exact.lost(a, PI_HALF_HIGH, product) + (a * PI_HALF_LOW + b * PI_HALF_HIGH);
    const sum = product + rest;
    let scale = reinterpret<f64>((1023 - zeros) << 52);
    if (beyond != <i64>bits < 0) scale = -scale;
    Angle.quadrant = <i64>bits < 0 ? -n : n;
    Angle.high = sum * scale;
    Angle.low = (product - sum + rest) * scale;
  }

  /** 64 bits of the table, from bit `shift` of the word at `at`. */
  @inline private static window(at: usize, shift: u64): u64 {
    const word = load<u64>(at) << shift;
    return shift ? word | (load<u64>(at, 8) >> (64 - shift)) : word;
  }

  /** The upper 64 bits of a 128-bit product. */
  private static highProduct(a: u64, b: u64): u64 {
    const aLow = a & 0xffffffff;
    const aHigh = a >> 32;
    const bLow = b & 0xffffffff;
    const bHigh = b >> 32;
    const middle = aHigh * bLow + ((aLow * bLow) >> 32);
    const other = aLow * bHigh + (middle & 0xffffffff);
    return aHigh * bHigh + (middle >> 32) + (other >> 32);
  }
}
