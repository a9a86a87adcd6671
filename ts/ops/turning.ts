// Elements in another order: mirrored, rolled, turned.
import { concatenate } from "../../build/generated/ops.js";
import { toAxes, toAxis, toMask, type Range } from "../axes.js";
import { toNumbers } from "../arguments.js";
import { describe, toTensor, type TensorLike } from "../convert.js";
import type { Axes } from "../families.js";
import { shapeText } from "../errors.js";
import type { Tensor } from "../tensor.js";

/**
 * x mirrored along axes, all of them by default.
 *
 * @example
 * ```ts
 * flip([[1, 2], [3, 4]], 1).toArray(); // [[2, 1], [4, 3]]
 * ```
 * @throws if there is no such axis
 */
export function flip(x: TensorLike, axis?: Axes): Tensor {
  return flipped(x, axis, "flip");
}

function flipped(x: TensorLike, axis: Axes, who: string): Tensor {
  const t = toTensor(x, who);
  const mask = toMask(axis, t.ndim, who);
  return t.slice(t.shape.map((_, i): Range => (mask & (1 << i) ? [null, null, -1] : null)));
}

/**
 * x mirrored along axis 0.
 *
 * @example
 * ```ts
 * flipud([[1, 2], [3, 4]]).toArray(); // [[3, 4], [1, 2]]
 * ```
 */
export function flipud(x: TensorLike): Tensor {
  return flipped(x, 0, "flipud");
}

/**
 * x mirrored along axis 1.
 *
 * @example
 * ```ts
 * fliplr([[1, 2], [3, 4]]).toArray(); // [[2, 1], [4, 3]]
 * ```
 */
export function fliplr(x: TensorLike): Tensor {
  return flipped(x, 1, "fliplr");
}

/**
 * x moved on along axes; what leaves at the end comes in at the beginning. Without an axis x is rolled
 * as if it were flat.
 *
 * @example
 * ```ts
 * roll([1, 2, 3, 4], 1).toArray(); // [4, 1, 2, 3]
 * ```
 * @throws if a shift is not an integer, or if there is no such axis
 */
export function roll(
  x: TensorLike,
  shift: number | readonly number[],
  axis?: number | readonly number[] | null,
): Tensor {
  const who = "roll";
  const t = toTensor(x, who);
  const shifts = toNumbers(shift, "the shift", who);
  for (const s of shifts) {
    if (!Number.isInteger(s)) throw new TypeError(`${who}: ${describe(s)} is not a shift`);
  }
  if (axis === undefined || axis === null) {
    const whole = shifts.reduce((sum, s) => sum + s, 0);
    return rolled(t.reshape([-1]), whole, 0).reshape(t.shape);
  }
  const axes = toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  if (shifts.length > 1 && axes.length > 1 && shifts.length !== axes.length) {
    throw new RangeError(`${who}: ${shifts.length} shifts for ${axes.length} axes`);
  }
  let y = t;
  for (let i = 0; i < Math.max(axes.length, shifts.length); i++) {
    y = rolled(y, shifts[shifts.length > 1 ? i : 0]!, axes[axes.length > 1 ? i : 0]!);
  }
  return y;
}

function rolled(x: Tensor, shift: number, axis: number): Tensor {
  const n = x.shape[axis]!;
  const by = n === 0 ? 0 : ((shift % n) + n) % n;
  if (by === 0) return x;
  const before: Range[] = x.shape.slice(0, axis).map(() => null);
  return concatenate([x.slice([...before, [n - by]]), x.slice([...before, [0, n - by]])], axis);
}

/**
 * x turned k times by 90 degrees, from the first of two axes towards the second.
 *
 * @example
 * ```ts
 * rot90([[1, 2], [3, 4]]).toArray(); // [[2, 4], [1, 3]]
 * ```
 * @throws if the axes are not two different ones
 */
export function rot90(
  x: TensorLike,
  k = 1,
  axes: readonly [number, number] | readonly number[] = [0, 1],
): Tensor {
  const who = "rot90";
  const t = toTensor(x, who);
  const plane = toNumbers(axes, "axes", who).map((axis) => toAxis(axis, t.ndim, who));
  const [from, to] = plane;
  if (plane.length !== 2 || from === to) {
    throw new RangeError(`${who}: axes ${shapeText(plane)} are not two different ones`);
  }
  if (!Number.isInteger(k)) throw new TypeError(`${who}: ${describe(k)} is not a number of turns`);
  const turns = ((k % 4) + 4) % 4;
  if (turns === 0) return t;
  if (turns === 2) return flipped(t, [from!, to!], who);
  const mirrored = flipped(t, turns === 1 ? to : from, who);
  return mirrored.swapaxes(from!, to!);
}
