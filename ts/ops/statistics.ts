// Spread and its like. Where all elements are equal, the derivative of a standard deviation is 0.
import {
  clip,
  divide,
  max,
  mean,
  min,
  multiply,
  notEqual,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { DEVIATIONS } from "../../build/generated/codes.js";
import { sizeAlong, toMask } from "../axes.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { inDtype, type Axes, type ReductionOptions } from "../families.js";
import { conditionOf, folding, type ExtremeOptions, type MeanOptions } from "../reducing.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, trailing } from "../options.js";
import { suited } from "./weights.js";

/** Options of {@link variance} and {@link std}. */
export interface SpreadOptions extends MeanOptions {
  /** Subtracted from the number of elements, by which squares are divided. Default 0. */
  ddof?: number;
  /** Another name of `ddof`. */
  correction?: number;
  /** The mean, if it is known: with the axes as size 1. */
  mean?: TensorLike;
}

/** The names of these options. */
export const SPREAD = "ddof correction mean keepdims where dtype";

/** The root of a sum of squares: at 0 it has derivative 0. */
export function rootOfSquares(x: Tensor): Tensor {
  const some = notEqual(x, 0);
  return where(some, sqrt(where(some, x, 1)), 0);
}

/**
 * Mean of the squared distances from the mean, over axes. (NumPy's `var`.)
 *
 * @example
 * ```ts
 * variance([1, 2, 3, 4]).item(); // 1.25
 * ```
 * @throws if there is no such axis
 */
export function variance(
  x: TensorLike,
  axis?: Axes | SpreadOptions,
  options?: SpreadOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "variance", SPREAD);
  return spread(x, axis, options, "variance");
}

/** How many are subtracted from the number of elements. */
export function freedom(options: SpreadOptions, who: string): number {
  const { ddof, correction } = options;
  if (ddof !== undefined && correction !== undefined) {
    throw new TypeError(`${who}: ddof and correction are one and the same: pass one of them`);
  }
  return ddof ?? correction ?? 0;
}

function spread(x: TensorLike, axis: Axes, options: SpreadOptions, who: string): Tensor {
  const { keepdims = false, where: given, dtype } = options;
  const [from, about] = unrounded(who, x, options.mean);
  const t = inDtype(from, dtype, who);
  const less = freedom(options, who);
  const size = sizeAlong(t.shape, axis, who);
  if (about === undefined && given === undefined) {
    const squares = folding(DEVIATIONS, t, toMask(axis, t.ndim, who), keepdims, who);
    return divide(squares, Math.max(size - less, 0));
  }
  const centre = about ?? mean(t, axis, { keepdims: true, where: given });
  const squares = square(subtract(t, centre));
  if (given === undefined) {
    return divide(sum(squares, axis, { keepdims }), Math.max(size - less, 0));
  }
  const condition = conditionOf(given, t.shape, who);
  const count = subtract(sum(condition.broadcastTo(t.shape), axis, { keepdims }), less);
  return divide(sum(where(condition, squares, 0), axis, { keepdims }), clip(count, 0));
}

/**
 * Standard deviation over axes: the root of `variance`. Its derivative at equal elements is 0.
 *
 * @example
 * ```ts
 * std([1, 3]).item(); // 1
 * ```
 * @throws if there is no such axis
 */
export function std(x: TensorLike, axis?: Axes | SpreadOptions, options?: SpreadOptions): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "std", SPREAD);
  return rootOfSquares(spread(x, axis, options, "std"));
}

/** Options of {@link average}. */
export interface AverageOptions extends ReductionOptions {
  /** In x's shape, or in that of the axes, in their order. */
  weights?: TensorLike;
  /** Give the sums of the weights as well. Default false. */
  returned?: boolean;
}

/**
 * Weighted mean over axes; with `returned`, a pair: that and the sum of the weights.
 *
 * @example
 * ```ts
 * average([1, 2], { weights: [3, 1] }).item(); // 1.25
 * ```
 * @throws if weights suit neither x nor the axis
 */
export function average(
  x: TensorLike,
  axis: Axes,
  options: AverageOptions & { returned: true },
): [Tensor, Tensor];
export function average(
  x: TensorLike,
  options: AverageOptions & { returned: true },
): [Tensor, Tensor];
export function average(
  x: TensorLike,
  axis?: Axes | AverageOptions,
  options?: AverageOptions,
): Tensor;
export function average(
  x: TensorLike,
  axis?: Axes | AverageOptions,
  options?: AverageOptions,
): Tensor | [Tensor, Tensor] {
  [axis, options = {}] = trailing(axis, options);
  const who = "average";
  checkOptions(options, who, "weights returned keepdims");
  const [from, weights] = unrounded(who, x, options.weights);
  const t = toTensor(from, who);
  toMask(axis, t.ndim, who);
  const { keepdims = false } = options;
  let y: Tensor;
  let total: Tensor;
  if (weights === undefined) {
    y = mean(t, axis, { keepdims });
    total = toTensor(sizeAlong(t.shape, axis, who), who)
      .astype(y.dtype)
      .broadcastTo(y.shape);
  } else {
    const w = suited(t, toTensor(weights, who), axis, who);
    total = sum(w.broadcastTo(t.shape), axis, { keepdims });
    y = divide(sum(multiply(t, w), axis, { keepdims }), total);
  }
  return options.returned === true ? [y, total] : y;
}

/**
 * Largest minus smallest element over axes.
 *
 * @example
 * ```ts
 * ptp([[1, 5], [7, 2]], 1).toArray(); // [4, 5]
 * ```
 * @throws if there is no such axis, or no element
 */
export function ptp(
  x: TensorLike,
  axis?: Axes | ReductionOptions,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "ptp", "keepdims");
  const t = toTensor(x, "ptp");
  toMask(axis, t.ndim, "ptp");
  return subtract(max(t, axis, options), min(t, axis, options));
}

/**
 * The same as `max`.
 *
 * @example
 * ```ts
 * amax([[1, 5], [7, 2]], 1).toArray(); // [5, 7]
 * ```
 */
export function amax(
  x: TensorLike,
  axis?: Axes | ExtremeOptions,
  options?: ExtremeOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "amax", "keepdims where initial");
  return max(x, axis, options);
}

/**
 * The same as `min`.
 *
 * @example
 * ```ts
 * amin([[1, 5], [7, 2]], 1).toArray(); // [1, 2]
 * ```
 */
export function amin(
  x: TensorLike,
  axis?: Axes | ExtremeOptions,
  options?: ExtremeOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "amin", "keepdims where initial");
  return min(x, axis, options);
}
