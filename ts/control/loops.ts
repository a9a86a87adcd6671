// Loops that transforms understand. Steps are recorded as they run, so both modes go through them.
import { greater, lessEqual, logicalAnd } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { checkFunction, checkResult } from "../transforms/scope.js";
import { asTensors, choose, nextCarry, type Inside, type Next } from "./carry.js";
import { checkOptions } from "../options.js";
import { recorder } from "../recording.js";
import * as wasm from "../wasm.js";
import { decide, knownValue, type Predicate } from "./deciding.js";
import { checkSegmented, goesInSegments, inSegments, whileInSegments } from "./segments.js";

/** How loops go. */
export interface LoopOptions {
  /**
   * How much stays on the tape. true: the steps go in segments, of which the carry alone is kept;
   * derivatives compute the rest again, one segment at a time. A number: so many steps to a segment.
   * false: all that steps compute stays. By default the first some 16 MB of it stay, and longer loops go in
   * segments, but in `compile`.
   */
  checkpoint?: boolean | number;
}

/** How a loop with a condition goes. */
export interface WhileOptions extends LoopOptions {
  /**
   * Steps at most. With it the loop may stand in a function of `compile` although the condition depends on
   * an argument: the program has so many steps, of which those that come too late change nothing.
   */
  maxIter?: number;
}

/**
 * bodyFn applied again and again while condFn holds: the last carry. The carry is a tree of tensors
 * (numbers become tensors) whose form, shapes and dtypes stay the same. Reverse mode works too, which
 * JAX's does not: the carry is kept now and then, and steps are called again for what lies between (see
 * `checkpoint` in the options), so they must do the same then.
 *
 * Inside `vmap` the loop runs until every example is done; those that are done stay what they are, no
 * derivative of steps that are not theirs reaches them, and every step is recorded. Inside `compile` the
 * condition must not depend on an argument, unless `maxIter` says how many steps there are at most.
 *
 * @example
 * ```ts
 * // Newton's method for √2
 * const far = (x: Tensor) => greater(abs(subtract(square(x), 2)), 1e-12);
 * const step = (x: Tensor) => multiply(0.5, add(x, divide(2, x)));
 * whileLoop(far, step, 1).item(); // 1.414213562373095
 * ```
 * @throws if the body changes form, shape or dtype of the carry, or if the condition cannot be read
 */
export function whileLoop<const T>(
  condFn: (carry: NoInfer<Inside<T>>) => Predicate,
  bodyFn: (carry: NoInfer<Inside<T>>) => Next<NoInfer<Inside<T>>>,
  init: T,
  options?: WhileOptions,
): Inside<T> {
  const who = "whileLoop";
  checkOptions(options, who, "checkpoint maxIter");
  checkFunction(condFn, who);
  checkFunction(bodyFn, who);
  checkSegmented(options?.checkpoint, who);
  const most = options?.maxIter;
  if (most !== undefined && (!Number.isInteger(most) || most < 0)) {
    throw new RangeError(`${who}: maxIter is ${describe(most)}, not a natural number`);
  }
  return loopWhile(who, condFn, bodyFn, init, options);
}

/** `whileLoop` in the name of the function that the user called, which may call `maxIter` otherwise. */
export function loopWhile<const T>(
  who: string,
  condFn: (carry: NoInfer<Inside<T>>) => Predicate,
  bodyFn: (carry: NoInfer<Inside<T>>) => Next<NoInfer<Inside<T>>>,
  init: T,
  options?: WhileOptions,
  limitName = "maxIter",
): Inside<T> {
  const limit = options?.maxIter ?? Infinity;
  let carry = asTensors(init, who) as Inside<T>;
  const step = (now: Inside<T>) => nextCarry(now, bodyFn(now), who) as Inside<T>;
  const unrolled = recorder.now !== undefined && limit < Infinity;
  if (wasm.core().batchDepth() === 0 && !unrolled && goesInSegments(options?.checkpoint)) {
    let done = 0;
    const stretch = (most: number) => {
      let count: number | undefined;
      const run = (start: unknown) => {
        let now = start as Inside<T>;
        let k = 0;
        const last = count ?? Math.min(most, limit - done);
        while (k < last && (count !== undefined || holds(condFn(now), who, limitName))) {
          now = step(now);
          k++;
        }
        if (count === undefined) done += k;
        count ??= k;
        return now;
      };
      return { run, isDone: () => count! < most };
    };
    return whileInSegments(stretch, carry, options?.checkpoint) as Inside<T>;
  }
  // Examples that are not done yet; undefined while that is all of them.
  let active: Tensor | undefined;
  for (let steps = 0; ; steps++) {
    if (steps === limit) return carry;
    const now = condFn(carry);
    checkResult(now, who);
    let going: boolean | Tensor = decide(now, who, "the condition");
    const open =
      typeof going !== "boolean" && knownValue(going, who, "the condition") === undefined;
    if (open && limit === Infinity) throw undecided(who, limitName);
    if (active !== undefined && typeof going !== "boolean") {
      going = decide(logicalAnd(active, going), who, "the condition");
    }
    if (going === false) return carry;
    if (going !== true) active = going;
    const next = step(carry);
    carry =
      active === undefined
        ? next
        : (choose(active, next, carry, who, "the carry before and after the body") as Inside<T>);
  }
}

function undecided(who: string, limitName: string): Error {
  return new Error(
    `${who}: compile: the number of steps depends on an argument, and a program has a fixed one; say ` +
      `{ ${limitName} } for that many steps at most, or name what decides in { static: [...] }`,
  );
}

/** What the condition says outside of vmap. */
function holds(condition: Predicate, who: string, limitName: string): boolean {
  checkResult(condition, who);
  const going = decide(condition, who, "the condition");
  if (typeof going !== "boolean") throw undecided(who, limitName);
  return going;
}

/** A bound of a loop, as far as it is known. */
function bound(x: unknown, who: string, what: string): readonly number[] {
  const known = knownValue(x, who, what);
  if (known === undefined) {
    throw new Error(
      `${who}: compile: ${what} depends on an argument, and a program has a fixed number of steps; name ` +
        "the argument in { static: [...] }",
    );
  }
  const list = "one" in known ? [known.one] : known.each;
  for (const i of list) {
    if (!Number.isInteger(i)) throw new TypeError(`${who}: ${what} is ${describe(i)}, no integer`);
  }
  return list;
}

/**
 * body(i, carry) for i from lower to upper - 1: the last carry. i is a plain number; the carry is a tree
 * of tensors (numbers become tensors) whose form, shapes and dtypes stay the same. If bounds differ
 * between the examples of a `vmap`, each one takes part in its own steps only. For derivatives the body is
 * called again (see `checkpoint` in the options) and must do the same then; inside `compile` the loop is
 * unrolled.
 *
 * @example
 * ```ts
 * fori(0, 4, (i, sum) => add(sum, i), 0).item(); // 6
 * ```
 * @throws if bounds are no integers, or the body changes form, shape or dtype of the carry
 */
export function fori<const T>(
  lower: number | Tensor,
  upper: number | Tensor,
  body: (i: number, carry: NoInfer<Inside<T>>) => Next<NoInfer<Inside<T>>>,
  init: T,
  options?: LoopOptions,
): Inside<T> {
  const who = "fori";
  checkOptions(options, who, "checkpoint");
  checkFunction(body, who);
  checkSegmented(options?.checkpoint, who);
  const from = bound(lower, who, "lower");
  const to = bound(upper, who, "upper");
  const least = (list: readonly number[]) => list.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (list: readonly number[]) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  const [first, last] = [least(from), most(to)];
  const [all, some] = [most(from), least(to)];
  const stretch = (begin: number, end: number) => (start: unknown) => {
    let carry = start as Inside<T>;
    for (let i = first + begin; i < first + end; i++) {
      const next = nextCarry(carry, body(i, carry), who) as Inside<T>;
      if (i >= all && i < some) carry = next;
      else {
        const taking = logicalAnd(lessEqual(lower, i), greater(upper, i));
        const what = "the carry before and after the body";
        carry = choose(taking, next, carry, who, what) as Inside<T>;
      }
    }
    return [carry, null] as const;
  };
  const carry = asTensors(init, who);
  const steps = Math.max(0, last - first);
  if (steps < 2 || !goesInSegments(options?.checkpoint)) {
    return stretch(0, steps)(carry)[0];
  }
  const cut = (_: unknown, lengths: readonly number[]) => lengths.map(() => null);
  return inSegments(
    { steps, stretch, data: null, cut },
    carry,
    options?.checkpoint,
  )[0] as Inside<T>;
}
