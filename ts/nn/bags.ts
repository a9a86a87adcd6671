// Rows of tables, taken together in bags: sums, means or maxima.
import {
  concatenate,
  equal,
  greater,
  logicalAnd,
  logicalNot,
  max,
  maximum,
  multiply,
  sum,
  take,
  where,
} from "../../build/generated/ops.js";
import { gather, toIndex } from "../along.js";
import { describe, fromData, toTensor, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import { isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { lookUp } from "../transforms/lookups.js";
import { naming } from "./options.js";
import { checkOptions } from "../options.js";

/** Options of embeddingBag. */
export interface EmbeddingBagOptions {
  /** Where bags begin in a vector of indices; a matrix has a bag in each row. */
  offsets?: TensorLike;
  /** What a bag becomes. Default "mean". */
  mode?: "sum" | "mean" | "max";
  /** Factors of the rows, in the shape of the indices; mode "sum" only. */
  perSampleWeights?: TensorLike;
  /** The last offset is the end of the last bag. Default false. */
  includeLastOffset?: boolean;
  /** Indices that are left out; negative ones count from the end. */
  paddingIdx?: number;
  /** The gradient of weight is a `RowSparse`, as that of `embedding`. Default false. */
  sparse?: boolean;
}

/** Bags of about the same length: which indices are in each, -1 for none. */
interface Group {
  /** Numbers of the bags. */
  bags: number[];
  /** Places of indices, [bags, longest]. */
  places: Tensor;
}

/**
 * The bags that offsets make of so many indices, in groups: in each the longest has at most twice as many
 * as the shortest, so that what fills up the rows is never more than there is. `held` is how many indices
 * they hold.
 */
function groupsOf(
  offsets: TensorLike,
  total: number,
  closed: boolean,
  who: string,
): { groups: Group[]; held: number } {
  const given = toIndex(offsets, who);
  if (!isKnown(given)) throw new Error(`${who}: offsets cannot be mapped or traced`);
  const list = Array.from(given.data());
  const ends = closed ? list.slice(1) : [...list.slice(1), total];
  const from = closed ? list.slice(0, -1) : list;
  if (given.ndim !== 1 || list[0] !== 0 || ends.some((end, i) => end < from[i]! || end > total)) {
    throw new RangeError(`${who}: offsets [${list.join()}] do not rise from 0 to ${total}`);
  }
  const groups = new Map<number, number[]>();
  ends.forEach((end, i) => {
    const size = Math.ceil(Math.log2(Math.max(1, end - from[i]!)));
    const group = groups.get(size);
    if (group === undefined) groups.set(size, [i]);
    else group.push(i);
  });
  const made = Array.from(groups.values(), (bags) => {
    const longest = bags.reduce((most, i) => Math.max(most, ends[i]! - from[i]!), 1);
    const table = new Int32Array(bags.length * longest).fill(-1);
    bags.forEach((bag, row) => {
      const start = from[bag]!;
      for (let i = start; i < ends[bag]!; i++) table[row * longest + i - start] = i;
    });
    return { bags, places: fromData(table, undefined, who).reshape([bags.length, longest]) };
  });
  return { groups: made, held: ends.at(-1) ?? 0 };
}

/**
 * Sums, means or maxima of bags of rows of weight [rows, size]: [bags, size]. The indices are a matrix
 * with a bag in each row, or a vector that `offsets` divide. Of an empty bag all is 0.
 *
 * @example
 * ```ts
 * embeddingBag([0, 1, 1], [[1, 2], [3, 4]], { offsets: [0, 2] }).toArray(); // [[2, 3], [3, 4]]
 * ```
 * @throws if an index names no row, if offsets do not rise, or if shapes do not suit
 */
export function embeddingBag(
  input: TensorLike,
  weight: TensorLike,
  options: EmbeddingBagOptions = {},
): Tensor {
  const who = "embeddingBag";
  checkOptions(options, who, "offsets mode perSampleWeights includeLastOffset paddingIdx sparse");
  const { mode = "mean", offsets, paddingIdx } = options;
  const [table, perSampleWeights] = unrounded(who, weight, options.perSampleWeights);
  if (mode !== "sum" && mode !== "mean" && mode !== "max") {
    throw new RangeError(`${who}: mode is ${describe(mode)}, not "sum", "mean" or "max"`);
  }
  const [index, w] = [toIndex(input, who), toTensor(table, who)];
  if (
    w.ndim !== 2 ||
    index.ndim < 1 ||
    index.ndim > 2 ||
    (offsets === undefined) !== (index.ndim === 2)
  ) {
    throw new RangeError(
      `${who}: indices of shape ${shapeText(index.shape)} and weight of ${shapeText(w.shape)}: a matrix of ` +
        "indices, or a vector with offsets, and a matrix",
    );
  }
  const [rows, size] = w.shape as [number, number];
  const looked = (options.sparse && lookUp(w, index.reshape([-1]), who)) || undefined;
  let padding = -1;
  if (paddingIdx !== undefined) {
    if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
      throw new RangeError(`${who}: paddingIdx ${describe(paddingIdx)} names none of ${rows} rows`);
    }
    padding = paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
  }
  let factors: Tensor | undefined;
  if (perSampleWeights !== undefined) {
    factors = toTensor(perSampleWeights, who);
    if (mode !== "sum" || shapeText(factors.shape) !== shapeText(index.shape)) {
      throw new RangeError(
        `${who}: perSampleWeights are for mode "sum", in the shape of the indices, ${shapeText(index.shape)}`,
      );
    }
  }
  const folded = (own: Tensor, share?: Tensor, at?: Tensor): Tensor => {
    let counts = at === undefined ? equal(own, own) : greater(at, -1);
    if (padding >= 0) counts = logicalAnd(counts, logicalNot(naming(own, padding, rows)));
    let lines = looked ?? gather(w, own.reshape([-1]), 1, who);
    if (looked !== undefined && at !== undefined)
      lines = take(looked, maximum(at, 0).reshape([-1]), 0);
    lines = lines.reshape([...own.shape, size]);
    if (share !== undefined) lines = multiply(lines, share.expandDims(-1));
    return foldedBag(lines, counts.expandDims(-1), mode);
  };
  if (offsets === undefined) {
    if (index.size === 0) return nothing(w, index.shape[0]!, mode, factors);
    return folded(index, factors);
  }
  const { groups, held } = groupsOf(offsets, index.size, options.includeLastOffset === true, who);
  // Those that no bag holds have to name rows as well.
  if (held < index.size) gather(w.slice([null, [0, 1]]), index.slice([[held, null]]), 1, who);
  const bags = groups.flatMap((group) => group.bags);
  if (index.size === 0 || bags.length === 0) return nothing(w, bags.length, mode, factors);
  const parts = groups.map(({ places }) => {
    const at = maximum(places, 0);
    return folded(
      take(index, at, 0),
      factors === undefined ? undefined : take(factors, at, 0),
      places,
    );
  });
  if (parts.length === 1) return parts[0]!;
  const order = new Int32Array(bags.length);
  bags.forEach((bag, place) => (order[bag] = place));
  return take(concatenate(parts, 0), order, 0);
}

/** Zeros, in the place of bags without indices: sums of no rows. */
function nothing(
  weight: Tensor,
  bags: number,
  mode: EmbeddingBagOptions["mode"],
  factors?: Tensor,
): Tensor {
  let zero = sum(weight.slice([[0, 0]]), 0);
  if (factors !== undefined) zero = multiply(zero, sum(factors.slice([[0, 0]])));
  if (mode === "mean") zero = zero.divide(1);
  return zero.broadcastTo([bags, weight.shape[1]!]);
}

/** The sum, mean or maximum of the lines of each bag that count. */
function foldedBag(lines: Tensor, counts: Tensor, mode: "sum" | "mean" | "max"): Tensor {
  const number = sum(counts, 1);
  if (mode === "max") {
    const most = max(where(counts, lines, -Infinity), 1);
    return where(equal(number, 0), 0, most);
  }
  const total = sum(where(counts, lines, 0), 1);
  return mode === "sum" ? total : total.divide(maximum(number, 1).astype(total.dtype));
}
