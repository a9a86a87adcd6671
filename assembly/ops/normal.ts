// Error functions and the normal distribution. Their slopes are exp(-c x²), computed without the error
// that squaring x first would bring into the exponent.
import { Normal, VErfc, VGauss } from "../kernels/math/normal";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { constant, maskedMultiply, multiply, negative, scale, square, subtract } from "./arithmetic";
import { nextOrder, notDifferentiable } from "./functionorder";
import { binary, binaryOp, hiddenUnary, unary, unaryOp } from "./families/elementwise";

const TWO_OVER_SQRT_PI: f64 = 1.1283791670955126;
const SQRT_TWO_PI: f64 = 2.5066282746310002;

/** exp(-c x²) for c = ±1 or ±1/2. */
class Gauss {
  wide(c: v128, x: v128): v128 { return VGauss.f(c, x); }
  dx(c: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Gauss>(0); }
  dy(c: Tensor, x: Tensor, y: Tensor): Tensor { return maskedMultiply(multiply(scale(-2, c), x), y); }
}
binary<Gauss>(Trait.Hidden);

/** exp(-c x²) */
export function gauss(c: f64, x: Tensor): Tensor { return binaryOp(opCode<Gauss>(), constant(c, x), x); }

/**
 * Complementary error function 1 - erf(x), accurate where it is small.
 *
 * @example
 * ```ts
 * erfc([0, 1]); // Tensor(float32) [1.000000, 0.157299]
 * ```
 */
class Erfc {
  @inline f<T>(x: v128): v128 { return VErfc.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(-TWO_OVER_SQRT_PI, gauss(1, x)); }
}
unary<Erfc>();

/**
 * Inverse of erf; ±∞ at ±1, NaN beyond.
 *
 * @example
 * ```ts
 * erfinv([0, 0.5]); // Tensor(float32) [0.000000, 0.476936]
 * ```
 */
class Erfinv {
  one(x: f64): f64 { return Normal.erfinv(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(1 / TWO_OVER_SQRT_PI, gauss(-1, y)); }
}
unary<Erfinv>();

/**
 * Inverse of erfc; ∞ at 0, -∞ at 2, NaN outside.
 *
 * @example
 * ```ts
 * erfcinv([1, 0.5]); // Tensor(float32) [0.000000, 0.476936]
 * ```
 */
class Erfcinv {
  one(x: f64): f64 { return Normal.erfcinv(x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<ErfcinvSlope>(), x); }
}
unary<Erfcinv>();

/** The slope s of y = erfcinv(x), which rounding y does not disturb: s' = 2 y s². */
class ErfcinvSlope {
  one(x: f64): f64 { return Normal.erfcinvSlope(x); }
  d(x: Tensor, s: Tensor): Tensor {
    return scale(2, multiply(unaryOp(opCode<Erfcinv>(), x), square(s)));
  }
}
hiddenUnary<ErfcinvSlope>();

/**
 * Distribution function of the normal distribution: the probability of less than x.
 *
 * @example
 * ```ts
 * ndtr([0, 1]); // Tensor(float32) [0.500000, 0.841345]
 * ```
 */
class Ndtr {
  one(x: f64): f64 { return Normal.ndtr(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(1 / SQRT_TWO_PI, gauss(0.5, x)); }
}
unary<Ndtr>();

export function ndtr(x: Tensor): Tensor { return unaryOp(opCode<Ndtr>(), x); }

/**
 * Inverse of ndtr; -∞ at 0, ∞ at 1, NaN outside.
 *
 * @example
 * ```ts
 * ndtri([0.5, 0.975]); // Tensor(float32) [0.000000, 1.959964]
 * ```
 */
class Ndtri {
  one(x: f64): f64 { return Normal.ndtri(x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<NdtriSlope>(), x); }
}
unary<Ndtri>();

/** The slope s of y = ndtri(x): s' = y s². */
class NdtriSlope {
  one(x: f64): f64 { return Normal.ndtriSlope(x); }
  d(x: Tensor, s: Tensor): Tensor { return multiply(unaryOp(opCode<Ndtri>(), x), square(s)); }
}
hiddenUnary<NdtriSlope>();

/**
 * Logarithm of ndtr(x), accurate far to both sides.
 *
 * @example
 * ```ts
 * logNdtr([0, -20]); // Tensor(float32) [  -0.693147, -203.917160]
 * ```
 */
class LogNdtr {
  one(x: f64): f64 { return Normal.logNdtr(x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<Mills>(), x); }
}
unary<LogNdtr>();

/** Density divided by distribution function, m: m' = -m (x + m), where x + m is the first hazard. */
class Mills {
  one(x: f64): f64 { return Normal.mills(x); }
  d(x: Tensor, y: Tensor): Tensor { return negative(maskedMultiply(y, hazard(constant(1, x), x))); }
}
hiddenUnary<Mills>();

/** Tails of the continued fraction of mills(x): h(n)' = h(n) (h(n + 1) - h(n)), and nothing cancels. */
class Hazard {
  one(n: f64, x: f64): f64 { return Normal.hazard(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Hazard>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor {
    return multiply(y, subtract(hazard(nextOrder(n), x), y));
  }
}
binary<Hazard>(Trait.Hidden);

function hazard(n: Tensor, x: Tensor): Tensor { return binaryOp(opCode<Hazard>(), n, x); }
