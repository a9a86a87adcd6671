// Equations whose unknowns are tensors, and matrices put together from parts.
import { concatenate, subtract } from "../../build/generated/ops.js";
import { places } from "../along.js";
import { toAxes, toAxis } from "../axes.js";
import { together, toTensor, type TensorLike, unrounded } from "../convert.js";
import { zeros } from "../create.js";
import { shapeText } from "../errors.js";
import { resultType } from "../ops/comparing.js";
import { moveaxis } from "../ops/shapes.js";
import { flip } from "../ops/turning.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";
import { inverse, solve } from "./solving.js";

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/**
 * x with tensordot(a, x, x.ndim) = b: the first axes of a have b's shape, its last ones x's, with as many
 * elements. `axes` of a are moved behind all others first.
 *
 * @example
 * ```ts
 * linalg.tensorsolve(eye(4).reshape([4, 2, 2]), [1, 2, 3, 4]).toArray(); // [[1, 2], [3, 4]]
 * ```
 * @throws if a is not square in this sense, or is singular
 */
export function tensorsolve(
  a: TensorLike,
  b: TensorLike,
  options: { axes?: number | readonly number[] | null } = {},
): Tensor {
  const who = "linalg.tensorsolve";
  checkOptions(options, who, "axes");
  const [given, right] = together(who, a, b);
  const { axes } = options;
  let left = given;
  if (axes !== undefined && axes !== null) {
    const last = toAxes(axes, who).map((axis) => toAxis(axis, given.ndim, who));
    left = moveaxis(
      given,
      last,
      last.map((_, i) => given.ndim - last.length + i),
    );
  }
  const shape = left.shape.slice(right.ndim);
  const n = product(shape);
  if (n * n !== left.size || right.size !== n) {
    throw new RangeError(
      `${who}: ${shapeText(left.shape)} is not square for b of shape ${shapeText(right.shape)}`,
    );
  }
  return solve(left.reshape([n, n]), right.reshape([n])).reshape(shape);
}

/**
 * The inverse of a as `tensordot` multiplies: its first `ind` axes have as many elements as the others.
 *
 * @example
 * ```ts
 * linalg.tensorinv(eye(4).reshape([4, 2, 2]), { ind: 1 }).shape; // [2, 2, 4]
 * ```
 * @throws if the numbers of elements differ, or if a is singular
 */
export function tensorinv(a: TensorLike, options: { ind?: number } = {}): Tensor {
  const who = "linalg.tensorinv";
  checkOptions(options, who, "ind");
  const { ind = 2 } = options;
  const t = toTensor(a, who);
  if (!Number.isInteger(ind) || ind < 1 || ind > t.ndim) {
    throw new RangeError(`${who}: ind is ${ind}, where a has ${t.ndim} axes`);
  }
  const [first, last] = [t.shape.slice(0, ind), t.shape.slice(ind)];
  const n = product(first);
  if (n !== product(last)) {
    throw new RangeError(`${who}: ${shapeText(first)} and ${shapeText(last)} differ in size`);
  }
  return inverse(t.reshape([n, n]), who).reshape([...last, ...first]);
}

/**
 * The matrix with matrices along its diagonal and zeros elsewhere; vectors are rows.
 *
 * @example
 * ```ts
 * linalg.blockDiag([[1, 2]], [[3], [4]]).toArray(); // [[1, 2, 0], [0, 0, 3], [0, 0, 4]]
 * ```
 * @throws if an operand has more than two axes
 */
export function blockDiag(...blocks: TensorLike[]): Tensor {
  const who = "linalg.blockDiag";
  const list = together(who, ...blocks).map((t) => {
    if (t.ndim > 2) throw new RangeError(`${who}: needs matrices, not ${shapeText(t.shape)}`);
    return t.ndim === 2 ? t : t.reshape([1, -1]);
  });
  if (list.length === 0) return zeros([1, 0]);
  const dtype = resultType(...list);
  const columns = list.reduce((n, t) => n + t.shape[1]!, 0);
  let before = 0;
  const rows = list.map((t) => {
    const [m, n] = t.shape as [number, number];
    const after = columns - before - n;
    const row = concatenate([zeros([m, before], { dtype }), t, zeros([m, after], { dtype })], 1);
    before += n;
    return row;
  });
  return concatenate(rows);
}

/**
 * The matrix with constant diagonals whose first column is c and whose first row is r (c, if it is not
 * given); the first element of r does not count.
 *
 * @example
 * ```ts
 * linalg.toeplitz([1, 2, 3]).toArray(); // [[1, 2, 3], [2, 1, 2], [3, 2, 1]]
 * ```
 */
export function toeplitz(c: TensorLike, r?: TensorLike): Tensor {
  const who = "linalg.toeplitz";
  [c, r] = unrounded(who, c, r);
  const column = toTensor(c, who).reshape([-1]);
  const row = r === undefined ? column : toTensor(r, who).reshape([-1]);
  const [m, n] = [column.size, row.size];
  const all = concatenate([flip(column), row.slice([[Math.min(1, n)]])]);
  const index = subtract(places(n), places(m).reshape([m, 1])).add(Math.max(m - 1, 0));
  return all.at(index);
}
