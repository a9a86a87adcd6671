// Elements replaced, where NumPy writes into its argument: each function returns a new tensor.
import { cumsum, maximum, remainder, subtract, take, where } from "../../build/generated/ops.js";
import { bounded, places, toIndex, type TakeOptions } from "../along.js";
import { toTensor, type TensorLike, unrounded } from "../convert.js";
import { shapeText } from "../errors.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { any } from "./counting.js";

/** Values in the dtype of x, as a vector. */
function flatLike(values: TensorLike, x: Tensor, who: string): Tensor {
  return toTensor(values, who).reshape([-1]).astype(x.dtype);
}

/** n values: over and over the same. */
function cycled(values: Tensor, n: number): Tensor {
  if (values.size === n) return values;
  return take(values, remainder(places(n), values.size));
}

/** Options of {@link fillDiagonal}. */
export interface FillDiagonalOptions {
  /** In matrices with more rows than columns, begin anew below, one row left free. Default false. */
  wrap?: boolean;
}

/**
 * x with values on its main diagonal, which of more than two axes runs through all of them. Values are
 * flattened, take the dtype of x, and come again where the diagonal is longer. It returns a new tensor.
 *
 * @example
 * ```ts
 * fillDiagonal([[1, 2], [3, 4]], 0).toArray(); // [[0, 2], [3, 0]]
 * ```
 * @throws if x has fewer than two axes, or more that differ in size, or if there are no values
 */
export function fillDiagonal(
  x: TensorLike,
  values: TensorLike,
  options: FillDiagonalOptions = {},
): Tensor {
  const who = "fillDiagonal";
  [x, values] = unrounded(who, x, values);
  checkOptions(options, who, "wrap");
  const t = toTensor(x, who);
  const { shape } = t;
  if (shape.length < 2) throw new RangeError(`${who}: needs two axes, x has ${shape.length}`);
  const [rows, columns] = shape as [number, number];
  let step = columns + 1;
  let end = t.size;
  if (shape.length > 2) {
    if (shape.some((d) => d !== rows)) {
      throw new RangeError(`${who}: sizes differ: ${shapeText(shape)}`);
    }
    step = shape.reduce((total) => total * rows + 1, 0);
  } else if (options.wrap !== true) end = Math.min(end, columns * columns);
  const n = Math.ceil(end / step);
  const given = flatLike(values, t, who);
  if (n === 0) return t;
  if (given.size === 0) throw new RangeError(`${who}: no values for ${n} elements`);
  return t.reshape([-1]).set(places(n, step), cycled(given, n)).reshape(shape);
}

/**
 * x with values at places of the flattened x; if there are fewer values than places, they come again, if
 * more, the last ones are left out. Of several values for one element the last one counts. Places out of
 * bounds are an error, or with `mode` cut to the nearest ("clip") or counted on around ("wrap"). It returns
 * a new tensor, of the dtype of x.
 *
 * @example
 * ```ts
 * put([1, 2, 3, 4], [0, -1], [10, 20]).toArray(); // [10, 2, 3, 20]
 * ```
 * @throws if a place is no integer, or out of bounds, or if there are no values
 */
export function put(
  x: TensorLike,
  indices: TensorLike,
  values: TensorLike,
  options: TakeOptions = {},
): Tensor {
  const who = "put";
  [x, values] = unrounded(who, x, values);
  checkOptions(options, who, "mode");
  const t = toTensor(x, who);
  const at = bounded(toIndex(indices, who).reshape([-1]), t.size, options, who);
  const given = flatLike(values, t, who);
  if (at.size === 0) return t;
  if (given.size === 0) throw new RangeError(`${who}: no values for ${at.size} places`);
  const several = given.size > at.size ? given.slice([[0, at.size]]) : cycled(given, at.size);
  return t.reshape([-1]).set(at, several).reshape(t.shape);
}

/** Where a mask, of as many elements as x, holds. */
function maskOf(mask: TensorLike, x: Tensor, who: string): Tensor {
  const m = toTensor(mask, who);
  if (m.size === x.size) return m.reshape(x.shape);
  throw new RangeError(
    `${who}: a mask of shape ${shapeText(m.shape)} for x of ${shapeText(x.shape)}`,
  );
}

/**
 * x with values, one after the other, where a mask holds: the first value goes to the first such place, and
 * values come again when they are used up. It returns a new tensor, of the dtype of x.
 *
 * @example
 * ```ts
 * place([1, 2, 3, 4], [false, true, true, true], [8, 9]).toArray(); // [1, 8, 9, 8]
 * ```
 * @throws if the mask has not as many elements as x, or if there are no values for it
 */
export function place(x: TensorLike, mask: TensorLike, values: TensorLike): Tensor {
  const who = "place";
  [x, values] = unrounded(who, x, values);
  const t = toTensor(x, who);
  const m = maskOf(mask, t, who);
  const given = flatLike(values, t, who);
  if (given.size === 0) {
    if (any(m).item() === 0) return t;
    throw new RangeError(`${who}: no values for what the mask holds`);
  }
  const before = cumsum(m.astype("bool").astype("int32").reshape([-1]), 0);
  const nth = remainder(maximum(subtract(before, 1), 0), given.size);
  return where(m, take(given, nth).reshape(t.shape), t);
}

/**
 * x with values where a mask holds, each at its own place: values are flattened and come again until there
 * are as many as x has elements. It returns a new tensor, of the dtype of x.
 *
 * @example
 * ```ts
 * putmask([1, 2, 3, 4], [false, true, true, true], [8, 9]).toArray(); // [1, 9, 8, 9]
 * ```
 * @throws if the mask has not as many elements as x, or if there are no values
 */
export function putmask(x: TensorLike, mask: TensorLike, values: TensorLike): Tensor {
  const who = "putmask";
  [x, values] = unrounded(who, x, values);
  const t = toTensor(x, who);
  const m = maskOf(mask, t, who);
  const given = flatLike(values, t, who);
  if (given.size === t.size) return where(m, given.reshape(t.shape), t);
  if (t.size === 0) return t;
  if (given.size === 0) throw new RangeError(`${who}: no values for ${t.size} elements`);
  return where(m, cycled(given, t.size).reshape(t.shape), t);
}
