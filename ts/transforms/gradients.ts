// Gradients of what has been computed already, handed back instead of accumulated.
import {
  checkOutsideVmap,
  leftAt,
  seedFor,
  tensorsOf,
  walkBack,
  type TensorTree,
} from "../backward.js";
import { uniformLike, type TensorLike } from "../convert.js";
import { computeTogether, isHandle, slot } from "../handle.js";
import { noteBackward } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { leavesOf, mapTree, type Leaf } from "../tree.js";
import * as wasm from "../wasm.js";
import { checkOptions } from "../options.js";

/** Gradients in the containers of what they belong to; N for what has none. */
export type Gradients<X, N = never> = X extends Tensor
  ? Tensor | N
  : X extends object
    ? { -readonly [K in keyof X]: Gradients<X[K], N> }
    : X;

/** Cotangents: of one output what makes a tensor, of a tree of outputs a tree. */
export type Seed = TensorLike | readonly Seed[] | { readonly [key: string]: Seed };

/** How gradients() goes. */
export interface GradientsOptions {
  /** Cotangents of y, in its containers; outputs of one element have 1 by default. */
  seed?: Seed;
  /** Record the way back too, so that the gradients can be differentiated. Default false. */
  createGraph?: boolean;
  /** Keep the graph, so that it can be gone through again. Default: as createGraph. */
  retainGraph?: boolean;
  /** What stands for the gradient of an x that y does not depend on. Default: that is an error. */
  unused?: "error" | "zero" | "none";
}

/** Outputs with their cotangents. */
export function rootsOf(y: unknown, seed: Seed | undefined, who: string): [Tensor, Tensor][] {
  const ys = tensorsOf(y, who, "y");
  if (ys.length === 0) throw new TypeError(`${who}: y holds no tensor`);
  if (isHandle(y)) return [[y, seedFor(y, seed as TensorLike | undefined, who)]];
  const seeds: readonly (Leaf | undefined)[] =
    seed === undefined ? ys.map(() => undefined) : leavesOf(seed);
  if (seeds.length !== ys.length) {
    throw new TypeError(`${who}: ${seeds.length} seeds for ${ys.length} outputs`);
  }
  return ys.map((t, i) => [t, seedFor(t, seeds[i], who)]);
}

/** Why there is no gradient. */
function unusedError(x: Tensor, i: number, path: string): Error {
  const c = wasm.core();
  const which = x.name === undefined ? `x${path || (i > 0 ? ` ${i}` : "")}` : `x "${x.name}"`;
  const why =
    c.tensorMask(slot(x)) & 1
      ? "y does not depend on it (or only through detach, noGrad, or integers)"
      : "it has no requiresGrad and depends on no tensor that has";
  return new Error(
    `gradients: no gradient with respect to ${which}: ${why}; ` +
      'with { unused: "zero" } or { unused: "none" } that is no error',
  );
}

/**
 * The gradients of y with respect to xs, handed back: no `.grad` changes. y is what has been computed
 * from requiresGrad leaves; of several outputs the gradients are summed. xs are leaves or values on
 * the way, one or a tree of them. Only what leads from y to xs is gone through, and used up unless the
 * graph is retained.
 *
 * @param y - a tensor, or tensors in arrays and objects
 * @param xs - the same; the result has their containers
 * @example
 * ```ts
 * const x = tensor(3, { requiresGrad: true });
 * const dx = gradients(power(x, 3), x, { createGraph: true });
 * gradients(dx, x).item(); // 18
 * ```
 * @throws if y has more than one element and there is no seed, if y does not depend on an x (unless
 *   `unused` says otherwise), if an earlier backward() has used the graph up, and inside vmap
 */
export function gradients<const X extends TensorTree>(
  y: TensorTree,
  xs: X,
  options: GradientsOptions & { unused: "none" },
): Gradients<X, null>;
export function gradients<const X extends TensorTree>(
  y: TensorTree,
  xs: X,
  options?: GradientsOptions,
): Gradients<X>;
export function gradients(y: TensorTree, xs: TensorTree, options: GradientsOptions = {}): unknown {
  const who = "gradients";
  checkOptions(options, who, "seed createGraph retainGraph unused");
  checkOutsideVmap(who, "grad()");
  const { unused = "error", createGraph: record = false } = options;
  if (unused !== "error" && unused !== "zero" && unused !== "none") {
    throw new TypeError(`${who}: unused is "error", "zero" or "none", not ${String(unused)}`);
  }
  const inputs = tensorsOf(xs, who, "xs");
  const roots = rootsOf(y, options.seed, who);
  for (const [output] of roots) noteBackward(output);
  const c = wasm.core();
  const before = c.recording();
  if (record) c.setRecording(before | 1);
  const found = new Map<Tensor, Tensor>();
  try {
    const how = { inputs, record, retain: options.retainGraph ?? record };
    walkBack(who, roots, how, (walk, rows) => {
      let i = 0;
      mapTree(xs, (x, path) => {
        const g = found.get(x as Tensor) ?? leftAt(walk, x as Tensor, who, rows);
        if (g !== undefined) found.set(x as Tensor, g);
        // Before anything is used up.
        else if (unused === "error") throw unusedError(x as Tensor, i, path);
        i++;
      });
    });
  } finally {
    c.setRecording(before);
  }
  computeTogether([...roots.map(([output]) => output), ...found.values()]);
  return mapTree(xs, (x) => {
    const g = found.get(x as Tensor);
    return g ?? (unused === "zero" ? uniformLike(x as Tensor, 0, who) : null);
  });
}
