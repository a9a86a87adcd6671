// Activations. At their kinks derivatives are those of torch: that of the left side unless it is said
// otherwise. What is not chosen may overflow; it passes nothing on.
import { ELU, HARDSWISH, HARDTANH, LEAKYRELU } from "../../build/generated/codes.js";
import {
  abs,
  add,
  divide,
  expm1,
  greater,
  less,
  lessEqual,
  maximum,
  multiply,
  negative,
  sigmoid,
  sign,
  softmax,
  softplus as exactSoftplus,
  subtract,
  tanh,
  where,
} from "../../build/generated/ops.js";
import { activationsPart } from "../../build/generated/parts/activations.js";
import { toAxis } from "../axes.js";
import { checkElements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { binary, ternary, unary, type Axes } from "../families.js";
import type { Tensor } from "../tensor.js";
import { alongChannels, numeric, toFloat, toFloats } from "./options.js";
import { checkOptions } from "../options.js";
import { need } from "../wasm.js";

/** Options of elu and celu. */
export interface EluOptions {
  /** What −x approaches for small x. Default 1. */
  alpha?: number;
}

/** Options of leakyRelu. */
export interface LeakyReluOptions {
  /** Slope below 0. Default 0.01. */
  negativeSlope?: number;
}

/** Options of hardtanh. */
export interface HardtanhOptions {
  /** Default −1. */
  minVal?: number;
  /** Default 1. */
  maxVal?: number;
}

/** Options of softplus. */
export interface SoftplusOptions {
  /** How sharp the bend is. Default 1. */
  beta?: number;
  /** Where beta · x is larger the result is x. Default ∞: exact everywhere (torch has 20). */
  threshold?: number;
}

/** scale · x above 0, else factor · (exp(rate · x) − 1). */
function exponentialBelow(x: Tensor, scale: number, factor: number, rate: number): Tensor {
  const below = multiply(expm1(rate === 1 ? x : multiply(x, rate)), factor);
  return where(greater(x, 0), scale === 1 ? x : multiply(x, scale), below);
}

/**
 * x above 0, else alpha · (exp(x) − 1). The derivative at 0 is alpha.
 *
 * @example
 * ```ts
 * elu([-1, 2]).toArray(); // [-0.6321205496788025, 2]
 * ```
 * @throws if alpha is no number
 */
export function elu(x: TensorLike, options: EluOptions = {}): Tensor {
  checkOptions(options, "elu", "alpha");
  const t = toFloat(x, "elu");
  const alpha = numeric(options, "alpha", 1, "elu");
  need(activationsPart);
  return binary(ELU, t, alpha);
}

/**
 * `elu` with the scale and alpha that keep mean 0 and variance 1 (Klambauer et al., Self-Normalizing
 * Neural Networks, 2017).
 *
 * @example
 * ```ts
 * selu([0, 1]).toArray(); // [0, 1.0507010221481323]
 * ```
 */
export function selu(x: TensorLike): Tensor {
  const scale = 1.0507009873554805;
  const alpha = 1.6732632423543772;
  return exponentialBelow(toFloat(x, "selu"), scale, scale * alpha, 1);
}

/**
 * x above 0, else alpha · (exp(x / alpha) − 1). The derivative at 0 is 1.
 *
 * @example
 * ```ts
 * celu([-2, 3], { alpha: 2 }).toArray(); // [-1.264241099357605, 3]
 * ```
 * @throws if alpha is no number, or 0
 */
export function celu(x: TensorLike, options: EluOptions = {}): Tensor {
  checkOptions(options, "celu", "alpha");
  const alpha = numeric(options, "alpha", 1, "celu");
  if (alpha === 0) throw new RangeError("celu: alpha is 0; x is divided by it");
  return exponentialBelow(toFloat(x, "celu"), 1, alpha, 1 / alpha);
}

/**
 * x above 0, else x times a small slope.
 *
 * @example
 * ```ts
 * leakyRelu([-10, 2], { negativeSlope: 0.5 }).toArray(); // [-5, 2]
 * ```
 * @throws if the slope is no number
 */
export function leakyRelu(x: TensorLike, options: LeakyReluOptions = {}): Tensor {
  checkOptions(options, "leakyRelu", "negativeSlope");
  const t = toFloat(x, "leakyRelu");
  const slope = numeric(options, "negativeSlope", 0.01, "leakyRelu");
  need(activationsPart);
  return binary(LEAKYRELU, t, slope);
}

/**
 * x above 0, else x times weight: one number, or one for each channel of x [N, C, …].
 *
 * @example
 * ```ts
 * prelu([[-4, -4]], [0.25, 0.5]).toArray(); // [[-1, -2]]
 * ```
 * @throws if there are neither one weight nor as many as channels
 */
export function prelu(x: TensorLike, weight: TensorLike): Tensor {
  const [t, w] = toFloats("prelu", x, weight);
  const { shape } = t;
  if (w.size === 1) return where(greater(t, 0), t, multiply(t, w.reshape([])));
  const channels = shape.length > 1 ? shape[1]! : 1;
  if (w.ndim !== 1 || w.size !== channels) {
    throw new RangeError(
      `prelu: weight has shape ${shapeText(w.shape)}; x of shape ${shapeText(shape)} wants 1 or ${channels} of them`,
    );
  }
  return where(greater(t, 0), t, multiply(t, w.reshape(alongChannels(channels, shape.length))));
}

/**
 * x · tanh(log(1 + exp(x))) (Misra, 2019).
 *
 * @example
 * ```ts
 * mish([0, 1]).toArray(); // [0, 0.8650983572006226]
 * ```
 */
export function mish(x: TensorLike): Tensor {
  const t = toFloat(x, "mish");
  // Far left the other factor is 0, and -∞ · 0 would be no number.
  return multiply(maximum(t, -1000), tanh(exactSoftplus(t)));
}

/**
 * 0 below −3, x above 3, x · (x + 3) / 6 between. At −3 the derivative is −1/2, at 3 it is 3/2.
 *
 * @example
 * ```ts
 * hardswish([-4, 0, 3]).toArray(); // [0, 0, 3]
 * ```
 */
export function hardswish(x: TensorLike): Tensor {
  const t = toFloat(x, "hardswish");
  need(activationsPart);
  return unary(HARDSWISH, t);
}

/**
 * 0 up to −3, 1 from 3, x / 6 + 1/2 between.
 *
 * @example
 * ```ts
 * hardsigmoid([-4, 0, 4]).toArray(); // [0, 0.5, 1]
 * ```
 */
export function hardsigmoid(x: TensorLike): Tensor {
  return divide(add(between(toFloat(x, "hardsigmoid"), -3, 3), 3), 6);
}

/** x between two numbers, which have derivative 0 themselves. */
function between(x: Tensor, min: number, max: number): Tensor {
  need(activationsPart);
  return ternary(HARDTANH, x, min, max, false);
}

/**
 * x limited to minVal … maxVal; unlike that of `clip`, its derivative at both is 0.
 *
 * @example
 * ```ts
 * hardtanh([-2, 0.5, 3]).toArray(); // [-1, 0.5, 1]
 * ```
 * @throws if minVal is larger than maxVal
 */
export function hardtanh(x: TensorLike, options: HardtanhOptions = {}): Tensor {
  checkOptions(options, "hardtanh", "minVal maxVal");
  const min = numeric(options, "minVal", -1, "hardtanh");
  const max = numeric(options, "maxVal", 1, "hardtanh");
  if (min > max) throw new RangeError(`hardtanh: minVal ${min} is larger than maxVal ${max}`);
  return between(toFloat(x, "hardtanh"), min, max);
}

/**
 * x limited to 0 … 6; the derivative at both is 0.
 *
 * @example
 * ```ts
 * relu6([-1, 5, 8]).toArray(); // [0, 5, 6]
 * ```
 */
export function relu6(x: TensorLike): Tensor {
  return between(toFloat(x, "relu6"), 0, 6);
}

/**
 * The first half of x along an axis, times the sigmoid of the second half (Dauphin et al., 2017).
 *
 * @example
 * ```ts
 * glu([3, 0]).toArray(); // [1.5]
 * ```
 * @throws if the axis has no halves
 */
export function glu(x: TensorLike, axis = -1): Tensor {
  const t = toFloat(x, "glu");
  const at = toAxis(axis, t.ndim, "glu");
  const size = t.shape[at]!;
  if (size % 2 !== 0) {
    throw new RangeError(`glu: axis ${axis} of ${shapeText(t.shape)} has size ${size}: no halves`);
  }
  const all = t.shape.slice(0, at).map(() => null);
  const half = (from: number, to: number): Tensor => t.slice([...all, [from, to]]);
  return multiply(half(0, size / 2), sigmoid(half(size / 2, size)));
}

/**
 * log(sigmoid(x)), without overflow.
 *
 * @example
 * ```ts
 * logsigmoid([0, -1000]).toArray(); // [-0.6931471824645996, -1000]
 * ```
 */
export function logsigmoid(x: TensorLike): Tensor {
  return negative(exactSoftplus(negative(toFloat(x, "logsigmoid"))));
}

/**
 * log(1 + exp(beta · x)) / beta, without overflow.
 *
 * @example
 * ```ts
 * softplus([0, 1000]).toArray(); // [0.6931471824645996, 1000]
 * ```
 * @throws if beta is 0
 */
export function softplus(x: TensorLike, options: SoftplusOptions = {}): Tensor {
  checkOptions(options, "softplus", "beta threshold");
  const beta = numeric(options, "beta", 1, "softplus");
  const threshold = numeric(options, "threshold", Infinity, "softplus");
  if (beta === 0) throw new RangeError("softplus: beta is 0; the result is divided by it");
  const t = toFloat(x, "softplus");
  const inner = beta === 1 ? t : multiply(t, beta);
  const y = beta === 1 ? exactSoftplus(inner) : divide(exactSoftplus(inner), beta);
  return threshold === Infinity ? y : where(greater(inner, threshold), t, y);
}

/**
 * x / (1 + |x|).
 *
 * @example
 * ```ts
 * softsign([-1, 0, 3]).toArray(); // [-0.5, 0, 0.75]
 * ```
 */
export function softsign(x: TensorLike): Tensor {
  const t = toFloat(x, "softsign");
  const size = abs(t);
  const room = add(size, 1);
  // Derivatives of either form cancel where the other one is taken.
  const far = subtract(sign(t), divide(sign(t), room));
  return where(less(size, 1), divide(t, room), far);
}

/**
 * x where it is above the threshold, else a value.
 *
 * @example
 * ```ts
 * threshold([1, 2, 3], 2, -1).toArray(); // [-1, -1, 3]
 * ```
 */
export function threshold(x: TensorLike, threshold: number, value: number): Tensor {
  checkElements("threshold", x, threshold, value);
  const t = toFloat(x, "threshold");
  return where(lessEqual(t, threshold), value, t);
}

/**
 * `softmax` of −x.
 *
 * @example
 * ```ts
 * softmin([1, 1]).toArray(); // [0.5, 0.5]
 * ```
 * @throws if there is no such axis
 */
export function softmin(x: TensorLike, axis: Axes = -1): Tensor {
  return softmax(negative(toFloat(x, "softmin")), axis);
}
