// Rows of tables, taken together in bags: sums, means or maxima.
import {
  equal,
  greater,
  logicalAnd,
  max,
  maximum,
  multiply,
  notEqual,
  sum,
  take,
  where,
} from "../../build/generated/ops.js";
import { gather, toIndex } from "../along.js";
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { lookUp } from "../transforms/lookups.js";
import { isKnown } from "./options.js";
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

/** Which indices are in each bag, -1 for none: [bags, longest]. */
function bagsOf(offsets: TensorLike, total: number, closed: boolean, who: string): Tensor {
  const given = toIndex(offsets, who);
  if (!isKnown(given)) throw new Error(`${who}: offsets cannot be mapped or traced`);
  const list = Array.from(given.data());
  const ends = closed ? list.slice(1) : [...list.slice(1), total];
  const from = closed ? list.slice(0, -1) : list;
  if (given.ndim !== 1 || list[0] !== 0 || ends.some((end, i) => end < from[i]! || end > total)) {
    throw new RangeError(`${who}: offsets [${list.join()}] do not rise from 0 to ${total}`);
  }
  const longest = Math.max(1, ...ends.map((end, i) => end - from[i]!));
  const table = new Int32Array(from.length * longest).fill(-1);
  from.forEach((start, b) => {
    for (let i = start; i < ends[b]!; i++) table[b * longest + i - start] = i;
  });
  return fromData(table, undefined, who).reshape([from.length, longest]);
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
  const { mode = "mean", offsets, paddingIdx, perSampleWeights } = options;
  if (mode !== "sum" && mode !== "mean" && mode !== "max") {
    throw new RangeError(`${who}: mode is ${describe(mode)}, not "sum", "mean" or "max"`);
  }
  const [index, w] = [toIndex(input, who), toTensor(weight, who)];
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
  const flat = index.reshape([-1]);
  const taken = (options.sparse && lookUp(w, flat, who)) || gather(w, flat, 1, who);
  const here =
    offsets === undefined
      ? undefined
      : bagsOf(offsets, flat.size, options.includeLastOffset === true, who);
  const bags = here === undefined ? index.shape : here.shape;
  const each = (x: Tensor, ...rest: number[]): Tensor =>
    (here === undefined ? x : take(x, maximum(here, 0).reshape([-1]), 0)).reshape([
      ...bags,
      ...rest,
    ]);
  if (flat.size === 0) return multiply(sum(w, 0), 0).broadcastTo([bags[0]!, size]);
  let counts = here === undefined ? equal(index, index) : greater(here, -1);
  if (paddingIdx !== undefined) {
    if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
      throw new RangeError(`${who}: paddingIdx ${describe(paddingIdx)} names none of ${rows} rows`);
    }
    const padding = paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
    counts = logicalAnd(counts, notEqual(each(flat), padding));
  }
  let lines = each(taken, size);
  if (perSampleWeights !== undefined) {
    const factors = toTensor(perSampleWeights, who);
    if (mode !== "sum" || shapeText(factors.shape) !== shapeText(index.shape)) {
      throw new RangeError(
        `${who}: perSampleWeights are for mode "sum", in the shape of the indices, ${shapeText(index.shape)}`,
      );
    }
    lines = multiply(lines, each(factors.reshape([-1]), 1));
  }
  const wide = counts.expandDims(-1);
  const number = sum(wide, 1);
  if (mode === "max") {
    const most = max(where(wide, lines, -Infinity), 1);
    return where(equal(number, 0), 0, most);
  }
  const total = sum(where(wide, lines, 0), 1);
  return mode === "sum" ? total : total.divide(maximum(number, 1).astype(total.dtype));
}
