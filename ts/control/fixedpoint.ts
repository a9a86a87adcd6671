// Fixed points by iteration, with the derivatives of the equation that holds in the end (control/implicit.ts).
import {
  absolute,
  add,
  greater,
  isnan,
  less,
  logicalAnd,
  logicalOr,
  max,
  maximum,
  multiply,
  subtract,
} from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { checkFunction } from "../transforms/scope.js";
import { ravelTree } from "../trees/ravel.js";
import { TreeStructure } from "../trees/structure.js";
import { asTensors, nextCarry, type Inside, type Next } from "./carry.js";
import { knownValue } from "./deciding.js";
import { implicit, type ImplicitOptions } from "./implicit.js";
import { loopWhile, type WhileOptions } from "./loops.js";

/** When a fixed-point iteration stops. */
export interface FixedPointOptions<T> extends ImplicitOptions<T> {
  /**
   * It stops where no element changes by more than this, times the largest one if that is more than 1.
   * Default 1e-12 in float64, 1e-6 in float32.
   */
  tol?: number;
  /**
   * Steps at most. Default 1000. In a function of `compile` in which the equation depends on an argument it
   * must be said: the program has so many steps, and does not look whether the iteration has settled.
   */
  maxIter?: number;
}

/**
 * The fixed point x = f(a, x) that iteration from x0 reaches. It is not differentiated through the
 * iterations: derivatives by a, and by everything else that f uses, come from the equation itself, in both
 * modes and to any order. a and x are trees. Inside `vmap` every example iterates until it is done. (HIPS
 * fixed_point.)
 *
 * @example
 * ```ts
 * // √a by Heron's method
 * const root = (a: Tensor) => fixedPoint((a, x) => multiply(0.5, add(x, divide(a, x))), a, 1);
 * grad(root)(9); // 1/6
 * ```
 * @throws if f changes form, shapes or dtypes of x, or if it has not settled after `maxIter` steps
 */
export function fixedPoint<A, T>(
  f: (a: NoInfer<Inside<A>>, x: NoInfer<Inside<T>>) => NoInfer<Next<Inside<T>>>,
  a: A,
  x0: T,
  options?: FixedPointOptions<NoInfer<Inside<T>>>,
): NoInfer<Inside<T>> {
  const who = "fixedPoint";
  checkOptions(options, who, "tol maxIter tangentSolve");
  checkFunction(f, who);
  const parameters = asTensors(a, who) as Inside<A>;
  const most = options?.maxIter ?? 1000;
  if (!Number.isInteger(most) || most < 1) {
    throw new RangeError(`${who}: maxIter is ${describe(most)}, not a positive integer`);
  }
  const found = noGrad(() => {
    const start = stopGradient(asTensors(x0, who) as object) as Inside<T>;
    const step = (x: Inside<T>) => nextCarry(x, f(parameters, x), who) as Inside<T>;
    // The first step settles dtypes.
    const [first, second] = [start, step(start)];
    const end = loop<Inside<T>>(
      who,
      ({ change, i }) => logicalAnd(going(change), less(i, most)),
      ({ x, i }) => {
        const next = step(x);
        return { x: next, change: excess(next, x, options?.tol), i: add(i, 1) };
      },
      { x: second, change: excess(second, first, options?.tol), i: 1 },
      // Not said by the user, it is no number of steps that a program should have.
      options?.maxIter === undefined ? {} : { maxIter: most - 1 },
    );
    settled(end.change, most);
    return stopGradient(end.x as object) as Inside<T>;
  });
  const residual = (x: Inside<T>) => {
    const [leaves, form] = TreeStructure.read(x);
    const next = form.leavesOf(nextCarry(x, f(parameters, x), who), who);
    return form.build(
      leaves.map((leaf, i) => subtract(leaf as Tensor, next[i] as Tensor)),
      who,
    );
  };
  return implicit(who, found, residual, options?.tangentSolve);
}

interface Iteration<X> {
  x: X;
  change: Tensor;
  i: Tensor | number;
}

/** A loop over iterations; what x is stays open. */
const loop = loopWhile as <X>(
  who: string,
  condFn: (state: Iteration<X>) => Tensor,
  bodyFn: (state: Iteration<X>) => Iteration<X>,
  init: Iteration<X>,
  options: WhileOptions,
) => Iteration<X>;

/** How much more than allowed the elements change; positive if some do. NaNs go on. */
function excess(next: unknown, before: unknown, tol: number | undefined): Tensor {
  const x = ravelTree(next)[0];
  const y = ravelTree(before)[0];
  const allowed = tol ?? (x.dtype === "float32" ? 1e-6 : 1e-12);
  if (x.size === 0) return multiply(x.sum(), 0);
  const most = maximum(max(absolute(x)), 1);
  return subtract(max(absolute(subtract(x, y))), multiply(most, allowed));
}

function going(change: Tensor): Tensor {
  return logicalOr(greater(change, 0), isnan(change));
}

/** Throws if some example still changes. */
function settled(change: Tensor, most: number): void {
  const still = going(change);
  const known = knownValue(still, "fixedPoint", "the change");
  const list = known === undefined ? [] : "one" in known ? [known.one] : known.each;
  if (list.every((x) => x === 0)) return;
  throw new Error(
    `fixedPoint: not settled after ${most} steps; f may be no contraction, or { tol, maxIter } too strict`,
  );
}
