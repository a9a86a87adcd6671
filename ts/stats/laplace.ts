// The Laplace distribution.
import {
  abs,
  add,
  exp,
  less,
  log,
  log1p,
  multiply,
  negative,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, probability } from "./parts.js";

// Without |z|: at 0 the distribution function is smooth, where |z| has no derivative.

function below(z: Tensor): Tensor {
  return where(less(z, 0), multiply(exp(z), 0.5), subtract(1, multiply(exp(negative(z)), 0.5)));
}

function logBelow(z: Tensor): Tensor {
  return where(less(z, 0), subtract(z, Math.LN2), log1p(multiply(exp(negative(z)), -0.5)));
}

function quantile(q: Tensor): Tensor {
  const above = negative(log(subtract(2, multiply(q, 2))));
  return where(less(q, 0.5), log(multiply(q, 2)), above);
}

/**
 * Density of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale). The derivative at loc is 0.
 *
 * @example
 * ```ts
 * stats.laplace.pdf(1).item(); // 0.1839…
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(multiply(exp(negative(abs(z))), 0.5), scale), scale);
}

/**
 * Logarithm of the density of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale). The
 * derivative at loc is 0.
 *
 * @example
 * ```ts
 * stats.laplace.logpdf(1).item(); // -1.6931…
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.logpdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(subtract(negative(abs(z)), Math.LN2), scale), scale);
}

/**
 * Distribution function of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale): the
 * probability of at most x.
 *
 * @example
 * ```ts
 * stats.laplace.cdf(1).item(); // 0.8160…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(z), scale);
}

/**
 * Logarithm of the distribution function of the Laplace distribution, exp(-|x - loc| / scale) /
 * (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.logcdf(1).item(); // -0.2032…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logBelow(z), scale);
}

/**
 * Probability of more than x, of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.sf(1).item(); // 0.1839…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(negative(z)), scale);
}

/**
 * Logarithm of the probability of more than x, of the Laplace distribution, exp(-|x - loc| / scale) /
 * (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.logsf(1).item(); // -1.6931…
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.laplace.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logBelow(negative(z)), scale);
}

/**
 * The value that is not exceeded with probability q, of the Laplace distribution, exp(-|x - loc| /
 * scale) / (2·scale); NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.laplace.ppf(0.9).item(); // 1.6094…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.laplace.ppf", q, loc, scale);
  return valid(placed(quantile(probability(q)), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the Laplace distribution, exp(-|x - loc| / scale) /
 * (2·scale); NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.laplace.isf(0.9).item(); // -1.6094…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.laplace.isf", q, loc, scale);
  return valid(placed(negative(quantile(probability(q))), loc, scale), scale);
}

/**
 * Entropy of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.entropy().item(); // 1.6931…
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.laplace.entropy", loc, scale);
  return valid(add(multiply(loc, 0), add(log(scale), 1 + Math.LN2)), scale);
}

/**
 * Mean of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.mean().item(); // 0
 * ```
 */
export function mean(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.laplace.mean", loc, scale);
  return valid(add(loc, multiply(scale, 0)), scale);
}

/**
 * Variance of the Laplace distribution, exp(-|x - loc| / scale) / (2·scale).
 *
 * @example
 * ```ts
 * stats.laplace.variance().item(); // 2
 * ```
 */
export function variance(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.laplace.variance", loc, scale);
  return valid(add(multiply(loc, 0), multiply(square(scale), 2)), scale);
}
