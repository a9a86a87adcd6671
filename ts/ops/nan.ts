// Reductions that leave NaN out.
import {
  cumprod,
  cumsum,
  divide,
  equal,
  isnan,
  logicalNot,
  logicalOr,
  max,
  min,
  prod,
  argmax,
  argmin,
  greater,
  square,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { NANSUM } from "../../build/generated/codes.js";
import { talliesPart } from "../../build/generated/parts/tallies.js";
import { toMask } from "../axes.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import type { Dtype } from "../dtype.js";
import { inDtype, type Axes, type ReductionOptions } from "../families.js";
import { slot } from "../handle.js";
import {
  conditionOf,
  folding,
  type ChosenOptions,
  type ExtremeOptions,
  type FoldOptions,
  type MeanOptions,
} from "../reducing.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { any } from "./counting.js";
import { freedom, rootOfSquares, SPREAD, type SpreadOptions } from "./statistics.js";
import { checkOptions, trailing } from "../options.js";

/** x with another value in the place of NaN; integers have none. Looks at the axes, too. */
function without(
  x: TensorLike,
  value: number,
  axis: Axes,
  who: string,
  options?: FoldOptions,
): Tensor {
  // Whole numbers are what is left without NaN; lists are read as exactly as another dtype may need.
  const wanted = options?.dtype;
  const dtype = wanted === "float64" || (wanted && Array.isArray(x)) ? "float64" : undefined;
  const t = inDtype(unrounded(who, x, options?.initial)[0], dtype, who);
  toMask(axis, t.ndim, who);
  return t.dtype.startsWith("float") ? where(isnan(t), value, t) : t;
}

/**
 * Sum over axes, NaN left out.
 *
 * @example
 * ```ts
 * nansum([1, NaN, 2]).item(); // 3
 * ```
 */
export function nansum(x: TensorLike, axis?: Axes | FoldOptions, options?: FoldOptions): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nansum", "keepdims where initial dtype");
  return sumWithout(x, axis, options);
}

function sumWithout(x: TensorLike, axis: Axes, options: FoldOptions | undefined): Tensor {
  const { where: chosen, initial, dtype, keepdims = false } = options ?? {};
  if (chosen === undefined && initial === undefined && dtype === undefined) {
    const t = toTensor(x, "nansum");
    const mask = toMask(axis, t.ndim, "nansum");
    if (t.dtype.startsWith("float")) {
      wasm.need(talliesPart);
      return folding(NANSUM, t, mask, keepdims, "nansum");
    }
  }
  return sum(without(x, 0, axis, "nansum", options), axis, options);
}

/**
 * Product over axes, NaN left out.
 *
 * @example
 * ```ts
 * nanprod([3, NaN, 2]).item(); // 6
 * ```
 */
export function nanprod(x: TensorLike, axis?: Axes | FoldOptions, options?: FoldOptions): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanprod", "keepdims where initial dtype");
  return prod(without(x, 1, axis, "nanprod", options), axis, options);
}

/**
 * Cumulative sums along an axis, NaN counted as 0.
 *
 * @example
 * ```ts
 * nancumsum([1, NaN, 2]).toArray(); // [1, 1, 3]
 * ```
 */
export function nancumsum(
  x: TensorLike,
  axis?: number | { dtype?: Dtype } | null,
  options?: { dtype?: Dtype },
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nancumsum", "dtype");
  return cumsum(without(x, 0, axis, "nancumsum", options), axis, options);
}

/**
 * Cumulative products along an axis, NaN counted as 1.
 *
 * @example
 * ```ts
 * nancumprod([3, NaN, 2]).toArray(); // [3, 3, 6]
 * ```
 */
export function nancumprod(
  x: TensorLike,
  axis?: number | { dtype?: Dtype } | null,
  options?: { dtype?: Dtype },
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nancumprod", "dtype");
  return cumprod(without(x, 1, axis, "nancumprod", options), axis, options);
}

/** Where an element is NaN or not among those that count. */
function lostOf(x: Tensor, where: TensorLike | undefined, who: string): Tensor {
  const lost = isnan(x);
  return where === undefined ? lost : logicalOr(lost, logicalNot(conditionOf(where, x.shape, who)));
}

/** Number of elements that count. */
function count(x: Tensor, axis: Axes, options: ChosenOptions | undefined, who: string): Tensor {
  toMask(axis, x.ndim, who);
  const keepdims = options?.keepdims ?? false;
  return sum(logicalNot(lostOf(x, options?.where, who)), axis, { keepdims });
}

/**
 * Mean over axes, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanmean([1, NaN, 2]).item(); // 1.5
 * ```
 */
export function nanmean(x: TensorLike, axis?: Axes | MeanOptions, options?: MeanOptions): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanmean", "keepdims where dtype");
  return meanOf(inDtype(x, options?.dtype, "nanmean"), axis, options, "nanmean");
}

function meanOf(t: Tensor, axis: Axes, options: ChosenOptions | undefined, who: string): Tensor {
  const left = count(t, axis, options, who);
  const { keepdims = false, where } = options ?? {};
  return divide(nansum(t, axis, { keepdims, where }), left.astype(floatOf(t)));
}

function floatOf(x: Tensor): "float32" | "float64" {
  return x.dtype === "float64" ? "float64" : "float32";
}

function extreme(
  x: TensorLike,
  axis: Axes,
  options: ExtremeOptions | undefined,
  largest: boolean,
  who: string,
): Tensor {
  const t = toTensor(unrounded(who, x, options?.initial)[0], who);
  const best = largest ? max : min;
  if (!t.dtype.startsWith("float")) return best(t, axis, options);
  const y = best(without(t, largest ? -Infinity : Infinity, axis, who), axis, options);
  // Of no elements at all there may be an initial value.
  if (t.size === 0 || options?.initial !== undefined) return y;
  const keepdims = options?.keepdims ?? false;
  return where(equal(count(t, axis, { keepdims }, who), 0), NaN, y);
}

/**
 * Largest element over axes, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanmax([1, NaN, 2]).item(); // 2
 * ```
 * @throws if there is no element
 */
export function nanmax(
  x: TensorLike,
  axis?: Axes | ExtremeOptions,
  options?: ExtremeOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanmax", "keepdims where initial");
  return extreme(x, axis, options, true, "nanmax");
}

/**
 * Smallest element over axes, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanmin([1, NaN, 2]).item(); // 1
 * ```
 * @throws if there is no element
 */
export function nanmin(
  x: TensorLike,
  axis?: Axes | ExtremeOptions,
  options?: ExtremeOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanmin", "keepdims where initial");
  return extreme(x, axis, options, false, "nanmin");
}

function place(
  x: TensorLike,
  axis: number | null | undefined,
  options: ReductionOptions | undefined,
  largest: boolean,
  who: string,
): Tensor {
  const t = toTensor(x, who);
  const mapped = wasm.core().tensorBatch(slot(t)) > 0;
  const lost = equal(count(t, axis, undefined, who), 0);
  if (!mapped && any(lost).item() !== 0) throw new RangeError(`${who}: nothing but NaN`);
  return (largest ? argmax : argmin)(
    without(t, largest ? -Infinity : Infinity, axis, who),
    axis,
    options,
  );
}

/**
 * Place of the first largest element along an axis, NaN left out, int32.
 *
 * @example
 * ```ts
 * nanargmax([1, NaN, 2]).item(); // 2
 * ```
 * @throws if nothing but NaN is there; inside vmap, where nobody can look, that gives 0
 */
export function nanargmax(
  x: TensorLike,
  axis?: number | ReductionOptions | null,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanargmax", "keepdims");
  return place(x, axis, options, true, "nanargmax");
}

/**
 * Place of the first smallest element along an axis, NaN left out, int32.
 *
 * @example
 * ```ts
 * nanargmin([NaN, 2, 1]).item(); // 2
 * ```
 * @throws if nothing but NaN is there; inside vmap, where nobody can look, that gives 0
 */
export function nanargmin(
  x: TensorLike,
  axis?: number | ReductionOptions | null,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanargmin", "keepdims");
  return place(x, axis, options, false, "nanargmin");
}

/**
 * Variance over axes, NaN left out; NaN where no more than `ddof` elements are left.
 *
 * @example
 * ```ts
 * nanvar([1, NaN, 3]).item(); // 1
 * ```
 */
export function nanvar(
  x: TensorLike,
  axis?: Axes | SpreadOptions,
  options?: SpreadOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "nanvar", SPREAD);
  return varianceOf(x, axis, options, "nanvar");
}

function varianceOf(x: TensorLike, axis: Axes, options: SpreadOptions, who: string): Tensor {
  const { keepdims = false, where: chosen, dtype } = options;
  const [from, about] = unrounded(who, x, options.mean);
  const t = inDtype(from, dtype, who);
  const lost = lostOf(t, chosen, who);
  const centre = about ?? meanOf(t, axis, { keepdims: true, where: chosen }, who);
  const distance = where(lost, 0, subtract(t, centre));
  const total = sum(where(lost, 0, square(distance)), axis, { keepdims });
  const left = subtract(
    count(t, axis, { keepdims, where: chosen }, who),
    freedom(options, who),
  ).astype(floatOf(t));
  const enough = greater(left, 0);
  return where(enough, divide(total, where(enough, left, 1)), NaN);
}

/**
 * Standard deviation over axes, NaN left out; NaN where no more than `ddof` elements are left.
 *
 * @example
 * ```ts
 * nanstd([1, NaN, 3]).item(); // 1
 * ```
 */
export function nanstd(
  x: TensorLike,
  axis?: Axes | SpreadOptions,
  options?: SpreadOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "nanstd", SPREAD);
  return rootOfSquares(varianceOf(x, axis, options, "nanstd"));
}
