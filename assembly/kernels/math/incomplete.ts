// The incomplete gamma and beta functions with their derivatives in the shape parameters, by series and
// continued fractions of jets. The power in front is a quotient by its maximum (Stirling's formula), with
// the exponent in twice the precision: what is lost of an exponent of hundreds is lost of the result.

import { Beta } from "./beta";
import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Jet } from "./jet";
import { Pow } from "./lanes";
import { Zeta } from "./zeta";

const MOST: f64 = 100000; // terms; they are enough for shapes up to 10^8
const TWO_PI: f64 = 6.283185307179586;

/** Incomplete gamma and beta functions. */
export abstract class Incomplete {
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
    const rest = Exact.low + lost + firstLow - Gamma.stirling(a);
    return sqrt<f64>(a / TWO_PI) * (NativeMath.exp(Exact.high) * NativeMath.exp(rest));
  }

  /** x^a e^-x / gamma(a + 1), as a jet in a: its logarithm is smooth at 0. */
  private static gammaJet(out: usize, k: u32, a: f64, x: f64): void {
    const log = Jet.at(13);
    Jet.constant(log, 0);
    let factorial: f64 = 1;
    for (let i: u32 = 1; i <= k; i++) {
      factorial *= <f64>i;
      const slope = -Zeta.polygamma(<f64>(i - 1), a + 1);
      if (i > 1) Jet.set(log, i, 0, slope / factorial);
      else Jet.set(log, 1, 0, a < 10 ? NativeMath.log(x) + slope : Incomplete.logGap(x, a));
    }
    Jet.exp(out, log, Incomplete.gammaPower(a, x) / a);
  }

  /** ln x - digamma(a + 1) for a ≥ 10: differences of large logarithms are taken before. */
  private static logGap(x: f64, a: f64): f64 {
    const gap = (x - a) / a;
    const log = abs<f64>(gap) < 0.5 ? NativeMath.log1p(gap) : NativeMath.log(x / a);
    return log - 1 / a - Gamma.digammaRest(a);
  }

  /** The derivative of order k < 10 in a of x^(a-1) e^-x / gamma(a), the density. */
  static gammaDensity(order: f64, a: f64, x: f64): f64 {
    if (!(order >= 0 && order < 10)) return order < 0 ? 0 : NaN;
    if (!(a > 0 && x > 0)) {
      if (x < 0) return 0;
      return a > 1 ? 0 : a == 1 && order == 0 ? 1 : a > 0 && order == 0 ? Infinity : NaN;
    }
    if (x == Infinity) return 0;
    const k = <u32>order;
    Jet.open(k, false);
    const y = Jet.at(0);
    Incomplete.gammaJet(y, k, a, x);
    Jet.linear(Jet.at(1), a, 1, 0);
    Jet.multiply(y, y, Jet.at(1));
    return Jet.derivative(y, k, 0) / x;
  }

  /** The lower function by its series, as a jet in a. */
  private static series(out: usize, k: u32, a: f64, x: f64): void {
    const term = Jet.at(2);
    const factor = Jet.at(3);
    const sum = Jet.at(4);
    Jet.constant(term, 1);
    Jet.constant(sum, 1);
    for (let n: f64 = 1; n < MOST; n++) {
      Jet.constant(factor, x);
      Jet.multiply(term, term, factor);
      Jet.linear(factor, a + n, 1, 0);
      Jet.divide(term, term, factor);
      Jet.add(sum, term, 1);
      if (a + n > x && Jet.negligible(term, sum)) break;
      if (n == MOST - 1) Jet.constant(sum, NaN);
    }
    Incomplete.gammaJet(out, k, a, x);
    Jet.multiply(out, out, sum);
  }

  /** The upper function by its continued fraction (Lentz's way), as a jet in a. */
  private static fraction(out: usize, k: u32, a: f64, x: f64): void {
    const c = Jet.at(2);
    const d = Jet.at(3);
    const h = Jet.at(4);
    const numerator = Jet.at(5);
    const b = Jet.at(6);
    const one = Jet.at(7);
    Jet.constant(one, 1);
    Jet.constant(c, 1e300);
    Jet.linear(b, x + 1 - a, -1, 0);
    Jet.divide(d, one, b);
    memory.copy(h, d, 80);
    for (let i: f64 = 1; i < MOST; i++) {
      Jet.linear(numerator, -i * (i - a), i, 0);
      store<f64>(b, load<f64>(b) + 2);
      if (Incomplete.lentz(c, d, h, numerator, b, one)) break;
      if (i == MOST - 1) Jet.constant(h, NaN);
    }
    Incomplete.gammaJet(out, k, a, x);
    Jet.linear(b, a, 1, 0);
    Jet.multiply(out, out, b);
    Jet.multiply(out, out, h);
  }

  /** One step of Lentz's way; true when it changes nothing any more. */
  private static lentz(c: usize, d: usize, h: usize, numerator: usize, b: usize, one: usize): bool {
    const ratio = Jet.at(8);
    Jet.multiply(d, d, numerator);
    Jet.add(d, b, 1);
    Jet.divide(d, one, d);
    Jet.divide(c, numerator, c);
    Jet.add(c, b, 1);
    Jet.multiply(ratio, c, d);
    Jet.multiply(h, h, ratio);
    store<f64>(ratio, load<f64>(ratio) - 1);
    return Jet.negligible(ratio, 0);
  }

  /** The derivative of order k < 10 in a of the regularised lower (or upper) incomplete gamma function. */
  static gamma(order: f64, a: f64, x: f64, upper: bool): f64 {
    if (!(a >= 0 && x >= 0 && order >= 0 && order < 10)) return NaN;
    const k = <u32>order;
    if (a == Infinity) return x == Infinity || k ? NaN : f64(upper);
    if (x == 0 || x == Infinity || a == 0) {
      if (a == 0 && x == 0) return NaN;
      return k ? (a == 0 ? NaN : 0) : f64((x == 0) == upper);
    }
    if (!k) return Incomplete.gammaValue(a, x, upper);
    Jet.open(k, false);
    const y = Jet.at(0);
    if (x > a + 1) {
      Incomplete.fraction(y, k, a, x);
      const tail = Jet.derivative(y, k, 0);
      return upper ? tail : -tail;
    }
    Incomplete.series(y, k, a, x);
    const below = Jet.derivative(y, k, 0);
    return upper ? -below : below;
  }

  /** The regularised function itself, in numbers instead of jets. */
  private static gammaValue(a: f64, x: f64, upper: bool): f64 {
    if (x > a + 1) {
      let c: f64 = 1e300;
      let b = x + 1 - a;
      let d = 1 / b;
      let h = d;
      let i: f64 = 1;
      for (let ratio: f64 = 0; i < MOST && abs<f64>(ratio - 1) > 2e-16; i++) {
        const numerator = -i * (i - a);
        b += 2;
        d = 1 / (d * numerator + b);
        c = numerator / c + b;
        ratio = c * d;
        h *= ratio;
      }
      const tail = i == MOST ? NaN : Incomplete.gammaPower(a, x) * h;
      return upper ? tail : 1 - tail;
    }
    if (upper && a < 1) return Incomplete.upperSmall(a, x);
    let term: f64 = 1;
    let sum: f64 = 1;
    let n: f64 = 1;
    for (; n < MOST; n++) {
      term *= x / (a + n);
      sum += term;
      if (a + n > x && term < 1e-17 * sum) break;
    }
    const below = n == MOST ? NaN : (Incomplete.gammaPower(a, x) / a) * sum;
    return upper ? 1 - below : below;
  }

  /** The upper function for small a and x, where it is the difference of numbers near 1. */
  private static upperSmall(a: f64, x: f64): f64 {
    const exponent = a * NativeMath.log(x) - (a < 0.5 ? Gamma.logAfter(a) : Gamma.log(1 + a));
    let power: f64 = 1;
    let sum: f64 = 0;
    for (let n: f64 = 1; n < 40; n++) {
      power *= -x / n;
      sum += power / (a + n);
    }
    return -NativeMath.expm1(exponent) - NativeMath.exp(exponent) * a * sum;
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
    const first = Incomplete.exponent(a, x, xLow, sum, sumLow);
    const firstLow = Exact.low;
    const second = Incomplete.exponent(b, y, yLow, sum, sumLow);
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

  /** x^(a-1) (1 - x)^(b-1) / beta(a, b), the density. */
  static betaDensity(a: f64, b: f64, x: f64): f64 {
    if (!(a > 0 && b > 0)) return NaN;
    if (x > 0 && x < 1) return Incomplete.betaPower(a, b, x, 1 - x) / (x * (1 - x));
    if (!(x == 0 || x == 1)) return x != x ? NaN : 0;
    const shape = x == 0 ? a : b;
    return shape > 1 ? 0 : shape < 1 ? Infinity : x == 0 ? b : a;
  }

  /**
   * The derivative of order i in a and j in b, i + j ≤ 3, of the regularised incomplete beta function.
   */
  static beta(i: u32, j: u32, a: f64, b: f64, x: f64): f64 {
    if (!(a > 0 && b > 0 && max<f64>(a, b) <= 1e6 && x >= 0 && x <= 1)) return NaN;
    const value = !(i + j);
    if (x == 0 || x == 1) return value ? x : 0;
    if (value) return Incomplete.betaValue(a, b, x, 1 - x, false);
    Jet.open(i + j, true);
    const y = Jet.at(0);
    if (x <= (a + 1) / (a + b + 2)) {
      Incomplete.betaFraction(y, a, b, x, 1 - x, 1);
      return Jet.derivative(y, i, j);
    }
    Incomplete.betaFraction(y, b, a, 1 - x, x, 0);
    return -Jet.derivative(y, i, j);
  }

  /** The regularised function itself (or 1 minus it), given y = 1 - x, in numbers instead of jets. */
  static betaValue(a: f64, b: f64, x: f64, y: f64, upper: bool): f64 {
    if (x > (a + 1) / (a + b + 2)) {
      const shape = a;
      a = b;
      b = shape;
      const rest = x;
      x = y;
      y = rest;
      upper = !upper;
    }
    let c: f64 = 1;
    let d = 1 / (1 - ((a + b) * x) / (a + 1));
    let h = d;
    let m: f64 = 1;
    for (; m < MOST; m++) {
      const top = a + m + m;
      let numerator = (m * (b - m) * x) / (top - 1) / top;
      d = 1 / (d * numerator + 1);
      c = numerator / c + 1;
      h *= c * d;
      numerator = (((-(a + m) * x) / top) * (a + b + m)) / (top + 1);
      d = 1 / (d * numerator + 1);
      c = numerator / c + 1;
      const ratio = c * d;
      h *= ratio;
      if (abs<f64>(ratio - 1) <= 2e-16) break;
    }
    const below = m == MOST ? NaN : (Incomplete.betaPower(a, b, x, y) / a) * h;
    return upper ? 1 - below : below;
  }

  // The inverses, by Newton's way for log f over log x. It is concave, so steps from the left do not pass
  // the root; halves of the bracket stand in where they would leave it, or where f vanishes.

  /** x where the lower (or upper) incomplete gamma function is p. */
  static gammaInverse(a: f64, p: f64, upper: bool): f64 {
    if (!(a > 0 && a < Infinity && p >= 0 && p <= 1)) return NaN;
    if (p == 0 || p == 1) return (p == 0) == upper ? Infinity : 0;
    // The smaller one of both probabilities is followed.
    const tail = p < 0.5 == upper;
    const aim = p < 0.5 ? p : 1 - p;
    const below = upper ? 1 - p : p;
    // gammainc(a, x) ≤ x^a / gamma(a + 1)
    let x = NativeMath.exp((NativeMath.log(below) + Gamma.log(a + 1)) / a);
    if (x == 0) return 0;
    let low: f64 = 0;
    let high = Infinity;
    for (let i = 0; i < 200; i++) {
      const f = Incomplete.gammaValue(a, x, tail);
      if (f < aim != tail) low = x;
      else high = x;
      const slope = (tail ? -1 : 1) * (Incomplete.gammaPower(a, x) / f);
      const step = -Incomplete.logQuotient(f, aim) / slope;
      x = Incomplete.stepped(x, step, low, high);
      if (abs<f64>(step) < 1e-9) break;
    }
    return x;
  }

  /** ln(f / aim), exact where they are close. */
  private static logQuotient(f: f64, aim: f64): f64 {
    const excess = (f - aim) / aim;
    return abs<f64>(excess) < 0.5 ? NativeMath.log1p(excess) : NativeMath.log(f / aim);
  }

  /** x e^step, if that is between low and high; else between x and the end that lies ahead. */
  private static stepped(x: f64, step: f64, low: f64, high: f64): f64 {
    if (high == Infinity && !(step < 1)) return 2 * x;
    const next = abs<f64>(step) < 1e-8 ? x + x * step : x * NativeMath.exp(step);
    if (next >= low && next <= high) return next;
    return low == 0 ? 0.125 * x : sqrt<f64>(low) * sqrt<f64>(high);
  }

  /** x where the incomplete beta function is p. */
  static betaInverse(a: f64, b: f64, p: f64): f64 {
    if (!(a > 0 && b > 0 && max<f64>(a, b) <= 1e6 && p >= 0 && p <= 1)) return NaN;
    if (p == 0 || p == 1) return p;
    // Of x and 1 - x, the one below a half is looked for.
    if (Incomplete.betaValue(a, b, 0.5, 0.5, false) < p)
      return 1 - Incomplete.betaBelow(b, a, 1 - p, p);
    return Incomplete.betaBelow(a, b, p, 1 - p);
  }

  /** The inverse at p = 1 - q, where it is at most a half. */
  private static betaBelow(a: f64, b: f64, p: f64, q: f64): f64 {
    const tail = q < p;
    const aim = tail ? q : p;
    let x = NativeMath.exp((NativeMath.log(p) + NativeMath.log(a) + Beta.log(a, b)) / a);
    if (x == 0) return 0;
    x = min<f64>(x, 0.5);
    let low: f64 = 0;
    let high: f64 = 0.5;
    for (let i = 0; i < 200; i++) {
      const f = Incomplete.betaValue(a, b, x, 1 - x, tail);
      if (f < aim != tail) low = x;
      else high = x;
      const slope = (tail ? -1 : 1) * (Incomplete.betaPower(a, b, x, 1 - x) / (1 - x) / f);
      const step = -Incomplete.logQuotient(f, aim) / slope;
      x = Incomplete.stepped(x, step, low, high);
      if (abs<f64>(step) < 1e-9) break; // the next one would be of its square's size
    }
    return x;
  }

  /** The continued fraction, as a jet in both shapes; with `first` 0 they are exchanged. */
  private static betaFraction(out: usize, a: f64, b: f64, x: f64, y: f64, first: f64): void {
    const second = 1 - first;
    const c = Jet.at(2);
    const d = Jet.at(3);
    const h = Jet.at(4);
    const numerator = Jet.at(5);
    const factor = Jet.at(6);
    const one = Jet.at(7);
    Jet.constant(one, 1);
    Jet.constant(c, 1);
    // 1 - (a + b) x / (a + 1), inverted
    Jet.linear(numerator, (a + b) * x, x, x);
    Jet.linear(factor, a + 1, first, second);
    Jet.divide(numerator, numerator, factor);
    Jet.constant(d, 1);
    Jet.add(d, numerator, -1);
    Jet.divide(d, one, d);
    memory.copy(h, d, 80);
    for (let m: f64 = 1; m < MOST; m++) {
      const twice = m + m;
      // m (b - m) x / ((a + 2m - 1) (a + 2m))
      Jet.linear(numerator, m * (b - m) * x, m * second * x, m * first * x);
      Jet.linear(factor, a + twice - 1, first, second);
      Jet.divide(numerator, numerator, factor);
      Jet.linear(factor, a + twice, first, second);
      Jet.divide(numerator, numerator, factor);
      Incomplete.lentz(c, d, h, numerator, one, one);
      // -(a + m) (a + b + m) x / ((a + 2m) (a + 2m + 1))
      Jet.linear(numerator, -(a + m) * x, -first * x, -second * x);
      Jet.divide(numerator, numerator, factor);
      Jet.linear(factor, a + b + m, 1, 1);
      Jet.multiply(numerator, numerator, factor);
      Jet.linear(factor, a + twice + 1, first, second);
      Jet.divide(numerator, numerator, factor);
      if (Incomplete.lentz(c, d, h, numerator, one, one)) break;
      if (m == MOST - 1) Jet.constant(h, NaN);
    }
    // x^a (1 - x)^b / (a beta(a, b)): its logarithm is smooth at a = 0.
    const log = Jet.at(9);
    const la = NativeMath.log(x) - Zeta.polygammaDrop(0, a + 1, b - 1);
    const lb = (x < 0.5 ? NativeMath.log1p(-x) : NativeMath.log(y)) - Zeta.polygammaDrop(0, b, a);
    Jet.linear(log, 0, first ? la : lb, first ? lb : la);
    const i: u32 = first ? 1 : 0;
    const j: u32 = 1 - i;
    const sum1 = Zeta.polygamma(1, a + b);
    const sum2 = 0.5 * Zeta.polygamma(2, a + b);
    Jet.set(log, 2 * i, 2 * j, -0.5 * Zeta.polygammaDrop(1, a + 1, b - 1));
    Jet.set(log, 1, 1, sum1);
    Jet.set(log, 2 * j, 2 * i, -0.5 * Zeta.polygammaDrop(1, b, a));
    Jet.set(log, 3 * i, 3 * j, -Zeta.polygammaDrop(2, a + 1, b - 1) / 6);
    Jet.set(log, 2, 1, sum2);
    Jet.set(log, 1, 2, sum2);
    Jet.set(log, 3 * j, 3 * i, -Zeta.polygammaDrop(2, b, a) / 6);
    Jet.exp(out, log, Incomplete.betaPower(a, b, x, y) / a);
    Jet.multiply(out, out, h);
  }
}
