// The Cauchy distribution.
import {
  add,
  atan2,
  divide,
  greater,
  hypot,
  less,
  log,
  multiply,
  negative,
  square,
  subtract,
  tan,
  where,
} from "../../build/generated/ops.js";
import { elements } from "../arguments.js";
import type { TensorLike } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { standard, placed, over, valid, probability, logOf } from "./parts.js";

/** An angle, small on the left: nothing cancels. */
function below(z: Tensor): Tensor {
  return multiply(atan2(1, negative(z)), 1 / Math.PI);
}

/** tan of the angle to the nearest axis. */
function quantile(q: Tensor): Tensor {
  const left = divide(-1, tan(multiply(q, Math.PI)));
  const right = divide(1, tan(multiply(subtract(1, q), Math.PI)));
  const middle = tan(multiply(subtract(q, 0.5), Math.PI));
  return where(less(q, 0.25), left, where(greater(q, 0.75), right, middle));
}

/**
 * Density of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) / scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.pdf(1).item(); // 0.1591…
 * ```
 */
export function pdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.pdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(over(divide(1 / Math.PI, add(square(z), 1)), scale), scale);
}

/**
 * Logarithm of the density of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) / scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.logpdf(1).item(); // -1.8378…
 * ```
 */
export function logpdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.logpdf", x, loc, scale);
  // log(scale / (π·(y² + scale²))): derivatives in both do not cancel.
  const squares = multiply(log(hypot(standard(x, loc, 1), scale)), -2);
  return valid(add(squares, subtract(log(scale), Math.log(Math.PI))), scale);
}

/**
 * Distribution function of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) / scale)²)): the
 * probability of at most x.
 *
 * @example
 * ```ts
 * stats.cauchy.cdf(1).item(); // 0.75…
 * ```
 */
export function cdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.cdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(z), scale);
}

/**
 * Logarithm of the distribution function of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) /
 * scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.logcdf(1).item(); // -0.2876…
 * ```
 */
export function logcdf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.logcdf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logOf(below(z), below(negative(z))), scale);
}

/**
 * Probability of more than x, of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) / scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.sf(1).item(); // 0.25…
 * ```
 */
export function sf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.sf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(below(negative(z)), scale);
}

/**
 * Logarithm of the probability of more than x, of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc)
 * / scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.logsf(1).item(); // -1.3862…
 * ```
 */
export function logsf(x: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [x, loc, scale] = elements("stats.cauchy.logsf", x, loc, scale);
  const z = standard(x, loc, scale);
  return valid(logOf(below(negative(z)), below(z)), scale);
}

/**
 * The value that is not exceeded with probability q, of the Cauchy distribution, 1 / (π·scale·(1 + ((x
 * - loc) / scale)²)); NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.cauchy.ppf(0.9).item(); // 3.0776…
 * ```
 */
export function ppf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.cauchy.ppf", q, loc, scale);
  return valid(placed(quantile(probability(q)), loc, scale), scale);
}

/**
 * The value that is exceeded with probability q, of the Cauchy distribution, 1 / (π·scale·(1 + ((x -
 * loc) / scale)²)); NaN outside of 0 … 1.
 *
 * @example
 * ```ts
 * stats.cauchy.isf(0.9).item(); // -3.0776…
 * ```
 */
export function isf(q: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [q, loc, scale] = elements("stats.cauchy.isf", q, loc, scale);
  return valid(placed(negative(quantile(probability(q))), loc, scale), scale);
}

/**
 * Entropy of the Cauchy distribution, 1 / (π·scale·(1 + ((x - loc) / scale)²)).
 *
 * @example
 * ```ts
 * stats.cauchy.entropy().item(); // 2.5310…
 * ```
 */
export function entropy(loc: TensorLike = 0, scale: TensorLike = 1): Tensor {
  [loc, scale] = elements("stats.cauchy.entropy", loc, scale);
  return valid(add(multiply(loc, 0), add(log(scale), Math.log(4 * Math.PI))), scale);
}
