// Trees taken apart along their first axis, and put together again.
import { concatenate, stack } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import { zeros } from "../create.js";
import { slot, slotsOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { noGrad } from "../transforms/control.js";
import { checkResult, leafTensor, resultTensor } from "../transforms/scope.js";
import { partsOf } from "../trees/parts.js";
import { TreeStructure } from "../trees/structure.js";
import type { Leaf } from "../tree.js";
import * as wasm from "../wasm.js";
import { typeText } from "./carry.js";

/** A tree taken apart along its first axis. */
export interface Sliced {
  form: TreeStructure;
  leaves: Tensor[];
  length: number;
}

export function slicedOf(xs: unknown, length: number | undefined, who: string): Sliced {
  const [given, form] = TreeStructure.read(xs);
  const leaves = (given as Leaf[]).map((leaf) => leafTensor(leaf, who));
  let size = length;
  for (const x of leaves) {
    if (x.ndim === 0) throw new RangeError(`${who}: xs holds a tensor without axes`);
    const own = x.shape[0]!;
    if (size !== undefined && size !== own) {
      throw new RangeError(`${who}: lengths differ: ${size} and ${own}`);
    }
    size = own;
  }
  if (size === undefined) {
    throw new TypeError(
      `${who}: xs has no leaves, so { length } must say how many steps there are`,
    );
  }
  if (!Number.isInteger(size) || size < 0) {
    throw new RangeError(`${who}: length is ${describe(size)}, not a natural number`);
  }
  return { form, leaves, length: size };
}

/** The elements of a tree along its first axis. */
export function elementsOf({ form, leaves, length }: Sliced, who: string): unknown[] {
  const parts = leaves.map((x) => {
    // The derivative of a part is a tensor of the whole size; without one, parts are taken one by one.
    if (wasm.core().tensorMask(slot(x)) === 0) {
      return Array.from({ length }, (_, i) => x.slice([i]));
    }
    const rest = x.shape.slice(1);
    return partsOf(x, new Array<number>(length).fill(1)).map((part) => part.reshape(rest));
  });
  return Array.from({ length }, (_, i) =>
    form.build(
      parts.map((list) => list[i]),
      who,
    ),
  );
}

/** An element of zeros, for the form of what a function makes of one. */
export function noElement({ form, leaves }: Sliced, who: string): unknown {
  const made = leaves.map((x) => zeros(x.shape.slice(1), { dtype: x.dtype }));
  return form.build(made, who);
}

/** As many tensors as a single call takes. */
const MOST = 2000;

function stacked(list: readonly Tensor[], join: typeof stack): Tensor {
  if (list.length <= MOST) return join(list, 0);
  const parts: Tensor[] = [];
  for (let i = 0; i < list.length; i += MOST) parts.push(join(list.slice(i, i + MOST), 0));
  return concatenate(parts, 0);
}

/** What each step returns: the form of a tree, dtypes and shapes of its leaves. */
export interface Returned {
  form: TreeStructure;
  types: readonly string[];
}

/** What a step has returned, for others to be the same. */
export function returned(y: unknown, who: string): Returned {
  const [leaves, form] = TreeStructure.read(y);
  return { form, types: leaves.map((leaf) => typeText(resultTensor(leaf, who))) };
}

/**
 * Trees of the same form and types as one, leaves stacked along a new first axis. The trees are what
 * step `from` returned and those after it.
 */
export function joined(
  trees: readonly unknown[],
  { form, types }: Returned,
  who: string,
  from = 0,
): unknown {
  const lists = trees.map((tree, i) =>
    form
      .leavesOf(tree, `${who}: step ${from + i} returned another form than step 0`)
      .map((leaf) => resultTensor(leaf, who)),
  );
  const like = lists[0]!;
  const alike = (x: Tensor, y: Tensor) =>
    wasm.core().tensorAlike(...(slotsOf([x, y], who) as [number, number]));
  lists.forEach((list, i) => {
    list.forEach((x, k) => {
      if (i > 0 && alike(x, like[k]!)) return;
      if (typeText(x) === types[k]) return;
      throw new TypeError(`${who}: step ${from + i} returned ${typeText(x)}, step 0 ${types[k]}`);
    });
  });
  return form.build(
    types.map((_, k) =>
      stacked(
        lists.map((list) => list[k]!),
        stack,
      ),
    ),
    who,
  );
}

/** Trees that `joined` made of stretches, one behind the other. */
export function concatenated(trees: readonly unknown[], { form }: Returned, who: string): unknown {
  if (trees.length === 1) return trees[0];
  const lists = trees.map((tree) => form.leavesOf(tree, `internal: ${who}`) as Tensor[]);
  return form.build(
    lists[0]!.map((_, k) =>
      stacked(
        lists.map((list) => list[k]!),
        concatenate,
      ),
    ),
    who,
  );
}

/** What is stacked of no steps: nothing, in the form of what a step would give. */
export function empty(step: () => unknown, who: string): unknown {
  const sample = noGrad(step);
  checkResult(sample, who);
  const [leaves, form] = TreeStructure.read(sample);
  const made = leaves.map((leaf) => {
    const y = resultTensor(leaf, who);
    return zeros([0, ...y.shape], { dtype: y.dtype });
  });
  return form.build(made, who);
}
