// Bessel functions. Derivatives are means of the neighbouring orders, in which nothing cancels.
import { Bessel, BesselSlope } from "../kernels/math/bessel";
import { ModifiedBessel } from "../kernels/math/modifiedbessel";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { add, constant, scale, subtract } from "./arithmetic";
import { nextOrder, notDifferentiable, orderBefore } from "./functionorder";
import { binary, binaryOp, ternary, ternaryOp } from "./families/elementwise";

/**
 * Bessel function of the first kind, of integer order n (NaN for other orders, and beyond 100,000). It
 * is not differentiable in n.
 *
 * @example
 * ```ts
 * jn(2, [0, 1]); // Tensor(float32) [0.000000, 0.114903]
 * ```
 */
class Jn {
  one(n: f64, x: f64): f64 { return Bessel.j(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Jn>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor {
    const before = binaryOp(opCode<Jn>(), orderBefore(n), x);
    return scale(0.5, subtract(before, binaryOp(opCode<Jn>(), nextOrder(n), x)));
  }
}
binary<Jn>();

/**
 * Bessel function of the second kind, of integer order n (NaN for other orders); -∞ at 0, NaN below. It
 * is not differentiable in n.
 *
 * @example
 * ```ts
 * yn(2, [1, 2]); // Tensor(float32) [-1.650683, -0.617408]
 * ```
 */
class Yn {
  one(n: f64, x: f64): f64 { return Bessel.y(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Yn>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor { return ynOf(constant(1, n), n, x); }
}
binary<Yn>();

/** The derivative of order k of yn(n, x), which is ±∞ at 0. */
class YnOf {
  one(k: f64, n: f64, x: f64): f64 { return BesselSlope.y(k, n, x); }
  dx(k: Tensor, n: Tensor, x: Tensor): Tensor { return notDifferentiable<YnOf>(0); }
  dy(k: Tensor, n: Tensor, x: Tensor): Tensor { return notDifferentiable<Yn>(0); }
  dz(k: Tensor, n: Tensor, x: Tensor): Tensor { return ynOf(nextOrder(k), n, x); }
}
ternary<YnOf>(Trait.Hidden | Trait.Floating);

function ynOf(k: Tensor, n: Tensor, x: Tensor): Tensor {
  return ternaryOp(opCode<YnOf>(), k, n, x, false);
}

/**
 * Modified Bessel function of the first kind, of real order v; NaN for x < 0 unless v is an integer. It
 * is not differentiable in v.
 *
 * @example
 * ```ts
 * iv(1, [0, 1]); // Tensor(float32) [0.000000, 0.565159]
 * ```
 */
class Iv {
  one(v: f64, x: f64): f64 { return ModifiedBessel.i(v, x); }
  dx(v: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Iv>(0); }
  dy(v: Tensor, x: Tensor, y: Tensor): Tensor {
    const before = binaryOp(opCode<Iv>(), orderBefore(v), x);
    return scale(0.5, add(before, binaryOp(opCode<Iv>(), nextOrder(v), x)));
  }
}
binary<Iv>();

/**
 * iv(v, x)·exp(-|x|), which does not overflow. It is not differentiable in v.
 *
 * @example
 * ```ts
 * ive(1, [0, 1]); // Tensor(float32) [0.00000, 0.20791]
 * ```
 */
class Ive {
  one(v: f64, x: f64): f64 { return ModifiedBessel.scaled(0, v, x); }
  dx(v: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Ive>(0); }
  dy(v: Tensor, x: Tensor, y: Tensor): Tensor { return iveOf(constant(1, x), v, x); }
}
binary<Ive>();

/** The derivative of order n of ive(v, x). */
class IveOf {
  one(n: f64, v: f64, x: f64): f64 { return ModifiedBessel.scaled(n, v, x); }
  dx(n: Tensor, v: Tensor, x: Tensor): Tensor { return notDifferentiable<IveOf>(0); }
  dy(n: Tensor, v: Tensor, x: Tensor): Tensor { return notDifferentiable<Ive>(0); }
  dz(n: Tensor, v: Tensor, x: Tensor): Tensor { return iveOf(nextOrder(n), v, x); }
}
ternary<IveOf>(Trait.Hidden | Trait.Floating);

function iveOf(n: Tensor, v: Tensor, x: Tensor): Tensor {
  return ternaryOp(opCode<IveOf>(), n, v, x, false);
}
