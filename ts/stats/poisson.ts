// The Poisson distribution.
import {
  add,
  ceil,
  divide,
  equal,
  exp,
  floor,
  greaterEqual,
  isinf,
  less,
  lessEqual,
  log,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  multiply,
  notEqual,
  sqrt,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { gammainc, gammaincc, gammaln } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { xlogy } from "../special.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { probability, standard } from "./parts.js";
import { entropyOf, firstWhole, largestOf } from "./steps.js";
import { logOfGamma } from "./tails.js";

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
  [k, mu, loc] = elements("stats.poisson.pmf", k, mu, loc);
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
  [k, mu, loc] = elements("stats.poisson.logpmf", k, mu, loc);
  const y = standard(k, loc, 1);
  const n = floor(y);
  const inside = subtract(subtract(xlogy(n, mu), gammaln(add(n, 1))), mu);
  return known(
    where(logicalOr(logicalOr(less(y, 0), isinf(y)), notEqual(y, n)), -Infinity, inside),
    y,
    mu,
  );
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
  [k, mu, loc] = elements("stats.poisson.cdf", k, mu, loc);
  const y = standard(k, loc, 1);
  return known(where(less(y, 0), 0, where(isinf(y), 1, gammaincc(add(floor(y), 1), mu))), y, mu);
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
  [k, mu, loc] = elements("stats.poisson.logcdf", k, mu, loc);
  const shape = add(floor(standard(k, loc, 1)), 1);
  return logOfGamma(cdf(k, mu, loc), sf(k, mu, loc), shape, mu, true);
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
  [k, mu, loc] = elements("stats.poisson.sf", k, mu, loc);
  const y = standard(k, loc, 1);
  return known(where(less(y, 0), 1, where(isinf(y), 0, gammainc(add(floor(y), 1), mu))), y, mu);
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
  [k, mu, loc] = elements("stats.poisson.logsf", k, mu, loc);
  const shape = add(floor(standard(k, loc, 1)), 1);
  return logOfGamma(sf(k, mu, loc), cdf(k, mu, loc), shape, mu, false);
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
  [mu, loc] = elements("stats.poisson.mean", mu, loc);
  const m = standard(mu, 0, 1);
  return add(known(m, m, m), loc);
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
  [mu, loc] = elements("stats.poisson.variance", mu, loc);
  const m = standard(mu, 0, 1);
  return add(known(m, m, m), multiply(loc, 0));
}

/**
 * The smallest number whose distribution function is at least q, of the Poisson distribution of mean mu;
 * −1 for 0. The derivative is 0.
 *
 * @example
 * ```ts
 * stats.poisson.ppf([0.1, 0.5, 0.99], 1.5).toArray(); // [0, 1, 5]
 * ```
 */
export function ppf(q: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  [q, mu, loc] = elements("stats.poisson.ppf", q, mu, loc);
  return inverse(q, mu, loc, (k, p, m) => greaterEqual(cdf(k, m), p), 0);
}

/**
 * The smallest number that is exceeded with probability q at most, of the Poisson distribution of mean
 * mu; −1 for 1. The derivative is 0.
 *
 * @example
 * ```ts
 * stats.poisson.isf([0.9, 0.5, 0.01], 1.5).toArray(); // [0, 1, 5]
 * ```
 */
export function isf(q: TensorLike, mu: TensorLike, loc: TensorLike = 0): Tensor {
  [q, mu, loc] = elements("stats.poisson.isf", q, mu, loc);
  return inverse(q, mu, loc, (k, p, m) => lessEqual(sf(k, m), p), 1);
}

function inverse(
  q: TensorLike,
  mu: TensorLike,
  loc: TensorLike,
  enough: (k: Tensor, p: Tensor, mu: Tensor) => Tensor,
  nothing: 0 | 1,
): Tensor {
  const p = stopGradient<Tensor>(probability(standard(q, 0, 1)));
  const m = stopGradient<Tensor>(add(standard(mu, 0, 1), multiply(p, 0)));
  const high = ceil(add(add(m, multiply(sqrt(m), 40)), 100));
  const k = firstWhole(add(multiply(m, 0), -1), high, (n) => enough(n, p, m));
  const ends = where(equal(p, nothing), -1, where(equal(p, 1 - nothing), Infinity, k));
  return add(known(ends, add(p, m), m), multiply(loc, 0)).add(loc);
}

/**
 * Entropy of the Poisson distribution of mean mu: a sum, of large means a series (Evans &
 * Boersma, 1988).
 *
 * @example
 * ```ts
 * stats.poisson.entropy(1.5).item(); // 1.5…
 * ```
 */
export function entropy(mu: TensorLike, loc: TensorLike = 0): Tensor {
  [mu, loc] = elements("stats.poisson.entropy", mu, loc);
  const m = standard(mu, 0, 1);
  // Where sums go over into the series: float32 loses digits in longer ones.
  const many = m.dtype === "float32" ? 50 : 1000;
  const most = Math.min(largestOf(stopGradient<Tensor>(m)) ?? many, many);
  const few = minimum(m, many);
  const terms = Number.isNaN(most) || most < 0 ? 0 : Math.ceil(most + 12 * Math.sqrt(most) + 40);
  const column = few.expandDims(-1);
  const sums = entropyOf(terms, m, (k) =>
    subtract(subtract(xlogy(k, column), gammaln(add(k, 1))), column),
  );
  const x = divide(1, maximum(m, many));
  const series = multiply(x, add(1 / 12, multiply(x, add(1 / 24, multiply(x, 19 / 360)))));
  const half = multiply(log(multiply(2 * Math.PI * Math.E, maximum(m, many))), 0.5);
  const y = where(less(m, many), sums, subtract(half, series));
  return add(known(y, m, m), multiply(loc, 0));
}
