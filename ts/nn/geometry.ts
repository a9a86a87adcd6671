// Sizes of windows: what options mean, and what comes out.
import { toCount, toList } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";

/** A size for both axes, or one for each: [height, width]. */
export type Pair = number | readonly number[];

/** A number for each of n axes, checked. */
export function toPair(value: Pair, n: number, least: number, what: string, who: string): number[] {
  const list =
    typeof value === "number" ? new Array<number>(n).fill(value) : toList(value, what, who);
  if (list.length !== n) {
    throw new RangeError(`${who}: ${what} has ${list.length} sizes, not ${n}`);
  }
  return list.map((size) => toCount(size, what, who, least));
}

/** The geometry of assembly/kernels/conv.ts, in its order. */
export interface Geometry {
  images: number;
  channels: number;
  size: readonly number[];
  filters: number;
  kernel: readonly number[];
  out: readonly number[];
  stride: readonly number[];
  pad: readonly number[];
  dilation: readonly number[];
  groups: number;
}

/** Writes a geometry to the scratch area. */
export function writeGeometry(g: Geometry): void {
  wasm.writeList([
    g.images,
    g.channels,
    ...g.size,
    g.filters,
    ...g.kernel,
    ...g.out,
    ...g.stride,
    ...g.pad,
    ...g.dilation,
    g.groups,
  ]);
}

/** Images as [batch, channels, …sizes]; what a single image lacks is put in front. */
export function toImages(
  x: TensorLike,
  axes: number,
  who: string,
): { images: Tensor; single: boolean } {
  const t = toTensor(x, who);
  const rank = t.ndim;
  if (rank !== axes + 1 && rank !== axes + 2) {
    const sizes = ["length", "height, width", "depth, height, width"][axes - 1]!;
    throw new RangeError(
      `${who}: x has ${rank} axes, not ${axes + 2} [batch, channels, ${sizes}], or ${axes + 1} for one image`,
    );
  }
  const single = rank === axes + 1;
  return { images: single ? t.expandDims(0) : t, single };
}

/** One-dimensional images as flat ones: [N, C, L] becomes [N, C, 1, L]. */
export function flatten(x: Tensor): Tensor {
  return x.expandDims(-2);
}
