// Small steps every SIMD formula shares. Constants come from 16-byte rows in memory, not from v128
// immediates: V8 rebuilds an immediate at each use, which costs 1.15 to 2 times on polynomials.

/** Operations on one vector of f32 or f64 lanes. */
export abstract class Vec {
  /** The pre-splatted constant number `index` of a table of 16-byte rows. */
  @inline static row(table: usize, index: usize): v128 {
    return v128.load(table + (index << 4));
  }

  /** a * b + c, rounded twice (no fused multiply-add: the same bits on every machine). */
  @inline static madd<T>(a: v128, b: v128, c: v128): v128 {
    return v128.add<T>(v128.mul<T>(a, b), c);
  }

  /** c - a * b, rounded twice. */
  @inline static nmadd<T>(a: v128, b: v128, c: v128): v128 {
    return v128.sub<T>(c, v128.mul<T>(a, b));
  }

  /** Only the sign bit of every lane. */
  @inline static signBit<T>(): v128 {
    if (sizeof<T>() == 4) return Vec.row(SIGN, 0);
    else return Vec.row(SIGN, 1);
  }

  /** The upper 12 bits of float32, 26 of float64: a product of two such is exact. */
  @inline static upper<T>(a: v128): v128 {
    return v128.and(a, sizeof<T>() == 4 ? Vec.row(SIGN, 4) : Vec.row(SIGN, 5));
  }

  /** a b - product, exactly, for product = a b rounded (Dekker's and Veltkamp's splitting). */
  @inline static lostProduct<T>(a: v128, b: v128, product: v128): v128 {
    const aHigh = Vec.upper<T>(a);
    const bHigh = Vec.upper<T>(b);
    const aLow = v128.sub<T>(a, aHigh);
    const bLow = v128.sub<T>(b, bHigh);
    const high = v128.sub<T>(v128.mul<T>(aHigh, bHigh), product);
    const middle = Vec.madd<T>(aLow, bHigh, Vec.madd<T>(aHigh, bLow, high));
    return Vec.madd<T>(aLow, bLow, middle);
  }

  /** The upper two of four float32, as float64. */
  @inline static upperTwo(x: v128): v128 {
    return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
  }

  /** Four float32 from twice two float64. */
  @inline static joined(low: v128, high: v128): v128 {
    return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  }

  /** 1 in every lane. */
  @inline static one<T>(): v128 {
    if (sizeof<T>() == 4) return Vec.row(SIGN, 2);
    else return Vec.row(SIGN, 3);
  }
}

// Bit patterns: sign of f32, sign of f64, 1 in f32, 1 in f64, the upper half of a number.
// prettier-ignore
const SIGN = memory.data<u32>([
  0x80000000, 0x80000000, 0x80000000, 0x80000000, // 0
  0, 0x80000000, 0, 0x80000000, // 1
  0x3f800000, 0x3f800000, 0x3f800000, 0x3f800000, // 2
  0, 0x3ff00000, 0, 0x3ff00000, // 3
  0xfffff000, 0xfffff000, 0xfffff000, 0xfffff000, // 4
  0xf8000000, 0xffffffff, 0xf8000000, 0xffffffff, // 5
], 16);
