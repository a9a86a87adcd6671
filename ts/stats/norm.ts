// The normal distribution.
import {
  add,
  divide,
  exp,
  log,
  multiply,
  negative,
  square,
  subtract,
} from "../../build/generated/ops.js";
import { logNdtr, ndtr, ndtri } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, LOG_ROOT_2PI } from "./parts.js";

/**
 * Density of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.pdf(1).item(); // 0.2419…
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(divide(exp(multiply(square(z), -0.5)), Math.sqrt(2 * Math.PI)), scale), scale);
}

/**
 * Logarithm of the density of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.logpdf(1).item(); // -1.4189…
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.logpdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(subtract(multiply(square(z), -0.5), LOG_ROOT_2PI), scale), scale);
}

/**
 * Distribution function of the normal distribution with mean loc and standard deviation scale: the
 * probability of at most x.
 *
 * @example
 * ```ts
 * stats.norm.cdf(1).item(); // 0.8413…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(ndtr(z), scale);
}

/**
 * Logarithm of the distribution function of the normal distribution with mean loc and standard
 * deviation scale. Accurate far to both sides.
 *
 * @example
 * ```ts
 * stats.norm.logcdf(1).item(); // -0.1727…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logNdtr(z), scale);
}

/**
 * Probability of more than x, of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.sf(1).item(); // 0.1586…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(ndtr(negative(z)), scale);
}

/**
 * Logarithm of the probability of more than x, of the normal distribution with mean loc and standard
 * deviation scale. Accurate far to both sides.
 *
 * @example
 * ```ts
 * stats.norm.logsf(1).item(); // -1.8410…
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.norm.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logNdtr(negative(z)), scale);
}

/**
 * The value that is not exceeded with probability q, of the normal distribution with mean loc and
 * standard deviation scale; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.norm.ppf(0.975).item(); // 1.9599…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.norm.ppf", q, loc, scale);
  return valid(placed(ndtri(q), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the normal distribution with mean loc and standard
 * deviation scale; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.norm.isf(0.975).item(); // -1.9599…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.norm.isf", q, loc, scale);
  return valid(placed(negative(ndtri(q)), loc, scale), scale);
}

/**
 * Entropy of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.entropy().item(); // 1.4189…
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.norm.entropy", loc, scale);
  return valid(add(multiply(loc, 0), add(log(scale), LOG_ROOT_2PI + 0.5)), scale);
}

/**
 * Mean of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.mean().item(); // 0
 * ```
 */
export function mean(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.norm.mean", loc, scale);
  return valid(add(loc, multiply(scale, 0)), scale);
}

/**
 * Variance of the normal distribution with mean loc and standard deviation scale.
 *
 * @example
 * ```ts
 * stats.norm.variance().item(); // 1
 * ```
 */
export function variance(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.norm.variance", loc, scale);
  return valid(add(multiply(loc, 0), square(scale)), scale);
}
