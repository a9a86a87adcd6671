// One name for two things that NumPy writes x[a:b]: the ranges of a tensor, and a range as an index.
import { slice as ranges } from "../../build/generated/ops.js";
import type { Range } from "../axes.js";
import type { TensorLike } from "../convert.js";
import { Slice } from "../indexing.js";
import type { Tensor } from "../tensor.js";

/**
 * Part of x: for each axis a range [start, stop, step], as Python slices count.
 *
 * @example
 * ```ts
 * slice([1, 2, 3, 4], [[1, null, 2]]).toArray(); // [2, 4]
 * ```
 */
export function slice(x: TensorLike, ranges: readonly Range[]): Tensor;
/**
 * An index for `x.at(…)`: from start on, by step, as far as stop; null leaves one out. Of one number
 * it is the stop, as in Python.
 *
 * @example
 * ```ts
 * tensor([1, 2, 3, 4]).at(slice(null, null, -2)).toArray(); // [4, 2]
 * ```
 */
export function slice(start: number | null, stop?: number | null, step?: number | null): Slice;
export function slice(
  x: TensorLike | null,
  y?: readonly Range[] | number | null,
  step?: number | null,
): Tensor | Slice {
  if (Array.isArray(y)) return ranges(x as TensorLike, y as readonly Range[]);
  const start = x as number | null;
  if (y === undefined) return new Slice(null, start, null);
  return new Slice(start, y as number | null, step ?? null);
}
