// The incomplete gamma and beta functions with their derivatives in the shape parameters, by series and
// continued fractions of jets.

import { Beta } from "./beta";
import { Density } from "./density";
import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Jet } from "./jet";
import { Zeta } from "./zeta";

const LONG: f64 = 1000; // what takes more terms, or larger shapes, is summed in single steps
const MOST: f64 = 100000; // terms; they are enough for shapes up to 10^8

/** Incomplete gamma and beta functions. */
export abstract class Incomplete {
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
    Density.gammaJet(out, k, a, x);
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
    Density.gammaJet(out, k, a, x);
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
      if (i < LONG) h = Incomplete.gammaTail(a, x, i);
      const tail = i == MOST ? NaN : Density.gammaPower(a, x) * h;
      return upper ? tail : 1 - tail;
    }
    if (upper && a < 1) return Incomplete.upperSmall(a, x);
    let term: f64 = 1;
    let termLow: f64 = 0;
    let sum: f64 = 1;
    let low: f64 = 0;
    let n: f64 = 1;
    for (; n < MOST; n++) {
      if (a < LONG) {
        Exact.sum(a, n);
        Exact.quotient(x, 0, Exact.high, Exact.low);
        Exact.times(term, termLow);
        term = Exact.high;
        termLow = Exact.low;
      } else term *= x / (a + n);
      Exact.sum(sum, term);
      sum = Exact.high;
      low += Exact.low + termLow;
      if (a + n > x && term < 1e-17 * sum) break;
    }
    sum += low;
    const below = n == MOST ? NaN : (Density.gammaPower(a, x) / a) * sum;
    return upper ? 1 - below : below;
  }

  /** That continued fraction from its step i on back, in twice the precision. */
  private static gammaTail(a: f64, x: f64, i: f64): f64 {
    Exact.sum(x, -a);
    Exact.plus(1, 0);
    const b = Exact.high; // x + 1 - a
    const bLow = Exact.low;
    Exact.plus(2 * i, 0);
    for (; i > 0; i--) {
      const f = Exact.high;
      const fLow = Exact.low;
      Exact.sum(a, -i);
      Exact.times(i, 0);
      Exact.over(f, fLow);
      Exact.plus(b, bLow);
      Exact.plus(2 * i - 2, 0);
    }
    return 1 / (Exact.high + Exact.low);
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
    if (m < LONG) h = Incomplete.betaHead(a, b, x, x < y ? 0 : 1 - x - y, m);
    const below = m == MOST ? NaN : (Density.betaPower(a, b, x, y) / a) * h;
    return upper ? 1 - below : below;
  }

  /** That continued fraction from its double step m on back, in twice the precision. */
  private static betaHead(a: f64, b: f64, x: f64, xLow: f64, m: f64): f64 {
    Exact.high = 1;
    Exact.low = 0;
    for (; m >= 0; m--) {
      // 1 - (a + m) (a + b + m) x / ((a + 2m) (a + 2m + 1)) / what follows
      let f = Exact.high;
      let fLow = Exact.low;
      Incomplete.topTimes(a, m + m, f, fLow);
      Incomplete.topTimes(a, m + m + 1, Exact.high, Exact.low);
      f = Exact.high;
      fLow = Exact.low;
      Exact.sum(a, b);
      Exact.plus(m, 0);
      Incomplete.topTimes(a, m, Exact.high, Exact.low);
      Exact.times(-x, -xLow);
      Exact.over(f, fLow);
      Exact.plus(1, 0);
      if (m == 0) break;
      // 1 + m (b - m) x / ((a + 2m - 1) (a + 2m)) / what follows
      f = Exact.high;
      fLow = Exact.low;
      Incomplete.topTimes(a, m + m - 1, f, fLow);
      Incomplete.topTimes(a, m + m, Exact.high, Exact.low);
      f = Exact.high;
      fLow = Exact.low;
      Exact.sum(b, -m);
      Exact.times(m, 0);
      Exact.times(x, xLow);
      Exact.over(f, fLow);
      Exact.plus(1, 0);
    }
    return 1 / (Exact.high + Exact.low);
  }

  /** (a + n) (f + fLow) */
  private static topTimes(a: f64, n: f64, f: f64, fLow: f64): void {
    Exact.sum(a, n);
    Exact.times(f, fLow);
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
      const slope = (tail ? -1 : 1) * (Density.gammaPower(a, x) / f);
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
      const slope = (tail ? -1 : 1) * (Density.betaPower(a, b, x, 1 - x) / (1 - x) / f);
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
    Jet.exp(out, log, Density.betaPower(a, b, x, y) / a);
    Jet.multiply(out, out, h);
  }
}
