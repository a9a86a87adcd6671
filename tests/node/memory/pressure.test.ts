// The whole of 4 GB, where addresses do not fit into 31 bits: what does not fit waits outside, what can
// never fit is refused, and nothing that was there is lost.

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
describe.skipIf(freemem() < 12 * GB)("4 GB are full", () => {
  const n = 200 * MB; // 800 MB each

  test("of values that may leave: they leave, and meet again in one op", options, () => {
    const small = tensor([1, 2, 3]);
    const all = Array.from({ length: 5 }, (_, i) => full([n], i + 1));
    expect(memory().evictedBytes).toBeGreaterThanOrEqual(800 * MB);
    expect(tail(add(all[0]!, all[4]!))).toEqual([6, 6]);
    expect(tail(all[1]!)).toEqual([2, 2]);
    expect(small.toArray()).toEqual([1, 2, 3]);
    all.forEach((x) => x.dispose());
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
