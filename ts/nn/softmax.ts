// Softmax, its logarithm, and the logarithm of a sum of exponentials: the largest element is taken out
// first, so that nothing overflows. It is a constant: derivatives do not depend on it.
import type { TensorLike } from "../convert.js";
import { toTensor } from "../convert.js";
import type { Axes, ReductionOptions } from "../families.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import {
  divide,
  exp,
  isfinite,
  log,
  max,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";

const KEEP = { keepdims: true };

/** The largest elements along an axis, 0 where they are not finite. */
function largest(x: Tensor, axis: Axes): Tensor {
  const m = stopGradient(max(x, axis, KEEP));
  return where(isfinite(m), m, 0);
}

/**
 * exp(x) / Σ exp(x) along an axis. A row of -∞ alone gives NaN, as in torch.
 *
 * @param axis - default: the last one
 * @example
 * ```ts
 * softmax([0, 0]).toArray(); // [0.5, 0.5]
 * ```
 * @throws if there is no such axis
 */
export function softmax(x: TensorLike, axis: Axes = -1): Tensor {
  const t = toTensor(x, "softmax");
  const e = exp(subtract(t, largest(t, axis)));
  return divide(e, sum(e, axis, KEEP));
}

/**
 * log(softmax(x)) along an axis, without the loss of digits of small probabilities.
 *
 * @param axis - default: the last one
 * @example
 * ```ts
 * logSoftmax([1000, 0]).toArray(); // [0, -1000]
 * ```
 * @throws if there is no such axis
 */
export function logSoftmax(x: TensorLike, axis: Axes = -1): Tensor {
  const t = toTensor(x, "logSoftmax");
  const z = subtract(t, largest(t, axis));
  return subtract(z, log(sum(exp(z), axis, KEEP)));
}

/**
 * log(Σ exp(x)) over axes, all of them by default. Of -∞ alone it is -∞, with derivative 0.
 *
 * @example
 * ```ts
 * logsumexp([1000, 1000]).item(); // 1000.693…
 * ```
 * @throws if there is no such axis
 */
export function logsumexp(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  const t = toTensor(x, "logsumexp");
  const m = largest(t, axis);
  const open = log(sum(exp(subtract(t, m)), axis, KEEP)).add(m);
  if (options?.keepdims) return open;
  // The axes are open with size 1: folding them changes nothing.
  return sum(open, axis);
}
