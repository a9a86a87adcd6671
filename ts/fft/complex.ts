// Transforms of complex numbers into complex numbers.
import type { Tensor } from "../tensor.js";
import { lineOf, linesOf, type FftnOptions, type FftOptions, type Lines } from "./arguments.js";
import {
  checkLength,
  lengthOf,
  packed,
  resized,
  scaled,
  scaleOf,
  transformed,
  unpacked,
  type Complex,
  type ComplexLike,
} from "./parts.js";
import { checkOptions, trailing } from "../options.js";

/** The sizes of x in the place of -1: an axis may be named twice. */
export function settled(lines: Lines, x: Tensor): Lines {
  return { ...lines, s: lines.s.map((n, i) => (n === -1 ? lengthOf(x, lines.axes[i]!) : n)) };
}

/** Transforms along all axes of `lines`, the last first, and scales. */
export function throughAxes(
  x: Tensor,
  { s, axes, norm }: Lines,
  inverse: boolean,
  who: string,
): Tensor {
  let y = x;
  let scale = 1;
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i]!;
    const n = checkLength(s[i]!, who);
    y = transformed(resized(y, axis, n), axis, inverse, who);
    scale *= scaleOf(n, inverse, norm, who);
  }
  return scaled(y, scale);
}

function several(
  x: ComplexLike,
  s: readonly number[] | null | undefined,
  axes: number | readonly number[] | null | undefined,
  options: FftnOptions | undefined,
  inverse: boolean,
  who: string,
): Complex {
  const y = packed(x, who);
  const lines = settled(linesOf(y.ndim - 1, s, axes, options, who), y);
  return unpacked(throughAxes(y, lines, inverse, who));
}

function one(
  x: ComplexLike,
  n: number | null | undefined,
  axis: number | undefined,
  options: FftOptions | undefined,
  inverse: boolean,
  who: string,
): Complex {
  const y = packed(x, who);
  const line = lineOf(y.ndim - 1, n, axis, options, who);
  const lines = settled({ s: [line.n ?? -1], axes: [line.axis], norm: line.norm }, y);
  return unpacked(throughAxes(y, lines, inverse, who));
}

/**
 * The discrete Fourier transform Σ x[j]·exp(-2πi jk/n) along an axis: real and imaginary part, of x's
 * shape but for n elements along the axis. x is a real tensor, or a pair of real and imaginary part.
 * Any n takes O(n log n) steps.
 *
 * @param n - elements that are transformed (x is cut, or zeros are put behind it), or options
 * @example
 * ```ts
 * fft.fft([1, 0, 0, 0]).map((x) => x.toArray()); // [[1, 1, 1, 1], [0, 0, 0, 0]]
 * ```
 * @throws if n is no integer ≥ 1 or there is no such axis, or if the two parts differ in shape
 */
export function fft(
  x: ComplexLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Complex {
  [n, axis, options] = trailing(n, axis, options);
  checkOptions(options, "fft", "n axis norm");
  return one(x, n, axis, options, false, "fft");
}

/**
 * The inverse of `fft`: Σ x[k]·exp(2πi jk/n) / n.
 *
 * @param n - elements that are transformed (x is cut, or zeros are put behind it), or options
 * @example
 * ```ts
 * fft.ifft([1, 1, 1, 1]).map((x) => x.toArray()); // [[1, 0, 0, 0], [0, 0, 0, 0]]
 * ```
 * @throws if n is no integer ≥ 1 or there is no such axis, or if the two parts differ in shape
 */
export function ifft(
  x: ComplexLike,
  n?: number | FftOptions | null,
  axis?: number | FftOptions,
  options?: FftOptions,
): Complex {
  [n, axis, options] = trailing(n, axis, options);
  checkOptions(options, "ifft", "n axis norm");
  return one(x, n, axis, options, true, "ifft");
}

/**
 * `fft` along several axes, by default the last two.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.fft2([[1, 0], [0, 0], [0, 0]])[0].toArray(); // [[1, 1], [1, 1], [1, 1]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function fft2(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "fft2", "s axes norm");
  return several(x, s, axes ?? options?.axes ?? [-2, -1], options, false, "fft2");
}

/**
 * The inverse of `fft2`.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.ifft2([[1, 1], [1, 1], [1, 1]])[0].toArray(); // [[1, 0], [0, 0], [0, 0]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function ifft2(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "ifft2", "s axes norm");
  return several(x, s, axes ?? options?.axes ?? [-2, -1], options, true, "ifft2");
}

/**
 * `fft` along several axes, by default all of them. An axis that is named twice is transformed twice.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.fftn([[1, 0], [0, 0], [0, 0]])[0].toArray(); // [[1, 1], [1, 1], [1, 1]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function fftn(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions | null,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "fftn", "s axes norm");
  return several(x, s, axes, options, false, "fftn");
}

/**
 * The inverse of `fftn`.
 *
 * @param s - elements along each axis, or options
 * @example
 * ```ts
 * fft.ifftn([[1, 1], [1, 1], [1, 1]])[0].toArray(); // [[1, 0], [0, 0], [0, 0]]
 * ```
 * @throws if a size is no integer ≥ 1, if there is no such axis, or if sizes and axes differ in number
 */
export function ifftn(
  x: ComplexLike,
  s?: readonly number[] | FftnOptions | null,
  axes?: number | readonly number[] | FftnOptions | null,
  options?: FftnOptions,
): Complex {
  [s, axes, options] = trailing(s, axes, options);
  checkOptions(options, "ifftn", "s axes norm");
  return several(x, s, axes, options, true, "ifftn");
}
