// Complex numbers as two real tensors, and the packing in which they are transformed: the two parts
// beside each other, in front of the last axis.
import { MAX_RANK } from "../../assembly/shared/limits.js";
import { concatenate, multiply, stack } from "../../build/generated/ops.js";
import type { Range } from "../axes.js";
import { toCount } from "../arguments.js";
import { describe, together, toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import { shapeText } from "../errors.js";
import { slot, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { fourierPart } from "../../build/generated/parts/fourier.js";
import * as wasm from "../wasm.js";

/** Real and imaginary part. */
export type Complex = [re: Tensor, im: Tensor];

/** A real tensor, or real and imaginary part: an array of two tensors or arrays of one shape. */
export type ComplexLike = TensorLike | readonly [re: TensorLike, im: TensorLike];

/** Which direction is divided by the number of elements; "ortho": both, by its root. */
export type FftNorm = "backward" | "ortho" | "forward";

/** Both parts of x; without an imaginary part only one. */
export function partsOf(x: ComplexLike, who: string): [Tensor, Tensor?] {
  const list: readonly unknown[] = Array.isArray(x) ? Array.from(x as readonly unknown[]) : [];
  if (list.length !== 2 || list.some((part) => /number|boolean/.test(typeof part))) {
    return [toTensor(x as TensorLike, who)];
  }
  const [re, im] = together(who, list[0] as TensorLike, list[1] as TensorLike);
  if (re.shape.join() !== im.shape.join()) {
    throw new RangeError(
      `${who}: real and imaginary part differ in shape: ${shapeText(re.shape)} and ${shapeText(im.shape)}`,
    );
  }
  return [re, im];
}

/** The parts in front of the last axis. */
export function packed(x: ComplexLike, who: string): Tensor {
  const [re, im] = partsOf(x, who);
  if (re.ndim === 0) throw new RangeError(`${who}: needs at least one axis, got a 0-d tensor`);
  if (re.ndim >= MAX_RANK) {
    throw new RangeError(`${who}: at most ${MAX_RANK - 1} axes are possible, got ${re.ndim}`);
  }
  return stack([re, im ?? zeros(re.shape, { dtype: re.dtype })], -2);
}

/** One part of a packed tensor. */
export function part(packed: Tensor, i: 0 | 1): Tensor {
  return packed.slice([...packed.shape.slice(0, -2).map(() => null), i]);
}

/** Both. */
export function unpacked(packed: Tensor): Complex {
  return [part(packed, 0), part(packed, 1)];
}

/** The place of an axis in the packing. */
function placeOf(packed: Tensor, axis: number): number {
  return axis === packed.ndim - 2 ? axis + 1 : axis;
}

/** Elements along an axis. */
export function lengthOf(packed: Tensor, axis: number): number {
  return packed.shape[placeOf(packed, axis)]!;
}

/** n elements along an axis: the first ones, or zeros behind them. */
export function resized(packed: Tensor, axis: number, n: number): Tensor {
  const place = placeOf(packed, axis);
  const { shape, dtype } = packed;
  const d = shape[place]!;
  const ahead: Range[] = shape.slice(0, place).map(() => null);
  if (n < d) return packed.slice([...ahead, [0, n]]);
  if (n === d) return packed;
  const missing = shape.map((size, i) => (i === place ? n - d : size));
  return concatenate([packed, zeros(missing, { dtype })], place);
}

/** The transform along an axis, or the one back, not scaled. */
export function transformed(packed: Tensor, axis: number, inverse: boolean, who: string): Tensor {
  const place = placeOf(packed, axis);
  const last = packed.ndim - 1;
  const lines = place === last ? packed : packed.swapaxes(place, last);
  const y = tensorOf(() => wasm.need(fourierPart).dft(slot(lines), inverse), who);
  return place === last ? y : y.swapaxes(place, last);
}

/** What a transform of n elements is multiplied by. */
export function scaleOf(
  n: number,
  inverse: boolean,
  norm: FftNorm | null | undefined,
  who: string,
): number {
  if (norm === "ortho") return 1 / Math.sqrt(n);
  if (norm === "forward") return inverse ? 1 : 1 / n;
  if (norm !== undefined && norm !== null && norm !== "backward") {
    throw new RangeError(
      `${who}: norm must be "backward", "ortho" or "forward", not ${describe(norm)}`,
    );
  }
  return inverse ? 1 / n : 1;
}

export function scaled(x: Tensor, by: number): Tensor {
  return by === 1 ? x : multiply(x, by);
}

/** A number of elements, which must be a positive integer. */
export function checkLength(n: number, who: string): number {
  return toCount(n, "the number of elements", who, 1);
}
