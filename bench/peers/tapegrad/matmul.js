// W3: a product of matrices, and the gradients of both.

import { norm } from "../../random.js";
import { matmul, multiply, noGrad, sum, valueAndGrad } from "../../tapegrad.js";
import { tensorOf } from "./data.js";

export function forward({ n, a, b }) {
  const [x, y] = [a, b].map((values) => tensorOf(values, "float32", [n, n]));
  return {
    call() {
      noGrad(() => matmul(x, y));
      return 0;
    },
    norms: () => [norm(matmul(x, y).data())],
  };
}

export function gradients({ n, a, b, c }) {
  const [x, y, z] = [a, b, c].map((values) => tensorOf(values, "float32", [n, n]));
  const both = valueAndGrad((x, y) => sum(multiply(matmul(x, y), z)), { argnums: [0, 1] });
  return {
    call: () => both(x, y)[0].item(),
    norms: () => both(x, y)[1].map((gradient) => norm(gradient.data())),
  };
}
