// Functions of parts of tensors: of lines along an axis, of reductions one after the other, of pieces.
import { logicalOr, logicalNot, where } from "../../build/generated/ops.js";
import { toFunction, toList } from "../arguments.js";
import { toAxes, toAxis } from "../axes.js";
import { toTensor, type TensorLike } from "../convert.js";
import { zerosLike } from "../create.js";
import type { Tensor } from "../tensor.js";
import { vmap } from "../transforms/vmap.js";
import { moveaxis } from "./shapes.js";

/**
 * f of each vector of x along an axis; what it gives, a tensor or a number, stands in the place of that
 * axis. All vectors go through f at once, as in `vmap`.
 *
 * @example
 * ```ts
 * applyAlongAxis((v) => sum(square(v)), 1, [[1, 2], [3, 4]]).toArray(); // [5, 25]
 * ```
 * @throws if there is no such axis
 */
export function applyAlongAxis(
  f: (vector: Tensor) => TensorLike,
  axis: number,
  x: TensorLike,
): Tensor {
  const who = "applyAlongAxis";
  toFunction(f, "f", who);
  const t = toTensor(x, who);
  const at = toAxis(axis, t.ndim, who);
  const moved = moveaxis(t, at, -1);
  const outer = moved.shape.slice(0, -1);
  const rows = moved.reshape([outer.reduce((a, b) => a * b, 1), t.shape[at]!]);
  const y = vmap((row: Tensor) => toTensor(f(row), who))(rows);
  const inner = y.shape.slice(1);
  const whole = y.reshape([...outer, ...inner]);
  const from = inner.map((_, i) => outer.length + i);
  return moveaxis(
    whole,
    from,
    inner.map((_, i) => at + i),
  );
}

/**
 * f(x, axis) for one axis after the other; where f drops the axis, it is put back with size 1.
 *
 * @example
 * ```ts
 * applyOverAxes(sum, [[1, 2], [3, 4]], [0, 1]).toArray(); // [[10]]
 * ```
 * @throws if there is no such axis, or if f gives other axes
 */
export function applyOverAxes(
  f: (x: Tensor, axis: number) => TensorLike,
  x: TensorLike,
  axes: number | readonly number[],
): Tensor {
  const who = "applyOverAxes";
  toFunction(f, "f", who);
  let y = toTensor(x, who);
  const rank = y.ndim;
  for (const axis of toAxes(axes, who)) {
    const at = toAxis(axis, rank, who);
    const z = toTensor(f(y, at), who);
    y = z.ndim === rank - 1 ? z.expandDims(at) : z;
    if (y.ndim !== rank) {
      throw new RangeError(`${who}: f gave ${z.ndim} axes of ${rank}`);
    }
  }
  return y;
}

/**
 * A function in pieces: of x where the last condition that holds has its function, or its number. One more
 * function than conditions is for where none holds, which else is 0. Every function gets all of x; only
 * where it is chosen it counts, in derivatives too.
 *
 * @example
 * ```ts
 * piecewise([-1, 2], [[true, false], [false, true]], [(x) => negative(x), square]).toArray(); // [1, 4]
 * ```
 * @throws if there are not as many functions as conditions, or one more
 */
export function piecewise(
  x: TensorLike,
  conditions: readonly TensorLike[],
  functions: readonly (TensorLike | ((x: Tensor) => TensorLike))[],
): Tensor {
  const who = "piecewise";
  const t = toTensor(x, who);
  const when = toList(conditions, "the list of conditions", who).map((c) => toTensor(c, who));
  const pieces = toList(functions, "the list of functions", who);
  if (pieces.length === when.length + 1) {
    const none = when.reduce<TensorLike>((some, c) => logicalOr(some, c), false);
    when.push(logicalNot(none));
  }
  if (pieces.length !== when.length) {
    throw new RangeError(`${who}: ${pieces.length} functions for ${when.length} conditions`);
  }
  let y: Tensor = zerosLike(t);
  for (let i = 0; i < when.length; i++) {
    const piece = pieces[i]!;
    const value = typeof piece === "function" ? piece(t) : piece;
    y = where(when[i]!, typeof value === "number" ? value : toTensor(value, who), y);
  }
  return y;
}
