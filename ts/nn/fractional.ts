// Pooling by windows whose distance is a fraction, drawn anew for each channel (Graham, 2014).
import { toList } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { uniform } from "../random/draws.js";
import { toTensor } from "../convert.js";
import { shapeText } from "../errors.js";
import { isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { toImages, toPair, type Pair } from "./geometry.js";
import { count, toFloat } from "./options.js";
import { largestAt, tableOf, type Stretch } from "./places.js";
import { checkOptions } from "../options.js";

/** Options of fractional pooling. */
export interface FractionalPoolOptions {
  /** The size of the result. */
  outputSize?: Pair;
  /** Or its share of x's size, below 1. */
  outputRatio?: number | readonly number[];
  /** What decides where windows lie: see `tapegrad/random`. */
  key?: TensorLike;
  /** Or the numbers from 0 to 1 that decide, [batch, channels, axes], as in torch the last axis first in 2-d. */
  randomSamples?: TensorLike;
}

/** Where windows begin: steps of size (d - k) / (n - 1), rounded down from a random place on. */
function starts(size: number, out: number, kernel: number, sample: number): number[] {
  const alpha = out > 1 ? (size - kernel) / (out - 1) : 0;
  return Array.from({ length: out }, (_, i) =>
    i === out - 1 ? size - kernel : Math.floor((i + sample) * alpha) - Math.floor(sample * alpha),
  );
}

function sizeOf(
  size: readonly number[],
  options: FractionalPoolOptions,
  kernel: readonly number[],
  who: string,
): number[] {
  const { outputSize, outputRatio } = options;
  if ((outputSize === undefined) === (outputRatio === undefined)) {
    throw new TypeError(`${who}: it needs outputSize or outputRatio, and not both`);
  }
  let out: number[];
  if (outputSize === undefined) {
    const list =
      typeof outputRatio === "number"
        ? size.map(() => outputRatio)
        : toList(outputRatio!, "outputRatio", who);
    if (list.length !== size.length || list.some((r) => !(r > 0 && r < 1))) {
      throw new RangeError(`${who}: outputRatio is ${String(outputRatio)}, not between 0 and 1`);
    }
    out = size.map((d, i) => Math.floor(d * list[i]!));
  } else out = toPair(outputSize, size.length, 1, "outputSize", who);
  out.forEach((n, i) => {
    if (n + kernel[i]! - 1 > size[i]!) {
      throw new RangeError(
        `${who}: ${n} windows of ${kernel[i]} are too many for an axis of size ${size[i]}`,
      );
    }
  });
  return out;
}

function fractional(
  x: TensorLike,
  axes: 2 | 3,
  kernelSize: Pair,
  options: FractionalPoolOptions,
  who: string,
): [Tensor, Tensor] {
  checkOptions(options, who, "outputSize outputRatio key randomSamples");
  const { images, single } = toImages(toFloat(x, who), axes, who);
  const [n, channels, ...size] = images.shape as [number, number, ...number[]];
  const kernel = toPair(kernelSize, axes, 1, "kernelSize", who);
  const out = sizeOf(size, options, kernel, who);
  const wanted = [n, channels, axes];
  let samples: Tensor;
  if (options.randomSamples !== undefined) samples = toTensor(options.randomSamples, who);
  else if (options.key !== undefined) samples = uniform(options.key, wanted, { dtype: "float64" });
  else throw new TypeError(`${who}: it needs a key: { key: random.key(seed) }`);
  if (samples.size !== count(wanted)) {
    throw new RangeError(
      `${who}: randomSamples have shape ${shapeText(samples.shape)}, not ${shapeText(wanted)}`,
    );
  }
  if (!isKnown(samples)) throw new Error(`${who}: where windows lie cannot be mapped or traced`);
  const values = samples.data();
  // In two dimensions torch's first number is for the last axis.
  const order = axes === 2 ? [1, 0] : [0, 1, 2];
  const tables = Array.from({ length: n * channels }, (_, plane) =>
    tableOf(
      size,
      size.map((d, axis): Stretch[] => {
        const sample = values[plane * axes + order[axis]!]!;
        return starts(d, out[axis]!, kernel[axis]!, sample).map((from) =>
          Array.from({ length: kernel[axis]! }, (_i, i) => from + i),
        );
      }),
    ),
  );
  const flat = images.reshape([n, channels, count(size)]);
  const [y, place] = largestAt(flat, tables, who).map((t) => {
    const shaped = t.reshape([n, channels, ...out]);
    return single ? shaped.squeeze(0) : shaped;
  });
  return [y!, place!];
}

/**
 * Largest elements of images over windows whose distances are fractions, drawn for each channel.
 *
 * @example
 * ```ts
 * fractionalMaxPool2d([[[1, 2], [4, 3]]], 2, { outputSize: 1, key: [0, 0] }).toArray(); // [[[4]]]
 * ```
 * @throws if windows do not fit, or if there is neither a key nor samples
 */
export function fractionalMaxPool2d(
  x: TensorLike,
  kernelSize: Pair,
  options: FractionalPoolOptions = {},
): Tensor {
  return fractional(x, 2, kernelSize, options, "fractionalMaxPool2d")[0];
}

/**
 * `fractionalMaxPool2d` and the places of the maxima in the image, row after row, int32.
 *
 * @example
 * ```ts
 * const options = { outputSize: 1, key: [0, 0] };
 * fractionalMaxPool2dWithIndices([[[1, 2], [4, 3]]], 2, options)[1].toArray(); // [[[2]]]
 * ```
 * @throws as `fractionalMaxPool2d` does
 */
export function fractionalMaxPool2dWithIndices(
  x: TensorLike,
  kernelSize: Pair,
  options: FractionalPoolOptions = {},
): [Tensor, Tensor] {
  return fractional(x, 2, kernelSize, options, "fractionalMaxPool2dWithIndices");
}

/**
 * Largest elements of volumes over windows whose distances are fractions, drawn for each channel.
 *
 * @example
 * ```ts
 * const x = [[[[1, 2], [4, 3]], [[0, 5], [1, 1]]]];
 * fractionalMaxPool3d(x, 2, { outputSize: 1, key: [0, 0] }).toArray(); // [[[[5]]]]
 * ```
 * @throws if windows do not fit, or if there is neither a key nor samples
 */
export function fractionalMaxPool3d(
  x: TensorLike,
  kernelSize: Pair,
  options: FractionalPoolOptions = {},
): Tensor {
  return fractional(x, 3, kernelSize, options, "fractionalMaxPool3d")[0];
}

/**
 * `fractionalMaxPool3d` and the places of the maxima in the volume, plane after plane, int32.
 *
 * @example
 * ```ts
 * const x = [[[[1, 2], [4, 3]], [[0, 5], [1, 1]]]];
 * fractionalMaxPool3dWithIndices(x, 2, { outputSize: 1, key: [0, 0] })[1].toArray(); // [[[[5]]]]
 * ```
 * @throws as `fractionalMaxPool3d` does
 */
export function fractionalMaxPool3dWithIndices(
  x: TensorLike,
  kernelSize: Pair,
  options: FractionalPoolOptions = {},
): [Tensor, Tensor] {
  return fractional(x, 3, kernelSize, options, "fractionalMaxPool3dWithIndices");
}
