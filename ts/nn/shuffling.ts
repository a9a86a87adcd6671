// Channels that become places, and places that become channels.
import { describe, toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";

function checkFactor(factor: number, what: string, who: string): void {
  if (Number.isInteger(factor) && factor >= 1) return;
  throw new RangeError(`${who}: ${what} is ${describe(factor)}, not a whole number from 1 up`);
}

/** The axes before the last three, and those. */
function sizes(t: Tensor, who: string): [number[], number, number, number] {
  const { shape } = t;
  if (shape.length < 3) {
    throw new RangeError(
      `${who}: x has shape ${shapeText(shape)}, not [..., channels, height, width]`,
    );
  }
  const [c, h, w] = shape.slice(-3) as [number, number, number];
  return [shape.slice(0, -3), c, h, w];
}

/**
 * [..., C · r², H, W] as [..., C, H · r, W · r]: channels become squares of r × r places (Shi et al.,
 * 2016).
 *
 * @example
 * ```ts
 * pixelShuffle([[[1]], [[2]], [[3]], [[4]]], 2).toArray(); // [[[1, 2], [3, 4]]]
 * ```
 * @throws if channels do not divide by r²
 */
export function pixelShuffle(x: TensorLike, upscaleFactor: number): Tensor {
  const who = "pixelShuffle";
  const t = toTensor(x, who);
  checkFactor(upscaleFactor, "upscaleFactor", who);
  const r = upscaleFactor;
  const [outer, c, h, w] = sizes(t, who);
  if (c % (r * r) !== 0) {
    throw new RangeError(`${who}: ${c} channels do not divide by ${r}² = ${r * r}`);
  }
  const k = outer.length;
  const own = c / (r * r);
  const order = [...outer.map((_, i) => i), k, k + 3, k + 1, k + 4, k + 2];
  return t
    .reshape([...outer, own, r, r, h, w])
    .transpose(order)
    .reshape([...outer, own, h * r, w * r]);
}

/**
 * The opposite of `pixelShuffle`: [..., C, H · r, W · r] as [..., C · r², H, W].
 *
 * @example
 * ```ts
 * pixelUnshuffle([[[1, 2], [3, 4]]], 2).toArray(); // [[[1]], [[2]], [[3]], [[4]]]
 * ```
 * @throws if height or width do not divide by r
 */
export function pixelUnshuffle(x: TensorLike, downscaleFactor: number): Tensor {
  const who = "pixelUnshuffle";
  const t = toTensor(x, who);
  checkFactor(downscaleFactor, "downscaleFactor", who);
  const r = downscaleFactor;
  const [outer, c, h, w] = sizes(t, who);
  if (h % r !== 0 || w % r !== 0) {
    throw new RangeError(`${who}: height ${h} and width ${w} do not both divide by ${r}`);
  }
  const k = outer.length;
  const order = [...outer.map((_, i) => i), k, k + 2, k + 4, k + 1, k + 3];
  return t
    .reshape([...outer, c, h / r, r, w / r, r])
    .transpose(order)
    .reshape([...outer, c * r * r, h / r, w / r]);
}

/**
 * Channels of x [N, C, …] in another order: those of all groups in turn (Zhang et al., ShuffleNet,
 * 2018).
 *
 * @example
 * ```ts
 * channelShuffle([[[1], [2], [3], [4]]], 2).toArray(); // [[[1], [3], [2], [4]]]
 * ```
 * @throws if channels do not divide into groups
 */
export function channelShuffle(x: TensorLike, groups: number): Tensor {
  const who = "channelShuffle";
  const t = toTensor(x, who);
  checkFactor(groups, "groups", who);
  const { shape } = t;
  const channels = shape[1];
  if (channels === undefined || channels % groups !== 0) {
    throw new RangeError(
      `${who}: channels of x ${shapeText(shape)} do not divide into ${groups} groups`,
    );
  }
  const [n, , ...rest] = shape as [number, number, ...number[]];
  return t
    .reshape([n, groups, channels / groups, ...rest])
    .swapaxes(1, 2)
    .reshape(shape);
}
