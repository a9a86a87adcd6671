// The gamma function and its kin, a number at a time. x = n + f with |f| ≤ 1/2 for an integer n; then
// gamma(1 + f) comes from a polynomial for its reciprocal, and the factors between, which are exact,
// are multiplied in twice the precision. Polynomials were interpolated at Chebyshev points with 60
// digits.

import { Exact } from "./double";
import { Jet } from "./jet";
import { Polynomial } from "./polynomial";
import { Zeta } from "./zeta";

// 1 / gamma(1 + f); its third derivative is as exact
// prettier-ignore
const RECIPROCAL = memory.data<f64>([
  -3.722612939082088e-12,
  8.446357245046456e-12,
  1.0435696329359107e-10,
  -1.1816471272046337e-09,
  5.0020031798553174e-09,
  6.116212236114126e-09,
  -2.0563384083994336e-07,
  1.1330272093910524e-06,
  -1.2504934822469118e-06,
  -2.0134854778036368e-05,
  0.00012805028238812414,
  -0.00021524167411516112,
  -0.0011651675918590654,
  0.0072189432466631094,
  -0.009621971527876973,
  -0.04219773455554434,
  0.16653861138229148,
  -0.04200263503409524,
  -0.6558780715202539,
  0.5772156649015329,
  1.0,
], 16);

const DEGREE: usize = 20;

// ln gamma(2 + f) / f
// prettier-ignore
const LOG = memory.data<f64>([
  6.379047507619774e-08,
  -1.3412819758517287e-07,
  2.0304806751615227e-07,
  -4.303558760359961e-07,
  9.578663334114758e-07,
  -2.0449201467015115e-06,
  4.374374916915131e-06,
  -9.438458716242811e-06,
  2.050726741605779e-05,
  -4.4926351103833334e-05,
  9.945750909889392e-05,
  -0.00022315475074520367,
  0.0005096695248853096,
  -0.0011927539120010226,
  0.002890510330738737,
  -0.0073855510286681535,
  0.02058080842778457,
  -0.06735230105319814,
  0.3224670334241132,
  0.42278433509846713,
], 16);

// digamma(x) / (x - its zero) around 3/2
// prettier-ignore
const DIGAMMA = memory.data<f64>([
  0.00011881232908510335,
  -0.0001782188548855923,
  9.653646261410062e-05,
  -0.00014480643368061614,
  0.00032395945401345196,
  -0.00048595039220036254,
  0.0006909255761282986,
  -0.0010364584817312839,
  0.0015633696313653504,
  -0.0023454947397380833,
  0.003518106563802472,
  -0.005279937255532708,
  0.007927021796868154,
  -0.011908220105959716,
  0.017907248317313294,
  -0.026975796659787055,
  0.040760833940846085,
  -0.06192213327548831,
  0.09498872445289039,
  -0.14840492305388092,
  0.24054248424078697,
  -0.4236274212814606,
  0.9510558760318328,
], 16);

// Stirling's series: B(2k) / (2k (2k - 1)), and that of its derivative: B(2k) / 2k.
// prettier-ignore
const STIRLING = memory.data<f64>([
  -0.029550653594771242, 0.00641025641025641, -0.0019175269175269176, 0.0008417508417508417,
  -0.0005952380952380953, 0.0007936507936507937, -0.002777777777777778, 0.08333333333333333,
], 16);
// prettier-ignore
const PSI = memory.data<f64>([
  -0.4432598039215686, 0.08333333333333333, -0.021092796092796094, 0.007575757575757576,
  -0.004166666666666667, 0.003968253968253968, -0.008333333333333333, 0.08333333333333333,
], 16);

const ZERO_HIGH: f64 = 1.4616321449683622; // of digamma
const ZERO_LOW: f64 = 9.549995429965697e-17;
const MINIMUM: f64 = -0.12148629053584961; // of ln gamma, there
const HALF_LOG_TWO_PI: f64 = 0.9189385332046728;

/** The gamma function, its reciprocal, its logarithm, and the derivative of that. */
export abstract class Gamma {
  private static high: f64 = 1;
  private static low: f64 = 0;

  /** first (first + 1) … of `count` factors, as high + low. */
  private static multiply(first: f64, count: f64): void {
    let high: f64 = 1;
    let low: f64 = 0;
    for (; count > 0 && abs<f64>(high) < Infinity; count--, first++) {
      const product = high * first;
      low = low * first + Exact.lost(high, first, product);
      high = product;
    }
    Gamma.high = high;
    Gamma.low = abs<f64>(high) < Infinity ? low : 0;
  }

  /** 1 / gamma(x), or gamma(x); 180 is beyond both ranges. */
  private static either(x: f64, inverse: bool): f64 {
    const n = nearest<f64>(x);
    const reciprocal = Polynomial.at(RECIPROCAL, DEGREE, x - n); // of gamma(1 + f)
    if (n >= 1) {
      Gamma.multiply(x - (n - 1), n - 1);
      return inverse
        ? reciprocal / (Gamma.high + Gamma.low)
        : Gamma.high / reciprocal + Gamma.low / reciprocal;
    }
    Gamma.multiply(x, 1 - n);
    const y = reciprocal * Gamma.high + reciprocal * Gamma.low;
    return inverse ? y : 1 / y;
  }

  static gamma(x: f64): f64 {
    if (x > 172) return Infinity;
    if (x == 0) return 1 / x;
    if (x < 0 && x == nearest<f64>(x)) return NaN;
    if (x > -160) return Gamma.either(x, false);
    if (x < -184) return 0;
    const y = Gamma.either(x + 16, false); // the result may be subnormal: divided once
    Gamma.multiply(x, 16);
    return y / Gamma.high;
  }

  static rgamma(x: f64): f64 {
    if (x <= 0 && x == nearest<f64>(x)) return x == 0 ? x : x == -Infinity ? NaN : 0;
    if (x < -180) return Gamma.isOdd(floor<f64>(x)) ? -Infinity : Infinity;
    if (!(x > 160)) return Gamma.either(x, true);
    if (x > 185) return 0;
    const y = Gamma.either(x - 16, true);
    Gamma.multiply(x - 16, 16);
    return y / Gamma.high;
  }

  private static isOdd(n: f64): bool {
    return n != 2 * trunc<f64>(0.5 * n);
  }

  /** The derivative of order k < 10 of 1 / gamma(x). */
  static rgammaOf(k: f64, x: f64): f64 {
    if (!(k >= 0 && k < 10 && x > -1000)) return NaN;
    if (x > 185) return 0;
    const y = Jet.at(0);
    const factor = Jet.at(1);
    Jet.open(<u32>k, false);
    if (x > 1) {
      Jet.constant(factor, 0); // of its logarithm
      let factorial: f64 = 1;
      for (let i: f64 = 1; i <= k; i++) {
        factorial *= i;
        Jet.set(factor, <u32>i, 0, -Zeta.polygamma(i - 1, x) / factorial);
      }
      // The result may be subnormal: the jet begins with 1.
      Jet.exp(y, factor, 1);
      return Jet.derivative(y, <u32>k, 0) * Gamma.rgamma(x);
    }
    const n = nearest<f64>(x);
    Jet.linear(factor, x - n, 1, 0);
    Jet.constant(y, load<f64>(RECIPROCAL));
    for (let i: usize = 1; i <= DEGREE; i++) {
      Jet.multiply(y, y, factor);
      store<f64>(y, load<f64>(y) + load<f64>(RECIPROCAL + (i << 3)));
    }
    let scale: f64 = 1;
    for (let i = n; i <= 0; i++) {
      Jet.linear(factor, x + (i - n), 1, 0);
      Jet.multiply(y, y, factor);
      if (abs<f64>(load<f64>(y)) + abs<f64>(load<f64>(y, 8)) > 1e200) {
        for (let o: usize = 0; o < 80; o += 8) store<f64>(y + o, load<f64>(y + o) * 1e-200);
        scale *= 1e200;
      }
    }
    return Jet.derivative(y, <u32>k, 0) * scale;
  }

  /** What Stirling's formula for ln gamma x leaves out; x ≥ 10. */
  static stirling(x: f64): f64 {
    return Polynomial.at(STIRLING, 7, 1 / (x * x)) / x;
  }

  /** ln |gamma x| */
  static log(x: f64): f64 {
    if (x >= 10) {
      if (x > 1e17) return x * (NativeMath.log(x) - 1);
      return (x - 0.5) * (NativeMath.log(x) - 1) + (HALF_LOG_TWO_PI - 0.5 + Gamma.stirling(x));
    }
    if (x <= 0) {
      if (x == nearest<f64>(x)) return Infinity;
      if (x > -1e-100) return -NativeMath.log(-x);
      if (x > -150) return NativeMath.log(abs<f64>(Gamma.gamma(x)));
      const sine = NativeMath.sin(Math.PI * (x - nearest<f64>(x)));
      return NativeMath.log(Math.PI / abs<f64>(x * sine)) - Gamma.log(-x);
    }
    if (x > 1.2 && x < 1.75) {
      return Gamma.valley(x - ZERO_HIGH - ZERO_LOW);
    }
    let rest: f64 = 0;
    if (x < 0.5) {
      rest = -NativeMath.log1p(x) - NativeMath.log(x);
    } else if (x < 1.5) {
      return Gamma.logAfter(x - 1);
    } else {
      let product: f64 = 1;
      while (x > 2.5) product *= --x;
      x -= 2;
      rest = NativeMath.log(product);
    }
    return x * Polynomial.at(LOG, 19, x) + rest;
  }

  /**
   * ln gamma at this distance from its minimum, for -0.27 < z < 0.29: the minimum and a multiple of z². (The
   * polynomial is code, for a table would be in the core of every page.)
   */
  private static valley(z: f64): f64 {
    let y: f64 = 0.00014246733462780576;
    y = y * z - 0.0002506394750015787;
    y = y * z + 0.0003545265706637711;
    y = y * z - 0.000551396656207617;
    y = y * z + 0.0008779149691369287;
    y = y * z - 0.0014024041938398674;
    y = y * z + 0.0022597812954510367;
    y = y * z - 0.003684565129860948;
    y = y * z + 0.006100535604315761;
    y = y * z - 0.010314223104450914;
    y = y * z + 0.017970675120083573;
    y = y * z - 0.03278854108802495;
    y = y * z + 0.06462494023889176;
    y = y * z - 0.1475877229945316;
    y = y * z + 0.4838361227238106;
    return y * z * z + MINIMUM;
  }

  /** ln gamma(2 + x) for x ≥ -1, exact about its zero at 0. */
  static logBeyond(x: f64): f64 {
    return abs<f64>(x) <= 0.5 ? x * Polynomial.at(LOG, 19, x) : Gamma.log(2 + x);
  }

  /** ln gamma(1 + x) for |x| ≤ 1/2 */
  static logAfter(x: f64): f64 {
    return x * Polynomial.at(LOG, 19, x) - NativeMath.log1p(x);
  }

  /** The derivative of ln gamma x. */
  static digamma(x: f64): f64 {
    if (x <= 0) {
      const f = x - nearest<f64>(x);
      if (!(abs<f64>(f) > 0)) return x == 0 ? -1 / x : NaN; // at -∞ f is NaN
      // pi cot(pi f), from the nearer zero of the tangent
      const near = abs<f64>(f) <= 0.25;
      const tangent = NativeMath.tan(Math.PI * (near ? f : copysign<f64>(0.5, f) - f));
      return Gamma.digamma(1 - x) - Math.PI * (near ? 1 / tangent : tangent);
    }
    if (x >= 10) {
      return NativeMath.log(x) + Gamma.digammaRest(x);
    }
    let rest: f64 = 0;
    if (x < 1) rest = -1 / x++;
    while (x > 2) rest += 1 / --x;
    return (x - ZERO_HIGH - ZERO_LOW) * Polynomial.at(DIGAMMA, 22, x - 1.5) + rest;
  }

  /** digamma(x) - ln x for x ≥ 10. */
  static digammaRest(x: f64): f64 {
    const z = 1 / (x * x);
    return -0.5 / x - z * Polynomial.at(PSI, 7, z);
  }
}
