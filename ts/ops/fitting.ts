// Polynomials through points, by least squares.
import {
  concatenate,
  divide,
  matmul,
  multiply,
  sqrt,
  square,
  stack,
  subtract,
  sum,
} from "../../build/generated/ops.js";
import { alike } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { vander } from "./spacing.js";
import { checkOptions } from "../options.js";

/** Options of {@link polyfit}. */
export interface FitOptions {
  /** A weight for each point, by which its distance is multiplied. */
  w?: TensorLike;
}

/**
 * Coefficients, the highest first, of the polynomial of a degree that comes nearest to the points
 * (x, y) in the sum of squares; each column of a matrix y has its own. There must be more than
 * `degree` different x, else coefficients are NaN, infinite or arbitrary.
 *
 * The columns of the Vandermonde matrix, scaled as in NumPy, are made orthogonal by the
 * Gram-Schmidt process, twice over (Giraud et al. 2005: as exact as Householder's).
 *
 * @example
 * ```ts
 * polyfit([0, 1, 2], [1, 3, 5], 1).shape; // [2]
 * ```
 * @throws if x is no vector, if y or weights have another length, or if there are too few points
 */
export function polyfit(
  x: TensorLike,
  y: TensorLike,
  degree: number,
  options: FitOptions = {},
): Tensor {
  const who = "polyfit";
  checkOptions(options, who, "w");
  // Powers of integers would not fit.
  const float = (z: TensorLike): Tensor => {
    const t = toTensor(z, who);
    return t.dtype.startsWith("float") ? t : divide(t, 1);
  };
  const [at, values, w] = alike(who, x, y, options.w ?? 1).map(float) as [Tensor, Tensor, Tensor];
  const n = at.size;
  if (!Number.isInteger(degree) || degree < 0) {
    throw new RangeError(`${who}: ${describe(degree)} is not a degree`);
  }
  if (at.ndim !== 1 || values.ndim < 1 || values.ndim > 2 || values.shape[0] !== n) {
    throw new RangeError(
      `${who}: x of shape [${at.shape.join()}] and y of [${values.shape.join()}] are no points`,
    );
  }
  if (n <= degree) throw new RangeError(`${who}: ${n} points for degree ${degree}`);
  let right = values.ndim === 1 ? values.reshape([n, 1]) : values;
  let left = vander(at, degree + 1);
  if (options.w !== undefined) {
    if (w.ndim !== 1 || w.size !== n) {
      throw new RangeError(`${who}: weights of shape [${w.shape.join()}] for ${n} points`);
    }
    left = multiply(left, w.reshape([n, 1]));
    right = multiply(right, w.reshape([n, 1]));
  }
  const scale = sqrt(sum(square(left), 0));
  const c = divide(solved(divide(left, scale), right), scale.reshape([-1, 1]));
  return values.ndim === 1 ? c.reshape([-1]) : c;
}

/** Least squares by orthogonal columns: A = QR, then R c = Qᵀ b from the last row up. */
function solved(a: Tensor, b: Tensor): Tensor {
  const count = a.shape[1]!;
  const columns: Tensor[] = [];
  const factors: Tensor[][] = [];
  for (let j = 0; j < count; j++) {
    let v = a.slice([null, j]);
    let row: Tensor | undefined;
    for (let pass = 0; pass < 2 && j > 0; pass++) {
      const q = stack(columns, 1);
      const parts = matmul(q.transpose(), v);
      v = subtract(v, matmul(q, parts));
      row = row === undefined ? parts : row.add(parts);
    }
    const length = sqrt(sum(square(v)));
    columns.push(divide(v, length));
    factors.push([...Array.from({ length: j }, (_, i) => row!.slice([i])), length]);
  }
  const projected = matmul(stack(columns), b);
  const solution: Tensor[] = [];
  for (let i = count - 1; i >= 0; i--) {
    let rest = projected.slice([[i, i + 1]]);
    for (let j = count - 1; j > i; j--) {
      rest = subtract(rest, multiply(factors[j]![i]!, solution[count - 1 - j]!));
    }
    solution.push(divide(rest, factors[i]![i]!));
  }
  return concatenate(solution.reverse());
}
