// Pooling over windows of the last axes.
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { slot, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { imagesPart } from "../../build/generated/parts/images.js";
import * as wasm from "../wasm.js";
import { flatten, toImages, toPair, writeGeometry, type Pair } from "./geometry.js";
import { checkOptions } from "../options.js";

const LARGEST = 0;
const MEAN = 2;

/** Options of maxima over windows. */
export interface MaxPoolOptions {
  /** Steps of the window. Default: its size. */
  stride?: Pair;
  /** Places around the image that never count; at most half a window. Default 0. */
  padding?: Pair;
  /** Steps between the elements of a window. Default 1. */
  dilation?: Pair;
  /** Windows that stick out at the end count as well. Default false. Of no element the largest is -∞. */
  ceilMode?: boolean;
}

/** Options of means over windows. */
export interface AvgPoolOptions extends Omit<MaxPoolOptions, "dilation"> {
  /** Zeros of the padding count. Default true. */
  countIncludePad?: boolean;
  /** Sums of windows are divided by it, not by the number of elements: of images and volumes only. */
  divisorOverride?: number;
}

/** Places of each window, those of the padding included: what means of windows are divided by. */
export function windowCounts(
  size: readonly number[],
  out: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  padding: readonly number[],
): number[][] {
  return size.map((d, i) =>
    Array.from({ length: out[i]! }, (_, k) =>
      Math.min(kernel[i]!, d + 2 * padding[i]! - k * stride[i]!),
    ),
  );
}

/** Means as sums that are divided by something else; `counts` belong to the last axes. */
export function divided(y: Tensor, counts: number[][], divisor: number, who: string): Tensor {
  if (!Number.isInteger(divisor) || divisor === 0) {
    throw new RangeError(
      `${who}: divisorOverride is ${describe(divisor)}, not a whole number but 0`,
    );
  }
  return counts.reduce((sums, list, i) => {
    const shape = counts.map((_, k) => (k === i ? list.length : 1));
    const factor = i === 0 ? 1 / divisor : 1;
    const values = Float64Array.from(list, (n) => n * factor);
    return sums.multiply(fromData(values, undefined, who).reshape(shape).astype(y.dtype));
  }, y);
}

function pool(
  who: string,
  kind: number,
  axes: number,
  input: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions & AvgPoolOptions,
): Tensor {
  const { images, single } = toImages(input, axes, who);
  const size = images.shape.slice(2);
  const kernel = toPair(kernelSize, axes, 1, "kernelSize", who);
  const stride = toPair(options.stride ?? kernel, axes, 1, "stride", who);
  const pad = toPair(options.padding ?? 0, axes, 0, "padding", who);
  const dilation = toPair(options.dilation ?? 1, axes, 1, "dilation", who);
  const out = size.map((d, i) => {
    const reach = dilation[i]! * (kernel[i]! - 1) + 1;
    if (2 * pad[i]! > reach) {
      throw new RangeError(`${who}: padding ${pad[i]} is more than half of a window of ${reach}`);
    }
    const room = d + 2 * pad[i]! - reach;
    const ceil = options.ceilMode ?? false;
    // With ceilMode the only window may go beyond the end, as the last one may.
    if (d === 0 || room <= (ceil ? -stride[i]! : -1)) {
      throw new RangeError(
        `${who}: a window of [${kernel.join(",")}] does not fit into [${size.join(",")}] with padding`,
      );
    }
    const steps = room / stride[i]!;
    if (!ceil) return Math.floor(steps) + 1;
    const last = Math.ceil(steps);
    // A window must not begin in the padding at the end.
    return last * stride[i]! >= d + pad[i]! ? last : last + 1;
  });
  const flat = axes === 1;
  const both = (list: readonly number[], first: number) => (flat ? [first, ...list] : list);
  const padding = both(pad, 0);
  const x = flat ? flatten(images) : images;
  const y = tensorOf(() => {
    const at = slot(x);
    writeGeometry({
      images: 1,
      // Means ask how far padding reaches at the end.
      channels: padding[1]!,
      size: both(size, 1),
      filters: padding[0]!,
      kernel: both(kernel, 1),
      out: both(out, 1),
      stride: both(stride, 1),
      pad: padding,
      dilation: both(dilation, 1),
      groups: (options.countIncludePad ?? true) ? 1 : 0,
    });
    return wasm.need(imagesPart).pooling(kind, at);
  }, who);
  const wide = flat ? y.squeeze(-2) : y;
  return single ? wide.squeeze(0) : wide;
}

/**
 * Largest element of each window of images [N, C, H, W] (or one image [C, H, W]). The derivative
 * goes to the first of equal ones; a NaN in a window is its result.
 *
 * @example
 * ```ts
 * maxPool2d([[[1, 2], [3, 4]]], 2).toArray(); // [[[4]]]
 * ```
 * @throws if the window does not fit
 */
export function maxPool2d(x: TensorLike, kernelSize: Pair, options: MaxPoolOptions = {}): Tensor {
  checkOptions(options, "maxPool2d", "stride padding dilation ceilMode");
  return pool("maxPool2d", LARGEST, 2, x, kernelSize, options);
}

/**
 * Largest element of each window of sequences [N, C, L]. See {@link maxPool2d}.
 *
 * @example
 * ```ts
 * maxPool1d([[[1, 5, 2, 3]]], 2).toArray(); // [[[5, 3]]]
 * ```
 */
export function maxPool1d(x: TensorLike, kernelSize: Pair, options: MaxPoolOptions = {}): Tensor {
  checkOptions(options, "maxPool1d", "stride padding dilation ceilMode");
  return pool("maxPool1d", LARGEST, 1, x, kernelSize, options);
}

/**
 * Mean of each window of images [N, C, H, W] (or one image [C, H, W]).
 *
 * @example
 * ```ts
 * avgPool2d([[[1, 2], [3, 6]]], 2).toArray(); // [[[3]]]
 * ```
 * @throws if the window does not fit
 */
export function avgPool2d(x: TensorLike, kernelSize: Pair, options: AvgPoolOptions = {}): Tensor {
  const who = "avgPool2d";
  checkOptions(options, who, "countIncludePad divisorOverride padding stride ceilMode");
  const { divisorOverride } = options;
  if (divisorOverride === undefined) return pool(who, MEAN, 2, x, kernelSize, options);
  const y = pool(who, MEAN, 2, x, kernelSize, { ...options, countIncludePad: true });
  const kernel = toPair(kernelSize, 2, 1, "kernelSize", who);
  const counts = windowCounts(
    toTensor(x, who).shape.slice(-2),
    y.shape.slice(-2),
    kernel,
    toPair(options.stride ?? kernel, 2, 1, "stride", who),
    toPair(options.padding ?? 0, 2, 0, "padding", who),
  );
  return divided(y, counts, divisorOverride, who);
}

/**
 * Mean of each window of sequences [N, C, L]. See {@link avgPool2d}.
 *
 * @example
 * ```ts
 * avgPool1d([[[1, 5, 2, 4]]], 2).toArray(); // [[[3, 3]]]
 * ```
 */
export function avgPool1d(
  x: TensorLike,
  kernelSize: Pair,
  options: Omit<AvgPoolOptions, "divisorOverride"> = {},
): Tensor {
  checkOptions(options, "avgPool1d", "padding stride ceilMode countIncludePad");
  return pool("avgPool1d", MEAN, 1, x, kernelSize, options);
}
