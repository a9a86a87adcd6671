// Lengths and angles of points in the plane.

import { VAtan } from "./atan";
import { Pair } from "./lanes";
import { Rare } from "./rare";
import { Vec } from "./vector";

// prettier-ignore
const LIMITS = memory.data<f32>([
  1e-15, 1e-15, 1e-15, 1e-15, // 0: squares are normal numbers
  1e15, 1e15, 1e15, 1e15, // 1: their sum too
], 16);

// prettier-ignore
const TABLE = memory.data<f64>([
  1e-140, 1e-140, // 0: squares are normal numbers
  1e150, 1e150, // 1: their sum too
  Math.PI, Math.PI, // 2
  1.2246467991473532e-16, 1.2246467991473532e-16, // 3: the rest of it
], 16);

/** Polar coordinates. */
export abstract class VPlane {
  /** sqrt(x^2 + y^2): of four float32 or two float64. */
  @inline static hypot<T>(x: v128, y: v128): v128 {
    const most = v128.max<T>(v128.abs<T>(x), v128.abs<T>(y));
    const least = sizeof<T>() == 4 ? Vec.row(LIMITS, 0) : Vec.row(TABLE, 0);
    const limit = sizeof<T>() == 4 ? Vec.row(LIMITS, 1) : Vec.row(TABLE, 1);
    const z = v128.sqrt<T>(Vec.madd<T>(x, x, v128.mul<T>(y, y)));
    const bad = v128.not(v128.and(v128.gt<T>(most, least), v128.lt<T>(most, limit)));
    if (!v128.any_true(bad)) return z;
    if (sizeof<T>() == 8) return Rare.select2(z, x, y, bad, Pair.hypot.index);
    return v128.bitselect(VPlane.four(x, y), z, bad);
  }

  private static four(x: v128, y: v128): v128 {
    const all = i32x4.splat(-1);
    const one = Pair.hypot.index;
    const zero = i32x4.splat(0);
    const low = Rare.select2(
      zero,
      f64x2.promote_low_f32x4(x),
      f64x2.promote_low_f32x4(y),
      all,
      one,
    );
    const high = Rare.select2(zero, Vec.upperTwo(x), Vec.upperTwo(y), all, one);
    return Vec.joined(low, high);
  }

  /** The angle of (x, y), of two float64: atan(|y| / |x|), taken from pi on the left. */
  static angle(y: v128, x: v128): v128 {
    const ratio = f64x2.div(f64x2.abs(y), f64x2.abs(x));
    const angle = VAtan.f<f64>(ratio);
    const left = f64x2.sub(Vec.row(TABLE, 2), f64x2.sub(angle, Vec.row(TABLE, 3)));
    const size = v128.bitselect(left, angle, f64x2.lt(x, i64x2.splat(0)));
    const z = v128.bitselect(y, size, Vec.signBit<f64>());
    return Rare.select2(z, y, x, f64x2.ne(ratio, ratio), VPlane.lane.index);
  }

  /** At the origin, at infinity, of NaN. */
  private static lane(y: f64, x: f64): f64 {
    return NativeMath.atan2(y, x);
  }
}
