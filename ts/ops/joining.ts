// Tensors side by side, in NumPy's other ways to say it.
import { concatenate } from "../../build/generated/ops.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { atleast1d, atleast2d, atleast3d } from "./shapes.js";

function all(tensors: readonly TensorLike[], who: string): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${who}: needs a list of at least one tensor`);
  }
  return (tensors as readonly TensorLike[]).map((x) => toTensor(x, who));
}

/**
 * Tensors one below the other: along axis 0, vectors as rows.
 *
 * @example
 * ```ts
 * vstack([[1, 2], [3, 4]]).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @throws if shapes differ off axis 0
 */
export function vstack(tensors: readonly TensorLike[]): Tensor {
  return concatenate(
    all(tensors, "vstack").map((x) => atleast2d(x)),
    0,
  );
}

/**
 * The same as `vstack`.
 *
 * @example
 * ```ts
 * rowStack([[1, 2], [3, 4]]).shape; // [2, 2]
 * ```
 */
export function rowStack(tensors: readonly TensorLike[]): Tensor {
  return vstack(tensors);
}

/**
 * Tensors side by side: along axis 1, vectors along their only one.
 *
 * @example
 * ```ts
 * hstack([[1, 2], [3]]).toArray(); // [1, 2, 3]
 * ```
 * @throws if shapes differ off that axis
 */
export function hstack(tensors: readonly TensorLike[]): Tensor {
  const list = all(tensors, "hstack").map((x) => atleast1d(x));
  return concatenate(list, list[0]!.ndim === 1 ? 0 : 1);
}

/**
 * Tensors one behind the other: along axis 2, vectors as [1, n, 1] and matrices as [m, n, 1].
 *
 * @example
 * ```ts
 * dstack([[1, 2], [3, 4]]).toArray(); // [[[1, 3], [2, 4]]]
 * ```
 * @throws if shapes differ off axis 2
 */
export function dstack(tensors: readonly TensorLike[]): Tensor {
  return concatenate(
    all(tensors, "dstack").map((x) => atleast3d(x)),
    2,
  );
}

/**
 * Vectors as the columns of a matrix; matrices side by side.
 *
 * @example
 * ```ts
 * columnStack([[1, 2], [3, 4]]).toArray(); // [[1, 3], [2, 4]]
 * ```
 * @throws if the numbers of rows differ
 */
export function columnStack(tensors: readonly TensorLike[]): Tensor {
  const list = all(tensors, "columnStack").map((x) => (x.ndim < 2 ? x.reshape([-1, 1]) : x));
  return concatenate(list, 1);
}

/**
 * Values behind those of x along an axis; without one both are flattened first.
 *
 * @example
 * ```ts
 * append([1, 2], [[3], [4]]).toArray(); // [1, 2, 3, 4]
 * ```
 * @throws if there is no such axis, or if shapes differ off it
 */
export function append(x: TensorLike, values: TensorLike, axis?: number | null): Tensor {
  const list = all([x, values], "append");
  if (axis !== undefined && axis !== null) return concatenate(list, axis);
  return concatenate(list.map((t) => t.reshape([-1])));
}
