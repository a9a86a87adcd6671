// What complex numbers would answer, for real ones: all dtypes here are real.
import { divide, isnan, less, logicalOr, where } from "../../build/generated/ops.js";
import { checkOperands } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { ones, zeros } from "../create.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

/**
 * The real part: x.
 *
 * @example
 * ```ts
 * real([1, -2]).toArray(); // [1, -2]
 * ```
 */
export function real(x: TensorLike): Tensor {
  return toTensor(x, "real");
}

/**
 * The imaginary part: zeros.
 *
 * @example
 * ```ts
 * imag([1, -2]).toArray(); // [0, 0]
 * ```
 */
export function imag(x: TensorLike): Tensor {
  const t = toTensor(x, "imag");
  return zeros(t.shape, { dtype: t.dtype });
}

/**
 * The complex conjugate: x.
 *
 * @example
 * ```ts
 * conj([1, -2]).toArray(); // [1, -2]
 * ```
 */
export function conj(x: TensorLike): Tensor {
  return toTensor(x, "conj");
}

/**
 * The same as `conj`.
 *
 * @example
 * ```ts
 * conjugate([1, -2]).toArray(); // [1, -2]
 * ```
 */
export function conjugate(x: TensorLike): Tensor {
  return toTensor(x, "conjugate");
}

/**
 * x without an imaginary part that is all but 0: x.
 *
 * @example
 * ```ts
 * realIfClose([1, -2]).toArray(); // [1, -2]
 * ```
 */
export function realIfClose(x: TensorLike): Tensor {
  return toTensor(x, "realIfClose");
}

/**
 * The angle to the positive axis: 0, or π of negative numbers (-0 included); in degrees with `deg`.
 *
 * @param options - options, or `deg` alone
 *
 * @example
 * ```ts
 * angle([1, -2], { deg: true }).toArray(); // [0, 180]
 * ```
 */
export function angle(x: TensorLike, options: boolean | { deg?: boolean } = {}): Tensor {
  if (typeof options !== "boolean") checkOptions(options, "angle", "deg");
  const deg = typeof options === "boolean" ? options : options.deg === true;
  const given = toTensor(x, "angle");
  const t = given.dtype.startsWith("float") ? given : divide(given, 1);
  const negative = logicalOr(less(t, 0), less(divide(1, t), 0));
  const half = zeros(t.shape, { dtype: t.dtype }).add(deg ? 180 : Math.PI);
  return where(isnan(t), NaN, where(negative, half, 0));
}

/**
 * True for every element: all numbers here are real.
 *
 * @example
 * ```ts
 * isreal([1, 2]).toArray(); // [true, true]
 * ```
 */
export function isreal(x: TensorLike): Tensor {
  return ones(toTensor(x, "isreal").shape, { dtype: "bool" });
}

/**
 * False for every element: all numbers here are real.
 *
 * @example
 * ```ts
 * iscomplex([1, 2]).toArray(); // [false, false]
 * ```
 */
export function iscomplex(x: TensorLike): Tensor {
  return zeros(toTensor(x, "iscomplex").shape, { dtype: "bool" });
}

/**
 * True: all dtypes here are real.
 *
 * @example
 * ```ts
 * isrealobj([1, 2]); // true
 * ```
 */
export function isrealobj(x: TensorLike): boolean {
  toTensor(x, "isrealobj");
  return true;
}

/**
 * False: all dtypes here are real.
 *
 * @example
 * ```ts
 * iscomplexobj([1, 2]); // false
 * ```
 */
export function iscomplexobj(x: TensorLike): boolean {
  checkOperands("iscomplexobj", x);
  return !isrealobj(x);
}
