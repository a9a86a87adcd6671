// After an error the library works as before: levels, modes, tape, numbers.

import { add, divide, exp, grad, memory, multiply, noGrad, subtract, tensor, tidy } from "tapegrad";
import { vmap, type Tensor } from "tapegrad";
import { expect } from "vitest";

const tanh = (x: Tensor): Tensor => {
  const t = exp(multiply(-2, x));
  return divide(subtract(1, t), add(1, t));
};

/** Fails unless gradients, mapping and recording work. */
export function expectIntact(): void {
  expect(grad(tanh)(1)).toBe(0.419974341614026);
  expect(vmap(grad(tanh))(tensor([1, 1], { dtype: "float64" })).shape).toEqual([2]);
  const w = tensor(2, { requiresGrad: true });
  const y = multiply(w, w);
  expect(y.requiresGrad).toBe(true);
  y.backward();
  expect(w.grad!.item()).toBe(4);
  expect(noGrad(() => multiply(w, w)).requiresGrad).toBe(false);
}

/** Fails unless `call` throws this message and leaves everything as it was, however often. */
export function expectRefusal(call: () => unknown, message: RegExp | string): void {
  expect(call).toThrow(message);
  expectIntact();
  const often = (times: number): number => {
    for (let i = 0; i < times; i++) {
      tidy(() => {
        try {
          call();
        } catch {
          // The same message as above.
        }
      });
    }
    return memory().nodes;
  };
  const before = often(5);
  // One node a time would be 200.
  expect(often(200)).toBeLessThanOrEqual(before);
  expectIntact();
}
