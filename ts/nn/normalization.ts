// Normalisation to mean 0 and variance 1.
import { toNumbers } from "../arguments.js";
import { tensorBeside, type TensorLike, toTensor, unrounded } from "../convert.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import * as wasm from "../wasm.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { add, divide, mean, multiply, sqrt, square, subtract } from "../../build/generated/ops.js";
import { networksPart } from "../../build/generated/parts/networks.js";
import { shapeText } from "../errors.js";
import { numeric, toFloat } from "./options.js";
import { checkOptions } from "../options.js";

/** Options of layerNorm. */
export interface LayerNormOptions {
  /** Factor for each element of the normalised shape. */
  weight?: TensorLike;
  /** What is added to each element of the normalised shape. */
  bias?: TensorLike;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/** Options of rmsNorm. */
export interface RmsNormOptions {
  /** Factor for each element of the normalised shape. */
  weight?: TensorLike;
  /** Added to the mean of squares. Default: the distance from 1 to the next number of x's dtype. */
  eps?: number;
}

/** Options of batchNorm. */
export interface BatchNormOptions extends LayerNormOptions {
  /** Normalise by the batch itself, and update the running values. Default false. */
  training?: boolean;
  /** Share of the batch in the new running values. Default 0.1. */
  momentum?: number;
}

/** (x - mean) / √(variance + eps) over axes. */
function normalize(x: Tensor, axes: readonly number[], eps: number): [Tensor, Tensor, Tensor] {
  const m = mean(x, axes, { keepdims: true });
  const centred = subtract(x, m);
  const variance = mean(square(centred), axes, { keepdims: true });
  return [divide(centred, sqrt(add(variance, eps))), m, variance];
}

/**
 * x normalised over its last axes, which have the given shape: (x − mean) / √(variance + eps), times
 * `weight`, plus `bias`. The variance is the mean of squares (as in torch).
 *
 * @example
 * ```ts
 * layerNorm([[1, 3]], [2], { eps: 0 }).toArray(); // [[-1, 1]]
 * ```
 * @throws if x does not end with that shape
 */
export function layerNorm(
  x: TensorLike,
  normalizedShape: number | readonly number[],
  options: LayerNormOptions = {},
): Tensor {
  checkOptions(options, "layerNorm", "weight bias eps");
  const t = toTensor(unrounded("layerNorm", x, options.weight, options.bias)[0], "layerNorm");
  const want = ending(t, normalizedShape, "layerNorm");
  const eps = options.eps ?? 1e-5;
  const y = tensorOf(
    () => wasm.need(networksPart).normalize(slot(t), want.length, eps),
    "layerNorm",
  );
  return scaled(y, options, want, "layerNorm");
}

/** The shape that x has to end with. */
function ending(x: Tensor, shape: number | readonly number[], who: string): number[] {
  const want = toNumbers(shape, "the shape", who);
  const own = x.shape;
  const first = own.length - want.length;
  if (want.length === 0 || first < 0 || want.some((d, i) => d !== own[first + i])) {
    throw new RangeError(
      `${who}: x of shape ${shapeText(own)} does not end with ${shapeText(want)}`,
    );
  }
  return want;
}

/**
 * x divided by the root of its mean square over its last axes, which have the given shape: x / √(mean
 * of x² + eps), times `weight` (Zhang and Sennrich, Root Mean Square Layer Normalization, 2019).
 *
 * @example
 * ```ts
 * rmsNorm([[3, 3]], [2], { eps: 0 }).toArray(); // [[1, 1]]
 * ```
 * @throws if x does not end with that shape
 */
export function rmsNorm(
  x: TensorLike,
  normalizedShape: number | readonly number[],
  options: RmsNormOptions = {},
): Tensor {
  const who = "rmsNorm";
  checkOptions(options, who, "weight eps");
  const t = toFloat(unrounded(who, x, options.weight)[0], who);
  const want = ending(t, normalizedShape, who);
  const least = t.dtype === "float32" ? 2 ** -23 : 2 ** -52;
  const eps = numeric(options, "eps", least, who);
  const axes = want.map((_, i) => i - want.length);
  const y = divide(t, sqrt(add(mean(square(t), axes, { keepdims: true }), eps)));
  return options.weight === undefined ? y : scaled(y, { weight: options.weight }, want, who);
}

/** y times weight plus bias, which get this shape. */
export function scaled(
  y: Tensor,
  { weight, bias }: LayerNormOptions,
  shape: readonly number[],
  who: string,
): Tensor {
  const fitting = (part: TensorLike, what: string): Tensor => {
    const t = tensorBeside(part, y, who);
    const size = shape.reduce((a, b) => a * b, 1);
    if (t.size !== size) {
      throw new RangeError(`${who}: ${what} has shape ${shapeText(t.shape)}, not ${size} elements`);
    }
    return t.reshape([...shape]);
  };
  const z = weight === undefined ? y : multiply(y, fitting(weight, "weight"));
  return bias === undefined ? z : add(z, fitting(bias, "bias"));
}

/**
 * x [N, C, …] normalised per channel: in training by the mean and variance of the batch, else by the
 * running ones. In training the running tensors (leaves, or null) are assigned their new values,
 * (1 − momentum) · old + momentum · batch, with the unbiased variance, as in torch.
 *
 * @example
 * ```ts
 * batchNorm([[1], [3]], null, null, { training: true, eps: 0 }).toArray(); // [[-1], [1]]
 * ```
 * @throws if x has fewer than two axes, or there are no running values outside training
 */
export function batchNorm(
  x: TensorLike,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options: BatchNormOptions = {},
): Tensor {
  checkOptions(options, "batchNorm", "training momentum weight bias eps");
  const { weight, bias } = options;
  const [from] = unrounded("batchNorm", x, runningMean, runningVar, weight, bias);
  const t = toTensor(from, "batchNorm");
  const { shape } = t;
  if (shape.length < 2) {
    throw new RangeError(`batchNorm: x has shape ${shapeText(shape)}, not [batch, channels, …]`);
  }
  const channels = shape[1]!;
  const one = [channels, ...new Array<number>(shape.length - 2).fill(1)];
  const eps = options.eps ?? 1e-5;
  if (!(options.training ?? false)) {
    if (!isHandle(runningMean) || !isHandle(runningVar)) {
      throw new TypeError("batchNorm: outside training it needs runningMean and runningVar");
    }
    const spread = sqrt(add(runningVar.reshape(one), eps));
    const y = divide(subtract(t, runningMean.reshape(one)), spread);
    return scaled(y, options, one, "batchNorm");
  }
  const axes = shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const count = axes.reduce((n, axis) => n * shape[axis]!, 1);
  if (count < 2) {
    throw new RangeError(
      `batchNorm: x of shape ${shapeText(shape)} has ${count} value per channel; training needs two`,
    );
  }
  const [y, m, variance] = normalize(t, axes, eps);
  const momentum = options.momentum ?? 0.1;
  const update = (running: Tensor | null, batch: Tensor): void => {
    if (running === null) return;
    const next = stopGradient(batch).reshape(running.shape).multiply(momentum);
    noGrad(() => running.assign(add(multiply(running, 1 - momentum), next)));
  };
  update(runningMean, m);
  update(runningVar, multiply(variance, count / (count - 1)));
  return scaled(y, options, one, "batchNorm");
}
