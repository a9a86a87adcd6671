// Phases without jumps.
import {
  abs,
  add,
  concatenate,
  cumsum,
  divide,
  equal,
  greater,
  less,
  logicalAnd,
  remainder,
  subtract,
  where,
} from "../../build/generated/ops.js";
import { toAxis } from "../axes.js";
import { told } from "../arguments.js";
import { toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import { checkOptions, trailing } from "../options.js";
import type { Tensor } from "../tensor.js";
import { diff } from "./differences.js";

/** Options of {@link unwrap}. */
export interface UnwrapOptions {
  /** What values may be off by a multiple of. Default 2π. */
  period?: number;
}

function positive(x: unknown, what: string, who: string): number {
  if (typeof x === "number" && x > 0 && x < Infinity) return x;
  throw new RangeError(`${who}: ${what} is ${told(x)}, not a positive number`);
}

/**
 * x with multiples of the period added, so that neighbours along an axis differ by half a period at most;
 * only differences of at least `discont` (default: half a period) are changed. Integers with a whole period
 * stay integers. What is added is constant: the derivative is that of x.
 *
 * @example
 * ```ts
 * unwrap([0, 90, 190, -80, 10], { period: 360 }).toArray(); // [0, 90, 190, 280, 370]
 * ```
 * @throws if the period is not positive, or if there is no such axis
 */
export function unwrap(
  x: TensorLike,
  discont?: number | UnwrapOptions | null,
  axis?: number | UnwrapOptions,
  options?: UnwrapOptions,
): Tensor {
  [discont = null, axis = -1, options = {}] = trailing(discont, axis, options);
  const who = "unwrap";
  checkOptions(options, who, "period");
  const period = positive(options.period ?? 2 * Math.PI, "the period", who);
  const given = toTensor(x, who);
  const at = toAxis(axis, given.ndim, who);
  const whole = given.dtype === "int32" && Number.isInteger(period);
  const t = whole || given.dtype.startsWith("float") ? given : divide(given, 1);
  const limit = discont === null ? period / 2 : discont;
  if (typeof limit !== "number" || Number.isNaN(limit)) {
    throw new TypeError(`${who}: discont is ${told(limit)}, not a number`);
  }
  if (t.shape[at]! < 2) return t;
  const high = whole ? Math.floor(period / 2) : period / 2;
  const steps = diff(t.detach(), 1, at);
  let inside = add(remainder(add(steps, high), period), -high);
  // A step of just half a period keeps its direction.
  if (!whole || period % 2 === 0) {
    const turned = logicalAnd(equal(inside, -high), greater(steps, 0));
    inside = where(turned, high, inside);
  }
  const change = where(less(abs(steps), limit), 0, subtract(inside, steps)).astype(t.dtype);
  const first = zeros(
    t.shape.map((d, i) => (i === at ? 1 : d)),
    { dtype: t.dtype },
  );
  return add(t, concatenate([first, cumsum(change, at)], at));
}
