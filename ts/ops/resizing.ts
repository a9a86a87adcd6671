// Other sizes: the same elements over and over, or fewer of them.
import { notEqual, remainder, take } from "../../build/generated/ops.js";
import { places } from "../along.js";
import { toAxes, toAxis, type Range } from "../axes.js";
import { describe, toShape, toTensor, type TensorLike } from "../convert.js";
import { zeros } from "../create.js";
import type { Tensor } from "../tensor.js";
import { nonzeroOf } from "./nonzero.js";

/**
 * A tensor of a shape with the elements of the flattened x, which come again if there are too few; zeros if
 * there are none.
 *
 * @example
 * ```ts
 * resize([1, 2, 3], [2, 2]).toArray(); // [[1, 2], [3, 1]]
 * ```
 * @throws if the shape is none
 */
export function resize(x: TensorLike, shape: number | readonly number[]): Tensor {
  const who = "resize";
  const dims = toShape(shape, who);
  const flat = toTensor(x, who).reshape([-1]);
  const n = dims.reduce((a, b) => a * b, 1);
  if (n === flat.size) return flat.reshape(dims);
  if (flat.size === 0) return zeros(dims, { dtype: flat.dtype });
  if (n < flat.size) return flat.slice([[0, n]]).reshape(dims);
  return take(flat, remainder(places(n), flat.size)).reshape(dims);
}

/**
 * x without the zeros at its ends: of front and back ("fb"), or one of them ("f", "b"). Along several axes,
 * by default all, the smallest box is left that holds what is not zero. Its size depends on values.
 *
 * @example
 * ```ts
 * trimZeros([0, 1, 0, 2, 0]).toArray(); // [1, 0, 2]
 * ```
 * @throws if `trim` is something else, if there is no such axis, or inside vmap
 */
export function trimZeros(
  x: TensorLike,
  trim: "fb" | "bf" | "f" | "b" = "fb",
  axis?: number | readonly number[] | null,
): Tensor {
  const who = "trimZeros";
  const t = toTensor(x, who);
  const ends: unknown = typeof trim === "string" ? trim.toLowerCase() : trim;
  if (ends !== "fb" && ends !== "bf" && ends !== "f" && ends !== "b") {
    throw new RangeError(`${who}: trim is ${describe(trim)}, not "fb", "f" or "b"`);
  }
  const all = t.shape.map((_, i) => i);
  const axes =
    axis === undefined || axis === null
      ? all
      : toAxes(axis, who).map((a) => toAxis(a, t.ndim, who));
  if (axes.length === 0) return t;
  const found = nonzeroOf(notEqual(t, 0), who);
  const box = all.map((i): Range => {
    if (!axes.includes(i)) return null;
    const where = found[i]!;
    if (where.size === 0) return [0, 0];
    const first = ends === "b" ? null : where.min().item();
    return [first, ends === "f" ? null : where.max().item() + 1];
  });
  return t.slice(box);
}
