// The exponential distribution.
import {
  add,
  exp,
  expm1,
  less,
  log,
  log1p,
  multiply,
  negative,
  square,
  where,
} from "../../build/generated/ops.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, probability, logOf } from "./parts.js";

/**
 * Density of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.pdf(1).item(); // 0.3678…
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(where(less(z, 0), 0, exp(negative(z))), scale), scale);
}

/**
 * Logarithm of the density of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.logpdf(1).item(); // -1
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.logpdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(where(less(z, 0), -Infinity, negative(z)), scale), scale);
}

/**
 * Distribution function of the exponential distribution from loc on, of mean scale beyond it: the
 * probability of at most x.
 *
 * @example
 * ```ts
 * stats.exponential.cdf(1).item(); // 0.6321…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, negative(expm1(negative(z)))), scale);
}

/**
 * Logarithm of the distribution function of the exponential distribution from loc on, of mean scale
 * beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.logcdf(1).item(); // -0.4586…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(less(z, 0), -Infinity, logOf(negative(expm1(negative(z))), exp(negative(z)))),
    scale,
  );
}

/**
 * Probability of more than x, of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.sf(1).item(); // 0.3678…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 1, exp(negative(z))), scale);
}

/**
 * Logarithm of the probability of more than x, of the exponential distribution from loc on, of mean
 * scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.logsf(1).item(); // -1
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.exponential.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, negative(z)), scale);
}

/**
 * The value that is not exceeded with probability q, of the exponential distribution from loc on, of
 * mean scale beyond it; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.exponential.ppf(0.9).item(); // 2.3025…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.exponential.ppf", q, loc, scale);
  return valid(placed(negative(log1p(negative(probability(q)))), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the exponential distribution from loc on, of mean
 * scale beyond it; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.exponential.isf(0.9).item(); // 0.1053…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.exponential.isf", q, loc, scale);
  return valid(placed(negative(log(probability(q))), loc, scale), scale);
}

/**
 * Entropy of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.entropy().item(); // 1
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.exponential.entropy", loc, scale);
  return valid(add(multiply(loc, 0), add(log(scale), 1)), scale);
}

/**
 * Mean of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.mean().item(); // 1
 * ```
 */
export function mean(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.exponential.mean", loc, scale);
  return valid(add(loc, scale), scale);
}

/**
 * Variance of the exponential distribution from loc on, of mean scale beyond it.
 *
 * @example
 * ```ts
 * stats.exponential.variance().item(); // 1
 * ```
 */
export function variance(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.exponential.variance", loc, scale);
  return valid(add(multiply(loc, 0), square(scale)), scale);
}
