// Losses of scores of classes, one of which is right, or each of which has a probability.
import {
  add,
  divide,
  equal,
  isinf,
  logicalAnd,
  logSoftmax,
  mean,
  multiply,
  negative,
  notEqual,
  relu,
  square,
  subtract,
  sum,
  where,
} from "../../../build/generated/ops.js";
import { networksPart } from "../../../build/generated/parts/networks.js";
import { DType } from "../../../assembly/shared/dtype.js";
import { places } from "../../along.js";
import { fromData, toTensor, type TensorLike, unrounded } from "../../convert.js";
import { shapeText } from "../../errors.js";
import { isHandle, isKnown, slotsOf, tensorOf } from "../../handle.js";
import type { Tensor } from "../../tensor.js";
import * as wasm from "../../wasm.js";
import { count, holdsFloats, numeric, toFloat } from "../options.js";
import { reduced, reducedBy, toReduction, type LossOptions } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of nllLoss. */
export interface NllOptions extends LossOptions {
  /** A factor for each class; a mean is that of the weighted losses. Default 1. */
  weight?: TensorLike;
  /** Targets of this value do not count. Default -100. */
  ignoreIndex?: number;
}

/** Options of crossEntropy. */
export interface CrossEntropyOptions extends NllOptions {
  /** Share of the probability that all classes get in equal parts. Default 0. */
  labelSmoothing?: number;
}

/** Options of multiMarginLoss. */
export interface MultiMarginOptions extends LossOptions {
  /** Exponent of what is lost, 1 or 2. Default 1. */
  p?: number;
  /** By how much the score of the right class should be larger. Default 1. */
  margin?: number;
  /** A factor for each right class. Default 1. */
  weight?: TensorLike;
}

/** Throws for an index that names no class. Inside vmap and compile values are not known. */
function checkIndices(target: Tensor, classes: number, ignored: number, who: string): void {
  if (!isKnown(target)) return;
  for (const index of target.data()) {
    if (index !== ignored && (index < 0 || index >= classes)) {
      throw new RangeError(
        `${who}: target ${index} names none of ${classes} classes (0 to ${classes - 1})`,
      );
    }
  }
}

/** The element of each line along the last axis that an index names, 0 if there is none. */
function pick(x: Tensor, index: Tensor, who: string): Tensor {
  return tensorOf(
    () => wasm.need(networksPart).pick(...(slotsOf([x, index], who) as [number, number])),
    who,
  );
}

/** Scores with their classes last, and what is lost about it. */
interface Lines {
  /** Scores [..., C]. */
  x: Tensor;
  classes: number;
  /** The shape of targets that are indices. */
  rest: number[];
  /** The order of axes that puts the classes last; none where they are. */
  order: number[] | undefined;
}

function toLines(input: TensorLike, who: string): Lines {
  const x = toFloat(input, who);
  const { shape } = x;
  if (shape.length === 0) throw new RangeError(`${who}: input has no axis of classes`);
  const axis = shape.length === 1 ? 0 : 1;
  const order = shape.length > 2 ? [0, ...shape.slice(2).map((_, i) => i + 2), 1] : undefined;
  return {
    x: order === undefined ? x : x.transpose(order),
    classes: shape[axis]!,
    rest: shape.filter((_, i) => i !== axis),
    order,
  };
}

/** Targets as indices of the right shape. */
function toIndices(target: TensorLike, lines: Lines, ignored: number, who: string): Tensor {
  const y = isHandle(target) ? target : fromData(target, DType.Int32, who);
  if (holdsFloats(y)) {
    throw new TypeError(`${who}: target is ${y.dtype}; classes are integers (x.astype("int32"))`);
  }
  const { rest, classes } = lines;
  if (shapeText(rest) !== shapeText(y.shape)) {
    const shape = rest.length === 0 ? [classes] : [rest[0]!, classes, ...rest.slice(1)];
    throw new RangeError(
      `${who}: input ${shapeText(shape)} wants targets of shape ${shapeText(rest)}, not ${shapeText(y.shape)}`,
    );
  }
  checkIndices(y, classes, ignored, who);
  return y;
}

function toWeight(
  weight: TensorLike | undefined,
  classes: number,
  who: string,
): Tensor | undefined {
  if (weight === undefined) return undefined;
  const w = toTensor(weight, who);
  if (w.ndim === 1 && w.size === classes) return w;
  throw new RangeError(
    `${who}: weight has shape ${shapeText(w.shape)}, but there are ${classes} classes`,
  );
}

/** Scores, indices and weights, checked; and which targets count, as numbers. */
interface Choice {
  lines: Lines;
  weight: Tensor | undefined;
  /** Indices [..., 1]; what does not count names no class. */
  index: Tensor;
  /** The weights of those that count, else 0. */
  weights: Tensor;
}

function toChoice(lines: Lines, target: TensorLike, options: NllOptions, who: string): Choice {
  const ignored = numeric(options, "ignoreIndex", -100, who);
  const y = toIndices(target, lines, ignored, who);
  const weight = toWeight(options.weight, lines.classes, who)?.astype(lines.x.dtype);
  // What names no class picks 0.
  const hidden = ignored >= 0 && ignored < lines.classes;
  const index = (hidden ? where(equal(y, ignored), -1, y) : y).expandDims(-1);
  const weights =
    weight === undefined
      ? notEqual(y, ignored).astype(lines.x.dtype)
      : pick(weight, index, who).squeeze(-1);
  return { lines, weight, index, weights };
}

/** The negative scores of the right classes, weighted. */
function chosen(scores: Tensor, { index, weight, weights }: Choice, who: string): Tensor {
  const each = negative(pick(scores, index, who).squeeze(-1));
  return weight === undefined ? each : multiply(each, weights);
}

/**
 * −input[target]: what logarithms of probabilities [N, C, …] (or [C]) say of the right classes [N, …]
 * (or one number), integers. The mean is over those that count, by their weights.
 *
 * @example
 * ```ts
 * nllLoss([[-1, -2], [-3, -4]], [0, 1]).item(); // 2.5
 * ```
 * @throws if the shapes do not suit each other, targets are no integers, or an index is out of range
 */
export function nllLoss(input: TensorLike, target: TensorLike, options: NllOptions = {}): Tensor {
  const who = "nllLoss";
  checkOptions(options, who, "weight ignoreIndex reduction");
  const reduction = toReduction(options, who);
  const choice = toChoice(toLines(input, who), target, options, who);
  return reducedBy(chosen(choice.lines.x, choice, who), choice.weights, reduction);
}

/**
 * −log softmax(input)[target]: the cross-entropy of scores [N, C, …] (or [C]) and classes [N, …] (or
 * one number), given as integers, or as a probability of each class in the shape of the scores. With
 * integers the mean is over those that count, by their weights; with probabilities it is over all.
 *
 * @example
 * ```ts
 * crossEntropy([[0, 0]], [1]).item(); // 0.6931471824645996
 * ```
 * @throws if the shapes do not suit each other, targets are no integers, an index is out of range, or
 * the smoothing is not between 0 and 1
 */
export function crossEntropy(
  input: TensorLike,
  target: TensorLike,
  options: CrossEntropyOptions = {},
): Tensor {
  const who = "crossEntropy";
  checkOptions(options, who, "labelSmoothing weight ignoreIndex reduction");
  const reduction = toReduction(options, who);
  const smoothing = numeric(options, "labelSmoothing", 0, who);
  if (smoothing < 0 || smoothing > 1) {
    throw new RangeError(`${who}: labelSmoothing is ${smoothing}, not between 0 and 1`);
  }
  // Classes in an array stay as they are; probabilities are not rounded.
  const [scores, shares] = unrounded(who, input, target);
  const lines = toLines(scores, who);
  const logs = logSoftmax(lines.x);
  const given = typeof target === "number" ? undefined : toTensor(shares, who);
  if (given !== undefined && holdsFloats(given) && given.ndim === lines.x.ndim) {
    const y = lines.order === undefined ? given : given.transpose(lines.order);
    const each = ofProbabilities(logs, y, lines, smoothing, options, who);
    if (reduction !== "mean") return reduced(each, reduction);
    return divide(sum(each), count(lines.rest));
  }
  const choice = toChoice(lines, target, options, who);
  const right = reducedBy(chosen(logs, choice, who), choice.weights, reduction);
  if (smoothing === 0) return right;
  const { weight, weights, index } = choice;
  const all = negative(sum(weight === undefined ? logs : multiply(logs, weight), -1));
  // -1 marks what does not count where an index is ignored; else indices were checked.
  const ignored = options.ignoreIndex ?? -100;
  const silent = equal(where(equal(index, -1), ignored, index).squeeze(-1), ignored);
  const spread = reducedBy(where(silent, 0, all), weights, reduction);
  return add(multiply(right, 1 - smoothing), multiply(spread, smoothing / lines.classes));
}

/** −Σ target · logs, weighted; impossible classes that nobody expects lose nothing. */
function ofProbabilities(
  logs: Tensor,
  target: Tensor,
  { classes }: Lines,
  smoothing: number,
  options: CrossEntropyOptions,
  who: string,
): Tensor {
  if (shapeText(target.shape) !== shapeText(logs.shape)) {
    throw new RangeError(
      `${who}: probabilities have the shape of the scores; with classes last these are ` +
        `${shapeText(logs.shape)} and ${shapeText(target.shape)}`,
    );
  }
  const weight = toWeight(options.weight, classes, who);
  const soft = smoothing === 0 ? target : add(multiply(target, 1 - smoothing), smoothing / classes);
  const idle = logicalAnd(equal(soft, 0), isinf(logs));
  const each = where(idle, 0, multiply(soft, logs));
  return negative(sum(weight === undefined ? each : multiply(each, weight), -1));
}

/**
 * Σ max(0, margin − x[target] + x[i])^p over the classes i that are not right, divided by the number
 * of classes: of scores x [N, C] (or [C]) and classes [N] (or one number); the mean by default.
 *
 * @example
 * ```ts
 * multiMarginLoss([[1, 0.5, 3]], [0]).item(); // 1.1666666269302368
 * ```
 * @throws if the shapes do not suit each other, an index is out of range, or p is neither 1 nor 2
 */
export function multiMarginLoss(
  input: TensorLike,
  target: TensorLike,
  options: MultiMarginOptions = {},
): Tensor {
  const who = "multiMarginLoss";
  checkOptions(options, who, "p margin weight reduction");
  const reduction = toReduction(options, who);
  const p = numeric(options, "p", 1, who);
  const margin = numeric(options, "margin", 1, who);
  if (p !== 1 && p !== 2) throw new RangeError(`${who}: p is ${p}, neither 1 nor 2`);
  const lines = toLines(input, who);
  if (lines.rest.length > 1) {
    throw new RangeError(`${who}: input has ${lines.x.ndim} axes, not one or two`);
  }
  const weight = toWeight(options.weight, lines.classes, who);
  const index = toIndices(target, lines, NaN, who).expandDims(-1);
  const over = relu(add(subtract(lines.x, pick(lines.x, index, who)), margin));
  const lost = p === 2 ? square(over) : over;
  const wrong = where(equal(index, places(lines.classes)), 0, lost);
  const each = mean(wrong, -1);
  if (weight === undefined) return reduced(each, reduction);
  return reduced(multiply(each, pick(weight, index, who).squeeze(-1)), reduction);
}
