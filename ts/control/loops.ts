// Loops that transforms understand. Steps are recorded as they run, so both modes go through them.
import { greater, lessEqual, logicalAnd } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { checkFunction, checkResult } from "../transforms/scope.js";
import { asTensors, choose, nextCarry, type Inside, type Next } from "./carry.js";
import { decide, knownValue, type Predicate } from "./deciding.js";

/**
 * bodyFn applied again and again while condFn holds: the last carry. The carry is a tree of tensors
 * (numbers become tensors) whose form, shapes and dtypes stay the same. Every step is recorded, so that
 * reverse mode works too, which JAX's does not; it keeps the tape of all steps.
 *
 * Inside `vmap` the loop runs until every example is done; those that are done stay what they are, and
 * no derivative of steps that are not theirs reaches them. Inside `compile` the condition must not depend
 * on an argument.
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
): Inside<T> {
  const who = "whileLoop";
  checkFunction(condFn, who);
  checkFunction(bodyFn, who);
  let carry = asTensors(init, who) as Inside<T>;
  // Examples that are not done yet; undefined while that is all of them.
  let active: Tensor | undefined;
  for (;;) {
    const now = condFn(carry);
    checkResult(now, who);
    let going: boolean | Tensor = decide(now, who, "the condition");
    if (typeof going !== "boolean" && knownValue(going, who, "the condition") === undefined) {
      throw new Error(
        `${who}: compile: the condition depends on an argument, and a program has a fixed number of ` +
          "steps; use fori with a fixed number and where() inside, or name what decides in { static: [...] }",
      );
    }
    if (active !== undefined && typeof going !== "boolean") {
      going = decide(logicalAnd(active, going), who, "the condition");
    }
    if (going === false) return carry;
    if (going !== true) active = going;
    const next = nextCarry(carry, bodyFn(carry), who) as Inside<T>;
    carry =
      active === undefined
        ? next
        : (choose(active, next, carry, who, "the carry before and after the body") as Inside<T>);
  }
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
 * between the examples of a `vmap`, each one takes part in its own steps only. Inside `compile` the loop
 * is unrolled.
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
): Inside<T> {
  const who = "fori";
  checkFunction(body, who);
  const from = bound(lower, who, "lower");
  const to = bound(upper, who, "upper");
  const [first, last] = [from.reduce((a, b) => Math.min(a, b), Infinity), Math.max(...to)];
  const [all, some] = [from.reduce((a, b) => Math.max(a, b), -Infinity), Math.min(...to)];
  let carry = asTensors(init, who) as Inside<T>;
  for (let i = first; i < last; i++) {
    const next = nextCarry(carry, body(i, carry), who) as Inside<T>;
    if (i >= all && i < some) carry = next;
    else {
      const taking = logicalAnd(lessEqual(lower, i), greater(upper, i));
      carry = choose(taking, next, carry, who, "the carry before and after the body") as Inside<T>;
    }
  }
  return carry;
}
