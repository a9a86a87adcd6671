// What is recorded and what is not.
import type { Tensor } from "../tensor.js";
import { toTensor, type TensorLike } from "../convert.js";
import { slot, tensorOf } from "../handle.js";
import { isContainer, mapTree } from "../tree.js";
import { checkSynchronous } from "../synchronous.js";
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
  return detach(toTensor(x, "stopGradient")) as never;
}

/** What enclosing noGrad() scopes have switched off, as a mask of levels. */
let switchedOff = 0;

/** Identity of the innermost of these scopes; 0 outside. */
let scope = 0;
let scopes = 0;

/** Tells whether the scope of before is still the innermost one. @internal */
export function recordingScope(): number {
  return scope;
}

/** What is to be done once an outer scope is the innermost one again. */
const returns = new Map<number, () => void>();

/** Calls f now, if that scope is the innermost one, or once it is again. @internal */
export function inRecordingScope(which: number, f: () => void): void {
  if (which === scope) f();
  else returns.set(which, f);
}

/** Runs f in a scope of its own: what is switched on in it is not switched off outside. @internal */
export function inOwnScope<R>(f: () => R): R {
  const around = scope;
  scope = ++scopes;
  try {
    return f();
  } finally {
    comeBack(around);
  }
}

/** Makes an outer scope the innermost one again, and does what waited for that. */
function comeBack(around: number): void {
  returns.delete(scope);
  scope = around;
  if (returns.size === 0) return;
  const waiting = returns.get(scope);
  returns.delete(scope);
  waiting?.();
}

/** Runs f while these levels are recorded, and `off` are those that enableGrad would switch on. */
function recordingOnly<R>(who: string, recording: number, off: number, f: () => R): R {
  const c = wasm.core();
  const before = c.recording();
  const outer = switchedOff;
  const around = scope;
  switchedOff = off;
  scope = ++scopes;
  c.setRecording(recording);
  let result: R;
  try {
    result = f();
  } finally {
    switchedOff = outer;
    c.setRecording(before);
    comeBack(around);
  }
  checkSynchronous(result, who);
  return result;
}

/** Levels that are there now, level 0 included. */
function liveLevels(): number {
  return ~(-2 << wasm.core().levelDepth());
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
  const before = wasm.core().recording();
  const off = before & liveLevels();
  return recordingOnly("noGrad", before & ~off, switchedOff | off, f);
}

/**
 * Runs f with recording as it was outside of the noGrad() scopes around it. Outside of any it changes
 * nothing.
 *
 * @example
 * ```ts
 * const w = tensor(3, { requiresGrad: true });
 * noGrad(() => enableGrad(() => multiply(w, w)).requiresGrad); // true
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function enableGrad<R>(f: () => R): R {
  checkFunction(f, "enableGrad");
  return recordingOnly("enableGrad", wasm.core().recording() | switchedOff, 0, f);
}

/**
 * noGrad() for good: inside, enableGrad() switches nothing on again. For running a finished model.
 *
 * @example
 * ```ts
 * const w = tensor(3, { requiresGrad: true });
 * inferenceMode(() => enableGrad(() => multiply(w, w)).requiresGrad); // false
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function inferenceMode<R>(f: () => R): R {
  checkFunction(f, "inferenceMode");
  return recordingOnly("inferenceMode", wasm.core().recording() & ~liveLevels(), 0, f);
}

/**
 * enableGrad(f) or noGrad(f), as `on` says: for code that trains and evaluates by the same lines.
 *
 * @example
 * ```ts
 * const w = tensor(3, { requiresGrad: true });
 * setGradEnabled(false, () => multiply(w, w)).requiresGrad; // false
 * ```
 * @throws if f returns a promise: no scope spans an await
 */
export function setGradEnabled<R>(on: boolean, f: () => R): R {
  checkFunction(f, "setGradEnabled");
  return on ? enableGrad(f) : noGrad(f);
}

/**
 * True if what depends on requiresGrad leaves is recorded now.
 *
 * @example
 * ```ts
 * noGrad(() => isGradEnabled()); // false
 * ```
 */
export function isGradEnabled(): boolean {
  return (wasm.core().recording() & 1) !== 0;
}
