// What the optimisers do in a step, on vectors.
import { add, divide, multiply, sqrt, square, subtract } from "../../build/generated/ops.js";
import type { Tensor } from "../tensor.js";
import { onesLike, zerosLike } from "../create.js";

/** A number, or a tensor of one element to be differentiated with respect to. */
export type Rate = number | Tensor;

/** From vector, gradient and number of the step (from 0) the next vector. */
export type Rule = (x: Tensor, g: Tensor, step: number) => Tensor;

/** Momentum: v ← mass · v - (1 - mass) · g, x ← x + stepSize · v. */
export function momentum(stepSize: Rate, mass: Rate): Rule {
  let v: Tensor | undefined;
  return (x, g) => {
    v = subtract(multiply(mass, v ?? zerosLike(x)), multiply(subtract(1, mass), g));
    return add(x, multiply(stepSize, v));
  };
}

/** Steps divided by the root of a running mean of squares, which begins with 1. */
export function rootMeanSquare(stepSize: Rate, gamma: Rate, eps: number): Rule {
  let squares: Tensor | undefined;
  return (x, g) => {
    const before = multiply(gamma, squares ?? onesLike(x));
    squares = add(before, multiply(subtract(1, gamma), square(g)));
    return subtract(x, divide(multiply(stepSize, g), add(sqrt(squares), eps)));
  };
}

/** Running means of gradients and of their squares, corrected for their beginning with 0. */
export function moments(stepSize: Rate, b1: number, b2: number, eps: number): Rule {
  let first: Tensor | undefined;
  let second: Tensor | undefined;
  return (x, g, step) => {
    first = add(multiply(b1, first ?? zerosLike(x)), multiply(1 - b1, g));
    second = add(multiply(b2, second ?? zerosLike(x)), multiply(1 - b2, square(g)));
    const mean = divide(first, 1 - b1 ** (step + 1));
    const scale = sqrt(divide(second, 1 - b2 ** (step + 1)));
    return subtract(x, divide(multiply(stepSize, mean), add(scale, eps)));
  };
}
