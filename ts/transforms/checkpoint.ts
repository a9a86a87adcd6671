// Recomputing instead of storing, for functions and for lists of them.
import { toCount, toList } from "../arguments.js";
import { describe } from "../convert.js";
import { checkOptions } from "../options.js";
import * as policies from "./policies.js";
import type { Policy } from "./saving.js";
import { checkFunction } from "./scope.js";
import { WHO, type Fn } from "./run.js";
import { checkpointed } from "./segment.js";

/** What checkpoint() stores. */
export interface CheckpointOptions {
  /**
   * What may be stored: if the values that the backward pass would find on the tape take no more bytes
   * than this, they stay, and nothing is computed twice. Default 0.
   */
  budgetBytes?: number;
  /**
   * Which values stay that f computes on the way, so that they are not computed again: one of
   * {@link policies}, or a function that is told of each value which op computed it, its names
   * ({@link checkpointName}), shape, dtype and bytes. Nothing by default. In a function of `compile` it has
   * no effect.
   */
  policy?: Policy;
}

/**
 * f, of whose computation nothing is stored for the backward pass but its arguments, and the tensors
 * that it captures: the backward pass calls f again. That is one more forward pass for memory that no
 * longer grows with the depth of a network. Any result of f may be differentiated, in both modes and to
 * any order, also with respect to captured tensors; f must compute the same each time it is called.
 * Tensors that f makes from what is differentiated are disposed of unless it returns them. What reaches more
 * than some 4,000 tensors stays on the tape, as without checkpoint.
 *
 * @example
 * ```ts
 * const [x, w] = [ones([2]), ones([2, 2])];
 * const block = checkpoint((x, w) => tanh(matmul(x, w)));
 * grad((w) => sum(block(block(x, w), w)))(w);
 * ```
 * @throws in the backward pass, if f reaches other tensors than at first
 */
export function checkpoint<F extends Fn>(f: F, options?: CheckpointOptions): F {
  checkOptions(options, "checkpoint", "budgetBytes policy");
  checkFunction(f, WHO);
  const budget = options?.budgetBytes ?? 0;
  if (typeof budget !== "number" || !(budget >= 0)) {
    throw new RangeError(`${WHO}: budgetBytes is ${describe(budget)}, not a number of bytes`);
  }
  const policy = options?.policy;
  if (policy !== undefined) checkFunction(policy, `${WHO}: policy`);
  if (policy === policies.everythingSaveable)
    return ((...args: unknown[]) => f(...args) as unknown) as F;
  const saving = policy && policy !== policies.nothingSaveable ? { who: WHO, policy } : undefined;
  return ((...args: unknown[]) => checkpointed(f, args, { budget, saving })) as F;
}

/**
 * x through a list of functions, one after the other, in so many checkpointed segments of about equal
 * length; the last one is stored, since the backward pass begins with it.
 *
 * @example
 * ```ts
 * const layers = Array.from({ length: 100 }, () => sin);
 * grad((x) => sum(checkpointSequential(layers, 10, x)))(ones([3]));
 * ```
 * @throws if there are fewer functions than segments
 */
export function checkpointSequential<T>(
  functions: readonly ((x: T) => T)[],
  segments: number,
  x: T,
): T {
  const who = "checkpointSequential";
  const list = toList(functions, "the list of functions", who);
  list.forEach((f) => checkFunction(f, who));
  const n = list.length;
  if (toCount(segments, "the number of segments", who, 1) > Math.max(1, n)) {
    throw new RangeError(`${who}: ${n} functions do not make ${segments} segments`);
  }
  let y = x;
  for (let i = 0; i < segments; i++) {
    const part = list.slice(Math.floor((i * n) / segments), Math.floor(((i + 1) * n) / segments));
    const chain = (z: T) => part.reduce((value, f) => f(value), z);
    y = i === segments - 1 ? chain(y) : checkpoint(chain)(y);
  }
  return y;
}
