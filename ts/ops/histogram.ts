// Counting by bins, along one axis and several. Bins depend on values, so these read them.
import {
  add,
  equal,
  greaterEqual,
  lessEqual,
  logicalAnd,
  multiply,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { DType } from "../../assembly/shared/dtype.js";
import { MOST_ELEMENTS, toCount, toList } from "../arguments.js";
import {
  fromData,
  tensorBeside,
  type TensorLike,
  together,
  toTensor,
  unrounded,
} from "../convert.js";
import { linspace } from "../create.js";
import { isTypedArray } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { binWidth, type BinRule } from "./binning.js";
import { resultType } from "./comparing.js";
import { counted, valuesOf } from "./counting.js";
import { searched } from "./ordering.js";
import { checkOptions, trailing } from "../options.js";

/** Options of {@link histogram}. */
export interface HistogramOptions {
  /** First and last edge of the bins. Default: the smallest and largest element. */
  range?: readonly [number, number] | null | undefined;
  /** A weight for each element. */
  weights?: TensorLike | null;
  /** Divide by the sum and the widths of the bins. Default false. */
  density?: boolean;
}

/** How many bins, the rule that finds their number, or their edges. */
export type Bins = TensorLike | BinRule;

/** First and last edge; of equal elements so that there is some width. */
function limits(
  x: Tensor,
  range: readonly [number, number] | null | undefined,
  who: string,
): [number, number] {
  const ends = range ?? extent(x, who);
  if (toList(ends, "range", who).length !== 2) {
    throw new RangeError(`${who}: range is ${shapeText(ends)}, not [first, last]`);
  }
  let [low, high] = ends;
  if (!(low <= high) || !Number.isFinite(high - low)) {
    throw new RangeError(`${who}: bins cannot range from ${low} to ${high}`);
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return [low, high];
}

function extent(x: Tensor, who: string): [number, number] {
  const values = valuesOf(x, who);
  if (values.length === 0) return [0, 1];
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isNaN(v)) return [NaN, NaN];
    [low, high] = [Math.min(low, v), Math.max(high, v)];
  }
  return [low, high];
}

/** How many bins of even width a rule makes. */
function countOf(x: Tensor, rule: BinRule, options: HistogramOptions, who: string): number {
  if (options.weights !== undefined && options.weights !== null) {
    throw new TypeError(`${who}: a rule for bins, "${rule}", knows no weights`);
  }
  const [low, high] = limits(x, options.range, who);
  const inside = Array.from(valuesOf(x, who)).filter((v) => v >= low && v <= high);
  if (inside.length === 0) return 1;
  const width = binWidth(inside, rule, [low, high], who);
  const whole = x.dtype === "int32" && width > 0 && width < 1 ? 1 : width;
  return whole > 0 ? Math.ceil((high - low) / whole) : 1;
}

/** The edges of the bins of x, a vector. */
function edgesOf(x: Tensor, bins: Bins, options: HistogramOptions, who: string): Tensor {
  let edges: Tensor;
  if (typeof bins === "number" || typeof bins === "string") {
    const n = typeof bins === "string" ? countOf(x, bins, options, who) : bins;
    toCount(n, "the number of bins", who, 1, MOST_ELEMENTS - 1);
    const [low, high] = limits(x, options.range, who);
    edges = linspace(low, high, n + 1, { dtype: x.dtype === "float32" ? "float32" : "float64" });
  } else if (Array.isArray(bins) && x.dtype === "float64") {
    // Numbers, like those of a range: they do not round.
    edges = fromData(bins, DType.Float64, who);
  } else edges = toTensor(bins, who);
  if (edges.ndim !== 1 || edges.size < 2) {
    throw new RangeError(`${who}: bins need at least two edges`);
  }
  const list = valuesOf(edges, who);
  for (let i = 0; i < list.length - 1; i++) {
    if (!(list[i]! <= list[i + 1]!)) {
      throw new RangeError(`${who}: edges ${list[i]} and ${list[i + 1]} do not rise`);
    }
  }
  return edges;
}

/** The bin of each element, and whether it is in any. */
function placed(x: Tensor, edges: Tensor, who: string): [index: Tensor, inside: Tensor] {
  const n = edges.size - 1;
  const [low, high] = [edges.slice([0]), edges.slice([-1])];
  const inside = logicalAnd(greaterEqual(x, low), lessEqual(x, high));
  const place = subtract(searched(edges, x, true, who), 1);
  return [where(equal(x, high), n - 1, place), inside];
}

function widthsOf(edges: Tensor): Tensor {
  return subtract(edges.slice([[1]]), edges.slice([[0, -1]]));
}

/** Counts or sums of weights by all of them, as exact as the finest of elements and edges. */
function sharesOf(counts: Tensor, from: readonly Tensor[]): Tensor {
  return counts.astype(resultType(counts, ...from)).divide(sum(counts));
}

function weightsOf(options: Pick<HistogramOptions, "weights">, x: Tensor): Tensor | undefined {
  const { weights } = options;
  if (weights === undefined || weights === null) return undefined;
  return tensorBeside(weights, x, "weights").reshape([-1]);
}

/**
 * How many elements fall into each bin, and the edges of the bins, which include their left edge; the
 * last one includes both. `bins` is their number, a rule that finds it ("auto", "fd", "doane", "scott",
 * "stone", "rice", "sturges", "sqrt"), or their edges in rising order.
 *
 * @example
 * ```ts
 * histogram([1, 2, 1, 4], 3)[0].toArray(); // [2, 1, 1]
 * ```
 * @throws if bins are no edges, number or rule, or inside vmap
 */
export function histogram(
  x: TensorLike,
  bins?: Bins | HistogramOptions,
  options?: HistogramOptions,
): [Tensor, Tensor] {
  [bins = 10, options = {}] = trailing(bins, options);
  const who = "histogram";
  checkOptions(options, who, "range weights density");
  const [from] = unrounded(who, x, bins as TensorLike, options.weights);
  const t = toTensor(from, who).reshape([-1]);
  const edges = edgesOf(t, bins, options, who);
  const n = edges.size - 1;
  const [place, inside] = placed(t, edges, who);
  // What lies outside is counted in one bin more, which is dropped.
  const index = where(inside, place, n);
  const counts = counted(index, weightsOf(options, t), n + 1, who).slice([[0, n]]);
  if (options.density !== true) return [counts, edges];
  return [sharesOf(counts, [t, edges]).divide(widthsOf(edges)), edges];
}

/** Options of {@link histogramBinEdges}. */
export type EdgesOptions = Pick<HistogramOptions, "range" | "weights">;

/**
 * The edges of the bins that `histogram` would use.
 *
 * @example
 * ```ts
 * histogramBinEdges([1, 2, 1, 4], 3).toArray(); // [1, 2, 3, 4]
 * ```
 * @throws if bins are no edges, number or rule, or inside vmap
 */
export function histogramBinEdges(
  x: TensorLike,
  bins?: Bins | EdgesOptions,
  options?: EdgesOptions,
): Tensor {
  [bins = 10, options = {}] = trailing(bins, options);
  const who = "histogramBinEdges";
  checkOptions(options, who, "range weights");
  return edgesOf(toTensor(x, who).reshape([-1]), bins, options, who);
}

/** Options of {@link histogramdd} and {@link histogram2d}. */
export interface HistogramddOptions {
  /** First and last edge of the bins, for each axis; null: its smallest and largest element. */
  range?: readonly (readonly [number, number] | null)[] | null;
  /** A weight for each point. */
  weights?: TensorLike | null;
  /** Divide by the sum and the volumes of the bins. Default false. */
  density?: boolean;
}

function several(
  columns: readonly Tensor[],
  bins: number | readonly TensorLike[],
  options: HistogramddOptions,
  who: string,
): [Tensor, Tensor[]] {
  const axes = columns.length;
  const list: unknown = typeof bins === "number" ? new Array<number>(axes).fill(bins) : bins;
  if (!Array.isArray(list) || list.length !== axes) {
    throw new RangeError(
      `${who}: bins are a number, or a number or edges for each of ${axes} axes`,
    );
  }
  const { range } = options;
  const ranges = range === undefined || range === null ? undefined : toList(range, "range", who);
  if (ranges !== undefined && ranges.length !== axes) {
    throw new RangeError(`${who}: ${ranges.length} ranges for ${axes} axes`);
  }
  const edges = columns.map((x, i) =>
    edgesOf(x, (list as readonly TensorLike[])[i]!, { range: ranges?.[i] }, who),
  );
  const shape = edges.map((e) => e.size - 1);
  const size = shape.reduce((a, b) => a * b, 1);
  let [index, inside]: [Tensor | undefined, Tensor | undefined] = [undefined, undefined];
  columns.forEach((x, i) => {
    const [place, here] = placed(x, edges[i]!, who);
    index = index === undefined ? place : add(multiply(index, shape[i]!), place);
    inside = inside === undefined ? here : logicalAnd(inside, here);
  });
  const all = where(inside!, index!, size);
  const counts = counted(all, weightsOf(options, columns[0]!), size + 1, who).slice([[0, size]]);
  const grid = counts.reshape(shape);
  if (options.density !== true) return [grid, edges];
  let y = sharesOf(grid, [...columns, ...edges]);
  edges.forEach((e, i) => {
    y = y.divide(widthsOf(e).reshape(shape.map((_, k) => (k === i ? -1 : 1))));
  });
  return [y, edges];
}

/**
 * How many points fall into each bin of a grid, and the edges along each axis. Points are the rows of x,
 * [points, axes], or a list of vectors of coordinates; bins are a number for all axes, or for each its
 * number or edges.
 *
 * @example
 * ```ts
 * histogramdd([[0, 0], [1, 1], [1, 0.9]], 2)[0].toArray(); // [[1, 0], [0, 2]]
 * ```
 * @throws if bins are no edges or numbers, or inside vmap
 */
export function histogramdd(
  x: TensorLike | readonly Tensor[],
  bins?: number | readonly TensorLike[] | HistogramddOptions,
  options?: HistogramddOptions,
): [Tensor, Tensor[]] {
  [bins = 10, options = {}] = trailing(bins, options);
  const who = "histogramdd";
  checkOptions(options, who, "range weights density");
  if (Array.isArray(x) && typeof x[0] === "object" && "cell" in (x[0] as object)) {
    return several(x as readonly Tensor[], bins, options, who);
  }
  const given = toTensor(x as TensorLike, who);
  const t = given.ndim === 1 ? given.reshape([-1, 1]) : given;
  if (t.ndim !== 2) {
    throw new RangeError(`${who}: points are rows of a matrix, not of shape ${shapeText(t.shape)}`);
  }
  const columns = Array.from({ length: t.shape[1]! }, (_, i) => t.slice([null, i]));
  return several(columns, bins, options, who);
}

/**
 * `histogramdd` of points in the plane: the counts, x along the first axis, and the edges of both. Bins
 * are a number, two of them, edges for both axes (a tensor, a typed array or more than two numbers), or a
 * pair of edges.
 *
 * @example
 * ```ts
 * histogram2d([0, 1, 1], [0, 1, 0.9], 2)[0].toArray(); // [[1, 0], [0, 2]]
 * ```
 * @throws if x and y are no vectors of one size, if bins are no edges or numbers, or inside vmap
 */
export function histogram2d(
  x: TensorLike,
  y: TensorLike,
  bins?: TensorLike | readonly TensorLike[] | HistogramddOptions,
  options?: HistogramddOptions,
): [Tensor, Tensor, Tensor] {
  [bins = 10, options = {}] = trailing(bins, options);
  const who = "histogram2d";
  checkOptions(options, who, "range weights density");
  const [a, b] = together(who, x, y);
  if (a.ndim !== 1 || b.ndim !== 1 || a.size !== b.size) {
    throw new RangeError(
      `${who}: x and y are vectors of one size, not ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
    );
  }
  // One list of edges is for both axes; two numbers in an array are how many bins each axis has.
  const shared =
    isHandle(bins) ||
    isTypedArray(bins) ||
    (Array.isArray(bins) && bins.length > 2 && bins.every((e) => typeof e === "number"));
  const each = shared ? [bins as TensorLike, bins as TensorLike] : bins;
  const [counts, edges] = several([a, b], each as number | readonly TensorLike[], options, who);
  return [counts, edges[0]!, edges[1]!];
}
