// Elements more than once.
import { reshape, take } from "../../build/generated/ops.js";
import { toCount, toNumbers } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { toAxis } from "../axes.js";
import type { Tensor } from "../tensor.js";

function checkCount(n: unknown, who: string): void {
  if (typeof n !== "number" || !Number.isInteger(n) || n < 0) {
    throw new RangeError(`${who}: ${describe(n)} is not a number of repetitions`);
  }
}

/**
 * Every element of x so many times in a row, along an axis or of the flattened x. A list says it for
 * each element of the axis.
 *
 * @example
 * ```ts
 * repeat([1, 2], 2).toArray(); // [1, 1, 2, 2]
 * ```
 * @throws if a number is negative, or if there are not as many as the axis is long
 */
export function repeat(x: TensorLike, repeats: TensorLike, axis?: number | null): Tensor {
  const who = "repeat";
  const flat = axis === undefined || axis === null;
  const t = flat ? reshape(toTensor(x, who), -1) : toTensor(x, who);
  const at = toAxis(axis ?? 0, t.ndim, who);
  const n = t.shape[at]!;
  const counts = typeof repeats === "number" ? [repeats] : toTensor(repeats, who).data();
  for (const count of counts) checkCount(count, who);
  if (counts.length !== n && counts.length !== 1) {
    throw new RangeError(`${who}: ${counts.length} numbers for an axis of size ${n}`);
  }
  const times = (i: number): number => counts[counts.length === 1 ? 0 : i]!;
  let total = 0;
  for (let i = 0; i < n; i++) total += times(i);
  toCount(total, "the number of elements", who);
  const index: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let k = times(i); k > 0; k--) index.push(i);
  }
  return take(t, Int32Array.from(index), at);
}

/**
 * x so many times side by side, along each of its axes; the numbers are aligned to the last axes.
 *
 * @example
 * ```ts
 * tile([1, 2], [2, 2]).toArray(); // [[1, 2, 1, 2], [1, 2, 1, 2]]
 * ```
 * @throws if a number is negative
 */
export function tile(x: TensorLike, reps: number | readonly number[]): Tensor {
  const who = "tile";
  const t = toTensor(x, who);
  const counts = toNumbers(reps, "reps", who);
  for (const count of counts) checkCount(count, who);
  const rank = Math.max(t.ndim, counts.length);
  let y = t.reshape([...new Array<number>(rank - t.ndim).fill(1), ...t.shape]);
  counts.forEach((count, i) => {
    const axis = rank - counts.length + i;
    const n = y.shape[axis]!;
    if (count === 1) return;
    toCount(n * count, "the size of an axis", who);
    y = take(
      y,
      Int32Array.from({ length: n * count }, (_, k) => k % n),
      axis,
    );
  });
  return y;
}
