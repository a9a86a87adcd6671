// When values leave wasm: so many tensors may be there that leaving costs little, and no more.

import { add, exp, grad, memory, multiply, sum, tensor } from "tapegrad";
import { expect, test } from "vitest";

test("dropped results of 40 KB leave as recipes, as many as came since the last time", () => {
  const x = tensor(Float32Array.from({ length: 10_000 }, (_, i) => i / 10_000));
  const slope = grad((v) => sum(exp(multiply(v, -2))));
  const { evictedBytes, evictions } = memory();
  let most = 0;
  let last = slope(x);
  for (let i = 0; i < 2000; i++) {
    last = slope(x);
    most = Math.max(most, memory().tensors);
  }
  const after = memory();
  expect(after.evictions).toBeGreaterThan(evictions);
  expect(after.evictedBytes).toBe(evictedBytes);
  expect(most).toBeLessThan(1500);
  expect((last.data() as Float32Array)[5000]).toBeCloseTo(-2 * Math.exp(-1), 6);
});

test("a tape leaves room for as many dropped tensors as it holds, however often it is made", () => {
  const w = tensor(new Float32Array(8).fill(0.5));
  const slope = grad((v) => {
    let h = v;
    for (let i = 0; i < 400; i++) h = add(multiply(h, 0.5), v);
    return sum(h);
  });
  let most = 0;
  for (let i = 0; i < 300; i++) {
    slope(w);
    most = Math.max(most, memory().tensors);
  }
  expect(most).toBeLessThan(4096);
  expect(slope(w).toArray()).toEqual(Array.from({ length: 8 }, () => 2));
});
