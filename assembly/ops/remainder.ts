// Remainders, signs, and the larger or smaller number where NaN stands for nothing.
import { VDivision, Whole } from "../kernels/math/division";
import { Vec } from "../kernels/math/vector";
import { Tensor } from "../tensor/node";
import { opCode } from "../tape/rows";
import { constant, divide, multiply, negative, sign, subtract, wins } from "./arithmetic";
import { isnan } from "./comparison";
import { binary, binaryOp, PASS, ZERO } from "./families/elementwise";
import { round } from "./rounding";
import { where } from "./selection";

/**
 * Remainder x - y·floor(x / y), with the sign of y, as in NumPy and Python; NaN where y = 0 (0 of
 * integers). The derivative in y is -floor(x / y).
 *
 * @example
 * ```ts
 * remainder([7, -7], 3).toArray(); // [1, 2]
 * ```
 */
class Remainder {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return divided<T>(x, y, Whole.Remainder); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negatedMultiple(x, y, z); }
}
binary<Remainder>();

/**
 * Remainder x - y·trunc(x / y), with the sign of x, as in C; NaN where y = 0 (0 of integers). The
 * derivative in y is -trunc(x / y).
 *
 * @example
 * ```ts
 * fmod([7, -7], 3).toArray(); // [1, -1]
 * ```
 */
class Fmod {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return divided<T>(x, y, Whole.Fmod); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return PASS; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return negatedMultiple(x, y, z); }
}
binary<Fmod>();

/** -(x - z) / y, an integer. */
function negatedMultiple(x: Tensor, y: Tensor, z: Tensor): Tensor {
  return negative(round(divide(subtract(x, z), y)));
}

/**
 * Largest integer ≤ x / y, in the operands' dtype; of integers 0 where y = 0. Derivative zero.
 *
 * @example
 * ```ts
 * floorDivide([7, -7], 2).toArray(); // [3, -4]
 * ```
 */
class FloorDivide {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 {
    if (isInteger<T>()) return whole(x, y, Whole.Quotient);
    else return VDivision.floor<T>(x, y);
  }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return ZERO; }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return ZERO; }
}
binary<FloorDivide>();

/** What division leaves. */
function divided<T>(x: v128, y: v128, kind: Whole): v128 {
  if (isInteger<T>()) return whole(x, y, kind);
  else return VDivision.f<T>(x, y, kind);
}

/** What division of int32 leaves, lane by lane. */
function whole(x: v128, y: v128, kind: Whole): v128 {
  return i32x4(
    wholeOne(i32x4.extract_lane(x, 0), i32x4.extract_lane(y, 0), kind),
    wholeOne(i32x4.extract_lane(x, 1), i32x4.extract_lane(y, 1), kind),
    wholeOne(i32x4.extract_lane(x, 2), i32x4.extract_lane(y, 2), kind),
    wholeOne(i32x4.extract_lane(x, 3), i32x4.extract_lane(y, 3), kind),
  );
}

function wholeOne(x: i32, y: i32, kind: Whole): i32 {
  if (y == 0) return 0;
  if (y == -1) return kind == Whole.Quotient ? -x : 0; // -2^31 / -1 would trap
  const rest = x % y;
  if (kind == Whole.Fmod) return rest;
  const below = rest != 0 && rest < 0 != y < 0;
  if (kind == Whole.Quotient) return x / y - i32(below);
  return below ? rest + y : rest;
}

/**
 * |x| with the sign of y, be it that of a zero. The derivative in x is ±1, and 0 at 0.
 *
 * @example
 * ```ts
 * copysign([1, 2], [-1, 1]).toArray(); // [-1, 2]
 * ```
 */
class Copysign {
  @inline f<T>(x: v128, y: v128): v128 { return v128.bitselect(y, x, Vec.signBit<T>()); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor {
    return multiply(sign(x), binaryOp(opCode<Copysign>(), constant(1, x), y));
  }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return ZERO; }
}
binary<Copysign>();

/**
 * Larger of x and y, broadcast; where one is NaN, the other one. At ties the derivative is shared
 * equally.
 *
 * @example
 * ```ts
 * fmax([1, NaN], [2, 3]).toArray(); // [2, 3]
 * ```
 */
class Fmax {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return number<T>(x, y, v128.max<T>(x, y)); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return chosen(wins(x, y), y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return chosen(wins(y, x), x); }
}
binary<Fmax>();

/**
 * Smaller of x and y, broadcast; where one is NaN, the other one. At ties the derivative is shared
 * equally.
 *
 * @example
 * ```ts
 * fmin([1, NaN], [2, 3]).toArray(); // [1, 3]
 * ```
 */
class Fmin {
  ints: bool;
  @inline f<T>(x: v128, y: v128): v128 { return number<T>(x, y, v128.min<T>(x, y)); }
  dx(x: Tensor, y: Tensor, z: Tensor): Tensor { return chosen(wins(y, x), y); }
  dy(x: Tensor, y: Tensor, z: Tensor): Tensor { return chosen(wins(x, y), x); }
}
binary<Fmin>();

/** z, but that of x and y which is a number where only one is. */
function number<T>(x: v128, y: v128, z: v128): v128 {
  if (isInteger<T>()) return z;
  return v128.bitselect(v128.bitselect(z, x, v128.eq<T>(y, y)), y, v128.eq<T>(x, x));
}

/** The slope, and 1 where the other operand is NaN. */
function chosen(slope: Tensor, other: Tensor): Tensor {
  return where(isnan(other), constant(1, slope), slope);
}
