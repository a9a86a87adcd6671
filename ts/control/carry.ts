// What loops carry from step to step, and what branches return: trees of tensors that keep their form,
// their shapes and their dtypes.
import { where } from "../../build/generated/ops.js";
import type { TypedArray } from "../dtype.js";
import { shapeText } from "../errors.js";
import { isHandle, slot, slotsOf } from "../handle.js";
import type { Tensor } from "../tensor.js";
import { checkResult, leafTensor, resultTensor } from "../transforms/scope.js";
import { mapTree, type Leaf } from "../tree.js";
import { TreeStructure } from "../trees/structure.js";
import * as wasm from "../wasm.js";

/** A tree as a loop's functions see it: numbers and typed arrays are tensors. */
export type Inside<T> = 0 extends 1 & T
  ? T
  : T extends Tensor | number | TypedArray
    ? Tensor
    : T extends string | boolean | null | undefined | ((...args: never[]) => unknown)
      ? T
      : T extends object
        ? { -readonly [K in keyof T]: Inside<T[K]> }
        : T;

/** What may be returned for it: numbers and typed arrays stand for tensors. */
export type Next<T> = 0 extends 1 & T
  ? T
  : T extends Tensor
    ? Tensor | number | TypedArray
    : T extends string | boolean | null | undefined | ((...args: never[]) => unknown)
      ? T
      : T extends object
        ? { readonly [K in keyof T]: Next<T[K]> }
        : T;

/** A tree with tensors for leaves. */
export function asTensors(tree: unknown, who: string): unknown {
  return mapTree(tree, (leaf) => leafTensor(leaf, who), who);
}

function isWeak(x: Tensor): boolean {
  return Boolean(wasm.core().tensorIsWeak(slot(x)));
}

/** dtype and shape, for messages. */
export function typeText(x: Tensor): string {
  return `${x.dtype}${shapeText(x.shape)}`;
}

/** Where a leaf stands, for messages. */
function pathsOf(tree: unknown): string[] {
  const paths: string[] = [];
  mapTree(tree, (leaf, path) => {
    paths.push(path.replace(/^\./, ""));
    return leaf;
  });
  return paths;
}

/**
 * What the body of a loop returned, as the next carry. Numbers take the dtype that was there; a carry
 * that began as a number takes the first dtype that comes.
 */
export function nextCarry(before: unknown, out: unknown, who: string): unknown {
  checkResult(out, who);
  // Most carries are one tensor.
  if (isHandle(before) && isHandle(out)) {
    const [x, y] = slotsOf([before, out]) as [number, number];
    if (wasm.core().tensorAlike(x, y)) return out;
  }
  const [old, form] = TreeStructure.read(before);
  const next = form.leavesOf(out, `${who}: the body changed the form of the carry`) as Leaf[];
  let paths: string[] | undefined;
  const leaves = next.map((leaf, i) => {
    const was = old[i] as Tensor;
    const now = resultTensor(leaf, who);
    const same = was.ndim === now.ndim && shapeText(was.shape) === shapeText(now.shape);
    if (same && (was.dtype === now.dtype || isWeak(was))) return now;
    if (same && isWeak(now)) return now.astype(was.dtype);
    paths ??= pathsOf(before);
    const place = paths[i] === "" ? "the carry" : `the carry's ${paths[i]}`;
    throw new TypeError(
      `${who}: the body changed ${place} from ${typeText(was)} to ${typeText(now)}; shapes and dtypes ` +
        "must stay the same",
    );
  });
  return form.build(leaves, who);
}

/** The first tree where the condition holds, else the second; they must agree in form and type. */
export function choose(
  condition: Tensor,
  first: unknown,
  second: unknown,
  who: string,
  what: string,
): unknown {
  const [a, form] = TreeStructure.read(first);
  const b = form.leavesOf(second, `${who}: ${what} return different forms`);
  const leaves = a.map((leaf, i) => {
    const [x, y] = [resultTensor(leaf, who), resultTensor(b[i], who)];
    const fits = shapeText(x.shape) === shapeText(y.shape);
    if (!fits || (x.dtype !== y.dtype && !isWeak(x) && !isWeak(y))) {
      const path = pathsOf(first)[i]!;
      throw new TypeError(
        `${who}: ${what} return different types${path === "" ? "" : ` at ${path}`}: ` +
          `${typeText(x)} and ${typeText(y)}`,
      );
    }
    return x === y ? x : where(condition, x, y);
  });
  return form.build(leaves, who);
}
