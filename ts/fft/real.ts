// Transforms of real numbers, of which half is enough: the other half is its mirrored conjugate.
import { multiply, negative } from "../../build/generated/ops.js";
import { toTensor, type TensorLike } from "../convert.js";
import { tensor } from "../create.js";
import type { Tensor } from "../tensor.js";
import { lineOf, linesOf, type FftnOptions, type FftOptions, type Lines } from "./arguments.js";
import { settled, throughAxes } from "./complex.js";
import {
  checkLength,
  lengthOf,
  packed,
  part,
  partsOf,
  resized,
  scaled,
  scaleOf,
  transformed,
  unpacked,
  type Complex,
  type ComplexLike,
  type FftNorm,
} from "./parts.js";
import { checkOptions, trailing } from "../options.js";

/** A real tensor, packed. */
function real(x: TensorLike, who: string): Tensor {
  return packed(toTensor(x, who), who);
}

/** All but the last axis of `lines`. */
function without(lines: Lines): Lines {
  return { ...lines, s: lines.s.slice(0, -1), axes: lines.axes.slice(0, -1) };
}

/** The first half along the last axis of `lines`, then the other axes. */
function forward(x: Tensor, lines: Lines, who: string): Complex {
  const [axis, size] = [lines.axes.at(-1)!, lines.s.at(-1)!];
  const n = checkLength(size === -1 ? lengthOf(x, axis) : size, who);
  const others = settled(without(lines), x);
  const y = transformed(resized(x, axis, n), axis, false, who);
  const half = scaled(resized(y, axis, (n >> 1) + 1), scaleOf(n, false, lines.norm, who));
  return unpacked(throughAxes(half, others, false, who));
}

/** The inverse: what is not there counts twice where it is, and the imaginary part of the result is 0. */
function backward(x: Tensor, lines: Lines, who: string): Tensor {
  const [axis, size] = [lines.axes.at(-1)!, lines.s.at(-1)!];
  const n = checkLength(size === -1 ? 2 * (lengthOf(x, axis) - 1) : size, who);
  const y = throughAxes(x, settled(without(lines), x), true, who);
  const half = resized(y, axis, (n >> 1) + 1);
  const weights = Array.from({ length: (n >> 1) + 1 }, (_, k) => (k === 0 || 2 * k === n ? 1 : 2));
  const place = axis === y.ndim - 2 ? 1 : y.ndim - axis;
  const shape = [weights.length, ...new Array<number>(place - 1).fill(1)];
  const dtype = y.dtype === "float64" ? "float64" : "float32";
  const both = multiply(half, tensor(weights, { dtype }).reshape(shape));
  const z = part(transformed(resized(both, axis, n), axis, true, who), 0);
  return scaled(z, scaleOf(n, true, lines.norm, who));
}

function single(
  x: Tensor,
  n: number | null | undefined,
  axis: number | undefined,
  options: FftOptions | undefined,
  who: string,
): Lines {
  const line = lineOf(x.ndim - 1, n, axis, options, who);
  return { s: [line.n ?? -1], axes: [line.axis], norm: line.norm };
}

/**
 * The first ⌊n/2⌋ + 1 elements of the Fourier transform of real numbers along an axis, as real and
 * imaginary part; the others are their mirrored conjugates.
 *
 * @param n - elements that are transformed (x is cut, or zeros are put behind it), or options
 * @example
 * ```ts
 * fft.rfft([1, 2, 3, 4]).map((x) => x.toArray()); // [[10, -2, -2], [0, 2, 0]]
 * ```
 * @throws if n is no integer ≥ 1, or if there is no such axis
 */
export function rfft(
  x: TensorLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Complex {
  [n, axis, options] = trailing(n, axis, options);
  checkOptions(options, "rfft", "n axis norm");
  const y = real(x, "rfft");
  return forward(y, single(y, n, axis, options, "rfft"), "rfft");
}

/**
 * The inverse of `rfft`: n real numbers, by default 2(m - 1) of m elements (so an odd n must be said).
 * Imaginary parts of the first element, and of the last one of an even n, have no influence.
 *
 * @param n - elements of the result, or options
 * @example
 * ```ts
 * fft.irfft([[10, -2, -2], [0, 2, 0]]).toArray(); // [1, 2, 3, 4]
 * ```
 * @throws if n is no integer ≥ 1 or there is no such axis, or if the two parts differ in shape
 */
export function irfft(
  x: ComplexLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Tensor {
  [n, axis, options] = trailing(n, axis, options);
  checkOptions(options, "irfft", "n axis norm");
  const y = packed(x, "irfft");
  return backward(y, single(y, n, axis, options, "irfft"), "irfft");
}

/**
 * `rfft` along the last of several axes and `fft` along the others, by default of the last two.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.rfft2([[1, 2], [3, 4]])[0].toArray(); // [[10, -2], [-4, 0]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function rfft2(
  x: TensorLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "rfft2", "s axes norm");
  const y = real(x, "rfft2");
  const list = axes ?? options?.axes ?? [-2, -1];
  return forward(y, linesOf(y.ndim - 1, s, list, options, "rfft2"), "rfft2");
}

/**
 * The inverse of `rfft2`.
 *
 * @param s - elements of the result along each axis, or options
 * @example
 * ```ts
 * fft.irfft2([[[10, -2], [-4, 0]], [[0, 0], [0, 0]]]).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function irfft2(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions,
  options?: FftnOptions,
): Tensor {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "irfft2", "s axes norm");
  const y = packed(x, "irfft2");
  const list = axes ?? options?.axes ?? [-2, -1];
  return backward(y, linesOf(y.ndim - 1, s, list, options, "irfft2"), "irfft2");
}

/**
 * `rfft` along the last of several axes and `fft` along the others, by default of all axes.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.rfftn([[1, 2], [3, 4]])[0].toArray(); // [[10, -2], [-4, 0]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function rfftn(
  x: TensorLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions | null,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "rfftn", "s axes norm");
  const y = real(x, "rfftn");
  return forward(y, linesOf(y.ndim - 1, s, axes, options, "rfftn"), "rfftn");
}

/**
 * The inverse of `rfftn`.
 *
 * @param s - elements of the result along each axis, or options
 * @example
 * ```ts
 * fft.irfftn([[[10, -2], [-4, 0]], [[0, 0], [0, 0]]]).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function irfftn(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions | null,
  options?: FftnOptions,
): Tensor {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "irfftn", "s axes norm");
  const y = packed(x, "irfftn");
  return backward(y, linesOf(y.ndim - 1, s, axes, options, "irfftn"), "irfftn");
}

/** The scaling of the other direction. */
function swapped(norm: FftNorm | null | undefined): FftNorm {
  return norm === "ortho" ? norm : norm === "forward" ? "backward" : "forward";
}

/**
 * The Fourier transform of what has a real one: n real numbers from the first half of a line whose other
 * half is its mirrored conjugate.
 *
 * @param n - elements of the result, by default 2(m - 1) of m elements, or options
 * @example
 * ```ts
 * fft.hfft([1, 2, 3]).toArray(); // [8, -2, 0, -2]
 * ```
 * @throws if n is no integer ≥ 1 or there is no such axis, or if the two parts differ in shape
 */
export function hfft(
  x: ComplexLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Tensor {
  [n, axis, options] = trailing(n, axis, options);
  const who = "hfft";
  checkOptions(options, who, "n axis norm");
  const [re, im] = partsOf(x, who);
  const y = packed(im === undefined ? re : [re, negative(im)], who);
  const lines = single(y, n, axis, options, who);
  scaleOf(1, true, lines.norm, who);
  return backward(y, { ...lines, norm: swapped(lines.norm) }, who);
}

/**
 * The inverse of `hfft`: the first ⌊n/2⌋ + 1 elements, as real and imaginary part.
 *
 * @param n - elements that are transformed (x is cut, or zeros are put behind it), or options
 * @example
 * ```ts
 * fft.ihfft([8, -2, 0, -2])[0].toArray(); // [1, 2, 3]
 * ```
 * @throws if n is no integer ≥ 1, or if there is no such axis
 */
export function ihfft(
  x: TensorLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Complex {
  [n, axis, options] = trailing(n, axis, options);
  const who = "ihfft";
  checkOptions(options, who, "n axis norm");
  const y = real(x, who);
  const lines = single(y, n, axis, options, who);
  scaleOf(1, true, lines.norm, who);
  const [re, im] = forward(y, { ...lines, norm: swapped(lines.norm) }, who);
  return [re, negative(im)];
}
