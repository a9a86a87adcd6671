// The Hurwitz zeta function and what is made of it, a number at a time, by Euler and Maclaurin's formula
// from 10 + s on. Differences of it are summed as differences, so that nothing cancels:
// a^-s - (a + b)^-s = a^-s (1 - e^(-s L)), L = ln(1 + b / a).

import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Pow } from "./lanes";

// B(2j) / (2j)!
// prettier-ignore
const BERNOULLI = memory.data<f64>([
  0.08333333333333333, -0.001388888888888889, 3.306878306878307e-5, -8.267195767195768e-7,
  2.08767569878681e-8, -5.284190138687493e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
  8.586062056277845e-15, -2.174868698558062e-16,
], 16);

/** Sums below this have lost digits. */
const SMALLEST: f64 = 1e-304;

/** Sums of powers. */
export abstract class Zeta {
  /**
   * The sum of (a + k)^-s - (a + b + k)^-s over k ≥ 0, for b ≥ 0; with b = ∞ the Hurwitz zeta
   * function. For a < 0, s must be an integer: the sum over all integers k, less what lies below a.
   * For a > 0 times unit^s, where that alone is a number.
   */
  static sum(s: f64, a: f64, b: f64, unit: f64 = 1): f64 {
    if (s < 1 || (s == 1 && b == Infinity)) return s == 1 ? Infinity : NaN;
    if (a <= 0) {
      if (!(a > -Infinity)) return NaN;
      if (a == nearest<f64>(a)) return Infinity;
      if (b < Infinity || s != nearest<f64>(s)) return NaN;
      const f = a - nearest<f64>(a);
      const size = abs<f64>(f);
      if (trunc<f64>(s * 0.5) * 2 == s) {
        return Zeta.sum(s, size, b) + Zeta.sum(s, 1 - size, b) - Zeta.sum(s, 1 - a, b);
      }
      return copysign<f64>(Zeta.sum(s, size, 1 - 2 * size), f) + Zeta.sum(s, 1 - a, b);
    }
    if (!(a == a && s == s && b == b)) return NaN;
    if (a == Infinity) return 0;
    let sum: f64 = 0;
    let low: f64 = 0; // what rounding has lost of the sum, and of a
    const first = a;
    for (let k: f64 = 1; a < 10 + s && a < 1e15; k++) {
      const term = Pow.one(a / unit, -s) * Zeta.part(s, a, b);
      if (b == Infinity && k > 1) low -= (s * term * Exact.low) / a;
      Exact.sum(sum, term);
      sum = Exact.high;
      low += Exact.low;
      if (!(abs<f64>(term) > 1e-18 * abs<f64>(sum))) return sum + (low == low ? low : 0);
      Exact.sum(first, k);
      a = Exact.high;
    }
    const whole = sum;
    const lead = Pow.one(a / unit, 1 - s) * unit;
    const power = lead / a; // a^-s may be 0 where a^(1 - s) is not
    sum = low + 0.5 * power * Zeta.part(s, a, b);
    if (s == 1) sum += NativeMath.log1p(b / a);
    else sum += (lead / (s - 1)) * Zeta.part(s - 1, a, b);
    let factor = (s * power) / a;
    for (let j: usize = 0; j < 10; j++) {
      const k = s + <f64>(2 * j);
      sum += factor * load<f64>(BERNOULLI + (j << 3)) * Zeta.part(k + 1, a, b);
      factor *= ((k + 1) / a) * ((k + 2) / a);
    }
    return whole + sum;
  }

  /** 1 - (1 + b / a)^-s */
  private static part(s: f64, a: f64, b: f64): f64 {
    return b == Infinity ? 1 : -NativeMath.expm1(-s * NativeMath.log1p(b / a));
  }

  /** n! with the sign of polygamma(n, x). */
  private static factor(n: f64): f64 {
    const factorial = Gamma.gamma(n + 1);
    return trunc<f64>(n * 0.5) * 2 == n ? -factorial : factorial;
  }

  /** The derivative of order n of digamma. */
  static polygamma(n: f64, x: f64): f64 {
    if (n == 0) return Gamma.digamma(x);
    if (!(n > 0 && n == nearest<f64>(n))) return NaN;
    const factor = Zeta.factor(n);
    const sum = Zeta.sum(n + 1, x, Infinity);
    if (!(x > 0) || (abs<f64>(factor) < Infinity && sum > SMALLEST)) return factor * sum;
    // Of n! and x^(-n - 1) one is beyond all numbers, their product need not be.
    const relative = Zeta.sum(n + 1, x, Infinity, x);
    if (abs<f64>(factor) < Infinity) {
      const half = Pow.one(x, -0.5 * (n + 1));
      return factor * half * (half * relative);
    }
    const size = NativeMath.exp(Gamma.log(n + 1) - (n + 1) * NativeMath.log(x));
    return copysign<f64>(size * relative, factor);
  }

  /** polygamma(n, a) - polygamma(n, a + b) */
  static polygammaDrop(n: f64, a: f64, b: f64): f64 {
    if (b == 0) return 0;
    if (!(a > 0 && a + b > 0)) return Zeta.polygamma(n, a) - Zeta.polygamma(n, a + b);
    return Zeta.factor(n) * (b > 0 ? Zeta.sum(n + 1, a, b) : -Zeta.sum(n + 1, a + b, -b));
  }
}
