// Tensors side by side, in NumPy's other ways to say it.
import { concatenate } from "../../build/generated/ops.js";
import { toAxis } from "../axes.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { atleast1d, atleast2d, atleast3d } from "./shapes.js";

function all(tensors: readonly TensorLike[], who: string): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new TypeError(`${who}: needs a list of at least one tensor`);
  }
  return unrounded(who, ...(tensors as readonly TensorLike[])).map((x) => toTensor(x, who));
}

function below(tensors: readonly TensorLike[], who: string): Tensor {
  return joined(
    all(tensors, who).map((x) => atleast2d(x)),
    0,
    who,
  );
}

/** Tensors along an axis, by another name than `concatenate`. */
function joined(list: readonly Tensor[], axis: number, who: string): Tensor {
  const first = list[0]!.shape;
  for (const { shape } of list) {
    if (
      shape.length !== first.length ||
      shape.some((d, i) => d !== first[i] && i !== toAxis(axis, shape.length, who))
    ) {
      throw new RangeError(
        `${who}: shapes differ off axis ${axis}: ${shapeText(first)} and ${shapeText(shape)}`,
      );
    }
  }
  return concatenate(list, toAxis(axis, first.length, who));
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
  return below(tensors, "vstack");
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
  return below(tensors, "rowStack");
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
  return joined(list, list[0]!.ndim === 1 ? 0 : 1, "hstack");
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
  return joined(
    all(tensors, "dstack").map((x) => atleast3d(x)),
    2,
    "dstack",
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
  return joined(list, 1, "columnStack");
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
  if (axis !== undefined && axis !== null) return joined(list, axis, "append");
  return concatenate(list.map((t) => t.reshape([-1])));
}
