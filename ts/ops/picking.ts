// Elements taken out, put in, or put elsewhere, by places that are known.
import { concatenate, take } from "../../build/generated/ops.js";
import { places, toIndex } from "../along.js";
import { broadcastOf, toAxis } from "../axes.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import { isHandle } from "../handle.js";
import { Slice } from "../indexing.js";
import type { Tensor } from "../tensor.js";
import { nonzeroOf } from "./nonzero.js";
import { moveaxis } from "./shapes.js";

function flatOr(x: TensorLike, axis: number | null | undefined, who: string): [Tensor, number] {
  const t = toTensor(x, who);
  if (axis === undefined || axis === null) return [t.reshape([-1]), 0];
  return [t, toAxis(axis, t.ndim, who)];
}

/**
 * The parts of x along an axis (of the flattened x without one) for which a condition, a vector, holds.
 *
 * @example
 * ```ts
 * compress([true, false, true], [1, 2, 3]).toArray(); // [1, 3]
 * ```
 * @throws if the condition is no vector, holds where x has no part, or is mapped by vmap
 */
export function compress(condition: TensorLike, x: TensorLike, axis?: number | null): Tensor {
  const who = "compress";
  const [t, at] = flatOr(x, axis, who);
  const mask = toTensor(condition, who);
  if (mask.ndim !== 1)
    throw new RangeError(`${who}: a condition is a vector, not ${mask.ndim} axes`);
  return take(t, nonzeroOf(mask, who)[0]!, at);
}

/**
 * The elements of x for which the condition holds; both are flattened.
 *
 * @example
 * ```ts
 * extract([[true, false], [false, true]], [[1, 2], [3, 4]]).toArray(); // [1, 4]
 * ```
 * @throws if the condition holds where x has no element, or is mapped by vmap
 */
export function extract(condition: TensorLike, x: TensorLike): Tensor {
  const mask = toTensor(condition, "extract").reshape([-1]);
  const flat = toTensor(x, "extract").reshape([-1]);
  return take(flat, nonzeroOf(mask, "extract")[0]!);
}

/** Places that an index of one axis of size n means. */
function placesOf(index: TensorLike | Slice, n: number, most: number, who: string): number[] {
  if (index instanceof Slice) {
    return Array.from(places(n).at(index).data());
  }
  const isMask = Array.isArray(index) && typeof index[0] === "boolean";
  const given = isHandle(index) ? index : isMask ? toTensor(index, who) : undefined;
  if (given?.dtype === "bool") {
    if (given.size !== n) {
      throw new RangeError(`${who}: a mask of ${given.size} for an axis of size ${n}`);
    }
    return Array.from(nonzeroOf(given.reshape([-1]), who)[0]!.data());
  }
  const list = typeof index === "number" ? [index] : Array.from(toIndex(index, who).data());
  return list.map((i) => {
    if (!Number.isInteger(i) || i < -n || i >= most) {
      throw new RangeError(`${who}: no index ${describe(i)} along an axis of size ${n}`);
    }
    return i < 0 ? i + n : i;
  });
}

/**
 * x without the parts at an index along an axis, of the flattened x without one. (NumPy's `delete`.) The
 * index is an integer, several of them, a range (`slice(1, 3)`) or a mask.
 *
 * @example
 * ```ts
 * deleteAt([1, 2, 3, 4], [0, 2]).toArray(); // [2, 4]
 * ```
 * @throws if an index is out of bounds
 */
export function deleteAt(x: TensorLike, index: TensorLike | Slice, axis?: number | null): Tensor {
  const who = "deleteAt";
  const [t, at] = flatOr(x, axis, who);
  const n = t.shape[at]!;
  const gone = new Set(placesOf(index, n, n, who));
  const kept = Array.from({ length: n }, (_, i) => i).filter((i) => !gone.has(i));
  return take(t, Int32Array.from(kept), at);
}

/**
 * x with values put in before an index along an axis, of the flattened x without one. The index is an
 * integer, before which all values go, or several of them, each with its own part of the values. The
 * result has the dtype of x.
 *
 * @example
 * ```ts
 * insert([1, 2, 3], 1, 9).toArray(); // [1, 9, 2, 3]
 * ```
 * @throws if an index is out of bounds, or if values do not broadcast
 */
export function insert(
  x: TensorLike,
  index: TensorLike | Slice,
  values: TensorLike,
  axis?: number | null,
): Tensor {
  const who = "insert";
  [x, values] = unrounded(who, x, values);
  const [t, at] = flatOr(x, axis, who);
  const n = t.shape[at]!;
  const before = placesOf(index, n, n + 1, who);
  const given = toTensor(values, who).astype(t.dtype);
  const missing = t.ndim - given.ndim;
  let v =
    missing > 0 ? given.reshape([...new Array<number>(missing).fill(1), ...given.shape]) : given;
  if (typeof index === "number") v = moveaxis(v, 0, at);
  const count = before.length === 1 ? v.shape[at]! : before.length;
  const room = t.shape.map((d, i) => (i === at ? count : d));
  v = v.broadcastTo(broadcastOf([v.shape, room], who));
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (i, j) => before[before.length === 1 ? 0 : i]! - before[before.length === 1 ? 0 : j]!,
  );
  const source: number[] = [];
  let next = 0;
  for (let i = 0; i <= n; i++) {
    while (next < count && before[before.length === 1 ? 0 : order[next]!] === i) {
      source.push(n + order[next++]!);
    }
    if (i < n) source.push(i);
  }
  return take(concatenate([t, v], at), Int32Array.from(source), at);
}

/**
 * x with values in the places that indices name along an axis: `takeAlongAxis` the other way round. It
 * returns a new tensor, of the dtype of x. Of several values for one element the last one counts.
 *
 * @example
 * ```ts
 * putAlongAxis([[1, 2], [3, 4]], [[1], [0]], 9, 1).toArray(); // [[1, 9], [9, 4]]
 * ```
 * @throws if indices are out of bounds, or if shapes do not broadcast
 */
export function putAlongAxis(
  x: TensorLike,
  indices: TensorLike,
  values: TensorLike,
  axis?: number | null,
): Tensor {
  const who = "putAlongAxis";
  [x, values] = unrounded(who, x, values);
  const [t, at] = flatOr(x, axis, who);
  const flat = axis === undefined || axis === null;
  const given = flat ? toIndex(indices, who).reshape([-1]) : toIndex(indices, who);
  if (given.ndim !== t.ndim) {
    throw new RangeError(`${who}: indices have ${given.ndim} axes, x has ${t.ndim}`);
  }
  const grid = t.shape.map((d, i) =>
    i === at ? given : places(d).reshape(t.shape.map((_, k) => (k === i ? -1 : 1))),
  );
  const shape = broadcastOf(
    grid.map((index) => index.shape),
    who,
  );
  if (shape.some((d, i) => i !== at && d !== t.shape[i])) {
    throw new RangeError(
      `${who}: indices of shape ${shapeText(given.shape)} do not suit x of ${shapeText(t.shape)}`,
    );
  }
  const y = t.set(grid, toTensor(values, who).broadcastTo(shape));
  return flat ? y.reshape(toTensor(x, who).shape) : y;
}
