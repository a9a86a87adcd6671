// Attention: values averaged by how well keys suit queries.
import {
  add,
  greater,
  greaterEqual,
  logicalAnd,
  matmul,
  max,
  multiply,
  softmax,
  where,
} from "../../build/generated/ops.js";
import { places } from "../along.js";
import { broadcastOf } from "../axes.js";
import { isDouble, toTensor, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { dropout } from "./dropout.js";
import { numeric, toFloats } from "./options.js";
import { checkOptions } from "../options.js";

/** Options of scaledDotProductAttention. */
export interface AttentionOptions {
  /** [..., L, S], broadcast: where it is false a key does not count; numbers are added to scores. */
  attnMask?: TensorLike;
  /** Query i sees keys 0 to i only. Default false. */
  isCausal?: boolean;
  /** Factor of scores. Default 1 / √E. */
  scale?: number;
  /** Share of the weights that fall out. Default 0. */
  dropoutP?: number;
  /** What decides which ones do: see `tapegrad/random`. Needed if dropoutP is above 0. */
  dropoutKey?: TensorLike;
  /** Queries have a multiple of the heads of keys and values, which serve so many. Default false. */
  enableGqa?: boolean;
}

/** What a key must be to count, and what is added to its score. */
function masks(
  attnMask: TensorLike | undefined,
  { isCausal = false }: AttentionOptions,
  queries: number,
  keys: number,
  who: string,
): { seen: Tensor | undefined; added: Tensor | undefined } {
  if (attnMask === undefined) {
    const seen = isCausal ? greaterEqual(places(queries).expandDims(-1), places(keys)) : undefined;
    return { seen, added: undefined };
  }
  if (isCausal) throw new RangeError(`${who}: there is an attnMask, and isCausal is true`);
  const mask = toTensor(attnMask, who);
  return mask.dtype === "bool"
    ? { seen: mask, added: undefined }
    : { seen: undefined, added: mask };
}

/**
 * softmax(query · keyᵀ · scale) · value for queries [..., L, E], keys [..., S, E] and values
 * [..., S, V], of shape [..., L, V] (Vaswani et al., Attention Is All You Need, 2017). The axes before, batch
 * and heads, broadcast. A query that may see no key gets zeros, and passes no derivative.
 *
 * @example
 * ```ts
 * scaledDotProductAttention([[1], [2]], [[0], [0]], [[2], [4]], { isCausal: true }).toArray(); // [[2], [3]]
 * ```
 * @throws if shapes do not suit each other, or there are a mask and isCausal
 */
export function scaledDotProductAttention(
  query: TensorLike,
  key: TensorLike,
  value: TensorLike,
  options: AttentionOptions = {},
): Tensor {
  const who = "scaledDotProductAttention";
  checkOptions(options, who, "attnMask isCausal scale dropoutP dropoutKey enableGqa");
  const { attnMask } = options;
  let [q, k, v] = toFloats(who, query, key, value, isDouble(attnMask) ? attnMask! : 0);
  const size = q.shape.at(-1) ?? 0;
  const scale = numeric(options, "scale", 1 / Math.sqrt(size), who);
  if (
    Math.min(q.ndim, k.ndim, v.ndim) < 2 ||
    k.shape.at(-1) !== size ||
    k.shape.at(-2) !== v.shape.at(-2)
  ) {
    throw new RangeError(
      `${who}: query ${shapeText(q.shape)}, key ${shapeText(k.shape)} and value ${shapeText(v.shape)} ` +
        "do not fit: they are [..., L, E], [..., S, E] and [..., S, V]",
    );
  }
  const grouped = options.enableGqa === true ? groups(q, k, v, who) : 1;
  const heads = q.shape.at(-3);
  if (grouped > 1) {
    q = q.reshape([...q.shape.slice(0, -3), heads! / grouped, grouped, ...q.shape.slice(-2)]);
    [k, v] = [k.expandDims(-3), v.expandDims(-3)];
  }
  broadcastOf(
    [q, k, v].map((x) => x.shape.slice(0, -2)),
    who,
  );
  const [queries, keys] = [q.shape.at(-2)!, k.shape.at(-2)!];
  const { seen, added } = masks(unrounded(who, attnMask, q)[0], options, queries, keys, who);
  const split = (mask: Tensor): Tensor => {
    if (grouped === 1 || mask.ndim < 3) return mask;
    const { shape } = mask;
    if (shape.at(-3) === 1) return mask.expandDims(-3);
    return mask.reshape([...shape.slice(0, -3), heads! / grouped, grouped, ...shape.slice(-2)]);
  };
  const raw = matmul(multiply(q, scale), k.swapaxes(-1, -2));
  const scores = added === undefined ? raw : add(raw, split(added));
  const weights = attend(scores, seen === undefined ? undefined : split(seen), added !== undefined);
  const { dropoutP = 0, dropoutKey } = options;
  const y = matmul(dropoutP === 0 ? weights : dropped(weights, dropoutP, dropoutKey, who), v);
  if (grouped === 1) return y;
  return y.reshape([...y.shape.slice(0, -4), heads!, ...y.shape.slice(-2)]);
}

function dropped(weights: Tensor, p: number, key: TensorLike | undefined, who: string): Tensor {
  if (key !== undefined) return dropout(weights, p, { key });
  throw new TypeError(`${who}: with dropoutP it needs a key: { dropoutKey: random.key(seed) }`);
}

/** How many heads of queries one head of keys serves. */
function groups(q: Tensor, k: Tensor, v: Tensor, who: string): number {
  const [many, few] = [q.shape.at(-3), k.shape.at(-3)];
  if (many === undefined || !few || many % few !== 0 || v.shape.at(-3) !== few) {
    throw new RangeError(
      `${who}: heads of query ${shapeText(q.shape)} are no multiple of those of key ` +
        `${shapeText(k.shape)} and value ${shapeText(v.shape)}`,
    );
  }
  return many / few;
}

/** softmax of scores, 0 where nothing is seen. */
function attend(scores: Tensor, seen: Tensor | undefined, infinite: boolean): Tensor {
  if (scores.shape.at(-1) === 0) return scores;
  if (seen === undefined && !infinite) return softmax(scores);
  const shown = seen === undefined ? scores : where(seen, scores, -Infinity);
  // Of lines of -∞ alone softmax is NaN, and so is its derivative: it gets zeros instead.
  const some = greater(max(shown, -1, { keepdims: true }), -Infinity);
  const lines = where(some, shown, 0);
  return where(logicalAnd(some, greater(lines, -Infinity)), softmax(lines), 0);
}
