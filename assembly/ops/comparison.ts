// Comparisons and logic: bools, derivative zero. NaN compares as IEEE 754 says.
import { Tensor } from "../tensor/node";
import { opCode, Trait } from "../tape/rows";
import { binaryOp, comparison, predicate, unaryOp } from "./families/elementwise";

export function equal(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Equal>(), x, y);
}
export function greater(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Greater>(), x, y);
}
export function less(x: Tensor, y: Tensor): Tensor {
  return binaryOp(opCode<Less>(), x, y);
}

export function isnan(x: Tensor): Tensor {
  return unaryOp(opCode<Isnan>(), x);
}

/**
 * x = y, element by element.
 *
 * @example
 * ```ts
 * equal([1, 2, 3], 2).toArray(); // [false, true, false]
 * ```
 */
class Equal {
  @inline f<T>(x: v128, y: v128): v128 { return v128.eq<T>(x, y); }
}
comparison<Equal>();

/**
 * x ≠ y, element by element.
 *
 * @example
 * ```ts
 * notEqual([1, 2, 3], 2).toArray(); // [true, false, true]
 * ```
 */
class NotEqual {
  @inline f<T>(x: v128, y: v128): v128 { return v128.ne<T>(x, y); }
}
comparison<NotEqual>();

/**
 * x > y, element by element.
 *
 * @example
 * ```ts
 * greater([1, 2, 3], 2).toArray(); // [false, false, true]
 * ```
 */
class Greater {
  @inline f<T>(x: v128, y: v128): v128 { return v128.gt<T>(x, y); }
}
comparison<Greater>();

/**
 * x ≥ y, element by element.
 *
 * @example
 * ```ts
 * greaterEqual([1, 2, 3], 2).toArray(); // [false, true, true]
 * ```
 */
class GreaterEqual {
  @inline f<T>(x: v128, y: v128): v128 { return v128.ge<T>(x, y); }
}
comparison<GreaterEqual>();

/**
 * x < y, element by element.
 *
 * @example
 * ```ts
 * less([1, 2, 3], 2).toArray(); // [true, false, false]
 * ```
 */
class Less {
  @inline f<T>(x: v128, y: v128): v128 { return v128.lt<T>(x, y); }
}
comparison<Less>();

/**
 * x ≤ y, element by element.
 *
 * @example
 * ```ts
 * lessEqual([1, 2, 3], 2).toArray(); // [true, true, false]
 * ```
 */
class LessEqual {
  @inline f<T>(x: v128, y: v128): v128 { return v128.le<T>(x, y); }
}
comparison<LessEqual>();

/**
 * True where x and y both are (not zero).
 *
 * @example
 * ```ts
 * logicalAnd([0, 1], [2, 3]).toArray(); // [false, true]
 * ```
 */
class LogicalAnd {
  @inline f<T>(x: v128, y: v128): v128 { return i32x4.ne(v128.and(x, y), i32x4.splat(0)); }
}
comparison<LogicalAnd>(Trait.Logical);

/**
 * True where x or y is (not zero).
 *
 * @example
 * ```ts
 * logicalOr([0, 0], [2, 0]).toArray(); // [true, false]
 * ```
 */
class LogicalOr {
  @inline f<T>(x: v128, y: v128): v128 { return i32x4.ne(v128.or(x, y), i32x4.splat(0)); }
}
comparison<LogicalOr>(Trait.Logical);

/**
 * True where exactly one of x and y is (not zero).
 *
 * @example
 * ```ts
 * logicalXor([0, 1], [2, 3]).toArray(); // [true, false]
 * ```
 */
class LogicalXor {
  @inline f<T>(x: v128, y: v128): v128 { return i32x4.ne(v128.xor(x, y), i32x4.splat(0)); }
}
comparison<LogicalXor>(Trait.Logical);

/**
 * True where x is zero.
 *
 * @example
 * ```ts
 * logicalNot([0, 1]).toArray(); // [true, false]
 * ```
 */
class LogicalNot {
  @inline f<T>(x: v128): v128 { return i32x4.eq(x, i32x4.splat(0)); }
}
predicate<LogicalNot>(Trait.Logical);

/**
 * True where x is NaN.
 *
 * @example
 * ```ts
 * isnan([1, NaN]).toArray(); // [false, true]
 * ```
 */
class Isnan {
  @inline f<T>(x: v128): v128 { return v128.ne<T>(x, x); }
}
predicate<Isnan>(Trait.Floating);

/**
 * True where x is infinite.
 *
 * @example
 * ```ts
 * isinf([1, -Infinity]).toArray(); // [false, true]
 * ```
 */
class Isinf {
  @inline f<T>(x: v128): v128 { return v128.eq<T>(v128.abs<T>(x), v128.splat<T>(<T>Infinity)); }
}
predicate<Isinf>(Trait.Floating);

/**
 * True where x is neither infinite nor NaN.
 *
 * @example
 * ```ts
 * isfinite([1, NaN, Infinity]).toArray(); // [true, false, false]
 * ```
 */
class Isfinite {
  @inline f<T>(x: v128): v128 { return v128.lt<T>(v128.abs<T>(x), v128.splat<T>(<T>Infinity)); }
}
predicate<Isfinite>(Trait.Floating);
