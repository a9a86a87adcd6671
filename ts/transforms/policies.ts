/**
 * What a checkpoint keeps: policies for the option `policy` of `checkpoint`. A policy is a function that
 * says of a value whether it stays. (JAX checkpoint_policies.)
 *
 * @packageDocumentation
 */
import { describe } from "../convert.js";
import type { Policy, Saveable } from "./saving.js";

/** Throws if a policy is called with what is no description of a value. */
function checkSaveable(value: unknown, who: string): true {
  if (typeof value === "object" && value !== null && "op" in value && "bytes" in value) return true;
  throw new TypeError(`policies.${who}: ${describe(value)} describes no value that was recorded`);
}

/**
 * Everything stays: as if there was no checkpoint.
 *
 * @example
 * ```ts
 * checkpoint(tanh, { policy: policies.everythingSaveable });
 * policies.everythingSaveable({ op: "tanh", bytes: 1e6 }); // true
 * ```
 */
export function everythingSaveable(value: Saveable): boolean {
  return checkSaveable(value, "everythingSaveable");
}

/**
 * Nothing stays but arguments and results: what a checkpoint does without a policy.
 *
 * @example
 * ```ts
 * checkpoint(tanh, { policy: policies.nothingSaveable });
 * policies.nothingSaveable({ op: "tanh", bytes: 1e6 }); // false
 * ```
 */
export function nothingSaveable(value: Saveable): boolean {
  return !checkSaveable(value, "nothingSaveable");
}

/**
 * Results of matrix products and convolutions stay, which take longest to compute.
 *
 * @example
 * ```ts
 * const layer = checkpoint((w, x) => tanh(matmul(x, w)), { policy: policies.dotsSaveable });
 * grad((w) => sum(layer(w, ones([2, 3]))))(ones([3, 3]));
const small = (value) => value.bytes < 1e6 && policies.dotsSaveable(value); // one's own
 * ```
 */
export function dotsSaveable(value: Saveable): boolean {
  checkSaveable(value, "dotsSaveable");
  return value.op === "matmul" || value.op.startsWith("conv2d");
}

/**
 * Results of matrix products stay of which one operand is a single matrix, as weights are; those of two
 * stacks, as in attention, do not.
 *
 * @example
 * ```ts
 * const attend = checkpoint((q, k) => softmax(matmul(q, k.mT)), {
 *   policy: (value) => policies.dotsWithNoBatchDimsSaveable(value) || value.op === "softmax",
 * });
 * ```
 */
export function dotsWithNoBatchDimsSaveable(value: Saveable): boolean {
  checkSaveable(value, "dotsWithNoBatchDimsSaveable");
  const isMatrix = (shape: readonly number[]) => shape.slice(0, -2).every((size) => size === 1);
  return value.op === "matmul" && value.inputShapes.some(isMatrix);
}

/**
 * Values with one of these names stay (see `checkpointName`).
 *
 * @example
 * ```ts
 * checkpoint((x) => sin(checkpointName(exp(x), "e")), { policy: policies.saveOnlyTheseNames("e") });
 * ```
 */
export function saveOnlyTheseNames(...names: readonly string[]): Policy {
  return (value) => value.names.some((name) => names.includes(name));
}

/**
 * Values that have a name stay, but for these names (see `checkpointName`).
 *
 * @example
 * ```ts
 * checkpoint((x) => sin(checkpointName(exp(x), "e")), { policy: policies.saveAnyNamesButThese("f") });
 * ```
 */
export function saveAnyNamesButThese(...names: readonly string[]): Policy {
  return (value) => value.names.some((name) => !names.includes(name));
}

/**
 * All values stay, named or not, but those with these names (see `checkpointName`).
 *
 * @example
 * ```ts
 * const policy = policies.saveAnythingExceptTheseNames("wide");
 * checkpoint((x) => sum(checkpointName(exp(x), "wide")), { policy });
 * ```
 */
export function saveAnythingExceptTheseNames(...names: readonly string[]): Policy {
  return (value) => !value.names.some((name) => names.includes(name));
}

/**
 * Values stay that any of some policies keeps.
 *
 * @example
 * ```ts
 * policies.saveFromBothPolicies(policies.dotsSaveable, policies.saveOnlyTheseNames("e"));
 * ```
 */
export function saveFromBothPolicies(...all: readonly Policy[]): Policy {
  return (value) => all.some((policy) => policy(value));
}
