// Activations that take small values towards 0. At their kinks derivatives are those of torch.
import {
  abs,
  add,
  divide,
  lessEqual,
  multiply,
  sign,
  square,
  subtract,
  tanh,
  where,
} from "../../build/generated/ops.js";
import type { TensorLike } from "../convert.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { numeric, toFloat } from "./options.js";

/** Options of softshrink and hardshrink. */
export interface ShrinkOptions {
  /** What is no larger than that becomes 0. Default 0.5. */
  lambd?: number;
}

function toLambda(options: ShrinkOptions, who: string): number {
  const lambda = numeric(options, "lambd", 0.5, who);
  if (lambda < 0) throw new RangeError(`${who}: lambd is ${lambda}, less than 0`);
  return lambda;
}

/**
 * x moved towards 0 by lambd; 0 if it is no larger than that.
 *
 * @example
 * ```ts
 * softshrink([-2, 0.25, 1]).toArray(); // [-1.5, 0, 0.5]
 * ```
 * @throws if lambd is negative
 */
export function softshrink(x: TensorLike, options: ShrinkOptions = {}): Tensor {
  checkOptions(options, "softshrink", "lambd");
  const t = toFloat(x, "softshrink");
  const lambda = toLambda(options, "softshrink");
  return where(lessEqual(abs(t), lambda), 0, subtract(t, multiply(sign(t), lambda)));
}

/**
 * x, or 0 if |x| is no larger than lambd.
 *
 * @example
 * ```ts
 * hardshrink([-2, 0.25, 1]).toArray(); // [-2, 0, 1]
 * ```
 * @throws if lambd is negative
 */
export function hardshrink(x: TensorLike, options: ShrinkOptions = {}): Tensor {
  checkOptions(options, "hardshrink", "lambd");
  const t = toFloat(x, "hardshrink");
  return where(lessEqual(abs(t), toLambda(options, "hardshrink")), 0, t);
}

// 1 − tanh(x) / x = u n(u) / d(u), u = x², by the eleventh convergent of Lambert's fraction
// tanh x = x / (1 + u / (3 + u / (5 + …))): up to 1 good to 22 digits, its third derivative to 17. All
// coefficients are positive, so nothing cancels. They are divided by 21!!.
const SHRINK_N = [1 / 3, 8 / 315, 1 / 1995, 4 / 1281987, 1 / 211527855];
const SHRINK_D = [1, 10 / 21, 4 / 133, 8 / 14535, 1 / 305235, 2 / 416645775];

/** A polynomial. */
function polynomial(u: Tensor, coefficients: readonly number[]): Tensor {
  const last = coefficients.length - 1;
  let sum = add(multiply(u, coefficients[last]!), coefficients[last - 1]!);
  for (let k = last - 2; k >= 0; k--) sum = add(multiply(u, sum), coefficients[k]!);
  return sum;
}

/**
 * x − tanh(x), with all digits also near 0, where it is about x³ / 3.
 *
 * @example
 * ```ts
 * tanhshrink([0, 20]).toArray(); // [0, 19]
 * ```
 */
export function tanhshrink(x: TensorLike): Tensor {
  const t = toFloat(x, "tanhshrink");
  const near = lessEqual(abs(t), 1);
  const small = where(near, t, 0);
  const u = square(small);
  const part = multiply(u, divide(polynomial(u, SHRINK_N), polynomial(u, SHRINK_D)));
  return where(near, multiply(small, part), subtract(t, tanh(t)));
}
