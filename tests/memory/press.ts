// Pressure: what has not been used lately leaves wasm.

import { memory, ones, tensor, type Tensor } from "tapegrad";

/** Makes small tensors until everything that was there before has been moved out. */
export function pressSmall(): void {
  const resident = memory().tensors;
  const { evictions } = memory();
  for (let i = 0; i < 1_000_000; i++) {
    tensor(i);
    // Half of what is evictable goes each time, the oldest first.
    if (i % 1000 === 0 && memory().evictions > evictions + 2 * resident + 20_000) return;
  }
}

/** The same by bytes: pieces of 400 KB, 300 MB at most. The oldest go first: what is here now, before as many others. */
export function pressLarge(): void {
  const { tensors, evictions } = memory();
  for (let i = 0; i < 750 && memory().evictions <= evictions + tensors; i++) ones([100_000]);
}

/** Whether the value of x had left wasm; it is back afterwards. */
export function wasOut(x: Tensor): boolean {
  const before = memory().tensors;
  x.data();
  return memory().tensors > before;
}
