// Which frequency stands where.
import { toAxes, toAxis } from "../axes.js";
import { describe, type TensorLike } from "../convert.js";
import { tensor, type CreationOptions } from "../create.js";
import { roll } from "../ops/turning.js";
import type { Tensor } from "../tensor.js";
import { checkLength, partsOf, type Complex } from "./parts.js";
import { checkOptions, trailing } from "../options.js";

function shifted(x: Tensor, axes: number | readonly number[] | null, back: boolean, who: string) {
  const list =
    axes === null
      ? x.shape.map((_, i) => i)
      : toAxes(axes, who).map((axis) => toAxis(axis, x.ndim, who));
  const shifts = list.map((axis) => {
    const n = x.shape.at(axis) ?? 0;
    return back ? -(n >> 1) : n >> 1;
  });
  return list.length === 0 ? x : roll(x, shifts, list);
}

/**
 * x with frequency 0 in the middle: its halves along axes (all by default) change places. A pair gives
 * a pair.
 *
 * @example
 * ```ts
 * fft.fftshift([0, 1, 2, -2, -1]).toArray(); // [-2, -1, 0, 1, 2]
 * ```
 * @throws if there is no such axis
 */
export function fftshift(x: TensorLike, axes?: number | readonly number[] | null): Tensor;
export function fftshift(
  x: readonly [re: TensorLike, im: TensorLike],
  axes?: number | readonly number[] | null,
): Complex;
export function fftshift(
  x: TensorLike | readonly [TensorLike, TensorLike],
  axes: number | readonly number[] | null = null,
): Tensor | Complex {
  const [re, im] = partsOf(x, "fftshift");
  const y = shifted(re, axes, false, "fftshift");
  return im === undefined ? y : [y, shifted(im, axes, false, "fftshift")];
}

/**
 * The inverse of `fftshift`.
 *
 * @example
 * ```ts
 * fft.ifftshift([-2, -1, 0, 1, 2]).toArray(); // [0, 1, 2, -2, -1]
 * ```
 * @throws if there is no such axis
 */
export function ifftshift(x: TensorLike, axes?: number | readonly number[] | null): Tensor;
export function ifftshift(
  x: readonly [re: TensorLike, im: TensorLike],
  axes?: number | readonly number[] | null,
): Complex;
export function ifftshift(
  x: TensorLike | readonly [TensorLike, TensorLike],
  axes: number | readonly number[] | null = null,
): Tensor | Complex {
  const [re, im] = partsOf(x, "ifftshift");
  const y = shifted(re, axes, true, "ifftshift");
  return im === undefined ? y : [y, shifted(im, axes, true, "ifftshift")];
}

/** `count` frequencies of n samples at distance d; from `wrap` on they are negative. */
function frequencies(
  n: number,
  d: number,
  count: number,
  wrap: number,
  options: CreationOptions,
  who: string,
): Tensor {
  if (typeof d !== "number" || !(Math.abs(d) > 0)) {
    throw new RangeError(`${who}: the distance must be a number but 0, got ${describe(d)}`);
  }
  const list = Array.from({ length: count }, (_, k) => (k < wrap ? k : k - n) / (n * d));
  return tensor(list, options);
}

/**
 * The frequencies of `fft`'s elements for n samples at distance d: 0, 1, …, -2, -1, by n·d.
 *
 * @example
 * ```ts
 * fft.fftfreq(4, 0.5).toArray(); // [0, 0.5, -1, -0.5]
 * ```
 * @throws if n is no integer ≥ 1
 */
export function fftfreq(
  n: number,
  d?: number | CreationOptions,
  options?: CreationOptions,
): Tensor {
  [d = 1, options = {}] = trailing(d, options);
  checkOptions(options, "fftfreq", "dtype requiresGrad");
  const count = checkLength(n, "fftfreq");
  return frequencies(n, d, count, Math.ceil(count / 2), options, "fftfreq");
}

/**
 * The frequencies of `rfft`'s elements for n samples at distance d: 0, 1, …, ⌊n/2⌋, by n·d.
 *
 * @example
 * ```ts
 * fft.rfftfreq(4, 0.5).toArray(); // [0, 0.5, 1]
 * ```
 * @throws if n is no integer ≥ 1
 */
export function rfftfreq(
  n: number,
  d?: number | CreationOptions,
  options?: CreationOptions,
): Tensor {
  [d = 1, options = {}] = trailing(d, options);
  checkOptions(options, "rfftfreq", "dtype requiresGrad");
  const count = checkLength(n, "rfftfreq");
  return frequencies(n, d, Math.floor(count / 2) + 1, n, options, "rfftfreq");
}
