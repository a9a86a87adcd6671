// The gamma function and its kin. The family closes under differentiation through polygamma(n, x), and
// through differences of polygammas that are computed as such: digamma(a) - digamma(a + b) cancels
// where b is small beside a.
import { Beta as BetaKernel } from "../kernels/math/beta";
import { Gamma as Kernel } from "../kernels/math/gamma";
import { Zeta as Sums } from "../kernels/math/zeta";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { add, constant, multiply, negative } from "./arithmetic";
import { notDifferentiable, nextOrder } from "./functionorder";
import { binary, binaryOp, ternary, ternaryOp, unary, unaryOp } from "./families/elementwise";

/**
 * Logarithm of |gamma(x)|; ∞ at 0 and the negative integers.
 *
 * @example
 * ```ts
 * gammaln([5, 100]); // Tensor(float32) [  3.178054, 359.134216]
 * ```
 */
class Gammaln {
  one(x: f64): f64 { return Kernel.log(x); }
  d(x: Tensor, y: Tensor): Tensor { return digamma(x); }
}
unary<Gammaln>();

/**
 * Gamma function; ±∞ at ±0, NaN at the negative integers.
 *
 * @example
 * ```ts
 * gamma([5, 0.5]); // Tensor(float32) [24.000000,  1.772454]
 * ```
 */
class Gamma {
  one(x: f64): f64 { return Kernel.gamma(x); }
  d(x: Tensor, y: Tensor): Tensor { return multiply(y, digamma(x)); }
}
unary<Gamma>();

/**
 * 1 / gamma(x); 0 at 0 and the negative integers, where its derivatives are right as well.
 *
 * @example
 * ```ts
 * rgamma([0, 5]); // Tensor(float32) [0.000000, 0.041667]
 * ```
 */
class Rgamma {
  one(x: f64): f64 { return Kernel.rgamma(x); }
  d(x: Tensor, y: Tensor): Tensor { return rgammaOf(constant(1, x), x); }
}
unary<Rgamma>();

/** The derivative of order n of 1 / gamma(x). */
class RgammaOf {
  one(n: f64, x: f64): f64 { return Kernel.rgammaOf(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<RgammaOf>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor { return rgammaOf(nextOrder(n), x); }
}
binary<RgammaOf>(Trait.Hidden);

function rgammaOf(n: Tensor, x: Tensor): Tensor { return binaryOp(opCode<RgammaOf>(), n, x); }

/**
 * Derivative of gammaln; NaN at the negative integers, ∓∞ at ±0.
 *
 * @example
 * ```ts
 * digamma([1, 2]); // Tensor(float32) [-0.577216,  0.422784]
 * ```
 */
class Digamma {
  one(x: f64): f64 { return Kernel.digamma(x); }
  d(x: Tensor, y: Tensor): Tensor { return polygamma(constant(1, x), x); }
}
unary<Digamma>();

function digamma(x: Tensor): Tensor { return unaryOp(opCode<Digamma>(), x); }

/**
 * Derivative of order n of digamma, for integers n ≥ 0 (NaN for others; beyond 170 to 1e-12 of its size,
 * as n! alone is no number). It is not differentiable in n.
 *
 * @example
 * ```ts
 * polygamma(1, [1, 2]); // Tensor(float32) [1.644934, 0.644934]
 * ```
 */
class Polygamma {
  one(n: f64, x: f64): f64 { return Sums.polygamma(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Polygamma>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor { return polygamma(nextOrder(n), x); }
}
binary<Polygamma>();

function polygamma(n: Tensor, x: Tensor): Tensor { return binaryOp(opCode<Polygamma>(), n, x); }

/**
 * Hurwitz zeta function, the sum of (q + k) ** -x over k ≥ 0, for x > 1 (∞ at 1, NaN below). Its
 * derivative in x is not supported.
 *
 * @example
 * ```ts
 * zeta(2, [1, 2]); // Tensor(float32) [1.644934, 0.644934]
 * ```
 */
class Zeta {
  one(x: f64, q: f64): f64 { return Sums.sum(x, q, Infinity); }
  dx(x: Tensor, q: Tensor, z: Tensor): Tensor { return notDifferentiable<Zeta>(0); }
  dy(x: Tensor, q: Tensor, z: Tensor): Tensor {
    return multiply(negative(x), binaryOp(opCode<Zeta>(), nextOrder(x), q));
  }
}
binary<Zeta>();

/** polygamma(n, a) - polygamma(n, a + b) */
class PolygammaDrop {
  one(n: f64, a: f64, b: f64): f64 { return Sums.polygammaDrop(n, a, b); }
  dx(n: Tensor, a: Tensor, b: Tensor): Tensor { return notDifferentiable<PolygammaDrop>(0); }
  dy(n: Tensor, a: Tensor, b: Tensor): Tensor { return polygammaDrop(nextOrder(n), a, b); }
  dz(n: Tensor, a: Tensor, b: Tensor): Tensor { return negative(polygamma(nextOrder(n), add(a, b))); }
}
ternary<PolygammaDrop>(Trait.Hidden | Trait.Floating);

export function polygammaDrop(n: Tensor, a: Tensor, b: Tensor): Tensor {
  return ternaryOp(opCode<PolygammaDrop>(), n, a, b, false);
}

/** polygamma(1, a + b) */
export function trigammaOfSum(a: Tensor, b: Tensor): Tensor {
  return polygamma(constant(1, a), add(a, b));
}

/**
 * Beta function gamma(a)·gamma(b) / gamma(a + b).
 *
 * @example
 * ```ts
 * beta(2, [1, 3]); // Tensor(float32) [0.500000, 0.083333]
 * ```
 */
class Beta {
  one(x: f64, y: f64): f64 { return BetaKernel.beta(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor {
    return multiply(z, polygammaDrop(constant(0, x), x, y));
  }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor {
    return multiply(z, polygammaDrop(constant(0, x), y, x));
  }
}
binary<Beta>();

/**
 * Logarithm of |beta(a, b)|.
 *
 * @example
 * ```ts
 * betaln(2, [1, 3]); // Tensor(float32) [-0.693147, -2.484907]
 * ```
 */
class Betaln {
  one(x: f64, y: f64): f64 { return BetaKernel.log(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return polygammaDrop(constant(0, x), x, y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return polygammaDrop(constant(0, x), y, x); }
}
binary<Betaln>();
