// Logarithms of sums of exponentials with factors.
import {
  abs,
  equal,
  exp,
  isfinite,
  log,
  logicalAnd,
  logicalNot,
  logsumexp as plain,
  max,
  multiply,
  sign,
  subtract,
  sum,
  where,
} from "../../build/generated/ops.js";
import { broadcastOf } from "../axes.js";
import { together, type TensorLike } from "../convert.js";
import type { Axes } from "../families.js";
import type { ChosenOptions } from "../reducing.js";
import type { Tensor } from "../tensor.js";
import { stopGradient } from "../transforms/control.js";
import { checkOptions, trailing } from "../options.js";
import { resultType } from "./comparing.js";

/** Options of {@link logsumexp}. */
export interface LogsumexpOptions extends ChosenOptions {
  /** A factor for each exponential, broadcast with x. */
  b?: TensorLike;
  /** Give the logarithm of the absolute value of the sum, and its sign: a pair. Default false. */
  returnSign?: boolean;
}

/**
 * log Σ b · exp(x) over axes without overflow; b is 1 by default. A negative sum gives NaN, or with
 * `returnSign` a pair: the logarithm of its absolute value, and its sign.
 *
 * @example
 * ```ts
 * logsumexp([1000, 1000]).item(); // 1000.693…
 * ```
 * @throws if there is no such axis, or if shapes do not broadcast
 */
export function logsumexp(
  x: TensorLike,
  axis: Axes,
  options: LogsumexpOptions & { returnSign: true },
): [Tensor, Tensor];
export function logsumexp(
  x: TensorLike,
  options: LogsumexpOptions & { returnSign: true },
): [Tensor, Tensor];
export function logsumexp(
  x: TensorLike,
  axis?: Axes | LogsumexpOptions,
  options?: LogsumexpOptions,
): Tensor;
export function logsumexp(
  x: TensorLike,
  axis?: Axes | LogsumexpOptions,
  options?: LogsumexpOptions,
): Tensor | [Tensor, Tensor] {
  [axis, options = {}] = trailing(axis, options);
  const who = "logsumexp";
  checkOptions(options, who, "keepdims where b returnSign");
  const { b, returnSign = false, ...rest } = options;
  if (b === undefined && !returnSign) return plain(x, axis, rest);
  const [given, factor] = together(who, x, b ?? 1);
  // Integers beside float64 factors: their exponentials are float64 as well.
  const t = given.astype(resultType(given, b ?? given));
  const shape = broadcastOf([t.shape, factor.shape], who);
  const wide = t.broadcastTo(shape);
  const counts = logicalNot(equal(factor, 0)).broadcastTo(shape);
  const seen = stopGradient<Tensor>(where(counts, wide, -Infinity));
  const most = max(seen, axis, { keepdims: true, where: rest.where, initial: -Infinity });
  const from = where(isfinite(most), most, 0);
  const e = exp(subtract(wide, from));
  // 0 · ∞ is nothing here.
  const terms = where(
    logicalAnd(equal(factor, 0), logicalNot(isfinite(e))),
    0,
    multiply(factor, e),
  );
  const total = sum(terms, axis, rest);
  const back = rest.keepdims === true ? from : from.reshape(total.shape);
  if (!returnSign) return log(total).add(back);
  return [log(abs(total)).add(back), sign(total)];
}
