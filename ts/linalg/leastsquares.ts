// What ranks decide: pseudo-inverse and least squares.
import { Matrix } from "../../assembly/shared/matrix.js";
import {
  greater,
  matmul,
  max,
  notEqual,
  square,
  subtract,
  sum,
} from "../../build/generated/ops.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import { shapeText } from "../errors.js";
import { any } from "../ops/counting.js";
import type { Tensor } from "../tensor.js";
import { epsilonOf, floats, matrices, rowOf } from "./rows.js";
import { singularValues } from "./spectra.js";
import { checkOptions } from "../options.js";

/** Which singular values count as 0. */
export interface RankOptions {
  /** Those not above so much of the largest one. Default max(m, n) times the dtype's epsilon. */
  rcond?: number;
}

function toRcond(x: Tensor, rcond: number | undefined, who: string): number {
  if (rcond === undefined) return Math.max(...x.shape.slice(-2)) * epsilonOf(x);
  if (typeof rcond === "number" && rcond >= 0) return rcond;
  throw new RangeError(`${who}: rcond is ${describe(rcond)}, not a number from 0 up`);
}

function pseudoInverse(t: Tensor, rcond: number | undefined, who: string): Tensor {
  const least = new DataView(new ArrayBuffer(4));
  least.setFloat32(0, toRcond(t, rcond, who));
  return rowOf(Matrix.Pinv, [t], who, least.getUint32(0));
}

/**
 * The pseudo-inverse (Moore and Penrose) of matrices, the last two axes of x. Derivatives hold the rank
 * (Golub & Pereyra 1973).
 *
 * @example
 * ```ts
 * linalg.pinv([[2, 0], [0, 0]]).toArray(); // [[0.5, 0], [0, 0]]
 * ```
 * @throws if x is no matrices
 */
export function pinv(x: TensorLike, options: RankOptions = {}): Tensor {
  const who = "linalg.pinv";
  checkOptions(options, who, "rcond");
  return pseudoInverse(matrices(floats([x], who)[0]!, who), options.rcond, who);
}

/**
 * The rank of matrices, the last two axes of x, as int32: how many singular values are above a
 * tolerance. Of vectors and numbers: 1, unless all is 0.
 *
 * @example
 * ```ts
 * linalg.matrixRank([[1, 2], [2, 4]]).item(); // 1
 * ```
 */
export function matrixRank(
  x: TensorLike,
  options: { tol?: TensorLike; rtol?: number } = {},
): Tensor {
  const who = "linalg.matrixRank";
  checkOptions(options, who, "tol rtol");
  const t = floats([x], who)[0]!;
  if (t.ndim < 2) return any(notEqual(t, 0)).astype("int32");
  const s = singularValues(t.detach(), who);
  if (s.shape.at(-1) === 0) return zeros(t.shape.slice(0, -2), { dtype: "int32" });
  const tol =
    options.tol === undefined
      ? max(s, -1, { keepdims: true }).multiply(toRcond(t, options.rtol, who))
      : toTensor(options.tol, who).expandDims(-1);
  return sum(greater(s, tol).astype("int32"), -1);
}

/**
 * x for which |b - a · x| is least, and of these the shortest: [x, residuals, rank, s]. a is matrices
 * m × n, b a vector (only if it has one axis) or matrices; further axes are broadcast. Residuals are the
 * sums of squares of b - a · x for each column of b, none (size 0) if m ≤ n; then come the rank of a and
 * its singular values.
 *
 * @example
 * ```ts
 * const [x] = linalg.lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]);
 * x.shape; // [2]
 * ```
 * @throws if shapes do not fit
 */
export function lstsq(
  a: TensorLike,
  b: TensorLike,
  options: RankOptions = {},
): [Tensor, Tensor, Tensor, Tensor] {
  const who = "linalg.lstsq";
  checkOptions(options, who, "rcond");
  const [left, right] = floats([a, b], who) as [Tensor, Tensor];
  const [m, n] = matrices(left, who).shape.slice(-2) as [number, number];
  const vector = right.ndim === 1;
  const columns = vector ? right.expandDims(-1) : right;
  if (columns.ndim < 2 || columns.shape.at(-2) !== m) {
    throw new RangeError(
      `${who}: sizes differ: ${shapeText(left.shape)} · x ≈ ${shapeText(right.shape)}`,
    );
  }
  const x = matmul(pseudoInverse(left, options.rcond, who), columns);
  const rest = sum(square(subtract(columns, matmul(left, x))), -2);
  const residuals = m > n ? rest : zeros([0], { dtype: x.dtype });
  const s = singularValues(left, who);
  const rank = matrixRank(left, options.rcond === undefined ? {} : { rtol: options.rcond });
  return [vector ? x.squeeze(-1) : x, residuals, rank, s];
}
