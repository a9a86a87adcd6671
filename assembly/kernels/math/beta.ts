// The beta function and its logarithm, a number at a time. For large arguments Stirling's formula is
// applied to the quotient, not to the gamma functions, whose logarithms would cancel (after DiDonato and
// Morris, 1992).

import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Pow } from "./lanes";

const TWO_PI: f64 = 6.283185307179586;

/** The beta function. */
export abstract class Beta {
  /** gamma a · gamma b / gamma(a + b) */
  static beta(a: f64, b: f64): f64 {
    const least = min<f64>(a, b);
    const most = max<f64>(a, b);
    if (least == 0 && most >= 0) return Infinity;
    if (most == Infinity && least > 0) return 0;
    Exact.sum(a, b);
    const sum = Exact.high;
    const lost = Exact.low;
    if (sum == Infinity) return 0;
    if (most < 10 || sum < 10) {
      const inverse = Gamma.rgamma(sum);
      const y = Gamma.gamma(a) * inverse * Gamma.gamma(b);
      // Rounding a + b changes gamma(a + b) by much more than rounding would.
      if (lost == 0) return y;
      if (inverse != 0) return y - y * lost * Gamma.digamma(sum);
      return Gamma.gamma(a) * (lost * Gamma.rgammaOf(1, sum)) * Gamma.gamma(b);
    }
    const ratio = Beta.share(most, sum, lost, least < 10 ? most - 0.5 : most);
    const rest = Gamma.stirling(most) - Gamma.stirling(sum);
    if (least >= 10) {
      const size = sqrt<f64>(TWO_PI * (sum / least / most)) * Beta.share(least, sum, lost, least);
      return size * ratio * NativeMath.exp(rest + Gamma.stirling(least));
    }
    const scale = ratio * Pow.precise(sum, lost, -least);
    return Gamma.gamma(least) * NativeMath.exp(least) * scale * NativeMath.exp(rest);
  }

  /** (a / (sum + lost))^b */
  private static share(a: f64, sum: f64, lost: f64, b: f64): f64 {
    Exact.quotient(a, 0, sum, lost);
    return Pow.precise(Exact.high, Exact.low, b);
  }

  /** ln |beta(a, b)| */
  static log(a: f64, b: f64): f64 {
    const least = min<f64>(a, b);
    const most = max<f64>(a, b);
    if (most == Infinity && least >= 0) return NativeMath.log(Beta.beta(a, b));
    if (least >= 10) return Beta.logLarge(least, most);
    if (least <= 0 || most < 10) {
      if (least > 0 && least < 1e-290) return -NativeMath.log(least);
      // Around 1, where the quotient is near 1 and its logarithm would be lost.
      if (least >= 0.5 && most <= 2) {
        return Gamma.log(least) + Gamma.log(most) - Gamma.logBeyond(least - 1 + (most - 1));
      }
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
