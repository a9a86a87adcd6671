// Lanes that a formula of two float64 gets wrong, computed one by one.

/** Rare lanes. A lane's result never depends on the other one. `one` is an index into the function table. */
export abstract class Rare {
  /** y, and where `bad` is set one(x). */
  static select1(y: v128, x: v128, bad: v128, one: u32): v128 {
    if (!v128.any_true(bad)) return y;
    const lanes = f64x2(
      call_indirect<f64>(one, f64x2.extract_lane(x, 0)),
      call_indirect<f64>(one, f64x2.extract_lane(x, 1)),
    );
    return v128.bitselect(lanes, y, bad);
  }

  /** z, and where `bad` is set one(x, y). */
  static select2(z: v128, x: v128, y: v128, bad: v128, one: u32): v128 {
    if (!v128.any_true(bad)) return z;
    const lanes = f64x2(
      call_indirect<f64>(one, f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0)),
      call_indirect<f64>(one, f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1)),
    );
    return v128.bitselect(lanes, z, bad);
  }
}
