// Sums and products with what rounding lost, for numbers of twice the precision: high + low.

/** Exact steps of float64 arithmetic. */
export abstract class Exact {
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
}
