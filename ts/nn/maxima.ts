// Places of maxima, what stood there, and means of powers.
import {
  argmax,
  divide,
  equal,
  less,
  maximum,
  multiply,
  power,
  where,
} from "../../build/generated/ops.js";
import { gather, scatter, toIndex } from "../along.js";
import { fromData, toTensor, type TensorLike } from "../convert.js";
import { onesLike } from "../create.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { flatten, toImages, toPair, type Pair } from "./geometry.js";
import { count, numeric, toFloat } from "./options.js";
import { avgPool2d, maxPool2d, type MaxPoolOptions } from "./pooling.js";
import { avgPool3d, maxPool3d } from "./volumes.js";
import { checkOptions } from "../options.js";

/** Options of maxUnpool1d, maxUnpool2d and maxUnpool3d. */
export interface MaxUnpoolOptions {
  /** Steps of the window. Default: its size. */
  stride?: Pair;
  /** What was around the image. Default 0. */
  padding?: Pair;
  /** The size of the image. Default: the least one that windows cover. */
  outputSize?: Pair;
}

/** Options of lpPool1d, lpPool2d and lpPool3d. */
export interface LpPoolOptions {
  /** Steps of the window. Default: its size. */
  stride?: Pair;
  /** Windows that stick out at the end count as well. Default false. */
  ceilMode?: boolean;
}

/** Where the elements of windows lie in an image: [windows, elements], -1 outside; flat. */
function table(
  size: readonly number[],
  out: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
  dilation: readonly number[],
): Int32Array {
  const [height, width] = size as [number, number];
  const index = new Int32Array(count(out) * count(kernel));
  let at = 0;
  for (let y = 0; y < out[0]!; y++) {
    for (let x = 0; x < out[1]!; x++) {
      for (let i = 0; i < kernel[0]!; i++) {
        const row = y * stride[0]! - padding[0]! + i * dilation[0]!;
        for (let j = 0; j < kernel[1]!; j++) {
          const column = x * stride[1]! - padding[1]! + j * dilation[1]!;
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          index[at++] = inside ? row * width + column : -1;
        }
      }
    }
  }
  return index;
}

function withIndices(
  who: string,
  axes: number,
  x: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions,
): [Tensor, Tensor] {
  const { images, single } = toImages(toFloat(x, who), axes, who);
  const flat = axes === 1 ? flatten(images) : images;
  const both = (value: Pair, least: number, first: number, what: string): number[] => {
    const list = toPair(value, axes, least, what, who);
    return axes === 1 ? [first, ...list] : list;
  };
  const kernel = both(kernelSize, 1, 1, "kernelSize");
  const stride = both(options.stride ?? kernelSize, 1, 1, "stride");
  const padding = both(options.padding ?? 0, 0, 0, "padding");
  const dilation = both(options.dilation ?? 1, 1, 1, "dilation");
  const pooled = maxPool2d(flat, kernel, { ...options, stride, padding, dilation });
  const [n, channels, ...size] = flat.shape as [number, number, number, number];
  const out = pooled.shape.slice(2);
  const [windows, each] = [count(out), count(kernel)];
  const places = table(size, out, kernel, stride, padding, dilation);
  const index = fromData(places, undefined, who).reshape([windows, each]);
  const all = stopGradient(flat).reshape([n, channels, count(size)]);
  const seen = gather(all, maximum(index, 0).reshape([windows * each]), 0, who);
  const lines = seen.reshape([n, channels, windows, each]);
  const best = argmax(where(less(index, 0), -Infinity, lines), -1).expandDims(-1);
  const found = gather(index, best, 0, who).squeeze(-1);
  // Of -∞ alone the first place inside is the largest.
  const first = Int32Array.from({ length: windows }, (_, i) =>
    places.subarray(i * each, (i + 1) * each).find((place) => place >= 0)!,
  );
  const place = where(less(found, 0), fromData(first, undefined, who), found).astype("int32");
  const shape = axes === 1 ? [n, channels, out[1]!] : [n, channels, ...out];
  const result: [Tensor, Tensor] = [pooled.reshape(shape), place.reshape(shape)];
  return single ? [result[0].squeeze(0), result[1].squeeze(0)] : result;
}

/**
 * `maxPool1d` and the places of the maxima in the sequence, int32.
 *
 * @example
 * ```ts
 * maxPool1dWithIndices([[[1, 5, 2, 3]]], 2)[1].toArray(); // [[[1, 3]]]
 * ```
 * @throws if the window does not fit
 */
export function maxPool1dWithIndices(
  x: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions = {},
): [Tensor, Tensor] {
  checkOptions(options, "maxPool1dWithIndices", "stride padding dilation ceilMode");
  return withIndices("maxPool1dWithIndices", 1, x, kernelSize, options);
}

/**
 * `maxPool2d` and the places of the maxima in the image, row after row, int32.
 *
 * @example
 * ```ts
 * maxPool2dWithIndices([[[1, 2], [4, 3]]], 2)[1].toArray(); // [[[2]]]
 * ```
 * @throws if the window does not fit
 */
export function maxPool2dWithIndices(
  x: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions = {},
): [Tensor, Tensor] {
  checkOptions(options, "maxPool2dWithIndices", "stride padding dilation ceilMode");
  return withIndices("maxPool2dWithIndices", 2, x, kernelSize, options);
}

function unpool(
  who: string,
  axes: number,
  x: TensorLike,
  indices: TensorLike,
  kernelSize: Pair,
  options: MaxUnpoolOptions,
): Tensor {
  const { images, single } = toImages(toTensor(x, who), axes, who);
  const given = toIndex(indices, who);
  if (shapeText(given.shape) !== shapeText(toTensor(x, who).shape)) {
    throw new RangeError(
      `${who}: there are indices of shape ${shapeText(given.shape)} for ${shapeText(toTensor(x, who).shape)}`,
    );
  }
  const kernel = toPair(kernelSize, axes, 1, "kernelSize", who);
  const stride = toPair(options.stride ?? kernel, axes, 1, "stride", who);
  const padding = toPair(options.padding ?? 0, axes, 0, "padding", who);
  const [n, channels, ...out] = images.shape as [number, number, ...number[]];
  const least = out.map((d, i) => (d - 1) * stride[i]! - 2 * padding[i]! + kernel[i]!);
  const size = toPair(options.outputSize ?? least, axes, 0, "outputSize", who);
  const index = given.reshape([n, channels, count(out)]);
  const values = images.reshape([n, channels, count(out)]);
  const sums = scatter(values, index, count(size), 0, who);
  // Windows that overlap have one maximum in common.
  const times = scatter(stopGradient(onesLike(values)), index, count(size), 0, who);
  const y = divide(sums, maximum(times, 1)).reshape([n, channels, ...size]);
  return single ? y.squeeze(0) : y;
}

/**
 * Maxima of sequences back at their places, zeros elsewhere: undoes `maxPool1dWithIndices` in part.
 *
 * @example
 * ```ts
 * maxUnpool1d([[[5, 3]]], [[[1, 3]]], 2).toArray(); // [[[0, 5, 0, 3]]]
 * ```
 * @throws if the shapes differ, or an index is out of bounds
 */
export function maxUnpool1d(
  x: TensorLike,
  indices: TensorLike,
  kernelSize: Pair,
  options: MaxUnpoolOptions = {},
): Tensor {
  checkOptions(options, "maxUnpool1d", "stride padding outputSize");
  return unpool("maxUnpool1d", 1, x, indices, kernelSize, options);
}

/**
 * Maxima of images back at their places, zeros elsewhere: undoes `maxPool2dWithIndices` in part.
 *
 * @example
 * ```ts
 * maxUnpool2d([[[4]]], [[[2]]], 2).toArray(); // [[[0, 0], [4, 0]]]
 * ```
 * @throws if the shapes differ, or an index is out of bounds
 */
export function maxUnpool2d(
  x: TensorLike,
  indices: TensorLike,
  kernelSize: Pair,
  options: MaxUnpoolOptions = {},
): Tensor {
  checkOptions(options, "maxUnpool2d", "stride padding outputSize");
  return unpool("maxUnpool2d", 2, x, indices, kernelSize, options);
}

function lpPool(
  who: string,
  axes: number,
  x: TensorLike,
  normType: number,
  kernelSize: Pair,
  options: LpPoolOptions,
): Tensor {
  const p = numeric({ normType }, "normType", 2, who);
  if (!(p > 0)) throw new RangeError(`${who}: normType is ${p}, not above 0`);
  const { images, single } = toImages(toFloat(x, who), axes, who);
  const flat = axes === 1 ? flatten(images) : images;
  const kernel = toPair(kernelSize, axes, 1, "kernelSize", who);
  const wide = axes === 1 ? [1, ...kernel] : kernel;
  const [largest, mean] = axes === 3 ? [maxPool3d, avgPool3d] : [maxPool2d, avgPool2d];
  const stride = toPair(options.stride ?? kernel, axes, 1, "stride", who);
  const own = { ...options, stride: axes === 1 ? [1, ...stride] : stride };
  let y: Tensor;
  if (p === Infinity) y = largest(flat, wide, own);
  else {
    const total = multiply(mean(power(flat, p), wide, own), count(kernel));
    const none = equal(total, 0);
    y = where(none, 0, power(where(none, 1, total), 1 / p));
  }
  const all = axes === 1 ? y.squeeze(-2) : y;
  return single ? all.squeeze(0) : all;
}

/**
 * (Σ x^p)^(1/p) over each window of sequences [N, C, L]; 0, with derivative 0, where the sum is 0.
 *
 * @example
 * ```ts
 * lpPool1d([[[3, 4]]], 2, 2).toArray(); // [[[5]]]
 * ```
 * @throws if the window does not fit, or p is not above 0
 */
export function lpPool1d(
  x: TensorLike,
  normType: number,
  kernelSize: Pair,
  options: LpPoolOptions = {},
): Tensor {
  checkOptions(options, "lpPool1d", "stride ceilMode");
  return lpPool("lpPool1d", 1, x, normType, kernelSize, options);
}

/**
 * (Σ x^p)^(1/p) over each window of images [N, C, H, W]; 0, with derivative 0, where the sum is 0.
 *
 * @example
 * ```ts
 * lpPool2d([[[3, 0], [4, 0]]], 2, 2).toArray(); // [[[5]]]
 * ```
 * @throws if the window does not fit, or p is not above 0
 */
export function lpPool2d(
  x: TensorLike,
  normType: number,
  kernelSize: Pair,
  options: LpPoolOptions = {},
): Tensor {
  checkOptions(options, "lpPool2d", "stride ceilMode");
  return lpPool("lpPool2d", 2, x, normType, kernelSize, options);
}

/**
 * Maxima of volumes back at their places, zeros elsewhere: undoes `maxPool3dWithIndices` in part.
 *
 * @example
 * ```ts
 * maxUnpool3d([[[[4]]]], [[[[2]]]], [1, 2, 2]).toArray(); // [[[[0, 0], [4, 0]]]]
 * ```
 * @throws if the shapes differ, or an index is out of bounds
 */
export function maxUnpool3d(
  x: TensorLike,
  indices: TensorLike,
  kernelSize: Pair,
  options: MaxUnpoolOptions = {},
): Tensor {
  checkOptions(options, "maxUnpool3d", "stride padding outputSize");
  return unpool("maxUnpool3d", 3, x, indices, kernelSize, options);
}

/**
 * (Σ x^p)^(1/p) over each window of volumes [N, C, D, H, W]; 0, with derivative 0, where the sum is 0.
 *
 * @example
 * ```ts
 * lpPool3d([[[[3, 0], [4, 0]]]], 2, [1, 2, 2]).toArray(); // [[[[5]]]]
 * ```
 * @throws if the window does not fit, or p is not above 0
 */
export function lpPool3d(
  x: TensorLike,
  normType: number,
  kernelSize: Pair,
  options: LpPoolOptions = {},
): Tensor {
  checkOptions(options, "lpPool3d", "stride ceilMode");
  return lpPool("lpPool3d", 3, x, normType, kernelSize, options);
}
