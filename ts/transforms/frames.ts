// What rules see: the shapes of one example. A batch axis whose vmap has ended by the time a rule runs is
// an ordinary one then, so the rule runs inside another vmap over what was left behind.
import type { Tensor } from "../tensor.js";
import { sum } from "../../build/generated/ops.js";
import { inBatch, mapAxis, unmap } from "./vmap.js";

/**
 * Runs `body` with tensors of one example: tensor i has `own[i]` axes in front that belong to ended
 * levels of these sizes. The results have them all.
 */
export function inFrames(
  who: string,
  sizes: readonly number[],
  tensors: readonly (Tensor | null)[],
  own: readonly number[],
  body: (tensors: readonly (Tensor | null)[]) => (Tensor | null)[],
): (Tensor | null)[] {
  if (sizes.length === 0) return body(tensors);
  const size = sizes[0]!;
  return inBatch(who, size, () => {
    const inside = tensors.map((x, i) => (x !== null && own[i]! > 0 ? entered(x, size, who) : x));
    const left = own.map((n) => n - 1);
    return inFrames(who, sizes.slice(1), inside, left, body).map((y) => y && unmap(y, who));
  });
}

/** x without its first axis: as the batch axis of this size, or because it is the same for all. */
function entered(x: Tensor, size: number, who: string): Tensor {
  const { shape } = x;
  return shape[0] === size ? mapAxis(x, 0, who) : x.reshape(shape.slice(1));
}

/** A cotangent from `inFrames` for a value of this shape, which has only `own` of the axes. */
export function gatheredFor(
  g: Tensor,
  sizes: readonly number[],
  shape: readonly number[],
  own: number,
): Tensor {
  const shared = sizes.flatMap((size, i) => (i >= own || shape[i] !== size ? [i] : []));
  return shared.length === 0 ? g : sum(g, shared).reshape(shape);
}
