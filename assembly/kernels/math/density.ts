// The densities of the gamma and the beta distribution with their derivatives, and the powers in front of
// incomplete functions: quotients by their maximum (Stirling's formula), with the exponent in twice the
// precision, since what is lost of an exponent of hundreds is lost of the result.

import { Beta } from "./beta";
import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Jet } from "./jet";
import { Pow } from "./lanes";
import { Zeta } from "./zeta";

const TWO_PI: f64 = 6.283185307179586;

/** Densities of the gamma and the beta distribution. */
export abstract class Density {
  /** x^a e^-x / gamma(a) */
  static gammaPower(a: f64, x: f64): f64 {
    if (a < 10) {
      if (x < 700) return Pow.one(x, a) * NativeMath.exp(-x) * Gamma.rgamma(a);
      const half = NativeMath.exp(-0.5 * x); // e^-x may vanish where the result does not
      return x > 1500 ? 0 : Pow.one(x, a) * half * Gamma.rgamma(a) * half;
    }
    // a ln(x / a) + a - x
    Exact.quotient(x, 0, a, 0);
    if (!(Exact.high > 1e-300)) return 0;
    Exact.log(Exact.high, Exact.low);
    Exact.product(Exact.high, Exact.low, a, 0);
    const first = Exact.high;
    const firstLow = Exact.low;
    Exact.sum(a, -x);
    const lost = Exact.low;
    Exact.sum(Exact.high, first);
    // What rounding has left of huge exponents may be huge itself.
    if (Exact.high < -1500) return 0;
    const rest = Exact.low + lost + firstLow - Gamma.stirling(a);
    return sqrt<f64>(a / TWO_PI) * (NativeMath.exp(Exact.high) * NativeMath.exp(rest));
  }

  /** x^a e^-x / gamma(a + 1), as a jet in a: its logarithm is smooth at 0. */
  static gammaJet(out: usize, k: u32, a: f64, x: f64): void {
    const log = Jet.at(13);
    Jet.constant(log, 0);
    let factorial: f64 = 1;
    for (let i: u32 = 1; i <= k; i++) {
      factorial *= <f64>i;
      const slope = -Zeta.polygamma(<f64>(i - 1), a + 1);
      if (i > 1) Jet.set(log, i, 0, slope / factorial);
      else Jet.set(log, 1, 0, a < 10 ? NativeMath.log(x) + slope : Density.logGap(x, a));
    }
    Jet.exp(out, log, Density.gammaPower(a, x) / a);
  }

  /** ln x - digamma(a + 1) for a ≥ 10: differences of large logarithms are taken before. */
  private static logGap(x: f64, a: f64): f64 {
    const gap = (x - a) / a;
    const log = abs<f64>(gap) < 0.5 ? NativeMath.log1p(gap) : NativeMath.log(x / a);
    return log - 1 / a - Gamma.digammaRest(a);
  }

  /**
   * The derivative of order k < 10 in a and m in x of the density p(a) = x^(a-1) e^-x / gamma(a), with
   * `order` = k + 16 m. p(a)' = p(a - 1) - p(a) holds for x = 0 as well; for small and large shapes, where
   * it would cancel, x p' = (a - 1 - x) p.
   */
  static gamma(order: f64, a: f64, x: f64): f64 {
    if (!(order >= 0 && order < 256 && a == a && x == x)) return order < 0 ? 0 : NaN;
    const m = trunc<f64>(order / 16);
    const k = order - 16 * m;
    if (k >= 10) return NaN;
    if (m == 0) return Density.gammaOf(k, a, x);
    if (a >= 1 && a < 10) {
      let sum: f64 = 0;
      let weight: f64 = 1;
      for (let i: f64 = 0; i <= m; i++) {
        sum += weight * Density.gammaOf(k, a - m + i, x);
        weight *= -(m - i) / (i + 1);
      }
      return sum;
    }
    if (x == 0 && a < 1) return k > 0 ? NaN : (<i32>m) & 1 ? -Infinity : Infinity;
    if (!(x > 0 && x < Infinity)) return 0;
    let y = (a - m - x) * Density.gamma(order - 16, a, x);
    if (k > 0) y += k * Density.gamma(order - 17, a, x);
    if (m > 1) y -= (m - 1) * Density.gamma(order - 32, a, x);
    return y / x;
  }

  /** The derivative of order k < 10 in a of p(a). */
  private static gammaOf(k: f64, a: f64, x: f64): f64 {
    if (x < 0 || x == Infinity) return 0;
    if (x == 0) {
      if (a > 1) return 0;
      if (k == 0)
        return a == 1 ? 1 : Gamma.rgamma(a) == 0 ? 0 : copysign<f64>(Infinity, Gamma.rgamma(a));
      return NaN;
    }
    if (a <= 0) {
      // Where 1 / gamma(a) vanishes it has no logarithm.
      const log = NativeMath.log(x);
      let sum: f64 = 0;
      let weight: f64 = 1;
      for (let j = k; j >= 0; j--) {
        sum += weight * (j > 0 ? Gamma.rgammaOf(j, a) : Gamma.rgamma(a));
        weight *= (log * j) / (k - j + 1);
      }
      return sum == 0 ? 0 : sum * NativeMath.exp(-x) * Pow.one(x, a - 1);
    }
    // x^a may vanish where x^(a-1) does not.
    if (k == 0 && x < 1e-16 && a >= 1 && a < 10) return Pow.one(x, a - 1) * Gamma.rgamma(a);
    Jet.open(<u32>k, false);
    const y = Jet.at(0);
    Density.gammaJet(y, <u32>k, a, x);
    Jet.linear(Jet.at(1), a, 1, 0);
    Jet.multiply(y, y, Jet.at(1));
    return Jet.derivative(y, <u32>k, 0) / x;
  }

  /** x^a y^b / beta(a, b) for x + y = 1, the smaller one of which is exact. */
  static betaPower(a: f64, b: f64, x: f64, y: f64): f64 {
    const lost = 1 - max<f64>(x, y) - min<f64>(x, y);
    const xLow = x > y ? lost : 0;
    const yLow = lost - xLow;
    if (a < 10 || b < 10) {
      const beta = Beta.beta(a, b);
      const power = Pow.precise(x, xLow, a);
      const other = Pow.precise(y, yLow, b);
      if (power * other > 1e-280) return (power * other) / beta;
      const root = Pow.precise(x, xLow, 0.5 * a); // the powers may vanish where the result does not
      const otherRoot = Pow.precise(y, yLow, 0.5 * b);
      return ((root * otherRoot) / beta) * root * otherRoot;
    }
    Exact.sum(a, b);
    const sum = Exact.high;
    const sumLow = Exact.low;
    const first = Density.exponent(a, x, xLow, sum, sumLow);
    const firstLow = Exact.low;
    const second = Density.exponent(b, y, yLow, sum, sumLow);
    const secondLow = Exact.low;
    Exact.sum(first, second);
    const stirling = Gamma.stirling(sum) - Gamma.stirling(a) - Gamma.stirling(b);
    const rest = Exact.low + firstLow + secondLow + stirling;
    const size = sqrt<f64>(((a / sum) * b) / TWO_PI);
    return size * (NativeMath.exp(Exact.high) * NativeMath.exp(rest));
  }

  /** a ln(x s / a); what it loses is Exact.low. */
  private static exponent(a: f64, x: f64, xLow: f64, s: f64, sLow: f64): f64 {
    Exact.product(x, xLow, s, sLow);
    Exact.quotient(Exact.high, Exact.low, a, 0);
    if (!(Exact.high > 1e-300)) {
      Exact.low = 0;
      return -Infinity;
    }
    Exact.log(Exact.high, Exact.low);
    Exact.product(Exact.high, Exact.low, a, 0);
    return Exact.high;
  }

  /** x^(a-1) (1 - x)^(b-1) / beta(a, b), the density p(a, b); for its slopes a and b may be negative. */
  static beta(a: f64, b: f64, x: f64): f64 {
    if (!(a == a && b == b && x == x)) return NaN;
    const inverse = a > 0 && b > 0 ? 1 : 1 / Beta.beta(a, b);
    if (!(inverse != 0 && inverse == inverse)) return 0; // at poles of beta
    if (x > 0 && x < 1) {
      if (a > 0 && b > 0) {
        const power = Density.betaPower(a, b, x, 1 - x);
        // x^a may vanish where x^(a-1) does not.
        if (power > 1e-280 || x > 1e-16 || max<f64>(a, b) > 10) return power / (x * (1 - x));
        return Pow.one(x, a - 1) / Beta.beta(a, b);
      }
      return Pow.one(x, a - 1) * NativeMath.exp((b - 1) * NativeMath.log1p(-x)) * inverse;
    }
    if (!(x == 0 || x == 1)) return 0;
    const shape = x == 0 ? a : b;
    return shape > 1 ? 0 : shape < 1 ? copysign<f64>(Infinity, inverse) : 1 / Beta.beta(a, b);
  }

  /**
   * The derivative of order m ≤ 2 of that density. At 0 and 1 by p' = (a + b - 1) (p(a - 1, b) - p(a, b - 1)),
   * between by the slopes of its logarithm.
   */
  static betaSlope(m: u32, a: f64, b: f64, x: f64): f64 {
    if (!(a > 0 && b > 0)) return NaN;
    const p = Density.beta(a, b, x);
    if (!m) return p;
    const s = a + b;
    if (x == 0 || x == 1) {
      if ((x == 0 ? a : b) < 1) return x == 0 && m == 1 ? -Infinity : Infinity;
      if (m == 1) return (s - 1) * (Density.beta(a - 1, b, x) - Density.beta(a, b - 1, x));
      const outer = Density.beta(a - 2, b, x) + Density.beta(a, b - 2, x);
      return (s - 1) * (s - 2) * (outer - 2 * Density.beta(a - 1, b - 1, x));
    }
    if (p == 0) return 0;
    const y = 1 - x;
    const u = (a - 1) / x;
    const v = (b - 1) / y;
    if (m == 1) return p * (u - v);
    // Near the maximum the square is small, near the ends there may be nothing but the products.
    if (a < 10 || b < 10) return p * ((u * (a - 2)) / x - 2 * u * v + (v * (b - 2)) / y);
    return p * ((u - v) * (u - v) - u / x - v / y);
  }
}
