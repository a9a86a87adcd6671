// One tensor from blocks, and back.
import { concatenate } from "../../build/generated/ops.js";
import { toAxis, type Range } from "../axes.js";
import { toTensor, type TensorLike } from "../convert.js";
import { getDefaultDtype, tensor } from "../create.js";
import type { Dtype } from "../dtype.js";
import { MAX_RANK } from "../../assembly/shared/limits.js";
import type { Tensor } from "../tensor.js";
import { resultType } from "./comparing.js";

/** Tensors and numbers in arrays in arrays …, all of one depth. */
export type NestedBlocks = TensorLike | readonly NestedBlocks[];

interface Layout {
  depth: number;
  rank: number;
  dtype: Dtype;
}

/** All blocks from left to right, and the depth at which they are. */
function leavesOf(
  blocks: NestedBlocks,
  who: string,
): { leaves: (Tensor | number)[]; depth: number } {
  const leaves: (Tensor | number)[] = [];
  let depth = -1;
  const walk = (item: unknown, path: string, level: number): void => {
    if (Array.isArray(item)) {
      if (item.length === 0) throw new RangeError(`${who}: an empty list at [${path}]`);
      if (level >= MAX_RANK) throw new RangeError(`${who}: nested more than ${MAX_RANK} deep`);
      // Holes are walked through as well.
      for (let i = 0; i < item.length; i++)
        walk(item[i], path === "" ? String(i) : `${path},${i}`, level + 1);
      return;
    }
    if (depth >= 0 && depth !== level) {
      throw new RangeError(`${who}: depths differ: ${level} at [${path}], ${depth} before it`);
    }
    depth = level;
    leaves.push(typeof item === "number" ? item : toTensor(item as TensorLike, who));
  };
  walk(blocks, "", 0);
  return { leaves, depth };
}

/** What numbers become beside tensors. */
function dtypeOf(leaves: readonly (Tensor | number)[]): Dtype {
  const tensors = leaves.filter((x) => typeof x !== "number");
  const numbers = leaves.filter((x) => typeof x === "number");
  if (tensors.length === 0) return getDefaultDtype();
  const own = resultType(...tensors);
  if (numbers.length === 0 || own.startsWith("float")) return own;
  return numbers.every(Number.isInteger) ? "int32" : getDefaultDtype();
}

function joined(item: NestedBlocks, level: number, layout: Layout, who: string): Tensor {
  if (level < layout.depth) {
    const parts = (item as readonly NestedBlocks[]).map((part) =>
      joined(part, level + 1, layout, who),
    );
    return parts.length === 1 ? parts[0]! : concatenate(parts, level - layout.depth);
  }
  const t =
    typeof item === "number"
      ? tensor(item, { dtype: layout.dtype })
      : toTensor(item as TensorLike, who).astype(layout.dtype);
  return t.reshape([...new Array<number>(layout.rank - t.ndim).fill(1), ...t.shape]);
}

/**
 * A tensor from nested lists of blocks: the innermost lists are joined along the last axis, those around
 * them along the one before, and so on. NestedBlocks with fewer axes get new ones of size 1 in front. Plain arrays
 * are lists; a vector among blocks is a tensor or a typed array.
 *
 * @example
 * ```ts
 * const a = eye(2);
 * block([[a, zeros([2, 1])], [ones([1, 2]), 3]]).toArray(); // [[1, 0, 0], [0, 1, 0], [1, 1, 3]]
 * ```
 * @throws if a list is empty, if depths differ, or if shapes do not fit
 */
export function block(blocks: NestedBlocks): Tensor {
  const who = "block";
  const { leaves, depth } = leavesOf(blocks, who);
  const rank = leaves.reduce<number>(
    (most, x) => Math.max(most, typeof x === "number" ? 0 : x.ndim),
    depth,
  );
  return joined(blocks, 0, { depth, rank, dtype: dtypeOf(leaves) }, who);
}

/**
 * The parts of x along an axis, each without it: `stack` the other way round.
 *
 * @example
 * ```ts
 * unstack([[1, 2], [3, 4]], 1).map((x) => x.toArray()); // [[1, 3], [2, 4]]
 * ```
 * @throws if there is no such axis
 */
export function unstack(x: TensorLike, axis = 0): Tensor[] {
  const who = "unstack";
  const t = toTensor(x, who);
  const at = toAxis(axis, t.ndim, who);
  const before = t.shape.slice(0, at).map((): Range => null);
  return Array.from({ length: t.shape[at]! }, (_, i) => t.slice([...before, i]));
}
