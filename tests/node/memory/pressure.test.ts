// More than 2 GB, where addresses do not fit into 31 bits: what does not fit waits outside, what can never
// fit into 4 GB is refused, and nothing that was there is lost. (full.test.ts fills all 4 GB.)

import { freemem } from "node:os";
import { add, full, memory, tensor } from "tapegrad";
import type { Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../../errors/canary.js";

const MB = 2 ** 20;
const GB = 2 ** 30;
const options = { timeout: 300_000 };

const tail = (x: Tensor): unknown => x.slice([[-2, null]]).toArray();

// The wasm memory and what has left it are held at once.
describe.skipIf(freemem() < 8 * GB)("2 GB are full", () => {
  const n = 180 * MB; // 720 MB each

  test("of values that may leave: they leave, and meet again in one op", options, () => {
    const small = tensor([1, 2, 3]);
    const x = full([n], 1);
    const y = full([n], 5);
    expect(memory().evictedBytes).toBeGreaterThanOrEqual(4 * n);
    const sum = add(x, y);
    expect(tail(sum)).toEqual([6, 6]);
    expect(memory().residentBytes).toBeGreaterThan(2 * GB);
    expect(tail(x)).toEqual([1, 1]);
    expect(small.toArray()).toEqual([1, 2, 3]);
    [x, y, sum].forEach((each) => each.dispose());
    expectIntact();
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
