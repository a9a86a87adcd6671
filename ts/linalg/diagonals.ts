// What numpy.linalg has of its own about the last two axes.
import { toTensor, type TensorLike } from "../convert.js";
import * as ops from "../ops/diagonals.js";
import type { Tensor } from "../tensor.js";
import { matrices, turned } from "./rows.js";
import { checkOptions } from "../options.js";

/**
 * A diagonal of matrices, the last two axes of x (those of the core's `diagonal` are the first two).
 *
 * @example
 * ```ts
 * linalg.diagonal([[1, 2], [3, 4]]).toArray(); // [1, 4]
 * ```
 * @throws if x is no matrices
 */
export function diagonal(x: TensorLike, options: { offset?: number } = {}): Tensor {
  checkOptions(options, "linalg.diagonal", "offset");
  return ops.diagonal(
    matrices(toTensor(x, "linalg.diagonal"), "linalg.diagonal"),
    options.offset ?? 0,
    -2,
    -1,
  );
}

/**
 * Sum of a diagonal of matrices, the last two axes of x (those of the core's `trace` are the first two).
 *
 * @example
 * ```ts
 * linalg.trace([[1, 2], [3, 4]]).item(); // 5
 * ```
 * @throws if x is no matrices
 */
export function trace(x: TensorLike, options: { offset?: number } = {}): Tensor {
  checkOptions(options, "linalg.trace", "offset");
  return ops.trace(
    matrices(toTensor(x, "linalg.trace"), "linalg.trace"),
    options.offset ?? 0,
    -2,
    -1,
  );
}

/**
 * Matrices, the last two axes of x, turned over.
 *
 * @example
 * ```ts
 * linalg.matrixTranspose([[1, 2], [3, 4]]).toArray(); // [[1, 3], [2, 4]]
 * ```
 * @throws if x is no matrices
 */
export function matrixTranspose(x: TensorLike): Tensor {
  return turned(matrices(toTensor(x, "linalg.matrixTranspose"), "linalg.matrixTranspose"));
}
