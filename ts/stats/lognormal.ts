// The log-normal distribution.
import {
  add,
  divide,
  exp,
  expm1,
  lessEqual,
  log,
  multiply,
  negative,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { logNdtr, ndtr, ndtri } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, lessLog, over, valid, LOG_ROOT_2PI } from "./parts.js";

/** Logarithm of the density for scale 1, above 0. */
function density(z: Tensor, s: TensorLike): Tensor {
  const y = log(z);
  const half = multiply(square(divide(y, s)), -0.5);
  return subtract(subtract(half, add(y, log(s))), LOG_ROOT_2PI);
}

/**
 * Density of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.pdf(1, 0.5).item(); // 0.7978…
 * ```
 */
export function pdf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.pdf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(where(lessEqual(z, 0), 0, exp(density(z, s))), scale), scale, s);
}

/**
 * Logarithm of the density of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.logpdf(1, 0.5).item(); // -0.2257…
 * ```
 */
export function logpdf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.logpdf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(where(lessEqual(z, 0), -Infinity, density(z, s)), scale), scale, s);
}

/**
 * Distribution function of loc + scale·exp(s·y) with a standard normal y: the probability of at most x.
 *
 * @example
 * ```ts
 * stats.lognormal.cdf(1, 0.5).item(); // 0.5…
 * ```
 */
export function cdf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.cdf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(lessEqual(z, 0), 0, ndtr(divide(log(z), s))), scale, s);
}

/**
 * Logarithm of the distribution function of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.logcdf(1, 0.5).item(); // -0.6931…
 * ```
 */
export function logcdf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.logcdf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(lessEqual(z, 0), -Infinity, logNdtr(divide(log(z), s))), scale, s);
}

/**
 * Probability of more than x, of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.sf(1, 0.5).item(); // 0.5…
 * ```
 */
export function sf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.sf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(lessEqual(z, 0), 1, ndtr(divide(log(z), negative(toTensor(s, "lognormal"))))),
    scale,
    s,
  );
}

/**
 * Logarithm of the probability of more than x, of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.logsf(1, 0.5).item(); // -0.6931…
 * ```
 */
export function logsf(
  x: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, s, loc, scale] = elements("stats.lognormal.logsf", x, s, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(lessEqual(z, 0), 0, logNdtr(divide(log(z), negative(toTensor(s, "lognormal"))))),
    scale,
    s,
  );
}

/**
 * The value that is not exceeded with probability q, of loc + scale·exp(s·y) with a standard normal y;
 * NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.lognormal.ppf(0.9, 0.5).item(); // 1.8979…
 * ```
 */
export function ppf(
  q: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, s, loc, scale] = elements("stats.lognormal.ppf", q, s, loc, scale);
  return valid(placed(exp(multiply(s, ndtri(q))), loc, scale), scale, s);
}

/**
 * The value that is exceeded with probability q, of loc + scale·exp(s·y) with a standard normal y; NaN
 * outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.lognormal.isf(0.9, 0.5).item(); // 0.5268…
 * ```
 */
export function isf(
  q: TensorLike,
  s: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, s, loc, scale] = elements("stats.lognormal.isf", q, s, loc, scale);
  return valid(placed(exp(multiply(negative(ndtri(q)), s)), loc, scale), scale, s);
}

/**
 * Entropy of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.entropy(0.5).item(); // 0.7257…
 * ```
 */
export function entropy(s: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [s, loc, scale] = elements("stats.lognormal.entropy", s, loc, scale);
  return valid(add(multiply(loc, 0), add(add(log(s), log(scale)), LOG_ROOT_2PI + 0.5)), scale, s);
}

/**
 * Mean of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.mean(0.5).item(); // 1.1331…
 * ```
 */
export function mean(s: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [s, loc, scale] = elements("stats.lognormal.mean", s, loc, scale);
  return valid(placed(exp(multiply(square(s), 0.5)), loc, scale), scale, s);
}

/**
 * Variance of loc + scale·exp(s·y) with a standard normal y.
 *
 * @example
 * ```ts
 * stats.lognormal.variance(0.5).item(); // 0.3646…
 * ```
 */
export function variance(s: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [s, loc, scale] = elements("stats.lognormal.variance", s, loc, scale);
  return valid(
    add(multiply(loc, 0), multiply(multiply(expm1(square(s)), exp(square(s))), square(scale))),
    scale,
    s,
  );
}
