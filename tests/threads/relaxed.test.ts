// Relaxed SIMD: nearly the same values, where the runtime has it.

import { matmul, setRelaxed, setThreads, tidy, type Dtype } from "tapegrad";
import { conv2d } from "tapegrad/nn";
import { afterAll, expect, test } from "vitest";
import { numbers } from "./programs.js";

/** A module with one relaxed instruction. */
// prettier-ignore
const probe = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0,
  65, 1, 253, 17, 65, 2, 253, 17, 253, 128, 2, 11,
);
const known = WebAssembly.validate(probe);

afterAll(async () => {
  await setRelaxed(false);
  await setThreads(1);
});

/** Products and convolutions, and how far each element may be off. */
function products(dtype: Dtype): { values: number[]; scale: number } {
  return tidy(() => {
    const x = numbers([67, 300], dtype);
    const y = numbers([300, 45], dtype, 2);
    const images = numbers([2, 3, 12, 11], dtype, 3);
    const filters = numbers([5, 3, 3, 3], dtype, 4);
    const all = [matmul(x, y), matmul(x.slice([[0, 1]]), y), conv2d(images, filters)];
    return { values: all.flatMap((x) => Array.from(x.data())), scale: 300 };
  });
}

test.each([1, 2])("values are as accurate, with %i threads", async (n) => {
  await setThreads(n);
  for (const dtype of ["float32", "float64"] as const) {
    await setRelaxed(false);
    const exact = products(dtype);
    expect(await setRelaxed(true)).toBe(known);
    const relaxed = products(dtype);
    const step = dtype === "float32" ? 2 ** -23 : 2 ** -52;
    relaxed.values.forEach((value, i) => {
      expect(Math.abs(value - exact.values[i]!)).toBeLessThan(exact.scale * step);
    });
    if (!known) expect(relaxed.values).toEqual(exact.values);
  }
  await setRelaxed(false);
});

test("a module of the build may be handed over; a wrong one is refused", async () => {
  await setThreads(1);
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  expect(await setThreads(2, { module: empty })).toBe(1);
  expect(await setRelaxed(true, { module: empty })).toBe(false);
  expect(await setThreads(2)).toBe(2);
});
