// 2,000 steps, each with a fresh batch of 400 KB: 0.8 GB pass through, little stays.

import { matmul, mean, multiply, noGrad, square, subtract, tensor, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { watchMemory } from "./flat.js";

const STEPS = 2_000;
const ROWS = 2_000;
const COLUMNS = 50; // 2,000 × 50 float32 = 400 KB

function run(): { step: (i: number) => void; check: () => void } {
  const data = new Float32Array(ROWS * COLUMNS);
  const targets = new Float32Array(ROWS);
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(0.7 * i);
  for (let i = 0; i < ROWS; i++) targets[i] = 3 * data[i * COLUMNS]! - data[i * COLUMNS + 1]!;
  const w = tensor(new Float32Array(COLUMNS), { requiresGrad: true });
  const kept: { batch: Tensor; mark: number }[] = [];
  const watch = watchMemory(STEPS);
  return {
    step(i) {
      data[0] = i; // each batch is another one
      const batch = tensor(data).reshape([ROWS, COLUMNS]);
      const loss = mean(square(subtract(matmul(batch, w), tensor(targets))));
      loss.backward();
      // The marked element outweighs the others: keep it out of the update.
      noGrad(() => w.assignSub(multiply(w.grad!, 1e-9)));
      w.grad = null;
      if (i % 500 === 0) kept.push({ batch, mark: i });
      watch.see(i);
    },
    check() {
      watch.check();
      for (const { batch, mark } of kept) {
        const values = batch.data();
        expect(values[0]).toBe(mark);
        expect([values[1], values[ROWS * COLUMNS - 1]]).toEqual([data[1], data.at(-1)]);
      }
      expect(w.data().every(Number.isFinite)).toBe(true);
    },
  };
}

test("in one synchronous stretch", () => {
  const { step, check } = run();
  for (let i = 0; i < STEPS; i++) step(i);
  check();
});

test("with await in the loop", async () => {
  const { step, check } = run();
  for (let i = 0; i < STEPS; i++) {
    step(i);
    if (i % 100 === 0) await new Promise((done) => setImmediate(done));
    else await undefined;
  }
  check();
});
