/** @file Conjugate gradients (Hestenes and Stiefel, 1952): solves with a matrix that nobody has. */
import { add, multiply, subtract, sum, zerosLike, type Tensor } from "tapegrad";

/**
 * x with A·x = b, for a symmetric positive definite A of which only `times`, A·v, is known. Exact
 * after as many steps as b has elements, but for rounding.
 */
export function conjugateGradients(
  times: (v: Tensor) => Tensor,
  b: Tensor,
  steps: number = b.size,
): Tensor {
  const dot = (v: Tensor, w: Tensor): number => sum(multiply(v, w)).item();
  let x = zerosLike(b);
  let rest = b;
  let direction = b;
  let square = dot(b, b);
  const enough = 1e-28 * square;
  for (let step = 0; step < steps && square > enough; step++) {
    const product = times(direction);
    const length = square / dot(direction, product);
    x = add(x, multiply(length, direction));
    rest = subtract(rest, multiply(length, product));
    const next = dot(rest, rest);
    direction = add(rest, multiply(next / square, direction));
    square = next;
  }
  return x;
}
