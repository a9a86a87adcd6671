// Lengths, distances and angles of vectors along an axis.
import {
  add,
  concatenate,
  divide,
  maximum,
  multiply,
  subtract,
  sum,
  take,
} from "../../build/generated/ops.js";
import { broadcastOf } from "../axes.js";
import { checkElements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { norm } from "../linalg/norm.js";
import { triuIndices } from "../ops/diagonals.js";
import type { Tensor } from "../tensor.js";
import { axisOf, count, either, numeric, toFloat, toFloats } from "./options.js";
import { checkOptions } from "../options.js";

/** Options of normalize. */
export interface NormalizeOptions {
  /** Exponent of the norm. Default 2. */
  p?: number;
  /** The axis along which vectors lie. Default 1. */
  axis?: number;
  /** Another name of `axis`, torch's. */
  dim?: number;
  /** Least length by which is divided. Default 1e-12. */
  eps?: number;
}

/** Options of cosineSimilarity. */
export interface CosineSimilarityOptions {
  /** The axis along which vectors lie. Default 1. */
  axis?: number;
  /** Another name of `axis`, torch's. */
  dim?: number;
  /** Least length by which is divided. Default 1e-8. */
  eps?: number;
}

/** Options of pairwiseDistance. */
export interface PairwiseDistanceOptions {
  /** Exponent of the norm. Default 2. */
  p?: number;
  /** Added to each difference. Default 1e-6. */
  eps?: number;
  /** Keep the last axis with size 1. Default false. */
  keepdims?: boolean;
  /** Another name of `keepdims`, torch's. */
  keepdim?: boolean;
}

/**
 * x divided by its norms along an axis, which count as eps at least: vectors of length 1.
 *
 * @example
 * ```ts
 * normalize([[3, 4]]).toArray(); // [[0.6000000238418579, 0.800000011920929]]
 * ```
 * @throws if there is no such axis
 */
export function normalize(x: TensorLike, options: NormalizeOptions = {}): Tensor {
  const who = "normalize";
  checkOptions(options, who, "p axis dim eps");
  const t = toFloat(x, who);
  const axis = axisOf(options, 1, t.ndim, who);
  const length = norm(t, numeric(options, "p", 2, who), axis, { keepdims: true });
  return divide(t, maximum(length, numeric(options, "eps", 1e-12, who)));
}

/**
 * Cosines of the angles between vectors along an axis: the product of both, normalised; shapes
 * broadcast.
 *
 * @example
 * ```ts
 * cosineSimilarity([[1, 0]], [[3, 4]]).toArray(); // [0.6000000238418579]
 * ```
 * @throws if there is no such axis, or shapes do not broadcast
 */
export function cosineSimilarity(
  x1: TensorLike,
  x2: TensorLike,
  options: CosineSimilarityOptions = {},
): Tensor {
  const who = "cosineSimilarity";
  checkOptions(options, who, "axis dim eps");
  checkElements(who, x1, x2);
  const [a, b] = toFloats(who, x1, x2);
  const rank = Math.max(a.ndim, b.ndim);
  const axis = axisOf(options, 1, rank, who);
  const eps = numeric(options, "eps", 1e-8, who);
  const unit = (x: Tensor): Tensor => {
    const wide =
      x.ndim === rank ? x : x.expandDims(Array.from({ length: rank - x.ndim }, (_, i) => i));
    return divide(wide, maximum(norm(wide, 2, axis, { keepdims: true }), eps));
  };
  return sum(multiply(unit(a), unit(b)), axis);
}

/**
 * Norms of differences x1 − x2 + eps along the last axis; shapes broadcast.
 *
 * @example
 * ```ts
 * pairwiseDistance([[0, 0]], [[3, 4]], { eps: 0 }).toArray(); // [5]
 * ```
 * @throws if shapes do not broadcast
 */
export function pairwiseDistance(
  x1: TensorLike,
  x2: TensorLike,
  options: PairwiseDistanceOptions = {},
): Tensor {
  const who = "pairwiseDistance";
  checkOptions(options, who, "p eps keepdims keepdim");
  checkElements(who, x1, x2);
  const p = numeric(options, "p", 2, who);
  const eps = numeric(options, "eps", 1e-6, who);
  const [a, b] = toFloats(who, x1, x2);
  const d = subtract(a, b);
  return norm(eps === 0 ? d : add(d, eps), p, -1, {
    keepdims: either(options, "keepdims", "keepdim", who) ?? false,
  });
}

/**
 * Distances between all pairs of rows of x [n, size], the first with the second, the first with the
 * third, …: n · (n − 1) / 2 norms of order p. Rows that are equal have derivative 0.
 *
 * @example
 * ```ts
 * pdist([[0, 0], [3, 4], [0, 1]]).toArray(); // [5, 1, 4.242640495300293]
 * ```
 * @throws if x is no matrix, or if p is negative
 */
export function pdist(x: TensorLike, p = 2): Tensor {
  const who = "pdist";
  const t = toFloat(x, who);
  if (t.ndim !== 2)
    throw new RangeError(`${who}: x has shape ${shapeText(t.shape)}, not [n, size]`);
  const order = orderOf(p, who);
  const [first, second] = triuIndices(t.shape[0]!, 1);
  return inBlocks(first.size, t.shape[1]!, 0, (range) => {
    const [a, b] = [first.slice([range]), second.slice([range])];
    return norm(subtract(take(t, a, 0), take(t, b, 0)), order, -1);
  });
}

/** The exponent of distances. */
function orderOf(p: number, who: string): number {
  const order = numeric({ p }, "p", 2, who);
  if (order < 0) throw new RangeError(`${who}: p is ${p}, not from 0 up`);
  return order;
}

/** Elements of differences that are there at once. */
const MOST_AT_ONCE = 2 ** 22;

/** Parts along an axis, each made of a range of n rows with so many differences a row, joined. */
function inBlocks(
  n: number,
  differences: number,
  axis: number,
  of: (range: [number, number]) => Tensor,
): Tensor {
  const rows = Math.max(
    1,
    Math.ceil(n / 2000),
    Math.floor(MOST_AT_ONCE / Math.max(1, differences)),
  );
  if (rows >= n) return of([0, n]);
  const starts = Array.from({ length: Math.ceil(n / rows) }, (_, i) => i * rows);
  return concatenate(
    starts.map((start) => of([start, Math.min(n, start + rows)])),
    axis,
  );
}

/**
 * Distances between all rows of x1 [..., m, size] and of x2 [..., n, size]: [..., m, n], norms of order
 * p; further axes broadcast. Rows that are equal have derivative 0.
 *
 * @example
 * ```ts
 * cdist([[0, 0]], [[3, 4], [0, 1]]).toArray(); // [[5, 1]]
 * ```
 * @throws if there are no rows of one size, or if p is negative
 */
export function cdist(x1: TensorLike, x2: TensorLike, p = 2): Tensor {
  const who = "cdist";
  const [a, b] = toFloats(who, x1, x2);
  if (a.ndim < 2 || b.ndim < 2 || a.shape.at(-1) !== b.shape.at(-1)) {
    throw new RangeError(
      `${who}: x1 ${shapeText(a.shape)} and x2 ${shapeText(b.shape)} are not [..., m, size] and [..., n, size]`,
    );
  }
  const order = orderOf(p, who);
  const batch = broadcastOf([a.shape.slice(0, -2), b.shape.slice(0, -2)], who);
  const [wide, high] = [b.expandDims(-3), a.expandDims(-2)];
  const before = high.shape.slice(0, -3).map(() => null);
  const [m, n, size] = [a.shape.at(-2)!, b.shape.at(-2)!, a.shape.at(-1)!];
  return inBlocks(m, count(batch) * n * size, -2, (range) =>
    norm(subtract(high.slice([...before, range]), wide), order, -1),
  );
}
