// State of the imperative style: variables and their gradients.
import { tensorsOf, type TensorTree } from "../backward.js";
import { checkOperands } from "../arguments.js";
import { uniformLike, type TensorLike } from "../convert.js";
import { tensor } from "../create.js";
import { isFloat, type Dtype } from "../dtype.js";
import { slot } from "../handle.js";
import type { Tensor } from "../tensor.js";
import * as wasm from "../wasm.js";
import { checkOptions } from "../options.js";

/** What kind of variable. */
export interface VariableOptions {
  /** backward(), gradients() and tapes reach it. Default: true for floats, false for others. */
  trainable?: boolean;
  /** What errors call it. */
  name?: string;
  /** Element type; by default that of the value. */
  dtype?: Dtype;
}

/**
 * A tensor to be changed by assign, assignAdd and assignSub: a leaf of its own with a copy of the value.
 *
 * @example
 * ```ts
 * const steps = variable(0, { trainable: false, name: "steps" });
 * steps.assignAdd(1).item(); // 1
 * const w = variable([1, 2], { name: "w" });
 * w.trainable; // true
 * ```
 * @throws if it is to be trainable and is no float
 */
export function variable(value: TensorLike, options: VariableOptions = {}): Tensor {
  checkOptions(options, "variable", "trainable name dtype");
  checkOperands("variable", value);
  const x = tensor(value, options.dtype === undefined ? {} : { dtype: options.dtype });
  x.requiresGrad = options.trainable ?? isFloat(wasm.core().tensorDtype(slot(x)));
  if (options.name !== undefined) x.name = options.name;
  return x;
}

/** How zeroGrad() clears. */
export interface ZeroGradOptions {
  /** `.grad` becomes null; otherwise zeros, where there is one. Default true. */
  setToNone?: boolean;
}

/**
 * Clears the gradients of all tensors of a tree.
 *
 * @example
 * ```ts
 * const w = tensor([1, 2], { requiresGrad: true });
 * sum(w).backward();
 * zeroGrad({ layer: [w] });
 * w.grad; // null
 * ```
 * @throws if the tree holds anything but tensors
 */
export function zeroGrad(tree: TensorTree, options: ZeroGradOptions = {}): void {
  checkOptions(options, "zeroGrad", "setToNone");
  for (const x of tensorsOf(tree, "zeroGrad", "the tree")) {
    const none = (options.setToNone ?? true) || x.grad === null;
    x.grad = none ? null : uniformLike(x, 0, "zeroGrad");
  }
}
