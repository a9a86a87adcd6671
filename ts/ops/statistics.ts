// Spread and its like. Where all elements are equal, the derivative of a standard deviation is 0.
import {
  clip,
  concatenate,
  divide,
  greater,
  matmul,
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
import { sizeAlong, toMask } from "../axes.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import type { Dtype } from "../dtype.js";
import type { Axes, ReductionOptions } from "../families.js";
import { conditionOf, type ExtremeOptions, type MeanOptions } from "../reducing.js";
import type { Tensor } from "../tensor.js";
import { diagonal } from "./diagonals.js";
import { atleast2d } from "./shapes.js";
import { checkOptions } from "../options.js";
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
export function variance(x: TensorLike, axis?: Axes, options: SpreadOptions = {}): Tensor {
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
  const own = toTensor(from, who);
  const t = dtype === undefined ? own : own.astype(dtype);
  const less = freedom(options, who);
  const size = sizeAlong(t.shape, axis, who);
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
export function std(x: TensorLike, axis?: Axes, options: SpreadOptions = {}): Tensor {
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
 * average([1, 2], undefined, { weights: [3, 1] }).item(); // 1.25
 * ```
 * @throws if weights suit neither x nor the axis
 */
export function average(
  x: TensorLike,
  axis: Axes,
  options: AverageOptions & { returned: true },
): [Tensor, Tensor];
export function average(x: TensorLike, axis?: Axes, options?: AverageOptions): Tensor;
export function average(
  x: TensorLike,
  axis?: Axes,
  options: AverageOptions = {},
): Tensor | [Tensor, Tensor] {
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
export function ptp(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
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
export function amax(x: TensorLike, axis?: Axes, options?: ExtremeOptions): Tensor {
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
export function amin(x: TensorLike, axis?: Axes, options?: ExtremeOptions): Tensor {
  checkOptions(options, "amin", "keepdims where initial");
  return min(x, axis, options);
}

/** Options of {@link cov}. */
export interface CovOptions {
  /** Rows are variables, columns observations; false: the other way round. Default true. */
  rowvar?: boolean;
  /** Divide by the number of observations, not by one less. Default false. */
  bias?: boolean;
  /** Subtracted from the number of observations instead. */
  ddof?: number;
  /** How often each observation counts: integers. */
  fweights?: TensorLike;
  /** How much each observation counts. */
  aweights?: TensorLike;
  /** The dtype in which is computed, and that of the result. */
  dtype?: Dtype;
}

/**
 * Covariances of variables, which are rows of x (and of y): a matrix, of one variable a 0-d tensor.
 *
 * @example
 * ```ts
 * cov([[1, 2, 3], [3, 2, 1]]).toArray(); // [[1, -1], [-1, 1]]
 * ```
 * @throws if x has more than two axes
 */
export function cov(x: TensorLike, y?: TensorLike | null, options: CovOptions = {}): Tensor {
  const who = "cov";
  checkOptions(options, who, "rowvar bias ddof fweights aweights dtype");
  const { fweights, aweights } = options;
  [x, y] = unrounded(who, x, y, aweights);
  const rows = (z: TensorLike): Tensor => {
    const own = toTensor(z, who);
    const t = options.dtype === undefined ? own : own.astype(options.dtype);
    if (t.ndim > 2) throw new RangeError(`${who}: needs at most two axes, not ${t.ndim}`);
    const two = atleast2d(t);
    return options.rowvar === false && t.ndim === 2 ? two.transpose() : two;
  };
  const m = y === undefined || y === null ? rows(x) : concatenate([rows(x), rows(y)], 0);
  const count = m.shape[1]!;
  const ddof = options.ddof ?? (options.bias === true ? 0 : 1);
  let w: Tensor | undefined;
  if (fweights !== undefined) w = toTensor(fweights, who);
  if (aweights !== undefined) {
    const a = toTensor(unrounded(who, aweights, m)[0], who);
    w = w === undefined ? a : multiply(w, a);
  }
  if (w !== undefined) w = w.astype(m.dtype === "float64" ? "float64" : w.dtype);
  let centred: Tensor;
  let product: Tensor;
  if (w === undefined) {
    centred = subtract(m, mean(m, 1, { keepdims: true }));
    product = divide(matmul(centred, centred.transpose()), Math.max(count - ddof, 0));
  } else {
    const total = sum(w);
    centred = subtract(m, divide(sum(multiply(m, w), 1, { keepdims: true }), total));
    const used =
      ddof === 0
        ? total
        : aweights === undefined
          ? subtract(total, ddof)
          : subtract(total, divide(multiply(sum(multiply(w, aweights)), ddof), total));
    const positive = where(greater(used, 0), used, 0);
    product = divide(matmul(multiply(centred, w), centred.transpose()), positive);
  }
  return product.shape[0] === 1 ? product.reshape([]) : product;
}

/**
 * Correlation coefficients of variables, which are rows of x (and of y).
 *
 * @example
 * ```ts
 * corrcoef([[1, 2, 3], [3, 2, 1]]).toArray(); // [[1, -1], [-1, 1]]
 * ```
 * @throws if x has more than two axes
 */
export function corrcoef(
  x: TensorLike,
  y?: TensorLike | null,
  options: Pick<CovOptions, "rowvar" | "dtype"> = {},
): Tensor {
  checkOptions(options, "corrcoef", "rowvar dtype");
  const c = cov(x, y, options);
  if (c.ndim === 0) return divide(c, c);
  const deviations = sqrt(diagonal(c));
  return clip(divide(divide(c, deviations.reshape([-1, 1])), deviations), -1, 1);
}
