// Functions of matrices, and products of many.
import { Matrix } from "../../assembly/shared/matrix.js";
import { matmul } from "../../build/generated/ops.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { eye } from "../create.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { floats, rowOf, squares } from "./rows.js";
import { inverse } from "./solving.js";

/**
 * The n-th power of square matrices: so many products of x with itself, or with its inverse if n is
 * negative.
 *
 * @example
 * ```ts
 * matrixPower([[1, 1], [0, 1]], 3).toArray(); // [[1, 3], [0, 1]]
 * ```
 * @throws if matrices are not square, if n is no integer, or if it is negative and a matrix singular
 */
export function matrixPower(x: TensorLike, n: number): Tensor {
  const who = "matrixPower";
  const t = squares(toTensor(x, who), who);
  if (!Number.isInteger(n)) {
    throw new RangeError(`${who}: ${describe(n)} is not an exponent: an integer`);
  }
  const size = t.shape.at(-1)!;
  if (n === 0) return eye(size, size, { dtype: t.dtype }).broadcastTo(t.shape);
  let result: Tensor | undefined;
  let square = n < 0 ? inverse(t, who) : t;
  for (let rest = Math.abs(n); ; square = matmul(square, square)) {
    if (rest % 2 === 1) result = result === undefined ? square : matmul(result, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return result!;
  }
}

/**
 * The exponential of square matrices, the last two axes of x, by a Padé approximant of scaled matrices
 * (Higham 2005).
 *
 * @example
 * ```ts
 * linalg.expm([[0, 1], [0, 0]]).toArray(); // [[1, 1], [0, 1]]
 * ```
 * @throws if matrices are not square
 */
export function expm(x: TensorLike): Tensor {
  const who = "linalg.expm";
  return rowOf(Matrix.Expm, [squares(floats([x], who)[0]!, who)], who);
}

/**
 * The principal square root of square matrices, the last two axes of x: the one whose eigenvalues have
 * positive real parts (Björck & Hammarling 1983). Derivatives are finite where x is not singular.
 *
 * @example
 * ```ts
 * linalg.sqrtm([[4, 0], [0, 9]]).toArray(); // [[2, 0], [0, 3]]
 * ```
 * @throws if matrices are not square, if the root is complex, or if there is none
 */
export function sqrtm(x: TensorLike): Tensor {
  const who = "linalg.sqrtm";
  return rowOf(Matrix.Sqrtm, [squares(floats([x], who)[0]!, who)], who);
}

/**
 * The principal logarithm of square matrices, the last two axes of x: the one whose eigenvalues have
 * imaginary parts between -π and π. By inverse scaling and squaring (Kenney & Laub 1989).
 *
 * @example
 * ```ts
 * linalg.logm([[1, 1], [0, 1]]).toArray(); // [[0, 1], [0, 0]]
 * ```
 * @throws if matrices are not square or singular, or if the logarithm is complex
 */
export function logm(x: TensorLike): Tensor {
  const who = "linalg.logm";
  return rowOf(Matrix.Logm, [squares(floats([x], who)[0]!, who)], who);
}

/**
 * x with a · x + x · b = q (Bartels & Stewart 1972): a is m × m, b n × n, q m × n; further axes are
 * broadcast.
 *
 * @example
 * ```ts
 * linalg.solveSylvester([[1]], [[2]], [[6]]).toArray(); // [[2]]
 * ```
 * @throws if shapes do not fit, or if a and -b have an eigenvalue in common
 */
export function solveSylvester(a: TensorLike, b: TensorLike, q: TensorLike): Tensor {
  const who = "linalg.solveSylvester";
  const [left, right, sum] = floats([a, b, q], who) as [Tensor, Tensor, Tensor];
  const m = squares(left, who).shape.at(-1);
  const n = squares(right, who).shape.at(-1);
  if (sum.ndim < 2 || sum.shape.at(-2) !== m || sum.shape.at(-1) !== n) {
    throw new RangeError(
      `${who}: sizes differ: ${shapeText(left.shape)} · x + x · ${shapeText(right.shape)} = ` +
        shapeText(sum.shape),
    );
  }
  return rowOf(Matrix.Sylvester, [left, right, sum], who);
}

/**
 * The product of two or more matrices, in the order that takes fewest multiplications. The first and
 * the last may be vectors.
 *
 * @example
 * ```ts
 * linalg.multiDot([[1, 2], [[1, 0], [0, 1]], [3, 4]]).item(); // 11
 * ```
 * @throws if there are fewer than two, if one between is no matrix, or if inner sizes differ
 */
export function multiDot(list: readonly TensorLike[]): Tensor {
  const who = "linalg.multiDot";
  if (!Array.isArray(list) || list.length < 2) {
    throw new RangeError(`${who}: needs a list of at least two matrices`);
  }
  const all = unrounded(who, ...(list as TensorLike[])).map((x) => toTensor(x, who));
  const last = all.length - 1;
  all.forEach((x, i) => {
    if (x.ndim === 2 || (x.ndim === 1 && (i === 0 || i === last))) return;
    throw new RangeError(`${who}: matrices have two axes, operand ${i} has ${x.ndim}`);
  });
  const shapes = all.map((x, i): readonly number[] =>
    x.ndim === 2 ? x.shape : i === 0 ? [1, x.size] : [x.size, 1],
  );
  shapes.forEach((shape, i) => {
    if (i === last || shape[1] === shapes[i + 1]![0]) return;
    throw new RangeError(
      `${who}: inner sizes differ: ${shapeText(all[i]!.shape)} · ${shapeText(all[i + 1]!.shape)} ` +
        `(${shape[1]} ≠ ${shapes[i + 1]![0]})`,
    );
  });
  const splits = bestSplits([...shapes.map((shape) => shape[0]!), shapes[last]![1]!]);
  const product = (i: number, j: number): Tensor => {
    if (i === j) return all[i]!;
    const k = splits[i]![j]!;
    return matmul(product(i, k), product(k + 1, j));
  };
  return product(0, last);
}

/** Where to cut each stretch of a product of matrices d[i] × d[i + 1] (Cormen et al., 14.2). */
function bestSplits(d: readonly number[]): number[][] {
  const n = d.length - 1;
  const costs = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const splits = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length;
      costs[i]![j] = Infinity;
      for (let k = i; k < j; k++) {
        const cost = costs[i]![k]! + costs[k + 1]![j]! + d[i]! * d[k + 1]! * d[j + 1]!;
        if (cost >= costs[i]![j]!) continue;
        costs[i]![j] = cost;
        splits[i]![j] = k;
      }
    }
  }
  return splits;
}
