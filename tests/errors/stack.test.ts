// Near the end of the stack anything may throw, also what cleans up. Nothing is lost by that for good.

import { grad, memory, multiply, tensor, vmap, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { expectIntact } from "./canary.js";

/** Calls `use` in frame after frame, from the end of the stack upwards. */
function nearTheEnd(use: (i: number) => void, times: number): void {
  let calls = 0;
  const deeper = (): void => {
    try {
      deeper();
    } catch {
      // From here on there is a little more room each time.
    }
    if (calls++ >= times) return;
    try {
      use(calls);
    } catch {
      // No room yet.
    }
  };
  deeper();
}

test("levels that could not be left are closed by the next transform", () => {
  const power = grad((x: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < 20; i++) y = multiply(y, x);
    return y;
  });
  const mapped = vmap(grad((x: Tensor) => multiply(x, x)));
  for (let round = 0; round < 15; round++) {
    nearTheEnd(() => (power(1.01), mapped(tensor([1, 2]))), 300);
  }
  expectIntact();
  expect(power(1)).toBe(21);
});

test("values are not lost, nor is memory, if evictions are interrupted", () => {
  const kept: Tensor[] = [tensor([1, 0, 2])];
  for (let round = 0; round < 6; round++) {
    nearTheEnd((i) => {
      for (let k = 0; k < 60; k++) {
        const x = tensor([i, k, 2]);
        if (k === 0) kept.push(x);
      }
    }, 600);
  }
  for (let i = 0; i < 100_000; i++) tensor([i, 2, 3]);
  expect(memory().residentBytes).toBeLessThan(40e6);
  expect(memory().nodes).toBeLessThan(20_000);
  for (const x of kept) {
    const [i, k, two] = x.toArray() as number[];
    expect([i! > 0, k, two]).toEqual([true, 0, 2]);
  }
  expectIntact();
});
