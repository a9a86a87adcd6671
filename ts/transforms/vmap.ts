// Batching: a function of one example becomes a function of many.
import type { Tensor } from "../tensor.js";
import { describe } from "../convert.js";
import { toAxis } from "../axes.js";
import { slot, tensorOf } from "../handle.js";
import { checkDepth, isContainer, isLeaf, type Leaf, mapTree, openNode } from "../tree.js";
import type { AnyArgs, Inputs } from "../types.js";
import { enterBatch, leaveLevel, live } from "../level.js";
import { isNumeric } from "../recording.js";
import * as wasm from "../wasm.js";
import { checkFunction, checkResult, leafTensor, resultTensor } from "./scope.js";
import { checkOptions } from "../options.js";

/** Axes per argument: a number or null for all leaves, or a tree of them. */
export type AxisTree = number | null | readonly AxisTree[] | { readonly [key: string]: AxisTree };

/** Which axes are mapped. */
export interface VmapOptions {
  /**
   * The mapped axis of each argument, counted from the end if it is negative; null: the argument is the
   * same for all. An argument that is a tree may have a tree of axes. Default 0.
   */
  inAxes?: number | null | readonly AxisTree[];
  /**
   * Where the mapped axis stands in the results, counted from the end if it is negative; null: the
   * result is the same for all and gets no axis. A result that is a tree may have a tree of axes.
   * Default 0.
   */
  outAxes?: AxisTree;
}

interface Mapped {
  leaf: Leaf;
  axis: number | null;
}

/** Pairs the leaves of an argument, or of a result, with their axes. */
function pair(
  x: unknown,
  axes: AxisTree,
  out: Mapped[],
  what: string,
  path: string,
  depth = 0,
): void {
  if (isLeaf(x)) {
    if (axes !== null && typeof axes !== "number") {
      throw new TypeError(`vmap: ${what} has ${describe(axes)} for the leaf ${path}`);
    }
    out.push({ leaf: x, axis: axes });
    return;
  }
  checkDepth(depth, "vmap");
  const node = openNode(x);
  if (node !== undefined) {
    const inner = openNode(axes);
    const within = inner === undefined ? axes : (inner.children as AxisTree);
    pair(node.children, within, out, what, path, depth + 1);
  } else if (isContainer(x)) {
    for (const [key, value] of Object.entries(x)) {
      const inner = isContainer(axes) ? (axes as Record<string, AxisTree>)[key] : axes;
      pair(value, inner ?? null, out, what, `${path}.${key}`, depth + 1);
    }
  }
}

/** The size of the mapped axis, the same for all mapped leaves. */
function mappedSize(mapped: Mapped[]): number {
  let size: number | undefined;
  for (const { leaf, axis } of mapped) {
    if (axis === null || isNumeric(leaf)) continue;
    const shape = "shape" in leaf ? leaf.shape : [leaf.length];
    const at = toAxis(axis, shape.length, "vmap");
    const here = shape[at]!;
    if (size !== undefined && size !== here) {
      throw new RangeError(`vmap: mapped axes have different sizes: ${size} and ${here}`);
    }
    size = here;
  }
  if (size === undefined) {
    throw new TypeError("vmap: nothing is mapped: at least one argument needs an axis in inAxes");
  }
  return size;
}

/**
 * f mapped over an axis of its arguments: it is written for one example and called once for all.
 * Results are stacked along a new axis. Nests, and works inside and outside the other transforms.
 *
 * @example
 * ```ts
 * const loss = (w, x, y) => square(subtract(matmul(x, w), y));
 * const [w, xs, ys] = [ones([2]), ones([8, 2]), zeros([8])];
 * vmap(grad(loss), { inAxes: [null, 0, 0] })(w, xs, ys).shape; // [8, 2]
 * ```
 * @throws if mapped sizes differ, or the function reads values (`item`, `data`) of mapped tensors
 */
export function vmap<A extends AnyArgs, R>(
  f: (...args: A) => R,
  options?: VmapOptions,
): (...args: Inputs<A>) => R {
  const who = "vmap";
  checkOptions(options, who, "inAxes outAxes");
  checkFunction(f, who);
  return (...args) => {
    const inAxes = options?.inAxes === undefined ? 0 : options.inAxes;
    const given = args as unknown[];
    if (Array.isArray(inAxes) && inAxes.length !== given.length) {
      throw new RangeError(
        `${who}: inAxes has ${inAxes.length} entries for ${given.length} arguments`,
      );
    }
    const mapped: Mapped[] = [];
    given.forEach((arg, i) => {
      const axes = Array.isArray(inAxes) ? (inAxes as AxisTree[])[i]! : (inAxes as AxisTree);
      pair(arg, axes, mapped, "inAxes", `argument ${i}`);
    });
    const size = mappedSize(mapped);
    const outAxes = options?.outAxes === undefined ? 0 : options.outAxes;
    const results: Mapped[] = [];
    const out = inBatch(who, size, () => {
      let next = 0;
      const inside = given.map((arg) => mapTree(arg, () => enterLeaf(mapped[next++]!, who)));
      const result = f(...(inside as A));
      checkResult(result, who);
      if (outAxes === 0) return mapTree(result, (y) => unmap(resultTensor(y, who), who));
      pair(result, outAxes, results, "outAxes", "the result");
      next = 0;
      return mapTree(result, (leaf) => {
        const y = resultTensor(leaf, who);
        return results[next++]!.axis === null ? unmappedResult(y) : unmap(y, who);
      });
    });
    if (outAxes === 0) return out as R;
    let next = 0;
    return mapTree(out, (y) => moveFirst(y as Tensor, results[next++]!.axis)) as R;
  };
}

/** A result that is the same for all examples. */
function unmappedResult(y: Tensor): Tensor {
  const c = wasm.core();
  if (c.tensorBatch(slot(y)) === c.batchDepth()) {
    throw new RangeError(
      "vmap: outAxes is null for a result that depends on the mapped axis, or on a derivative taken " +
        "inside; reduce it afterwards, or give it an axis",
    );
  }
  return y;
}

/** Runs `body` with one more batch axis and closes it, also after an exception. */
export function inBatch<R>(who: string, size: number, body: () => R): R {
  const c = wasm.core();
  const level = enterBatch(size, who);
  const recording = c.recording();
  const outer = live.batch;
  live.batch = level;
  try {
    return body();
  } finally {
    live.depth = level - 1;
    live.batch = outer;
    c.setRecording(recording);
    leaveLevel(level);
  }
}

function enterLeaf({ leaf, axis }: Mapped, who: string): unknown {
  if (axis === null || isNumeric(leaf)) return leaf;
  const x = leafTensor(leaf, who);
  const at = toAxis(axis, x.ndim, who);
  return mapAxis(x, at, who);
}

/** x with an axis turned into the innermost batch axis. */
export function mapAxis(x: Tensor, axis: number, who: string): Tensor {
  return tensorOf(() => wasm.core().mapAxis(slot(x), axis), who);
}

/** x with the innermost batch axis at full size, to become its first axis when the level closes. */
export function unmap(x: Tensor, who: string): Tensor {
  return tensorOf(() => wasm.core().unmapAxis(slot(x)), who);
}

function moveFirst(y: Tensor, to: number | null): Tensor {
  if (to === 0 || to === null) return y;
  const rank = y.ndim;
  const at = toAxis(to, rank, "vmap");
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 1);
  axes.splice(at, 0, 0);
  return y.transpose(axes);
}
