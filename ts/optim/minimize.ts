// A function and a starting point to a minimum.
import { checkOptions } from "../options.js";
import { absolute, max } from "../../build/generated/ops.js";
import { describe } from "../convert.js";
import type { Tensor } from "../tensor.js";
import { noGrad, stopGradient } from "../transforms/control.js";
import { valueAndGrad } from "../transforms/grad.js";
import { checkFunction, leafTensor } from "../transforms/scope.js";
import { space } from "../trees/space.js";
import type { Scalar } from "../types.js";
import { checkFloats, checkSteps } from "./descent.js";
import { moments, momentum, rootMeanSquare, type Rule } from "./rules.js";

/** How to minimise. */
export interface MinimizeOptions<T> {
  /** Which rule gives the steps. Default "adam". */
  method?: "sgd" | "rmsprop" | "adam";
  /** Steps at most. Default 1000. */
  numIters?: number;
  /** Length of steps. Default 0.1. */
  stepSize?: number;
  /** It ends where no element of the gradient is larger. Default 1e-6 in float64, 1e-4 in float32. */
  tol?: number;
  /** Called at each point: with x, number of the step, gradient and value. */
  callback?: (x: T, step: number, gradient: T, value: number) => void;
}

/** What was found. */
export interface Minimum<T> {
  /** The best point of those that were seen. */
  x: T;
  /** The function there. */
  value: number;
  /** Its gradient there. */
  gradient: T;
  /** Steps that were made. */
  steps: number;
  /** The gradient is as small as it was to become. */
  converged: boolean;
}

function ruleOf(method: unknown, stepSize: number, who: string): Rule {
  if (method === "sgd") return momentum(stepSize, 0.9);
  if (method === "rmsprop") return rootMeanSquare(stepSize, 0.9, 1e-8);
  if (method === "adam") return moments(stepSize, 0.9, 0.999, 1e-8);
  throw new TypeError(`${who}: method is "sgd", "rmsprop" or "adam", not ${describe(method)}`);
}

/**
 * A point near x0 where f, a scalar function of a tree, is small: steps of {@link sgd}, {@link rmsprop} or
 * {@link adam} until the gradient vanishes, at most `numIters`; of all points that were seen the best one.
 * f may be different in each step, whose number it gets. The result is a constant; to differentiate a
 * minimum see `implicitRoot`.
 *
 * @example
 * ```ts
 * const { x, converged } = minimize((x) => square(subtract(x, 3)), 0);
 * ```
 * @throws if f returns no float number, x0 holds integers, or the value is not a number at x0
 */
export function minimize<T>(
  f: (x: NoInfer<T>, step: number) => Scalar,
  x0: T,
  options: MinimizeOptions<NoInfer<T>> = {},
): Minimum<T> {
  const who = "minimize";
  checkOptions(options, who, "method numIters stepSize tol callback");
  const { method = "adam", numIters = 1000, stepSize = 0.1, callback } = options;
  checkFunction(f, who);
  checkSteps(numIters, who);
  checkFloats(x0, who);
  const rule = ruleOf(method, stepSize, who);
  return noGrad(() => {
    const vectors = space(x0);
    let at = stopGradient(vectors.ravel(x0));
    let x = vectors.unravel(at) as T;
    const tol = options.tol ?? (at.dtype === "float32" ? 1e-4 : 1e-6);
    let best: Minimum<T> | undefined;
    for (let step = 0; ; step++) {
      const [y, g] = valueAndGrad((x: T) => f(x, step))(x as never) as [Tensor | number, T];
      const value = leafTensor(y, who).item();
      if (step === 0 && Number.isNaN(value)) throw new RangeError(`${who}: f(x0) is NaN`);
      callback?.(x, step, g, value);
      const slope = vectors.ravel(g);
      const converged = slope.size === 0 || max(absolute(slope)).item() <= tol;
      if (best === undefined || value <= best.value || converged) {
        best = { x, value, gradient: g, steps: step, converged };
      }
      if (converged || step === numIters) return { ...best, steps: step };
      at = rule(at, slope, step);
      x = vectors.unravel(at) as T;
    }
  });
}
