// Matrices for tests: the same ones in every run.

import { tensor, type Tensor } from "tapegrad";

let state = 1;

function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

/** Numbers from -1 to 1, float64. */
export function randoms(...shape: number[]): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(Float64Array.from({ length: n }, random)).reshape(shape);
}
