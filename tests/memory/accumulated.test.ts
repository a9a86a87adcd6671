// Gradients add up over many calls of backward(), and what they were made of goes.

import { matmul, memory, square, sum, tanh, tensor, type Tensor } from "tapegrad";
import { expect, test } from "vitest";

const size = 32; // 4 KB: large enough for elementwise results to wait
const matrix = tensor(Float32Array.from({ length: size ** 2 }, (_, i) => Math.sin(i) / 4));

function repeated(w: Tensor): Tensor {
  let h = w;
  for (let i = 0; i < 20; i++) h = tanh(matmul(h, w));
  return sum(square(h));
}

test.each([false, true])("without clearing them (retainGraph first: %s)", (twice) => {
  const w = tensor(matrix.reshape([size, size]), { requiresGrad: true });
  repeated(w).backward();
  const once = w.grad!.at(1, 2).item();
  const before = memory().residentBytes;
  const calls = 300;
  for (let i = 0; i < calls; i++) {
    const loss = repeated(w);
    if (twice) loss.backward({ retainGraph: true });
    loss.backward();
  }
  expect(memory().residentBytes - before).toBeLessThan(6e6);
  const count = 1 + (twice ? 2 : 1) * calls;
  expect(w.grad!.at(1, 2).item() / (count * once)).toBeCloseTo(1, 4);
});
