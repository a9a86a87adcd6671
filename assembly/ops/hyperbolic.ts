// Inverse hyperbolic functions, lengths and angles in the plane, roots, and logarithms to other bases.
// Derivatives are products of factors that never cancel: 1 / √((x - 1)(x + 1)) instead of
// 1 / √(x² - 1), and cosines instead of differences of squares.
import { VArea } from "../kernels/math/area";
import { VExp2 } from "../kernels/math/exp";
import { Pair } from "../kernels/math/lanes";
import { VLogBase } from "../kernels/math/log";
import { VPlane } from "../kernels/math/plane";
import { VSumExp } from "../kernels/math/sumexp";
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import {
  add,
  constant,
  divide,
  multiply,
  negative,
  reciprocal,
  scale,
  sqrt,
  square,
  subtract,
} from "./arithmetic";
import { binary, binaryOp, NEGATED, PASS, unary } from "./families/elementwise";
import { sigmoid, oneMinusSquare } from "./transcendental";

/**
 * Inverse hyperbolic sine.
 *
 * @example
 * ```ts
 * asinh([0, 1]); // Tensor(float32) [0.000000, 0.881374]
 * ```
 */
class Asinh {
  long: bool;
  @inline f<T>(x: v128): v128 { return VArea.sinh<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return reciprocal(hypot(constant(1, x), x)); }
}
unary<Asinh>();

/**
 * Inverse hyperbolic cosine; NaN below 1.
 *
 * @example
 * ```ts
 * acosh([1, 2]); // Tensor(float32) [0.000000, 1.316958]
 * ```
 */
class Acosh {
  long: bool;
  @inline f<T>(x: v128): v128 { return VArea.cosh<T>(x); }
  d(x: Tensor, y: Tensor): Tensor {
    const one = constant(1, x);
    return multiply(reciprocal(sqrt(subtract(x, one))), reciprocal(sqrt(add(x, one))));
  }
}
unary<Acosh>();

/**
 * Inverse hyperbolic tangent; NaN outside [-1, 1], infinite at its ends.
 *
 * @example
 * ```ts
 * atanh([0, 0.5]); // Tensor(float32) [0.000000, 0.549306]
 * ```
 */
class Atanh {
  long: bool;
  @inline f<T>(x: v128): v128 { return VArea.tanh<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return reciprocal(oneMinusSquare(x)); }
}
unary<Atanh>();

/**
 * Cube root, of negative numbers too; its derivative at 0 is infinite.
 *
 * @example
 * ```ts
 * cbrt([27, -8]).toArray(); // [3, -2]
 * ```
 */
class Cbrt {
  one(x: f64): f64 { return NativeMath.cbrt(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(1.0 / 3, square(reciprocal(y))); }
}
unary<Cbrt>();

/**
 * 2 to the power x; exact for integers.
 *
 * @example
 * ```ts
 * exp2([3, -1]).toArray(); // [8, 0.5]
 * ```
 */
class Exp2 {
  @inline f<T>(x: v128): v128 { return VExp2.f<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(Math.LN2, y); }
}
unary<Exp2>();

/**
 * Logarithm to base 2, exact for powers of 2; -∞ at 0, NaN below.
 *
 * @example
 * ```ts
 * log2([8, 0.5]).toArray(); // [3, -1]
 * ```
 */
class Log2 {
  long: bool;
  @inline f<T>(x: v128): v128 { return VLogBase.twoOfFour(x); }
  wide(x: v128): v128 { return VLogBase.two(x); }
  d(x: Tensor, y: Tensor): Tensor { return divide(constant(Math.LOG2E, x), x); }
}
unary<Log2>();

/**
 * Logarithm to base 10; -∞ at 0, NaN below.
 *
 * @example
 * ```ts
 * log10([1000, 0.01]).toArray(); // [3, -2]
 * ```
 */
class Log10 {
  long: bool;
  @inline f<T>(x: v128): v128 { return VLogBase.tenOfFour(x); }
  wide(x: v128): v128 { return VLogBase.ten(x); }
  d(x: Tensor, y: Tensor): Tensor { return divide(constant(Math.LOG10E, x), x); }
}
unary<Log10>();

function hypot(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<Hypot>(), x, y); }
function cosine(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<Cosine>(), x, y); }

/**
 * √(x² + y²) without overflow; both derivatives are 0 at the origin.
 *
 * @example
 * ```ts
 * hypot(3, [4, 0]).toArray(); // [5, 3]
 * ```
 */
class Hypot {
  @inline f<T>(x: v128, y: v128): v128 { return VPlane.hypot<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return cosine(x, y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return cosine(y, x); }
}
binary<Hypot>();

/** x / hypot(x, y): with c and s, the cosine and sine, c' = s² / r along x and -cs / r along y. */
class Cosine {
  long: bool;
  @inline f<T>(x: v128, y: v128): v128 { return VPlane.cosine<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor {
    const sine = cosine(y, x);
    return multiply(sine, divide(sine, hypot(x, y)));
  }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor {
    return negative(multiply(z, divide(cosine(y, x), hypot(x, y))));
  }
}
binary<Cosine>(Trait.Hidden);

/**
 * Angle of the point (y, x), in -π … π: atan(y / x) in its right quadrant.
 *
 * @example
 * ```ts
 * atan2([1, -1], [1, -1]); // Tensor(float32) [ 0.785398, -2.356194]
 * ```
 */
class Atan2 {
  wide(y: v128, x: v128): v128 { return VPlane.angle(y, x); }
  dx(y: Tensor, x: Tensor, z: Tensor): Tensor { return inverse(x, y); }
  dy(y: Tensor, x: Tensor, z: Tensor): Tensor { return negative(inverse(y, x)); }
}
binary<Atan2>();

/** x / (x² + y²), the real part of w = 1 / (x + iy); inverse(y, x) is minus the imaginary part. */
class Inverse {
  wide(x: v128, y: v128): v128 { return VPlane.inverse(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return binaryOp(opCode<InverseSlope>(), x, y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return scale(-2, multiply(z, inverse(y, x))); }
}
binary<Inverse>(Trait.Hidden);

function inverse(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<Inverse>(), x, y); }

/** (y² - x²) / (x² + y²)², the real part of -w²; its slopes are the parts of 2w³. */
class InverseSlope {
  one(x: f64, y: f64): f64 { return Pair.inverseSlope(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return cubic(inverse(x, y), inverse(y, x)); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negative(cubic(inverse(y, x), inverse(x, y))); }
}
binary<InverseSlope>(Trait.Hidden);

/** 2 u (u² - 3 v²), without squares that may overflow. */
function cubic(u: Tensor, v: Tensor): Tensor {
  const root = scale(1.7320508075688772, v);
  return multiply(multiply(scale(2, u), subtract(u, root)), add(u, root));
}

/** x - y, and 0 where they are equal, be they infinite. */
class Gap {
  @inline f<T>(x: v128, y: v128): v128 { return v128.andnot(v128.sub<T>(x, y), v128.eq<T>(x, y)); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return NEGATED; }
}
binary<Gap>(Trait.Hidden);

function gap(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<Gap>(), x, y); }

/**
 * log(exp(x) + exp(y)) without overflow. Where x = y each derivative is a half, at infinity too.
 *
 * @example
 * ```ts
 * logaddexp([0, 1000], [0, 1000]); // Tensor(float32) [   0.693147, 1000.693176]
 * ```
 */
class Logaddexp {
  wide(x: v128, y: v128): v128 { return VSumExp.e(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return sigmoid(gap(x, y)); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return sigmoid(gap(y, x)); }
}
binary<Logaddexp>();

/**
 * log2(2 ** x + 2 ** y) without overflow. Where x = y each derivative is a half, at infinity too.
 *
 * @example
 * ```ts
 * logaddexp2([0, 3], [0, 3]).toArray(); // [1, 4]
 * ```
 */
class Logaddexp2 {
  wide(x: v128, y: v128): v128 { return VSumExp.two(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return sigmoid(scale(Math.LN2, gap(x, y))); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return sigmoid(scale(Math.LN2, gap(y, x))); }
}
binary<Logaddexp2>();
