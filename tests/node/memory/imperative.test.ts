// 20,000 steps of a small network in the imperative style: nothing is freed by hand.

import { abs, matmul, max, mean, multiply, noGrad, square, subtract, tanh, tensor } from "tapegrad";
import { add, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { watchMemory } from "./flat.js";

const STEPS = 20_000;

interface Kept {
  step: number;
  loss: Tensor;
  value: number;
}

function network(): { step: (i: number) => void; check: () => void } {
  const pattern = (rows: number, columns: number, phase: number): number[][] =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_, j) => Math.sin(1.3 * i + 2.1 * j + phase)),
    );
  const w1 = tensor(pattern(4, 8, 0), { requiresGrad: true });
  const b1 = tensor(new Float32Array(8), { requiresGrad: true });
  const w2 = tensor(pattern(8, 1, 1), { requiresGrad: true });
  const b2 = tensor([0], { requiresGrad: true });
  const params = [w1, b1, w2, b2];
  const x = tensor(pattern(16, 4, 2));
  const y = tensor(pattern(16, 1, 3));
  const lr = tensor(0.01);
  const kept: Kept[] = [];
  const first = x.toArray();
  let worst = 0;
  const watch = watchMemory(STEPS);
  return {
    step(i) {
      const hidden = tanh(add(matmul(x, w1), b1));
      const error = subtract(add(matmul(hidden, w2), b2), y);
      const loss = mean(square(error));
      loss.backward();
      // Metrics, read beside the graph and after it.
      const gap = max(abs(error));
      worst = gap.item();
      for (const w of params) {
        noGrad(() => w.assignSub(multiply(lr, w.grad!)));
        w.grad = null;
      }
      if (i % 1000 === 0) kept.push({ step: i, loss, value: loss.item() });
      watch.see(i);
    },
    check() {
      watch.check();
      expect(kept).toHaveLength(STEPS / 1000);
      for (const { loss, value } of kept) expect(loss.item()).toBe(value);
      expect(kept.at(-1)!.value).toBeLessThan(kept[0]!.value / 10);
      expect(worst).toBeLessThan(1);
      expect(x.toArray()).toEqual(first);
      for (const w of params) expect(w.data().every(Number.isFinite)).toBe(true);
    },
  };
}

test("in one synchronous stretch", () => {
  const { step, check } = network();
  for (let i = 0; i < STEPS; i++) step(i);
  check();
});

test("with await in the loop", async () => {
  const { step, check } = network();
  for (let i = 0; i < STEPS; i++) {
    step(i);
    if (i % 100 === 0) await new Promise((done) => setImmediate(done));
    else await undefined;
  }
  check();
});
