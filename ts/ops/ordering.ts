// Values in order, by the rows that say where they stand.
import { argsort, takeAlongAxis } from "../../build/generated/ops.js";
import type { AlongOptions } from "../along.js";
import { toAxis } from "../axes.js";
import { toNumbers } from "../arguments.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { slot, slotsOf, tensorOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { checkOptions, trailing } from "../options.js";

function sorted(x: TensorLike, axis: number | null, who: string, options?: SortOptions): Tensor {
  const given = toTensor(x, who);
  const t = axis === null ? given.reshape([-1]) : given;
  const at = toAxis(axis ?? 0, t.ndim, who);
  return takeAlongAxis(t, argsort(t, at, options), at);
}

/** Options of {@link sort} and of `argsort`. */
export type SortOptions = Pick<AlongOptions, "descending" | "stable">;

/**
 * x in rising order along an axis (null: flattened); NaN comes last (with
 * `descending`, first). Equal elements keep their order.
 *
 * @example
 * ```ts
 * sort([3, 1, 2]).toArray(); // [1, 2, 3]
 * ```
 * @throws if there is no such axis
 */
export function sort(
  x: TensorLike,
  axis?: number | SortOptions | null,
  options?: SortOptions,
): Tensor {
  [axis = -1, options] = trailing(axis, options);
  checkOptions(options, "sort", "descending stable");
  return sorted(x, axis, "sort", options);
}

/**
 * `sort` along axis 0.
 *
 * @example
 * ```ts
 * msort([[3, 1], [2, 4]]).toArray(); // [[2, 1], [3, 4]]
 * ```
 */
export function msort(x: TensorLike): Tensor {
  return sorted(x, 0, "msort");
}

function checkKth(
  x: TensorLike,
  kth: number | readonly number[],
  axis: number | null,
  who: string,
): void {
  const t = toTensor(x, who);
  const n = axis === null ? t.size : t.shape[toAxis(axis, t.ndim, who)]!;
  for (const k of toNumbers(kth, "kth", who)) {
    if (!Number.isInteger(k) || k < -n || k >= n) {
      throw new RangeError(`${who}: kth is ${describe(k)}, where the axis has size ${n}`);
    }
  }
}

/**
 * x ordered so far along an axis that element kth is in its place, smaller ones before and larger ones
 * behind it. (Here they are sorted, which is one such order.)
 *
 * @example
 * ```ts
 * partition([3, 1, 2], 1).at(1).item(); // 2
 * ```
 * @throws if there is no such axis or element
 */
export function partition(
  x: TensorLike,
  kth: number | readonly number[],
  axis: number | null = -1,
): Tensor {
  checkKth(x, kth, axis, "partition");
  return sorted(x, axis, "partition");
}

/**
 * Places of the elements in the order of `partition`, int32.
 *
 * @example
 * ```ts
 * argpartition([30, 10, 20], 0).at(0).item(); // 1
 * ```
 * @throws if there is no such axis or element
 */
export function argpartition(
  x: TensorLike,
  kth: number | readonly number[],
  axis: number | null = -1,
): Tensor {
  checkKth(x, kth, axis, "argpartition");
  return argsort(x, axis);
}

/** Options of {@link topK}. */
export interface TopKOptions {
  /** The largest elements, or else the smallest. Default true. */
  largest?: boolean;
}

/** So few are found without sorting the others. */
const FEW = 16;

/**
 * The k largest elements along an axis, in falling order, and their places (int32). With
 * `largest: false` the smallest, in rising order. Of equal elements the first ones count; NaN is
 * larger than everything.
 *
 * @example
 * ```ts
 * topK([3, 1, 2], 2)[0].toArray(); // [3, 2]
 * ```
 * @throws if there is no such axis, or if k is more than its size
 */
export function topK(
  x: TensorLike,
  k: number,
  axis?: number | TopKOptions,
  options?: TopKOptions,
): [Tensor, Tensor] {
  [axis = -1, options] = trailing(axis, options);
  const who = "topK";
  checkOptions(options, who, "largest");
  const t = toTensor(x, who);
  const at = toAxis(axis, t.ndim, who);
  const n = t.shape[at]!;
  if (!Number.isInteger(k) || k < 0 || k > n) {
    throw new RangeError(`${who}: k is ${describe(k)}, where the axis has size ${n}`);
  }
  const largest = options?.largest !== false;
  const places =
    k > FEW
      ? argsort(t, at, { descending: largest }).slice([
          ...t.shape.slice(0, at).map(() => null),
          [0, k],
        ])
      : tensorOf(() => wasm.core().foremost(slot(t), at, k, largest), who);
  return [takeAlongAxis(t, places, at), places];
}

/** Places of values among sorted ones. */
export function searched(sorted: Tensor, values: Tensor, right: boolean, who: string): Tensor {
  if (sorted.ndim !== 1) throw new RangeError(`${who}: needs one axis, not ${sorted.ndim}`);
  const flat = values.reshape([-1]);
  const found = tensorOf(() => {
    const [a, b] = slotsOf([sorted, flat], who) as [number, number];
    return wasm.core().searchSorted(a, b, right);
  }, who);
  return found.reshape(values.shape);
}

/** Options of {@link searchsorted}. */
export interface SearchOptions {
  /** "left": before equal elements; "right": behind them. Default "left". */
  side?: "left" | "right";
  /** Places that sort x, if it is not sorted. */
  sorter?: TensorLike;
}

/**
 * Where values would have to be inserted into x, a sorted vector, int32.
 *
 * @example
 * ```ts
 * searchsorted([10, 20, 30], [5, 20, 99]).toArray(); // [0, 1, 3]
 * ```
 * @throws if x does not have one axis
 */
export function searchsorted(
  x: TensorLike,
  values: TensorLike,
  options: SearchOptions | "left" | "right" = {},
): Tensor {
  const who = "searchsorted";
  [x, values] = unrounded(who, x, values);
  if (typeof options !== "string") checkOptions(options, who, "side sorter");
  const { side = "left", sorter } = typeof options === "string" ? { side: options } : options;
  if (side !== "left" && side !== "right") {
    throw new RangeError(`${who}: side is ${describe(side)}, not "left" or "right"`);
  }
  const t = toTensor(x, who);
  const ordered = sorter === undefined ? t : takeAlongAxis(t, sorter, 0);
  return searched(ordered, toTensor(values, who), side === "right", who);
}
