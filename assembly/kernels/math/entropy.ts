// Logits, lanes at a time, and relative entropies, a number at a time: logarithms of quotients near 1 come
// from differences.

import { Exact } from "./double";
import { VLog } from "./log";
import { Vec } from "./vector";

// prettier-ignore
const LIMITS = memory.data<f32>([
  1e-30, 1e-30, 1e-30, 1e-30, // what is lost is a normal number
], 16);

// prettier-ignore
const TABLE = memory.data<f64>([
  1e-290, 1e-290, // the same
], 16);

/** ln(x / (1 - x)): what the quotient lost goes into the logarithm. */
export abstract class VLogit {
  @inline static f<T>(x: v128): v128 {
    const one = Vec.one<T>();
    const d = v128.sub<T>(one, x);
    const dLost = v128.sub<T>(v128.sub<T>(one, d), x);
    const u = v128.div<T>(x, d);
    const product = v128.mul<T>(u, d);
    let rest = v128.sub<T>(v128.sub<T>(x, product), Vec.lostProduct<T>(u, d, product));
    rest = Vec.nmadd<T>(u, dLost, rest);
    return VLog.core<T>(u, v128.div<T>(rest, x), true, 0);
  }

  /** Lanes `f` gets wrong: at the ends, and outside. */
  @inline static rare<T>(x: v128): v128 {
    const least = sizeof<T>() == 4 ? Vec.row(LIMITS, 0) : Vec.row(TABLE, 0);
    return v128.not(v128.and(v128.gt<T>(x, least), v128.lt<T>(x, Vec.one<T>())));
  }
}

/** Sums of numbers times logarithms. */
export abstract class Entropy {
  /** ln(x / y) */
  static logRatio(x: f64, y: f64): f64 {
    const ratio = x / y;
    // Between 1/2 and 2 the difference is exact.
    if (ratio > 0.5 && ratio < 2) return NativeMath.log1p((x - y) / y);
    if (ratio > 1e-300 && ratio < 1e300) return NativeMath.log(ratio);
    return NativeMath.log(x) - NativeMath.log(y);
  }

  /** ln(x / (1 - x)) */
  static logit(x: f64): f64 {
    // Near 1/2, 2 x - 1 is exact.
    if (x > 0.3 && x < 0.65) return NativeMath.log1p((x + x - 1) / (1 - x));
    return Entropy.logRatio(x, 1 - x);
  }

  /** -x ln x */
  static entr(x: f64): f64 {
    return x == 0 ? 0 : x < 0 ? -Infinity : -x * NativeMath.log(x);
  }

  /** x ln(x / y) */
  static relEntr(x: f64, y: f64): f64 {
    if (x > 0 && y > 0) return x * Entropy.logRatio(x, y);
    if (x != x || y != y) return NaN;
    return x == 0 && y >= 0 ? 0 : Infinity;
  }

  /** x ln(x / y) - x + y */
  static klDiv(x: f64, y: f64): f64 {
    if (!(x > 0 && y > 0)) {
      const entropy = Entropy.relEntr(x, y);
      return entropy == 0 ? y : entropy;
    }
    const gap = (x - y) / y;
    if (abs<f64>(gap) > 0.25) {
      if (!(gap > -0.99 && gap < 5)) return Entropy.relEntr(x, y) - (x - y);
      // Its terms cancel: in twice the precision, as a quotient.
      Exact.quotient(x, 0, y, 0);
      const ratio = Exact.high;
      const ratioLow = Exact.low;
      Exact.log(ratio, ratioLow);
      Exact.times(ratio, ratioLow);
      Exact.plus(-ratio, -ratioLow);
      Exact.plus(1, 0);
      return y * (Exact.high + Exact.low);
    }
    // (1 + gap) ln(1 + gap) - gap, as a series
    let power = gap * gap;
    let sum = 0.5 * power;
    for (let k: f64 = 3; k < 30; k++) {
      power *= -gap;
      sum += power / (k * (k - 1));
    }
    return y * sum;
  }
}
