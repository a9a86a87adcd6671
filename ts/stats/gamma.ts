// The gamma distribution.
import {
  add,
  divide,
  equal,
  exp,
  greater,
  less,
  log,
  logicalOr,
  multiply,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import {
  digamma,
  gammainc,
  gammaincc,
  gammainccinv,
  gammaincinv,
  gammaln,
} from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { xlogy } from "../special.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, polynomial, LOG_ROOT_2PI } from "./parts.js";
import { logOfGamma } from "./tails.js";

/** Logarithm of the density for scale 1. */
function density(z: Tensor, a: TensorLike): Tensor {
  return subtract(subtract(xlogy(subtract(a, 1), z), z), gammaln(a));
}

/** Where the density is 0: below 0 and at infinity, where its formula gives ∞ - ∞. */
function outside(z: Tensor): Tensor {
  return logicalOr(less(z, 0), equal(z, Infinity));
}

/**
 * Density of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.pdf(1, 2.5).item(); // 0.2767…
 * ```
 */
export function pdf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.pdf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(where(outside(z), 0, exp(density(z, a))), scale), scale, a);
}

/**
 * Logarithm of the density of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.logpdf(1, 2.5).item(); // -1.2846…
 * ```
 */
export function logpdf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.logpdf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(where(outside(z), -Infinity, density(z, a)), scale), scale, a);
}

/**
 * Distribution function of the gamma distribution of shape a: the probability of at most x.
 *
 * @example
 * ```ts
 * stats.gamma.cdf(1, 2.5).item(); // 0.1508…
 * ```
 */
export function cdf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.cdf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, gammainc(a, z)), scale, a);
}

/**
 * Logarithm of the distribution function of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.logcdf(1, 2.5).item(); // -1.8914…
 * ```
 */
export function logcdf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.logcdf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(less(z, 0), -Infinity, logOfGamma(gammainc(a, z), gammaincc(a, z), a, z, false)),
    scale,
    a,
  );
}

/**
 * Probability of more than x, of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.sf(1, 2.5).item(); // 0.8491…
 * ```
 */
export function sf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.sf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 1, gammaincc(a, z)), scale, a);
}

/**
 * Logarithm of the probability of more than x, of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.logsf(1, 2.5).item(); // -0.1635…
 * ```
 */
export function logsf(
  x: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, loc, scale] = elements("stats.gamma.logsf", x, a, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(less(z, 0), 0, logOfGamma(gammaincc(a, z), gammainc(a, z), a, z, true)),
    scale,
    a,
  );
}

/**
 * The value that is not exceeded with probability q, of the gamma distribution of shape a; NaN outside
 * of 0 … 1.
 *
 * @example
 * ```ts
 * stats.gamma.ppf(0.9, 2.5).item(); // 4.6181…
 * ```
 */
export function ppf(
  q: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, a, loc, scale] = elements("stats.gamma.ppf", q, a, loc, scale);
  return valid(placed(gammaincinv(a, q), loc, scale), scale, a);
}

/**
 * The value that is exceeded with probability q, of the gamma distribution of shape a; NaN outside of 0
 * … 1.
 *
 * @example
 * ```ts
 * stats.gamma.isf(0.9, 2.5).item(); // 0.8051…
 * ```
 */
export function isf(
  q: TensorLike,
  a: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, a, loc, scale] = elements("stats.gamma.isf", q, a, loc, scale);
  return valid(placed(gammainccinv(a, q), loc, scale), scale, a);
}

/**
 * Entropy of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.entropy(2.5).item(); // 1.7299…
 * ```
 */
export function entropy(a: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [a, loc, scale] = elements("stats.gamma.entropy", a, loc, scale);
  const many = greater(a, 30);
  const few = where(many, 1, a);
  const each = add(add(few, gammaln(few)), multiply(subtract(1, few), digamma(few)));
  const big = where(many, a, 30);
  const u = divide(1, big);
  // Of large shapes the terms cancel.
  const far = add(multiply(log(big), 0.5), multiply(u, polynomial(u, ENTROPY)));
  const whole = add(where(many, add(far, LOG_ROOT_2PI + 0.5), each), log(scale));
  return valid(add(multiply(loc, 0), whole), scale, a);
}

/** Of the entropy beyond log(2πea) / 2, divided by u = 1 / a (Stirling's series). */
const ENTROPY: readonly number[] = [
  -1 / 3,
  -1 / 12,
  -1 / 90,
  1 / 120,
  1 / 210,
  -1 / 252,
  -1 / 210,
  1 / 240,
];

/**
 * Mean of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.mean(2.5).item(); // 2.5…
 * ```
 */
export function mean(a: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [a, loc, scale] = elements("stats.gamma.mean", a, loc, scale);
  return valid(placed(a, loc, scale), scale, a);
}

/**
 * Variance of the gamma distribution of shape a.
 *
 * @example
 * ```ts
 * stats.gamma.variance(2.5).item(); // 2.5…
 * ```
 */
export function variance(a: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [a, loc, scale] = elements("stats.gamma.variance", a, loc, scale);
  return valid(add(multiply(loc, 0), multiply(a, square(scale))), scale, a);
}
