// Inference under noGrad that keeps every hundredth prediction.

import { add, matmul, noGrad, relu, sigmoid, tensor, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { watchMemory } from "./flat.js";

const STEPS = 4_000;

function model(): (x: Tensor) => Tensor {
  const numbers = (n: number, phase: number): Float32Array =>
    Float32Array.from({ length: n }, (_, i) => Math.sin(1.3 * i + phase));
  const w1 = tensor(numbers(32 * 64, 0), { requiresGrad: true });
  const w2 = tensor(numbers(64 * 10, 1), { requiresGrad: true });
  return (x) => sigmoid(matmul(relu(matmul(x, w1.reshape([32, 64]))), w2.reshape([64, 10])));
}

function run(): { step: (i: number) => void; check: () => void } {
  const predict = model();
  const input = (i: number): Tensor =>
    add(
      tensor(Float32Array.from({ length: 64 * 32 }, (_, k) => Math.cos(k))).reshape([64, 32]),
      i % 7,
    );
  const kept: { i: number; y: Tensor; values: ArrayLike<number> }[] = [];
  const watch = watchMemory(STEPS);
  return {
    step(i) {
      const y = noGrad(() => predict(input(i)));
      if (i % 100 === 0) kept.push({ i, y, values: y.data() });
      watch.see(i);
    },
    check() {
      watch.check();
      expect(kept).toHaveLength(STEPS / 100);
      for (const { y, values } of kept) expect(y.data()).toEqual(values);
      for (const { i, y } of kept.slice(0, 7)) {
        expect(noGrad(() => predict(input(i))).data()).toEqual(y.data());
      }
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
