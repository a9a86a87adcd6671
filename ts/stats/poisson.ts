// The Poisson distribution.
import {
  add,
  equal,
  exp,
  floor,
  gammainc,
  gammaincc,
  gammaln,
  greaterEqual,
  less,
  logicalAnd,
  logicalOr,
  multiply,
  notEqual,
  subtract,
  where,
} from "../../build/generated/ops.js";
import type { TensorLike } from "../convert.js";
import { xlogy } from "../special.js";
import type { Tensor } from "../tensor.js";
import { standard, logOf } from "./parts.js";

/** p, but NaN for NaN, and where mu is no mean. */
function known(p: Tensor, y: Tensor, mu: TensorLike): Tensor {
  return where(logicalAnd(equal(y, y), greaterEqual(mu, 0)), p, NaN);
}

/**
 * Probability of k, of the Poisson distribution of mean mu; the derivative in k is 0.
 *
 * @example
 * ```ts
 * stats.poisson.pmf(2, 1.5).item(); // 0.2510…
 * ```
 */
export function pmf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  return exp(logpmf(k, mu, loc));
}

/**
 * Logarithm of the probability of k, of the Poisson distribution of mean mu; the derivative in k is 0.
 *
 * @example
 * ```ts
 * stats.poisson.logpmf(2, 1.5).item(); // -1.3822…
 * ```
 */
export function logpmf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  const y = standard(k, loc, 1, mu);
  const n = floor(y);
  const inside = subtract(subtract(xlogy(n, mu), gammaln(add(n, 1))), mu);
  return known(where(logicalOr(less(y, 0), notEqual(y, n)), -Infinity, inside), y, mu);
}

/**
 * Distribution function of the Poisson distribution of mean mu: the probability of at most k.
 *
 * @example
 * ```ts
 * stats.poisson.cdf(2, 1.5).item(); // 0.8088…
 * ```
 */
export function cdf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  const y = standard(k, loc, 1, mu);
  return known(where(less(y, 0), 0, gammaincc(add(floor(y), 1), mu)), y, mu);
}

/**
 * Logarithm of the distribution function of the Poisson distribution of mean mu.
 *
 * @example
 * ```ts
 * stats.poisson.logcdf(2, 1.5).item(); // -0.2121…
 * ```
 */
export function logcdf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  return logOf(cdf(k, mu, loc), sf(k, mu, loc));
}

/**
 * Probability of more than k, of the Poisson distribution of mean mu.
 *
 * @example
 * ```ts
 * stats.poisson.sf(2, 1.5).item(); // 0.1911…
 * ```
 */
export function sf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  const y = standard(k, loc, 1, mu);
  return known(where(less(y, 0), 1, gammainc(add(floor(y), 1), mu)), y, mu);
}

/**
 * Logarithm of the probability of more than k, of the Poisson distribution of mean mu.
 *
 * @example
 * ```ts
 * stats.poisson.logsf(2, 1.5).item(); // -1.6546…
 * ```
 */
export function logsf(k: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  return logOf(sf(k, mu, loc), cdf(k, mu, loc));
}

/**
 * Mean of the Poisson distribution of mean mu.
 *
 * @example
 * ```ts
 * stats.poisson.mean(1.5).item(); // 1.5…
 * ```
 */
export function mean(mu: TensorLike, loc: TensorLike = 0): Tensor {
  return add(mu, loc);
}

/**
 * Variance of the Poisson distribution of mean mu.
 *
 * @example
 * ```ts
 * stats.poisson.variance(1.5).item(); // 1.5…
 * ```
 */
export function variance(mu: TensorLike, loc: TensorLike = 0): Tensor {
  return add(mu, multiply(loc, 0));
}
