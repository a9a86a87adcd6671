// Norms of vectors and matrices. At 0, where none has a derivative, it is 0.
import { abs, max, min, notEqual, power, square, sum, where } from "../../build/generated/ops.js";
import { toAxes, toAxis } from "../axes.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import type { Axes, ReductionOptions } from "../families.js";
import type { Tensor } from "../tensor.js";
import { countNonzero } from "./counting.js";
import { rootOfSquares } from "./statistics.js";

/** Which norm: see {@link norm}. */
export type NormOrder = number | "fro" | null;

/**
 * Norm of vectors along one axis, of matrices along two, or of all of x. Of vectors: the root of the sum of squares
 * (2, the default), the largest (Infinity) or smallest (-Infinity) absolute value, the number of
 * elements that are not 0 (0), else (Σ |x|^p)^(1/p). Of matrices: the root of the sum of squares
 * ("fro", the default), the largest (1) or smallest (-1) sum of a column's absolute values, or of a
 * row's (±Infinity). Without an order and axes x counts as one vector.
 *
 * @example
 * ```ts
 * norm([3, 4]).item(); // 5
 * ```
 * @throws if there is no such axis or order, or if there are neither one nor two axes
 */
export function norm(
  x: TensorLike,
  order: NormOrder = null,
  axis?: Axes,
  options: ReductionOptions = {},
): Tensor {
  const who = "norm";
  const given = toTensor(x, who);
  const t = given.dtype.startsWith("float") ? given : given.divide(1);
  if ((axis === undefined || axis === null) && order === null) {
    return rootOfSquares(sum(square(t), axis, options));
  }
  const axes =
    axis === undefined || axis === null
      ? t.shape.map((_, i) => i)
      : toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  if (axes.length === 1) return ofVectors(t, order, axes[0]!, options);
  if (axes.length === 2) return ofMatrices(t, order, axes as [number, number], options);
  throw new RangeError(`${who}: of one axis or two, not ${axes.length}`);
}

function ofVectors(x: Tensor, order: NormOrder, axis: number, options: ReductionOptions): Tensor {
  if (order === null || order === 2) return rootOfSquares(sum(square(x), axis, options));
  if (order === Infinity) return max(abs(x), axis, options);
  if (order === -Infinity) return min(abs(x), axis, options);
  if (order === 0) return countNonzero(x, axis, options).astype(x.dtype);
  if (order === 1) return sum(abs(x), axis, options);
  if (typeof order !== "number" || Number.isNaN(order)) {
    throw new RangeError(`norm: no order ${describe(order)} of vectors`);
  }
  const total = sum(power(abs(x), order), axis, options);
  const some = notEqual(total, 0);
  return where(some, power(where(some, total, 1), 1 / order), order > 0 ? 0 : Infinity);
}

function ofMatrices(
  x: Tensor,
  order: NormOrder,
  [row, column]: [number, number],
  options: ReductionOptions,
): Tensor {
  if (row === column) throw new RangeError(`norm: axis ${row} is named twice`);
  if (order === null || order === "fro") {
    return rootOfSquares(sum(square(x), [row, column], options));
  }
  const size = typeof order === "number" ? Math.abs(order) : 0;
  if (size !== 1 && size !== Infinity) {
    throw new RangeError(
      `norm: no order ${describe(order)} of matrices (there are "fro", 1, -1, Infinity and -Infinity)`,
    );
  }
  const [over, along] = size === 1 ? [row, column] : [column, row];
  const sums = sum(abs(x), over, { keepdims: true });
  const y = order > 0 ? max(sums, along, { keepdims: true }) : min(sums, along, { keepdims: true });
  return options.keepdims === true ? y : y.squeeze([row, column]);
}
