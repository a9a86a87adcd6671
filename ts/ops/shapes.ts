// Axes added, moved and asked for.
import { reshape } from "../../build/generated/ops.js";
import { broadcastOf, toAxes, toAxis } from "../axes.js";
import { together, toShape, toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";

/**
 * x as a vector, in row-major order.
 *
 * @example
 * ```ts
 * ravel([[1, 2], [3, 4]]).toArray(); // [1, 2, 3, 4]
 * ```
 */
export function ravel(x: TensorLike): Tensor {
  return reshape(x, -1);
}

/**
 * The same as `ravel`.
 *
 * @example
 * ```ts
 * flatten([[1, 2], [3, 4]]).shape; // [4]
 * ```
 */
export function flatten(x: TensorLike): Tensor {
  return reshape(x, -1);
}

/**
 * x with axes moved to other places; the others keep their order.
 *
 * @example
 * ```ts
 * moveaxis(zeros([2, 3, 4]), 0, -1).shape; // [3, 4, 2]
 * ```
 * @throws if an axis does not exist or is named twice, or if the lists differ in length
 */
export function moveaxis(
  x: TensorLike,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const who = "moveaxis";
  const t = toTensor(x, who);
  const rank = t.ndim;
  const from = toAxes(source, who).map((axis) => toAxis(axis, rank, who));
  const to = toAxes(destination, who).map((axis) => toAxis(axis, rank, who));
  if (from.length !== to.length) {
    throw new RangeError(`${who}: ${from.length} axes do not go to ${to.length} places`);
  }
  if (new Set(from).size < from.length || new Set(to).size < to.length) {
    throw new RangeError(`${who}: an axis is named twice in [${from.join()}] or [${to.join()}]`);
  }
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => !from.includes(axis),
  );
  return t.transpose(
    Array.from({ length: rank }, (_, axis) => {
      const i = to.indexOf(axis);
      return i < 0 ? rest.shift()! : from[i]!;
    }),
  );
}

/**
 * x with one axis moved back until it stands before the axis `start`.
 *
 * @example
 * ```ts
 * rollaxis(zeros([2, 3, 4]), 2).shape; // [4, 2, 3]
 * ```
 * @throws if there is no such axis
 */
export function rollaxis(x: TensorLike, axis: number, start = 0): Tensor {
  const who = "rollaxis";
  const t = toTensor(x, who);
  const from = toAxis(axis, t.ndim, who);
  const before = start === t.ndim ? start : toAxis(start, t.ndim, who);
  return moveaxis(t, from, from < before ? before - 1 : before);
}

type Each<T extends readonly TensorLike[]> = T extends readonly [TensorLike] ? Tensor : Tensor[];

function each<T extends readonly TensorLike[]>(
  list: T,
  who: string,
  shape: (own: number[]) => number[],
): Each<T> {
  const results = list.map((x) => {
    const t = toTensor(x, who);
    return t.reshape(shape(t.shape));
  });
  return (results.length === 1 ? results[0] : results) as Each<T>;
}

/**
 * Tensors with at least one axis: 0-d ones get it. One gives a tensor, several a list.
 *
 * @example
 * ```ts
 * atleast1d(3).shape; // [1]
 * ```
 */
export function atleast1d<T extends readonly TensorLike[]>(...tensors: T): Each<T> {
  return each(tensors, "atleast1d", (own) => (own.length === 0 ? [1] : own));
}

/**
 * Tensors with at least two axes; those that are missing come first.
 *
 * @example
 * ```ts
 * atleast2d([1, 2, 3]).shape; // [1, 3]
 * ```
 */
export function atleast2d<T extends readonly TensorLike[]>(...tensors: T): Each<T> {
  return each(tensors, "atleast2d", (own) => (own.length < 2 ? [1, ...atLeastOne(own)] : own));
}

/**
 * Tensors with at least three axes: [n] becomes [1, n, 1], [m, n] becomes [m, n, 1].
 *
 * @example
 * ```ts
 * atleast3d([1, 2]).shape; // [1, 2, 1]
 * ```
 */
export function atleast3d<T extends readonly TensorLike[]>(...tensors: T): Each<T> {
  return each(tensors, "atleast3d", (own) => {
    if (own.length > 2) return own;
    return own.length === 2 ? [...own, 1] : [1, ...atLeastOne(own), 1];
  });
}

function atLeastOne(shape: number[]): number[] {
  return shape.length === 0 ? [1] : shape;
}

/**
 * The shape that shapes broadcast to.
 *
 * @example
 * ```ts
 * broadcastShapes([3, 1], [4]); // [3, 4]
 * ```
 * @throws if they do not
 */
export function broadcastShapes(...shapes: (readonly number[] | number)[]): number[] {
  return broadcastOf(
    shapes.map((shape) => toShape(shape, "broadcastShapes")),
    "broadcastShapes",
  );
}

/**
 * Tensors repeated to their common shape.
 *
 * @example
 * ```ts
 * broadcastArrays([1, 2], [[0], [0]])[0]!.toArray(); // [[1, 2], [1, 2]]
 * ```
 * @throws if their shapes do not broadcast
 */
export function broadcastArrays(...tensors: TensorLike[]): Tensor[] {
  const list = together("broadcastArrays", ...tensors);
  const shape = broadcastOf(
    list.map((x) => x.shape),
    "broadcastArrays",
  );
  return list.map((x) => x.broadcastTo(shape));
}

/**
 * Sizes of the axes of x.
 *
 * @example
 * ```ts
 * shape([[1, 2, 3]]); // [1, 3]
 * ```
 */
export function shape(x: TensorLike): number[] {
  return toTensor(x, "shape").shape;
}

/**
 * Number of axes of x.
 *
 * @example
 * ```ts
 * ndim([[1, 2, 3]]); // 2
 * ```
 */
export function ndim(x: TensorLike): number {
  return toTensor(x, "ndim").ndim;
}

/**
 * Number of elements of x, or its size along one axis.
 *
 * @example
 * ```ts
 * size([[1, 2, 3]], 1); // 3
 * ```
 * @throws if there is no such axis
 */
export function size(x: TensorLike, axis?: number | null): number {
  const t = toTensor(x, "size");
  return axis === undefined || axis === null ? t.size : t.shape[toAxis(axis, t.ndim, "size")]!;
}
