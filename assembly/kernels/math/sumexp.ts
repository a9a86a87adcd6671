// Logarithms of sums of exponentials, of two float64: max(x, y) + log(1 + e^-|x - y|).

import { VExp2 } from "./exp";
import { VLog1p, VSoftplus } from "./log";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  Math.LOG2E, Math.LOG2E, // 0
], 16);

/** Sums in the logarithmic scale. */
export abstract class VSumExp {
  /** ln(e^x + e^y). */
  static e(x: v128, y: v128): v128 {
    return f64x2.add(f64x2.max(x, y), VSoftplus.f<f64>(VSumExp.gap(x, y)));
  }

  /** log2(2^x + 2^y). */
  static two(x: v128, y: v128): v128 {
    const tail = VLog1p.f<f64>(VExp2.f<f64>(VSumExp.gap(x, y)));
    return f64x2.add(f64x2.max(x, y), f64x2.mul(tail, Vec.row(TABLE, 0)));
  }

  /** -|x - y|, and 0 of equal ones, be they infinite. */
  @inline private static gap(x: v128, y: v128): v128 {
    const gap = v128.andnot(f64x2.sub(x, y), f64x2.eq(x, y));
    return v128.or(gap, Vec.signBit<f64>());
  }
}
