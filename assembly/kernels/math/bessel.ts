// Bessel functions of integer order, a number at a time: power series where x² < 4 (n + 1), Miller's
// backward recurrence up to 25, Hankel's expansion beyond it, and recurrence in the order from there.
// Relative accuracy, but near zeros, where the error is that of the amplitude.

import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Pow } from "./lanes";
import { Trig } from "./trig";

const EULER: f64 = 0.5772156649015329;
const EULER_LOW: f64 = -4.942915152430645e-18;
const FAR: f64 = 25;
const MOST: f64 = 5e6; // terms of a power series

const ROOT_TWO_PI_INVERSE: f64 = 0.3989422804014327;

// 1 - cos(pi / 32)
const ARC: f64 = 0.004815273327803114;
const ARC_LOW: f64 = -1.3811483127365547e-20;

const LOG_1E200: f64 = 460.51701859880916;
const LOG_1E200_LOW: f64 = -2.2098842394841984e-14;

/**
 * (x / 2)^v / gamma(v + 1) for v ≥ 10, times 1e200^shift e^-less: the exponent, v (1 + ln(x / 2v)) by
 * Stirling's formula, in twice the precision.
 */
function leading(v: f64, x: f64, shift: f64, less: f64): f64 {
  Exact.quotient(0.5 * x, 0, v, 0);
  if (!(Exact.high > 1e-300)) return 0;
  Exact.log(Exact.high, Exact.low);
  Exact.product(Exact.high, Exact.low, v, 0);
  let low = Exact.low;
  Exact.sum(Exact.high, v);
  low += Exact.low;
  const high = Exact.high;
  Exact.product(LOG_1E200, LOG_1E200_LOW, shift, 0);
  low += Exact.low;
  Exact.sum(high, Exact.high);
  low += Exact.low;
  Exact.sum(Exact.high, -less);
  low += Exact.low - Gamma.stirling(v);
  return (NativeMath.exp(Exact.high) * NativeMath.exp(low)) / sqrt<f64>(2 * Math.PI * v);
}

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

/** Modified Bessel functions of the first kind, of any real order. */
export abstract class ModifiedBessel {
  /** e^-x I(v, x) for x ≥ 0 or, by the expansion for large x, its derivative of order k. */
  private static far(k: f64, v: f64, x: f64): f64 {
    const m = 4 * v * v;
    let term: f64 = 1;
    let first: f64 = 0;
    let sum: f64 = 0; // of the others, which are small: little is lost
    for (let j: f64 = 0; j < 60; j++) {
      let slope = term;
      for (let i: f64 = 0; i < k; i++) slope *= -(j + 0.5 + i) / x;
      if (j > 0) sum += slope;
      else first = slope;
      const odd = 2 * j + 1;
      term *= (odd * odd - m) / (8 * (j + 1) * x);
      if (abs<f64>(slope) < 1e-18 * abs<f64>(first + sum)) break;
    }
    return (first + sum) * (ROOT_TWO_PI_INVERSE / sqrt<f64>(x));
  }

  /** Whether that expansion will do: further in, derivatives lose less by it than by differences. */
  private static isFar(k: f64, v: f64, x: f64): bool {
    return x > 20 && x > v * v * (k > 0 || x > 5e4 ? 0.25 : 1);
  }

  /** I(v, x), times e^-x if scaled, for x ≥ 0, by its power series, whose terms are positive from the order on. */
  private static series(v: f64, x: f64, scaled: bool): f64 {
    if (v < 0 && v == nearest<f64>(v)) v = -v;
    if (v == Infinity) return 0;
    Exact.product(0.5 * x, 0, 0.5 * x, 0);
    const z = Exact.high;
    const zLow = Exact.low;
    let term: f64 = 1;
    let termLow: f64 = 0;
    let sum: f64 = 1;
    let low: f64 = 0;
    let shift: f64 = 0; // in powers of 1e200
    let k: f64 = 1;
    for (; k < MOST; k++) {
      Exact.sum(k, v);
      Exact.times(k, 0);
      Exact.quotient(z, zLow, Exact.high, Exact.low);
      Exact.times(term, termLow);
      term = Exact.high;
      termLow = Exact.low;
      Exact.sum(sum, term);
      sum = Exact.high;
      low += Exact.low + termLow;
      if (k + v > 0 && abs<f64>(term) < 1e-18 * abs<f64>(sum)) break;
      if (abs<f64>(sum) > 1e200) {
        sum *= 1e-200;
        low *= 1e-200;
        term *= 1e-200;
        termLow *= 1e-200;
        shift++;
      }
    }
    if (k == MOST) return NaN;
    if (abs<f64>(sum) < Infinity) sum += low;
    if (v > 20) return leading(v, x, shift, scaled ? x : 0) * sum;
    if (v > -150 && shift == 0) {
      // v + 1 is exact where v is small only.
      const inverse = v > 1 ? Gamma.rgamma(v) / v : Gamma.rgamma(v + 1);
      const y = Pow.one(0.5 * x, v) * inverse * sum;
      return scaled ? y * NativeMath.exp(-x) : y;
    }
    const exponent = v * NativeMath.log(0.5 * x) - Gamma.log(v + 1) + shift * LOG_1E200;
    const y = NativeMath.exp(scaled ? exponent - x : exponent) * sum;
    return v < 0 && Gamma.gamma(v + 1) < 0 ? -y : y;
  }

  /** The sign that I(v, x) has for x < 0; NaN unless v is an integer. */
  private static sign(v: f64): f64 {
    return v != nearest<f64>(v) ? NaN : (<i64>v) & 1 ? -1 : 1;
  }

  /** I(v, x) */
  static i(v: f64, x: f64): f64 {
    if (x < 0) return ModifiedBessel.sign(v) * ModifiedBessel.i(v, -x);
    if (!(v == v && x < Infinity)) return x == Infinity && v == v ? x : NaN;
    if (!ModifiedBessel.isFar(0, v, x)) {
      if (!ModifiedBessel.isRound(0, v, x)) return ModifiedBessel.series(v, x, false);
      return NativeMath.exp(x) * ModifiedBessel.around(0, v, x);
    }
    if (x < 700) return NativeMath.exp(x) * ModifiedBessel.far(0, v, x);
    const half = NativeMath.exp(0.5 * x); // e^x may overflow where the result does not
    return half * ModifiedBessel.far(0, v, x) * half;
  }

  /**
   * The derivative of order k of e^-x I(v, x) for an integer v, from its integral: the mean over the circle
   * of (cos u - 1)^k e^(x (cos u - 1)) cos vu, in which nothing cancels while v² is small beside x. Equal
   * steps of a periodic function are exact but for its 64th Fourier coefficient.
   */
  private static around(k: f64, v: f64, x: f64): f64 {
    let before: f64 = 0; // 1 - cos u of the steps before, in twice the precision
    let beforeLow: f64 = 0;
    let arc = ARC;
    let arcLow = ARC_LOW;
    const step: f64 = x < 6 && v * v < 4 && k < 4 ? 2 : 1; // where half of the steps will do
    if (step > 1) {
      // 2 a (2 - a)
      Exact.sum(2, -arc);
      Exact.plus(0, -arcLow);
      Exact.times(2 * arc, 2 * arcLow);
      arc = Exact.high;
      arcLow = Exact.low;
    }
    let drop = arc;
    let dropLow = arcLow;
    let sum: f64 = k > 0 ? 0 : 1;
    let low: f64 = 0;
    for (let i = step; i <= 32; i += step) {
      Exact.product(x, 0, drop, dropLow);
      let term = NativeMath.exp(-Exact.high);
      term -= term * Exact.low;
      if (v == 1 || v == -1) term *= 1 - drop;
      else if (v != 0) {
        const turns = v * i;
        term *= NativeMath.cos((turns - 64 * nearest<f64>(turns / 64)) * (Math.PI / 32));
      }
      for (let j: f64 = 0; j < k; j++) term *= -drop;
      Exact.sum(sum, i < 32 ? 2 * term : term);
      sum = Exact.high;
      low += Exact.low;
      // 1 - cos(u + step) = 2 a + 2 b - 2 a b - c with a, b, c of step, u, u - step
      Exact.product(-2 * arc, -2 * arcLow, drop, dropLow);
      Exact.plus(-before, -beforeLow);
      Exact.plus(2 * arc, 2 * arcLow);
      Exact.plus(2 * drop, 2 * dropLow);
      before = drop;
      beforeLow = dropLow;
      drop = Exact.high;
      dropLow = Exact.low;
    }
    return ((sum + low) / 64) * step;
  }

  /**
   * Whether that integral will do, and the power series would lose more or take longer. Beyond x = 40 the
   * coefficient, some e^(-(64 - v)² / 2x), is no longer negligible.
   */
  private static isRound(k: f64, v: f64, x: f64): bool {
    if (!(x < 40 && v * v <= x + 1 && v == nearest<f64>(v))) return false;
    return x > (k > 0 ? 1 : 2 + abs<f64>(v));
  }

  /** The derivative of order k of e^-|x| I(v, x); at 0 that of the even part. */
  static scaled(k: f64, v: f64, x: f64): f64 {
    if (!(k < 10)) return NaN;
    if (x < 0) {
      const y = ModifiedBessel.sign(v) * ModifiedBessel.scaled(k, v, -x);
      return (<i32>k) & 1 ? -y : y;
    }
    if (!(v == v && x < Infinity)) return x == Infinity && v == v ? 0 : NaN;
    if (k > 0 && ModifiedBessel.isRound(k, v, x)) return ModifiedBessel.around(k, v, x);
    if (ModifiedBessel.isFar(k, v, x)) return ModifiedBessel.far(k, v, x);
    if (ModifiedBessel.isRound(k, v, x)) return ModifiedBessel.around(k, v, x);
    if (!(k > 0)) return ModifiedBessel.series(v, x, true);
    const lower = ModifiedBessel.scaled(k - 1, v - 1, x);
    const upper = ModifiedBessel.scaled(k - 1, v + 1, x);
    const mean = 0.5 * (lower + upper);
    return x == 0 ? mean : mean - ModifiedBessel.scaled(k - 1, v, x);
  }
}
