// The binomial distribution.
import {
  add,
  equal,
  exp,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log1p,
  logicalAnd,
  logicalOr,
  multiply,
  negative,
  notEqual,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { betainc, betaln } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { xlogy, xlog1py } from "../special.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { probability, standard } from "./parts.js";
import { entropyOf, firstWhole, largestOf } from "./steps.js";
import { logOfBeta } from "./tails.js";

/** q, but NaN for NaN, and where n is no number of trials or p no probability. */
function known(q: Tensor, y: Tensor, n: TensorLike, p: TensorLike): Tensor {
  const trials = logicalAnd(greaterEqual(n, 0), equal(floor(standard(n, 0, 1)), n));
  const chance = logicalAnd(greaterEqual(p, 0), lessEqual(p, 1));
  return where(logicalAnd(logicalAnd(equal(y, y), trials), chance), q, NaN);
}

/**
 * Probability of k, of the binomial distribution: how many of n trials succeed, each with probability
 * p; the derivative in k is 0.
 *
 * @example
 * ```ts
 * stats.binomial.pmf(2, 5, 0.25).item(); // 0.2636…
 * ```
 */
export function pmf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.pmf", k, n, p, loc);
  return exp(logpmf(k, n, p, loc));
}

/**
 * Logarithm of the probability of k, of the binomial distribution: how many of n trials succeed, each
 * with probability p; the derivative in k is 0.
 *
 * @example
 * ```ts
 * stats.binomial.logpmf(2, 5, 0.25).item(); // -1.3330…
 * ```
 */
export function logpmf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.logpmf", k, n, p, loc);
  const [y, all] = [standard(k, loc, 1), floor(standard(n, 0, 1))];
  const i = floor(y);
  const ways = negative(add(betaln(add(i, 1), add(subtract(all, i), 1)), log1p(all)));
  const powers = add(xlogy(i, p), xlog1py(subtract(all, i), negative(toTensor(p, "binomial"))));
  const outside = logicalOr(logicalOr(less(y, 0), greater(y, all)), notEqual(y, i));
  return known(where(outside, -Infinity, add(ways, powers)), y, n, p);
}

/**
 * Distribution function of the binomial distribution: how many of n trials succeed, each with
 * probability p: the probability of at most k.
 *
 * @example
 * ```ts
 * stats.binomial.cdf(2, 5, 0.25).item(); // 0.8964…
 * ```
 */
export function cdf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.cdf", k, n, p, loc);
  const [y, all] = [standard(k, loc, 1), floor(standard(n, 0, 1))];
  const i = floor(y);
  const inside = betainc(subtract(all, i), add(i, 1), subtract(1, p));
  return known(where(less(y, 0), 0, where(greaterEqual(y, all), 1, inside)), y, n, p);
}

/**
 * Logarithm of the distribution function of the binomial distribution: how many of n trials succeed,
 * each with probability p.
 *
 * @example
 * ```ts
 * stats.binomial.logcdf(2, 5, 0.25).item(); // -0.1092…
 * ```
 */
export function logcdf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.logcdf", k, n, p, loc);
  const [i, all] = [floor(standard(k, loc, 1)), floor(standard(n, 0, 1))];
  const shapes = [subtract(all, i), add(i, 1)] as const;
  return logOfBeta(cdf(k, n, p, loc), sf(k, n, p, loc), shapes, subtract(1, p), p);
}

/**
 * Probability of more than k, of the binomial distribution: how many of n trials succeed, each with
 * probability p.
 *
 * @example
 * ```ts
 * stats.binomial.sf(2, 5, 0.25).item(); // 0.1035…
 * ```
 */
export function sf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.sf", k, n, p, loc);
  const [y, all] = [standard(k, loc, 1), floor(standard(n, 0, 1))];
  const i = floor(y);
  const inside = betainc(add(i, 1), subtract(all, i), p);
  return known(where(less(y, 0), 1, where(greaterEqual(y, all), 0, inside)), y, n, p);
}

/**
 * Logarithm of the probability of more than k, of the binomial distribution: how many of n trials
 * succeed, each with probability p.
 *
 * @example
 * ```ts
 * stats.binomial.logsf(2, 5, 0.25).item(); // -2.2680…
 * ```
 */
export function logsf(k: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, n, p, loc] = elements("stats.binomial.logsf", k, n, p, loc);
  const [i, all] = [floor(standard(k, loc, 1)), floor(standard(n, 0, 1))];
  const shapes = [add(i, 1), subtract(all, i)] as const;
  return logOfBeta(sf(k, n, p, loc), cdf(k, n, p, loc), shapes, p, subtract(1, p));
}

/**
 * Mean of the binomial distribution: how many of n trials succeed, each with probability p.
 *
 * @example
 * ```ts
 * stats.binomial.mean(5, 0.25).item(); // 1.25…
 * ```
 */
export function mean(n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [n, p, loc] = elements("stats.binomial.mean", n, p, loc);
  const y = multiply(n, standard(p, 0, 1));
  return add(known(y, y, n, p), loc);
}

/**
 * Variance of the binomial distribution: how many of n trials succeed, each with probability p.
 *
 * @example
 * ```ts
 * stats.binomial.variance(5, 0.25).item(); // 0.9375…
 * ```
 */
export function variance(n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [n, p, loc] = elements("stats.binomial.variance", n, p, loc);
  const y = multiply(multiply(n, standard(p, 0, 1)), subtract(1, p));
  return add(known(y, y, n, p), multiply(loc, 0));
}

/**
 * The smallest number of successes whose distribution function is at least q; −1 for 0. The derivative
 * is 0.
 *
 * @example
 * ```ts
 * stats.binomial.ppf([0.1, 0.5, 1], 5, 0.25).toArray(); // [0, 1, 5]
 * ```
 */
export function ppf(q: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [q, n, p, loc] = elements("stats.binomial.ppf", q, n, p, loc);
  return inverse(q, n, p, loc, (k, c, m, s) => greaterEqual(cdf(k, m, s), c), 0);
}

/**
 * The smallest number of successes that is exceeded with probability q at most; −1 for 1. The derivative
 * is 0.
 *
 * @example
 * ```ts
 * stats.binomial.isf([0.9, 0.5, 0], 5, 0.25).toArray(); // [0, 1, 5]
 * ```
 */
export function isf(q: TensorLike, n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [q, n, p, loc] = elements("stats.binomial.isf", q, n, p, loc);
  return inverse(q, n, p, loc, (k, c, m, s) => lessEqual(sf(k, m, s), c), 1);
}

function inverse(
  q: TensorLike,
  n: TensorLike,
  p: TensorLike,
  loc: TensorLike,
  enough: (k: Tensor, chance: Tensor, n: Tensor, p: Tensor) => Tensor,
  nothing: 0 | 1,
): Tensor {
  const chance = stopGradient<Tensor>(probability(standard(q, 0, 1)));
  const share = stopGradient<Tensor>(standard(p, 0, 1));
  const zero = multiply(add(chance, share), 0);
  const all = stopGradient<Tensor>(add(standard(n, 0, 1), zero));
  const k = firstWhole(add(multiply(all, 0), -1), all, (i) => enough(i, chance, all, share));
  const ends = where(equal(chance, nothing), -1, where(equal(chance, 1 - nothing), all, k));
  return add(known(ends, add(chance, all), all, share), multiply(loc, 0)).add(loc);
}

/**
 * Entropy of the binomial distribution: a sum over n + 1 numbers.
 *
 * @example
 * ```ts
 * stats.binomial.entropy(5, 0.25).item(); // 1.3…
 * ```
 * @throws if n is mapped by vmap
 */
export function entropy(n: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [n, p, loc] = elements("stats.binomial.entropy", n, p, loc);
  const share = standard(p, 0, 1);
  const all = standard(n, 0, 1);
  const most = largestOf(all);
  if (most === undefined)
    throw new Error("entropy: how many terms there are is not known; n is mapped");
  const wide = add(all, multiply(share, 0)).expandDims(-1);
  const column = add(share, multiply(all, 0)).expandDims(-1);
  const y = entropyOf(most >= 0 ? Math.floor(most) : 0, share, (k) => logpmf(k, wide, column));
  return add(known(y, share, n, p), multiply(loc, 0));
}
