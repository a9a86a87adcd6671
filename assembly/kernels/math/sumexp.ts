// Logarithms of sums of exponentials, of two float64: max(x, y) + log(1 + e^-|x - y|).

import { VExp2 } from "./exp";
import { VLog1p, VSoftplus } from "./log";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  Math.LOG2E, Math.LOG2E, // 0
  0.5, 0.5, // 1
  1 / 12, 1 / 12, // 2
], 16);

/** Sums in the logarithmic scale. */
export abstract class VSumExp {
  /** ln(e^x + e^y). */
  static e(x: v128, y: v128): v128 {
    const tail = VSoftplus.f<f64>(VSumExp.gap(x, y));
    return VSumExp.sum(x, y, tail, tail);
  }

  /** log2(2^x + 2^y). */
  static two(x: v128, y: v128): v128 {
    const tail = VLog1p.f<f64>(VExp2.f<f64>(VSumExp.gap(x, y)));
    return VSumExp.sum(x, y, tail, f64x2.mul(tail, Vec.row(TABLE, 0)));
  }

  /**
   * max(x, y) + tail, and what x - y was rounded by times the slope of the tail: of t = ln(1 + s) that is
   * s / (1 + s) = 1 - e^-t, here t / (1 + t/2 + t²/12).
   */
  private static sum(x: v128, y: v128, t: v128, tail: v128): v128 {
    const d = f64x2.sub(x, y);
    const yNear = f64x2.sub(x, d);
    const lost = f64x2.add(f64x2.sub(x, f64x2.add(d, yNear)), f64x2.sub(yNear, y));
    const signed = v128.xor(lost, v128.andnot(Vec.signBit<f64>(), d));
    // Not a number beside infinities.
    const known = v128.and(signed, f64x2.eq(lost, lost));
    const square = f64x2.mul(f64x2.mul(t, t), Vec.row(TABLE, 2));
    const slope = f64x2.add(f64x2.add(Vec.one<f64>(), f64x2.mul(t, Vec.row(TABLE, 1))), square);
    const more = f64x2.div(f64x2.mul(known, t), slope);
    return f64x2.add(f64x2.max(x, y), f64x2.add(tail, more));
  }

  /** -|x - y|, and 0 of equal ones, be they infinite. */
  @inline private static gap(x: v128, y: v128): v128 {
    const gap = v128.andnot(f64x2.sub(x, y), f64x2.eq(x, y));
    return v128.or(gap, Vec.signBit<f64>());
  }
}
