// Creation from tensors, which derivatives go back to.
import { add, multiply } from "../../build/generated/ops.js";
import { broadcastOf } from "../axes.js";
import { toShape, toTensor, type TensorLike } from "../convert.js";
import * as create from "../create.js";
import type { CreationOptions } from "../create.js";
import { isTypedArray } from "../dtype.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

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
  endpoint?: boolean;
}

/**
 * num evenly spaced numbers from start to stop. Of tensors, which broadcast, they are the first axis.
 *
 * @example
 * ```ts
 * linspace(0, 1, 5).toArray(); // [0, 0.25, 0.5, 0.75, 1]
 * ```
 * @throws if num is not a number of elements, or if shapes do not broadcast
 */
export function linspace(
  start: TensorLike,
  stop: TensorLike,
  num = 50,
  options: LinspaceOptions = {},
): Tensor {
  checkOptions(options, "linspace", "endpoint dtype requiresGrad");
  const { endpoint = true, ...rest } = options;
  const part = endpoint || num < 1 ? 1 : (num - 1) / num;
  const plain = (x: TensorLike): x is number =>
    !isHandle(x) && !isTypedArray(x) && !Array.isArray(x);
  if (plain(start) && plain(stop)) {
    return create.linspace(start, endpoint ? stop : start + (stop - start) * part, num, rest);
  }
  const who = "linspace";
  const [a, b] = [toTensor(start, who), toTensor(stop, who)];
  const ones = broadcastOf([a.shape, b.shape], who).map(() => 1);
  const dtype = add(a, b).multiply(1.5).dtype;
  const weights = (from: number, to: number): Tensor =>
    create
      .linspace(from, to, num, { dtype: "float64" })
      .reshape([num, ...ones])
      .astype(dtype);
  const y = add(multiply(a, weights(1, 1 - part)), multiply(b, weights(0, part)));
  return rest.dtype === undefined ? y : y.astype(rest.dtype);
}
