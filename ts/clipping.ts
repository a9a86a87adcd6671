// Gradients of bounded size.
import {
  clip,
  divide,
  isfinite,
  maximum,
  minimum,
  multiply,
  stack,
  where,
} from "../build/generated/ops.js";
import { tensorsOf, type TensorTree } from "./backward.js";
import { describe } from "./convert.js";
import { isHandle } from "./handle.js";
import { RowSparse } from "./rowsparse.js";
import type { Tensor } from "./tensor.js";
import { noGrad } from "./transforms/control.js";
import { inStyleOf, leafTensor } from "./transforms/scope.js";
import { leavesOf, mapTree, type Leaf } from "./tree.js";
import type { Derivative } from "./types.js";
import { norm } from "./linalg/norm.js";
import { checkOptions } from "./options.js";

/** How clipGradNorm() measures. */
export interface ClipOptions {
  /** Order of the norm: a number, or Infinity for the largest absolute value. Default 2. */
  normType?: number;
  /** Throw if the norm is NaN or infinite. Default false: gradients become NaN or 0 then. */
  errorIfNonfinite?: boolean;
}

function checkBound(bound: number, who: string): void {
  if (typeof bound !== "number" || !(bound >= 0)) {
    throw new RangeError(`${who}: the bound is ${describe(bound)}, not a number ≥ 0`);
  }
}

/** The rows of a gradient by rows, once each; other tensors as they are. */
function rowsOnce(x: Tensor): Tensor {
  return x instanceof RowSparse ? x.coalesce().values : x;
}

/** The norm of all elements of a list of tensors: the norm of their norms, so that nothing overflows. */
function normOf(list: readonly Tensor[], order: number): Tensor {
  const parts = list.map((x) => norm((order > 0 ? rowsOnce(x) : x).reshape(-1), order));
  return norm(stack(parts), order);
}

/** Tensors of a tree that have a gradient, and their gradients. */
function withGradients(tree: TensorTree, who: string): [Tensor, Tensor][] {
  return tensorsOf(tree, who, "the tree").flatMap((x): [Tensor, Tensor][] => {
    const g = x.grad;
    return g === null ? [] : [[x, g]];
  });
}

/**
 * Scales the gradients of all tensors of a tree so that the norm of them all together is at most
 * `maxNorm`; returns the norm that it was. As in PyTorch the factor is maxNorm / (norm + 1e-6), if that
 * is less than 1. Tensors without gradient are passed over.
 *
 * @example
 * ```ts
 * const w = tensor([3, 4], { requiresGrad: true });
 * sum(multiply(w, w.detach())).backward(); // w.grad is [3, 4]
 * clipGradNorm([w], 1).item(); // 5
 * ```
 * @throws if the tree holds anything but tensors, or maxNorm is negative or NaN
 */
export function clipGradNorm(tree: TensorTree, maxNorm: number, options: ClipOptions = {}): Tensor {
  const who = "clipGradNorm";
  checkOptions(options, who, "normType errorIfNonfinite");
  checkBound(maxNorm, who);
  const order = options.normType ?? 2;
  return noGrad(() => {
    const pairs = withGradients(tree, who);
    if (pairs.length === 0) return normOf([leafTensor(0, who)], order);
    const total = normOf(
      pairs.map(([, g]) => g),
      order,
    );
    if (options.errorIfNonfinite === true && !Number.isFinite(total.item())) {
      throw new RangeError(`${who}: the norm of the gradients is ${total.item()}`);
    }
    const factor = minimum(divide(maxNorm, total.add(1e-6)), 1);
    for (const [x, g] of pairs) x.grad = g.multiply(factor.astype(g.dtype));
    return total;
  });
}

/**
 * Clips every element of the gradients of all tensors of a tree to [-bound, bound]. Tensors without
 * gradient are passed over.
 *
 * @example
 * ```ts
 * const w = tensor([3, -4], { requiresGrad: true });
 * sum(multiply(w, w.detach())).backward();
 * clipGradValue(w, 3.5);
 * w.grad!.toArray(); // [3, -3.5]
 * ```
 * @throws if the tree holds anything but tensors, or the bound is negative or NaN
 */
export function clipGradValue(tree: TensorTree, bound: number): void {
  const who = "clipGradValue";
  checkBound(bound, who);
  noGrad(() => {
    for (const [x, g] of withGradients(tree, who)) {
      const once = g instanceof RowSparse ? g.coalesce() : undefined;
      const clipped = clip(once?.values ?? g, -bound, bound);
      x.grad = once === undefined ? clipped : new RowSparse(once.shape, once.indices, clipped);
    }
  });
}

/**
 * The norm of all elements of a tree together: the root of the sum of their squares. 0 for a tree
 * without tensors.
 *
 * @example
 * ```ts
 * globalNorm([tensor([3]), { b: tensor(4) }]).item(); // 5
 * ```
 */
export function globalNorm(tree: unknown): Tensor {
  const list = leavesOf(tree).map((x) => leafTensor(x, "globalNorm"));
  return list.length === 0 ? leafTensor(0, "globalNorm") : normOf(list, 2);
}

/**
 * A tree scaled so that the norm of all its elements together is at most `maxNorm`, and the norm that
 * it was: `[clipped, norm]`. As in TensorFlow the factor is maxNorm / max(norm, maxNorm), and NaN for a
 * norm that is not finite. Numbers and typed arrays come back as such; differentiable.
 *
 * @param norm - instead of the tree's own, if that is known already
 * @example
 * ```ts
 * const [[g], before] = clipGlobalNorm([tensor([3, 4])], 1);
 * g.toArray(); // [0.6, 0.8]
 * before.item(); // 5
 * ```
 * @throws if maxNorm is negative or NaN
 */
export function clipGlobalNorm<T>(
  tree: T,
  maxNorm: number,
  norm?: Tensor | number,
): [Derivative<T>, Tensor] {
  const who = "clipGlobalNorm";
  checkBound(maxNorm, who);
  const total =
    norm === undefined ? globalNorm(tree) : isHandle(norm) ? norm : leafTensor(norm, who);
  const bounded = maximum(total, maxNorm);
  // Of 0 and a bound of 0 nothing is left to scale.
  const factor = maxNorm === 0 ? multiply(total, 0) : divide(maxNorm, bounded);
  const scale = where(isfinite(total), factor, Number.NaN);
  const clipped = mapTree(tree, (leaf: Leaf) => {
    const x = leafTensor(leaf, who);
    return inStyleOf(leaf, x.multiply(x.dtype === "float32" ? scale.astype("float32") : scale));
  });
  return [clipped as Derivative<T>, total];
}
