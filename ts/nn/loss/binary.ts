// Losses of answers to questions with two answers: probabilities, scores, ±1.
import {
  add,
  equal,
  less,
  log,
  log1p,
  max,
  maximum,
  min,
  multiply,
  mean,
  negative,
  softplus,
  subtract,
  where,
} from "../../../build/generated/ops.js";
import { toTensor, type TensorLike } from "../../convert.js";
import { isKnown } from "../../handle.js";
import type { Tensor } from "../../tensor.js";
import { stopGradient } from "../../transforms/control.js";
import { checkShapes, numeric, toFloat, toFloats } from "../options.js";
import { reduced, toReduction, type LossOptions } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of bceLoss. */
export interface BceOptions extends LossOptions {
  /** Factors of the losses, broadcast to them. */
  weight?: TensorLike;
}

/** Options of bceWithLogits. */
export interface BceLogitsOptions extends BceOptions {
  /** Factors of the losses of positive targets, broadcast. */
  posWeight?: TensorLike;
}

/** Options of hingeEmbeddingLoss. */
export interface HingeOptions extends LossOptions {
  /** Distance from which nothing is lost. Default 1. */
  margin?: number;
}

function weighted(each: Tensor, weight: TensorLike | undefined): Tensor {
  return weight === undefined ? each : multiply(each, weight);
}

/** Throws unless all elements lie in [0, 1], if they are known. */
function checkProbabilities(x: Tensor, who: string): void {
  if (x.size === 0 || !isKnown(x)) return;
  const plain = stopGradient(x);
  const [low, high] = [min(plain).item(), max(plain).item()];
  if (low >= 0 && high <= 1) return;
  throw new RangeError(
    `${who}: input has elements from ${low} to ${high}; probabilities lie between 0 and 1`,
  );
}

/** Where probabilities are smaller, the slope of their logarithm grows no further. */
const LEAST = 1e-12;

/**
 * log(p), but at least −100. Its slope is at most 10¹², and not 0 where the value is cut off: training
 * would never leave such a place.
 */
function boundedLog(p: Tensor, logarithm: Tensor): Tensor {
  const value = stopGradient(maximum(logarithm, -100));
  const line = add(value, multiply(subtract(p, stopGradient(p)), 1 / LEAST));
  return where(less(p, LEAST), line, logarithm);
}

/**
 * Cross-entropy of probabilities x and targets t, both between 0 and 1: −(t · log(x) + (1 − t) ·
 * log(1 − x)), their mean by default. As in torch, logarithms are at least −100 and slopes at most
 * 10¹². `bceWithLogits` takes scores, and loses no digits.
 *
 * @example
 * ```ts
 * bceLoss([0.5, 1], [1, 1]).item(); // 0.3465735912322998
 * ```
 * @throws if the shapes differ, or x is no probability
 */
export function bceLoss(input: TensorLike, target: TensorLike, options: BceOptions = {}): Tensor {
  const who = "bceLoss";
  checkOptions(options, who, "weight reduction");
  const reduction = toReduction(options, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  checkProbabilities(x, who);
  const yes = multiply(t, boundedLog(x, log(x)));
  const no = multiply(subtract(1, t), boundedLog(subtract(1, x), log1p(negative(x))));
  return reduced(weighted(negative(add(yes, no)), options.weight), reduction);
}

/**
 * Cross-entropy of scores x, whose sigmoids are probabilities, and targets t between 0 and 1: t ·
 * softplus(−x) · posWeight + (1 − t) · softplus(x), their mean by default. Accurate for all scores.
 *
 * @example
 * ```ts
 * bceWithLogits([0, 1000], [1, 1]).item(); // 0.3465735912322998
 * ```
 * @throws if the shapes differ
 */
export function bceWithLogits(
  input: TensorLike,
  target: TensorLike,
  options: BceLogitsOptions = {},
): Tensor {
  const who = "bceWithLogits";
  checkOptions(options, who, "posWeight weight reduction");
  const reduction = toReduction(options, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  const yes = weighted(multiply(t, softplus(negative(x))), options.posWeight);
  const no = multiply(subtract(1, t), softplus(x));
  return reduced(weighted(add(yes, no), options.weight), reduction);
}

/**
 * log(1 + exp(−target · input)) for targets ±1, their mean by default.
 *
 * @example
 * ```ts
 * softMarginLoss([0], [1]).item(); // 0.6931471824645996
 * ```
 * @throws if the shapes differ
 */
export function softMarginLoss(
  input: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  const who = "softMarginLoss";
  checkOptions(options, who, "reduction");
  const reduction = toReduction(options, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  return reduced(softplus(negative(multiply(t, x))), reduction);
}

/**
 * Cross-entropy of scores and targets between 0 and 1 for each label of the last axis, the mean of
 * labels; of these the mean by default. `weight` has a factor for each label.
 *
 * @example
 * ```ts
 * multilabelSoftMarginLoss([[0, 0]], [[1, 0]]).item(); // 0.6931471824645996
 * ```
 * @throws if the shapes differ
 */
export function multilabelSoftMarginLoss(
  input: TensorLike,
  target: TensorLike,
  options: BceOptions = {},
): Tensor {
  const who = "multilabelSoftMarginLoss";
  checkOptions(options, who, "weight reduction");
  const reduction = toReduction(options, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  const yes = multiply(t, softplus(negative(x)));
  const each = add(yes, multiply(subtract(1, t), softplus(x)));
  return reduced(mean(weighted(each, options.weight), -1), reduction);
}

/** z where it is not negative, else 0: at 0 the derivative is 1, as in torch's losses. */
export function aboveZero(z: Tensor): Tensor {
  return where(less(z, 0), 0, z);
}

/**
 * For targets 1 the distance that is the input, for targets −1 what it lacks to the margin, at least 0;
 * the mean by default.
 *
 * @example
 * ```ts
 * hingeEmbeddingLoss([0.5, 0.5], [1, -1], { margin: 2 }).item(); // 1
 * ```
 * @throws if the shapes differ
 */
export function hingeEmbeddingLoss(
  input: TensorLike,
  target: TensorLike,
  options: HingeOptions = {},
): Tensor {
  const who = "hingeEmbeddingLoss";
  checkOptions(options, who, "margin reduction");
  const reduction = toReduction(options, who);
  const margin = numeric(options, "margin", 1, who);
  const [x, t] = [toFloat(input, who), toTensor(target, who)];
  checkShapes(x, t, ["input", "target"], who);
  // As in torch a target that is neither 1 nor -1 counts as both.
  const far = where(equal(t, 1), 0, aboveZero(subtract(margin, x)));
  const near = where(equal(t, -1), 0, x);
  return reduced(add(near, far), reduction);
}

/**
 * torch's name of `bceLoss`.
 *
 * @example
 * ```ts
 * binaryCrossEntropy([1], [1]).item(); // 0
 * ```
 */
export const binaryCrossEntropy = bceLoss;

/**
 * torch's name of `bceWithLogits`.
 *
 * @example
 * ```ts
 * binaryCrossEntropyWithLogits([1000], [1]).item(); // 0
 * ```
 */
export const binaryCrossEntropyWithLogits = bceWithLogits;

/**
 * Another name of `hingeEmbeddingLoss`.
 *
 * @example
 * ```ts
 * hinge([0.5, 0.5], [1, -1], { margin: 2 }).item(); // 1
 * ```
 */
export const hinge = hingeEmbeddingLoss;
