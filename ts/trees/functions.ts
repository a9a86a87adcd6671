// What can be done with trees besides differentiating them.
import { toFunction } from "../arguments.js";
import { describe } from "../convert.js";
import { isHandle } from "../handle.js";
import { isTypedArray } from "../dtype.js";
import { all as allOf } from "../ops/counting.js";
import type { TensorLike } from "../convert.js";
import { TreeStructure, type FlattenOptions } from "./structure.js";
import type { LeafOf, LeavesOf, Mapped } from "./types.js";
import { checkOptions } from "../options.js";

function checkStop(options: FlattenOptions | undefined, who: string): void {
  checkOptions(options, who, "isLeaf");
  if (options?.isLeaf !== undefined) toFunction(options.isLeaf, "isLeaf", who);
}

function checkStructure(x: unknown, who: string): asserts x is TreeStructure {
  if (!(x instanceof TreeStructure)) {
    throw new TypeError(
      `${who}: needs a structure, as tree.structure gives it, not ${describe(x)}`,
    );
  }
}

/**
 * A tree of the same form with f of each leaf, or of the leaves that stand in the same place of several
 * trees. Leaves are tensors, numbers and typed arrays; constants (strings, booleans, functions, null)
 * stay what they are.
 *
 * @example
 * ```ts
 * tree.map((x) => x * 2, { a: 1, b: [2, 3] }); // { a: 2, b: [4, 6] }
 * const [params, grads] = [{ w: ones([2]) }, { w: ones([2]) }];
 * tree.map((w, g) => subtract(w, multiply(0.1, g)), params, grads);
 * ```
 * @throws if the trees do not have the same form
 */
export function map<T, const R extends readonly unknown[], U>(
  f: (leaf: NoInfer<LeafOf<T>>, ...others: LeavesOf<R>) => U,
  tree: T,
  ...rest: R
): Mapped<T, U> {
  const who = "tree.map";
  if (typeof f !== "function") throw new TypeError(`${who}: needs a function, not ${describe(f)}`);
  const [leaves, form] = TreeStructure.read(tree);
  const others = rest.map((other, i) =>
    form.leavesOf(other, `${who}: tree ${i + 1} has another form`),
  );
  const call = f as (...leaves: unknown[]) => U;
  const mapped = leaves.map((leaf, i) => call(leaf, ...others.map((list) => list[i])));
  return form.build(mapped, who) as Mapped<T, U>;
}

/**
 * The leaves of a tree, in order, and its form: `[leaves, structure]`.
 *
 * @example
 * ```ts
 * const [leaves, structure] = tree.flatten({ a: 1, b: [2, "x"] });
 * leaves; // [1, 2]
 * String(structure); // {a: *, b: [*, "x"]}
 * ```
 */
export function flatten<T>(
  tree: T,
  options?: FlattenOptions,
): [leaves: LeafOf<T>[], structure: TreeStructure<T>] {
  checkStop(options, "tree.flatten");
  const [leaves, form] = TreeStructure.read(tree, options);
  return [leaves as LeafOf<T>[], form];
}

/**
 * The tree of this form with these leaves.
 *
 * @example
 * ```ts
 * tree.unflatten(tree.structure({ a: 1, b: [2] }), ["x", "y"]); // { a: "x", b: ["y"] }
 * ```
 * @throws if there are not as many leaves as places
 */
export function unflatten<T, U>(structure: TreeStructure<T>, leaves: readonly U[]): Mapped<T, U> {
  checkStructure(structure, "tree.unflatten");
  if (!Array.isArray(leaves)) {
    throw new TypeError(`tree.unflatten: leaves are a list, not ${describe(leaves)}`);
  }
  return structure.build(leaves as readonly unknown[], "tree.unflatten") as Mapped<T, U>;
}

/**
 * The leaves of a tree, in order.
 *
 * @example
 * ```ts
 * tree.leaves({ a: 1, b: [2, 3], c: "constant" }); // [1, 2, 3]
 * ```
 */
export function leaves<T>(tree: T, options?: FlattenOptions): LeafOf<T>[] {
  checkStop(options, "tree.leaves");
  return TreeStructure.read(tree, options)[0] as LeafOf<T>[];
}

/**
 * The form of a tree without its leaves. Two of them are compared by `equals`.
 *
 * @example
 * ```ts
 * tree.structure([1, { a: 2 }]).toString(); // "[*, {a: *}]"
 * ```
 */
export function structure<T>(tree: T, options?: FlattenOptions): TreeStructure<T> {
  checkStop(options, "tree.structure");
  return TreeStructure.read(tree, options)[1];
}

/**
 * A tree of trees turned inside out: one of form `outer` whose parts have the form `inner` becomes one
 * of form `inner` whose parts have the form `outer`.
 *
 * @example
 * ```ts
 * const outer = tree.structure([0, 0]);
 * const inner = tree.structure({ a: 0, b: 0 });
 * tree.transpose(outer, inner, [{ a: 1, b: 2 }, { a: 3, b: 4 }]); // { a: [1, 3], b: [2, 4] }
 * ```
 * @throws if the tree is not of form `inner` inside `outer`
 */
export function transpose<O, I, U>(
  outer: TreeStructure<O>,
  inner: TreeStructure<I>,
  tree: Mapped<O, Mapped<I, U>>,
): Mapped<I, Mapped<O, U>> {
  const who = "tree.transpose";
  checkStructure(outer, who);
  checkStructure(inner, who);
  const [n, m] = [outer.leafCount, inner.leafCount];
  const shape = inner.build(new Array(m).fill(0), who);
  const whole = outer.build(new Array(n).fill(shape), who);
  const [, both] = TreeStructure.read<unknown>(whole);
  const list = both.leavesOf(tree, `${who}: the tree is not of form inner inside outer`);
  const parts = Array.from({ length: m }, (_, j) =>
    outer.build(
      Array.from({ length: n }, (_, i) => list[i * m + j]),
      who,
    ),
  );
  return inner.build(parts, who) as Mapped<I, Mapped<O, U>>;
}

/**
 * The leaves folded into one value: f(f(f(initial, first), second), …). Without an initial value the
 * first leaf is one.
 *
 * @example
 * ```ts
 * tree.reduce((total, x) => total + x, { a: 1, b: [2, 3] }, 0); // 6
 * ```
 * @throws if there is no leaf and no initial value
 */
export function reduce<T>(
  f: (total: NoInfer<LeafOf<T>>, leaf: NoInfer<LeafOf<T>>) => NoInfer<LeafOf<T>>,
  tree: T,
): LeafOf<T>;
export function reduce<T, U>(f: (total: U, leaf: NoInfer<LeafOf<T>>) => U, tree: T, initial: U): U;
export function reduce(
  f: (total: unknown, leaf: never) => unknown,
  tree: unknown,
  ...initial: unknown[]
): unknown {
  toFunction(f, "f", "tree.reduce");
  const list = TreeStructure.read(tree)[0] as never[];
  if (initial.length > 0) return list.reduce<unknown>((total, leaf) => f(total, leaf), initial[0]);
  if (list.length === 0) {
    throw new TypeError("tree.reduce: a tree without leaves needs an initial value");
  }
  return list.slice(1).reduce<unknown>((total, leaf) => f(total, leaf), list[0]);
}

/**
 * True if nothing in the tree is false or zero: booleans, numbers, and all elements of tensors and
 * typed arrays. True for an empty tree.
 *
 * @example
 * ```ts
 * tree.all({ a: true, b: [1, true] }); // true
 * tree.all([true, tensor([1, 0])]); // false
 * ```
 */
export function all(tree: unknown): boolean {
  const isBoolean = (x: unknown): boolean => typeof x === "boolean";
  return TreeStructure.read(tree, { isLeaf: isBoolean })[0].every((x) =>
    isHandle(x) || isTypedArray(x) ? allOf(x as TensorLike).item() !== 0 : Boolean(x),
  );
}
