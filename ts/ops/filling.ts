// Creation from tensors, which derivatives go back to.
import { add, divide, floor, multiply, subtract } from "../../build/generated/ops.js";
import { broadcastOf, toAxis } from "../axes.js";
import { toShape, toTensor, type TensorLike, unrounded } from "../convert.js";
import { toCount } from "../arguments.js";
import * as create from "../create.js";
import { isTypedArray, type Dtype } from "../dtype.js";
import type { CreationOptions } from "../create.js";
import { casted } from "../families.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, trailing } from "../options.js";
import { moveaxis } from "./shapes.js";

/**
 * A tensor of this shape whose elements are all `value` (a boolean gives bool), or to which a tensor is
 * broadcast.
 *
 * @example
 * ```ts
 * full([2, 2], 7).toArray(); // [[7, 7], [7, 7]]
 * ```
 * @throws if the shape is none, or if a tensor does not broadcast to it
 */
export function full(
  shape: number | readonly number[],
  value: number | boolean | Tensor,
  options?: CreationOptions,
): Tensor {
  checkOptions(options, "full", "dtype requiresGrad");
  if (!isHandle(value)) return create.full(shape, value, options);
  const x = options?.dtype === undefined ? value : value.astype(options.dtype);
  return x.broadcastTo(toShape(shape, "full"));
}

/** Options of {@link linspace}. */
export interface LinspaceOptions extends CreationOptions {
  /** The last number is `stop`; else that is one step behind it. Default true. */
  endpoint?: boolean | undefined;
  /** Where the numbers of tensors stand in the result. Default 0. */
  axis?: number | undefined;
  /** Give the distance of neighbours as well. Default false. */
  retstep?: boolean;
}

/** True for what no derivative goes back to, and has no axes. */
export function isPlain(x: TensorLike): x is number {
  return !isHandle(x) && !isTypedArray(x) && !Array.isArray(x);
}

/** An end that is not rounded before it takes the dtype of the result. */
export function exact(x: TensorLike, dtype: Dtype | undefined, who: string): TensorLike {
  return dtype !== undefined && Array.isArray(x) ? casted(x, "float64", who) : x;
}

/** Evenly spaced numbers in a float dtype, along axis 0 or another one. */
export function spaced(
  start: TensorLike,
  stop: TensorLike,
  num: number,
  options: LinspaceOptions,
  who: string,
): Tensor {
  const { endpoint = true, axis = 0 } = options;
  toCount(num, "num", who);
  const part = endpoint || num < 1 ? 1 : (num - 1) / num;
  const [a, b] = [toTensor(start, who), toTensor(stop, who)];
  const ones = broadcastOf([a.shape, b.shape], who).map(() => 1);
  const at = toAxis(axis, ones.length + 1, who);
  const dtype = add(a, b).multiply(1.5).dtype;
  const weights = (from: number, to: number): Tensor =>
    create
      .linspace(from, to, num, { dtype: "float64" })
      .reshape([num, ...ones])
      .astype(dtype);
  const y = add(multiply(a, weights(1, 1 - part)), multiply(b, weights(0, part)));
  return at === 0 ? y : moveaxis(y, 0, at);
}

/**
 * num evenly spaced numbers from start to stop. Of tensors, which broadcast, they are the first axis, or
 * another one. With `retstep` a pair: the numbers and their distance. In int32 they are rounded down.
 *
 * @example
 * ```ts
 * linspace(0, 1, 5).toArray(); // [0, 0.25, 0.5, 0.75, 1]
 * ```
 * @throws if num is not a number of elements, if there is no such axis, or if shapes do not broadcast
 */
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  num: number,
  options: LinspaceOptions & { retstep: true },
): [Tensor, Tensor];
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  options: LinspaceOptions & { retstep: true },
): [Tensor, Tensor];
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  num?: number | LinspaceOptions,
  options?: LinspaceOptions,
): Tensor;
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  num?: number | LinspaceOptions,
  options?: LinspaceOptions,
): Tensor | [Tensor, Tensor] {
  [num = 50, options = {}] = trailing(num, options);
  const who = "linspace";
  checkOptions(options, who, "endpoint axis retstep dtype requiresGrad");
  const { endpoint = true, axis, retstep, ...rest } = options;
  [start, stop] = unrounded(who, exact(start, rest.dtype, who), exact(stop, rest.dtype, who));
  toCount(num, "num", who);
  const whole = rest.dtype === "int32";
  const gaps = endpoint ? num - 1 : num;
  let y: Tensor;
  if (isPlain(start) && isPlain(stop)) {
    toAxis(axis ?? 0, 1, who);
    const last = endpoint || num < 1 ? stop : start + ((stop - start) * (num - 1)) / num;
    const made: CreationOptions = whole ? { dtype: "float64" } : rest;
    y = create.linspace(start, last, num, made);
  } else y = spaced(start, stop, num, { endpoint, axis }, who);
  if (whole) y = floor(y);
  if (rest.dtype !== undefined) y = y.astype(rest.dtype);
  if (retstep !== true) return y;
  const step = divide(subtract(toTensor(stop, who), start), gaps > 0 ? gaps : NaN);
  return [y, step];
}
