// Pooling to a given size: window i of n over d elements reaches from ⌊i · d / n⌋ to ⌈(i + 1) · d / n⌉.
import { matmul, take } from "../../build/generated/ops.js";
import { toCount, toList } from "../arguments.js";
import { fromData, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { flatten, toImages } from "./geometry.js";
import { holdsFloats, toFloat } from "./options.js";
import { avgPool2d, maxPool2d } from "./pooling.js";

/** A size for each axis; null keeps that of the image. */
export type OutputSize = number | null | readonly (number | null)[];

/** First element of each window, and the one behind it. */
export function windows(size: number, out: number): [number, number][] {
  return Array.from({ length: out }, (_, i) => [
    Math.floor((i * size) / out),
    Math.ceil(((i + 1) * size) / out),
  ]);
}

export function toSizes(outputSize: OutputSize, size: readonly number[], who: string): number[] {
  const axes = size.length;
  const given = typeof outputSize === "number" || outputSize === null;
  const list = given
    ? new Array<number | null>(axes).fill(outputSize)
    : toList(outputSize, "outputSize", who);
  if (list.length !== axes) {
    throw new RangeError(`${who}: outputSize has ${list.length} sizes, not ${axes}`);
  }
  return list.map((n, i) => {
    const wanted = n ?? size[i]!;
    toCount(wanted, "outputSize", who, 0, 2 ** 26);
    if (wanted > 0 && size[i] === 0) {
      throw new RangeError(`${who}: an axis without elements cannot become one of ${wanted}`);
    }
    return wanted;
  });
}

/** Means of windows along an axis, as a product with a matrix. */
function means(x: Tensor, axis: number, out: number): Tensor {
  const size = x.shape[axis]!;
  if (size === out) return x;
  const weights = new Float64Array(out * size);
  windows(size, out).forEach(([from, to], i) => {
    weights.fill(1 / (to - from), i * size + from, i * size + to);
  });
  const matrix = fromData(weights, undefined, "means").reshape([out, size]).astype(x.dtype);
  if (axis === x.ndim - 2) return matmul(matrix, x);
  return matmul(x.swapaxes(axis, -1), matrix.transpose()).swapaxes(axis, -1);
}

function average(x: TensorLike, axes: number, outputSize: OutputSize, who: string): Tensor {
  const { images, single } = toImages(toFloat(x, who), axes, who);
  const size = images.shape.slice(2);
  const out = toSizes(outputSize, size, who);
  let y: Tensor;
  if (axes === 2 && out.every((n, i) => n > 0 && size[i]! % n === 0)) {
    y = avgPool2d(
      images,
      out.map((n, i) => size[i]! / n),
    );
  } else {
    y = images;
    for (let axis = axes - 1; axis >= 0; axis--) y = means(y, axis + 2, out[axis]!);
  }
  return single ? y.squeeze(0) : y;
}

/** Windows side by side, all of the longest one's length: shorter ones repeat their last element. */
function laidOut(x: Tensor, axis: number, out: number, who: string): [Tensor, number] {
  const size = x.shape.at(axis)!;
  const list = windows(size, out);
  const longest = list.reduce((most, [from, to]) => Math.max(most, to - from), 1);
  if (out > 0 && size % out === 0) return [x, longest];
  const index = list.flatMap(([from, to]) =>
    Array.from({ length: longest }, (_, i) => Math.min(from + i, to - 1)),
  );
  return [take(x, fromData(Int32Array.from(index), undefined, who), axis), longest];
}

function largest(x: TensorLike, axes: number, outputSize: OutputSize, who: string): Tensor {
  const { images, single } = toImages(x, axes, who);
  const out = toSizes(outputSize, images.shape.slice(2), who);
  const flat = axes === 1 ? flatten(images) : images;
  let y: Tensor;
  if (out.includes(0) || images.size === 0) {
    const kept = holdsFloats(images) ? images : toFloat(images, who);
    y = kept
      .reshape([-1])
      .slice([[0, 0]])
      .reshape([...images.shape.slice(0, 2), ...out]);
  } else {
    const [columns, width] = laidOut(flat, -1, out.at(-1)!, who);
    const [rows, height] = axes === 1 ? [columns, 1] : laidOut(columns, -2, out[0]!, who);
    const pooled = maxPool2d(rows, [height, width]);
    y = axes === 1 ? pooled.squeeze(-2) : pooled;
  }
  return single ? y.squeeze(0) : y;
}

/**
 * Means of sequences [N, C, L] over outputSize windows that cover them: [N, C, outputSize].
 *
 * @example
 * ```ts
 * adaptiveAvgPool1d([[[1, 2, 3, 4]]], 2).toArray(); // [[[1.5, 3.5]]]
 * ```
 * @throws if the size is no whole number, or x has neither two nor three axes
 */
export function adaptiveAvgPool1d(x: TensorLike, outputSize: OutputSize): Tensor {
  return average(x, 1, outputSize, "adaptiveAvgPool1d");
}

/**
 * Means of images [N, C, H, W] over windows that cover them, so many in each direction; null keeps a
 * size.
 *
 * @example
 * ```ts
 * adaptiveAvgPool2d([[[1, 2], [3, 6]]], 1).toArray(); // [[[3]]]
 * ```
 * @throws if a size is no whole number, or x has neither three nor four axes
 */
export function adaptiveAvgPool2d(x: TensorLike, outputSize: OutputSize): Tensor {
  return average(x, 2, outputSize, "adaptiveAvgPool2d");
}

/**
 * Means of volumes [N, C, D, H, W] over windows that cover them. See {@link adaptiveAvgPool2d}.
 *
 * @example
 * ```ts
 * adaptiveAvgPool3d([[[[1, 2], [3, 6]]]], 1).toArray(); // [[[[3]]]]
 * ```
 * @throws if a size is no whole number, or x has neither four nor five axes
 */
export function adaptiveAvgPool3d(x: TensorLike, outputSize: OutputSize): Tensor {
  return average(x, 3, outputSize, "adaptiveAvgPool3d");
}

/**
 * Largest elements of sequences [N, C, L] in outputSize windows that cover them.
 *
 * @example
 * ```ts
 * adaptiveMaxPool1d([[[1, 4, 3, 2]]], 2).toArray(); // [[[4, 3]]]
 * ```
 * @throws if the size is no whole number, or x has neither two nor three axes
 */
export function adaptiveMaxPool1d(x: TensorLike, outputSize: OutputSize): Tensor {
  return largest(x, 1, outputSize, "adaptiveMaxPool1d");
}

/**
 * Largest elements of images [N, C, H, W] in windows that cover them, so many in each direction; null
 * keeps a size. The derivative goes to the first of equal ones.
 *
 * @example
 * ```ts
 * adaptiveMaxPool2d([[[1, 2], [3, 6]]], 1).toArray(); // [[[6]]]
 * ```
 * @throws if a size is no whole number, or x has neither three nor four axes
 */
export function adaptiveMaxPool2d(x: TensorLike, outputSize: OutputSize): Tensor {
  return largest(x, 2, outputSize, "adaptiveMaxPool2d");
}
