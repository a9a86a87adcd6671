// Special functions of scipy.special that are made of rows of the op table: free functions only, so that
// a program carries those that it uses.
import type { Tensor } from "./tensor.js";
import { elements, toCount } from "./arguments.js";
import type { TensorLike } from "./convert.js";
import {
  add,
  copysign,
  equal,
  floor,
  isnan,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalOr,
  multiply,
  remainder,
  subtract,
  where,
} from "../build/generated/ops.js";
import { gammaln, iv, ive, jn, polygamma, yn } from "../build/generated/rows/index.js";

/** x·f, but 0 where x is 0 and f is infinite or nonsense. */
function product(x: TensorLike, f: Tensor, y: TensorLike, edge: number): Tensor {
  const outside = logicalOr(lessEqual(y, edge), equal(y, Infinity));
  return where(logicalAnd(equal(x, 0), outside), 0, multiply(x, f));
}

/**
 * x·log(y), and 0 where x = 0 unless y is NaN.
 *
 * @example
 * ```ts
 * xlogy([0, 2], [0, 1]).toArray(); // [0, 0]
 * ```
 */
export function xlogy(x: TensorLike, y: TensorLike): Tensor {
  [x, y] = elements("xlogy", x, y);
  return product(x, log(y), y, 0);
}

/**
 * x·log(1 + y), accurate for small y, and 0 where x = 0 unless y is NaN.
 *
 * @example
 * ```ts
 * xlog1py([0, 2], [-1, 0]).toArray(); // [0, 0]
 * ```
 */
export function xlog1py(x: TensorLike, y: TensorLike): Tensor {
  [x, y] = elements("xlog1py", x, y);
  return product(x, log1p(y), y, -1);
}

/**
 * Second derivative of gammaln: polygamma(1, x).
 *
 * @example
 * ```ts
 * trigamma(1).item(); // 1.64493406…
 * ```
 */
export function trigamma(x: TensorLike): Tensor {
  return polygamma(1, x);
}

/**
 * Sign of gamma(x): ±1, that of x at zeros, NaN at the negative integers; derivative zero.
 *
 * @example
 * ```ts
 * gammasgn([-0.5, 0.5]).toArray(); // [-1, 1]
 * ```
 */
export function gammasgn(x: TensorLike): Tensor {
  const t = multiply(x, 1);
  const whole = floor(t);
  const alternating = subtract(1, multiply(2, remainder(whole, 2)));
  const pole = logicalAnd(less(t, 0), equal(whole, t));
  const below = where(pole, NaN, alternating);
  return where(less(t, 0), below, where(isnan(t), NaN, copysign(1, t)));
}

/**
 * Logarithm of the multivariate gamma function of dimension d, an integer ≥ 1; for x > (d - 1) / 2.
 *
 * @example
 * ```ts
 * multigammaln(1, 1).item(); // 0
 * ```
 * @throws if d is no integer ≥ 1
 */
export function multigammaln(x: TensorLike, d: number): Tensor {
  toCount(d, "the dimension", "multigammaln", 1, 100_000);
  let sum = gammaln(x);
  for (let j = 1; j < d; j++) sum = add(sum, gammaln(subtract(x, j / 2)));
  return d === 1 ? sum : add(sum, ((d * (d - 1)) / 4) * 1.1447298858494002);
}

/**
 * Bessel function of the first kind of order 0.
 *
 * @example
 * ```ts
 * j0(0).item(); // 1
 * ```
 */
export function j0(x: TensorLike): Tensor {
  return jn(0, x);
}

/**
 * Bessel function of the first kind of order 1.
 *
 * @example
 * ```ts
 * j1(0).item(); // 0
 * ```
 */
export function j1(x: TensorLike): Tensor {
  return jn(1, x);
}

/**
 * Bessel function of the second kind of order 0; -∞ at 0, NaN below.
 *
 * @example
 * ```ts
 * y0(0).item(); // -Infinity
 * ```
 */
export function y0(x: TensorLike): Tensor {
  return yn(0, x);
}

/**
 * Bessel function of the second kind of order 1; -∞ at 0, NaN below.
 *
 * @example
 * ```ts
 * y1(0).item(); // -Infinity
 * ```
 */
export function y1(x: TensorLike): Tensor {
  return yn(1, x);
}

/**
 * Modified Bessel function of the first kind of order 0.
 *
 * @example
 * ```ts
 * i0(0).item(); // 1
 * ```
 */
export function i0(x: TensorLike): Tensor {
  return iv(0, x);
}

/**
 * Modified Bessel function of the first kind of order 1.
 *
 * @example
 * ```ts
 * i1(0).item(); // 0
 * ```
 */
export function i1(x: TensorLike): Tensor {
  return iv(1, x);
}

/**
 * i0(x)·exp(-|x|), which does not overflow.
 *
 * @example
 * ```ts
 * i0e(0).item(); // 1
 * ```
 */
export function i0e(x: TensorLike): Tensor {
  return ive(0, x);
}

/**
 * i1(x)·exp(-|x|), which does not overflow.
 *
 * @example
 * ```ts
 * i1e(0).item(); // 0
 * ```
 */
export function i1e(x: TensorLike): Tensor {
  return ive(1, x);
}
