// Counting, and what depends on how many there are: these read values, so their operands cannot be
// mapped by vmap.
import { DType } from "../../assembly/shared/dtype.js";
import {
  argsort,
  equal,
  greaterEqual,
  lessEqual,
  logicalAnd,
  notEqual,
  stack,
  subtract,
  sum,
  take,
  where,
} from "../../build/generated/ops.js";
import { scatter, toIndex } from "../along.js";
import { toMask } from "../axes.js";
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { linspace, ones, tensor } from "../create.js";
import type { Axes, ReductionOptions } from "../families.js";
import { isHandle, slot } from "../handle.js";
import { placesOf } from "../indexing.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { searched } from "./ordering.js";
import { checkOptions } from "../options.js";

/** The elements of x, unless they are mapped. */
function valuesOf(x: Tensor, who: string): ArrayLike<number> {
  if (wasm.core().tensorBatch(slot(x)) > 0) {
    throw new Error(`${who}: the result's shape depends on values that vmap maps; call it outside`);
  }
  return x.data();
}

/**
 * Number of elements that are not 0, over axes, int32.
 *
 * @example
 * ```ts
 * countNonzero([0, 3, 0, 4]).item(); // 2
 * ```
 * @throws if there is no such axis
 */
export function countNonzero(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  checkOptions(options, "countNonzero", "keepdims");
  return count(x, axis, options, "countNonzero");
}

function count(
  x: TensorLike,
  axis: Axes,
  options: ReductionOptions | undefined,
  who: string,
): Tensor {
  const t = toTensor(x, who);
  toMask(axis, t.ndim, who);
  return sum(notEqual(t, 0), axis, options);
}

/**
 * True if any element over the axes is not 0; false of none.
 *
 * @example
 * ```ts
 * any([[0, 1], [0, 0]], 1).toArray(); // [true, false]
 * ```
 * @throws if there is no such axis
 */
export function any(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  checkOptions(options, "any", "keepdims");
  return notEqual(count(x, axis, options, "any"), 0);
}

/**
 * True if no element over the axes is 0; true of none.
 *
 * @example
 * ```ts
 * all([[0, 1], [2, 3]], 1).toArray(); // [false, true]
 * ```
 * @throws if there is no such axis
 */
export function all(x: TensorLike, axis?: Axes, options?: ReductionOptions): Tensor {
  checkOptions(options, "all", "keepdims");
  return equal(count(equal(x, 0), axis, options, "all"), 0);
}

/**
 * Places of the elements that are not 0: for each axis the indices, int32.
 *
 * @example
 * ```ts
 * nonzero([[0, 5], [7, 0]]).map((x) => x.toArray()); // [[0, 1], [1, 0]]
 * ```
 * @throws if x has no axis, or inside vmap
 */
export function nonzero(x: TensorLike): Tensor[] {
  return nonzeroOf(x, "nonzero");
}

/** `nonzero` in the name of another function. */
export function nonzeroOf(x: TensorLike, who: string): Tensor[] {
  const t = toTensor(x, who);
  if (t.ndim === 0) throw new RangeError(`${who}: needs one axis, x has none; use atleast1d`);
  return placesOf(notEqual(t, 0), who);
}

/**
 * Places of the elements of the flattened x that are not 0, int32.
 *
 * @example
 * ```ts
 * flatnonzero([[0, 5], [7, 0]]).toArray(); // [1, 2]
 * ```
 * @throws inside vmap
 */
export function flatnonzero(x: TensorLike): Tensor {
  return nonzeroOf(toTensor(x, "flatnonzero").reshape([-1]), "flatnonzero")[0]!;
}

/**
 * Places of the elements that are not 0, one in each row, int32.
 *
 * @example
 * ```ts
 * argwhere([[0, 5], [7, 0]]).toArray(); // [[0, 1], [1, 0]]
 * ```
 * @throws inside vmap
 */
export function argwhere(x: TensorLike): Tensor {
  const t = toTensor(x, "argwhere");
  if (t.ndim > 0) return stack(nonzeroOf(t, "argwhere"), 1);
  const [found] = nonzeroOf(t.reshape([1]), "argwhere");
  return found!.reshape([-1, 1]).slice([null, [0, 0]]);
}

/** What {@link unique} gives besides the values, in this order. */
export interface UniqueOptions {
  /** Where each value stands first in the flattened x. */
  returnIndex?: boolean;
  /** Which value each element of x is, in x's shape. */
  returnInverse?: boolean;
  /** How often each value is there. */
  returnCounts?: boolean;
}

/**
 * The different values of x in rising order; NaN counts once. With options a list: the values, then
 * what was asked for, int32.
 *
 * @example
 * ```ts
 * unique([3, 1, 3]).toArray(); // [1, 3]
 * ```
 * @throws inside vmap
 */
export function unique(x: TensorLike): Tensor;
export function unique(x: TensorLike, options: UniqueOptions): Tensor | Tensor[];
export function unique(x: TensorLike, options: UniqueOptions = {}): Tensor | Tensor[] {
  const who = "unique";
  checkOptions(options, who, "returnIndex returnInverse returnCounts");
  const t = toTensor(x, who);
  const flat = t.reshape([-1]);
  const values = valuesOf(flat, who);
  const order = argsort(flat).data();
  const first: number[] = [];
  const counts: number[] = [];
  const inverse = new Int32Array(order.length);
  let last = 0;
  order.forEach((place, i) => {
    const value = values[place]!;
    if (i === 0 || (value !== last && !(Number.isNaN(value) && Number.isNaN(last)))) {
      first.push(place);
      counts.push(0);
    }
    last = value;
    counts[counts.length - 1]!++;
    inverse[place] = counts.length - 1;
  });
  const index = fromData(first, DType.Int32, who);
  const result = [take(flat, index)];
  if (options.returnIndex === true) result.push(index);
  if (options.returnInverse === true) {
    result.push(fromData(inverse, DType.Int32, who).reshape(t.shape));
  }
  if (options.returnCounts === true) result.push(fromData(counts, DType.Int32, who));
  return result.length === 1 ? result[0]! : result;
}

/**
 * How often 0, 1, 2, … stand in x, a vector of integers: int32, or the sums of their weights.
 *
 * @example
 * ```ts
 * bincount([0, 1, 1, 3]).toArray(); // [1, 2, 0, 1]
 * ```
 * @throws if an element is negative, if weights have another shape, or inside vmap
 */
export function bincount(
  x: TensorLike,
  options: { weights?: TensorLike; minlength?: number } = {},
): Tensor {
  const who = "bincount";
  checkOptions(options, who, "weights minlength");
  const t = toIndex(x, who);
  if (t.ndim !== 1) throw new RangeError(`${who}: needs one axis, x has ${t.ndim}`);
  let n = options.minlength ?? 0;
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`${who}: minlength is ${describe(n)}`);
  const values = valuesOf(t, who);
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0) throw new RangeError(`${who}: ${values[i]} at ${i} is negative`);
    n = Math.max(n, values[i]! + 1);
  }
  return counted(t, options.weights, n, who);
}

/** Weights, or ones, added up by index. */
function counted(index: Tensor, weights: TensorLike | undefined, n: number, who: string): Tensor {
  if (weights === undefined)
    return scatter(ones(index.shape, { dtype: "int32" }), index, n, 0, who);
  const w = toTensor(weights, who);
  if (w.ndim !== 1 || w.size !== index.size) {
    throw new RangeError(
      `${who}: weights have shape [${w.shape.join()}], x has [${index.shape.join()}]`,
    );
  }
  return scatter(w, index, n, 0, who);
}

/** Options of {@link histogram}. */
export interface HistogramOptions {
  /** First and last edge of the bins. Default: the smallest and largest element. */
  range?: readonly [number, number];
  /** A weight for each element. */
  weights?: TensorLike;
  /** Divide by the sum and the widths of the bins. Default false. */
  density?: boolean;
}

/**
 * How many elements fall into each bin, and the edges of the bins, which include their left edge; the
 * last one includes both. `bins` is their number, or their edges in rising order.
 *
 * @example
 * ```ts
 * histogram([1, 2, 1, 4], 3)[0].toArray(); // [2, 1, 1]
 * ```
 * @throws if bins are no edges or number, or inside vmap
 */
export function histogram(
  x: TensorLike,
  bins: TensorLike = 10,
  options: HistogramOptions = {},
): [Tensor, Tensor] {
  const who = "histogram";
  checkOptions(options, who, "range weights density");
  const t = toTensor(x, who).reshape([-1]);
  const edges = typeof bins === "number" ? evenEdges(t, bins, options, who) : toTensor(bins, who);
  const n = edges.size - 1;
  if (edges.ndim !== 1 || n < 1) throw new RangeError(`${who}: bins need at least two edges`);
  const list = valuesOf(edges, who);
  for (let i = 0; i < n; i++) {
    if (!(list[i]! <= list[i + 1]!)) {
      throw new RangeError(`${who}: edges ${list[i]} and ${list[i + 1]} do not rise`);
    }
  }
  const [low, high] = [edges.slice([0]), edges.slice([-1])];
  const inside = logicalAnd(greaterEqual(t, low), lessEqual(t, high));
  // What lies outside is counted in one bin more, which is dropped.
  const place = subtract(searched(edges, t, true, who), 1);
  const index = where(inside, where(equal(t, high), n - 1, place), n);
  const weights =
    options.weights === undefined ? undefined : toTensor(options.weights, who).reshape([-1]);
  const counts = counted(index, weights, n + 1, who).slice([[0, n]]);
  if (options.density !== true) return [counts, edges];
  const widths = subtract(edges.slice([[1]]), edges.slice([[0, -1]]));
  const shares = counts.astype(edges.dtype).divide(sum(counts));
  return [shares.divide(widths), edges];
}

function evenEdges(x: Tensor, bins: number, options: HistogramOptions, who: string): Tensor {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`${who}: ${describe(bins)} is not a number of bins`);
  }
  let [low, high] = options.range ?? extent(x, who);
  if (!(low <= high) || !Number.isFinite(high - low)) {
    throw new RangeError(`${who}: bins cannot range from ${low} to ${high}`);
  }
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const float = isHandle(x) && x.dtype === "float32" ? "float32" : "float64";
  return linspace(low, high, bins + 1, { dtype: float });
}

function extent(x: Tensor, who: string): [number, number] {
  const values = valuesOf(x, who);
  if (values.length === 0) return [0, 1];
  const t = tensor(values as Float64Array);
  return [t.min().item(), t.max().item()];
}

/**
 * The number of the bin in which each element lies, int32: i if edge i - 1 ≤ x < edge i. Edges rise or
 * fall; with `right`, each bin includes its right edge instead of its left one.
 *
 * @example
 * ```ts
 * digitize([0.5, 1, 9], [0, 1, 2]).toArray(); // [1, 2, 3]
 * ```
 * @throws if the edges neither rise nor fall, or are mapped by vmap
 */
export function digitize(
  x: TensorLike,
  bins: TensorLike,
  options: { right?: boolean } = {},
): Tensor {
  const who = "digitize";
  checkOptions(options, who, "right");
  const edges = toTensor(bins, who);
  const list = Array.from(valuesOf(edges, who));
  const right = options.right === true;
  const values = toTensor(x, who);
  if (list.every((e, i) => i === 0 || e >= list[i - 1]!)) {
    return searched(edges, values, !right, who);
  }
  if (!list.every((e, i) => i === 0 || e <= list[i - 1]!)) {
    throw new RangeError(`${who}: edges [${list.join()}] neither rise nor fall`);
  }
  const rising = edges.slice([[null, null, -1]]);
  return subtract(list.length, searched(rising, values, !right, who));
}
