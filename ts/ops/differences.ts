// Differences, slopes and areas under curves.
import {
  add,
  concatenate,
  divide,
  multiply,
  negative,
  notEqual,
  subtract,
  sum,
} from "../../build/generated/ops.js";
import { toAxes, toAxis, toMask, type Range } from "../axes.js";
import { checkOperands, toCount } from "../arguments.js";
import { describe, toTensor, type TensorLike, unrounded } from "../convert.js";
import { isHandle } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, isOptions, trailing } from "../options.js";

/** x from `start` to `stop` along an axis. */
function part(x: Tensor, axis: number, start: number | null, stop: number | null): Tensor {
  return x.slice([...x.shape.slice(0, axis).map((): Range => null), [start, stop]]);
}

/** Options of {@link diff}. */
export interface DiffOptions {
  /** Put before x along the axis. */
  prepend?: TensorLike;
  /** Put behind x along the axis. */
  append?: TensorLike;
}

/**
 * Differences of neighbours along an axis, n times over. Of bools: whether they differ.
 *
 * @example
 * ```ts
 * diff([1, 4, 9]).toArray(); // [3, 5]
 * ```
 * @throws if n is negative, or if there is no such axis
 */
export function diff(
  x: TensorLike,
  n?: number | DiffOptions,
  axis?: number | DiffOptions,
  options?: DiffOptions,
): Tensor {
  [n = 1, axis = -1, options = {}] = trailing(n, axis, options);
  const who = "diff";
  checkOptions(options, who, "prepend append");
  toCount(n, "n", who, 0, Infinity);
  const [from, prepend, append] = unrounded(who, x, options.prepend, options.append);
  let y = toTensor(from, who);
  const at = toAxis(axis, y.ndim, who);
  if (n === 0) return y;
  const { shape } = y;
  const end = (z: TensorLike): Tensor => {
    const t = toTensor(z, who);
    return t.ndim > 0 ? t : t.broadcastTo(shape.map((d, i) => (i === at ? 1 : d)));
  };
  if (prepend !== undefined) y = concatenate([end(prepend), y], at);
  if (append !== undefined) y = concatenate([y, end(append)], at);
  const apart = y.dtype === "bool" ? notEqual : subtract;
  for (let i = 0; i < n && y.shape[at]! > 0; i++) {
    y = apart(part(y, at, 1, null), part(y, at, 0, Math.max(y.shape[at]! - 1, 0)));
  }
  return y;
}

/** Options of {@link ediff1d}. */
export interface Ediff1dOptions {
  /** Put behind the differences, flattened. */
  toEnd?: TensorLike;
  /** Put before the differences, flattened. */
  toBegin?: TensorLike;
}

/**
 * Differences of neighbours in the flattened x, with what `toBegin` and `toEnd` say before and behind them,
 * in the dtype of x.
 *
 * @example
 * ```ts
 * ediff1d([1, 4, 9], { toBegin: 0 }).toArray(); // [0, 3, 5]
 * ```
 * @throws if x are bools, of which there are no differences
 */
export function ediff1d(x: TensorLike, options: Ediff1dOptions = {}): Tensor {
  const who = "ediff1d";
  checkOptions(options, who, "toEnd toBegin");
  const [from, toBegin, toEnd] = unrounded(who, x, options.toBegin, options.toEnd);
  const flat = toTensor(from, who).reshape([-1]);
  if (flat.dtype === "bool") throw new TypeError(`${who}: bools have no differences; use diff`);
  const ends = (y: TensorLike | undefined): Tensor[] =>
    y === undefined ? [] : [toTensor(y, who).reshape([-1]).astype(flat.dtype)];
  const inside = diff(flat);
  const parts = [...ends(toBegin), inside, ...ends(toEnd)];
  return parts.length === 1 ? inside : concatenate(parts);
}

/** Options of {@link gradient}. */
export interface GradientOptions {
  /** Along which axes. Default all. */
  axis?: number | readonly number[] | null;
  /** At the ends: differences of two (1) or three (2) elements. Default 1. */
  edgeOrder?: 1 | 2;
}

/**
 * Slopes of x along its axes by central differences, at the ends by one-sided ones. After x come the
 * distance of neighbours, one for each axis, or the coordinates along each axis. One axis gives a
 * tensor, several a list.
 *
 * @example
 * ```ts
 * gradient([1, 2, 4, 7]).toArray(); // [1, 1.5, 2.5, 3]
 * ```
 * @throws if an axis has no more elements than `edgeOrder`, or if distances do not suit the axes
 */
export function gradient(
  x: TensorLike,
  ...rest: (TensorLike | GradientOptions)[]
): Tensor | Tensor[] {
  const who = "gradient";
  const apart = rest.filter((h) => !isOptions(h)) as TensorLike[];
  const given = toTensor(unrounded(who, x, ...apart)[0], who);
  const t = given.dtype.startsWith("float") ? given : divide(given, 1);
  const has = isOptions(rest.at(-1));
  const options = has ? (rest.at(-1) as GradientOptions) : {};
  checkOptions(options, who, "axis edgeOrder");
  const spacing = (has ? rest.slice(0, -1) : rest) as TensorLike[];
  const edge = options.edgeOrder ?? 1;
  if (edge !== 1 && edge !== 2)
    throw new RangeError(`${who}: edgeOrder is ${describe(edge)}, not 1 or 2`);
  const { axis } = options;
  toMask(axis, t.ndim, who);
  const axes =
    axis === undefined || axis === null
      ? t.shape.map((_, i) => i)
      : toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  if (spacing.length > 1 && spacing.length !== axes.length) {
    throw new RangeError(`${who}: ${spacing.length} distances for ${axes.length} axes`);
  }
  const slopes = axes.map((at, i) => {
    const h = spacing[spacing.length > 1 ? i : 0] ?? 1;
    return slopeAlong(
      t,
      at,
      isHandle(h) || typeof h === "number" ? h : toTensorOf(h, t),
      edge,
      who,
    );
  });
  return slopes.length === 1 ? slopes[0]! : slopes;
}

/** Coordinates in the precision of x. */
function toTensorOf(h: TensorLike, x: Tensor): Tensor {
  const list = Array.isArray(h) && h.every((d) => typeof d === "number");
  return toTensor(list ? Float64Array.from(h) : h, "gradient").astype(x.dtype);
}

function slopeAlong(f: Tensor, axis: number, h: Tensor | number, edge: 1 | 2, who: string): Tensor {
  const n = f.shape[axis]!;
  if (n <= edge) {
    throw new RangeError(`${who}: axis ${axis} of size ${n} is too short for edgeOrder ${edge}`);
  }
  // Distances between neighbours, in a shape that broadcasts with f.
  let steps: Tensor | undefined;
  if (typeof h !== "number" && h.ndim > 0) {
    if (h.ndim !== 1 || h.size !== n) {
      throw new RangeError(
        `${who}: coordinates of shape [${h.shape.join()}] for an axis of size ${n}`,
      );
    }
    steps = diff(h).reshape(f.shape.map((_, i) => (i === axis ? n - 1 : 1)));
  }
  const at = (i: number): Tensor => part(f, axis, i, i === -1 ? null : i + 1);
  const step = (i: number): Tensor | number =>
    steps === undefined ? h : part(steps, axis, i, i === -1 ? null : i + 1);
  let inside: Tensor;
  if (steps === undefined) {
    inside = divide(subtract(part(f, axis, 2, null), part(f, axis, 0, n - 2)), multiply(2, h));
  } else {
    const [a, b] = [part(steps, axis, 0, n - 2), part(steps, axis, 1, null)];
    const both = add(a, b);
    inside = add(
      add(
        multiply(divide(negative(b), multiply(a, both)), part(f, axis, 0, n - 2)),
        multiply(divide(subtract(b, a), multiply(a, b)), part(f, axis, 1, n - 1)),
      ),
      multiply(divide(a, multiply(b, both)), part(f, axis, 2, null)),
    );
  }
  const first =
    edge === 1
      ? divide(subtract(at(1), at(0)), step(0))
      : ended(at(0), at(1), at(2), step(0), step(1));
  const last =
    edge === 1
      ? divide(subtract(at(-1), at(-2)), step(-1))
      : negative(ended(at(-1), at(-2), at(-3), step(-1), step(-2)));
  return concatenate([first, inside, last], axis);
}

/** The slope at the first of three elements with distances a and b: exact for parabolas. */
function ended(x: Tensor, y: Tensor, z: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  const both = add(a, b);
  const first = divide(add(both, a), multiply(a, both));
  const second = divide(both, multiply(a, b));
  const third = divide(a, multiply(b, both));
  return subtract(subtract(multiply(second, y), multiply(first, x)), multiply(third, z));
}

/** Options of {@link trapezoid}. */
export interface TrapezoidOptions {
  /** Distance of neighbours, without coordinates. Default 1. */
  dx?: TensorLike;
  /** Along which axis. Default -1. */
  axis?: number;
}

/**
 * The area under y along an axis by the trapezoidal rule. x are coordinates: one for each element of the
 * axis, or in y's shape.
 *
 * @example
 * ```ts
 * trapezoid([1, 2, 3]).item(); // 4
 * ```
 * @throws if there is no such axis, or if coordinates do not suit it
 */
export function trapezoid(
  y: TensorLike,
  x?: TensorLike | TrapezoidOptions | null,
  options?: TrapezoidOptions,
): Tensor {
  [x, options = {}] = trailing(x, options);
  const who = "trapezoid";
  [y, x] = unrounded(who, y, x);
  checkOptions(options, who, "dx axis");
  checkOperands(who, y);
  const t = toTensor(y, who);
  const axis = toAxis(options.axis ?? -1, t.ndim, who);
  let step: TensorLike = options.dx ?? 1;
  if (x !== undefined && x !== null) {
    const points = toTensor(x, who);
    const along = points.ndim === 1 ? 0 : axis - t.ndim + points.ndim;
    step = diff(points, 1, along);
    if (points.ndim === 1) step = step.reshape(t.shape.map((_, i) => (i === axis ? -1 : 1)));
  }
  const pairs = add(part(t, axis, 1, null), part(t, axis, 0, -1));
  return sum(divide(multiply(step, pairs), 2), axis);
}
