// Integer powers by repeated squaring, lane by lane, modulo 2^32.

/** a to the power b of 32-bit integers; a negative b gives 0 (the op refuses it before). */
export abstract class LIntPow {
  /** a^b in every lane. */
  static f(a: v128, b: v128): v128 {
    return i32x4(
      LIntPow.one(i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)),
      LIntPow.one(i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)),
      LIntPow.one(i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)),
      LIntPow.one(i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)),
    );
  }

  /** a^b of one pair. */
  static one(a: i32, b: i32): i32 {
    if (b < 0) return 0;
    let power = 1;
    for (let base = a; b; b >>= 1, base *= base) if (b & 1) power *= base;
    return power;
  }
}
