// Checkpoints in a long loop. A file of its own: what other tests have evicted sets the mark for what
// stays, and below that mark everything does.

import { add, checkpoint, grad, memory, multiply, sin, square, sum, tanh } from "tapegrad";
import { tensor, vjp, type Tensor } from "tapegrad";
import { expect, test } from "vitest";

const float64 = { dtype: "float64" } as const;
const x = tensor([0.3, -1.1, 2], float64);
const y = tensor([0.7, 0.2, -0.4], float64);
const f = (a: Tensor, b: Tensor) => multiply(sin(multiply(a, b)), tanh(add(a, square(b))));

test("no memory is left behind in a synchronous loop", () => {
  const w = tensor([1, 2, 3], { ...float64, requiresGrad: true });
  const g = checkpoint((a: Tensor) => f(a, w));
  const h = checkpoint((a: Tensor) => f(a, y));
  const most = (n: number) => {
    let top = 0;
    for (let i = 0; i < n; i++) {
      w.grad = null;
      sum(g(g(w))).backward();
      grad((a: Tensor) => sum(h(a)))(x);
      vjp(h, x)[1].dispose();
      top = Math.max(top, memory().nodes);
    }
    return top;
  };
  // Until the mark is reached that eviction begins at, their number rises.
  const first = most(3000);
  expect(most(1000)).toBeLessThan(1.5 * first + 1000);
});
