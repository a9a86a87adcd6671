// Running sums and products as the array API has them.
import { concatenate, cumprod, cumsum } from "../../build/generated/ops.js";
import { toAxis } from "../axes.js";
import type { TensorLike } from "../convert.js";
import { inDtype } from "../families.js";
import { full } from "./filling.js";
import type { Dtype } from "../dtype.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";

/** Options of {@link cumulativeSum} and {@link cumulativeProd}. */
export interface CumulativeOptions {
  /** Along which axis; may be left out if there is only one. */
  axis?: number;
  /** The dtype in which is computed, and that of the result. */
  dtype?: Dtype;
  /** Begin with the sum (0) or product (1) of nothing. Default false. */
  includeInitial?: boolean;
}

function cumulative(
  run: typeof cumsum,
  x: TensorLike,
  options: CumulativeOptions,
  initial: number,
  who: string,
): Tensor {
  checkOptions(options, who, "axis dtype includeInitial");
  const { axis, dtype, includeInitial = false } = options;
  const given = inDtype(x, dtype, who);
  const t = given.ndim === 0 ? given.reshape([1]) : given;
  if (axis === undefined && t.ndim > 1) {
    throw new TypeError(`${who}: x has ${t.ndim} axes: say along which one ({ axis })`);
  }
  const at = toAxis(axis ?? 0, t.ndim, who);
  const y = run(t, at, dtype === undefined ? undefined : { dtype });
  if (!includeInitial) return y;
  const first = y.shape.map((d, i) => (i === at ? 1 : d));
  return concatenate([full(first, initial, { dtype: y.dtype }), y], at);
}

/**
 * Sums of the elements up to each one along an axis, with `includeInitial` one more, 0, before them.
 *
 * @example
 * ```ts
 * cumulativeSum([1, 2, 3], { includeInitial: true }).toArray(); // [0, 1, 3, 6]
 * ```
 * @throws if there is no such axis, or if x has several and none is named
 */
export function cumulativeSum(x: TensorLike, options: CumulativeOptions = {}): Tensor {
  return cumulative(cumsum, x, options, 0, "cumulativeSum");
}

/**
 * Products of the elements up to each one along an axis, with `includeInitial` one more, 1, before them.
 *
 * @example
 * ```ts
 * cumulativeProd([1, 2, 3], { includeInitial: true }).toArray(); // [1, 1, 2, 6]
 * ```
 * @throws if there is no such axis, or if x has several and none is named
 */
export function cumulativeProd(x: TensorLike, options: CumulativeOptions = {}): Tensor {
  return cumulative(cumprod, x, options, 1, "cumulativeProd");
}
