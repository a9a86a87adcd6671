// Random numbers of many distributions, out of the words of a key. Every step is exact or one of the
// library's own functions, so the same key gives the same numbers everywhere.
import {
  add,
  argsort,
  concatenate,
  cos,
  floor,
  less,
  log,
  multiply,
  sin,
  sqrt,
  subtract,
  take,
} from "../../build/generated/ops.js";
import { describe, toShape, toTensor, type TensorLike, unrounded } from "../convert.js";
import { getDefaultDtype } from "../create.js";
import type { Dtype } from "../dtype.js";
import type { Tensor } from "../tensor.js";
import { Stream, toKey, words } from "./keys.js";
import { checkOptions } from "../options.js";

/** Options of random numbers. */
export interface RandomOptions {
  /** "float32" or "float64". Default: the default dtype. */
  dtype?: Dtype;
}

/** Options of uniform numbers. */
export interface UniformOptions extends RandomOptions {
  /** Least number. Default 0. */
  minval?: TensorLike;
  /** Numbers are below it. Default 1. */
  maxval?: TensorLike;
}

type Shape = number | readonly number[];

function toFloatType(options: RandomOptions, who: string): "float32" | "float64" {
  const dtype = options.dtype ?? getDefaultDtype();
  if (dtype === "float32" || dtype === "float64") return dtype;
  throw new TypeError(`${who}: dtype is ${describe(dtype)}, not "float32" or "float64"`);
}

/** The words of a shape. */
function drawn(key: TensorLike, shape: Shape, who: string): Tensor {
  const list = toShape(shape, who);
  const n = list.reduce((a, b) => a * b, 1);
  return words(toKey(key, who), n, 0, Stream.Draws, who).reshape(list);
}

/** The words' upper bits as whole numbers, float64. */
function upper(word: Tensor, bits: number): Tensor {
  const whole = floor(multiply(word.astype("float64"), 2 ** (bits - 32)));
  return add(whole, 2 ** (bits - 1));
}

/** Whole numbers of 24 (float32) or 53 bits, float64. */
function integers(key: TensorLike, shape: Shape, dtype: Dtype, who: string): Tensor {
  if (dtype === "float32") return upper(drawn(key, shape, who), 24);
  const pairs = drawn(key, [...toShape(shape, who), 2], who);
  const half = (i: number): Tensor => take(pairs, i, -1);
  return add(multiply(upper(half(0), 27), 2 ** 26), upper(half(1), 26));
}

/**
 * 32 random bits for each element of a shape, as int32.
 *
 * @example
 * ```ts
 * bits(key(0), 2).toArray(); // [1797259609, -1715843330]
 * ```
 * @throws if the key is none
 */
export function bits(key: TensorLike, shape: Shape): Tensor {
  return drawn(key, shape, "bits");
}

/**
 * Numbers from minval (0) to maxval (1), itself excluded, all equally likely: multiples of 2⁻²⁴ in
 * float32, of 2⁻⁵³ in float64.
 *
 * @example
 * ```ts
 * uniform(key(0), [2, 3]).shape; // [2, 3]
 * ```
 * @throws if the key is none, or the dtype no float
 */
export function uniform(key: TensorLike, shape: Shape, options: UniformOptions = {}): Tensor {
  const who = "uniform";
  checkOptions(options, who, "minval maxval dtype");
  const dtype = toFloatType(options, who);
  const whole = integers(key, shape, dtype, who);
  const y = multiply(whole, dtype === "float32" ? 2 ** -24 : 2 ** -53).astype(dtype);
  const { minval, maxval } = options;
  if (minval === undefined && maxval === undefined) return y;
  const [low, high] = unrounded(who, minval ?? 0, maxval ?? 1, y);
  return add(multiply(y, subtract(toTensor(high, who), low)), low).astype(dtype);
}

/**
 * Numbers of the normal distribution with mean 0 and variance 1, by the transform of Box and Muller
 * (1958): lengths and angles in the plane.
 *
 * @example
 * ```ts
 * normal(key(0), 4, { dtype: "float64" }).shape; // [4]
 * ```
 * @throws if the key is none, or the dtype no float
 */
export function normal(key: TensorLike, shape: Shape, options: RandomOptions = {}): Tensor {
  const who = "normal";
  checkOptions(options, who, "dtype");
  const dtype = toFloatType(options, who);
  const list = toShape(shape, who);
  const n = list.reduce((a, b) => a * b, 1);
  const step = dtype === "float32" ? 2 ** -24 : 2 ** -53;
  const whole = integers(key, [2, Math.ceil(n / 2)], dtype, who);
  // Above 0, so that there is a logarithm.
  const share = multiply(add(whole.slice([0]), 1), step).astype(dtype);
  const angle = multiply(whole.slice([1]), 2 * Math.PI * step).astype(dtype);
  const length = sqrt(multiply(log(share), -2));
  const both = concatenate([multiply(length, cos(angle)), multiply(length, sin(angle))]);
  return both.slice([[0, n]]).reshape(list);
}

/**
 * True with probability p, which broadcasts to the shape (its own by default).
 *
 * @example
 * ```ts
 * bernoulli(key(0), [0, 1]).toArray(); // [false, true]
 * ```
 * @throws if the key is none, or p does not broadcast to the shape
 */
export function bernoulli(key: TensorLike, p: TensorLike = 0.5, shape?: Shape): Tensor {
  const who = "bernoulli";
  const share = toTensor(p, who);
  const list = shape === undefined ? share.shape : toShape(shape, who);
  const whole = integers(key, list, "float32", who);
  return less(whole, multiply(share.astype("float64"), 2 ** 24).broadcastTo(list));
}

/**
 * Whole numbers from minval to maxval, itself excluded, int32.
 *
 * @example
 * ```ts
 * randint(key(0), 3, 5, 6).toArray(); // [5, 5, 5]
 * ```
 * @throws if the key is none, or there is no such number
 */
export function randint(key: TensorLike, shape: Shape, minval: number, maxval: number): Tensor {
  const who = "randint";
  for (const x of [minval, maxval]) {
    if (!Number.isInteger(x) || Math.abs(x) > 2 ** 31) {
      throw new RangeError(`${who}: ${describe(x)} is not an int32`);
    }
  }
  if (maxval <= minval) throw new RangeError(`${who}: no number from ${minval} to below ${maxval}`);
  const whole = integers(key, shape, "float64", who);
  // 53 bits: a number is at most 2⁻²¹ more likely than another.
  const steps = floor(multiply(multiply(whole, 2 ** -53), maxval - minval));
  return add(steps, minval).astype("int32");
}

/**
 * The numbers 0 to n − 1 in random order, int32; or the rows of a tensor.
 *
 * @example
 * ```ts
 * permutation(key(0), 5).shape; // [5]
 * ```
 * @throws if the key is none, or x has no axis
 */
export function permutation(key: TensorLike, x: number | Tensor): Tensor {
  const who = "permutation";
  const rows = typeof x === "number" ? x : toTensor(x, who).shape[0];
  if (rows === undefined || !Number.isInteger(rows) || rows < 0) {
    throw new RangeError(`${who}: ${describe(x)} has no rows`);
  }
  const whole = integers(key, rows, "float64", who);
  const order = argsort(whole);
  return typeof x === "number" ? order : take(x, order, 0);
}
