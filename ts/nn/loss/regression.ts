// Losses of distances between numbers.
import {
  abs,
  divide,
  less,
  lessEqual,
  multiply,
  square,
  subtract,
  where,
} from "../../../build/generated/ops.js";
import type { TensorLike } from "../../convert.js";
import type { Tensor } from "../../tensor.js";
import { checkShapes, numeric, toFloats } from "../options.js";
import { reduced, toReduction, type LossOptions } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of smoothL1Loss. */
export interface SmoothL1Options extends LossOptions {
  /** Below it losses are squares. Default 1. */
  beta?: number;
}

/** Options of huberLoss. */
export interface HuberOptions extends LossOptions {
  /** Up to it losses are squares. Default 1. */
  delta?: number;
}

/** input − target, which have one shape. */
function difference(input: TensorLike, target: TensorLike, who: string): Tensor {
  const [x, y] = toFloats(who, input, target);
  checkShapes(x, y, ["input", "target"], who);
  return subtract(x, y);
}

/**
 * (input − target)², their mean by default.
 *
 * @example
 * ```ts
 * mseLoss([1, 2], [1, 4]).item(); // 2
 * ```
 * @throws if the shapes differ
 */
export function mseLoss(input: TensorLike, target: TensorLike, options: LossOptions = {}): Tensor {
  checkOptions(options, "mseLoss", "reduction");
  const reduction = toReduction(options, "mseLoss");
  return reduced(square(difference(input, target, "mseLoss")), reduction);
}

/**
 * |input − target|, their mean by default; the derivative of 0 is 0.
 *
 * @example
 * ```ts
 * l1Loss([1, 2], [1, 5]).item(); // 1.5
 * ```
 * @throws if the shapes differ
 */
export function l1Loss(input: TensorLike, target: TensorLike, options: LossOptions = {}): Tensor {
  checkOptions(options, "l1Loss", "reduction");
  const reduction = toReduction(options, "l1Loss");
  return reduced(abs(difference(input, target, "l1Loss")), reduction);
}

/**
 * d² / (2 · beta) where the distance d = |input − target| is less than beta, else d − beta / 2; their
 * mean by default.
 *
 * @example
 * ```ts
 * smoothL1Loss([1, 5], [0, 0], { reduction: "none" }).toArray(); // [0.5, 4.5]
 * ```
 * @throws if the shapes differ, or beta is negative
 */
export function smoothL1Loss(
  input: TensorLike,
  target: TensorLike,
  options: SmoothL1Options = {},
): Tensor {
  const who = "smoothL1Loss";
  checkOptions(options, who, "beta reduction");
  const reduction = toReduction(options, who);
  const beta = numeric(options, "beta", 1, who);
  if (beta < 0) throw new RangeError(`${who}: beta is ${beta}, less than 0`);
  const d = difference(input, target, who);
  const size = abs(d);
  if (beta === 0) return reduced(size, reduction);
  const near = multiply(square(d), 0.5 / beta);
  return reduced(where(less(size, beta), near, subtract(size, beta / 2)), reduction);
}

/**
 * d² / 2 where the distance d = |input − target| is at most delta, else delta · (d − delta / 2); their
 * mean by default.
 *
 * @example
 * ```ts
 * huberLoss([1, 5], [0, 0], { delta: 2, reduction: "none" }).toArray(); // [0.5, 8]
 * ```
 * @throws if the shapes differ, or delta is not above 0
 */
export function huberLoss(
  input: TensorLike,
  target: TensorLike,
  options: HuberOptions = {},
): Tensor {
  const who = "huberLoss";
  checkOptions(options, who, "delta reduction");
  const reduction = toReduction(options, who);
  const delta = numeric(options, "delta", 1, who);
  if (!(delta > 0)) throw new RangeError(`${who}: delta is ${delta}, not above 0`);
  const d = difference(input, target, who);
  const size = abs(d);
  const far = multiply(subtract(size, delta / 2), delta);
  return reduced(where(lessEqual(size, delta), divide(square(d), 2), far), reduction);
}

/**
 * Another name of `smoothL1Loss`.
 *
 * @example
 * ```ts
 * smoothL1([1], [0]).item(); // 0.5
 * ```
 */
export const smoothL1 = smoothL1Loss;

/**
 * Another name of `huberLoss`.
 *
 * @example
 * ```ts
 * huber([1], [0]).item(); // 0.5
 * ```
 */
export const huber = huberLoss;
