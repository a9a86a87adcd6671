// The categorical distribution.
import {
  divide,
  equal,
  exp,
  greaterEqual,
  less,
  log,
  logicalAnd,
  logSoftmax,
  multiply,
  negative,
  sum,
  takeAlongAxis,
  where,
} from "../../build/generated/ops.js";
import { entr } from "../../build/generated/rows/index.js";
import { broadcastOf } from "../axes.js";
import { checkOperands } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { toIndex } from "../along.js";
import type { Tensor } from "../tensor.js";
import { checkOptions } from "../options.js";

/** Options of functions of categories. */
export interface CategoricalOptions {
  /** p holds logarithms of probabilities, up to a constant. Default false. */
  logits?: boolean;
}

function categories(p: TensorLike): Tensor {
  const t = toTensor(p, "stats.categorical");
  if (t.ndim === 0 || t.shape.at(-1) === 0) {
    throw new RangeError("stats.categorical: p needs a last axis of at least one category");
  }
  return t.dtype.startsWith("float") ? t : divide(t, 1);
}

/** Logarithms of the probabilities. */
function logs(p: TensorLike, options: CategoricalOptions): Tensor {
  const t = categories(p);
  return options.logits === true ? logSoftmax(t) : log(shares(t));
}

function shares(t: Tensor): Tensor {
  return divide(t, sum(t, -1, { keepdims: true }));
}

/** Entry k along the last axis, `outside` where there is none. */
function chosen(p: Tensor, k: TensorLike, outside: number): Tensor {
  const places = toIndex(k, "stats.categorical");
  const n = p.shape.at(-1)!;
  const shape = broadcastOf([p.shape.slice(0, -1), places.shape], "stats.categorical");
  const index = places.broadcastTo(shape);
  const inside = logicalAnd(greaterEqual(index, 0), less(index, n));
  const safe = where(inside, index, 0).expandDims(-1);
  const found = takeAlongAxis(p.broadcastTo([...shape, n]), safe, -1).squeeze(-1);
  return where(inside, found, outside);
}

/**
 * Probability of category k, an integer from 0 on, for probabilities p [..., n], which are divided by
 * their sum; k broadcasts with p's axes before the last one. 0 for categories that there are not.
 *
 * @example
 * ```ts
 * stats.categorical.pmf([0, 2], [0.5, 0.25, 0.25]).toArray(); // [0.5, 0.25]
 * ```
 * @throws if k is not made of integers, or if the shapes do not broadcast
 */
export function pmf(k: TensorLike, p: TensorLike, options: CategoricalOptions = {}): Tensor {
  checkOptions(options, "pmf", "logits");
  checkOperands("stats.categorical.pmf", k, p);
  if (options.logits === true) return exp(logpmf(k, p, options));
  return chosen(shares(categories(p)), k, 0);
}

/**
 * Logarithm of the probability of category k; k and p as in `pmf`.
 *
 * @example
 * ```ts
 * stats.categorical.logpmf(1, [0, 0], { logits: true }).item(); // -0.693…
 * ```
 * @throws if k is not made of integers, or if the shapes do not broadcast
 */
export function logpmf(k: TensorLike, p: TensorLike, options: CategoricalOptions = {}): Tensor {
  checkOptions(options, "logpmf", "logits");
  checkOperands("stats.categorical.logpmf", k, p);
  return chosen(logs(p, options), k, -Infinity);
}

/**
 * Entropy of the categorical distribution.
 *
 * @example
 * ```ts
 * stats.categorical.entropy([0.5, 0.5]).item(); // 0.693…
 * ```
 */
export function entropy(p: TensorLike, options: CategoricalOptions = {}): Tensor {
  checkOptions(options, "entropy", "logits");
  checkOperands("stats.categorical.entropy", p);
  if (options.logits !== true) return sum(entr(shares(categories(p))), -1);
  const t = logs(p, options);
  return negative(sum(where(equal(t, -Infinity), 0, multiply(exp(t), t)), -1));
}

/**
 * Distribution function of the categorical distribution: the probability of at most k.
 *
 * @example
 * ```ts
 * stats.categorical.cdf(1, [0.5, 0.25, 0.25]).item(); // 0.75
 * ```
 * @throws if k is not made of integers, or if the shapes do not broadcast
 */
export function cdf(k: TensorLike, p: TensorLike, options: CategoricalOptions = {}): Tensor {
  checkOptions(options, "cdf", "logits");
  checkOperands("stats.categorical.cdf", k, p);
  const t = options.logits === true ? exp(logs(p, options)) : shares(categories(p));
  const n = t.shape.at(-1)!;
  const index = toIndex(k, "stats.categorical");
  return chosen(t.cumsum(-1), where(less(index, n), index, n - 1), 0);
}

/**
 * The first category at which the distribution function is at least q, int32; q broadcasts with p's axes
 * before the last one. What is no chance gives the first category or the last one.
 *
 * @example
 * ```ts
 * stats.categorical.ppf([0.2, 0.6, 1], [0.5, 0.25, 0.25]).toArray(); // [0, 1, 2]
 * ```
 */
export function ppf(q: TensorLike, p: TensorLike, options: CategoricalOptions = {}): Tensor {
  checkOptions(options, "ppf", "logits");
  checkOperands("stats.categorical.ppf", q, p);
  const t = options.logits === true ? exp(logs(p, options)) : shares(categories(p));
  const n = t.shape.at(-1)!;
  const chance = toTensor(q, "stats.categorical.ppf");
  return sum(less(t.cumsum(-1), chance.expandDims(-1)), -1).clip(0, n - 1);
}
