// Places in grids, as indices: x.at(...) and x.set([...], …) take them.
import { places, toIndex } from "../along.js";
import { describe, toShape, toTensor, type TensorLike } from "../convert.js";
import { dtypeCode, type Dtype } from "../dtype.js";
import { isHandle } from "../handle.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { stack } from "../../build/generated/ops.js";
import { zeros } from "../create.js";
import { trilIndices, triuIndices } from "./diagonals.js";
import { nonzeroOf } from "./nonzero.js";

/** Options of {@link indices}. */
export interface IndicesOptions {
  /** Default int32. */
  dtype?: Dtype;
  /** One tensor for each axis, of size 1 along the others. Default false. */
  sparse?: boolean;
}

/** A vector along one axis of so many. */
function along(x: Tensor, axis: number, rank: number): Tensor {
  return x.reshape(Array.from({ length: rank }, (_, i) => (i === axis ? x.size : 1)));
}

/**
 * The places of all elements of a shape: for each axis, along a new first one, the index of every element.
 *
 * @example
 * ```ts
 * indices([2, 2]).toArray(); // [[[0, 0], [1, 1]], [[0, 1], [0, 1]]]
 * ```
 * @throws if the shape is none
 */
export function indices(
  dimensions: readonly number[],
  options?: IndicesOptions & { sparse?: false },
): Tensor;
/**
 * The places of all elements of a shape, a tensor for each axis that broadcasts with the others.
 *
 * @example
 * ```ts
 * indices([2, 3], { sparse: true }).map((x) => x.shape); // [[2, 1], [1, 3]]
 * ```
 * @throws if the shape is none
 */
export function indices(
  dimensions: readonly number[],
  options: IndicesOptions & { sparse: true },
): Tensor[];
export function indices(
  dimensions: readonly number[],
  options: IndicesOptions = {},
): Tensor | Tensor[] {
  const who = "indices";
  checkOptions(options, who, "dtype sparse");
  const { dtype = "int32", sparse = false } = options;
  dtypeCode(dtype, who);
  const shape = toShape(dimensions, who);
  const each = shape.map((n, i) => along(places(n).astype(dtype), i, shape.length));
  if (sparse) return each;
  if (shape.length === 0) return zeros([0], { dtype });
  return stack(each.map((x) => x.broadcastTo(shape)));
}

/**
 * Indices, int32, that name all combinations: of each sequence of integers, or of the places where a mask
 * holds, one that runs along an axis of its own.
 *
 * @example
 * ```ts
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.at(...ix_([0, 1], [0, 2])).toArray(); // [[1, 3], [4, 6]]
 * ```
 * @throws if a sequence has not one axis, or is neither of integers nor of bools, or for masks inside vmap
 */
export function ix_(...sequences: TensorLike[]): Tensor[] {
  const who = "ix_";
  return sequences.map((sequence, i) => {
    const mask = isHandle(sequence)
      ? sequence.dtype === "bool"
      : Array.isArray(sequence) && typeof sequence[0] === "boolean";
    const given = mask ? toTensor(sequence, who) : toIndex(sequence, who);
    if (given.ndim !== 1) {
      throw new RangeError(`${who}: sequence ${i} has ${given.ndim} axes, not one`);
    }
    return along(mask ? nonzeroOf(given, who)[0]! : given, i, sequences.length);
  });
}

/** Rows and columns of a matrix. */
function sides(x: TensorLike, who: string): [number, number] {
  const { shape } = toTensor(x, who);
  if (shape.length === 2) return shape as [number, number];
  throw new RangeError(`${who}: needs a matrix, x has ${shape.length} axes`);
}

function toOffset(k: unknown, who: string): number {
  if (typeof k === "number" && Number.isInteger(k)) return k;
  throw new TypeError(`${who}: ${describe(k)} is not the number of a diagonal`);
}

/**
 * Rows and columns, int32, of the elements of a matrix on and below its k-th diagonal.
 *
 * @example
 * ```ts
 * trilIndicesFrom([[1, 2], [3, 4]]).map((x) => x.toArray()); // [[0, 1, 1], [0, 0, 1]]
 * ```
 * @throws if x is no matrix
 */
export function trilIndicesFrom(x: TensorLike, k = 0): [Tensor, Tensor] {
  const [rows, columns] = sides(x, "trilIndicesFrom");
  return trilIndices(rows, toOffset(k, "trilIndicesFrom"), columns);
}

/**
 * Rows and columns, int32, of the elements of a matrix on and above its k-th diagonal.
 *
 * @example
 * ```ts
 * triuIndicesFrom([[1, 2], [3, 4]]).map((x) => x.toArray()); // [[0, 0, 1], [0, 1, 1]]
 * ```
 * @throws if x is no matrix
 */
export function triuIndicesFrom(x: TensorLike, k = 0): [Tensor, Tensor] {
  const [rows, columns] = sides(x, "triuIndicesFrom");
  return triuIndices(rows, toOffset(k, "triuIndicesFrom"), columns);
}
