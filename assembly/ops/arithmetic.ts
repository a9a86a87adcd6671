// Sums, products, powers and what is built of them. Exact to the last bit but for power.
import { DType } from "../shared/dtype";
import { Fault } from "../shared/fault";
import { LIntPow } from "../kernels/math/intpow";
import { Pow } from "../kernels/math/lanes";
import { VPower } from "../kernels/math/power";
import { fail, setOp } from "../tensor/fault";
import { dtypeOf, isFloat_, Tensor } from "../tensor/node";
import { number } from "../tape/constants";
import { opCode, Trait } from "../tape/rows";
import { equal, less } from "./comparison";
import { binary, binaryOp, hiddenUnary, NEGATED, PASS, unary, unaryOp, ZERO } from "./families/elementwise";
import { smallest } from "./reduction";
import { where } from "./selection";
import { log } from "./transcendental";

export function add(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Add>(), x, y);
}
export function subtract(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Subtract>(), x, y);
}
export function multiply(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Multiply>(), x, y);
}
export function divide(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Divide>(), x, y);
}
export function power(x: Tensor, y: Tensor): Tensor {
  const op = opCode<Power>();
  if (x && y && !isFloat_(dtypeOf(x)) && dtypeOf(y) == DType.Int32) {
    const exponent = smallest(y);
    if (exponent < 0) {
      setOp(op);
      return fail(Fault.NegativePower, exponent);
    }
  }
  return binaryOp(op, x, y);
}
export function maskedMultiply(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<MaskedMultiply>(), x, y);
}
function negatedQuotient(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<NegatedQuotient>(), x, y);
}
export function negative(x: Tensor): Tensor {
  return unaryOp(opCode<Negative>(), x);
}
export function square(x: Tensor): Tensor {
  return unaryOp(opCode<Square>(), x);
}
export function sqrt(x: Tensor): Tensor {
  return unaryOp(opCode<Sqrt>(), x);
}
export function reciprocal(x: Tensor): Tensor {
  return unaryOp(opCode<Reciprocal>(), x);
}
export function sign(x: Tensor): Tensor {
  return unaryOp(opCode<Sign>(), x);
}
/** The number c in x's dtype. */
export function constant(c: f64, x: Tensor): Tensor {
  return x ? number(c, dtypeOf(x)) : 0;
}
/** 1 in x's dtype where the condition holds, else 0. */
export function oneWhere(condition: Tensor, x: Tensor): Tensor {
  return where(condition, constant(1, x), constant(0, x));
}
/** c·x */
export function scale(c: f64, x: Tensor): Tensor {
  return multiply(constant(c, x), x);
}

/**
 * Sum x + y, broadcast.
 *
 * @example
 * ```ts
 * add([1, 2], 10).toArray(); // [11, 12]
 * ```
 */
export class Add {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return v128.add<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
}
binary<Add>();

/**
 * Difference x - y, broadcast.
 *
 * @example
 * ```ts
 * subtract([1, 2], 10).toArray(); // [-9, -8]
 * ```
 */
export class Subtract {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return v128.sub<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return NEGATED; }
}
binary<Subtract>();

/**
 * Product x · y, element by element, broadcast.
 *
 * @example
 * ```ts
 * multiply([[1], [2]], [3, 4]).toArray(); // [[3, 4], [6, 8]]
 * ```
 */
export class Multiply {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return v128.mul<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return y; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return x; }
}
binary<Multiply>();

/** Product that is 0 wherever a factor is 0, even if the other is infinite or NaN. */
export class MaskedMultiply {
  @inline f<T>(x: v128, y: v128): v128 {
    const zero = v128.splat<T>(<T>0);
    const dead = v128.or(v128.eq<T>(x, zero), v128.eq<T>(y, zero));
    return v128.andnot(v128.mul<T>(x, y), dead);
  }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return y; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return x; }
}
binary<MaskedMultiply>(Trait.Hidden);

/**
 * Quotient x / y, broadcast; always a float.
 *
 * @example
 * ```ts
 * divide([1, 2], 4).toArray(); // [0.25, 0.5]
 * ```
 */
class Divide {
  @inline f<T>(x: v128, y: v128): v128 { return v128.div<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return reciprocal(y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negatedQuotient(z, y); }
}
binary<Divide>();

/** -(x / y), the slope of a quotient in one pass. */
class NegatedQuotient {
  @inline f<T>(x: v128, y: v128): v128 { return v128.neg<T>(v128.div<T>(x, y)); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return negatedQuotient(constant(1, y), y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negatedQuotient(z, y); }
}
binary<NegatedQuotient>(Trait.Hidden);

/**
 * Power x ** y, broadcast. Of integers an integer (a negative exponent is an error); 0 ** 0 is 1.
 * The derivative in x is 0 where y = 0; the one in y, where x = 0, is 0 for y ≥ 0 and -∞ below.
 *
 * @example
 * ```ts
 * power([1, 2, 3], 2).toArray(); // [1, 4, 9]
 * ```
 */
class Power {
  ints: bool;
  f<T>(x: v128, y: v128): v128 { return LIntPow.f(x, y); }
  one(x: f64, y: f64): f64 { return Pow.one(x, y); }
  wide(x: v128, y: v128): v128 { return VPower.f(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor {
    return maskedMultiply(y, power(x, subtract(y, constant(1, y))));
  }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor {
    const zero = constant(0, x);
    const dead = equal(x, zero);
    const base = where(dead, constant(1, x), x);
    const slope = multiply(z, log(base));
    return where(dead, where(less(y, zero), constant(-Infinity, x), zero), slope);
  }
}
binary<Power>();

/**
 * -x.
 *
 * @example
 * ```ts
 * negative([1, -2]).toArray(); // [-1, 2]
 * ```
 */
export class Negative {
  ints: bool;
  @inline f<T>(x: v128): v128 { return v128.neg<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return NEGATED; }
}
unary<Negative>();

/**
 * Absolute value |x|; derivative 0 at 0.
 *
 * @example
 * ```ts
 * abs([-2, 3]).toArray(); // [2, 3]
 * ```
 */
class Abs {
  ints: bool;
  @inline f<T>(x: v128): v128 { return v128.abs<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return sign(x); }
}
unary<Abs>();

/**
 * Sign of x: -1, 0 or 1; NaN stays NaN.
 *
 * @example
 * ```ts
 * sign([-2, 0, 3]).toArray(); // [-1, 0, 1]
 * ```
 */
class Sign {
  ints: bool;
  @inline f<T>(x: v128): v128 {
    const one = v128.splat<T>(<T>1);
    const zero = v128.splat<T>(<T>0);
    const up = v128.and(v128.gt<T>(x, zero), one);
    const down = v128.and(v128.lt<T>(x, zero), one);
    return v128.bitselect(x, v128.sub<T>(up, down), v128.ne<T>(x, x));
  }
  d(x: Tensor, y: Tensor): Tensor { return ZERO; }
}
unary<Sign>();

/**
 * x².
 *
 * @example
 * ```ts
 * square([1, -3]).toArray(); // [1, 9]
 * ```
 */
export class Square {
  ints: bool;
  @inline f<T>(x: v128): v128 { return v128.mul<T>(x, x); }
  d(x: Tensor, y: Tensor): Tensor { return scale(2, x); }
}
unary<Square>();

/**
 * Square root; its derivative at 0 is infinite.
 *
 * @example
 * ```ts
 * sqrt([4, 2]); // Tensor(float32) [2.000000, 1.414214]
 * ```
 */
class Sqrt {
  @inline f<T>(x: v128): v128 { return v128.sqrt<T>(x); }
  d(x: Tensor, y: Tensor): Tensor { return divide(constant(0.5, y), y); }
}
unary<Sqrt>();

/**
 * 1 / x.
 *
 * @example
 * ```ts
 * reciprocal([2, 4]).toArray(); // [0.5, 0.25]
 * ```
 */
export class Reciprocal {
  @inline f<T>(x: v128): v128 { return v128.div<T>(v128.splat<T>(<T>1), x); }
  d(x: Tensor, y: Tensor): Tensor { return unaryOp(opCode<NegatedSquare>(), y); }
}
unary<Reciprocal>();

/** -x², the slope of a reciprocal in one pass. */
class NegatedSquare {
  @inline f<T>(x: v128): v128 { return v128.neg<T>(v128.mul<T>(x, x)); }
  d(x: Tensor, y: Tensor): Tensor { return scale(-2, x); }
}
hiddenUnary<NegatedSquare>();

/**
 * Larger of x and y, broadcast; NaN if either is. At ties the derivative is shared equally.
 *
 * @example
 * ```ts
 * maximum([1, 5], 3).toArray(); // [3, 5]
 * ```
 */
class Maximum {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return v128.max<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return wins(x, y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return wins(y, x); }
}
binary<Maximum>();

/**
 * Smaller of x and y, broadcast; NaN if either is. At ties the derivative is shared equally.
 *
 * @example
 * ```ts
 * minimum([1, 5], 3).toArray(); // [1, 3]
 * ```
 */
class Minimum {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return v128.min<T>(x, y); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return wins(y, x); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return wins(x, y); }
}
binary<Minimum>();

/** 1 where x > y, a half where they are equal, else 0. */
class Wins {
  @inline f<T>(x: v128, y: v128): v128 {
    const half = v128.splat<T>(<T>0.5);
    const least = v128.and(v128.ge<T>(x, y), half);
    return v128.add<T>(least, v128.and(v128.gt<T>(x, y), half));
  }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return ZERO; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return ZERO; }
}
binary<Wins>(Trait.Hidden);

export function wins(x: Tensor, y: Tensor): Tensor { return binaryOp(opCode<Wins>(), x, y); }

/** The op code of Divide, whose operands are always floats. */
export function divideCode(): u32 {
  return opCode<Divide>();
}

/** The op code of Power. */
export function powerCode(): u32 {
  return opCode<Power>();
}
