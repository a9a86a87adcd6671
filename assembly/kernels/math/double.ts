// Sums and products with what rounding lost, for numbers of twice the precision: high + low.

const LN2_HIGH: f64 = 6.9314718036912381649e-1; // products with exponents are exact
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const THIRD: f64 = 1.0 / 3;
const THIRD_LOW: f64 = 1.850371707708594e-17;

/** Exact steps of float64 arithmetic. */
export abstract class Exact {
  /** Results of what follows. */
  static high: f64 = 0;
  static low: f64 = 0;

  /** The upper 26 bits of a number: a product of two such is exact. */
  @inline static upperHalf(a: f64): f64 {
    return reinterpret<f64>(reinterpret<u64>(a) & 0xfffffffff8000000);
  }

  /** a b - product, exactly, for product = a b rounded (Dekker's and Veltkamp's splitting). */
  static lost(a: f64, b: f64, product: f64): f64 {
    const aHigh = Exact.upperHalf(a);
    const bHigh = Exact.upperHalf(b);
    const aLow = a - aHigh;
    const bLow = b - bHigh;
    return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
  }

  /** a + b */
  static sum(a: f64, b: f64): void {
    const high = a + b;
    const part = high - a;
    Exact.high = high;
    Exact.low = a - (high - part) + (b - part);
  }

  /** (a + aLow) (b + bLow), to some 100 bits. */
  static product(a: f64, aLow: f64, b: f64, bLow: f64): void {
    const high = a * b;
    Exact.high = high;
    Exact.low = Exact.lost(a, b, high) + (a * bLow + aLow * b);
  }

  /** (a + aLow) / (b + bLow), to some 100 bits. */
  static quotient(a: f64, aLow: f64, b: f64, bLow: f64): void {
    const high = a / b;
    const product = high * b;
    Exact.high = high;
    Exact.low = (a - product - Exact.lost(high, b, product) + (aLow - high * bLow)) / b;
  }

  /** Adds b + bLow to high + low. */
  static plus(b: f64, bLow: f64): void {
    const low = Exact.low + bLow;
    Exact.sum(Exact.high, b);
    Exact.low += low;
  }

  /** Multiplies high + low by b + bLow. */
  static times(b: f64, bLow: f64): void {
    Exact.product(Exact.high, Exact.low, b, bLow);
  }

  /** Divides high + low by b + bLow. */
  static over(b: f64, bLow: f64): void {
    Exact.quotient(Exact.high, Exact.low, b, bLow);
  }

  /**
   * ln(a + aLow), to some 65 bits, for normal numbers: a = 2^k m, ln m = 2 artanh s, s = (m - 1) / (m + 1)
   * by its series.
   */
  static log(a: f64, aLow: f64): void {
    // The exponent of a / sqrt(1/2), so that m lies in sqrt(1/2) … sqrt(2).
    const k = (<i64>(reinterpret<u64>(a) - 0x3fe6a09e667f3bcd)) >> 52;
    const m = reinterpret<f64>(reinterpret<u64>(a) - (k << 52));
    const mLow = aLow * reinterpret<f64>((1023 - k) << 52);
    const d = m + 1;
    Exact.quotient(m - 1, mLow, d, m - (d - 1) + mLow);
    const s = Exact.high;
    const sLow = Exact.low;
    const z = s * s;
    const zLow = Exact.lost(s, s, z) + 2 * s * sLow;
    let tail: f64 = 0;
    for (let n: f64 = 27; n > 4; n -= 2) tail = tail * z + 1 / n;
    tail *= z;
    const c = THIRD + tail;
    Exact.product(z, zLow, c, THIRD - c + tail + THIRD_LOW);
    Exact.product(s, sLow, Exact.high, Exact.low);
    const part = Exact.high;
    const half = s + part;
    const rest = s - half + part + (Exact.low + sLow);
    const whole = <f64>k * LN2_HIGH;
    const high = whole + 2 * half;
    const low = whole - high + 2 * half + (2 * rest + <f64>k * LN2_LOW);
    Exact.high = high + low;
    Exact.low = high - Exact.high + low;
  }
}
