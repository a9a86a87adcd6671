// Eigenvalues and singular values, with their vectors.
import { Matrix } from "../../assembly/shared/matrix.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { completed, symmetric, type Triangle } from "./factors.js";
import { floats, matrices, rowOf, squares, turned } from "./rows.js";
import { cut } from "./solving.js";
import { checkOptions } from "../options.js";

/** Options of {@link eigh} and {@link eigvalsh}. */
export interface SymmetricOptions {
  /** Read the lower ("L") or the upper ("U") triangle only. By default x counts as (x + xᵀ) / 2. */
  uplo?: Triangle;
}

/** The first row as a vector, and the others. */
function headed(x: Tensor): [Tensor, Tensor] {
  const [values, rest] = cut(x, 1);
  return [values.squeeze(-2), rest];
}

/**
 * Eigenvalues of symmetric matrices, rising, and their vectors in columns: [w, v], x · v = v · w. Of each
 * vector, the element of largest size is positive. A NaN or infinity gives NaN.
 *
 * Where eigenvalues are equal, their vectors are not determined, and derivatives leave out how these turn
 * among themselves: functions that do not depend on it have the right derivatives. Second ones of functions
 * of the eigenvalues that meet lack what couples those (but their sum, for one, has none).
 *
 * @example
 * ```ts
 * linalg.eigh([[2, 0], [0, 1]])[0].toArray(); // [1, 2]
 * ```
 * @throws if matrices are not square
 */
export function eigh(x: TensorLike, options: SymmetricOptions = {}): [Tensor, Tensor] {
  const who = "linalg.eigh";
  checkOptions(options, who, "uplo");
  return headed(rowOf(Matrix.Eigh, [symmetric(x, options.uplo, who)], who));
}

/**
 * Eigenvalues of symmetric matrices, rising: see `eigh`.
 *
 * @example
 * ```ts
 * linalg.eigvalsh([[2, 0], [0, 1]]).toArray(); // [1, 2]
 * ```
 * @throws if matrices are not square
 */
export function eigvalsh(x: TensorLike, options: SymmetricOptions = {}): Tensor {
  const who = "linalg.eigvalsh";
  checkOptions(options, who, "uplo");
  return headed(rowOf(Matrix.Eigh, [symmetric(x, options.uplo, who)], who))[0];
}

/**
 * Eigenvalues of square matrices whose eigenvalues are all real, rising, and their vectors of length 1 in
 * columns: [w, v], x · v = v · w. Of each vector, the element of largest size is positive. Derivatives
 * leave out what equal eigenvalues do not determine.
 *
 * @example
 * ```ts
 * linalg.eig([[3, 1], [0, 1]])[0].toArray(); // [1, 3]
 * ```
 * @throws if matrices are not square, or if an eigenvalue is complex
 */
export function eig(x: TensorLike): [Tensor, Tensor] {
  const who = "linalg.eig";
  return headed(rowOf(Matrix.Eig, [squares(floats([x], who)[0]!, who)], who));
}

/**
 * Eigenvalues of square matrices if all are real, rising: see `eig`.
 *
 * @example
 * ```ts
 * linalg.eigvals([[3, 1], [0, 1]]).toArray(); // [1, 3]
 * ```
 * @throws if matrices are not square, or if an eigenvalue is complex
 */
export function eigvals(x: TensorLike): Tensor {
  const who = "linalg.eigvals";
  return headed(rowOf(Matrix.Eig, [squares(floats([x], who)[0]!, who)], who))[0];
}

/** [U, s, V] in their reduced form, for others too. */
export function decomposed(x: TensorLike, who: string): [Tensor, Tensor, Tensor] {
  const t = matrices(floats([x], who)[0]!, who);
  const [m, n] = t.shape.slice(-2) as [number, number];
  const wide = n > m;
  const [u, rest] = cut(
    rowOf(Matrix.Svd, [wide ? turned(t) : t], who, wide ? 1 : 0),
    Math.max(m, n),
  );
  const [s, v] = headed(rest);
  return wide ? [v, s, u] : [u, s, v];
}

/**
 * Singular values, falling, and their vectors: [u, s, vh], x = u · diag(s) · vh, of matrices m × n.
 * With `fullMatrices`, the default, u is m × m and vh n × n, else they have min(m, n) columns and rows. Of
 * each column of u, the element of largest size is positive. A NaN or infinity gives NaN.
 *
 * Where singular values are equal or 0, their vectors are not determined, and derivatives leave out how
 * these turn among themselves, as with `eigh`. A singular value that is 0 has derivative 0, as |x| has.
 * Vectors beyond min(m, n) are moved without turning among themselves.
 *
 * @example
 * ```ts
 * linalg.svd([[0, 2], [1, 0]])[1].toArray(); // [2, 1]
 * ```
 * @throws if x is no matrices
 */
export function svd(
  x: TensorLike,
  options: { fullMatrices?: boolean } = {},
): [Tensor, Tensor, Tensor] {
  const who = "linalg.svd";
  checkOptions(options, who, "fullMatrices");
  const [u, s, v] = decomposed(x, who);
  if (options.fullMatrices === false) return [u, s, turned(v)];
  const full = (q: Tensor): Tensor => (q.shape.at(-1) === q.shape.at(-2) ? q : completed(q, who));
  return [full(u), s, turned(full(v))];
}

/**
 * Singular values, falling, of matrices, the last two axes of x: see `svd`.
 *
 * @example
 * ```ts
 * linalg.svdvals([[0, 2], [1, 0]]).toArray(); // [2, 1]
 * ```
 * @throws if x is no matrices
 */
export function svdvals(x: TensorLike): Tensor {
  return singularValues(x, "linalg.svdvals");
}

/** `svdvals` for others. */
export function singularValues(x: TensorLike, who: string): Tensor {
  return decomposed(x, who)[1];
}
