// Running maxima and sums of exponentials. Each step doubles how far an element has looked back.
import {
  concatenate,
  divide,
  greaterEqual,
  isnan,
  lessEqual,
  logaddexp,
  logicalOr,
  takeAlongAxis,
  where,
} from "../../build/generated/ops.js";
import { places } from "../along.js";
import { toAxis } from "../axes.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";

/** x with the axis last, flattened without one. */
function lined(x: TensorLike, axis: number | null | undefined, who: string): [Tensor, number] {
  const t = toTensor(x, who);
  const flat = axis === undefined || axis === null;
  const from = flat ? t.reshape([-1]) : t;
  const at = flat ? 0 : toAxis(axis, from.ndim, who);
  return [from.swapaxes(at, -1), at];
}

/** Elements from `start` to `stop` along the last axis. */
function part(x: Tensor, start: number, stop: number): Tensor {
  return x.slice([...x.shape.slice(1).map(() => null), [start, stop]]);
}

/** The best element so far, by `keeps`, which says where the later one of two stays; and its place. */
function best(
  x: TensorLike,
  axis: number | null | undefined,
  keeps: (later: Tensor, earlier: Tensor) => Tensor,
  who: string,
): [Tensor, Tensor] {
  const [t, at] = lined(x, axis, who);
  const n = t.shape.at(-1)!;
  let value = stopGradient<Tensor>(t);
  let index = places(n).broadcastTo(t.shape);
  for (let by = 1; by < n; by *= 2) {
    const earlier = part(value, 0, n - by);
    const later = part(value, by, n);
    const stays = logicalOr(keeps(later, earlier), isnan(later));
    const step = (all: Tensor): Tensor => {
      const [a, b] = [part(all, 0, n - by), part(all, by, n)];
      return concatenate([part(all, 0, by), where(stays, b, a)], -1);
    };
    value = step(value);
    index = step(index);
  }
  return [takeAlongAxis(t, index, -1).swapaxes(at, -1), index.swapaxes(at, -1)];
}

/**
 * The largest element so far along an axis, of the flattened x without one, and its place (int32): the
 * last one of equal elements. NaN counts as largest. The derivative goes to the element at that place.
 *
 * @example
 * ```ts
 * cummax([1, 3, 2, 5]).map((x) => x.toArray()); // [[1, 3, 3, 5], [0, 1, 1, 3]]
 * ```
 * @throws if there is no such axis
 */
export function cummax(x: TensorLike, axis?: number | null): [values: Tensor, indices: Tensor] {
  return best(x, axis, greaterEqual, "cummax");
}

/**
 * The smallest element so far along an axis, of the flattened x without one, and its place (int32): the
 * last one of equal elements. NaN counts as smallest. The derivative goes to the element at that place.
 *
 * @example
 * ```ts
 * cummin([3, 1, 2, 0]).map((x) => x.toArray()); // [[3, 1, 1, 0], [0, 1, 1, 3]]
 * ```
 * @throws if there is no such axis
 */
export function cummin(x: TensorLike, axis?: number | null): [values: Tensor, indices: Tensor] {
  return best(x, axis, lessEqual, "cummin");
}

/**
 * log of the cumulative sums of exp(x) along an axis, of the flattened x without one, without overflow.
 *
 * @example
 * ```ts
 * logcumsumexp([1000, -Infinity, 1000 - 800]).toArray(); // [1000, 1000, 1000]
 * ```
 * @throws if there is no such axis
 */
export function logcumsumexp(x: TensorLike, axis?: number | null): Tensor {
  const [t, at] = lined(x, axis, "logcumsumexp");
  const n = t.shape.at(-1)!;
  let y = t.dtype.startsWith("float") ? t : divide(t, 1);
  for (let by = 1; by < n; by *= 2) {
    y = concatenate([part(y, 0, by), logaddexp(part(y, by, n), part(y, 0, n - by))], -1);
  }
  return y.swapaxes(at, -1);
}
