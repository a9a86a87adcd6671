// Quantiles: elements between places in the sorted order.
import {
  add,
  argsort,
  ceil,
  clip,
  cumsum,
  divide,
  equal,
  floor,
  isnan,
  less,
  logicalNot,
  multiply,
  round,
  subtract,
  sum,
  takeAlongAxis,
  where,
} from "../../build/generated/ops.js";
import { toAxes, toAxis, toMask } from "../axes.js";
import { checkOperands } from "../arguments.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { full, tensor } from "../create.js";
import type { Axes, ReductionOptions } from "../families.js";
import { isHandle, isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, trailing } from "../options.js";
import { suited } from "./weights.js";

/** Between which elements a quantile lies, and where; the first eight choose between neighbours. */
export type QuantileMethod =
  | "inverted_cdf"
  | "averaged_inverted_cdf"
  | "closest_observation"
  | "lower"
  | "higher"
  | "nearest"
  | "midpoint"
  | "linear"
  | "weibull"
  | "hazen"
  | "median_unbiased"
  | "normal_unbiased"
  | "interpolated_inverted_cdf";

/** Options of quantiles. */
export interface QuantileOptions extends ReductionOptions {
  /** Default "linear". */
  method?: QuantileMethod;
  /**
   * How often each element counts, with method "inverted_cdf" only: in x's shape, or in that of the
   * axes. They have no derivative.
   */
  weights?: TensorLike;
}

/** α and β of the place n·q + α + q·(1 - α - β) - 1 (Hyndman & Fan, 1996). */
const PLOTTING: Partial<Record<QuantileMethod, readonly [number, number]>> = {
  linear: [1, 1],
  weibull: [0, 0],
  hazen: [0.5, 0.5],
  median_unbiased: [1 / 3, 1 / 3],
  normal_unbiased: [3 / 8, 3 / 8],
  interpolated_inverted_cdf: [0, 1],
};

type Choice = (place: Tensor, share: Tensor) => readonly [low: Tensor, high: Tensor];

/** The two places whose mean is taken: of the place among n elements from 0, and of n·q. */
const CHOOSING: Partial<Record<QuantileMethod, Choice>> = {
  lower: (place) => twice(floor(place)),
  higher: (place) => twice(ceil(place)),
  nearest: (place) => twice(round(place)),
  midpoint: (place) => [floor(place), ceil(place)],
  inverted_cdf: (_, share) => twice(subtract(ceil(share), 1)),
  averaged_inverted_cdf: (_, share) => [subtract(ceil(share), 1), floor(share)],
  closest_observation: (_, share) => twice(subtract(round(share), 1)),
};

function twice(place: Tensor): [Tensor, Tensor] {
  return [place, place];
}

/** x with the reduced axes as one in front, the sizes of the others, and those axes. */
function inFront(x: Tensor, axis: Axes, who: string): [Tensor, number[], number[]] {
  const { shape } = x;
  const all = shape.map((_, i) => i);
  toMask(axis, shape.length, who);
  const axes =
    axis === undefined || axis === null
      ? all
      : toAxes(axis, who).map((a) => toAxis(a, shape.length, who));
  const kept = all.filter((i) => !axes.includes(i));
  const rest = kept.map((i) => shape[i]!);
  const count = axes.reduce((n, i) => n * shape[i]!, 1);
  return [x.transpose([...axes, ...kept]).reshape([count, ...rest]), rest, axes];
}

/** q as fractions in float64, checked unless vmap or compile hides its values. */
function fractionsOf(q: TensorLike, percent: boolean, who: string): Tensor {
  checkOperands(who, q);
  const list = isHandle(q) ? q.astype("float64") : tensor(q, { dtype: "float64" });
  if (isKnown(list)) {
    const most = percent ? 100 : 1;
    for (const v of list.data()) {
      if (v >= 0 && v <= most) continue;
      throw new RangeError(`${who}: ${describe(v)} is not in 0 … ${most}`);
    }
  }
  return percent ? divide(list, 100) : list;
}

/** For each fraction the first place at which the weights so far reach it. */
function weighted(front: Tensor, order: Tensor, weights: Tensor, p: Tensor, skip: boolean): Tensor {
  const own = takeAlongAxis(weights.broadcastTo(front.shape), order, 0).astype("float64");
  const some = skip ? where(isnan(takeAlongAxis(front, order, 0)), 0, own) : own;
  const sums = cumsum(some, 0);
  // What weighs nothing at the start is not there.
  const share = where(equal(sums, 0), -1, divide(sums, sum(some, 0, { keepdims: true })));
  const below = less(share, p.expandDims(1));
  return clip(sum(below, 1), 0, front.shape[0]! - 1);
}

function checkWeights(w: Tensor, method: QuantileMethod, who: string): void {
  if (method !== "inverted_cdf") {
    throw new RangeError(`${who}: weights need method "inverted_cdf", not "${method}"`);
  }
  if (!isKnown(w)) return;
  const odd = w.data().find((v) => !(v >= 0));
  if (odd !== undefined) throw new RangeError(`${who}: a weight is ${odd}, not a number from 0 up`);
}

interface Way {
  percent?: boolean;
  /** NaN is left out. */
  skip?: boolean;
  method?: QuantileMethod;
}

function quantiles(
  x: TensorLike,
  q: TensorLike,
  axis: Axes,
  options: QuantileOptions,
  who: string,
  { percent = false, skip = false, method = options.method ?? "linear" }: Way = {},
): Tensor {
  const [plotting, choice] = [PLOTTING[method], CHOOSING[method]];
  if (plotting === undefined && choice === undefined) {
    const all = [...Object.keys(PLOTTING), ...Object.keys(CHOOSING)].join(", ");
    throw new RangeError(`${who}: no method ${JSON.stringify(method)} (there are ${all})`);
  }
  const [from, weights] = unrounded(who, x, options.weights, q);
  const given = toTensor(from, who);
  const t = given.dtype.startsWith("float") ? given : given.astype(tensor(0).dtype);
  const [front, rest, axes] = inFront(t, axis, who);
  const count = front.shape[0]!;
  const open = options.keepdims === true ? t.shape.map((d, i) => (axes.includes(i) ? 1 : d)) : rest;
  if (count === 0 && who.endsWith("median")) return full(open, NaN, { dtype: t.dtype });
  if (count === 0) {
    throw new RangeError(`${who}: no elements to choose from: shape [${t.shape.join()}]`);
  }
  const fractions = fractionsOf(q, percent, who);
  const order = argsort(front, 0);
  const sorted = takeAlongAxis(front, order, 0);
  const p = fractions.reshape([-1, ...rest.map(() => 1)]);
  const shape = [fractions.size, ...rest];
  const at = (place: Tensor): Tensor =>
    takeAlongAxis(sorted, place.broadcastTo(shape).astype("int32"), 0);
  // How many elements count, in each column if NaN is left out.
  const n = skip
    ? sum(logicalNot(isnan(front)), 0, { keepdims: true }).astype("float64")
    : tensor(count, { dtype: "float64" });
  const last = clip(subtract(n, 1), 0, count);
  let y: Tensor;
  if (weights !== undefined) {
    const w = suited(t, toTensor(weights, who), axis, who);
    checkWeights(w, method, who);
    y = at(weighted(front, order, inFront(w.broadcastTo(t.shape), axis, who)[0], p, skip));
  } else if (choice !== undefined) {
    const [low, high] = choice(clip(multiply(p, last), 0, last), multiply(p, n));
    const a = at(clip(low, 0, last));
    y = low === high ? a : divide(add(a, at(clip(high, 0, last))), 2);
  } else {
    const [alpha, beta] = plotting!;
    const place = clip(add(multiply(p, add(n, 1 - alpha - beta)), alpha - 1), 0, last);
    const low = floor(place);
    const [a, b] = [at(low), at(ceil(place))];
    // Equal neighbours may be infinite: no difference then.
    const step = where(equal(a, b), 0, subtract(b, a));
    y = add(a, multiply(step, subtract(place, low).astype(t.dtype)));
  }
  const lost = skip ? equal(n, 0) : isnan(sorted.slice([-1]));
  return where(lost, NaN, y).reshape([...fractions.shape, ...open]);
}

/**
 * The values below which fractions q (0 to 1) of the elements lie, over axes. Of several fractions the
 * first axes of the result are those of q, which has a derivative where places are interpolated. NaN
 * gives NaN.
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
  axis?: Axes | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "quantile", "method weights keepdims");
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
  axis?: Axes | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "percentile", "method weights keepdims");
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
export function median(
  x: TensorLike,
  axis?: Axes | ReductionOptions,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "median", "keepdims");
  return quantiles(x, 0.5, axis, options ?? {}, "median", { method: "midpoint" });
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
  axis?: Axes | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "nanquantile", "method weights keepdims");
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
  axis?: Axes | QuantileOptions,
  options?: QuantileOptions,
): Tensor {
  [axis, options = {}] = trailing(axis, options);
  checkOptions(options, "nanpercentile", "method weights keepdims");
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
export function nanmedian(
  x: TensorLike,
  axis?: Axes | ReductionOptions,
  options?: ReductionOptions,
): Tensor {
  [axis, options] = trailing(axis, options);
  checkOptions(options, "nanmedian", "keepdims");
  return quantiles(x, 0.5, axis, options ?? {}, "nanmedian", { skip: true, method: "midpoint" });
}
