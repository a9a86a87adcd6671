// Tensors as sets. How many elements there are depends on values, so these read them: their operands
// cannot be mapped by vmap. Values that are found keep their derivatives.
import { DType } from "../../assembly/shared/dtype.js";
import { argsort, concatenate, equal, take } from "../../build/generated/ops.js";
import { checkOperands } from "../arguments.js";
import { toAxis } from "../axes.js";
import { fromData, toTensor, type TensorLike, unrounded } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";
import { valuesOf } from "./counting.js";
import { sort } from "./ordering.js";
import { moveaxis } from "./shapes.js";

/** Options of {@link unique}, and what it gives besides the values, in this order. */
export interface UniqueOptions {
  /** Where each value stands first in x, flattened or along the axis. */
  returnIndex?: boolean;
  /** Which value each element of x is: in x's shape, or a vector along the axis. */
  returnInverse?: boolean;
  /** How often each value is there. */
  returnCounts?: boolean;
  /** Different parts along an axis instead of different elements. */
  axis?: number | null;
  /** NaN counts as equal to NaN. Default true; parts along an axis with NaN always differ. */
  equalNan?: boolean;
}

/** Options of {@link intersect1d}. */
export interface IntersectionOptions {
  /** Where the values stand first in x and in y, too. Default false. */
  returnIndices?: boolean;
}

/** The results that an option adds: one, none, or who knows. */
type Added<O, K extends string> = K extends keyof O
  ? [O[K]] extends [true]
    ? [Tensor]
    : [O[K]] extends [false | undefined]
      ? []
      : Tensor[]
  : [];

type Several<All extends Tensor[]> = number extends All["length"]
  ? Tensor | [Tensor, ...Tensor[]]
  : All extends []
    ? Tensor
    : [Tensor, ...All];

/** What {@link unique} gives with options of this type: the values, or a list that begins with them. */
export type Unique<O extends UniqueOptions> = Several<
  [...Added<O, "returnIndex">, ...Added<O, "returnInverse">, ...Added<O, "returnCounts">]
>;

/** What {@link intersect1d} gives with options of this type. */
export type Intersection<O extends IntersectionOptions> = Several<
  [...Added<O, "returnIndices">, ...Added<O, "returnIndices">]
>;

/** Different rows of a matrix of values in rising order: first places, which one each row is, counts. */
interface Groups {
  first: number[];
  inverse: Int32Array;
  counts: number[];
}

function grouped(order: ArrayLike<number>, same: (a: number, b: number) => boolean): Groups {
  const groups: Groups = { first: [], inverse: new Int32Array(order.length), counts: [] };
  const { first, inverse, counts } = groups;
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    if (i === 0 || !same(order[i - 1]!, place)) {
      first.push(place);
      counts.push(0);
    }
    counts[counts.length - 1]!++;
    inverse[place] = counts.length - 1;
  }
  return groups;
}

/** Which of two numbers comes first, NaN last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) || a < b ? -1 : a > b ? 1 : 0;
}

function rowsOf(x: Tensor, axis: number, who: string): Groups {
  const n = x.shape[axis]!;
  const width = n === 0 ? 0 : x.size / n;
  const values = valuesOf(moveaxis(x, axis, 0), who);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => {
    for (let j = 0; j < width; j++) {
      const less = compare(values[a * width + j]!, values[b * width + j]!);
      if (less !== 0) return less;
    }
    return a - b;
  });
  return grouped(order, (a, b) => {
    for (let j = 0; j < width; j++) {
      if (values[a * width + j] !== values[b * width + j]) return false;
    }
    return true;
  });
}

/**
 * The different values of x in rising order; NaN counts once. With an axis, the different parts along
 * it, ordered by their first differing elements. Asked for more, it gives a list: the values, then what
 * was asked for, int32.
 *
 * @example
 * ```ts
 * unique([3, 1, 3]).toArray(); // [1, 3]
 * ```
 * @throws if there is no such axis, or inside vmap
 */
export function unique(x: TensorLike): Tensor;
export function unique<const O extends UniqueOptions>(x: TensorLike, options: O): Unique<O>;
export function unique(x: TensorLike, options: UniqueOptions = {}): Tensor | Tensor[] {
  const who = "unique";
  checkOptions(options, who, "returnIndex returnInverse returnCounts axis equalNan");
  const { axis, equalNan = true } = options;
  const t = toTensor(x, who);
  const along = axis === undefined || axis === null ? undefined : toAxis(axis, t.ndim, who);
  const from = along === undefined ? t.reshape([-1]) : t;
  let groups: Groups;
  if (along === undefined) {
    const values = valuesOf(from, who);
    groups = grouped(argsort(from).data(), (a, b) => {
      const [v, w] = [values[a]!, values[b]!];
      return v === w || (equalNan && Number.isNaN(v) && Number.isNaN(w));
    });
  } else groups = rowsOf(from, along, who);
  const index = fromData(groups.first, DType.Int32, who);
  const result = [take(from, index, along ?? 0)];
  if (options.returnIndex === true) result.push(index);
  if (options.returnInverse === true) {
    const inverse = fromData(groups.inverse, DType.Int32, who);
    result.push(along === undefined ? inverse.reshape(t.shape) : inverse);
  }
  if (options.returnCounts === true) result.push(fromData(groups.counts, DType.Int32, who));
  return result.length === 1 ? result[0]! : result;
}

function flatOf(x: TensorLike, who: string): Tensor {
  return toTensor(x, who).reshape([-1]);
}

/** Elements of the flattened x at these places. */
function chosen(x: Tensor, places: number[], who: string): Tensor {
  return take(x, fromData(places, DType.Int32, who));
}

/** First places of the different values, in rising order of values, and the values. */
function different(x: Tensor, who: string): [places: number[], values: number[]] {
  const values = valuesOf(x, who);
  const same = (a: number, b: number): boolean => Object.is(values[a]! + 0, values[b]! + 0);
  const { first } = grouped(argsort(x).data(), same);
  return [first, first.map((place) => values[place]!)];
}

/**
 * The different values of x and y together, in rising order.
 *
 * @example
 * ```ts
 * union1d([3, 1], [2, 3]).toArray(); // [1, 2, 3]
 * ```
 * @throws inside vmap
 */
export function union1d(x: TensorLike, y: TensorLike): Tensor {
  const who = "union1d";
  [x, y] = unrounded(who, x, y);
  return unique(concatenate([flatOf(x, who), flatOf(y, who)]));
}

/**
 * The different values that x and y have in common, in rising order; with `returnIndices` a list: the
 * values, and where they stand first in x and in y, int32.
 *
 * @example
 * ```ts
 * intersect1d([3, 1, 2], [2, 3, 5]).toArray(); // [2, 3]
 * ```
 * @throws inside vmap
 */
export function intersect1d(x: TensorLike, y: TensorLike): Tensor;
export function intersect1d<const O extends IntersectionOptions>(
  x: TensorLike,
  y: TensorLike,
  options: O,
): Intersection<O>;
export function intersect1d(
  x: TensorLike,
  y: TensorLike,
  options: IntersectionOptions = {},
): Tensor | Tensor[] {
  const who = "intersect1d";
  [x, y] = unrounded(who, x, y);
  checkOptions(options, who, "returnIndices");
  const [a, b] = [flatOf(x, who), flatOf(y, who)];
  const [[places, values], [others, theirs]] = [different(a, who), different(b, who)];
  const where = new Map(theirs.map((v, i) => [v, others[i]!]));
  const both = places.filter((_, i) => where.has(values[i]!) && !Number.isNaN(values[i]!));
  const found = chosen(a, both, who);
  if (options.returnIndices !== true) return found;
  const at = values.filter((v) => where.has(v) && !Number.isNaN(v)).map((v) => where.get(v)!);
  return [found, fromData(both, DType.Int32, who), fromData(at, DType.Int32, who)];
}

/**
 * The different values of x that y does not have, in rising order.
 *
 * @example
 * ```ts
 * setdiff1d([3, 1, 2], [2, 5]).toArray(); // [1, 3]
 * ```
 * @throws inside vmap
 */
export function setdiff1d(x: TensorLike, y: TensorLike): Tensor {
  const who = "setdiff1d";
  [x, y] = unrounded(who, x, y);
  const [a, b] = [flatOf(x, who), flatOf(y, who)];
  const [[places, values], theirs] = [different(a, who), new Set(different(b, who)[1])];
  const left = places.filter((_, i) => Number.isNaN(values[i]!) || !theirs.has(values[i]!));
  return chosen(a, left, who);
}

/**
 * The different values that one of x and y has and the other has not, in rising order.
 *
 * @example
 * ```ts
 * setxor1d([3, 1, 2], [2, 5]).toArray(); // [1, 3, 5]
 * ```
 * @throws inside vmap
 */
export function setxor1d(x: TensorLike, y: TensorLike): Tensor {
  [x, y] = unrounded("setxor1d", x, y);
  checkOperands("setxor1d", x, y);
  return sort(concatenate([setdiff1d(x, y), setdiff1d(y, x)]));
}

/**
 * For each element of x whether it is among the values of y, or with `invert` whether it is not.
 *
 * @example
 * ```ts
 * isin([1, 2, 3], [2, 5]).toArray(); // [false, true, false]
 * ```
 * @throws inside vmap
 */
export function isin(x: TensorLike, y: TensorLike, options: { invert?: boolean } = {}): Tensor {
  const who = "isin";
  [x, y] = unrounded(who, x, y);
  checkOptions(options, who, "invert");
  const [t, other] = [toTensor(x, who), new Set<number>()];
  const values = valuesOf(flatOf(y, who), who);
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) other.add(values[i]!);
  const own = valuesOf(t, who);
  const bits = Int32Array.from({ length: own.length }, (_, i) => (other.has(own[i]!) ? 1 : 0));
  const found = fromData(bits, DType.Int32, who).reshape(t.shape);
  return equal(found, options.invert === true ? 0 : 1);
}
