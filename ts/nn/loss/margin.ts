// Losses of scores and vectors that should differ by a margin.
import {
  add,
  divide,
  equal,
  minimum,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  where,
} from "../../../build/generated/ops.js";
import { checkElements } from "../../arguments.js";
import { toTensor, type TensorLike } from "../../convert.js";
import { shapeText } from "../../errors.js";
import type { Tensor } from "../../tensor.js";
import { pairwiseDistance } from "../distance.js";
import { checkShapes, numeric, toFloats } from "../options.js";
import { aboveZero } from "./binary.js";
import { reduced, toReduction, type LossOptions } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** By how much things should differ. Default 0. */
  margin?: number;
}

/** Options of tripletMarginLoss. */
export interface TripletOptions extends LossOptions {
  /** By how much the negative should be farther away. Default 1. */
  margin?: number;
  /** Exponent of the norm. Default 2. */
  p?: number;
  /** Added to each difference. Default 1e-6. */
  eps?: number;
  /** Count the distance of positive and negative, if it is smaller. Default false. */
  swap?: boolean;
}

/** Options of tripletMarginWithDistanceLoss. */
export interface TripletDistanceOptions extends LossOptions {
  /** How far two things are apart. Default `pairwiseDistance`. */
  distanceFunction?: (x: Tensor, y: Tensor) => Tensor;
  /** By how much the negative should be farther away. Default 1. */
  margin?: number;
  /** Count the distance of positive and negative, if it is smaller. Default false. */
  swap?: boolean;
}

/**
 * max(0, margin − target · (x1 − x2)): for targets 1 the first should be larger, for −1 the second; the
 * mean by default.
 *
 * @example
 * ```ts
 * marginRankingLoss([3, 1], [1, 2], [1, 1]).item(); // 0.5
 * ```
 * @throws if shapes do not broadcast
 */
export function marginRankingLoss(
  x1: TensorLike,
  x2: TensorLike,
  target: TensorLike,
  options: MarginOptions = {},
): Tensor {
  const who = "marginRankingLoss";
  checkOptions(options, who, "margin reduction");
  checkElements(who, x1, x2, target);
  const reduction = toReduction(options, who);
  const margin = numeric(options, "margin", 0, who);
  const [a, b] = toFloats(who, x1, x2);
  const lead = multiply(toTensor(target, who), subtract(a, b));
  return reduced(aboveZero(subtract(margin, lead)), reduction);
}

/**
 * 1 − cos for targets 1, max(0, cos − margin) for −1, with the cosine of the angle between vectors x1
 * and x2 [N, D] (or [D]) and targets [N] (or one number); the mean by default.
 *
 * @example
 * ```ts
 * cosineEmbeddingLoss([[1, 0]], [[0, 1]], [1]).item(); // 1
 * ```
 * @throws if the shapes do not suit each other
 */
export function cosineEmbeddingLoss(
  x1: TensorLike,
  x2: TensorLike,
  target: TensorLike,
  options: MarginOptions = {},
): Tensor {
  const who = "cosineEmbeddingLoss";
  checkOptions(options, who, "margin reduction");
  const reduction = toReduction(options, who);
  const margin = numeric(options, "margin", 0, who);
  const [a, b] = toFloats(who, x1, x2);
  const t = toTensor(target, who);
  checkShapes(a, b, ["x1", "x2"], who);
  if ((a.ndim !== 1 && a.ndim !== 2) || shapeText(t.shape) !== shapeText(a.shape.slice(0, -1))) {
    throw new RangeError(
      `${who}: vectors [N, D] want targets [N], and one vector [D] one target; these are ` +
        `${shapeText(a.shape)} and ${shapeText(t.shape)}`,
    );
  }
  const squares = (x: Tensor): Tensor => add(sum(square(x), -1), 1e-12);
  // Roots first: products of squares overflow.
  const lengths = multiply(sqrt(squares(a)), sqrt(squares(b)));
  const cosine = divide(sum(multiply(a, b), -1), lengths);
  const apart = where(equal(t, -1), aboveZero(subtract(cosine, margin)), 0);
  return reduced(add(where(equal(t, 1), subtract(1, cosine), 0), apart), reduction);
}

/** max(0, margin + near − far). */
function triplet(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  distance: (x: Tensor, y: Tensor) => Tensor,
  margin: number,
  swap: boolean,
): Tensor {
  const near = distance(anchor, positive);
  const own = distance(anchor, negative);
  const far = swap ? minimum(own, distance(positive, negative)) : own;
  return aboveZero(add(subtract(near, far), margin));
}

/**
 * max(0, margin + ‖anchor − positive‖ − ‖anchor − negative‖) of vectors along the last axis; the mean
 * by default.
 *
 * @example
 * ```ts
 * tripletMarginLoss([[0, 0]], [[3, 4]], [[0, 5]], { eps: 0 }).item(); // 1
 * ```
 * @throws if shapes do not broadcast
 */
export function tripletMarginLoss(
  anchor: TensorLike,
  positive: TensorLike,
  negative: TensorLike,
  options: TripletOptions = {},
): Tensor {
  const who = "tripletMarginLoss";
  checkOptions(options, who, "margin p eps swap reduction");
  checkElements(who, anchor, positive, negative);
  const reduction = toReduction(options, who);
  const margin = numeric(options, "margin", 1, who);
  const p = numeric(options, "p", 2, who);
  const eps = numeric(options, "eps", 1e-6, who);
  const [a, b, c] = toFloats(who, anchor, positive, negative);
  const distance = (x: Tensor, y: Tensor): Tensor => pairwiseDistance(x, y, { p, eps });
  return reduced(triplet(a, b, c, distance, margin, options.swap ?? false), reduction);
}

/**
 * `tripletMarginLoss` with any measure of distance.
 *
 * @example
 * ```ts
 * tripletMarginWithDistanceLoss([0], [3], [1], { distanceFunction: (x, y) => l1Loss(x, y) }).item(); // 3
 * ```
 */
export function tripletMarginWithDistanceLoss(
  anchor: TensorLike,
  positive: TensorLike,
  negative: TensorLike,
  options: TripletDistanceOptions = {},
): Tensor {
  const who = "tripletMarginWithDistanceLoss";
  checkOptions(options, who, "distanceFunction margin swap reduction");
  const reduction = toReduction(options, who);
  const margin = numeric(options, "margin", 1, who);
  const distance = options.distanceFunction ?? pairwiseDistance;
  const [a, b, c] = toFloats(who, anchor, positive, negative);
  return reduced(
    triplet(a, b, c, (x, y) => distance(x, y), margin, options.swap ?? false),
    reduction,
  );
}

/**
 * Another name of `cosineEmbeddingLoss`.
 *
 * @example
 * ```ts
 * cosineEmbedding([[1, 0]], [[0, 1]], [1]).item(); // 1
 * ```
 */
export const cosineEmbedding = cosineEmbeddingLoss;

/**
 * Another name of `tripletMarginLoss`.
 *
 * @example
 * ```ts
 * tripletMargin([[0, 0]], [[3, 4]], [[0, 5]], { eps: 0 }).item(); // 1
 * ```
 */
export const tripletMargin = tripletMarginLoss;
