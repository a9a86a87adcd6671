// The uniform distribution.
import {
  add,
  divide,
  exp,
  greater,
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
import { standard, placed, lessLog, over, valid, within, probability } from "./parts.js";

/**
 * Density of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.pdf(0.25).item(); // 1
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(within(z, 0, 1, exp(multiply(z, 0)), 0), scale), scale);
}

/**
 * Logarithm of the density of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.logpdf(0.25).item(); // 0
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.logpdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(within(z, 0, 1, multiply(z, 0), -Infinity), scale), scale);
}

/**
 * Distribution function of the uniform distribution from loc to loc + scale: the probability of at most
 * x.
 *
 * @example
 * ```ts
 * stats.uniform.cdf(0.25).item(); // 0.25…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, where(greater(z, 1), 1, z)), scale);
}

/**
 * Logarithm of the distribution function of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.logcdf(0.25).item(); // -1.3862…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), -Infinity, where(greater(z, 1), 0, log(z))), scale);
}

/**
 * Probability of more than x, of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.sf(0.25).item(); // 0.75…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 1, where(greater(z, 1), 0, subtract(1, z))), scale);
}

/**
 * Logarithm of the probability of more than x, of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.logsf(0.25).item(); // -0.2876…
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.uniform.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, where(greater(z, 1), -Infinity, log1p(negative(z)))), scale);
}

/**
 * The value that is not exceeded with probability q, of the uniform distribution from loc to loc +
 * scale; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.uniform.ppf(0.9).item(); // 0.9…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.uniform.ppf", q, loc, scale);
  return valid(placed(probability(q), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the uniform distribution from loc to loc + scale;
 * NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.uniform.isf(0.9).item(); // 0.0999…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.uniform.isf", q, loc, scale);
  return valid(placed(subtract(1, probability(q)), loc, scale), scale);
}

/**
 * Entropy of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.entropy().item(); // 0
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.uniform.entropy", loc, scale);
  return valid(add(multiply(loc, 0), log(scale)), scale);
}

/**
 * Mean of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.mean().item(); // 0.5…
 * ```
 */
export function mean(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.uniform.mean", loc, scale);
  return valid(add(loc, multiply(scale, 0.5)), scale);
}

/**
 * Variance of the uniform distribution from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.uniform.variance().item(); // 0.0833…
 * ```
 */
export function variance(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.uniform.variance", loc, scale);
  return valid(add(multiply(loc, 0), divide(square(scale), 12)), scale);
}
