// Norms of vectors and matrices, and condition numbers. At 0, where no norm has a derivative, it is 0.
import {
  abs,
  add,
  divide,
  greater,
  isnan,
  less,
  logicalAnd,
  logicalOr,
  matmul,
  max,
  min,
  multiply,
  notEqual,
  power,
  square,
  sum,
  where,
} from "../../build/generated/ops.js";
import { toAxes, toAxis } from "../axes.js";
import { checkOperands } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import type { Axes, ReductionOptions } from "../families.js";
import { isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { countNonzero } from "../ops/counting.js";
import { moveaxis } from "../ops/shapes.js";
import { rootOfSquares } from "../ops/statistics.js";
import { stopGradient } from "../transforms/control.js";
import { floats, squares } from "./rows.js";
import { inverse } from "./solving.js";
import { decomposed, singularValues } from "./spectra.js";
import { checkOptions, trailing } from "../options.js";

/** Which norm: see {@link norm}. */
export type NormOrder = number | "fro" | "nuc" | null;

/**
 * Norm of vectors along one axis, of matrices along two, or of all of x. Of vectors: the root of the sum of squares
 * (2, the default), the largest (Infinity) or smallest (-Infinity) absolute value, the number of
 * elements that are not 0 (0), else (Σ |x|^p)^(1/p). Of matrices: the root of the sum of squares
 * ("fro", the default), the largest (1) or smallest (-1) sum of a column's absolute values, or of a
 * row's (±Infinity), the largest (2) or smallest (-2) singular value, or their sum ("nuc"). Without an
 * order and axes x counts as one vector. Elements whose squares are no numbers any more are no obstacle;
 * the derivative at a zero vector is 0.
 *
 * @example
 * ```ts
 * norm([3, 4]).item(); // 5
 * ```
 * @throws if there is no such axis or order, or if there are neither one nor two axes
 */
export function norm(
  x: TensorLike,
  order?: NormOrder | ReductionOptions,
  axis?: Axes | ReductionOptions,
  options?: ReductionOptions,
): Tensor {
  [order = null, axis, options = {}] = trailing(order, axis, options);
  const who = "norm";
  checkOptions(options, who, "keepdims");
  const given = toTensor(x, who);
  const t = given.dtype.startsWith("float") ? given : given.divide(1);
  if ((axis === undefined || axis === null) && order === null) {
    return euclidean(t, axis, options);
  }
  const axes =
    axis === undefined || axis === null
      ? t.shape.map((_, i) => i)
      : toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  if (axes.length === 1) return ofVectors(t, order, axes[0]!, options);
  if (axes.length === 2) return ofMatrices(t, order, axes as [number, number], options);
  throw new RangeError(`${who}: of one axis or two, not ${axes.length}`);
}

/**
 * What x is divided by before powers of order p are summed, per line: the largest absolute value where
 * powers would leave the range of numbers, else 1, which changes no bit. It is a constant to derivatives,
 * which are exact nevertheless: the norm does not depend on it.
 */
function scaleOf(x: Tensor, p: number, axis: Axes): Tensor {
  const most = max(abs(stopGradient(x)), axis, { keepdims: true });
  // The rounded 1 / p is an exponent of the sum: other orders than 2 want that to be no large number.
  const single = x.dtype === "float32";
  const bound = 2 ** ((p === 2 ? (single ? 120 : 1000) : single ? 60 : 100) / p);
  const large = logicalAnd(greater(most, bound), less(most, Infinity));
  const small = logicalAnd(less(most, 1 / bound), greater(most, 0));
  return where(logicalOr(large, small), most, 1);
}

/** `of` x without overflow: norms of order p > 0 of lines of x. */
function scaled(
  x: Tensor,
  p: number,
  axis: Axes,
  options: ReductionOptions,
  of: (x: Tensor) => Tensor,
): Tensor {
  if (x.size === 0) return of(x);
  const scale = scaleOf(x, p, axis);
  const y = of(divide(x, scale));
  return multiply(y, options.keepdims === true ? scale : scale.reshape(y.shape));
}

function euclidean(x: Tensor, axis: Axes, options: ReductionOptions): Tensor {
  if (x.size > 0 && (axis === undefined || axis === null) && isKnown(x)) {
    const total = sum(square(x), axis, options);
    const [value, bound] = [total.item(), 2 ** (x.dtype === "float32" ? 120 : 1000)];
    // Then nothing is beyond the bounds of `scaleOf`: neither the largest element nor, as the mean, its square.
    if (value < bound && value > x.size / bound) return rootOfSquares(total);
  }
  return scaled(x, 2, axis, options, (t) => rootOfSquares(sum(square(t), axis, options)));
}

/** The largest of what is not negative: 0 of no elements. */
function largest(x: Tensor, axis: number, keepdims: boolean): Tensor {
  return max(x, axis, x.size > 0 ? { keepdims } : { keepdims, initial: 0 });
}

function ofVectors(x: Tensor, order: NormOrder, axis: number, options: ReductionOptions): Tensor {
  if (order === null || order === 2) return euclidean(x, axis, options);
  if (order === Infinity) return largest(abs(x), axis, options.keepdims === true);
  if (order === -Infinity) return min(abs(x), axis, options);
  if (order === 0) return countNonzero(x, axis, options).astype(x.dtype);
  if (order === 1) return sum(abs(x), axis, options);
  if (typeof order !== "number" || Number.isNaN(order)) {
    throw new RangeError(`norm: no order ${describe(order)} of vectors`);
  }
  const ofOrder = (t: Tensor): Tensor => {
    const total = sum(power(abs(t), order), axis, options);
    const some = notEqual(total, 0);
    return where(some, power(where(some, total, 1), 1 / order), order > 0 ? 0 : Infinity);
  };
  return order > 0 ? scaled(x, order, axis, options, ofOrder) : ofOrder(x);
}

function ofMatrices(
  x: Tensor,
  order: NormOrder,
  [row, column]: [number, number],
  options: ReductionOptions,
): Tensor {
  if (row === column) throw new RangeError(`norm: axis ${row} is named twice`);
  if (order === null || order === "fro") {
    return euclidean(x, [row, column], options);
  }
  if (order === 2 || order === -2 || order === "nuc")
    return ofValues(x, order, [row, column], options);
  const size = typeof order === "number" ? Math.abs(order) : 0;
  if (size !== 1 && size !== Infinity) {
    throw new RangeError(
      `norm: no order ${describe(order)} of matrices (there are "fro", "nuc", 1, -1, 2, -2, Infinity and -Infinity)`,
    );
  }
  const [over, along] = size === 1 ? [row, column] : [column, row];
  const sums = sum(abs(x), over, { keepdims: true });
  const y = order > 0 ? largest(sums, along, true) : min(sums, along, { keepdims: true });
  return options.keepdims === true ? y : y.squeeze([row, column]);
}

/**
 * The sum of singular values, as Σ x·p with the polar factor p = U·Vᵀ of x: p turns where singular values
 * meet as elsewhere, so the sum has its derivatives of any order there. Values that are 0, or no more than
 * rounding beside the largest one, have none: they leave p, and count with derivative 0.
 */
function sumOfValues(x: Tensor): Tensor {
  const [u, s, v] = decomposed(x, "norm");
  if (s.size === 0) return sum(s, -1);
  const eps = x.dtype === "float64" ? 7e-15 : 1.2e-7 * Math.max(...x.shape.slice(-2));
  const counts = greater(s, multiply(max(s, -1, { keepdims: true }), eps));
  const p = matmul(multiply(u, counts.astype(x.dtype).expandDims(-2)), v.swapaxes(-1, -2));
  const rest = stopGradient(where(counts, 0, s));
  return add(sum(multiply(x, p), [-2, -1]), sum(rest, -1));
}

function extreme(x: Tensor, most: boolean): Tensor {
  const s = singularValues(x, "norm");
  return most ? largest(s, -1, false) : min(s, -1);
}

function ofValues(
  x: Tensor,
  order: 2 | -2 | "nuc",
  axes: [number, number],
  options: ReductionOptions,
): Tensor {
  const matrices = moveaxis(x, axes, [-2, -1]);
  const y = order === "nuc" ? sumOfValues(matrices) : extreme(matrices, order > 0);
  return options.keepdims === true ? y.expandDims([...axes].sort((a, b) => a - b)) : y;
}

/**
 * The condition number of matrices, the last two axes of x: the norm of x times that of its inverse, or
 * for the orders 2 (the default) and -2 the largest by the smallest singular value, or the other way
 * round. Infinity if x is singular.
 *
 * @example
 * ```ts
 * linalg.cond([[4, 0], [0, 2]]).item(); // 2
 * ```
 * @throws if matrices are not square (orders 2 and -2 take any), or if there is no such order
 */
export function cond(x: TensorLike, order: NormOrder = null): Tensor {
  const who = "linalg.cond";
  const t = floats([x], who)[0]!;
  if (order === null || order === 2 || order === -2) {
    const s = singularValues(t, who);
    const [most, least] = [max(s, -1), min(s, -1)];
    return order === -2 ? divide(least, most) : divide(most, least);
  }
  squares(t, who);
  const y = multiply(norm(t, order, [-2, -1]), norm(inverse(t, who, true), order, [-2, -1]));
  return where(isnan(y), Infinity, y);
}

/** Options of {@link vectorNorm} and {@link matrixNorm}. */
export interface NormOptions extends ReductionOptions {
  /** Which norm: see `norm`. */
  ord?: NormOrder;
  /** Axes of vectors: one, several (flattened), or null for all. `vectorNorm` only. */
  axis?: Axes;
}

/**
 * The norm of vectors along axes, all by default: see `norm`.
 *
 * @example
 * ```ts
 * linalg.vectorNorm([[3, 4], [0, 0]], { axis: -1 }).toArray(); // [5, 0]
 * ```
 * @throws if there is no such axis or order
 */
export function vectorNorm(x: TensorLike, options: NormOptions = {}): Tensor {
  const who = "vectorNorm";
  checkOptions(options, who, "ord axis keepdims");
  const t = toTensor(x, who);
  const { axis = null, ord = 2, keepdims = false } = options;
  const axes =
    axis === null ? t.shape.map((_, i) => i) : toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  const rest = t.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const flat = t.transpose([...rest, ...axes]).reshape([...rest.map((i) => t.shape[i]!), -1]);
  const y = norm(flat, ord, -1);
  return keepdims ? y.expandDims([...axes].sort((a, b) => a - b)) : y;
}

/**
 * The norm of matrices, the last two axes of x: see `norm`.
 *
 * @example
 * ```ts
 * linalg.matrixNorm([[3, 0], [0, 4]], { ord: "nuc" }).item(); // 7
 * ```
 * @throws if x is no matrices, or if there is no such order
 */
export function matrixNorm(x: TensorLike, options: Omit<NormOptions, "axis"> = {}): Tensor {
  checkOptions(options, "matrixNorm", "ord keepdims");
  const { ord = "fro", keepdims = false } = options;
  checkOperands("linalg.matrixNorm", x);
  return norm(x, ord, [-2, -1], { keepdims });
}
