// Windows of images as columns of a matrix, and the transpose: columns added up where they belong.
import { gather, scatter } from "../along.js";
import { toCount } from "../arguments.js";
import { fromData, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { pad } from "../ops/padding.js";
import type { Tensor } from "../tensor.js";
import { toImages, toPair, type Pair } from "./geometry.js";
import { checkOptions } from "../options.js";

/** Options of unfold and fold. */
export interface UnfoldOptions {
  /** Steps between the elements of a window. Default 1. */
  dilation?: Pair;
  /** Zeros around the image. Default 0. */
  padding?: Pair;
  /** Steps of the window. Default 1. */
  stride?: Pair;
}

/** Windows over a padded image. */
interface Windows {
  kernel: number[];
  pad: number[];
  /** Sizes of the padded image. */
  room: number[];
  /** Number of windows. */
  count: number;
  /** Where the elements of windows lie: [kernel, windows], flat. */
  index: Int32Array;
}

function toWindows(
  size: readonly number[],
  kernelSize: Pair,
  options: UnfoldOptions,
  who: string,
): Windows {
  const kernel = toPair(kernelSize, 2, 1, "kernelSize", who);
  const dilation = toPair(options.dilation ?? 1, 2, 1, "dilation", who);
  const padding = toPair(options.padding ?? 0, 2, 0, "padding", who);
  const stride = toPair(options.stride ?? 1, 2, 1, "stride", who);
  const room = size.map((d, i) => d + 2 * padding[i]!);
  const out = room.map((d, i) => {
    const free = d - dilation[i]! * (kernel[i]! - 1) - 1;
    if (free < 0) {
      throw new RangeError(
        `${who}: a window of [${kernel.join(",")}] (dilation [${dilation.join(",")}]) does not fit into ` +
          `[${size.join(",")}] with padding`,
      );
    }
    return Math.floor(free / stride[i]!) + 1;
  });
  const [kh, kw] = kernel as [number, number];
  const [oh, ow] = out as [number, number];
  toCount(kh * kw * oh * ow, "the number of elements in windows", who);
  const index = new Int32Array(kh * kw * oh * ow);
  let at = 0;
  for (let i = 0; i < kh; i++) {
    for (let j = 0; j < kw; j++) {
      for (let y = 0; y < oh; y++) {
        const row = (y * stride[0]! + i * dilation[0]!) * room[1]! + j * dilation[1]!;
        for (let x = 0; x < ow; x++) index[at++] = row + x * stride[1]!;
      }
    }
  }
  return { kernel, pad: padding, room, count: oh * ow, index };
}

/**
 * The windows of images [N, C, H, W] (or one [C, H, W]) as columns: [N, C · kH · kW, windows].
 *
 * @example
 * ```ts
 * unfold([[[1, 2, 3]]], [1, 2]).toArray(); // [[1, 2], [2, 3]]
 * ```
 * @throws if the window does not fit
 */
export function unfold(x: TensorLike, kernelSize: Pair, options: UnfoldOptions = {}): Tensor {
  const who = "unfold";
  checkOptions(options, who, "dilation padding stride");
  const { images, single } = toImages(x, 2, who);
  const [n, channels, ...size] = images.shape as [number, number, number, number];
  const w = toWindows(size, kernelSize, options, who);
  const [p, q] = w.pad as [number, number];
  const wide = pad(images, [
    [0, 0],
    [0, 0],
    [p, p],
    [q, q],
  ]);
  const flat = wide.reshape([n, channels, w.room[0]! * w.room[1]!]);
  const columns = gather(flat, fromData(w.index, undefined, who), 0, who);
  const y = columns.reshape([n, channels * w.kernel[0]! * w.kernel[1]!, w.count]);
  return single ? y.squeeze(0) : y;
}

/**
 * The transpose of `unfold`: columns [N, C · kH · kW, windows] (or one matrix), added up where windows
 * lie in images of outputSize: [N, C, H, W].
 *
 * @example
 * ```ts
 * fold([[1, 2], [2, 3]], [1, 3], [1, 2]).toArray(); // [[[1, 4, 3]]]
 * ```
 * @throws if the window does not fit, or there are not so many columns
 */
export function fold(
  x: TensorLike,
  outputSize: Pair,
  kernelSize: Pair,
  options: UnfoldOptions = {},
): Tensor {
  const who = "fold";
  checkOptions(options, who, "dilation padding stride");
  const given = toTensor(x, who);
  if (given.ndim !== 2 && given.ndim !== 3) {
    throw new RangeError(`${who}: x has ${given.ndim} axes, not 3 [batch, elements, windows] or 2`);
  }
  const single = given.ndim === 2;
  const t = single ? given.expandDims(0) : given;
  const size = toPair(outputSize, 2, 0, "outputSize", who);
  const w = toWindows(size, kernelSize, options, who);
  const [n, rows, columns] = t.shape as [number, number, number];
  const each = w.kernel[0]! * w.kernel[1]!;
  if (rows % each !== 0 || columns !== w.count) {
    throw new RangeError(
      `${who}: x ${shapeText(given.shape)} should have a multiple of ${each} elements in each of ${w.count} windows`,
    );
  }
  const channels = rows / each;
  const flat = t.reshape([n, channels, each * columns]);
  const [height, width] = w.room as [number, number];
  const sums = scatter(flat, fromData(w.index, undefined, who), height * width, 0, who);
  const [p, q] = w.pad as [number, number];
  const y = sums
    .astype(t.dtype)
    .reshape([n, channels, height, width])
    .slice([null, null, [p, height - p], [q, width - q]]);
  return single ? y.squeeze(0) : y;
}
