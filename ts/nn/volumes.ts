// Pooling of volumes: first height and width, then depth.
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { toImages, toPair, type Pair } from "./geometry.js";
import { toFloat } from "./options.js";
import {
  avgPool2d,
  divided,
  maxPool2d,
  windowCounts,
  type AvgPoolOptions,
  type MaxPoolOptions,
} from "./pooling.js";
import { checkOptions } from "../options.js";

type Pool = (x: Tensor, kernel: number[], options: MaxPoolOptions & AvgPoolOptions) => Tensor;

function pool3d(
  who: string,
  x: TensorLike,
  kernelSize: Pair,
  options: MaxPoolOptions & AvgPoolOptions,
  pool: Pool,
): Tensor {
  const { images, single } = toImages(toFloat(x, who), 3, who);
  const kernel = toPair(kernelSize, 3, 1, "kernelSize", who);
  const stride = toPair(options.stride ?? kernel, 3, 1, "stride", who);
  const padding = toPair(options.padding ?? 0, 3, 0, "padding", who);
  const dilation = toPair(options.dilation ?? 1, 3, 1, "dilation", who);
  const { divisorOverride, ...rest } = options;
  const [n, channels, depth, height, width] = images.shape as [
    number,
    number,
    number,
    number,
    number,
  ];
  const plane = (list: number[]): number[] => list.slice(1);
  const along = (list: number[], other: number): number[] => [list[0]!, other];
  const planes = pool(images.reshape([n, channels * depth, height, width]), plane(kernel), {
    ...rest,
    stride: plane(stride),
    padding: plane(padding),
    dilation: plane(dilation),
  });
  const [h, w] = planes.shape.slice(2) as [number, number];
  const deep = pool(planes.reshape([n, channels, depth, h * w]), along(kernel, 1), {
    ...rest,
    stride: along(stride, 1),
    padding: along(padding, 0),
    dilation: along(dilation, 1),
  });
  let y = deep.reshape([n, channels, deep.shape[2]!, h, w]);
  if (divisorOverride !== undefined) {
    const counts = windowCounts(images.shape.slice(2), y.shape.slice(2), kernel, stride, padding);
    y = divided(y, counts, divisorOverride, who);
  }
  return single ? y.squeeze(0) : y;
}

/**
 * Largest element of each window of volumes [N, C, D, H, W] (or one volume). See `maxPool2d`.
 *
 * @example
 * ```ts
 * maxPool3d([[[[1, 2], [3, 4]]]], [1, 2, 2]).toArray(); // [[[[4]]]]
 * ```
 * @throws if the window does not fit
 */
export function maxPool3d(x: TensorLike, kernelSize: Pair, options: MaxPoolOptions = {}): Tensor {
  checkOptions(options, "maxPool3d", "stride padding dilation ceilMode");
  return pool3d("maxPool3d", x, kernelSize, options, (t, kernel, own) => maxPool2d(t, kernel, own));
}

/**
 * Mean of each window of volumes [N, C, D, H, W] (or one volume). See `avgPool2d`.
 *
 * @example
 * ```ts
 * avgPool3d([[[[1, 2], [3, 6]]]], [1, 2, 2]).toArray(); // [[[[3]]]]
 * ```
 * @throws if the window does not fit
 */
export function avgPool3d(x: TensorLike, kernelSize: Pair, options: AvgPoolOptions = {}): Tensor {
  const who = "avgPool3d";
  checkOptions(options, who, "countIncludePad divisorOverride padding stride ceilMode");
  const all = {
    countIncludePad: options.divisorOverride !== undefined || (options.countIncludePad ?? true),
  };
  return pool3d(who, x, kernelSize, { ...options, ...all }, (t, kernel, own) =>
    avgPool2d(t, kernel, undilated(own)),
  );
}

/** What avgPool2d takes of the options: it has no dilation. */
function undilated(options: MaxPoolOptions & AvgPoolOptions): AvgPoolOptions {
  const own = { ...options };
  delete own.dilation;
  return own;
}
