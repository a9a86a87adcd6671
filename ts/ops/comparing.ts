// Are two tensors the same, or nearly so? What answers with true or false reads values.
import {
  abs,
  add,
  equal,
  isfinite,
  isnan,
  lessEqual,
  logicalAnd,
  logicalOr,
  multiply,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { checkElements } from "../arguments.js";
import { type TensorLike, together, toTensor, unrounded } from "../convert.js";
import { tensor, zerosLike } from "../create.js";
import type { Dtype } from "../dtype.js";
import type { Tensor } from "../tensor.js";
import { all } from "./counting.js";
import { checkOptions } from "../options.js";

/** How near is near. */
export interface CloseOptions {
  /** Relative to |y|. Default 1e-5. */
  rtol?: number;
  /** Absolute. Default 1e-8. */
  atol?: number;
  /** NaN is near to NaN. Default false. */
  equalNan?: boolean;
}

/**
 * True where |x - y| ≤ atol + rtol·|y|, or both are the same infinity.
 *
 * @example
 * ```ts
 * isclose([1, 2], [1, 2.1]).toArray(); // [true, false]
 * ```
 * @throws if shapes do not broadcast
 */
export function isclose(x: TensorLike, y: TensorLike, options: CloseOptions = {}): Tensor {
  [x, y] = unrounded("isclose", x, y);
  checkOptions(options, "isclose", "rtol atol equalNan");
  checkElements("isclose", x, y);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  const near = lessEqual(abs(subtract(x, y)), add(atol, multiply(rtol, abs(y))));
  const close = where(isfinite(y), logicalAnd(near, isfinite(x)), equal(x, y));
  return equalNan ? logicalOr(close, logicalAnd(isnan(x), isnan(y))) : close;
}

/**
 * True if `isclose` holds everywhere.
 *
 * @example
 * ```ts
 * allclose([1, 2], [1, 2.1]); // false
 * ```
 * @throws if shapes do not broadcast, or inside vmap
 */
export function allclose(x: TensorLike, y: TensorLike, options: CloseOptions = {}): boolean {
  checkOptions(options, "allclose", "rtol atol equalNan");
  checkElements("allclose", x, y);
  return all(isclose(x, y, options)).item() !== 0;
}

/**
 * True if x and y have one shape and the same elements.
 *
 * @example
 * ```ts
 * arrayEqual([1, 2], [1, 2]); // true
 * ```
 * @throws inside vmap
 */
export function arrayEqual(
  x: TensorLike,
  y: TensorLike,
  options: { equalNan?: boolean } = {},
): boolean {
  checkOptions(options, "arrayEqual", "equalNan");
  const [a, b] = together("arrayEqual", x, y);
  if (a.ndim !== b.ndim || a.shape.some((d, i) => d !== b.shape[i])) return false;
  const same = equal(a, b);
  const nan = options.equalNan === true;
  return all(nan ? logicalOr(same, logicalAnd(isnan(a), isnan(b))) : same).item() !== 0;
}

/**
 * True if x and y broadcast and have the same elements then.
 *
 * @example
 * ```ts
 * arrayEquiv([1, 1], 1); // true
 * ```
 * @throws inside vmap
 */
export function arrayEquiv(x: TensorLike, y: TensorLike): boolean {
  const [a, b] = together("arrayEquiv", x, y);
  const missing = Math.abs(a.ndim - b.ndim);
  const [long, short] = a.ndim >= b.ndim ? [a.shape, b.shape] : [b.shape, a.shape];
  if (short.some((d, i) => d !== long[i + missing] && d !== 1 && long[i + missing] !== 1))
    return false;
  return all(equal(a, b)).item() !== 0;
}

/**
 * True for a number or a boolean, which are no tensors.
 *
 * @example
 * ```ts
 * isscalar(3); // true
 * ```
 */
export function isscalar(x: unknown): boolean {
  return typeof x === "number" || typeof x === "boolean";
}

/**
 * The dtype in which operands meet. Dtypes may be named.
 *
 * @example
 * ```ts
 * resultType("int32", "float32"); // "float32"
 * ```
 */
export function resultType(...operands: (TensorLike | Dtype)[]): Dtype {
  if (operands.length === 0) throw new TypeError("resultType: of nothing");
  const empty = (x: TensorLike | Dtype): Tensor => {
    if (typeof x === "string") return tensor([], { dtype: x });
    const t = toTensor(x, "resultType");
    return t.ndim > 0 ? t.reshape([-1]).slice([[0, 0]]) : t;
  };
  return operands.map(empty).reduce((x, y) => where(true, x, y)).dtype;
}

/**
 * Zeros of x's shape and dtype: contents that nobody relies on.
 *
 * @example
 * ```ts
 * emptyLike([1, 2]).shape; // [2]
 * ```
 */
export function emptyLike(x: TensorLike): Tensor {
  return zerosLike(x);
}
