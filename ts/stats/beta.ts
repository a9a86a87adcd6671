// The beta distribution.
import {
  add,
  divide,
  exp,
  greater,
  less,
  log,
  multiply,
  negative,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { betainc, betaincinv, betaln, digamma } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import { xlogy, xlog1py } from "../special.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, within } from "./parts.js";
import { logOfBeta } from "./tails.js";

/** Logarithm of the density between 0 and 1. */
function density(z: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const powers = add(xlogy(subtract(a, 1), z), xlog1py(subtract(b, 1), negative(z)));
  return subtract(powers, betaln(a, b));
}

function below(z: Tensor, a: TensorLike, b: TensorLike): Tensor {
  return where(less(z, 0), 0, where(greater(z, 1), 1, betainc(a, b, z)));
}

/**
 * Density of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.pdf(0.25, 2, 3).item(); // 1.6875…
 * ```
 */
export function pdf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.pdf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(within(z, 0, 1, exp(density(z, a, b)), 0), scale), scale, a, b);
}

/**
 * Logarithm of the density of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.logpdf(0.25, 2, 3).item(); // 0.5232…
 * ```
 */
export function logpdf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.logpdf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(within(z, 0, 1, density(z, a, b), -Infinity), scale), scale, a, b);
}

/**
 * Distribution function of the beta distribution of shapes a and b, from loc to loc + scale: the
 * probability of at most x.
 *
 * @example
 * ```ts
 * stats.beta.cdf(0.25, 2, 3).item(); // 0.2617…
 * ```
 */
export function cdf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.cdf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(z, a, b), scale, a, b);
}

/**
 * Logarithm of the distribution function of the beta distribution of shapes a and b, from loc to loc +
 * scale.
 *
 * @example
 * ```ts
 * stats.beta.logcdf(0.25, 2, 3).item(); // -1.3404…
 * ```
 */
export function logcdf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.logcdf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  const rest = subtract(1, z);
  return valid(logOfBeta(below(z, a, b), below(rest, b, a), [a, b], z, rest), scale, a, b);
}

/**
 * Probability of more than x, of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.sf(0.25, 2, 3).item(); // 0.7382…
 * ```
 */
export function sf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.sf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(subtract(1, z), b, a), scale, a, b);
}

/**
 * Logarithm of the probability of more than x, of the beta distribution of shapes a and b, from loc to
 * loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.logsf(0.25, 2, 3).item(); // -0.3034…
 * ```
 */
export function logsf(
  x: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, a, b, loc, scale] = elements("stats.beta.logsf", x, a, b, loc, scale);
  const z = standard(x, loc, scale);
  const rest = subtract(1, z);
  return valid(logOfBeta(below(rest, b, a), below(z, a, b), [b, a], rest, z), scale, a, b);
}

/**
 * The value that is not exceeded with probability q, of the beta distribution of shapes a and b, from
 * loc to loc + scale; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.beta.ppf(0.9, 2, 3).item(); // 0.6795…
 * ```
 */
export function ppf(
  q: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, a, b, loc, scale] = elements("stats.beta.ppf", q, a, b, loc, scale);
  return valid(placed(betaincinv(a, b, q), loc, scale), scale, a, b);
}

/**
 * The value that is exceeded with probability q, of the beta distribution of shapes a and b, from loc
 * to loc + scale; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.beta.isf(0.9, 2, 3).item(); // 0.1425…
 * ```
 */
export function isf(
  q: TensorLike,
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, a, b, loc, scale] = elements("stats.beta.isf", q, a, b, loc, scale);
  return valid(placed(subtract(1, betaincinv(b, a, q)), loc, scale), scale, a, b);
}

/**
 * Entropy of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.entropy(2, 3).item(); // -0.2349…
 * ```
 */
export function entropy(
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [a, b, loc, scale] = elements("stats.beta.entropy", a, b, loc, scale);
  const both = add(a, b);
  const first = add(multiply(subtract(a, 1), digamma(a)), multiply(subtract(b, 1), digamma(b)));
  const rest = subtract(multiply(subtract(both, 2), digamma(both)), first);
  return valid(add(multiply(loc, 0), add(add(betaln(a, b), rest), log(scale))), scale, a, b);
}

/**
 * Mean of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.mean(2, 3).item(); // 0.4…
 * ```
 */
export function mean(
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [a, b, loc, scale] = elements("stats.beta.mean", a, b, loc, scale);
  return valid(placed(divide(a, add(a, b)), loc, scale), scale, a, b);
}

/**
 * Variance of the beta distribution of shapes a and b, from loc to loc + scale.
 *
 * @example
 * ```ts
 * stats.beta.variance(2, 3).item(); // 0.04…
 * ```
 */
export function variance(
  a: TensorLike,
  b: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [a, b, loc, scale] = elements("stats.beta.variance", a, b, loc, scale);
  const both = add(a, b);
  const part = divide(multiply(a, b), multiply(square(both), add(both, 1)));
  return valid(add(multiply(loc, 0), multiply(part, square(scale))), scale, a, b);
}
