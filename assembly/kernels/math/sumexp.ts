// Logarithms of sums of exponentials, of two float64: max(x, y) + log(1 + e^-|x - y|).

import { Exact } from "./double";
import { VExp2 } from "./exp";
import { VLog1p, VSoftplus } from "./log";
import { Rare } from "./rare";
import { Vec } from "./vector";

// prettier-ignore
const TABLE = memory.data<f64>([
  Math.LOG2E, Math.LOG2E, // 0
  0.5, 0.5, // 1
], 16);

/** Sums in the logarithmic scale. */
export abstract class VSumExp {
  /** ln(e^x + e^y). */
  static e(x: v128, y: v128): v128 {
    return VSumExp.sum(x, y, VSoftplus.f<f64>(VSumExp.gap(x, y)), VSumExp.hard.index);
  }

  /** log2(2^x + 2^y). */
  static two(x: v128, y: v128): v128 {
    const tail = VLog1p.f<f64>(VExp2.f<f64>(VSumExp.gap(x, y)));
    return VSumExp.sum(x, y, f64x2.mul(tail, Vec.row(TABLE, 0)), VSumExp.hardTwo.index);
  }

  /** max(x, y) + tail, and by `one` where these cancel. */
  private static sum(x: v128, y: v128, tail: v128, one: u32): v128 {
    const z = f64x2.add(f64x2.max(x, y), tail);
    const bad = f64x2.lt(f64x2.abs(z), f64x2.mul(tail, Vec.row(TABLE, 1)));
    return Rare.select2(z, x, y, bad, one);
  }

  private static hard(x: f64, y: f64): f64 {
    return VSumExp.near(x, y, false);
  }

  private static hardTwo(x: f64, y: f64): f64 {
    return VSumExp.near(x, y, true) * Math.LOG2E;
  }

  /** ln(1 + s) for s = e^x + e^y - 1, which is near 0, or the same of powers of two. */
  private static near(x: f64, y: f64, two: bool): f64 {
    const most = max<f64>(x, y);
    const least = min<f64>(x, y);
    Exact.exp(most, two, true);
    const high = Exact.high;
    let rest = Exact.low;
    if (least > -64) {
      Exact.exp(least, two, false);
      rest += Exact.low;
    } else Exact.high = two ? NativeMath.exp2(least) : NativeMath.exp(least);
    Exact.sum(high, Exact.high);
    return NativeMath.log1p(Exact.high + (Exact.low + rest));
  }

  /** -|x - y|, and 0 of equal ones, be they infinite. */
  @inline private static gap(x: v128, y: v128): v128 {
    const gap = v128.andnot(f64x2.sub(x, y), f64x2.eq(x, y));
    return v128.or(gap, Vec.signBit<f64>());
  }
}
