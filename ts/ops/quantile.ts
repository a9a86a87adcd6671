// Quantiles: elements between places in the sorted order.
import {
  add,
  ceil,
  clip,
  equal,
  floor,
  isnan,
  logicalNot,
  multiply,
  round,
  subtract,
  sum,
  takeAlongAxis,
  where,
} from "../../build/generated/ops.js";
import { toAxes, toAxis } from "../axes.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { full, tensor } from "../create.js";
import type { Axes, ReductionOptions } from "../families.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { sort } from "./ordering.js";
import { checkOptions } from "../options.js";

/** Between which elements a quantile lies, and where; the first five choose between neighbours. */
export type QuantileMethod =
  | "linear"
  | "lower"
  | "higher"
  | "nearest"
  | "midpoint"
  | "weibull"
  | "hazen"
  | "median_unbiased"
  | "normal_unbiased"
  | "interpolated_inverted_cdf";

/** Options of quantiles. */
export interface QuantileOptions extends ReductionOptions {
  /** Default "linear". */
  method?: QuantileMethod;
}

/** α and β of the place n·q + α + q·(1 - α - β) - 1 (Hyndman & Fan, 1996). */
const PLOTTING: Partial<Record<QuantileMethod, readonly [number, number]>> = {
  weibull: [0, 0],
  hazen: [0.5, 0.5],
  median_unbiased: [1 / 3, 1 / 3],
  normal_unbiased: [3 / 8, 3 / 8],
  interpolated_inverted_cdf: [0, 1],
};
const CHOOSING = ["linear", "lower", "higher", "nearest", "midpoint"];

/** x with the reduced axes as one in front, and the shape of the others. */
function inFront(x: Tensor, axis: Axes, who: string): [Tensor, number[], number[]] {
  const { shape } = x;
  const all = shape.map((_, i) => i);
  const axes =
    axis === undefined || axis === null
      ? all
      : toAxes(axis, who).map((a) => toAxis(a, shape.length, who));
  const kept = all.filter((i) => !axes.includes(i));
  const rest = kept.map((i) => shape[i]!);
  const count = axes.reduce((n, i) => n * shape[i]!, 1);
  return [x.transpose([...axes, ...kept]).reshape([count, ...rest]), rest, axes];
}

function quantiles(
  x: TensorLike,
  q: TensorLike,
  axis: Axes,
  options: QuantileOptions,
  who: string,
  { percent = false, skip = false } = {},
): Tensor {
  const method = options.method ?? "linear";
  const plotting = PLOTTING[method];
  if (plotting === undefined && !CHOOSING.includes(method)) {
    throw new RangeError(`${who}: no method ${JSON.stringify(method)}`);
  }
  const given = toTensor(x, who);
  const t = given.dtype.startsWith("float") ? given : given.astype(tensor(0).dtype);
  const [front, rest, axes] = inFront(t, axis, who);
  const [count] = front.shape as [number];
  if (count === 0 && who.endsWith("median")) {
    const open =
      options.keepdims === true ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : rest;
    return full(open, NaN, { dtype: t.dtype });
  }
  if (count === 0)
    throw new RangeError(`${who}: no elements to choose from: shape [${t.shape.join()}]`);
  const sorted = sort(front, 0);
  const list = isHandle(q) ? q : tensor(q, { dtype: "float64" });
  const fractions = Array.from(list.data(), (v) => (percent ? v / 100 : v));
  for (const v of fractions) {
    if (!(v >= 0 && v <= 1)) {
      throw new RangeError(
        `${who}: ${describe(percent ? v * 100 : v)} is not in ${percent ? "0 … 100" : "0 … 1"}`,
      );
    }
  }
  const dtype = t.dtype;
  const ones = rest.map(() => 1);
  const p = tensor(fractions, { dtype: "float64" }).reshape([-1, ...ones]);
  // How many elements count, in each column if NaN is left out.
  const n = skip
    ? sum(logicalNot(isnan(front)), 0, { keepdims: true }).astype("float64")
    : tensor(count, { dtype: "float64" });
  const [alpha, beta] = plotting ?? [1, 1];
  const place = add(multiply(p, add(n, 1 - alpha - beta)), alpha - 1);
  const last = subtract(n, 1);
  const at = clip(place, 0, clip(last, 0, count));
  let low = method === "nearest" ? round(at) : method === "higher" ? ceil(at) : floor(at);
  let high = method === "linear" || method === "midpoint" || plotting ? ceil(at) : low;
  let weight = method === "midpoint" ? where(equal(low, high), 0, 0.5) : subtract(at, low);
  if (method !== "linear" && method !== "midpoint" && !plotting) weight = multiply(weight, 0);
  const shape = [fractions.length, ...rest];
  low = low.broadcastTo(shape);
  high = high.broadcastTo(shape);
  const a = takeAlongAxis(sorted, low.astype("int32"), 0);
  const b = takeAlongAxis(sorted, high.astype("int32"), 0);
  // Equal neighbours may be infinite: no difference then.
  const step = where(equal(a, b), 0, subtract(b, a));
  let y = add(a, multiply(step, weight.astype(dtype)));
  if (!skip) y = where(isnan(sorted.slice([-1])), NaN, y);
  const open = options.keepdims === true ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : rest;
  return y.reshape([...list.shape, ...open]);
}

/**
 * The values below which fractions q (0 to 1) of the elements lie, over axes. Of several fractions the
 * first axes of the result are those of q. NaN gives NaN.
 *
 * @example
 * ```ts
 * quantile([1, 2, 3, 4], 0.5).item(); // 2.5
 * ```
 * @throws if q is not within 0 and 1, if there is no such axis or method, or no element
 */
export function quantile(
  x: TensorLike,
  q: TensorLike,
  axis?: Axes,
  options: QuantileOptions = {},
): Tensor {
  checkOptions(options, "quantile", "method keepdims");
  return quantiles(x, q, axis, options, "quantile");
}

/**
 * `quantile` of percents, 0 to 100.
 *
 * @example
 * ```ts
 * percentile([1, 2, 3, 4], 50).item(); // 2.5
 * ```
 * @throws if q is not within 0 and 100, if there is no such axis or method, or no element
 */
export function percentile(
  x: TensorLike,
  q: TensorLike,
  axis?: Axes,
  options: QuantileOptions = {},
): Tensor {
  checkOptions(options, "percentile", "method keepdims");
  return quantiles(x, q, axis, options, "percentile", { percent: true });
}

/**
 * The element in the middle, or the mean of the two, over axes. NaN gives NaN.
 *
 * @example
 * ```ts
 * median([[3, 1, 2], [9, 7, 8]], 1).toArray(); // [2, 8]
 * ```
 * @throws if there is no such axis
 */
export function median(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  checkOptions(options, "median", "keepdims");
  return quantiles(x, 0.5, axis, options ?? {}, "median");
}

/**
 * `quantile`, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanquantile([1, NaN, 3], 0.5).item(); // 2
 * ```
 * @throws if q is not within 0 and 1, if there is no such axis or method, or no element
 */
export function nanquantile(
  x: TensorLike,
  q: TensorLike,
  axis?: Axes,
  options: QuantileOptions = {},
): Tensor {
  checkOptions(options, "nanquantile", "method keepdims");
  return quantiles(x, q, axis, options, "nanquantile", { skip: true });
}

/**
 * `percentile`, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanpercentile([1, NaN, 3], 50).item(); // 2
 * ```
 * @throws if q is not within 0 and 100, if there is no such axis or method, or no element
 */
export function nanpercentile(
  x: TensorLike,
  q: TensorLike,
  axis?: Axes,
  options: QuantileOptions = {},
): Tensor {
  checkOptions(options, "nanpercentile", "method keepdims");
  return quantiles(x, q, axis, options, "nanpercentile", { percent: true, skip: true });
}

/**
 * `median`, NaN left out; NaN where nothing is left.
 *
 * @example
 * ```ts
 * nanmedian([1, NaN, 3]).item(); // 2
 * ```
 * @throws if there is no such axis
 */
export function nanmedian(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  checkOptions(options, "nanmedian", "keepdims");
  return quantiles(x, 0.5, axis, options ?? {}, "nanmedian", { skip: true });
}
