// Convolutions of volumes: places in depth that a filter sees together become channels of one image.
import { pad } from "../ops/padding.js";
import { take } from "../../build/generated/ops.js";
import { scatter } from "../along.js";
import { fromData, tensorBeside, type TensorLike, toTensor, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import {
  conv2d,
  convTranspose2d,
  settled,
  toPadding,
  type ConvOptions,
  type ConvTransposeOptions,
} from "./convolution.js";
import { toImages, toPair } from "./geometry.js";

/** Which places in depth each result sees, one after the other. */
function depths(out: number, kernel: number, stride: number, dilation: number): Int32Array {
  return Int32Array.from(
    { length: out * kernel },
    (_, i) => Math.floor(i / kernel) * stride + (i % kernel) * dilation,
  );
}

function toVolumes(
  input: TensorLike,
  weight: TensorLike,
  bias: TensorLike | undefined,
  who: string,
): { x: Tensor; w: Tensor; single: boolean } {
  const [first, second] = unrounded(who, input, weight, bias);
  const [given, w] = [toTensor(first, who), toTensor(second, who)];
  const { images: x, single } = toImages(given, 3, who);
  if (w.ndim !== 5) throw new RangeError(`${who}: weight has ${w.ndim} axes, not 5`);
  return { x, w, single };
}

/**
 * Convolution of volumes [N, C, D, H, W] with filters [O, C / groups, kD, kH, kW]: [N, O, D′, H′, W′].
 * See `conv2d`.
 *
 * @example
 * ```ts
 * conv3d(ones([1, 1, 4, 4, 4]), ones([2, 1, 3, 3, 3])).shape; // [1, 2, 2, 2, 2]
 * ```
 * @throws if channels, groups or sizes do not suit each other
 */
export function conv3d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvOptions | null,
  options?: ConvOptions,
): Tensor {
  const who = "conv3d";
  const given = settled(bias, options, who, "bias stride padding dilation groups");
  const { x: volumes, w, single } = toVolumes(x, weight, given.bias, who);
  const [n, channels, ...size] = volumes.shape as [number, number, number, number, number];
  const [filters, own, ...kernel] = w.shape as [number, number, number, number, number];
  const stride = toPair(given.stride ?? 1, 3, 1, "stride", who);
  const dilation = toPair(given.dilation ?? 1, 3, 1, "dilation", who);
  const padding = toPadding(given.padding, kernel, stride, dilation, who);
  const depth = kernel[0];
  const [before, after] = padding[0]!;
  const room = size[0] + before + after - dilation[0]! * (depth - 1) - 1;
  if (room < 0 || depth === 0) {
    throw new RangeError(
      `${who}: a kernel of [${kernel.join(",")}] (dilation [${dilation.join(",")}]) does not fit into ` +
        `[${size.join(",")}] with padding`,
    );
  }
  const out = Math.floor(room / stride[0]!) + 1;
  const wide = pad(volumes, [[0, 0], [0, 0], ...padding]);
  const [height, width] = wide.shape.slice(3) as [number, number];
  const stacked = take(wide, depths(out, depth, stride[0]!, dilation[0]!), 2)
    .reshape([n, channels, out, depth, height, width])
    .transpose([0, 2, 1, 3, 4, 5])
    .reshape([n * out, channels * depth, height, width]);
  const flat = w.reshape([filters, own * depth, kernel[1], kernel[2]]);
  const { groups = 1, bias: shift } = given;
  if (own * groups !== channels) {
    throw new RangeError(
      `${who}: weight ${shapeText(w.shape)} takes ${own} channels in each of ${groups} groups, but x has ${channels}`,
    );
  }
  const y = conv2d(stacked, flat, {
    stride: stride.slice(1),
    dilation: dilation.slice(1),
    groups,
    ...(shift === undefined ? {} : { bias: shift }),
  });
  const planes = y.shape.slice(2);
  const all = y.reshape([n, out, filters, ...planes]).swapaxes(1, 2);
  return single ? all.squeeze(0) : all;
}

/**
 * The transpose of `conv3d` in its volumes: [N, C, D, H, W] and weight [C, O / groups, kD, kH, kW] give
 * [N, O, D′, H′, W′]. See `convTranspose2d`.
 *
 * @example
 * ```ts
 * convTranspose3d(ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2]), { stride: 2 }).shape; // [1, 1, 4, 4, 4]
 * ```
 * @throws if channels, groups or sizes do not suit each other
 */
export function convTranspose3d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvTransposeOptions | null,
  options?: ConvTransposeOptions,
): Tensor {
  const who = "convTranspose3d";
  const given = settled(bias, options, who, "outputPadding bias stride padding dilation groups");
  const { x: volumes, w, single } = toVolumes(x, weight, given.bias, who);
  const [n, channels, depth, height, width] = volumes.shape as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [rows, own, ...kernel] = w.shape as [number, number, number, number, number];
  const stride = toPair(given.stride ?? 1, 3, 1, "stride", who);
  const dilation = toPair(given.dilation ?? 1, 3, 1, "dilation", who);
  const padding = toPair(given.padding ?? 0, 3, 0, "padding", who);
  const extra = toPair(given.outputPadding ?? 0, 3, 0, "outputPadding", who);
  const { groups = 1, bias: shift } = given;
  if (extra[0]! >= Math.max(stride[0]!, dilation[0]!)) {
    throw new RangeError(
      `${who}: outputPadding ${extra[0]} must be smaller than stride ${stride[0]} or dilation ${dilation[0]}`,
    );
  }
  const reach = (depth - 1) * stride[0]! + dilation[0]! * (kernel[0] - 1) + 1;
  const out = reach - 2 * padding[0]! + extra[0]!;
  if (out <= 0) throw new RangeError(`${who}: the result would have size ${out}`);
  const planes = volumes.swapaxes(1, 2).reshape([n * depth, channels, height, width]);
  const y = convTranspose2d(planes, w.reshape([rows, own * kernel[0], kernel[1], kernel[2]]), {
    stride: stride.slice(1),
    dilation: dilation.slice(1),
    padding: padding.slice(1),
    outputPadding: extra.slice(1),
    groups,
  });
  const filters = own * groups;
  const [h, v] = y.shape.slice(2) as [number, number];
  // Channels that are places in depth go where they belong, and add up there.
  const spread = y
    .reshape([n, depth, filters, kernel[0], h, v])
    .transpose([0, 2, 1, 3, 4, 5])
    .reshape([n, filters, depth * kernel[0], h, v]);
  const index = fromData(depths(depth, kernel[0], stride[0]!, dilation[0]!), undefined, who);
  const room = Math.max(reach, padding[0]! + out);
  const sums = scatter(spread, index, room, 2, who).astype(y.dtype);
  const all = sums.slice([null, null, [padding[0]!, padding[0]! + out]]);
  const shifted =
    shift === undefined ? all : withBias(all, tensorBeside(shift, all, who), filters, who);
  return single ? shifted.squeeze(0) : shifted;
}

function withBias(y: Tensor, bias: Tensor, filters: number, who: string): Tensor {
  if (bias.ndim !== 1 || bias.size !== filters) {
    throw new RangeError(
      `${who}: bias has shape ${shapeText(bias.shape)}, but there are ${filters} output channels`,
    );
  }
  return y.add(bias.reshape([filters, 1, 1, 1]));
}
