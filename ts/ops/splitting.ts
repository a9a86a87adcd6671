// A tensor in parts.
import { toAxis, type Range } from "../axes.js";
import { toCount, toList } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";

/** Where parts end: between every two places, or after so many parts of (nearly) one size. */
function cut(
  x: TensorLike,
  parts: number | readonly number[],
  axis: number,
  even: boolean,
  who: string,
): Tensor[] {
  const t = toTensor(x, who);
  const at = toAxis(axis, t.ndim, who);
  const size = t.shape[at]!;
  let places: readonly number[];
  if (typeof parts === "number") {
    toCount(parts, "the number of parts", who, 1, 2 ** 24);
    if (even && size % parts !== 0) {
      throw new RangeError(
        `${who}: axis ${at} of size ${size} does not divide into ${parts} parts`,
      );
    }
    const small = Math.floor(size / parts);
    places = Array.from(
      { length: parts - 1 },
      (_, i) => small * (i + 1) + Math.min(i + 1, size % parts),
    );
  } else {
    places = toList(parts, "the list of places", who);
    for (const place of places) {
      if (!Number.isInteger(place))
        throw new TypeError(`${who}: ${describe(place)} is not a place`);
    }
  }
  const whole: Range[] = t.shape.slice(0, at).map(() => null);
  return [...places, size].map((end, i) =>
    t.slice([...whole, [i === 0 ? 0 : places[i - 1]!, end]]),
  );
}

/**
 * Parts of x along an axis: so many of one size, or between the given places.
 *
 * @example
 * ```ts
 * split([1, 2, 3, 4], 2).map((part) => part.toArray()); // [[1, 2], [3, 4]]
 * ```
 * @throws if the axis does not divide into so many parts
 */
export function split(x: TensorLike, parts: number | readonly number[], axis = 0): Tensor[] {
  return cut(x, parts, axis, true, "split");
}

/**
 * As `split`, but the first parts may be longer by one.
 *
 * @example
 * ```ts
 * arraySplit([1, 2, 3], 2).map((part) => part.size); // [2, 1]
 * ```
 * @throws if there is no such axis
 */
export function arraySplit(x: TensorLike, parts: number | readonly number[], axis = 0): Tensor[] {
  return cut(x, parts, axis, false, "arraySplit");
}

function atLeast(x: TensorLike, axes: number, who: string): Tensor {
  const t = toTensor(x, who);
  if (t.ndim < axes) throw new RangeError(`${who}: needs ${axes} axes, x has ${t.ndim}`);
  return t;
}

/**
 * `split` along axis 0 of at least two.
 *
 * @example
 * ```ts
 * vsplit([[1, 2], [3, 4]], 2).map((part) => part.shape); // [[1, 2], [1, 2]]
 * ```
 */
export function vsplit(x: TensorLike, parts: number | readonly number[]): Tensor[] {
  return cut(atLeast(x, 2, "vsplit"), parts, 0, true, "vsplit");
}

/**
 * `split` along axis 1, or the only one.
 *
 * @example
 * ```ts
 * hsplit([[1, 2], [3, 4]], 2).map((part) => part.shape); // [[2, 1], [2, 1]]
 * ```
 */
export function hsplit(x: TensorLike, parts: number | readonly number[]): Tensor[] {
  const t = atLeast(x, 1, "hsplit");
  return cut(t, parts, t.ndim > 1 ? 1 : 0, true, "hsplit");
}

/**
 * `split` along axis 2 of at least three.
 *
 * @example
 * ```ts
 * dsplit(zeros([2, 2, 4]), 2).map((part) => part.shape); // [[2, 2, 2], [2, 2, 2]]
 * ```
 */
export function dsplit(x: TensorLike, parts: number | readonly number[]): Tensor[] {
  return cut(atLeast(x, 3, "dsplit"), parts, 2, true, "dsplit");
}
