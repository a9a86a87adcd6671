// More than memory holds: what does not fit waits outside, what can never fit is refused, and nothing
// that was there is lost.

import { freemem } from "node:os";
import { add, exp, full, grad, memory, multiply, sum, tensor, setFusion } from "tapegrad";
import type { Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../../errors/canary.js";

const MB = 2 ** 20;
const GB = 2 ** 30;
const options = { timeout: 60_000 };

const head = (x: Tensor): unknown => x.slice([[0, 2]]).toArray();
const tail = (x: Tensor): unknown => x.slice([[-2, null]]).toArray();

test("a working set of 1.2 GB, round after round", options, () => {
  const count = 30;
  const n = 10 * MB; // 40 MB each
  let tensors = Array.from({ length: count }, (_, i) => full([n], i + 1));
  for (const parity of [0, 1]) {
    tensors = tensors.map((x, i) => (i % 2 === parity ? multiply(x, 2) : x));
  }
  tensors.forEach((x, i) => {
    expect([head(x), tail(x)]).toEqual([
      [2 * i + 2, 2 * i + 2],
      [2 * i + 2, 2 * i + 2],
    ]);
  });
  for (let i = 0; i + 15 < count; i += 5) {
    expect(tail(add(tensors[i]!, tensors[i + 15]!))).toEqual([4 * i + 34, 4 * i + 34]);
  }
  expect(memory().wasmBytes).toBeLessThan(2 * GB);
  tensors.forEach((x) => x.dispose());
  expectIntact();
});

// The wasm memory and what has left it are held at once.
describe.skipIf(freemem() < 12 * GB)("4 GB are full", () => {
  const n = 200 * MB; // 800 MB each

  test("of values that may leave: they leave, and meet again in one op", options, () => {
    const small = tensor([1, 2, 3]);
    const all = Array.from({ length: 5 }, (_, i) => full([n], i + 1));
    expect(memory().evictedBytes).toBeGreaterThanOrEqual(800 * MB);
    expect(tail(add(all[0]!, all[4]!))).toEqual([6, 6]);
    for (const i of [1, 4]) expect(tail(all[i]!)).toEqual([i + 1, i + 1]);
    expect(small.toArray()).toEqual([1, 2, 3]);
    all.forEach((x) => x.dispose());
    expectIntact();
  });

  test("of a graph, which must stay: an error, and everything is as it was", options, () => {
    // Pending products would take no room.
    const fusion = setFusion(Infinity);
    const leaf = tensor([2], { requiresGrad: true });
    const small = tensor([1, 2, 3]);
    const constant = full([n], 3);
    const held: Tensor[] = [];
    const grow = (): unknown => held.push(multiply(leaf, constant));
    expect(() => {
      for (let i = 0; i < 8; i++) grow();
    }).toThrow(/^multiply: out of memory: 800 MB .*nothing was lost/s);
    expect(held.length).toBeGreaterThan(2);
    const { nodes } = memory();
    for (let i = 0; i < 10; i++) expect(grow).toThrow(/^multiply: out of memory/);
    expect(memory().nodes).toBeLessThanOrEqual(nodes);
    expect(small.toArray()).toEqual([1, 2, 3]);
    expect(grad((x: Tensor) => multiply(x, x))(3)).toBe(6);
    // What can be freed is freed, what was recorded is still differentiable.
    const last = held.pop()!;
    held.forEach((x) => x.dispose());
    expect(tail(last)).toEqual([6, 6]);
    last.slice([[-1, null]]).backward();
    expect(leaf.grad!.toArray()).toEqual([3]);
    setFusion(fusion);
    last.dispose();
    constant.dispose();
    expectIntact();
  });

  test("inside a transform: it is left, and its room is free again", options, () => {
    const f = (v: Tensor): Tensor => {
      let y = v;
      for (let i = 0; i < 8; i++) y = exp(multiply(y, full([n], 0)));
      return sum(y);
    };
    expect(() => grad(f)(tensor([2]))).toThrow(/^(exp|multiply|full): out of memory/);
    expectIntact();
    const again = [full([n], 1), full([n], 2), full([n], 3)];
    expect(again.map(tail)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    again.forEach((x) => x.dispose());
  });

  test("an operation that can never fit says so at once", options, () => {
    const x = full([30_000, 1], 1);
    expect(() => add(x, full([40_000], 1))).toThrow(/^add: .*4 GB/);
    expect(() => add(full([30_000, 1], 1, { dtype: "float64" }), full([20_000], 1))).toThrow(
      /^add: .*4 GB/,
    );
    expectIntact();
  });
});
