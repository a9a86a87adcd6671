// Many results of one call come while it is time to evict: none may leave before it has a tensor.

import { add, compile, memory, multiply, noGrad, sum, tensor, zeros, type Tensor } from "tapegrad";
import { expect, test } from "vitest";

test("results of a compiled function", () => {
  const f = compile((x: Tensor) => Array.from({ length: 40 }, (_, i) => add(x, i)));
  const x = tensor([0, 0, 0]);
  const { evictions } = memory();
  const kept: Tensor[][] = [];
  for (let call = 0; call < 200; call++) kept.push(f(x));
  expect(memory().evictions).toBeGreaterThan(evictions);
  const wrong = kept.flatMap((list) =>
    list.filter((y, i) => String(y.toArray()) !== `${i},${i},${i}`),
  );
  expect(wrong).toEqual([]);
});

test("what a compiled function assigns, and gradients that it leaves", () => {
  const leaves = Array.from({ length: 30 }, () => zeros([3], { requiresGrad: true }));
  const step = compile((x: Tensor) => {
    leaves.reduce((total, leaf, i) => add(total, sum(multiply(leaf, i))), sum(x)).backward();
    noGrad(() => {
      for (const leaf of leaves) leaf.assignAdd(1);
    });
    return leaves.map((_, i) => multiply(x, i));
  });
  const { evictions } = memory();
  const kept: Tensor[][] = [];
  const calls = 200;
  for (let call = 0; call < calls; call++) kept.push(step(tensor([1, 1, 1])));
  expect(memory().evictions).toBeGreaterThan(evictions);
  for (const list of kept) {
    expect(list.map((y) => y.toArray())).toEqual(list.map((_, i) => [i, i, i]));
  }
  expect(leaves.map((leaf) => leaf.toArray())).toEqual(leaves.map(() => [calls, calls, calls]));
  const slopes = leaves.map((_, i) => [i * calls, i * calls, i * calls]);
  expect(leaves.map((leaf) => leaf.grad!.toArray())).toEqual(slopes);
});
