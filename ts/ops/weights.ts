// Weights of elements, one for each or for each place along some axes.
import { toAxes, toAxis } from "../axes.js";
import { shapeText } from "../errors.js";
import type { Axes } from "../families.js";
import type { Tensor } from "../tensor.js";

/** Weights in a shape that x broadcasts with: they have x's shape, or that of the axes in their order. */
export function suited(x: Tensor, w: Tensor, axis: Axes, who: string): Tensor {
  const { shape } = x;
  if (w.ndim === shape.length && w.shape.every((d, i) => d === shape[i])) return w;
  if (axis !== undefined && axis !== null) {
    const axes = toAxes(axis, who).map((a) => toAxis(a, shape.length, who));
    if (axes.length === w.ndim && axes.every((a, i) => shape[a] === w.shape[i])) {
      const order = axes.map((_, i) => i).sort((i, j) => axes[i]! - axes[j]!);
      return w.transpose(order).reshape(shape.map((d, i) => (axes.includes(i) ? d : 1)));
    }
  }
  throw new RangeError(
    `${who}: weights of shape ${shapeText(w.shape)} suit neither x of shape ${shapeText(shape)} nor its axes`,
  );
}
