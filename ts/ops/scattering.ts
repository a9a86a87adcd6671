// Elements to and from places along an axis, as torch names them.
import { add, equal, max, min, takeAlongAxis } from "../../build/generated/ops.js";
import { places, scatter, toIndex, widened } from "../along.js";
import { toAxis } from "../axes.js";
import { checkOperands, toCount } from "../arguments.js";
import { describe, type TensorLike, together } from "../convert.js";
import { getDefaultDtype, ones } from "../create.js";
import type { Dtype } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isKnown } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkOptions, trailing } from "../options.js";

/**
 * For each index the element of x at that place along an axis: `takeAlongAxis` with torch's order of
 * arguments.
 *
 * @example
 * ```ts
 * gather([[1, 2], [3, 4]], 1, [[1, 0], [0, 0]]).toArray(); // [[2, 1], [3, 3]]
 * ```
 * @throws if an index is not an integer, or out of bounds, or if shapes do not suit
 */
export function gather(x: TensorLike, axis: number, index: TensorLike): Tensor {
  checkOperands("gather", x, index);
  return takeAlongAxis(x, index, axis);
}

/**
 * x with values added to the elements at those places along an axis; index and values have one shape,
 * which is x's but for the axis. Repeated places add up. The result has the dtype of x, whatever that of
 * the values: sums are taken in a dtype that holds both, and rounded once.
 *
 * @example
 * ```ts
 * scatterAdd([0, 0, 0], 0, [1, 1, 2], [1, 2, 3]).toArray(); // [0, 3, 3]
 * ```
 * @throws if an index is not an integer, or out of bounds, or if shapes do not suit
 */
export function scatterAdd(
  x: TensorLike,
  axis: number,
  index: TensorLike,
  values: TensorLike,
): Tensor {
  const who = "scatterAdd";
  const [t, v] = together(who, x, values);
  const at = toIndex(index, who);
  const along = toAxis(axis, t.ndim, who);
  const { shape } = t;
  const fits = (own: number[]) =>
    own.length === shape.length && own.every((d, i) => i === along || d === shape[i]);
  if (!fits(v.shape) || !fits(at.shape) || v.shape[along] !== at.shape[along]) {
    throw new RangeError(
      `${who}: index ${shapeText(at.shape)} and values ${shapeText(v.shape)} do not suit x, ` +
        `${shapeText(shape)}, off axis ${along}`,
    );
  }
  const [wide, more] = widened(t, v);
  const sums = scatter(more.swapaxes(along, -1), at.swapaxes(along, -1), shape[along]!, 0, who);
  return add(wide, sums.swapaxes(along, -1)).astype(t.dtype);
}

/** The largest index, -1 if there is none. */
function largest(index: Tensor): number {
  let most = -1;
  for (const i of index.data()) most = Math.max(most, i);
  return most;
}

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** The dtype of the result. Default: the default dtype. */
  dtype?: Dtype;
}

/**
 * For each index a row of `classes` elements: 1 at that place, else 0. An index out of bounds gives
 * zeros. Without a number of classes (or with -1, as in torch) there are as many as the largest index
 * asks for.
 *
 * @example
 * ```ts
 * oneHot([2, 0], 3).toArray(); // [[0, 0, 1], [1, 0, 0]]
 * ```
 * @throws if an index is not an integer, or if there can be no such number of classes
 */
export function oneHot(
  index: TensorLike,
  classes?: number | OneHotOptions,
  options?: OneHotOptions,
): Tensor {
  [classes = -1, options = {}] = trailing(classes, options);
  const who = "oneHot";
  checkOptions(options, who, "dtype");
  if (!Number.isInteger(classes) || classes < -1) {
    throw new RangeError(`${who}: ${describe(classes)} is not a number of classes`);
  }
  const at = toIndex(index, who);
  const n = classes >= 0 ? classes : largest(at) + 1;
  toCount(n * Math.max(1, at.size), "the number of elements", who);
  const dtype = options.dtype ?? getDefaultDtype();
  if (n > FEW && dtype !== "bool" && areWithin(at, n)) {
    const m = at.size;
    const own = add(at.reshape([-1]), places(m, n));
    return scatter(ones([m], { dtype }), own, m * n, 0, who).reshape([...at.shape, n]);
  }
  return equal(at.expandDims(-1), places(n)).astype(dtype);
}

/** Up to so many classes comparing all of them is as fast as going where the index says. */
const FEW = 4;

/** True if there are indices, known now and in bounds. */
function areWithin(index: Tensor, n: number): boolean {
  if (index.size === 0 || !isKnown(index)) return false;
  return min(index).item() >= 0 && max(index).item() < n;
}
