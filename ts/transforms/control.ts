// What is recorded and what is not.
import type { Tensor } from "../tensor.js";
import { toTensor, type TensorLike } from "../convert.js";
import { slot, tensorOf } from "../handle.js";
import { isContainer, mapTree } from "../tree.js";
import * as wasm from "../wasm.js";
import { checkFunction, leafTensor } from "./scope.js";

/**
 * x as a constant: its value passes, derivatives do not. Trees are taken leaf by leaf.
 *
 * @example
 * ```ts
 * grad((x) => multiply(x, stopGradient(x)))(3); // 3
 * ```
 */
export function stopGradient<T extends TensorLike | object>(
  x: T,
): T extends number | boolean ? Tensor : T {
  const detach = (t: Tensor) => tensorOf(() => wasm.core().tensorDetach(slot(t)), "stopGradient");
  if (isContainer(x))
    return mapTree(x, (leaf) => detach(leafTensor(leaf, "stopGradient"))) as never;
  return detach(toTensor(x as TensorLike, "stopGradient")) as never;
}

/**
 * Runs f without recording for the transforms (and requiresGrad leaves) that were there before;
 * transforms inside f work as always.
 *
 * @example
 * ```ts
 * const w = tensor([1, 2], { requiresGrad: true });
 * sum(square(w)).backward();
 * noGrad(() => w.assignSub(multiply(0.1, w.grad!)));
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function noGrad<R>(f: () => R): R {
  checkFunction(f, "noGrad");
  const c = wasm.core();
  const before = c.recording();
  c.setRecording(before & (-2 << c.levelDepth()));
  let result: R;
  try {
    result = f();
  } finally {
    c.setRecording(before);
  }
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
    throw new TypeError("noGrad: the function returned a promise; no scope spans an await");
  }
  return result;
}
