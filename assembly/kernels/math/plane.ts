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
    const z = v128.sqrt<T>(VPlane.norm<T>(x, y));
    return VPlane.mended<T>(z, x, y, Pair.hypot.index);
  }

  /** x / sqrt(x^2 + y^2): of four float32 or two float64. */
  @inline static cosine<T>(x: v128, y: v128): v128 {
    const z = v128.div<T>(x, v128.sqrt<T>(VPlane.norm<T>(x, y)));
    return VPlane.mended<T>(z, x, y, Pair.cosine.index);
  }

  /** x / (x^2 + y^2), of two float64. */
  static inverse(x: v128, y: v128): v128 {
    const z = f64x2.div(x, VPlane.norm<f64>(x, y));
    return VPlane.mended<f64>(z, x, y, Pair.inverse.index);
  }

  /** x^2 + y^2 */
  @inline private static norm<T>(x: v128, y: v128): v128 {
    return Vec.madd<T>(x, x, v128.mul<T>(y, y));
  }

  /** z, and one(x, y) where squares overflow or are nothing. */
  @inline private static mended<T>(z: v128, x: v128, y: v128, one: u32): v128 {
    // A y that is no number makes z none.
    const most = v128.pmax<T>(v128.abs<T>(x), v128.abs<T>(y));
    const least = sizeof<T>() == 4 ? Vec.row(LIMITS, 0) : Vec.row(TABLE, 0);
    const limit = sizeof<T>() == 4 ? Vec.row(LIMITS, 1) : Vec.row(TABLE, 1);
    const good = v128.and(v128.gt<T>(most, least), v128.lt<T>(most, limit));
    const all = sizeof<T>() == 4 ? i32x4.all_true(good) : i64x2.all_true(good);
    if (all) return z;
    if (sizeof<T>() == 8) return Rare.select2(z, x, y, v128.not(good), one);
    return VPlane.four(z, x, y, good, one);
  }

  private static four(z: v128, x: v128, y: v128, good: v128, one: u32): v128 {
    const all = i32x4.splat(-1);
    const lowX = f64x2.promote_low_f32x4(x);
    const lowY = f64x2.promote_low_f32x4(y);
    const low = Rare.select2(all, lowX, lowY, all, one);
    const high = Rare.select2(all, Vec.upperTwo(x), Vec.upperTwo(y), all, one);
    return v128.bitselect(z, Vec.joined(low, high), good);
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
