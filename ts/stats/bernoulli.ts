// The Bernoulli distribution.
import {
  add,
  equal,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  multiply,
  negative,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { entr } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { probability, standard } from "./parts.js";

/** q, but NaN for NaN, and where p is no probability. */
function known(q: Tensor, y: Tensor, p: TensorLike): Tensor {
  const chance = logicalAnd(greaterEqual(p, 0), lessEqual(p, 1));
  return where(logicalAnd(equal(y, y), chance), q, NaN);
}

/**
 * Probability of k, of one trial that succeeds (1) with probability p or fails (0); the derivative in k
 * is 0.
 *
 * @example
 * ```ts
 * stats.bernoulli.pmf(1, 0.25).item(); // 0.25…
 * ```
 */
export function pmf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.pmf", k, p, loc);
  const y = standard(k, loc, 1);
  return known(where(equal(y, 1), p, where(equal(y, 0), subtract(1, p), 0)), y, p);
}

/**
 * Logarithm of the probability of k, of one trial that succeeds (1) with probability p or fails (0);
 * the derivative in k is 0.
 *
 * @example
 * ```ts
 * stats.bernoulli.logpmf(1, 0.25).item(); // -1.3862…
 * ```
 */
export function logpmf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.logpmf", k, p, loc);
  const y = standard(k, loc, 1);
  const failure = log1p(negative(toTensor(p, "bernoulli")));
  return known(where(equal(y, 1), log(p), where(equal(y, 0), failure, -Infinity)), y, p);
}

/**
 * Distribution function of one trial that succeeds (1) with probability p or fails (0): the probability
 * of at most k.
 *
 * @example
 * ```ts
 * stats.bernoulli.cdf(1, 0.25).item(); // 1
 * ```
 */
export function cdf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.cdf", k, p, loc);
  const y = standard(k, loc, 1);
  return known(where(less(y, 0), 0, where(less(y, 1), subtract(1, p), 1)), y, p);
}

/**
 * Logarithm of the distribution function of one trial that succeeds (1) with probability p or fails
 * (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.logcdf(1, 0.25).item(); // 0
 * ```
 */
export function logcdf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.logcdf", k, p, loc);
  const y = standard(k, loc, 1);
  const failure = log1p(negative(toTensor(p, "bernoulli")));
  return known(where(less(y, 0), -Infinity, where(less(y, 1), failure, 0)), y, p);
}

/**
 * Probability of more than k, of one trial that succeeds (1) with probability p or fails (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.sf(1, 0.25).item(); // 0
 * ```
 */
export function sf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.sf", k, p, loc);
  const y = standard(k, loc, 1);
  return known(where(less(y, 0), 1, where(less(y, 1), p, 0)), y, p);
}

/**
 * Logarithm of the probability of more than k, of one trial that succeeds (1) with probability p or
 * fails (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.logsf(1, 0.25).item(); // -Infinity
 * ```
 */
export function logsf(k: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [k, p, loc] = elements("stats.bernoulli.logsf", k, p, loc);
  const y = standard(k, loc, 1);
  return known(where(less(y, 0), 0, where(less(y, 1), log(p), -Infinity)), y, p);
}

/**
 * Entropy of one trial that succeeds (1) with probability p or fails (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.entropy(0.25).item(); // 0.5623…
 * ```
 */
export function entropy(p: TensorLike, loc: TensorLike = 0): Tensor {
  [p, loc] = elements("stats.bernoulli.entropy", p, loc);
  const inside = logicalAnd(greaterEqual(p, 0), lessEqual(p, 1));
  // Of a failure, -(1 - p) log(1 - p): 1 - p is exact from a half on.
  const failure = multiply(subtract(p, 1), log1p(negative(toTensor(p, "bernoulli"))));
  const rest = where(less(p, 0.5), failure, entr(subtract(1, p)));
  return add(where(inside, add(entr(p), rest), NaN), multiply(loc, 0));
}

/**
 * Mean of one trial that succeeds (1) with probability p or fails (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.mean(0.25).item(); // 0.25…
 * ```
 */
export function mean(p: TensorLike, loc: TensorLike = 0): Tensor {
  [p, loc] = elements("stats.bernoulli.mean", p, loc);
  const y = standard(p, 0, 1);
  return add(known(y, y, p), loc);
}

/**
 * Variance of one trial that succeeds (1) with probability p or fails (0).
 *
 * @example
 * ```ts
 * stats.bernoulli.variance(0.25).item(); // 0.1875…
 * ```
 */
export function variance(p: TensorLike, loc: TensorLike = 0): Tensor {
  [p, loc] = elements("stats.bernoulli.variance", p, loc);
  const y = multiply(standard(p, 0, 1), subtract(1, p));
  return add(known(y, y, p), multiply(loc, 0));
}

/**
 * The smallest outcome whose distribution function is at least q, of one trial that succeeds (1) with
 * probability p or fails (0); −1 for 0. The derivative is 0.
 *
 * @example
 * ```ts
 * stats.bernoulli.ppf([0.5, 0.8], 0.25).toArray(); // [0, 1]
 * ```
 */
export function ppf(q: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [q, p, loc] = elements("stats.bernoulli.ppf", q, p, loc);
  const c = probability(standard(q, 0, 1));
  return outcome(c, 0, lessEqual(c, subtract(1, p)), p, loc);
}

/**
 * The smallest outcome that is exceeded with probability q at most, of one trial that succeeds (1) with
 * probability p or fails (0); −1 for 1. The derivative is 0.
 *
 * @example
 * ```ts
 * stats.bernoulli.isf([0.5, 0.2], 0.25).toArray(); // [0, 1]
 * ```
 */
export function isf(q: TensorLike, p: TensorLike, loc: TensorLike = 0): Tensor {
  [q, p, loc] = elements("stats.bernoulli.isf", q, p, loc);
  const c = probability(standard(q, 0, 1));
  return outcome(c, 1, greaterEqual(c, p), p, loc);
}

/** −1 for the chance of nothing, 1 for its opposite, else 0 if that fails, or 1; in c's dtype. */
function outcome(c: Tensor, nothing: 0 | 1, fails: Tensor, p: TensorLike, loc: TensorLike): Tensor {
  const zero = multiply(c, 0);
  const one = add(zero, 1);
  const inside = where(equal(c, 1 - nothing), one, where(fails, zero, one));
  return add(known(where(equal(c, nothing), negative(one), inside), c, p), loc);
}
