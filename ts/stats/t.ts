// Student's t distribution, for up to two million degrees of freedom; for infinitely many the normal one.
import {
  add,
  divide,
  equal,
  exp,
  greater,
  hypot,
  less,
  log,
  log1p,
  multiply,
  negative,
  sqrt,
  square,
  subtract,
  where,
} from "../../build/generated/ops.js";
import {
  betainc,
  betaincinv,
  betaln,
  digamma,
  logNdtr,
  ndtr,
  ndtri,
} from "../../build/generated/rows/index.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import {
  standard,
  placed,
  lessLog,
  over,
  valid,
  polynomial,
  probability,
  LOG_ROOT_2PI,
} from "./parts.js";
import { logOfBeta } from "./tails.js";

/** Where degrees of freedom are infinite what is normal, elsewhere what the formula gives. */
function limited(
  df: TensorLike,
  normal: () => Tensor,
  formula: (df: TensorLike) => Tensor,
): Tensor {
  if (typeof df === "number") return df === Infinity ? normal() : formula(df);
  const far = equal(df, Infinity);
  return where(far, normal(), formula(where(far, 3, df)));
}

/** Logarithm of the density for scale 1. */
function density(z: Tensor, df: TensorLike): Tensor {
  const normal = () => subtract(multiply(square(z), -0.5), LOG_ROOT_2PI);
  return limited(df, normal, (df) => {
    if (typeof df === "number") return finiteDensity(z, df);
    const many = greater(df, 1000);
    const few = finiteDensity(z, where(many, 3, df));
    return where(many, manyDensity(z, where(many, df, 1000)), few);
  });
}

/**
 * The same for many degrees of freedom, by powers of u = 1 / df, since slopes in df are as small as u²: with
 * w = z²u it is that of the normal distribution, where z² has become log(1 + w) / u, less log(1 + w) / 2,
 * and what is left of the factor's logarithm (Stirling's series).
 */
function manyDensity(z: Tensor, df: TensorLike): Tensor {
  const u = divide(1, df);
  const w = multiply(z, multiply(z, u));
  const log = log1p(w);
  const near = multiply(square(z), polynomial(w, LOG1P));
  const squares = where(less(w, 0.1), near, multiply(log, df));
  const factor = multiply(u, polynomial(square(u), STIRLING));
  return subtract(subtract(factor, LOG_ROOT_2PI), multiply(add(squares, log), 0.5));
}

/** 1, -1/2, 1/3 …: of log(1 + w) / w. */
const LOG1P: readonly number[] = [
  1,
  -1 / 2,
  1 / 3,
  -1 / 4,
  1 / 5,
  -1 / 6,
  1 / 7,
  -1 / 8,
  1 / 9,
  -1 / 10,
  1 / 11,
  -1 / 12,
  1 / 13,
  -1 / 14,
  1 / 15,
  -1 / 16,
  1 / 17,
];

/** Of log Γ(h + 1/2) - log Γ(h) - log(h) / 2 for h = 1 / 2u, in u². */
const STIRLING: readonly number[] = [-1 / 4, 1 / 24, -1 / 20, 17 / 112];

function finiteDensity(z: Tensor, df: TensorLike): Tensor {
  const h = multiply(df, 0.5);
  const power = multiply(add(h, 0.5), log1p(multiply(z, divide(z, df))));
  return negative(add(add(power, betaln(h, 0.5)), multiply(log(df), 0.5)));
}

/** I_y(df/2, df/2) for y = (1 + z / √(z² + df)) / 2: smooth at 0, and nothing cancels on the left. */
function below(z: Tensor, df: TensorLike): Tensor {
  return limited(
    df,
    () => ndtr(z),
    (df) => finiteBelow(z, df),
  );
}

function finiteBelow(z: Tensor, df: TensorLike): Tensor {
  const h = multiply(df, 0.5);
  const root = hypot(z, sqrt(df));
  const left = divide(divide(h, root), subtract(root, z));
  const right = divide(add(root, z), multiply(root, 2));
  const y = betainc(h, h, where(less(z, 0), left, right));
  return where(equal(z, -Infinity), 0, where(equal(z, Infinity), 1, y));
}

/** Its logarithm. */
function logBelow(z: Tensor, df: TensorLike): Tensor {
  return limited(
    df,
    () => logNdtr(z),
    (df) => {
      const h = multiply(df, 0.5);
      const root = hypot(z, sqrt(df));
      // df / 2 over root (root - z), none of which overflows.
      const gap = add(log(root), log1p(negative(divide(z, root))));
      const logX = subtract(subtract(log(h), log(root)), gap);
      const x = exp(logX);
      const [p, rest] = [finiteBelow(z, df), finiteBelow(negative(z), df)];
      return logOfBeta(p, rest, [h, h], x, subtract(1, x), logX);
    },
  );
}

/** The inverse of `below`: z = √df (y - 1/2) / √(y (1 - y)), for the half where y is small. */
function quantile(q: Tensor, df: TensorLike): Tensor {
  return limited(
    df,
    () => ndtri(q),
    (df) => finiteQuantile(q, df),
  );
}

function finiteQuantile(q: Tensor, df: TensorLike): Tensor {
  const left = less(q, 0.5);
  const h = multiply(df, 0.5);
  const y = betaincinv(h, h, where(left, q, subtract(1, q)));
  const z = divide(subtract(y, 0.5), sqrt(multiply(y, subtract(1, y))));
  const size = multiply(z, sqrt(df));
  return where(left, size, negative(size));
}

/**
 * Density of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.pdf(1, 5).item(); // 0.2196…
 * ```
 */
export function pdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.pdf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(exp(density(z, df)), scale), scale, df);
}

/**
 * Logarithm of the density of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.logpdf(1, 5).item(); // -1.5155…
 * ```
 */
export function logpdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.logpdf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(lessLog(density(z, df), scale), scale, df);
}

/**
 * Distribution function of Student's t distribution with df degrees of freedom: the probability of at
 * most x.
 *
 * @example
 * ```ts
 * stats.t.cdf(1, 5).item(); // 0.8183…
 * ```
 */
export function cdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.cdf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(z, df), scale, df);
}

/**
 * Logarithm of the distribution function of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.logcdf(1, 5).item(); // -0.2004…
 * ```
 */
export function logcdf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.logcdf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logBelow(z, df), scale, df);
}

/**
 * Probability of more than x, of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.sf(1, 5).item(); // 0.1816…
 * ```
 */
export function sf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.sf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(negative(z), df), scale, df);
}

/**
 * Logarithm of the probability of more than x, of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.logsf(1, 5).item(); // -1.7059…
 * ```
 */
export function logsf(
  x: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [x, df, loc, scale] = elements("stats.t.logsf", x, df, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logBelow(negative(z), df), scale, df);
}

/**
 * The value that is not exceeded with probability q, of Student's t distribution with df degrees of
 * freedom; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.t.ppf(0.9, 5).item(); // 1.4758…
 * ```
 */
export function ppf(
  q: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, df, loc, scale] = elements("stats.t.ppf", q, df, loc, scale);
  return valid(placed(quantile(probability(q), df), loc, scale), scale, df);
}

/**
 * The value that is exceeded with probability q, of Student's t distribution with df degrees of
 * freedom; NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.t.isf(0.9, 5).item(); // -1.4758…
 * ```
 */
export function isf(
  q: TensorLike,
  df: TensorLike,
  loc: TensorLike = 0,
  scale: TensorLike = 1,
): Tensor {
  [q, df, loc, scale] = elements("stats.t.isf", q, df, loc, scale);
  return valid(placed(negative(quantile(probability(q), df)), loc, scale), scale, df);
}

/** Entropy for scale 1: of many degrees of freedom by powers of 1 / df, since terms of the formula cancel. */
function finiteEntropy(df: TensorLike): Tensor {
  const many = greater(df, 100);
  const few = where(many, 3, df);
  const h = multiply(few, 0.5);
  const more = add(h, 0.5);
  const first = multiply(more, subtract(digamma(more), digamma(h)));
  const each = add(first, add(multiply(log(few), 0.5), betaln(h, 0.5)));
  const u = divide(1, where(many, df, 100));
  return where(many, add(multiply(u, polynomial(u, ENTROPY)), LOG_ROOT_2PI + 0.5), each);
}

/** Of what it is beyond that of the normal distribution, divided by u = 1 / df (Stirling's series). */
const ENTROPY: readonly number[] = [1, 1 / 4, -1 / 6, -1 / 8, 3 / 10, 1 / 4, -17 / 14, -17 / 16];

/**
 * Entropy of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.entropy(5).item(); // 1.6275…
 * ```
 */
export function entropy(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.t.entropy", df, loc, scale);
  const each = limited(df, () => add(multiply(loc, 0), LOG_ROOT_2PI + 0.5), finiteEntropy);
  return valid(add(multiply(loc, 0), add(each, log(scale))), scale, df);
}

/**
 * Mean of Student's t distribution with df degrees of freedom; ∞, as in SciPy, where there is none (df ≤ 1).
 *
 * @example
 * ```ts
 * stats.t.mean(5).item(); // 0
 * ```
 */
export function mean(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.t.mean", df, loc, scale);
  const centre = (): Tensor => add(loc, multiply(scale, 0));
  const each = limited(df, centre, (df) => add(centre(), multiply(df, 0)));
  return valid(where(greater(df, 1), each, Infinity), scale, df);
}

/**
 * Variance of Student's t distribution with df degrees of freedom.
 *
 * @example
 * ```ts
 * stats.t.variance(5).item(); // 1.6666…
 * ```
 */
export function variance(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [df, loc, scale] = elements("stats.t.variance", df, loc, scale);
  const spread = square(scale);
  const factor = limited(
    df,
    () => add(multiply(spread, 0), 1),
    (df) => divide(df, subtract(df, 2)),
  );
  const whole = multiply(factor, spread);
  const infinite = where(greater(df, 2), add(whole, multiply(loc, 0)), Infinity);
  return valid(where(greater(df, 1), infinite, NaN), scale, df);
}
