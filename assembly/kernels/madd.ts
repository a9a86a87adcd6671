/** What sums of products are made of. */
export class Sum {
  /**
   * x · y + z, rounded twice. In a build with relaxed SIMD as the machine likes it, mostly once: half
   * the instructions, and not the same bits everywhere.
   */
  @inline static madd<T>(x: v128, y: v128, z: v128): v128 {
    if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(x, y, z);
    return v128.add<T>(z, v128.mul<T>(x, y));
  }
}
