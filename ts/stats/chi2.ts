// The chi-squared distribution: the gamma distribution of shape df/2 and twice the scale.
import { multiply } from "../../build/generated/ops.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import * as gamma from "./gamma.js";

function half(df: TensorLike): TensorLike {
  return multiply(df, 0.5);
}

function double(scale: TensorLike): TensorLike {
  return scale === 1 ? 2 : multiply(scale, 2);
}

/**
 * Density of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.pdf(1, 3).item(); // 0.2419…
 * ```
 */
export function pdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.pdf", x, df, loc, scale);
  return gamma.pdf(x, half(df), loc, double(scale));
}

/**
 * Logarithm of the density of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.logpdf(1, 3).item(); // -1.4189…
 * ```
 */
export function logpdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.logpdf", x, df, loc, scale);
  return gamma.logpdf(x, half(df), loc, double(scale));
}

/**
 * Distribution function of the chi-squared distribution with df degrees of freedom: the probability of
 * at most x.
 *
 * @example
 * ```ts
 * stats.chi2.cdf(1, 3).item(); // 0.1987…
 * ```
 */
export function cdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.cdf", x, df, loc, scale);
  return gamma.cdf(x, half(df), loc, double(scale));
}

/**
 * Logarithm of the distribution function of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.logcdf(1, 3).item(); // -1.6157…
 * ```
 */
export function logcdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.logcdf", x, df, loc, scale);
  return gamma.logcdf(x, half(df), loc, double(scale));
}

/**
 * Probability of more than x, of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.sf(1, 3).item(); // 0.8012…
 * ```
 */
export function sf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.sf", x, df, loc, scale);
  return gamma.sf(x, half(df), loc, double(scale));
}

/**
 * Logarithm of the probability of more than x, of the chi-squared distribution with df degrees of
 * freedom.
 *
 * @example
 * ```ts
 * stats.chi2.logsf(1, 3).item(); // -0.2215…
 * ```
 */
export function logsf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.chi2.logsf", x, df, loc, scale);
  return gamma.logsf(x, half(df), loc, double(scale));
}

/**
 * The value that is not exceeded with probability q, of the chi-squared distribution with df degrees of
 * freedom; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.chi2.ppf(0.9, 3).item(); // 6.2513…
 * ```
 */
export function ppf(
  q: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, df, loc, scale] = elements("stats.chi2.ppf", q, df, loc, scale);
  return gamma.ppf(q, half(df), loc, double(scale));
}

/**
 * The value that is exceeded with probability q, of the chi-squared distribution with df degrees of
 * freedom; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.chi2.isf(0.9, 3).item(); // 0.5843…
 * ```
 */
export function isf(
  q: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, df, loc, scale] = elements("stats.chi2.isf", q, df, loc, scale);
  return gamma.isf(q, half(df), loc, double(scale));
}

/**
 * Entropy of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.entropy(3).item(); // 2.0541…
 * ```
 */
export function entropy(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.chi2.entropy", df, loc, scale);
  return gamma.entropy(half(df), loc, double(scale));
}

/**
 * Mean of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.mean(3).item(); // 3
 * ```
 */
export function mean(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.chi2.mean", df, loc, scale);
  return gamma.mean(half(df), loc, double(scale));
}

/**
 * Variance of the chi-squared distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.chi2.variance(3).item(); // 6
 * ```
 */
export function variance(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.chi2.variance", df, loc, scale);
  return gamma.variance(half(df), loc, double(scale));
}
