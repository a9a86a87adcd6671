// Elementwise functions of NumPy that are made of rows of the op table: free functions only, so that a
// program carries those that it uses.
import type { Tensor } from "./tensor.js";
import { toTensor, type TensorLike } from "./convert.js";
import { told } from "./arguments.js";
import { isTracked } from "./handle.js";
import {
  abs,
  add,
  clip,
  copysign,
  divide,
  equal,
  greater,
  isfinite,
  isnan,
  less,
  multiply,
  power,
  round,
  sign,
  where,
} from "../build/generated/ops.js";
import { checkOptions } from "./options.js";

/** What `nanToNum` puts in the place of what is no finite number. */
export interface NanToNumOptions {
  /** For NaN; default 0. */
  nan?: number;
  /** For +∞; default: the largest number of the dtype. */
  posinf?: number;
  /** For -∞; default: the smallest number of the dtype. */
  neginf?: number;
}

/** The largest finite float32. */
const LARGEST32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * x with NaN and infinities replaced by numbers; their derivative is 0.
 *
 * @example
 * ```ts
 * nanToNum([1, NaN], { nan: -1 }).toArray(); // [1, -1]
 * ```
 */
export function nanToNum(x: TensorLike, options: NanToNumOptions = {}): Tensor {
  checkOptions(options, "nanToNum", "nan posinf neginf");
  const t = toTensor(x, "nanToNum");
  if (t.dtype !== "float32" && t.dtype !== "float64") return t;
  const largest = t.dtype === "float32" ? LARGEST32 : Number.MAX_VALUE;
  const { nan = 0, posinf = largest, neginf = -largest } = options;
  if (isTracked(t)) {
    // One choice for derivatives to pass.
    const above = toTensor(posinf, "nanToNum").astype(t.dtype);
    return where(isfinite(t), t, where(isnan(t), nan, where(less(t, 0), neginf, above)));
  }
  // Cut at the largest numbers: only infinities change.
  let y = clip(t, -largest, largest);
  if (posinf !== largest) y = where(greater(t, largest), posinf, y);
  if (neginf !== -largest) y = where(less(t, -largest), neginf, y);
  return where(isnan(t), nan, y);
}

/**
 * 0 for x < 0, 1 for x > 0, and `atZero` at 0; NaN stays NaN. Always a float; the derivative in x is 0.
 *
 * @example
 * ```ts
 * heaviside([-2, 0, 3], 0.5).toArray(); // [0, 0.5, 1]
 * ```
 */
export function heaviside(x: TensorLike, atZero: TensorLike): Tensor {
  const step = add(multiply(sign(x), 0.5), 0.5);
  return where(equal(x, 0), atZero, step);
}

/**
 * Another name of `divide`.
 *
 * @example
 * ```ts
 * trueDivide(3, 2).item(); // 1.5
 * ```
 */
export const trueDivide = divide;

/**
 * The same as `round`.
 *
 * @example
 * ```ts
 * around([1.25, -3.75], 1).toArray(); // [1.2000000476837158, -3.799999952316284]
 * ```
 * @throws if decimals is no integer
 */
export function around(x: TensorLike, decimals = 0): Tensor {
  if (!Number.isInteger(decimals)) {
    throw new TypeError(`around: decimals must be an integer, got ${told(decimals)}`);
  }
  return round(x, decimals);
}

/**
 * Radians from degrees; always a float.
 *
 * @example
 * ```ts
 * deg2rad(180).item(); // 3.14159265…
 * ```
 */
export function deg2rad(x: TensorLike): Tensor {
  return multiply(x, Math.PI / 180);
}

/**
 * Degrees from radians; always a float.
 *
 * @example
 * ```ts
 * rad2deg(0).item(); // 0
 * ```
 */
export function rad2deg(x: TensorLike): Tensor {
  return multiply(x, 180 / Math.PI);
}

/**
 * Another name of `deg2rad`.
 *
 * @example
 * ```ts
 * radians(0).item(); // 0
 * ```
 */
export const radians = deg2rad;

/**
 * Another name of `rad2deg`.
 *
 * @example
 * ```ts
 * degrees(0).item(); // 0
 * ```
 */
export const degrees = rad2deg;

/**
 * |x|, always a float; derivative 0 at 0.
 *
 * @example
 * ```ts
 * fabs([-2, 3]).toArray(); // [2, 3]
 * ```
 */
export function fabs(x: TensorLike): Tensor {
  return abs(divide(x, 1));
}

/**
 * +x: x itself, as a new tensor; bools become integers.
 *
 * @example
 * ```ts
 * positive([-2, 3]).toArray(); // [-2, 3]
 * ```
 */
export function positive(x: TensorLike): Tensor {
  return multiply(x, 1);
}

/**
 * x ** y in float64, whatever the operands are.
 *
 * @example
 * ```ts
 * floatPower([2, 3], -1).toArray(); // [0.5, 0.3333333333333333]
 * ```
 */
export function floatPower(x: TensorLike, y: TensorLike): Tensor {
  return power(
    toTensor(x, "floatPower").astype("float64"),
    toTensor(y, "floatPower").astype("float64"),
  );
}

/**
 * True where x is +∞.
 *
 * @example
 * ```ts
 * isposinf([1, Infinity]).toArray(); // [false, true]
 * ```
 */
export function isposinf(x: TensorLike): Tensor {
  return equal(x, Infinity);
}

/**
 * True where x is -∞.
 *
 * @example
 * ```ts
 * isneginf([1, -Infinity]).toArray(); // [false, true]
 * ```
 */
export function isneginf(x: TensorLike): Tensor {
  return equal(x, -Infinity);
}

/**
 * True where the sign of x is negative, -0 included.
 *
 * @example
 * ```ts
 * signbit([-0, 0, -3]).toArray(); // [true, false, true]
 * ```
 */
export function signbit(x: TensorLike): Tensor {
  return less(copysign(1, x), 0);
}
