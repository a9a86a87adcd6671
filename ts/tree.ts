// Trees: arrays, plain objects and objects of registered classes are containers, whatever else is a
// leaf or a constant. Transforms take trees and give back trees of the same form.
import type { Tensor } from "./tensor.js";
import { isTypedArray, type TypedArray } from "./dtype.js";
import { isHandle } from "./handle.js";
import { checkOptions, isOptions } from "./options.js";

/** Tensors, numbers and typed arrays: what can be differentiated. */
export type Leaf = Tensor | number | TypedArray;

/** How objects of a class are taken apart and put together. */
export interface NodeKind<T, C, A = undefined> {
  /**
   * What an object holds: its children, a tree of whatever form, and what else there is to know, which
   * is no part of the tree.
   */
  flatten: (x: T) => readonly [children: C, aux?: A];
  /** An object with other children: those of `flatten`, each leaf replaced. */
  unflatten: (children: C, aux: A) => T;
}

/** A class whose objects are containers. */
type AnyKind = NodeKind<object, unknown, unknown>;

/** By prototype. */
const kinds = new Map<object, AnyKind>();

/**
 * Makes objects of a class containers, in every transform, in `compile` and in the functions of
 * `tree`. Derivatives are objects of the class too. Subclasses are registered for themselves.
 *
 * `flatten` gives the children (an array, an object, any tree) and whatever else `unflatten` needs;
 * the latter must not check what the children are: they may be derivatives, axes, or jacobians.
 *
 * @example
 * ```ts
 * class Line {
 *   constructor(readonly slope: Tensor, readonly offset: Tensor, readonly name: string) {}
 * }
 * registerNode(Line, {
 *   flatten: (x) => [[x.slope, x.offset] as const, x.name],
 *   unflatten: ([slope, offset], name) => new Line(slope, offset, name),
 * });
 * const line = new Line(tensor(3), tensor(1), "first");
 * grad((line: Line) => add(multiply(line.slope, 2), line.offset))(line); // a Line
 * ```
 * @throws if `type` is no class, is registered already, or is Object, Array, Tensor or a typed array
 */
export function registerNode<T extends object, C, A = undefined>(
  // `any`: a class is known by what it makes, however it is made.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  type: abstract new (...args: any[]) => T,
  kind: NodeKind<T, C, A>,
): void {
  const who = "registerNode";
  const prototype = typeof type === "function" ? (type.prototype as object | undefined) : undefined;
  if (prototype === undefined) throw new TypeError(`${who}: needs a class`);
  if (typeof kind?.flatten !== "function" || typeof kind.unflatten !== "function") {
    throw new TypeError(`${who}: ${type.name} needs { flatten, unflatten }`);
  }
  checkOptions(kind, who, "flatten unflatten");
  if (prototype === Object.prototype || prototype === Array.prototype || isLeafType(prototype)) {
    throw new TypeError(`${who}: objects of ${type.name} are known already`);
  }
  if (kinds.has(prototype)) throw new Error(`${who}: ${type.name} is registered already`);
  kinds.set(prototype, kind as unknown as AnyKind);
}

/** True for Tensor and the typed arrays. */
function isLeafType(prototype: object): boolean {
  const typedArray = Object.getPrototypeOf(Int8Array.prototype) as object;
  return isHandle(prototype) || Object.prototype.isPrototypeOf.call(typedArray, prototype);
}

/** An object of a registered class, taken apart. */
export interface OpenNode {
  kind: AnyKind;
  children: unknown;
  aux: unknown;
}

/** x taken apart if it is an object of a registered class. */
export function openNode(x: unknown): OpenNode | undefined {
  if (kinds.size === 0 || typeof x !== "object" || x === null) return undefined;
  const kind = kinds.get(Object.getPrototypeOf(x) as object);
  if (kind === undefined) return undefined;
  const parts = kind.flatten(x);
  if (!Array.isArray(parts) || parts.length < 1 || parts.length > 2) {
    throw new TypeError(`registerNode: flatten of ${nameOf(x)} must return [children, aux]`);
  }
  return { kind, children: parts[0], aux: parts[1] };
}

/** What the class of x is called. */
function nameOf(x: object): string {
  return (x.constructor as { name?: string } | undefined)?.name ?? "an object";
}

/** True for what a transform differentiates: tensors, numbers, typed arrays. */
export function isLeaf(x: unknown): x is Leaf {
  return typeof x === "number" || isHandle(x) || isTypedArray(x);
}

/** True for arrays and plain objects. */
export function isPlainContainer(x: unknown): x is unknown[] | Record<string, unknown> {
  return Array.isArray(x) || isOptions(x);
}

/** True for arrays, plain objects, and objects of registered classes. */
export function isContainer(x: unknown): x is object {
  if (isPlainContainer(x)) return true;
  if (kinds.size === 0 || typeof x !== "object" || x === null) return false;
  return kinds.has(Object.getPrototypeOf(x) as object);
}

/** Containers in containers: what is deeper contains itself. */
const DEEPEST = 1000;

/** Throws if a tree goes deeper than any that ends; `who` was given it. */
export function checkDepth(depth: number, who = "tree"): void {
  if (depth < DEEPEST) return;
  throw new RangeError(
    `${who}: containers are nested more than ${DEEPEST} deep; is there a cycle, one that contains itself?`,
  );
}

/** A tree of the same form, each leaf replaced; constants (strings, functions, null, …) pass through. */
export function mapTree(
  tree: unknown,
  change: (leaf: Leaf, path: string) => unknown,
  who = "tree",
  path = "",
  depth = 0,
): unknown {
  if (isLeaf(tree)) return change(tree, path);
  checkDepth(depth, who);
  const below = depth + 1;
  if (Array.isArray(tree))
    return tree.map((x, i) => mapTree(x, change, who, `${path}[${i}]`, below));
  const node = openNode(tree);
  if (node !== undefined) {
    return node.kind.unflatten(mapTree(node.children, change, who, path, below), node.aux);
  }
  if (isPlainContainer(tree)) {
    return Object.fromEntries(
      Object.entries(tree).map(([key, x]) => [
        key,
        mapTree(x, change, who, `${path}.${key}`, below),
      ]),
    );
  }
  return tree;
}

/** Calls `visit` for each leaf, in order. */
export function eachLeaf(
  tree: unknown,
  visit: (leaf: Leaf, path: string) => void,
  who = "tree",
  path = "",
  depth = 0,
): void {
  if (isLeaf(tree)) {
    visit(tree, path);
    return;
  }
  checkDepth(depth, who);
  const below = depth + 1;
  if (Array.isArray(tree)) tree.forEach((x, i) => eachLeaf(x, visit, who, `${path}[${i}]`, below));
  else {
    const node = openNode(tree);
    if (node !== undefined) eachLeaf(node.children, visit, who, path, below);
    else if (isPlainContainer(tree)) {
      for (const [key, x] of Object.entries(tree)) eachLeaf(x, visit, who, `${path}.${key}`, below);
    }
  }
}

/** The leaves of a tree, in order. */
export function leavesOf(tree: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  eachLeaf(tree, (leaf) => leaves.push(leaf));
  return leaves;
}
