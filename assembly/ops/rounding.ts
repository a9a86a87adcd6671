// Rounding to integers: same dtype, derivative zero.
import { Tensor } from "../tensor/node";
import { opCode } from "../tape/rows";
import { step, unaryOp } from "./families/elementwise";

export function round(x: Tensor): Tensor { return unaryOp(opCode<Round>(), x); }

/**
 * Largest integer ≤ x.
 *
 * @example
 * ```ts
 * floor([1.5, -1.5]).toArray(); // [1, -2]
 * ```
 */
class Floor {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.floor<T>(x); }
}
step<Floor>();

/**
 * Smallest integer ≥ x.
 *
 * @example
 * ```ts
 * ceil([1.5, -1.5]).toArray(); // [2, -1]
 * ```
 */
class Ceil {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.ceil<T>(x); }
}
step<Ceil>();

/**
 * Nearest integer, halves to even; or the nearest number with so many decimals, negative ones being
 * tens, hundreds, …
 *
 * @example
 * ```ts
 * round([0.5, 1.5, 2.4]).toArray(); // [0, 2, 2]
 * round([149, 150], -2).toArray(); // [100, 200]
 * ```
 */
class Round {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.nearest<T>(x); }
}
step<Round>();

/**
 * x without its fraction.
 *
 * @example
 * ```ts
 * trunc([1.5, -1.5]).toArray(); // [1, -1]
 * ```
 */
class Trunc {
  ints: bool;
  @inline f<T>(x: v128): v128 { if (isInteger<T>()) return x; else return v128.trunc<T>(x); }
}
step<Trunc>();
