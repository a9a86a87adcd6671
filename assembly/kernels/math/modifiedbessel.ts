// Modified Bessel functions, a number at a time: an integral over the circle for integer orders, a power
// series, and an expansion for large x.

import { leading, LOG_1E200 } from "./besselleading";
import { Exact } from "./double";
import { Gamma } from "./gamma";
import { Pow } from "./lanes";

const MOST: f64 = 5e6; // terms of a power series
const ROOT_TWO_PI_INVERSE: f64 = 0.3989422804014327;

// 1 - cos(pi / 32)
const ARC: f64 = 0.004815273327803114;
const ARC_LOW: f64 = -1.3811483127365547e-20;

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
    // Where both will do, derivatives lose less by the integral.
    const isFar = ModifiedBessel.isFar(k, v, x);
    if (ModifiedBessel.isRound(k, v, x) && (k > 0 || !isFar)) return ModifiedBessel.around(k, v, x);
    if (isFar) return ModifiedBessel.far(k, v, x);
    if (!(k > 0)) return ModifiedBessel.series(v, x, true);
    const lower = ModifiedBessel.scaled(k - 1, v - 1, x);
    const upper = ModifiedBessel.scaled(k - 1, v + 1, x);
    const mean = 0.5 * (lower + upper);
    return x == 0 ? mean : mean - ModifiedBessel.scaled(k - 1, v, x);
  }
}
