// The half-normal distribution.
import {
  add,
  erf,
  exp,
  less,
  log,
  log1p,
  multiply,
  negative,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { erfc, erfcinv, erfinv, logNdtr } from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import {
  standard,
  placed,
  lessLog,
  over,
  valid,
  probability,
  logOf,
  LOG_ROOT_2PI,
} from "./parts.js";

/**
 * Density of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.pdf(1).item(); // 0.4839…
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    over(
      where(less(z, 0), 0, multiply(exp(multiply(square(z), -0.5)), Math.sqrt(2 / Math.PI))),
      scale,
    ),
    scale,
  );
}

/**
 * Logarithm of the density of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.logpdf(1).item(); // -0.7257…
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.logpdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    lessLog(
      where(less(z, 0), -Infinity, subtract(multiply(square(z), -0.5), LOG_ROOT_2PI - Math.LN2)),
      scale,
    ),
    scale,
  );
}

/**
 * Distribution function of the half of the normal distribution above loc: the probability of at most x.
 *
 * @example
 * ```ts
 * stats.halfnormal.cdf(1).item(); // 0.6826…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 0, erf(multiply(z, Math.SQRT1_2))), scale);
}

/**
 * Logarithm of the distribution function of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.logcdf(1).item(); // -0.3817…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(
    where(
      less(z, 0),
      -Infinity,
      logOf(erf(multiply(z, Math.SQRT1_2)), erfc(multiply(z, Math.SQRT1_2))),
    ),
    scale,
  );
}

/**
 * Probability of more than x, of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.sf(1).item(); // 0.3173…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(where(less(z, 0), 1, erfc(multiply(z, Math.SQRT1_2))), scale);
}

/**
 * Logarithm of the probability of more than x, of the half of the normal distribution above loc.
 * Accurate near 0 and far out.
 *
 * @example
 * ```ts
 * stats.halfnormal.logsf(1).item(); // -1.1478…
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.halfnormal.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  // Near 0, where the sum would cancel, by the small probability of less.
  const near = less(z, 0.7);
  const below = log1p(negative(erf(multiply(where(near, z, 0), Math.SQRT1_2))));
  const above = add(logNdtr(negative(z)), Math.LN2);
  return valid(where(less(z, 0), 0, where(near, below, above)), scale);
}

/**
 * The value that is not exceeded with probability q, of the half of the normal distribution above loc;
 * NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.halfnormal.ppf(0.9).item(); // 1.6448…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.halfnormal.ppf", q, loc, scale);
  return valid(placed(multiply(erfinv(probability(q)), Math.SQRT2), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the half of the normal distribution above loc; NaN
 * outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.halfnormal.isf(0.9).item(); // 0.1256…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.halfnormal.isf", q, loc, scale);
  return valid(placed(multiply(erfcinv(probability(q)), Math.SQRT2), loc, scale), scale);
}

/**
 * Entropy of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.entropy().item(); // 0.7257…
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.halfnormal.entropy", loc, scale);
  return valid(add(multiply(loc, 0), add(log(scale), LOG_ROOT_2PI + 0.5 - Math.LN2)), scale);
}

/**
 * Mean of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.mean().item(); // 0.7978…
 * ```
 */
export function mean(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.halfnormal.mean", loc, scale);
  return valid(add(loc, multiply(scale, Math.sqrt(2 / Math.PI))), scale);
}

/**
 * Variance of the half of the normal distribution above loc.
 *
 * @example
 * ```ts
 * stats.halfnormal.variance().item(); // 0.3633…
 * ```
 */
export function variance(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.halfnormal.variance", loc, scale);
  return valid(add(multiply(loc, 0), multiply(square(scale), 1 - 2 / Math.PI)), scale);
}
