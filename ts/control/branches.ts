// Branches that transforms understand.
import { equal, greaterEqual, lessEqual, logicalNot } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { checkFunction, checkResult } from "../transforms/scope.js";
import { choose } from "./carry.js";
import { decide, knownValue, type Predicate } from "./deciding.js";
import { sheltered } from "./sheltering.js";

/**
 * trueFn(...operands) if the predicate holds, else falseFn(...operands). Where its value can be read,
 * only that branch runs, as with `if`. It can not inside `vmap`, if it differs between examples, nor
 * inside `compile`, if it depends on an argument: there both branches run for all, and `where` chooses,
 * so that no value and no derivative of the other branch gets through. Both must then return trees of
 * the same form, shapes and dtypes. Inside `vmap`, examples that take the other branch lend a branch
 * operands of one that takes it: so it meets no values but those that it was meant for. (What it
 * captures instead of taking it as an operand, it meets as it is.)
 *
 * @example
 * ```ts
 * const root = (x: Tensor) => cond(greater(x, 0), (y) => sqrt(y), (y) => multiply(y, 0), x);
 * grad(root)(4); // 0.25
 * vmap(grad(root))(tensor([4, -1])); // [0.25, 0]
 * ```
 * @throws if the predicate is not one number, boolean or tensor without axes, or if both branches run
 *   and do not agree
 */
export function cond<A extends readonly unknown[], R>(
  pred: Predicate,
  trueFn: (...operands: NoInfer<A>) => R,
  falseFn: (...operands: NoInfer<A>) => R,
  ...operands: A
): R {
  const who = "cond";
  checkFunction(trueFn, who);
  checkFunction(falseFn, who);
  const decided = decide(pred, who, "the predicate");
  if (typeof decided === "boolean") {
    const out = (decided ? trueFn : falseFn)(...operands);
    checkResult(out, who);
    return out;
  }
  const first = trueFn(...sheltered(decided, operands, who));
  checkResult(first, who);
  const second = falseFn(...sheltered(logicalNot(decided), operands, who));
  checkResult(second, who);
  return choose(decided, first, second, who, "the branches") as R;
}

/**
 * `branches[index](...operands)`; an index outside is cut to the nearest. As with {@link cond}, only that
 * branch runs where the index can be read; inside `vmap` those run that some example takes, inside
 * `compile`, if the index depends on an argument, all of them.
 *
 * @example
 * ```ts
 * switchCase(1, [(x) => sin(x), (x) => cos(x)], tensor(0)); // 1
 * ```
 * @throws if there is no branch, if the index is no integer, or if branches that run do not agree
 */
export function switchCase<A extends readonly unknown[], R>(
  index: number | Tensor,
  branches: readonly ((...operands: A) => R)[],
  ...operands: A
): R {
  const who = "switchCase";
  if (!Array.isArray(branches) || branches.length === 0) {
    throw new TypeError(`${who}: needs a list of at least one function`);
  }
  for (const branch of branches as unknown[]) checkFunction(branch, who);
  const last = branches.length - 1;
  const place = (i: number): number => {
    if (!Number.isInteger(i))
      throw new TypeError(`${who}: the index is ${describe(i)}, no integer`);
    return Math.min(Math.max(i, 0), last);
  };
  const known = knownValue(index, who, "the index");
  const taken =
    known === undefined || ("each" in known && known.each.length === 0)
      ? branches.map((_, i) => i)
      : "one" in known
        ? [place(known.one)]
        : [...new Set(known.each.map(place))].sort((a, b) => a - b);
  const run = (i: number): R => {
    const given =
      taken.length === 1 ? operands : sheltered(takes(index as Tensor, i, last), operands, who);
    const out = (branches[i] as (...operands: A) => R)(...given);
    checkResult(out, who);
    return out;
  };
  let out = run(taken[0]!);
  for (const i of taken.slice(1)) {
    out = choose(greaterEqual(index, i), run(i), out, who, "the branches") as R;
  }
  return out;
}

/** Where an index, cut to the nearest, chooses branch i. */
function takes(index: Tensor, i: number, last: number): Tensor {
  return i === 0 ? lessEqual(index, 0) : i === last ? greaterEqual(index, last) : equal(index, i);
}
