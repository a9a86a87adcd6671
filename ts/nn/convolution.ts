// Convolutions, over one row of the op table and its transpose.
import { tensorBeside, type TensorLike, toTensor, unrounded } from "../convert.js";
import { slotsOf, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { imagesPart } from "../../build/generated/parts/images.js";
import * as wasm from "../wasm.js";
import { flatten, toImages, toPair, writeGeometry, type Geometry, type Pair } from "./geometry.js";
import { checkOptions, isOptions, trailing } from "../options.js";

const FORWARD = 0;
const TRANSPOSED = 1;

/** Options of convolutions. */
export interface ConvOptions {
  /** Added to each output channel: a tensor of their number. */
  bias?: TensorLike;
  /** Steps of the window. Default 1. */
  stride?: Pair;
  /** Zeros around the image; "same" keeps its size (stride 1), "valid" is 0. Default 0. */
  padding?: Pair | "same" | "valid";
  /** Steps between the elements of a window. Default 1. */
  dilation?: Pair;
  /** Channels are cut into so many groups that do not see each other. Default 1. */
  groups?: number;
}

/** Options of transposed convolutions. */
export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Zeros that the convolution, whose transpose this is, puts around its image. Default 0. */
  padding?: Pair;
  /** Size added to one side of the result: a stride leaves it open. Default 0. */
  outputPadding?: Pair;
}

/** Zeros before and after each axis. */
export function toPadding(
  padding: ConvOptions["padding"],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  who: string,
): [number, number][] {
  if (padding === "same") {
    if (stride.some((s) => s !== 1)) {
      throw new RangeError(`${who}: padding "same" needs stride 1, not [${stride.join(",")}]`);
    }
    return kernel.map((k, i) => {
      const all = dilation[i]! * (k - 1);
      return [all >> 1, all - (all >> 1)];
    });
  }
  if (typeof padding === "string" && padding !== "valid") {
    throw new RangeError(`${who}: padding is "${String(padding)}", not "same", "valid" or a size`);
  }
  const list = toPair(padding === "valid" ? 0 : (padding ?? 0), kernel.length, 0, "padding", who);
  return list.map((p) => [p, p]);
}

/**
 * The options of a convolution with the bias that stands before them, as in torch, or none does.
 *
 * @param names - of the options, separated by spaces
 */
export function settled<O extends { bias?: TensorLike }>(
  bias: TensorLike | O | null | undefined,
  options: O | undefined,
  who: string,
  names: string,
): O {
  if (isOptions(bias) && options !== undefined) {
    throw new TypeError(`${who}: options are given twice`);
  }
  const [given, own = {} as O] = trailing(bias, options);
  checkOptions(own, who, names);
  if (given === undefined || given === null) return own;
  if (own.bias !== undefined) throw new TypeError(`${who}: bias is given twice`);
  return { ...own, bias: given as TensorLike };
}

function toGroups(groups: number | undefined, who: string): number {
  return toPair(groups ?? 1, 1, 1, "groups", who)[0]!;
}

/** What is recorded: one of the two rows, and the bias. */
function convolve(
  who: string,
  kind: number,
  x: Tensor,
  weight: Tensor,
  geometry: Geometry,
  bias: TensorLike | undefined,
): Tensor {
  const y = tensorOf(() => {
    const [a, b] = slotsOf([x, weight], who) as [number, number];
    writeGeometry(geometry);
    return wasm.need(imagesPart).convolution(kind, a, b);
  }, who);
  if (bias === undefined) return y;
  const b = tensorBeside(bias, y, who);
  const channels = kind === FORWARD ? geometry.filters : geometry.channels;
  if (b.ndim !== 1 || b.size !== channels) {
    throw new RangeError(
      `${who}: bias has shape [${b.shape.join(",")}], but there are ${channels} output channels`,
    );
  }
  return y.add(b.reshape([channels, 1, 1]));
}

function toWeight(weight: TensorLike, axes: number, who: string): Tensor {
  const w = toTensor(weight, who);
  if (w.ndim !== axes + 2) {
    throw new RangeError(`${who}: weight has ${w.ndim} axes, not ${axes + 2}`);
  }
  return w;
}

function checkGroups(count: number, groups: number, what: string, who: string): void {
  if (count % groups !== 0) {
    throw new RangeError(`${who}: ${count} ${what} do not divide into ${groups} groups`);
  }
}

function convolution(
  who: string,
  axes: number,
  x: TensorLike,
  weight: TensorLike,
  options: ConvOptions = {},
): Tensor {
  const [input, filter] = unrounded(who, x, weight, options.bias);
  const { images, single } = toImages(input, axes, who);
  const w = toWeight(filter, axes, who);
  const [n, channels, ...size] = images.shape as [number, number, ...number[]];
  const [filters, own, ...kernel] = w.shape as [number, number, ...number[]];
  const stride = toPair(options.stride ?? 1, axes, 1, "stride", who);
  const dilation = toPair(options.dilation ?? 1, axes, 1, "dilation", who);
  const padding = toPadding(options.padding, kernel, stride, dilation, who);
  const groups = toGroups(options.groups, who);
  checkGroups(channels, groups, "channels", who);
  checkGroups(filters, groups, "filters", who);
  if (own * groups !== channels) {
    throw new RangeError(
      `${who}: weight [${w.shape.join(",")}] takes ${own} channels in each of ${groups} groups, but x has ${channels}`,
    );
  }
  const out = size.map((d, i) => {
    const room = d + padding[i]![0] + padding[i]![1] - dilation[i]! * (kernel[i]! - 1) - 1;
    if (room < 0 || kernel[i] === 0) {
      throw new RangeError(
        `${who}: a kernel of [${kernel.join(",")}] (dilation [${dilation.join(",")}]) does not fit into ` +
          `[${size.join(",")}] with padding`,
      );
    }
    return Math.floor(room / stride[i]!) + 1;
  });
  const flat = axes === 1;
  const geometry = spread(flat, {
    images: n,
    channels,
    size,
    filters,
    kernel,
    out,
    stride,
    pad: padding.map(([before]) => before),
    dilation,
    groups,
  });
  const y = flat
    ? convolve(who, FORWARD, flatten(images), flatten(w), geometry, options.bias).squeeze(-2)
    : convolve(who, FORWARD, images, w, geometry, options.bias);
  return single ? y.squeeze(0) : y;
}

/** The geometry of one axis as one of two, the first of size 1. */
function spread(flat: boolean, g: Geometry): Geometry {
  if (!flat) return g;
  return {
    ...g,
    size: [1, ...g.size],
    kernel: [1, ...g.kernel],
    out: [1, ...g.out],
    stride: [1, ...g.stride],
    pad: [0, ...g.pad],
    dilation: [1, ...g.dilation],
  };
}

function transposed(
  who: string,
  axes: number,
  x: TensorLike,
  weight: TensorLike,
  options: ConvTransposeOptions = {},
): Tensor {
  const [input, filter] = unrounded(who, x, weight, options.bias);
  const { images, single } = toImages(input, axes, who);
  const w = toWeight(filter, axes, who);
  const [n, filters, ...out] = images.shape as [number, number, ...number[]];
  const [rows, own, ...kernel] = w.shape as [number, number, ...number[]];
  const stride = toPair(options.stride ?? 1, axes, 1, "stride", who);
  const dilation = toPair(options.dilation ?? 1, axes, 1, "dilation", who);
  const pad = toPair(options.padding ?? 0, axes, 0, "padding", who);
  const extra = toPair(options.outputPadding ?? 0, axes, 0, "outputPadding", who);
  const groups = toGroups(options.groups, who);
  checkGroups(filters, groups, "channels", who);
  if (rows !== filters) {
    throw new RangeError(
      `${who}: weight [${w.shape.join(",")}] takes ${rows} channels, but x has ${filters}`,
    );
  }
  const size = out.map((d, i) => {
    if (extra[i]! >= Math.max(stride[i]!, dilation[i]!)) {
      throw new RangeError(
        `${who}: outputPadding ${extra[i]} must be smaller than stride ${stride[i]} or dilation ${dilation[i]}`,
      );
    }
    const all =
      (d - 1) * stride[i]! - 2 * pad[i]! + dilation[i]! * (kernel[i]! - 1) + extra[i]! + 1;
    if (all <= 0) throw new RangeError(`${who}: the result would have size ${all}`);
    return all;
  });
  const flat = axes === 1;
  const geometry = spread(flat, {
    images: n,
    channels: own * groups,
    size,
    filters,
    kernel,
    out,
    stride,
    pad,
    dilation,
    groups,
  });
  const y = flat
    ? convolve(who, TRANSPOSED, flatten(images), flatten(w), geometry, options.bias).squeeze(-2)
    : convolve(who, TRANSPOSED, images, w, geometry, options.bias);
  return single ? y.squeeze(0) : y;
}

/**
 * Convolution (cross-correlation, as in torch) of images [N, C, H, W] with filters
 * [O, C / groups, kH, kW], which gives [N, O, H′, W′] with
 * H′ = ⌊(H + 2·padding − dilation·(kH − 1) − 1) / stride⌋ + 1. One image [C, H, W] gives [O, H′, W′].
 *
 * @param bias - added to each output channel, as in torch; or the options, which may hold it
 *
 * @example
 * ```ts
 * conv2d(ones([1, 1, 4, 4]), ones([2, 1, 3, 3]), { padding: "same" }).shape; // [1, 2, 4, 4]
 * conv2d(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), [10], { stride: 2 }).toArray(); // [[[[14]]]]
 * ```
 * @throws if channels, groups or sizes do not suit each other
 */
export function conv2d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvOptions | null,
  options?: ConvOptions,
): Tensor {
  return convolution(
    "conv2d",
    2,
    x,
    weight,
    settled(bias, options, "conv2d", "bias stride padding dilation groups"),
  );
}

/**
 * Convolution of sequences [N, C, L] with filters [O, C / groups, k]: [N, O, L′]. See
 * {@link conv2d}.
 *
 * @example
 * ```ts
 * conv1d([[[1, 2, 3, 4]]], [[[1, 1]]]).toArray(); // [[[3, 5, 7]]]
 * ```
 */
export function conv1d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvOptions | null,
  options?: ConvOptions,
): Tensor {
  return convolution(
    "conv1d",
    1,
    x,
    weight,
    settled(bias, options, "conv1d", "bias stride padding dilation groups"),
  );
}

/**
 * The transpose of `conv2d` in its images: [N, C, H, W] and weight [C, O / groups, kH, kW] give
 * [N, O, H′, W′] with H′ = (H − 1)·stride − 2·padding + dilation·(kH − 1) + outputPadding + 1.
 *
 * @example
 * ```ts
 * convTranspose2d(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), { stride: 2 }).shape; // [1, 1, 4, 4]
 * ```
 * @throws if channels, groups or sizes do not suit each other
 */
export function convTranspose2d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvTransposeOptions | null,
  options?: ConvTransposeOptions,
): Tensor {
  return transposed(
    "convTranspose2d",
    2,
    x,
    weight,
    settled(bias, options, "convTranspose2d", "outputPadding bias stride padding dilation groups"),
  );
}

/**
 * The transpose of `conv1d` in its sequences. See {@link convTranspose2d}.
 *
 * @example
 * ```ts
 * convTranspose1d([[[1, 2]]], [[[1, 1]]]).toArray(); // [[[1, 3, 2]]]
 * ```
 */
export function convTranspose1d(
  x: TensorLike,
  weight: TensorLike,
  bias?: TensorLike | ConvTransposeOptions | null,
  options?: ConvTransposeOptions,
): Tensor {
  return transposed(
    "convTranspose1d",
    1,
    x,
    weight,
    settled(bias, options, "convTranspose1d", "outputPadding bias stride padding dilation groups"),
  );
}
