// Functions that throw dice: what falls follows from a key, and nothing else.
import {
  add,
  argmax,
  equal,
  greater,
  log,
  multiply,
  negative,
  softmax,
  where,
} from "../../build/generated/ops.js";
import { places } from "../along.js";
import type { TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { bernoulli, uniform } from "../random/draws.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { axisOf, numeric, toFloat } from "./options.js";
import { checkOptions, trailing } from "../options.js";

/** Options of dropout. */
export interface DropoutOptions {
  /** What decides which elements fall out: see `tapegrad/random`. Needed in training. */
  key?: TensorLike;
  /** Outside training nothing falls out. Default true. */
  training?: boolean;
}

/** Options of rrelu. */
export interface RreluOptions extends DropoutOptions {
  /** Least slope. Default 1/8. */
  lower?: number;
  /** Largest slope. Default 1/3. */
  upper?: number;
}

/** Options of gumbelSoftmax. */
export interface GumbelOptions {
  /** What decides what is drawn: see `tapegrad/random`. */
  key?: TensorLike;
  /** Temperature: the smaller, the nearer to one of the classes. Default 1. */
  tau?: number;
  /** One class and no more, with the derivative of the soft choice. Default false. */
  hard?: boolean;
  /** The axis of classes. Default −1. */
  axis?: number;
  /** Another name of `axis`, torch's. */
  dim?: number;
}

/** True where elements stay, or undefined if all do. */
function staying(
  p: number,
  shape: readonly number[],
  options: DropoutOptions,
  who: string,
): Tensor | undefined {
  numeric({ p }, "p", 0.5, who);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${who}: p is ${p}, no probability`);
  if (!(options.training ?? true) || p === 0) return undefined;
  if (options.key === undefined) {
    throw new TypeError(`${who}: in training it needs a key: { key: random.key(seed) }`);
  }
  return bernoulli(options.key, 1 - p, shape);
}

function scaled(x: Tensor, stays: Tensor | undefined, p: number): Tensor {
  if (stays === undefined) return multiply(x, 1);
  return where(stays, p === 1 ? x : multiply(x, 1 / (1 - p)), 0);
}

/**
 * x with each element 0 with probability p, and divided by 1 − p else (Srivastava et al., 2014). Which
 * ones they are follows from the key alone.
 *
 * @example
 * ```ts
 * dropout([1, 2], 0.5, { training: false }).toArray(); // [1, 2]
 * ```
 * @throws if p is no probability, or there is no key in training
 */
export function dropout(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  checkOptions(options, "dropout", "key training");
  const t = toFloat(x, "dropout");
  return scaled(t, staying(p, t.shape, options, "dropout"), p);
}

function channels(
  x: TensorLike,
  p: number,
  options: DropoutOptions,
  axes: number,
  who: string,
): Tensor {
  const t = toFloat(x, who);
  const { shape } = t;
  if (shape.length !== axes + 1 && shape.length !== axes + 2) {
    throw new RangeError(
      `${who}: x has shape ${shapeText(shape)}; it wants ${axes + 2} axes, or ${axes + 1} for one image`,
    );
  }
  const whole = shape.map((d, i) => (i < shape.length - axes ? d : 1));
  return scaled(t, staying(p, whole, options, who), p);
}

/**
 * `dropout` of whole channels of sequences [N, C, L] (or [C, L]).
 *
 * @example
 * ```ts
 * dropout1d([[[1, 2]]], 1, { key: [0, 0], training: false }).toArray(); // [[[1, 2]]]
 * ```
 * @throws as `dropout` does, or if x has neither two nor three axes
 */
export function dropout1d(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  checkOptions(options, "dropout1d", "key training");
  return channels(x, p, options, 1, "dropout1d");
}

/**
 * `dropout` of whole channels of images [N, C, H, W] (or [C, H, W]).
 *
 * @example
 * ```ts
 * dropout2d([[[1, 2]]], 0).toArray(); // [[[1, 2]]]
 * ```
 * @throws as `dropout` does, or if x has neither three nor four axes
 */
export function dropout2d(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  checkOptions(options, "dropout2d", "key training");
  return channels(x, p, options, 2, "dropout2d");
}

/**
 * `dropout` of whole channels of volumes [N, C, D, H, W] (or [C, D, H, W]).
 *
 * @example
 * ```ts
 * dropout3d([[[[1, 2]]]], 0).toArray(); // [[[[1, 2]]]]
 * ```
 * @throws as `dropout` does, or if x has neither four nor five axes
 */
export function dropout3d(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  checkOptions(options, "dropout3d", "key training");
  return channels(x, p, options, 3, "dropout3d");
}

/** What `selu` approaches for small x, negative. */
const FLOOR = -1.7580993408473766;

/**
 * Dropout that keeps mean 0 and variance 1, for nets of `selu`: elements become its least value, and
 * all are scaled and moved (Klambauer et al., 2017).
 *
 * @example
 * ```ts
 * alphaDropout([1, 2], 0.5, { training: false }).toArray(); // [1, 2]
 * ```
 * @throws as `dropout` does
 */
export function alphaDropout(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  checkOptions(options, "alphaDropout", "key training");
  const t = toFloat(x, "alphaDropout");
  return lowered(t, staying(p, t.shape, options, "alphaDropout"), p);
}

/**
 * `alphaDropout` of whole channels: of all that has its first two axes in common, [N, C, …].
 *
 * @example
 * ```ts
 * featureAlphaDropout([[1, 2]], 0.5, { training: false }).toArray(); // [[1, 2]]
 * ```
 * @throws as `dropout` does, or if x has fewer than two axes
 */
export function featureAlphaDropout(
  x: TensorLike,
  p?: number | DropoutOptions,
  options?: DropoutOptions,
): Tensor {
  [p = 0.5, options = {}] = trailing(p, options);
  const who = "featureAlphaDropout";
  checkOptions(options, who, "key training");
  const t = toFloat(x, who);
  const { shape } = t;
  if (shape.length < 2) {
    throw new RangeError(`${who}: x has shape ${shapeText(shape)}, not [batch, channels, …]`);
  }
  const whole = shape.map((d, i) => (i < 2 ? d : 1));
  return lowered(t, staying(p, whole, options, who), p);
}

/** Elements that fall out at selu's least value, all scaled and moved. */
function lowered(t: Tensor, stays: Tensor | undefined, p: number): Tensor {
  if (stays === undefined) return multiply(t, 1);
  if (p === 1) return multiply(where(stays, t, 0), 0);
  const a = 1 / Math.sqrt((1 - p) * (1 + p * FLOOR * FLOOR));
  return add(multiply(where(stays, t, FLOOR), a), -a * p * FLOOR);
}

/**
 * x above 0, else x times a slope that is drawn for each element in training, and the middle of lower
 * and upper else.
 *
 * @example
 * ```ts
 * rrelu([-4, 2], { lower: 0.25, upper: 0.75, training: false }).toArray(); // [-2, 2]
 * ```
 * @throws if lower is above upper, or there is no key in training
 */
export function rrelu(x: TensorLike, options: RreluOptions = {}): Tensor {
  const who = "rrelu";
  checkOptions(options, who, "lower upper key training");
  const t = toFloat(x, who);
  const lower = numeric(options, "lower", 1 / 8, who);
  const upper = numeric(options, "upper", 1 / 3, who);
  if (lower > upper) throw new RangeError(`${who}: lower ${lower} is above upper ${upper}`);
  if (!(options.training ?? false)) {
    return where(greater(t, 0), t, multiply(t, (lower + upper) / 2));
  }
  if (options.key === undefined) {
    throw new TypeError(`${who}: in training it needs a key: { key: random.key(seed) }`);
  }
  const dtype = t.dtype;
  const slope = uniform(options.key, t.shape, { dtype, minval: lower, maxval: upper });
  return where(greater(t, 0), t, multiply(t, slope));
}

/**
 * softmax((logits + g) / tau) with numbers g of the Gumbel distribution: a soft choice of one class by
 * its probability (Jang et al., 2017).
 *
 * @example
 * ```ts
 * gumbelSoftmax([1e9, 0], { key: [0, 1], hard: true }).toArray(); // [1, 0]
 * ```
 * @throws if there is no key or no such axis, or tau is not above 0
 */
export function gumbelSoftmax(logits: TensorLike, options: GumbelOptions = {}): Tensor {
  const who = "gumbelSoftmax";
  checkOptions(options, who, "key tau hard axis dim");
  const t = toFloat(logits, who);
  const tau = numeric(options, "tau", 1, who);
  const axis = axisOf(options, -1, t.ndim, who);
  if (!(tau > 0)) throw new RangeError(`${who}: tau is ${tau}, not above 0`);
  if (options.key === undefined) {
    throw new TypeError(`${who}: it needs a key: { key: random.key(seed) }`);
  }
  // 1 - u is not 0.
  const chance = add(negative(uniform(options.key, t.shape, { dtype: t.dtype })), 1);
  const noise = negative(log(add(negative(log(chance)), TINY[t.dtype as keyof typeof TINY])));
  const soft = softmax(multiply(add(t, noise), 1 / tau), axis);
  if (options.hard !== true) return soft;
  const best = argmax(soft, axis).expandDims(axis);
  const classes = places(t.shape[axis]!).reshape(t.shape.map((d, i) => (i === axis ? d : 1)));
  const one = equal(best, classes).astype(t.dtype);
  return add(one, add(soft, negative(stopGradient(soft))));
}

/** Keeps the logarithm of 0 out: numbers far below what uniform ones are multiples of. */
const TINY = { float32: 2 ** -40, float64: 2 ** -70 };
