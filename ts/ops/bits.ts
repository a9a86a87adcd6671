// Single bits of integers and bools: derivatives are zero, and nothing is recorded. One row gives the bits
// that two operands have in common; the others follow by arithmetic, which comes around at 2³² as bits do.
import { DType } from "../../assembly/shared/dtype.js";
import { BITS } from "../../build/generated/codes.js";
import {
  abs,
  add,
  exp2,
  floorDivide,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  multiply,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { fourierPart } from "../../build/generated/parts/fourier.js";
import { areBools, fromData, type TensorLike } from "../convert.js";
import { binary } from "../families.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { need } from "../wasm.js";
import { broadcastOf } from "../axes.js";

/** x as a tensor of int32 or, if it is one already or made of booleans, of bools. */
function whole(x: TensorLike, who: string): Tensor {
  if (!isHandle(x)) return fromData(x, areBools(x) ? DType.Bool : DType.Int32, who);
  if (x.dtype === "int32" || x.dtype === "bool") return x;
  throw new TypeError(`${who}: operands are int32 or bool, not ${x.dtype}; use astype("int32")`);
}

/** Both, of int32 unless both are bools. */
function pair(x: TensorLike, y: TensorLike, who: string): [Tensor, Tensor, boolean] {
  const [a, b] = [whole(x, who), whole(y, who)];
  broadcastOf([a.shape, b.shape], who);
  const bools = a.dtype === "bool" && b.dtype === "bool";
  return bools ? [a, b, true] : [a.astype("int32"), b.astype("int32"), false];
}

/** The bits that two int32 have in common. */
function common(x: TensorLike, y: TensorLike): Tensor {
  need(fourierPart);
  return binary(BITS, x, y);
}

/**
 * The bits that are set in both x and y, two's complement; of bools, x and y. int32 or bool, broadcast;
 * derivative zero.
 *
 * @example
 * ```ts
 * bitwiseAnd([12, -1], 10).toArray(); // [8, 10]
 * ```
 * @throws if an operand is neither int32 nor bool, or if shapes do not broadcast
 */
export function bitwiseAnd(x: TensorLike, y: TensorLike): Tensor {
  const [a, b, bools] = pair(x, y, "bitwiseAnd");
  return bools ? logicalAnd(a, b) : common(a, b);
}

/**
 * The bits that are set in x or y; of bools, x or y. int32 or bool, broadcast; derivative zero.
 *
 * @example
 * ```ts
 * bitwiseOr([12, -16], 10).toArray(); // [14, -6]
 * ```
 * @throws if an operand is neither int32 nor bool, or if shapes do not broadcast
 */
export function bitwiseOr(x: TensorLike, y: TensorLike): Tensor {
  const [a, b, bools] = pair(x, y, "bitwiseOr");
  return bools ? logicalOr(a, b) : subtract(add(a, b), common(a, b));
}

/**
 * The bits that are set in one of x and y alone; of bools, whether they differ. int32 or bool, broadcast;
 * derivative zero.
 *
 * @example
 * ```ts
 * bitwiseXor([12, -1], 10).toArray(); // [6, -11]
 * ```
 * @throws if an operand is neither int32 nor bool, or if shapes do not broadcast
 */
export function bitwiseXor(x: TensorLike, y: TensorLike): Tensor {
  const [a, b, bools] = pair(x, y, "bitwiseXor");
  return bools ? logicalXor(a, b) : subtract(add(a, b), multiply(2, common(a, b)));
}

/**
 * The bits that are not set in x, which are those of -1 - x; of bools, not x. Derivative zero.
 *
 * @example
 * ```ts
 * bitwiseNot([0, 12, -1]).toArray(); // [-1, -13, 0]
 * ```
 * @throws if x is neither int32 nor bool
 */
export function bitwiseNot(x: TensorLike): Tensor {
  const t = whole(x, "bitwiseNot");
  return t.dtype === "bool" ? logicalNot(t) : subtract(-1, t);
}

/**
 * `bitwiseNot` by NumPy's first name for it.
 *
 * @example
 * ```ts
 * invert([0, 12, -1]).toArray(); // [-1, -13, 0]
 * ```
 * @throws if x is neither int32 nor bool
 */
export function invert(x: TensorLike): Tensor {
  const t = whole(x, "invert");
  return bitwiseNot(t);
}

/** 2^n for 0 ≤ n ≤ 30. */
function powerOf(n: Tensor): Tensor {
  return exp2(n.astype("float64")).astype("int32");
}

/** Operands of a shift, and where the distance is 31 or leads out of an int32. */
function shifting(x: TensorLike, n: TensorLike, who: string): [Tensor, Tensor, Tensor] {
  const [a, b] = pair(x, n, who);
  const by = b.astype("int32");
  return [a.astype("int32"), by, logicalOr(less(by, 0), less(30, by))];
}

/**
 * x with its bits n places up: x·2ⁿ, whose bits beyond the 32nd are lost; 0 where n is negative or more
 * than 31. int32, broadcast; derivative zero.
 *
 * @example
 * ```ts
 * leftShift([1, 5, -1], [4, 31, 1]).toArray(); // [16, -2147483648, -2]
 * ```
 * @throws if an operand is neither int32 nor bool, or if shapes do not broadcast
 */
export function leftShift(x: TensorLike, n: TensorLike): Tensor {
  const [a, by, odd] = shifting(x, n, "leftShift");
  const factor = where(odd, where(by.equal(31), -2147483648, 0), powerOf(where(odd, 0, by)));
  return multiply(a, factor.astype("int32"));
}

/**
 * x with its bits n places down: x / 2ⁿ, rounded down, so the sign stays; 0 or -1 where n is negative or more
 * than 31. int32, broadcast; derivative zero.
 *
 * @example
 * ```ts
 * rightShift([16, -5, -5], [4, 1, 31]).toArray(); // [1, -3, -1]
 * ```
 * @throws if an operand is neither int32 nor bool, or if shapes do not broadcast
 */
export function rightShift(x: TensorLike, n: TensorLike): Tensor {
  const [a, by, odd] = shifting(x, n, "rightShift");
  const sign = less(a, 0).astype("int32").negative();
  return where(odd, sign, floorDivide(a, powerOf(where(odd, 0, by)))).astype("int32");
}

/**
 * How many bits are set in |x|, as in NumPy; int32, derivative zero.
 *
 * @example
 * ```ts
 * bitwiseCount([0, 7, -8]).toArray(); // [0, 3, 1]
 * ```
 * @throws if x is neither int32 nor bool
 */
export function bitwiseCount(x: TensorLike): Tensor {
  const t = abs(whole(x, "bitwiseCount").astype("int32"));
  // Pairs, fours, eights of bits are counted side by side (Knuth, 7.1.3); -2³¹ alone has a highest bit.
  const half = (y: Tensor, n: number, mask: number): Tensor => common(rightShift(y, n), mask);
  const [low, top] = [common(t, 0x7fffffff), less(t, 0).astype("int32")];
  const pairs = subtract(low, half(low, 1, 0x55555555));
  const fours = add(common(pairs, 0x33333333), half(pairs, 2, 0x33333333));
  const eights = common(add(fours, half(fours, 4, 0x0f0f0f0f)), 0x0f0f0f0f);
  return add(rightShift(multiply(eights, 0x01010101), 24), top);
}
