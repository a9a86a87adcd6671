// The optimisers as functions: from a gradient and a starting point to the point where they end.
import { checkOptions } from "../options.js";
import { describe } from "../convert.js";
import { checkFunction, checkResult, hasFloats, leafTensor } from "../transforms/scope.js";
import { eachLeaf } from "../tree.js";
import { space } from "../trees/space.js";
import { moments, momentum, rootMeanSquare, type Rate, type Rule } from "./rules.js";

/** What all optimisers take. */
export interface OptimizerOptions<T> {
  /** Number of steps. */
  numIters?: number;
  /** Length of steps. */
  stepSize?: Rate;
  /** Called before each step: with x, number of the step and gradient. */
  callback?: (x: T, step: number, gradient: T) => void;
}

/** How {@link sgd} goes. */
export interface SgdOptions<T> extends OptimizerOptions<T> {
  /** How much of the velocity stays. Default 0.9. */
  mass?: Rate;
}

/** How {@link rmsprop} goes. */
export interface RmspropOptions<T> extends OptimizerOptions<T> {
  /** How much of the mean of squares stays. Default 0.9. */
  gamma?: Rate;
  /** Added to the root. Default 1e-8. */
  eps?: number;
}

/** How {@link adam} goes. */
export interface AdamOptions<T> extends OptimizerOptions<T> {
  /** How much of the mean of gradients stays. Default 0.9. */
  b1?: number;
  /** How much of the mean of squares stays. Default 0.999. */
  b2?: number;
  /** Added to the root. Default 1e-8. */
  eps?: number;
}

/** A gradient, at x in a step. */
export type GradientFn<T> = (x: T, step: number) => unknown;

/** Throws unless all leaves of x are floats. */
export function checkFloats(x: unknown, who: string): void {
  eachLeaf(x, (leaf, path) => {
    const t = leafTensor(leaf, who);
    if (hasFloats(t)) return;
    const place = path === "" ? "x0" : `x0 at ${path.replace(/^\./, "")}`;
    throw new TypeError(`${who}: ${place} is ${t.dtype}, which has no gradient`);
  });
}

/** Throws unless n is a number of steps. */
export function checkSteps(n: unknown, who: string): void {
  if (Number.isInteger(n) && (n as number) >= 0) return;
  throw new RangeError(`${who}: numIters is ${describe(n)}, not a natural number`);
}

function descend<T>(
  who: string,
  gradient: GradientFn<T>,
  x0: T,
  steps: number,
  rule: Rule,
  callback: OptimizerOptions<T>["callback"],
): T {
  checkFunction(gradient, who);
  checkSteps(steps, who);
  checkFloats(x0, who);
  const vectors = space(x0);
  let at = vectors.ravel(x0);
  let x = x0;
  for (let i = 0; i < steps; i++) {
    const g = gradient(x, i);
    checkResult(g, who);
    callback?.(x, i, g as T);
    at = rule(at, vectors.ravel(g, `${who}: the gradient`), i);
    x = vectors.unravel(at) as T;
  }
  return x;
}

/**
 * Gradient descent with momentum: v ← mass · v - (1 - mass) · g, x ← x + stepSize · v. x is a tree of
 * float tensors and numbers; the gradient, a function of x and of the number of the step, has its form.
 * (HIPS misc.optimizers.)
 *
 * @param options - numIters: 200, stepSize: 0.1 by default
 * @example
 * ```ts
 * const x = sgd(grad((x) => square(subtract(x, 3))), 0); // about 3
 * ```
 * @throws if x0 holds integers, or the gradient has another form or shape than x
 */
export function sgd<T>(
  gradient: GradientFn<NoInfer<T>>,
  x0: T,
  options: SgdOptions<NoInfer<T>> = {},
): T {
  checkOptions(options, "sgd", "numIters stepSize mass callback");
  const { numIters = 200, stepSize = 0.1, mass = 0.9, callback } = options;
  return descend("sgd", gradient, x0, numIters, momentum(stepSize, mass), callback);
}

/**
 * Steps divided by the root of a running mean of squared gradients: s ← γ · s + (1 - γ) · g²,
 * x ← x - stepSize · g / (√s + eps). As {@link sgd} otherwise. (HIPS misc.optimizers; Tieleman and Hinton,
 * 2012.)
 *
 * @param options - numIters: 100, stepSize: 0.1 by default
 * @example
 * ```ts
 * const x = rmsprop(grad((x) => square(subtract(x, 3))), 0); // about 3
 * ```
 * @throws as sgd does
 */
export function rmsprop<T>(
  gradient: GradientFn<NoInfer<T>>,
  x0: T,
  options: RmspropOptions<NoInfer<T>> = {},
): T {
  checkOptions(options, "rmsprop", "numIters stepSize gamma eps callback");
  const { numIters = 100, stepSize = 0.1, gamma = 0.9, eps = 1e-8, callback } = options;
  const rule = rootMeanSquare(stepSize, gamma, eps);
  return descend("rmsprop", gradient, x0, numIters, rule, callback);
}

/**
 * Steps by running means of gradients and of their squares, both corrected for their beginning with 0. As
 * {@link sgd} otherwise. (HIPS misc.optimizers; Kingma and Ba, 2015.)
 *
 * @param options - numIters: 100, stepSize: 0.001 by default
 * @example
 * ```ts
 * const x = adam(grad((x) => square(subtract(x, 3))), 0, { stepSize: 0.1, numIters: 300 }); // about 3
 * ```
 * @throws as sgd does
 */
export function adam<T>(
  gradient: GradientFn<NoInfer<T>>,
  x0: T,
  options: AdamOptions<NoInfer<T>> = {},
): T {
  checkOptions(options, "adam", "numIters stepSize b1 b2 eps callback");
  const { numIters = 100, stepSize = 0.001, callback } = options;
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options;
  return descend("adam", gradient, x0, numIters, moments(stepSize, b1, b2, eps), callback);
}
