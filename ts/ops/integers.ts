// Whole parts and common divisors.
import {
  abs,
  equal,
  floorDivide,
  fmod,
  multiply,
  notEqual,
  remainder,
  where,
} from "../../build/generated/ops.js";
import { DType } from "../../assembly/shared/dtype.js";
import { broadcastOf } from "../axes.js";
import { fromData, type TensorLike } from "../convert.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";

/**
 * The whole quotient, rounded down, and what remains: [floorDivide(x, y), remainder(x, y)], where
 * x = quotient · y + rest and the rest has the sign of y; broadcast.
 *
 * @example
 * ```ts
 * divmod([7, -7], 3).map((x) => x.toArray()); // [[2, -3], [1, 2]]
 * ```
 * @throws if shapes do not broadcast
 */
export function divmod(x: TensorLike, y: TensorLike): [Tensor, Tensor] {
  return [floorDivide(x, y), remainder(x, y)];
}

/** Divisions that Euclid's algorithm needs at most below 2³¹: those of neighbours in Fibonacci's row. */
const DIVISIONS = 46;

function toIntegers(x: TensorLike, who: string): Tensor {
  const t = isHandle(x) ? x : fromData(x, DType.Int32, who);
  if (t.dtype === "int32") return t;
  throw new TypeError(`${who}: operands are int32, not ${t.dtype}; use astype("int32")`);
}

function pair(x: TensorLike, y: TensorLike, who: string): [Tensor, Tensor] {
  const [a, b] = [toIntegers(x, who), toIntegers(y, who)];
  const shape = broadcastOf([a.shape, b.shape], who);
  return [a.broadcastTo(shape), b.broadcastTo(shape)];
}

/** Euclid's algorithm. The rest by an absolute value of -2³¹, which has none, is right as well. */
function divisor(x: Tensor, y: Tensor): Tensor {
  let [a, b] = [x, y];
  for (let i = 0; i < DIVISIONS; i++) {
    const more = notEqual(b, 0);
    [a, b] = [where(more, b, a), where(more, fmod(a, b), b)];
  }
  return abs(a);
}

/**
 * The greatest common divisor of integers, not negative; gcd(0, n) is |n|. int32, broadcast.
 *
 * @example
 * ```ts
 * gcd([12, 0], 18).toArray(); // [6, 18]
 * ```
 * @throws if an operand is not an int32, or if shapes do not broadcast
 */
export function gcd(x: TensorLike, y: TensorLike): Tensor {
  return divisor(...pair(x, y, "gcd"));
}

/**
 * The least common multiple of integers, not negative; 0 where one of them is 0. int32, broadcast; what is
 * larger than 2³¹ - 1 comes around, as in products.
 *
 * @example
 * ```ts
 * lcm([4, 0], 6).toArray(); // [12, 0]
 * ```
 * @throws if an operand is not an int32, or if shapes do not broadcast
 */
export function lcm(x: TensorLike, y: TensorLike): Tensor {
  const [a, b] = pair(x, y, "lcm");
  const common = divisor(a, b);
  const some = where(equal(common, 0), 1, common).astype("int32");
  return abs(multiply(floorDivide(a, some), b));
}
