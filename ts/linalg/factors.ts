// Matrices as products of triangular and orthogonal ones.
import { Matrix } from "../../assembly/shared/matrix.js";
import { add, concatenate, matmul } from "../../build/generated/ops.js";
import { toList } from "../arguments.js";
import { describe, type TensorLike } from "../convert.js";
import { eye, zeros } from "../create.js";
import { tril, triu } from "../ops/diagonals.js";
import { oneHot } from "../ops/scattering.js";
import type { Tensor } from "../tensor.js";
import { floats, matrices, part, rowOf, squares, turned } from "./rows.js";
import { cut, equations, factored, triangular } from "./solving.js";
import { checkOptions } from "../options.js";

/** Which triangle of a symmetric matrix is read. */
export type Triangle = "L" | "U";

/** (x + xᵀ) / 2, or the symmetric matrix of one triangle of x. */
export function symmetric(x: TensorLike, triangle: Triangle | undefined, who: string): Tensor {
  const t = squares(floats([x], who)[0]!, who);
  if (triangle === undefined) return add(t, turned(t)).multiply(0.5);
  if (triangle === "L") return add(tril(t), turned(tril(t, -1)));
  if (triangle === "U") return add(triu(t), turned(triu(t, 1)));
  throw new RangeError(`${who}: uplo is ${describe(triangle)}, not "L" or "U"`);
}

/**
 * The lower triangle L with L · Lᵀ = x of symmetric positive definite matrices, the last two axes of x.
 * x counts as (x + xᵀ) / 2, so its derivative is symmetric.
 *
 * @example
 * ```ts
 * linalg.cholesky([[4, 2], [2, 5]]).toArray(); // [[2, 0], [1, 2]]
 * ```
 * @throws if matrices are not square, or if one is not positive definite
 */
export function cholesky(x: TensorLike, options: { upper?: boolean } = {}): Tensor {
  const who = "linalg.cholesky";
  checkOptions(options, who, "upper");
  const l = rowOf(Matrix.Cholesky, [symmetric(x, undefined, who)], who);
  return options.upper === true ? turned(l) : l;
}

/**
 * x with a · x = b, from the triangle c that `cholesky` gives for a, and whether it is the lower one.
 *
 * @example
 * ```ts
 * linalg.choSolve([[[2, 0], [1, 2]], true], [6, 7]).toArray(); // [1, 1]
 * ```
 * @throws if there is a 0 on a diagonal, or if shapes do not fit
 */
export function choSolve(factor: readonly [TensorLike, boolean], b: TensorLike): Tensor {
  const who = "linalg.choSolve";
  const [triangle, lower] = toList(factor, "the pair of factor and lower", who);
  if (typeof lower !== "boolean") {
    throw new TypeError(`${who}: lower is ${describe(lower)}, neither true nor false`);
  }
  const [c, right, back] = equations(triangle as TensorLike, b, who);
  const y = triangular(c, right, { lower, transposed: !lower }, who);
  return back(triangular(c, y, { lower, transposed: lower }, who));
}

/** What `qr` gives. */
export type QrMode = "reduced" | "complete" | "r";

/**
 * Q with orthonormal columns and upper triangle R with Q · R = x, of matrices m × n. "reduced" gives
 * min(m, n) columns, "complete" m, "r" R alone (in reduced form). By Householder's reflections, with
 * LAPACK's signs. The columns of x, or the first m if n > m, must be independent for derivatives to be
 * finite. Columns that "complete" adds are moved without turning among themselves.
 *
 * @example
 * ```ts
 * linalg.qr([[3, 1], [4, 2]], "r").shape; // [2, 2]
 * ```
 * @throws if x is no matrices, or if there is no such mode
 */
export function qr(x: TensorLike, mode: "r"): Tensor;
export function qr(x: TensorLike, mode?: "reduced" | "complete"): [Tensor, Tensor];
export function qr(x: TensorLike, mode: QrMode = "reduced"): Tensor | [Tensor, Tensor] {
  const who = "linalg.qr";
  if (!["reduced", "complete", "r"].includes(mode)) {
    throw new RangeError(`${who}: mode is ${describe(mode)}, not "reduced", "complete" or "r"`);
  }
  const t = matrices(floats([x], who)[0]!, who);
  const [m, n] = t.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  let [q, r] = cut(rowOf(Matrix.Qr, [part(t, -1, 0, k)], who), m);
  if (n > m) r = concatenate([r, matmul(turned(q), part(t, -1, m, n))], -1);
  if (mode === "r") return r;
  if (mode === "complete" && m > n) {
    q = completed(q, who);
    r = concatenate([r, zeros([...r.shape.slice(0, -2), m - n, n], { dtype: r.dtype })], -2);
  }
  return [q, r];
}

/** Orthonormal columns made a square matrix. */
export function completed(q: Tensor, who: string): Tensor {
  return concatenate([q, rowOf(Matrix.Complement, [q], who)], -1);
}

/**
 * Permutation matrix P, lower triangle L with ones on its diagonal and upper triangle U with
 * P · L · U = x, of matrices m × n. By elimination with partial pivoting; P has derivative 0.
 *
 * @example
 * ```ts
 * const [p, l, u] = linalg.lu([[0, 2], [4, 4]]);
 * u.toArray(); // [[4, 4], [0, 2]]
 * ```
 * @throws if x is no matrices
 */
export function lu(x: TensorLike): [Tensor, Tensor, Tensor] {
  const who = "linalg.lu";
  const t = matrices(floats([x], who)[0]!, who);
  const [m, n] = t.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  const [packed, order] = factored(t, who);
  const l = add(tril(part(packed, -1, 0, k), -1), eye(m, k, { dtype: t.dtype }));
  const u = triu(part(packed, -2, 0, k));
  return [turned(oneHot(order, m, { dtype: t.dtype })), l, u];
}
