// 20,000 steps in a free functional style: valueAndGrad, new parameters by plain arithmetic, and
// momentum carried along.

import {
  add,
  matmul,
  mean,
  multiply,
  square,
  subtract,
  tanh,
  tensor,
  valueAndGrad,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { watchMemory } from "./flat.js";

const STEPS = 20_000;

interface Params {
  w1: Tensor;
  b1: Tensor;
  w2: Tensor;
}

const names = ["w1", "b1", "w2"] as const;

function pattern(rows: number, columns: number, phase: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => Math.sin(1.3 * i + 2.1 * j + phase)),
  );
}

function network(): { step: (i: number) => void; check: () => void } {
  const x = tensor(pattern(16, 4, 2));
  const y = tensor(pattern(16, 1, 3));
  let params: Params = {
    w1: tensor(pattern(4, 8, 0)),
    b1: tensor(new Float32Array(8)),
    w2: tensor(pattern(8, 1, 1)),
  };
  const start = params;
  const before = names.map((name) => start[name].toArray());
  let momentum: Params | undefined;
  const loss = ({ w1, b1, w2 }: Params): Tensor =>
    mean(square(subtract(matmul(tanh(add(matmul(x, w1), b1)), w2), y)));
  const step = valueAndGrad(loss);
  const kept: { loss: Tensor; value: number; b1: Tensor; list: unknown }[] = [];
  const watch = watchMemory(STEPS);
  return {
    step(i) {
      const [value, g] = step(params);
      const last = momentum;
      const velocity = (name: keyof Params): Tensor =>
        last === undefined ? g[name] : add(multiply(last[name], 0.9), g[name]);
      const next = { w1: velocity("w1"), b1: velocity("b1"), w2: velocity("w2") };
      momentum = next;
      const moved = (name: keyof Params): Tensor =>
        subtract(params[name], multiply(0.002, next[name]));
      params = { w1: moved("w1"), b1: moved("b1"), w2: moved("w2") };
      if (i % 1000 === 0) {
        kept.push({ loss: value, value: value.item(), b1: params.b1, list: params.b1.toArray() });
      }
      watch.see(i);
    },
    check() {
      watch.check();
      expect(kept).toHaveLength(STEPS / 1000);
      for (const { loss, value, b1, list } of kept) {
        expect(loss.item()).toBe(value);
        expect(b1.toArray()).toEqual(list);
      }
      expect(kept.at(-1)!.value).toBeLessThan(kept[0]!.value / 10);
      // The very first parameters have not been used since; they are still there.
      expect(names.map((name) => start[name].toArray())).toEqual(before);
      expect(loss(start).item()).toBe(kept[0]!.value);
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
