// The beta function and its logarithm, a number at a time. For large arguments Stirling's formula is
// applied to the quotient, not to the gamma functions, whose logarithms would cancel (after DiDonato and
// Morris, 1992).

import { Gamma } from "./gamma";
import { Pow } from "./lanes";

/** The beta function. */
export abstract class Beta {
  /** gamma a · gamma b / gamma(a + b) */
  static beta(a: f64, b: f64): f64 {
    const least = min<f64>(a, b);
    const most = max<f64>(a, b);
    if (least == 0 && most >= 0) return Infinity;
    if (most == Infinity && least > 0) return 0;
    if (least <= 0 || most < 10) {
      const sum = a + b;
      const lost = least - (sum - most);
      const y = Gamma.gamma(a) * Gamma.rgamma(sum) * Gamma.gamma(b);
      // Rounding a + b changes gamma(a + b) by much more than rounding would.
      return lost == 0 ? y : y - y * lost * Gamma.digamma(sum);
    }
    if (least >= 10) return NativeMath.exp(Beta.logLarge(least, most));
    return Gamma.gamma(least) * Pow.one(most, -least) * NativeMath.exp(Beta.excess(least, most));
  }

  /** ln |beta(a, b)| */
  static log(a: f64, b: f64): f64 {
    const least = min<f64>(a, b);
    const most = max<f64>(a, b);
    if (most == Infinity && least >= 0) return NativeMath.log(Beta.beta(a, b));
    if (least >= 10) return Beta.logLarge(least, most);
    if (least <= 0 || most < 10) {
      if (least > 0 && least < 1e-290) return -NativeMath.log(least);
      return NativeMath.log(abs<f64>(Beta.beta(a, b)));
    }
    return Gamma.log(least) - (least * NativeMath.log(most) - Beta.excess(least, most));
  }

  /** ln(gamma b / gamma(a + b)) + a ln b, which is near 0 where b is large; b ≥ 10. */
  private static excess(a: f64, b: f64): f64 {
    const rest = Gamma.stirling(b) - Gamma.stirling(a + b);
    return rest + (a - (b + a - 0.5) * NativeMath.log1p(a / b));
  }

  /** ln beta(a, b) for 10 ≤ a ≤ b. */
  private static logLarge(a: f64, b: f64): f64 {
    const ratio = a / b;
    const rest = Gamma.stirling(a) + (Gamma.stirling(b) - Gamma.stirling(a + b));
    const u = (a - 0.5) * NativeMath.log1p(b / a);
    const v = b * NativeMath.log1p(ratio);
    return 0.9189385332046728 - 0.5 * NativeMath.log(b) + rest - u - v;
  }
}
