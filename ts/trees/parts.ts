// A tensor cut into parts by halves: the derivative of a slice is a tensor of the whole size, so that
// cutting n parts one by one would make going backward quadratic.
import type { Tensor } from "../tensor.js";

/** Parts of these sizes along the first axis, which they fill. */
export function partsOf(x: Tensor, sizes: readonly number[]): Tensor[] {
  const parts: Tensor[] = [];
  const cut = (part: Tensor, from: number, to: number): void => {
    if (to - from === 1) {
      parts.push(part);
      return;
    }
    const middle = (from + to) >> 1;
    const size = sizes.slice(from, middle).reduce((a, b) => a + b, 0);
    cut(part.slice([[0, size]]), from, middle);
    cut(part.slice([[size, null]]), middle, to);
  };
  if (sizes.length > 0) cut(x, 0, sizes.length);
  return parts;
}
