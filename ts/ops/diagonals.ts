// Diagonals and triangles of the last axes of matrices.
import { DType } from "../../assembly/shared/dtype.js";
import { greaterEqual, where } from "../../build/generated/ops.js";
import { embedded, places } from "../along.js";
import { toAxis } from "../axes.js";
import { toCount } from "../arguments.js";
import { describe, fromData, toTensor, type TensorLike } from "../convert.js";
import { ones, type CreationOptions } from "../create.js";
import type { Tensor } from "../tensor.js";
import { moveaxis } from "./shapes.js";
import { checkOptions, trailing } from "../options.js";

/** Which diagonal of which matrices. */
export interface DiagonalOptions {
  /** The diagonal: above the main one if positive. Default 0. */
  offset?: number;
  /** Axis of the rows. Default 0. */
  axis1?: number;
  /** Axis of the columns. Default 1. */
  axis2?: number;
}

function toOffset(k: unknown, who: string): number {
  if (typeof k === "number" && Number.isInteger(k)) return k;
  throw new TypeError(`${who}: ${describe(k)} is not the number of a diagonal`);
}

/** Where the k-th diagonal of a matrix lies among its elements: [first, behind the last, step]. */
function diagonalRange(rows: number, columns: number, k: number): [number, number, number] {
  const n = Math.max(0, Math.min(rows + Math.min(k, 0), columns - Math.max(k, 0)));
  const first = n === 0 ? 0 : k >= 0 ? k : -k * columns;
  return [first, n === 0 ? 0 : first + (n - 1) * (columns + 1) + 1, columns + 1];
}

/** Arguments in NumPy's order, or as options. */
function settle(
  offset: number | DiagonalOptions,
  axis1: number,
  axis2: number,
  who: string,
): [number, number, number] {
  if (typeof offset === "number") return [offset, axis1, axis2];
  checkOptions(offset, who, "offset axis1 axis2");
  return [offset.offset ?? 0, offset.axis1 ?? 0, offset.axis2 ?? 1];
}

function diagonals(x: TensorLike, options: [number, number, number], who: string): Tensor {
  const t = toTensor(x, who);
  if (t.ndim < 2) throw new RangeError(`${who}: needs two axes, x has ${t.ndim}`);
  const k = toOffset(options[0], who);
  const a = toAxis(options[1], t.ndim, who);
  const b = toAxis(options[2], t.ndim, who);
  if (a === b) throw new RangeError(`${who}: axis1 and axis2 are both ${a}`);
  const moved = moveaxis(t, [a, b], [-2, -1]);
  const { shape } = moved;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const outer = shape.slice(0, -2);
  const line = moved.reshape([...outer, rows * columns]);
  return line.slice([...outer.map(() => null), diagonalRange(rows, columns, k)]);
}

/**
 * The k-th diagonal of the matrices along two axes, as a last axis.
 *
 * @example
 * ```ts
 * diagonal([[1, 2], [3, 4]]).toArray(); // [1, 4]
 * ```
 * @throws if x has fewer than two axes, or if the axes are one and the same
 */
export function diagonal(
  x: TensorLike,
  offset: number | DiagonalOptions = 0,
  axis1 = 0,
  axis2 = 1,
): Tensor {
  return diagonals(x, settle(offset, axis1, axis2, "diagonal"), "diagonal");
}

/**
 * Sum of a diagonal of the matrices along two axes.
 *
 * @example
 * ```ts
 * trace([[1, 2], [3, 4]]).item(); // 5
 * ```
 * @throws if x has fewer than two axes, or if the axes are one and the same
 */
export function trace(
  x: TensorLike,
  offset: number | DiagonalOptions = 0,
  axis1 = 0,
  axis2 = 1,
): Tensor {
  return diagonals(x, settle(offset, axis1, axis2, "trace"), "trace").sum(-1);
}

/** Zeros with the last axis of x along the k-th diagonal of the last two axes. */
function onDiagonal(x: Tensor, k: number, who: string): Tensor {
  const { shape } = x;
  const outer = shape.slice(0, -1);
  const n = shape[outer.length]! + Math.abs(k);
  const [first, , step] = diagonalRange(n, n, k);
  const starts = [...outer.map(() => 0), first];
  const steps = [...outer.map(() => 1), step];
  return embedded(x, starts, steps, [...outer, n * n], 0, who).reshape([...outer, n, n]);
}

/**
 * The transpose of `diagonal`: zeros with the last axis of x along a diagonal of two new axes.
 *
 * @example
 * ```ts
 * makeDiagonal([1, 2]).toArray(); // [[1, 0], [0, 2]]
 * ```
 * @throws if x has no axis, or if the axes are one and the same
 */
export function makeDiagonal(
  x: TensorLike,
  offset: number | DiagonalOptions = 0,
  axis1 = 0,
  axis2 = 1,
): Tensor {
  const who = "makeDiagonal";
  const t = toTensor(x, who);
  if (t.ndim < 1) throw new RangeError(`${who}: needs one axis, x has none`);
  const [k, a, b] = settle(offset, axis1, axis2, "makeDiagonal");
  return moveaxis(onDiagonal(t, toOffset(k, who), who), [-2, -1], [a, b]);
}

/**
 * The k-th diagonal of a matrix, or the matrix that has a vector there.
 *
 * @example
 * ```ts
 * diag([1, 2], 1).toArray(); // [[0, 1, 0], [0, 0, 2], [0, 0, 0]]
 * ```
 * @throws if x has neither one nor two axes
 */
export function diag(x: TensorLike, k = 0): Tensor {
  const t = toTensor(x, "diag");
  if (t.ndim === 1) return onDiagonal(t, toOffset(k, "diag"), "diag");
  if (t.ndim === 2) return diagonals(t, [k, 0, 1], "diag");
  throw new RangeError(`diag: needs one or two axes, x has ${t.ndim}`);
}

/**
 * The matrix with the elements of x, flattened, on its k-th diagonal.
 *
 * @example
 * ```ts
 * diagflat([[1], [2]]).toArray(); // [[1, 0], [0, 2]]
 * ```
 */
export function diagflat(x: TensorLike, k = 0): Tensor {
  return onDiagonal(toTensor(x, "diagflat").reshape([-1]), toOffset(k, "diagflat"), "diagflat");
}

/** True on and below the k-th diagonal. */
function below(rows: number, columns: number, k: number): Tensor {
  return greaterEqual(places(rows).add(k).reshape([rows, 1]), places(columns));
}

/**
 * Ones on and below the k-th diagonal of an n × m matrix, zeros above it.
 *
 * @example
 * ```ts
 * tri(2, 3).toArray(); // [[1, 0, 0], [1, 1, 0]]
 * ```
 */
export function tri(
  n: number,
  m?: number | CreationOptions,
  k?: number | CreationOptions,
  options?: CreationOptions,
): Tensor {
  [m = n, k = 0, options] = trailing(m, k, options);
  checkOptions(options, "tri", "dtype requiresGrad");
  const one = ones([n, m], options);
  return where(below(n, m, toOffset(k, "tri")), one, 0);
}

function triangle(x: TensorLike, k: number, lower: boolean, who: string): Tensor {
  const t = toTensor(x, who);
  if (t.ndim < 1) throw new RangeError(`${who}: needs one axis, x has none`);
  const { shape } = t;
  const [rows, columns] = (t.ndim === 1 ? [shape[0], shape[0]] : shape.slice(-2)) as [
    number,
    number,
  ];
  const zero = toTensor(0, who).astype(t.dtype);
  const mask = below(rows, columns, toOffset(k, who) - (lower ? 0 : 1));
  return lower ? where(mask, t, zero) : where(mask, zero, t);
}

/**
 * x without what is above the k-th diagonal of its last two axes.
 *
 * @example
 * ```ts
 * tril([[1, 2], [3, 4]]).toArray(); // [[1, 0], [3, 4]]
 * ```
 * @throws if x has no axis
 */
export function tril(x: TensorLike, k = 0): Tensor {
  return triangle(x, k, true, "tril");
}

/**
 * x without what is below the k-th diagonal of its last two axes.
 *
 * @example
 * ```ts
 * triu([[1, 2], [3, 4]]).toArray(); // [[1, 2], [0, 4]]
 * ```
 * @throws if x has no axis
 */
export function triu(x: TensorLike, k = 0): Tensor {
  return triangle(x, k, false, "triu");
}

/** Elements that a list of positions may have. */
const MOST = 2 ** 26;

function triangleIndices(
  n: number,
  m: number,
  inside: (row: number, column: number) => boolean,
  who: string,
): [Tensor, Tensor] {
  const size = toCount(n, "the number of rows", who) * toCount(m, "the number of columns", who);
  if (size > MOST) {
    throw new RangeError(`${who}: a matrix of ${n} × ${m} elements is too large`);
  }
  const rows: number[] = [];
  const columns: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      if (!inside(i, j)) continue;
      rows.push(i);
      columns.push(j);
    }
  }
  return [fromData(rows, DType.Int32, who), fromData(columns, DType.Int32, who)];
}

/**
 * Rows and columns of the elements on and below the k-th diagonal of an n × m matrix, int32.
 *
 * @example
 * ```ts
 * trilIndices(2).map((x) => x.toArray()); // [[0, 1, 1], [0, 0, 1]]
 * ```
 */
export function trilIndices(n: number, k = 0, m: number = n): [Tensor, Tensor] {
  return triangleIndices(n, m, (i, j) => j - i <= toOffset(k, "trilIndices"), "trilIndices");
}

/**
 * Rows and columns of the elements on and above the k-th diagonal of an n × m matrix, int32.
 *
 * @example
 * ```ts
 * triuIndices(2).map((x) => x.toArray()); // [[0, 0, 1], [0, 1, 1]]
 * ```
 */
export function triuIndices(n: number, k = 0, m: number = n): [Tensor, Tensor] {
  return triangleIndices(n, m, (i, j) => j - i >= toOffset(k, "triuIndices"), "triuIndices");
}
