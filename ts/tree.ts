// Trees: arrays and plain objects are containers, whatever else is a leaf or a constant. Transforms
// take trees and give back trees of the same form.
import type { Tensor } from "./tensor.js";
import { isTypedArray, type TypedArray } from "./dtype.js";
import { isHandle } from "./handle.js";

/** Tensors, numbers and typed arrays: what can be differentiated. */
export type Leaf = Tensor | number | TypedArray;

/** True for what a transform differentiates: tensors, numbers, typed arrays. */
export function isLeaf(x: unknown): x is Leaf {
  return typeof x === "number" || isHandle(x) || isTypedArray(x);
}

/** True for arrays and plain objects. */
export function isContainer(x: unknown): x is unknown[] | Record<string, unknown> {
  if (Array.isArray(x)) return true;
  if (typeof x !== "object" || x === null || isHandle(x) || isTypedArray(x)) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === null || prototype === Object.prototype;
}

/** A tree of the same form, each leaf replaced; constants (strings, functions, null, …) pass through. */
export function mapTree(
  tree: unknown,
  change: (leaf: Leaf, path: string) => unknown,
  path = "",
): unknown {
  if (isLeaf(tree)) return change(tree, path);
  if (Array.isArray(tree)) return tree.map((x, i) => mapTree(x, change, `${path}[${i}]`));
  if (isContainer(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, x]) => [key, mapTree(x, change, `${path}.${key}`)]),
    );
  }
  return tree;
}

/** The leaves of a tree, in order. */
export function leavesOf(tree: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  mapTree(tree, (leaf) => leaves.push(leaf));
  return leaves;
}
