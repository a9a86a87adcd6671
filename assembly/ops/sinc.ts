// sin(πx) / (πx), whose derivatives are made of spherical Bessel functions, so that nothing cancels.
import { SphericalBessel, VSinc } from "../kernels/math/sinc";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { add, constant, divide, multiply, scale, subtract } from "./arithmetic";
import { nextOrder, notDifferentiable, orderBefore } from "./functionorder";
import { binary, binaryOp, unary } from "./families/elementwise";

/**
 * sin(πx) / (πx); 1 at 0, exactly 0 at other integers.
 *
 * @example
 * ```ts
 * sinc([0, 0.5]); // Tensor(float32) [1.00000, 0.63662]
 * ```
 */
class Sinc {
  wide(x: v128): v128 { return VSinc.f(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(-Math.PI, spherical(constant(1, x), x)); }
}
unary<Sinc>();

/** Spherical Bessel function of order n at πx: (2n + 1) j(n)' = n j(n - 1) - (n + 1) j(n + 1). */
class Spherical {
  one(n: f64, x: f64): f64 { return SphericalBessel.j(n, x); }
  dx(n: Tensor, x: Tensor, y: Tensor): Tensor { return notDifferentiable<Spherical>(0); }
  dy(n: Tensor, x: Tensor, y: Tensor): Tensor {
    const next = nextOrder(n);
    const before = multiply(n, spherical(orderBefore(n), x));
    const difference = subtract(before, multiply(next, spherical(next, x)));
    return divide(scale(Math.PI, difference), add(n, next));
  }
}
binary<Spherical>(Trait.Hidden);

function spherical(n: Tensor, x: Tensor): Tensor { return binaryOp(opCode<Spherical>(), n, x); }
