// Covariances and correlations of variables.
import {
  clip,
  concatenate,
  divide,
  greater,
  matmul,
  mean,
  multiply,
  sqrt,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { tensorBeside, type TensorLike, unrounded } from "../convert.js";
import type { Dtype } from "../dtype.js";
import { inDtype } from "../families.js";
import type { Tensor } from "../tensor.js";
import { diagonal } from "./diagonals.js";
import { atleast2d } from "./shapes.js";
import { checkOptions, trailing } from "../options.js";

/** Options of {@link cov}. */
export interface CovOptions {
  /** Rows are variables, columns observations; false: the other way round. Default true. */
  rowvar?: boolean;
  /** Divide by the number of observations, not by one less. Default false. */
  bias?: boolean;
  /** Subtracted from the number of observations instead. */
  ddof?: number;
  /** How often each observation counts: integers. */
  fweights?: TensorLike;
  /** How much each observation counts. */
  aweights?: TensorLike;
  /** The dtype in which is computed, and that of the result. */
  dtype?: Dtype;
}

/**
 * Covariances of variables, which are rows of x (and of y): a matrix, of one variable a 0-d tensor.
 *
 * @example
 * ```ts
 * cov([[1, 2, 3], [3, 2, 1]]).toArray(); // [[1, -1], [-1, 1]]
 * ```
 * @throws if x has more than two axes
 */
export function cov(
  x: TensorLike,
  y?: TensorLike | CovOptions | null,
  options?: CovOptions,
): Tensor {
  const [second, own = {}] = trailing(y, options);
  const who = "cov";
  checkOptions(own, who, "rowvar bias ddof fweights aweights dtype");
  const { fweights, aweights, dtype } = own;
  const [first, other] = unrounded(who, x, second, aweights);
  const rows = (z: TensorLike): Tensor => {
    const t = inDtype(z, dtype, who);
    if (t.ndim > 2) throw new RangeError(`${who}: needs at most two axes, not ${t.ndim}`);
    const two = atleast2d(t);
    return own.rowvar === false && t.ndim === 2 ? two.transpose() : two;
  };
  const m =
    other === undefined || other === null
      ? rows(first)
      : concatenate([rows(first), rows(other)], 0);
  const count = m.shape[1]!;
  const ddof = own.ddof ?? (own.bias === true ? 0 : 1);
  let w: Tensor | undefined;
  if (fweights !== undefined) w = tensorBeside(fweights, m, who);
  if (aweights !== undefined) {
    const a = tensorBeside(aweights, m, who);
    w = w === undefined ? a : multiply(w, a);
  }
  if (w !== undefined) w = w.astype(m.dtype === "float64" ? "float64" : w.dtype);
  let centred: Tensor;
  let product: Tensor;
  if (w === undefined) {
    centred = subtract(m, mean(m, 1, { keepdims: true }));
    product = divide(matmul(centred, centred.transpose()), Math.max(count - ddof, 0));
  } else {
    const total = sum(w);
    centred = subtract(m, divide(sum(multiply(m, w), 1, { keepdims: true }), total));
    const used =
      ddof === 0
        ? total
        : aweights === undefined
          ? subtract(total, ddof)
          : subtract(total, divide(multiply(sum(multiply(w, aweights)), ddof), total));
    const positive = where(greater(used, 0), used, 0);
    product = divide(matmul(multiply(centred, w), centred.transpose()), positive);
  }
  return product.shape[0] === 1 ? product.reshape([]) : product;
}

/** Options of {@link corrcoef}. */
export type CorrcoefOptions = Pick<CovOptions, "rowvar" | "dtype">;

/**
 * Correlation coefficients of variables, which are rows of x (and of y).
 *
 * @example
 * ```ts
 * corrcoef([[1, 2, 3], [3, 2, 1]]).toArray(); // [[1, -1], [-1, 1]]
 * ```
 * @throws if x has more than two axes
 */
export function corrcoef(
  x: TensorLike,
  y?: TensorLike | CorrcoefOptions | null,
  options?: CorrcoefOptions,
): Tensor {
  [y, options = {}] = trailing(y, options);
  checkOptions(options, "corrcoef", "rowvar dtype");
  const c = cov(x, y, options);
  if (c.ndim === 0) return divide(c, c);
  const deviations = sqrt(diagonal(c));
  return clip(divide(divide(c, deviations.reshape([-1, 1])), deviations), -1, 1);
}
