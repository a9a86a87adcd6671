// Maxima of windows of any form, and their places: a table says where the elements of each window lie.
import { argmax, less, maximum, where } from "../../build/generated/ops.js";
import { gather } from "../along.js";
import { fromData, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { toSizes, windows, type OutputSize } from "./adaptive.js";
import { toImages, toPair, type Pair } from "./geometry.js";
import { count, toFloat } from "./options.js";
import { maxPool3d } from "./volumes.js";
import type { MaxPoolOptions } from "./pooling.js";
import { checkOptions } from "../options.js";

/** Places along one axis that a window covers. */
export type Stretch = readonly number[];

/** Flat places of the elements of each window, -1 for none, all windows as long as the longest. */
export interface Table {
  index: Int32Array;
  windows: number;
  each: number;
}

/** The windows that stretches of all axes span; places outside an axis are no elements. */
export function tableOf(
  size: readonly number[],
  stretches: readonly (readonly Stretch[])[],
): Table {
  const longest = stretches.map((list) => Math.max(1, ...list.map((stretch) => stretch.length)));
  const [total, each] = [count(stretches.map((list) => list.length)), count(longest)];
  const index = new Int32Array(total * each).fill(-1);
  for (let w = 0; w < total; w++) {
    const at: Stretch[] = [];
    for (let axis = size.length - 1, rest = w; axis >= 0; axis--) {
      const list = stretches[axis]!;
      at[axis] = list[rest % list.length]!;
      rest = Math.floor(rest / list.length);
    }
    const elements = count(at.map((stretch) => stretch.length));
    for (let e = 0; e < elements; e++) {
      let [place, step, rest, inside] = [0, 1, e, true];
      for (let axis = size.length - 1; axis >= 0; axis--) {
        const stretch = at[axis]!;
        const i = stretch[rest % stretch.length]!;
        rest = Math.floor(rest / stretch.length);
        inside &&= i >= 0 && i < size[axis]!;
        place += i * step;
        step *= size[axis]!;
      }
      if (inside) index[w * each + e] = place;
    }
  }
  return { index, windows: total, each };
}

/**
 * The first largest element of each window, and its place: x is [n, channels, elements]; tables are for
 * all channels or for each.
 */
export function largestAt(x: Tensor, tables: readonly Table[], who: string): [Tensor, Tensor] {
  const [n, channels] = x.shape as [number, number];
  const { windows: total, each } = tables[0]!;
  const flat = new Int32Array(tables.length * total * each);
  const first = new Int32Array(tables.length * total);
  tables.forEach(({ index }, t) => {
    flat.set(index, t * index.length);
    for (let w = 0; w < total; w++) {
      first[t * total + w] = index.subarray(w * each, (w + 1) * each).find((place) => place >= 0)!;
    }
  });
  const shape = tables.length === 1 ? [] : [n, channels];
  const index = fromData(flat, undefined, who).reshape([...shape, total, each]);
  const seen = gather(
    stopGradient<Tensor>(x),
    maximum(index, 0).reshape([...shape, total * each]),
    0,
    who,
  ).reshape([n, channels, total, each]);
  const best = argmax(where(less(index, 0), -Infinity, seen), -1).expandDims(-1);
  const wide = tables.length === 1 ? index : index.reshape([n, channels, total, each]);
  const found = gather(wide, best, 0, who).squeeze(-1);
  // Of -∞ alone the first place inside is the largest.
  const own = fromData(first, undefined, who).reshape([...shape, total]);
  const place = where(less(found, 0), own, found).astype("int32");
  return [gather(x, place, 0, who), place];
}

/** Maxima and places of images through a table made for their sizes. */
export function pooledAt(
  x: TensorLike,
  axes: number,
  who: string,
  stretchesOf: (size: readonly number[]) => readonly (readonly Stretch[])[],
): [Tensor, Tensor] {
  const { images, single } = toImages(toFloat(x, who), axes, who);
  const [n, channels, ...size] = images.shape as [number, number, ...number[]];
  const stretches = stretchesOf(size);
  const out = [n, channels, ...stretches.map((list) => list.length)];
  const flat = images.reshape([n, channels, count(size)]);
  const results =
    count(out) === 0
      ? [flat.slice([null, null, [0, 0]]), flat.slice([null, null, [0, 0]]).astype("int32")]
      : largestAt(flat, [tableOf(size, stretches)], who);
  const [y, place] = results.map((t) => {
    const shaped = t.reshape(out);
    return single ? shaped.squeeze(0) : shaped;
  });
  return [y!, place!];
}

function adaptive(x: TensorLike, axes: number, outputSize: OutputSize, who: string) {
  return pooledAt(x, axes, who, (size) =>
    toSizes(outputSize, size, who).map((out, axis) =>
      windows(size[axis]!, out).map(([from, to]) =>
        Array.from({ length: to - from }, (_, i) => from + i),
      ),
    ),
  );
}

/**
 * `adaptiveMaxPool1d` and the places of the maxima in the sequence, int32.
 *
 * @example
 * ```ts
 * adaptiveMaxPool1dWithIndices([[1, 5, 2, 3]], 2)[1].toArray(); // [[1, 3]]
 * ```
 * @throws as `adaptiveMaxPool1d` does
 */
export function adaptiveMaxPool1dWithIndices(
  x: TensorLike,
  outputSize: OutputSize,
): [Tensor, Tensor] {
  return adaptive(x, 1, outputSize, "adaptiveMaxPool1dWithIndices");
}

/**
 * `adaptiveMaxPool2d` and the places of the maxima in the image, row after row, int32.
 *
 * @example
 * ```ts
 * adaptiveMaxPool2dWithIndices([[[1, 2], [4, 3]]], 1)[1].toArray(); // [[[2]]]
 * ```
 * @throws as `adaptiveMaxPool2d` does
 */
export function adaptiveMaxPool2dWithIndices(
  x: TensorLike,
  outputSize: OutputSize,
): [Tensor, Tensor] {
  return adaptive(x, 2, outputSize, "adaptiveMaxPool2dWithIndices");
}

/**
 * `adaptiveMaxPool3d` and the places of the maxima in the volume, plane after plane, int32.
 *
 * @example
 * ```ts
 * adaptiveMaxPool3dWithIndices([[[[1, 2], [4, 3]]]], 1)[1].toArray(); // [[[[2]]]]
 * ```
 * @throws as `adaptiveMaxPool3d` does
 */
export function adaptiveMaxPool3dWithIndices(
  x: TensorLike,
  outputSize: OutputSize,
): [Tensor, Tensor] {
  return adaptive(x, 3, outputSize, "adaptiveMaxPool3dWithIndices");
}

/**
 * Largest elements of volumes [N, C, D, H, W] over windows that cover them. See `adaptiveAvgPool2d`.
 *
 * @example
 * ```ts
 * adaptiveMaxPool3d([[[[1, 2], [4, 3]]]], 1).toArray(); // [[[[4]]]]
 * ```
 * @throws if a size is no whole number, or x has neither four nor five axes
 */
export function adaptiveMaxPool3d(x: TensorLike, outputSize: OutputSize): Tensor {
  return adaptive(x, 3, outputSize, "adaptiveMaxPool3d")[0];
}

/**
 * `maxPool3d` and the places of the maxima in the volume, plane after plane, int32.
 *
 * @example
 * ```ts
 * maxPool3dWithIndices([[[[1, 2], [4, 3]]]], [1, 2, 2])[1].toArray(); // [[[[2]]]]
 * ```
 * @throws if the window does not fit
 */
export function maxPool3dWithIndices(
  x: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions = {},
): [Tensor, Tensor] {
  const who = "maxPool3dWithIndices";
  checkOptions(options, who, "stride padding dilation ceilMode");
  const kernel = toPair(kernelSize, 3, 1, "kernelSize", who);
  const stride = toPair(options.stride ?? kernel, 3, 1, "stride", who);
  const padding = toPair(options.padding ?? 0, 3, 0, "padding", who);
  const dilation = toPair(options.dilation ?? 1, 3, 1, "dilation", who);
  // How many windows there are, and whether they fit, is maxPool3d's to say.
  const { shape } = maxPool3d(stopGradient<Tensor>(toFloat(x, who)), kernelSize, options);
  return pooledAt(x, 3, who, () =>
    shape
      .slice(-3)
      .map((out, axis) =>
        Array.from({ length: out }, (_w, w) =>
          Array.from(
            { length: kernel[axis]! },
            (_i, i) => w * stride[axis]! - padding[axis]! + i * dilation[axis]!,
          ),
        ),
      ),
  );
}
