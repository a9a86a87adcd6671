// Linear equations, inverses and determinants.
import { Matrix, Solving } from "../../assembly/shared/matrix.js";
import { concatenate, multiply, subtract, sum } from "../../build/generated/ops.js";
import { gather, toIndex } from "../along.js";
import { toCount, toList, told } from "../arguments.js";
import { broadcastOf } from "../axes.js";
import { fromData, type TensorLike } from "../convert.js";
import { DType } from "../../assembly/shared/dtype.js";
import { eye, ones, zeros } from "../create.js";
import { shapeText } from "../errors.js";
import { cross } from "../ops/products.js";
import type { Tensor } from "../tensor.js";
import { floats, part, rowOf, squares } from "./rows.js";
import { checkOptions } from "../options.js";

/** A matrix and what stands on the right of equations: vectors as columns, and how to undo that. */
export function equations(
  a: TensorLike,
  b: TensorLike,
  who: string,
): [Tensor, Tensor, (x: Tensor) => Tensor] {
  const [left, right] = floats([a, b], who) as [Tensor, Tensor];
  const n = squares(left, who).shape.at(-1)!;
  if (right.ndim === 0) throw new RangeError(`${who}: needs a vector or matrices b, not a number`);
  const vector = right.ndim === 1;
  const rows = right.shape.at(vector ? -1 : -2);
  if (rows !== n) {
    throw new RangeError(
      `${who}: sizes differ: ${shapeText(left.shape)} · x = ${shapeText(right.shape)} (${n} ≠ ${rows})`,
    );
  }
  return [left, vector ? right.expandDims(-1) : right, (x) => (vector ? x.squeeze(-1) : x)];
}

/**
 * x with a · x = b: a is square matrices (the last two axes), b a vector (only if it has one axis) or
 * matrices; further axes are broadcast. By elimination with partial pivoting, in float64 whatever the
 * dtype.
 *
 * @example
 * ```ts
 * linalg.solve([[2, 0], [0, 4]], [1, 2]).toArray(); // [0.5, 0.5]
 * ```
 * @throws if matrices are not square or singular, or if shapes do not fit
 */
export function solve(a: TensorLike, b: TensorLike): Tensor {
  const who = "linalg.solve";
  const [left, right, back] = equations(a, b, who);
  return back(rowOf(Matrix.Solve, [left, right], who));
}

/**
 * The inverse of square matrices, the last two axes of x.
 *
 * @example
 * ```ts
 * linalg.inv([[2, 0], [0, 4]]).toArray(); // [[0.5, 0], [0, 0.25]]
 * ```
 * @throws if matrices are not square, or if one is singular
 */
export function inv(x: TensorLike): Tensor {
  return inverse(x, "linalg.inv");
}

/** `inv` for others; with `lax` the inverse of a singular matrix is not finite. */
export function inverse(x: TensorLike, who: string, lax = false): Tensor {
  const t = squares(floats([x], who)[0]!, who);
  const n = t.shape.at(-1)!;
  return rowOf(Matrix.Solve, [t, eye(n, n, { dtype: t.dtype })], who, lax ? Solving.Lax : 0);
}

/**
 * The determinant of square matrices, the last two axes of x. Derivatives are right where it is 0: they
 * are cofactors, and nothing is divided. (From 4 × 4 on those of third order and higher are only if the
 * matrix lacks no more than two ranks.)
 *
 * @example
 * ```ts
 * linalg.det([[1, 2], [3, 4]]).item(); // -2
 * ```
 * @throws if matrices are not square
 */
export function det(x: TensorLike): Tensor {
  const who = "linalg.det";
  const t = squares(floats([x], who)[0]!, who);
  const outer = t.shape.slice(0, -2);
  const all = outer.map(() => null);
  const n = t.shape.at(-1)!;
  const element = (i: number, j: number): Tensor => t.slice([...all, i, j]);
  if (n === 0) return ones(outer, { dtype: t.dtype });
  if (n === 1) return element(0, 0);
  if (n === 2) {
    return subtract(multiply(element(0, 0), element(1, 1)), multiply(element(0, 1), element(1, 0)));
  }
  const row = (i: number): Tensor => t.slice([...all, i]);
  if (n === 3) return sum(multiply(row(0), cross(row(1), row(2))), -1);
  return rowOf(Matrix.Det, [t], who).squeeze([-2, -1]);
}

/**
 * Sign of the determinant of square matrices, and the logarithm of its absolute value: [sign, logabsdet].
 * The sign has derivative 0; of a singular matrix it is 0, and the logarithm -Infinity.
 *
 * @example
 * ```ts
 * linalg.slogdet([[1, 0], [0, -1]]).map((x) => x.item()); // [-1, 0]
 * ```
 * @throws if matrices are not square
 */
export function slogdet(x: TensorLike): [Tensor, Tensor] {
  const who = "linalg.slogdet";
  const t = squares(floats([x], who)[0]!, who);
  const both = rowOf(Matrix.Slogdet, [t], who);
  const all = t.shape.slice(0, -2).map(() => null);
  return [both.slice([...all, 0, 0]).detach(), both.slice([...all, 0, 1])];
}

/** Options of {@link solveTriangular}. */
export interface TriangularOptions {
  /** The lower triangle of a counts. Default false: the upper one. */
  lower?: boolean;
  /** The diagonal of a counts as ones. Default false. */
  unitDiagonal?: boolean;
  /** Solve aᵀ · x = b. Default false. */
  transposed?: boolean;
  /** The same in SciPy's words: 0 or "N" for a, 1 or "T" (or 2, "C") for aᵀ. */
  trans?: 0 | 1 | 2 | "N" | "T" | "C";
}

/** The options with `trans` as `transposed`. */
function settled({ trans, ...options }: TriangularOptions, who: string): TriangularOptions {
  if (trans === undefined) return options;
  const at = [0, "N", 1, "T", 2, "C"].indexOf(trans);
  if (at < 0) throw new RangeError(`${who}: trans is ${told(trans)}, not 0, 1, 2, "N", "T" or "C"`);
  return { ...options, transposed: at > 1 };
}

/**
 * x with a · x = b where only one triangle of a is read; shapes as in `solve`.
 *
 * @example
 * ```ts
 * linalg.solveTriangular([[2, 2], [0, 4]], [4, 4]).toArray(); // [1, 1]
 * ```
 * @throws if matrices are not square, if there is a 0 on a diagonal, or if shapes do not fit
 */
export function solveTriangular(
  a: TensorLike,
  b: TensorLike,
  options: TriangularOptions = {},
): Tensor {
  const who = "linalg.solveTriangular";
  checkOptions(options, who, "lower unitDiagonal transposed trans");
  const [left, right, back] = equations(a, b, who);
  return back(triangular(left, right, settled(options, who), who));
}

/** `solveTriangular` of checked operands. */
export function triangular(a: Tensor, b: Tensor, options: TriangularOptions, who: string): Tensor {
  const flags =
    (options.lower === true ? Solving.Lower : 0) |
    (options.unitDiagonal === true ? Solving.Unit : 0) |
    (options.transposed === true ? Solving.Transposed : 0);
  return rowOf(Matrix.TriangularSolve, [a, b], who, flags);
}

/**
 * x with a · x = b for matrices of few diagonals: row u + i - j of ab has in its place j what a has at
 * (i, j), with [l, u] diagonals below and above the main one.
 *
 * @example
 * ```ts
 * linalg.solveBanded([0, 1], [[0, 2], [2, 4]], [4, 4]).toArray(); // [1, 1]
 * ```
 * @throws if ab has not l + u + 1 rows, if a is singular, or if shapes do not fit
 */
export function solveBanded(
  diagonals: readonly [number, number],
  ab: TensorLike,
  b: TensorLike,
): Tensor {
  const who = "linalg.solveBanded";
  const [lower, upper] = toList(diagonals, "the pair of numbers of diagonals", who);
  const l = toCount(lower, "the number of diagonals below", who);
  const u = toCount(upper, "the number of diagonals above", who);
  const [band, right] = floats([ab, b], who) as [Tensor, Tensor];
  if (band.ndim < 2 || band.shape.at(-2) !== l + u + 1) {
    throw new RangeError(
      `${who}: ${l} + ${u} + 1 diagonals need as many rows, ab has shape ${shapeText(band.shape)}`,
    );
  }
  const n = band.shape.at(-1)!;
  const outer = band.shape.slice(0, -2);
  const size = (l + u + 1) * n;
  const places = new Int32Array(n * n).fill(size);
  for (let i = 0; i < n; i++) {
    for (let j = Math.max(0, i - l); j <= Math.min(n - 1, i + u); j++) {
      places[i * n + j] = (u + i - j) * n + j;
    }
  }
  const none = zeros([...outer, 1], { dtype: band.dtype });
  const flat = concatenate([band.reshape([...outer, size]), none], -1);
  const index = fromData(places, DType.Int32, who);
  const a = gather(flat, index, 0, who).reshape([...outer, n, n]);
  const [left, columns, back] = equations(a, right, who);
  return back(rowOf(Matrix.Solve, [left, columns], who));
}

/**
 * L and U of square matrices in one, L without its diagonal of ones, and the order of rows, int32: row i
 * of L · U is row order[i] of x. For `luSolve`. (SciPy lists exchanges of rows instead of their order.)
 *
 * @example
 * ```ts
 * linalg.luFactor([[0, 2], [4, 4]]).map((x) => x.toArray()); // [[[4, 4], [0, 2]], [1, 0]]
 * ```
 * @throws if x is no matrices
 */
export function luFactor(x: TensorLike): [Tensor, Tensor] {
  const who = "linalg.luFactor";
  return factored(squares(floats([x], who)[0]!, who), who);
}

/** Packed L and U of any matrices, and the order of rows. */
export function factored(x: Tensor, who: string): [Tensor, Tensor] {
  const order = rowOf(Matrix.Pivots, [x], who).squeeze(-2);
  return [rowOf(Matrix.Lu, [gather(x, order, 1, who)], who), order];
}

/**
 * x with a · x = b, from what `luFactor` gives for a; shapes as in `solve`.
 *
 * @example
 * ```ts
 * linalg.luSolve(linalg.luFactor([[0, 2], [4, 4]]), [2, 8]).toArray(); // [1, 1]
 * ```
 * @throws if a is singular, or if shapes do not fit
 */
export function luSolve(factors: readonly [TensorLike, Tensor], b: TensorLike): Tensor {
  const who = "linalg.luSolve";
  const [packed, order] = toList<TensorLike>(factors, "the pair of factors", who);
  const [lu, right, back] = equations(packed!, b, who);
  const all = broadcastOf([lu.shape.slice(0, -2), right.shape.slice(0, -2)], who);
  const rows = right.broadcastTo([...all, ...right.shape.slice(-2)]);
  const sorted = gather(
    rows,
    toIndex(order!, who).broadcastTo([...all, rows.shape.at(-2)!]),
    1,
    who,
  );
  const y = triangular(lu, sorted, { lower: true, unitDiagonal: true }, who);
  return back(triangular(lu, y, {}, who));
}

/** The first `count` rows, and the others. */
export function cut(x: Tensor, count: number): [Tensor, Tensor] {
  return [part(x, -2, 0, count), part(x, -2, count, x.shape.at(-2)!)];
}
