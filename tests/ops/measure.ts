// Derivatives by measurement: central differences with Richardson's extrapolation. Nothing here knows
// a rule of differentiation.

import { add, jvp, multiply, vjp, type Tensor } from "tapegrad";
import { randomFrom, shaped, uniform } from "./support.js";

/** A function of several tensors to several tensors. */
export type Multi = (x: Tensor[]) => Tensor[];

/** All elements of a list of tensors. */
export function flat(list: readonly Tensor[]): number[] {
  return list.flatMap((x) => Array.from(x.data()));
}

/** Random numbers in the form of x. */
export function direction(list: readonly Tensor[], seed: number): Tensor[] {
  const random = randomFrom(seed);
  return list.map((x) => shaped(uniform(random, x.size, -1, 1), x.shape, x.dtype));
}

/** The inner product of two lists of tensors. */
export function inner(a: readonly Tensor[], b: readonly Tensor[]): number {
  const y = flat(b);
  return flat(a).reduce((sum, x, i) => sum + x * y[i]!, 0);
}

/** d/dt f(x + t v) at t = 0, element by element. `step` is the first and largest step. */
export function slope(f: Multi, x: readonly Tensor[], v: readonly Tensor[], step = 0.02): number[] {
  const moved = (t: number): number[] => flat(f(x.map((xi, i) => add(xi, multiply(v[i]!, t)))));
  const difference = (h: number): number[] => {
    const [up, down] = [moved(h), moved(-h)];
    return up.map((u, i) => (u - down[i]!) / (2 * h));
  };
  // Each pass removes the next even power of the step from the error.
  let column = [0, 1, 2, 3, 4].map((k) => difference(step / 2 ** k));
  for (let power = 4; column.length > 1; power *= 4) {
    column = column
      .slice(1)
      .map((fine, k) => fine.map((value, i) => value + (value - column[k]![i]!) / (power - 1)));
  }
  return column[0]!;
}

/** The derivative of f along v, by jvp. */
export function forward(f: Multi, v: readonly Tensor[]): Multi {
  return (x) => jvp((...args: Tensor[]) => f(args), x, v as Tensor[])[1];
}

/** The gradient of ⟨w, f⟩, by vjp. */
export function reverse(f: Multi, w: readonly Tensor[]): Multi {
  return (x) => vjp((...args: Tensor[]) => f(args), ...x)[1](w as Tensor[]) as Tensor[];
}
