// Losses that are negative logarithms of likelihoods, and the divergence of distributions.
import {
  add,
  divide,
  equal,
  exp,
  greater,
  log,
  maximum,
  min,
  multiply,
  negative,
  square,
  subtract,
  where,
} from "../../../build/generated/ops.js";
import { entr } from "../../../build/generated/rows/index.js";
import type { TensorLike } from "../../convert.js";
import { shapeText } from "../../errors.js";
import { isKnown } from "../../handle.js";
import type { Tensor } from "../../tensor.js";
import { stopGradient } from "../../transforms/control.js";
import { checkShapes, numeric, toFloats } from "../options.js";
import { reduced, toReduction, type LossOptions, type Reduction } from "./reduction.js";
import { checkOptions } from "../../options.js";

/** Options of klDiv. */
export interface KlDivOptions {
  /** "batchmean": the sum divided by the size of the first axis, which is the divergence. Default "mean". */
  reduction?: Reduction | "batchmean";
  /** Targets are logarithms, too. Default false. */
  logTarget?: boolean;
}

/** Options of poissonNllLoss. */
export interface PoissonNllOptions extends LossOptions {
  /** The input is the logarithm of the rate. Default true. */
  logInput?: boolean;
  /** With the logarithm of the target's factorial, by Stirling. Default false. */
  full?: boolean;
  /** Added to rates, of which logarithms are taken. Default 1e-8. */
  eps?: number;
}

/** Options of gaussianNllLoss. */
export interface GaussianNllOptions extends LossOptions {
  /** With the constant log(2π) / 2. Default false. */
  full?: boolean;
  /** Variances are at least that. Default 1e-6. */
  eps?: number;
}

/**
 * Kullback-Leibler divergence of distributions from what is expected: target · (log(target) − input),
 * where the input holds logarithms of probabilities; the mean of elements by default. A target of 0
 * counts nothing, whatever the input is.
 *
 * @example
 * ```ts
 * klDiv([[0, -Infinity]], [[1, 0]], { reduction: "batchmean" }).item(); // 0
 * ```
 * @throws if the shapes differ
 */
export function klDiv(input: TensorLike, target: TensorLike, options: KlDivOptions = {}): Tensor {
  const who = "klDiv";
  checkOptions(options, who, "reduction logTarget");
  const batch = options.reduction === "batchmean";
  const reduction = toReduction(batch ? { reduction: "sum" } : options, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  const logarithms = options.logTarget ?? false;
  const each = logarithms
    ? where(equal(t, -Infinity), 0, multiply(exp(t), subtract(t, x)))
    : negative(add(entr(t), where(equal(t, 0), 0, multiply(t, x))));
  const y = reduced(each, reduction);
  return batch ? divide(y, x.shape[0] ?? 1) : y;
}

/**
 * −log of the likelihood of counts: exp(input) − target · input, or, where the input is the rate
 * itself, input − target · log(input + eps); the mean by default.
 *
 * @example
 * ```ts
 * poissonNllLoss([0], [3]).item(); // 1
 * ```
 * @throws if the shapes differ
 */
export function poissonNllLoss(
  input: TensorLike,
  target: TensorLike,
  options: PoissonNllOptions = {},
): Tensor {
  const who = "poissonNllLoss";
  checkOptions(options, who, "logInput full eps reduction");
  const reduction = toReduction(options, who);
  const eps = numeric(options, "eps", 1e-8, who);
  const [x, t] = toFloats(who, input, target);
  checkShapes(x, t, ["input", "target"], who);
  const each =
    (options.logInput ?? true)
      ? subtract(exp(x), multiply(t, x))
      : subtract(x, multiply(t, log(add(x, eps))));
  if (options.full !== true) return reduced(each, reduction);
  const counts = greater(t, 1);
  const safe = where(counts, t, 1);
  const root = divide(log(multiply(safe, 2 * Math.PI)), 2);
  const stirling = add(subtract(multiply(safe, log(safe)), safe), root);
  return reduced(add(each, where(counts, stirling, 0)), reduction);
}

/**
 * −log of the likelihood of targets under normal distributions with the means `input` and variances:
 * (log(variance) + (input − target)² / variance) / 2, their mean by default. Variances have the shape
 * of the input, or lack its last axis, or have size 1 there. Those below eps count as eps, but pass
 * their derivative on, as in torch.
 *
 * @example
 * ```ts
 * gaussianNllLoss([1, 2], [0, 2], [1, 1]).item(); // 0.25
 * ```
 * @throws if shapes do not suit each other, or a variance is negative
 */
export function gaussianNllLoss(
  input: TensorLike,
  target: TensorLike,
  variance: TensorLike,
  options: GaussianNllOptions = {},
): Tensor {
  const who = "gaussianNllLoss";
  checkOptions(options, who, "full eps reduction");
  const reduction = toReduction(options, who);
  const eps = numeric(options, "eps", 1e-6, who);
  const [x, t, own] = toFloats(who, input, target, variance);
  checkShapes(x, t, ["input", "target"], who);
  const v = toVariance(own, x.shape, who);
  const lifted = add(v, stopGradient(subtract(maximum(v, eps), v)));
  const each = divide(add(log(lifted), divide(square(subtract(x, t)), lifted)), 2);
  return reduced(options.full === true ? add(each, 0.5 * LOG_TWO_PI) : each, reduction);
}

/** log(2π). */
const LOG_TWO_PI = 1.8378770664093456;

function toVariance(v: Tensor, shape: readonly number[], who: string): Tensor {
  const outer = shapeText(shape.slice(0, -1));
  const own = shapeText(v.shape);
  const lacking = own === outer && shape.length > 0;
  if (
    own !== shapeText(shape) &&
    !lacking &&
    !(v.shape.at(-1) === 1 && shapeText(v.shape.slice(0, -1)) === outer)
  ) {
    throw new RangeError(
      `${who}: variances of shape ${own} do not suit an input of shape ${shapeText(shape)}`,
    );
  }
  if (v.size > 0 && isKnown(v)) {
    const least = min(stopGradient(v)).item();
    if (least < 0) throw new RangeError(`${who}: a variance is ${least}, less than 0`);
  }
  return lacking ? v.expandDims(-1) : v;
}

/**
 * torch's class name of `klDiv`.
 *
 * @example
 * ```ts
 * klDivLoss([0], [1]).item(); // 0
 * ```
 */
export const klDivLoss = klDiv;
