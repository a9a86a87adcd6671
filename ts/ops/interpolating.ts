// Values between points.
import {
  add,
  divide,
  equal,
  floor,
  greaterEqual,
  isnan,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  multiply,
  subtract,
  take,
  where,
  clip,
  concatenate,
  argsort,
} from "../../build/generated/ops.js";
import { type TensorLike, together } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { searched } from "./ordering.js";
import { checkOptions } from "../options.js";

/** Options of {@link interp}. */
export interface InterpOptions {
  /** Value before the first point. Default: that of the first point. */
  left?: TensorLike;
  /** Value behind the last point. Default: that of the last point. */
  right?: TensorLike;
  /** x and xp are angles, so to speak: they repeat after so much. */
  period?: number;
}

/**
 * Values at x of the line through the points (xp, fp), whose coordinates xp rise.
 *
 * @example
 * ```ts
 * interp([0.5, 9], [0, 1], [10, 20]).toArray(); // [15, 20]
 * ```
 * @throws if xp and fp are not vectors of one size, or are empty
 */
export function interp(
  x: TensorLike,
  xp: TensorLike,
  fp: TensorLike,
  options: InterpOptions = {},
): Tensor {
  const who = "interp";
  checkOptions(options, who, "left right period");
  let [at, points, values] = together(who, x, xp, fp);
  if (points.ndim !== 1 || values.ndim !== 1 || points.size !== values.size || points.size === 0) {
    throw new RangeError(
      `${who}: xp and fp are vectors of one size, not [${points.shape.join()}] and [${values.shape.join()}]`,
    );
  }
  const { period } = options;
  if (period !== undefined) {
    if (!(Math.abs(period) > 0)) throw new RangeError(`${who}: a period of ${period}`);
    const length = Math.abs(period);
    const wrapped = (t: Tensor) => subtract(t, multiply(floor(divide(t, length)), length));
    [at, points] = [wrapped(at), wrapped(points)];
    const order = argsort(points);
    [points, values] = [take(points, order), take(values, order)];
    points = concatenate([
      subtract(points.slice([[-1]]), length),
      points,
      add(points.slice([[0, 1]]), length),
    ]);
    values = concatenate([values.slice([[-1]]), values, values.slice([[0, 1]])]);
  }
  const n = points.size;
  const first =
    options.left === undefined || period !== undefined ? values.slice([0]) : options.left;
  const last =
    options.right === undefined || period !== undefined ? values.slice([-1]) : options.right;
  let y: Tensor;
  if (n === 1) y = where(isnan(at), at, values.slice([0]).broadcastTo(at.shape));
  else {
    const high = clip(searched(points, at, true, who), 1, n - 1);
    const low = subtract(high, 1);
    const [x0, x1] = [take(points, low), take(points, high)];
    const [y0, y1] = [take(values, low), take(values, high)];
    const slope = divide(subtract(y1, y0), subtract(x1, x0));
    y = add(y0, multiply(slope, subtract(at, x0)));
    // Beside an infinite value only the points themselves and what comes from the other side are sure.
    const odd = logicalAnd(isnan(y), logicalNot(isnan(at)));
    const back = where(odd, add(y1, multiply(slope, subtract(at, x1))), y);
    const level = logicalAnd(isnan(back), equal(y0, y1));
    y = where(logicalOr(equal(at, x0), logicalAnd(odd, level)), y0, back);
    y = where(greaterEqual(at, points.slice([-1])), values.slice([-1]), y);
  }
  y = where(less(at, points.slice([0])), first, y);
  return where(less(points.slice([-1]), at), last, y);
}
