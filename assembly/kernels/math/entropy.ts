// Logits and relative entropies, a number at a time: logarithms of quotients near 1 come from differences.

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
    if (abs<f64>(gap) > 0.25) return Entropy.relEntr(x, y) - (x - y);
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
