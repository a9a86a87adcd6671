// The Dirichlet distribution.
import {
  add,
  concatenate,
  divide,
  exp,
  greater,
  less,
  multiply,
  square,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { digamma, gammaln } from "../../build/generated/rows/index.js";
import { alike, checkOperands } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { shapeText } from "../errors.js";
import { all, any } from "../ops/counting.js";
import { xlogy } from "../special.js";
import type { Tensor } from "../tensor.js";

/** x with as many shares as there are shapes, the last one being what is left. */
function shares(x: TensorLike, a: Tensor): Tensor {
  const t = toTensor(x, "stats.dirichlet");
  const [have, want] = [t.shape.at(-1) ?? 0, a.shape.at(-1) ?? 0];
  if (t.ndim > 0 && a.ndim > 0 && have === want) return t;
  if (t.ndim > 0 && a.ndim > 0 && have === want - 1) {
    return concatenate([t, subtract(1, sum(t, -1, { keepdims: true }))], -1);
  }
  throw new RangeError(
    "stats.dirichlet: x must end with as many shares as alpha has shapes, or one less: " +
      `${shapeText(t.shape)} and ${shapeText(a.shape)}`,
  );
}

function positive(y: Tensor, a: Tensor): Tensor {
  return where(all(greater(a, 0), -1), y, NaN);
}

/**
 * Density of the Dirichlet distribution of shapes alpha [..., k] at shares x [..., k], which sum to 1,
 * or x [..., k - 1] without the last one.
 *
 * @example
 * ```ts
 * stats.dirichlet.pdf([0.5, 0.5], [1, 1]).item(); // 1
 * ```
 * @throws if x and alpha do not suit each other
 */
export function pdf(x: TensorLike, alpha: TensorLike): Tensor {
  checkOperands("stats.dirichlet.pdf", x, alpha);
  return exp(logpdf(x, alpha));
}

/**
 * Logarithm of the density of the Dirichlet distribution; x as in `pdf`.
 *
 * @example
 * ```ts
 * stats.dirichlet.logpdf([0.5, 0.5], [1, 1]).item(); // 0
 * ```
 * @throws if x and alpha do not suit each other
 */
export function logpdf(x: TensorLike, alpha: TensorLike): Tensor {
  checkOperands("stats.dirichlet.logpdf", x, alpha);
  [x, alpha] = alike("stats.dirichlet.logpdf", x, alpha);
  const a = toTensor(alpha, "stats.dirichlet");
  const t = shares(x, a);
  const inside = subtract(sum(xlogy(subtract(a, 1), t), -1), logBeta(a));
  return positive(where(any(less(t, 0), -1), -Infinity, inside), a);
}

/** log of Π Γ(a) / Γ(Σ a). */
function logBeta(a: Tensor): Tensor {
  return subtract(sum(gammaln(a), -1), gammaln(sum(a, -1)));
}

/**
 * Entropy of the Dirichlet distribution.
 *
 * @example
 * ```ts
 * stats.dirichlet.entropy([1, 1]).item(); // 0
 * ```
 */
export function entropy(alpha: TensorLike): Tensor {
  checkOperands("stats.dirichlet.entropy", alpha);
  const a = toTensor(alpha, "stats.dirichlet");
  const whole = sum(a, -1);
  const k = a.shape.at(-1) ?? 0;
  const first = add(logBeta(a), multiply(subtract(whole, k), digamma(whole)));
  return positive(subtract(first, sum(multiply(subtract(a, 1), digamma(a)), -1)), a);
}

/**
 * Mean of the Dirichlet distribution.
 *
 * @example
 * ```ts
 * stats.dirichlet.mean([1, 3]).toArray(); // [0.25, 0.75]
 * ```
 */
export function mean(alpha: TensorLike): Tensor {
  checkOperands("stats.dirichlet.mean", alpha);
  const a = toTensor(alpha, "stats.dirichlet");
  return divide(a, sum(a, -1, { keepdims: true }));
}

/**
 * Variance of each share of the Dirichlet distribution.
 *
 * @example
 * ```ts
 * stats.dirichlet.variance([1, 1]); // Tensor(float32) [0.083333, 0.083333]
 * ```
 */
export function variance(alpha: TensorLike): Tensor {
  checkOperands("stats.dirichlet.variance", alpha);
  const a = toTensor(alpha, "stats.dirichlet");
  const whole = sum(a, -1, { keepdims: true });
  return divide(multiply(a, subtract(whole, a)), multiply(square(whole), add(whole, 1)));
}
