// Bessel functions of integer order, a number at a time: power series where x² < 4 (n + 1), Miller's
// backward recurrence up to 25, Hankel's expansion beyond it, and recurrence in the order from there.
// Relative accuracy, but near zeros, where the error is that of the amplitude.

import { leading } from "./besselleading";
import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Pow } from "./lanes";
import { Trig } from "./trig";

const EULER: f64 = 0.5772156649015329;
const EULER_LOW: f64 = -4.942915152430645e-18;
const FAR: f64 = 25;

/** Bessel functions of the first and the second kind. */
export abstract class Bessel {
  private static j0: f64 = 0;
  private static j1: f64 = 0;
  private static y0: f64 = 0;
  private static y1: f64 = 0;
  private static p: f64 = 0;
  private static q: f64 = 0;

  private static sine(x: f64, quarter: bool): f64 {
    if (x > 1e6) return Trig.lane(x, quarter);
    return f64x2.extract_lane(Trig.f64(f64x2.splat(x), quarter, i64x2.splat(0), false), 0);
  }

  /** The two sums of Hankel's expansion, for 4 n² = m. */
  private static hankel(m: f64, x: f64): void {
    let term: f64 = 1;
    let p: f64 = 1;
    let q: f64 = 0;
    for (let k: f64 = 1; k < 60 && abs<f64>(term) > 1e-18; k++) {
      const odd = 2 * k - 1;
      term *= (m - odd * odd) / (8 * k * x);
      const step = (<i32>k) & 3;
      if (step == 0) p += term;
      else if (step == 1) q += term;
      else if (step == 2) p -= term;
      else q -= term;
    }
    Bessel.p = p;
    Bessel.q = q;
  }

  /** Orders 0 and 1 at x > 25. */
  private static far(x: f64): void {
    const s = Bessel.sine(x, false);
    const c = Bessel.sine(x, true);
    const size = x < 1e300 ? 1 / sqrt<f64>(Math.PI * x) : 1 / sqrt<f64>(Math.PI) / sqrt<f64>(x);
    Bessel.hankel(0, x);
    Bessel.j0 = (Bessel.p * (c + s) - Bessel.q * (s - c)) * size;
    Bessel.y0 = (Bessel.p * (s - c) + Bessel.q * (c + s)) * size;
    Bessel.hankel(4, x);
    Bessel.j1 = (Bessel.p * (s - c) + Bessel.q * (s + c)) * size;
    Bessel.y1 = (Bessel.q * (s - c) - Bessel.p * (s + c)) * size;
  }

  /** The function of order n ≥ 0 at 1e-8 < x, by recurrence from far above; all of order 0, 1 up to 25. */
  private static miller(n: f64, x: f64): f64 {
    const top = ceil<f64>(max<f64>(n, x));
    let k = top + 40 + ceil<f64>(sqrt<f64>(40 * top));
    if ((<i64>k) & 1) k++;
    let above: f64 = 0; // order k + 1
    let here: f64 = 1e-300; // order k
    // What rounding loses, where the function oscillates: elsewhere it is a factor that all have in common.
    let aboveLow: f64 = 0;
    let hereLow: f64 = 0;
    let sumLow: f64 = 0;
    let evensLow: f64 = 0;
    let oddsLow: f64 = 0;
    let found: f64 = 0;
    let sum: f64 = 0; // J0 + 2 J2 + 2 J4 + … = 1
    let evens: f64 = 0; // of (-1)^m J(2m) / m
    let odds: f64 = 0; // of (-1)^m (2m + 1) J(2m + 1) / (m (m + 1))
    while (true) {
      const m = trunc<f64>(k * 0.5);
      const sign: f64 = (<i64>m) & 1 ? -1 : 1;
      if (k == n) found = here + hereLow;
      if (k == 0) break;
      const odd = (<i64>k) & 1;
      if (k > x + 9) {
        if (odd) odds += (sign * k * here) / (m * (m + 1));
        else {
          sum += 2 * here;
          evens += (sign * here) / m;
        }
        const below = ((2 * k) / x) * here - above;
        above = here;
        here = below;
      } else {
        if (odd) {
          if (m > 0) {
            Exact.product(sign * k, 0, here, hereLow);
            Exact.over(m * (m + 1), 0);
            Exact.plus(odds, oddsLow);
            odds = Exact.high;
            oddsLow = Exact.low;
          }
        } else {
          Exact.sum(sum, 2 * here);
          sum = Exact.high;
          sumLow += Exact.low + 2 * hereLow;
          Exact.quotient(sign * here, sign * hereLow, m, 0);
          Exact.plus(evens, evensLow);
          evens = Exact.high;
          evensLow = Exact.low;
        }
        Exact.quotient(2 * k, 0, x, 0);
        Exact.times(here, hereLow);
        Exact.plus(-above, -aboveLow);
        above = here;
        aboveLow = hereLow;
        here = Exact.high;
        hereLow = Exact.low;
      }
      k--;
      if (abs<f64>(here) > 1e200) {
        above *= 1e-200;
        aboveLow *= 1e-200;
        here *= 1e-200;
        hereLow *= 1e-200;
        found *= 1e-200;
        sum *= 1e-200;
        sumLow *= 1e-200;
        evens *= 1e-200;
        evensLow *= 1e-200;
        odds *= 1e-200;
        oddsLow *= 1e-200;
      }
    }
    if (x > FAR) {
      Bessel.far(x);
      return abs<f64>(here) > abs<f64>(above)
        ? (found / here) * Bessel.j0
        : (found / above) * Bessel.j1;
    }
    Exact.sum(sum, here);
    const scale = 1 / (Exact.high + (Exact.low + sumLow + hereLow));
    Bessel.j0 = (here + hereLow) * scale;
    Bessel.j1 = (above + aboveLow) * scale;
    Exact.log(0.5 * x, 0);
    Exact.plus(EULER, EULER_LOW);
    const log = Exact.high;
    const logLow = Exact.low;
    Exact.times(here, hereLow);
    Exact.plus(-2 * evens, -2 * evensLow);
    Bessel.y0 = (2 / Math.PI) * (Exact.high + Exact.low) * scale;
    Exact.quotient(here, hereLow, x, 0);
    Exact.plus(odds, oddsLow);
    const rest = Exact.high;
    const restLow = Exact.low;
    Exact.sum(log, -1);
    Exact.plus(0, logLow);
    Exact.times(above, aboveLow);
    Exact.plus(-rest, -restLow);
    Bessel.y1 = (2 / Math.PI) * (Exact.high + Exact.low) * scale;
    return found * scale;
  }

  /** The function of order n of the first kind; NaN for orders that are no integers, or beyond 10^5. */
  static j(n: f64, x: f64): f64 {
    if (!(n == nearest<f64>(n) && abs<f64>(n) <= 1e5 && x == x)) return NaN;
    const flip = n < 0 != x < 0 && (<i64>n) & 1;
    n = abs<f64>(n);
    x = abs<f64>(x);
    if (x == Infinity) return 0;
    let y: f64 = 0;
    if (x * x < 4 * (n + 1)) y = Bessel.series(n, x);
    else if (x <= FAR || n > x) y = Bessel.miller(n, x);
    else {
      Bessel.far(x);
      y = Bessel.climb(n, x, Bessel.j0, Bessel.j1);
    }
    return flip ? -y : y;
  }

  private static series(n: f64, x: f64): f64 {
    const z = -0.25 * x * x;
    let term: f64 = 1;
    let sum: f64 = 1;
    for (let k: f64 = 1; abs<f64>(term) > 1e-18; k++) sum += term *= z / (k * (k + n));
    if (n < 20) return Pow.one(0.5 * x, n) * Gamma.rgamma(n + 1) * sum;
    return leading(n, x, 0, 0) * sum;
  }

  /** Order n from orders 0 and 1, upwards. */
  private static climb(n: f64, x: f64, zero: f64, one: f64): f64 {
    if (n == 0) return zero;
    for (let k: f64 = 1; k < n && abs<f64>(one) < Infinity; k++) {
      const next = ((2 * k) / x) * one - zero;
      zero = one;
      one = next;
    }
    return one;
  }

  /** The function of order n of the second kind; NaN for x < 0. */
  static y(n: f64, x: f64): f64 {
    if (!(n == nearest<f64>(n) && abs<f64>(n) <= 1e5 && x >= 0)) return NaN;
    if (x == Infinity) return 0;
    x = abs<f64>(x); // -0
    const flip = n < 0 && (<i64>n) & 1;
    if (x > FAR) Bessel.far(x);
    else if (x > 1e-9) Bessel.miller(0, x);
    else {
      Bessel.y0 = (2 / Math.PI) * (NativeMath.log(x) + (EULER - Math.LN2)); // x / 2 may be 0
      Bessel.y1 = -2 / Math.PI / x;
    }
    const y = Bessel.climb(abs<f64>(n), x, Bessel.y0, Bessel.y1);
    return flip ? -y : y;
  }
}

/** Derivatives of the functions of the second kind. */
export abstract class BesselSlope {
  /**
   * The derivative of order k of Y(n, x): with signs, the mean of Y of orders n - k, n - k + 2, … The
   * highest one decides where they are infinite.
   */
  static y(k: f64, n: f64, x: f64): f64 {
    if (!(k >= 0 && k < 100)) return NaN;
    const flip = n < 0 && (<i64>n) & 1;
    n = abs<f64>(n);
    let sum: f64 = 0;
    let weight: f64 = 1; // binomial coefficients / 2^k, with alternating signs
    for (let i: f64 = 0; i < k; i++) weight *= -0.5;
    for (let i: f64 = 0; i <= k; i++) {
      const term = weight * Bessel.y(n + k - 2 * i, x);
      if (i == 0 && abs<f64>(term) == Infinity) return flip ? -term : term;
      sum += term;
      weight *= -(k - i) / (i + 1);
    }
    return flip ? -sum : sum;
  }
}
