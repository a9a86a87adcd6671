// Normalisation of groups of channels, and of one channel by its neighbours.
import { add, divide, multiply, power, square } from "../../build/generated/ops.js";
import { networksPart } from "../../build/generated/parts/networks.js";
import { describe, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, tensorOf } from "../handle.js";
import { pad } from "../ops/padding.js";
import { variance as spread } from "../ops/statistics.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import * as wasm from "../wasm.js";
import { batchNorm, scaled } from "./normalization.js";
import { alongChannels, count, numeric, toFloat } from "./options.js";
import { avgPool2d } from "./pooling.js";
import { checkOptions } from "../options.js";

/** Options of groupNorm. */
export interface GroupNormOptions {
  /** Factor for each channel. */
  weight?: TensorLike;
  /** What is added to each channel. */
  bias?: TensorLike;
  /** Added to the variance. Default 1e-5. */
  eps?: number;
}

/** Options of instanceNorm. */
export interface InstanceNormOptions extends GroupNormOptions {
  /** A leaf of means of channels, which is assigned its new values. */
  runningMean?: Tensor | null;
  /** A leaf of variances of channels, which is assigned its new values. */
  runningVar?: Tensor | null;
  /** Normalise each instance by itself, else all by the running values. Default true. */
  useInputStats?: boolean;
  /** Share of the batch in the new running values. Default 0.1. */
  momentum?: number;
}

/** Options of localResponseNorm. */
export interface LocalResponseNormOptions {
  /** Factor of the mean of squares. Default 1e-4. */
  alpha?: number;
  /** Exponent. Default 0.75. */
  beta?: number;
  /** Added to the mean of squares. Default 1. */
  k?: number;
}

/** Lines of mean 0 and variance 1 out of all elements of each group. */
function normalized(x: Tensor, groups: number, eps: number, who: string): Tensor {
  const { shape } = x;
  const flat = x.reshape([shape[0]!, groups, groups === 0 ? 0 : count(shape.slice(1)) / groups]);
  return tensorOf(() => wasm.need(networksPart).normalize(slot(flat), 1, eps), who).reshape(shape);
}

function toImages(x: TensorLike, least: number, who: string): Tensor {
  const t = toFloat(x, who);
  if (t.ndim >= least) return t;
  const want = least === 2 ? "[batch, channels, …]" : "[batch, channels, length, …]";
  throw new RangeError(`${who}: x has shape ${shapeText(t.shape)}, not ${want}`);
}

/**
 * x [N, C, …] normalised over groups of C / numGroups channels: (x − mean) / √(variance + eps), times
 * `weight`, plus `bias` of the channel (Wu and He, Group Normalization, 2018).
 *
 * @example
 * ```ts
 * groupNorm([[1, 3, 5, 9]], 2, { eps: 0 }).toArray(); // [[-1, 1, -1, 1]]
 * ```
 * @throws if x has fewer than two axes, or channels do not divide into groups
 */
export function groupNorm(
  x: TensorLike,
  numGroups: number,
  options: GroupNormOptions = {},
): Tensor {
  const who = "groupNorm";
  checkOptions(options, who, "weight bias eps");
  const t = toImages(unrounded(who, x, options.weight, options.bias)[0], 2, who);
  const channels = t.shape[1]!;
  if (!Number.isInteger(numGroups) || numGroups < 1 || channels % numGroups !== 0) {
    throw new RangeError(
      `${who}: ${channels} channels do not divide into ${typeof numGroups === "number" ? numGroups : describe(numGroups)} groups`,
    );
  }
  const y = normalized(t, numGroups, numeric(options, "eps", 1e-5, who), who);
  return scaled(y, options, alongChannels(channels, t.ndim), who);
}

/**
 * x [N, C, L, …] normalised over each channel of each instance (Ulyanov et al., Instance Normalization,
 * 2016). Running values, if there are any, follow the means over the batch, as in `batchNorm`.
 *
 * @example
 * ```ts
 * instanceNorm([[[1, 3], [2, 6]]], { eps: 0 }).toArray(); // [[[-1, 1], [-1, 1]]]
 * ```
 * @throws if x has fewer than three axes, if a channel has one element only, or if there are no running
 * values where they are needed
 */
export function instanceNorm(x: TensorLike, options: InstanceNormOptions = {}): Tensor {
  const who = "instanceNorm";
  checkOptions(options, who, "runningMean runningVar useInputStats momentum weight bias eps");
  const { runningMean = null, runningVar = null, useInputStats = true, ...own } = options;
  const [from] = unrounded(who, x, options.weight, options.bias, runningMean, runningVar);
  const t = toImages(from, 3, who);
  const { shape } = t;
  const channels = shape[1]!;
  const eps = numeric(options, "eps", 1e-5, who);
  const momentum = numeric(options, "momentum", 0.1, who);
  if (!useInputStats) {
    if (!isHandle(runningMean) || !isHandle(runningVar)) {
      throw new TypeError(
        `${who}: without the input's statistics it needs runningMean and runningVar`,
      );
    }
    return batchNorm(t, runningMean, runningVar, { ...own, training: false });
  }
  const places = count(shape.slice(2));
  if (places < 2) {
    throw new RangeError(
      `${who}: x of shape ${shapeText(shape)} has ${places} element per channel; it needs two`,
    );
  }
  const update = (running: Tensor | null, batch: () => Tensor): void => {
    if (running === null) return;
    noGrad(() => {
      const next = batch().mean(0).reshape(running.shape).multiply(momentum);
      running.assign(add(multiply(running, 1 - momentum), next));
    });
  };
  const plain = stopGradient(t).reshape([shape[0]!, channels, places]);
  update(runningMean, () => plain.mean(2));
  update(runningVar, () => spread(plain, 2, { ddof: 1 }));
  return scaled(normalized(t, channels, eps, who), options, alongChannels(channels, t.ndim), who);
}

/**
 * x [N, C, …] divided by (k + alpha · mean of squares)^beta; the mean is over `size` channels around
 * each one, zeros outside (Krizhevsky et al., 2012).
 *
 * @example
 * ```ts
 * localResponseNorm([[[4]]], 1, { alpha: 1, beta: 0.5, k: 9 }).toArray(); // [[[0.800000011920929]]]
 * ```
 * @throws if x has fewer than three axes, or the size is no whole number from 1 up
 */
export function localResponseNorm(
  x: TensorLike,
  size: number,
  options: LocalResponseNormOptions = {},
): Tensor {
  const who = "localResponseNorm";
  checkOptions(options, who, "alpha beta k");
  const t = toImages(x, 3, who);
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`${who}: size is ${describe(size)}, not a whole number from 1 up`);
  }
  const { shape } = t;
  const [n, channels] = shape as [number, number];
  const alpha = numeric(options, "alpha", 1e-4, who);
  const beta = numeric(options, "beta", 0.75, who);
  const k = numeric(options, "k", 1, who);
  if (t.size === 0) return t.multiply(1);
  const before = size >> 1;
  const planes = square(t).reshape([n, 1, channels, count(shape.slice(2))]);
  const wide = pad(planes, [
    [0, 0],
    [0, 0],
    [before, size - 1 - before],
    [0, 0],
  ]);
  const means = avgPool2d(wide, [size, 1], { stride: 1 }).reshape(shape);
  return divide(t, power(add(multiply(means, alpha), k), beta));
}
