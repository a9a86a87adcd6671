// Switching between the builds of the core: what is refused, what is kept, what goes on working.

import * as tg from "tapegrad";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers } from "./programs.js";

const { setFusion, setRelaxed, setThreads, tensor, threads, tidy } = tg;

const alone = async (): Promise<void> => {
  await setThreads(1);
  await setRelaxed(false);
};
beforeEach(alone);
afterEach(alone);

/** A sum that is worth several threads, and its gradient at one place. */
function work(): number[] {
  let result: number[] = [];
  tidy(() => {
    const x = numbers([200_000]);
    const [y, dx] = tg.valueAndGrad((x: tg.Tensor) => tg.sum(tg.exp(x.mul(x))))(x);
    result = [y.item(), dx.slice([777]).item()];
  });
  return result;
}

test("one thread and back", async () => {
  const before = work();
  expect(threads()).toBe(1);
  expect(await setThreads(2)).toBe(2);
  expect(await setThreads(2)).toBe(2);
  expect(work()).toEqual(before);
  expect(await setThreads(3)).toBe(3);
  expect(work()).toEqual(before);
  expect(await setThreads(1)).toBe(1);
  expect(threads()).toBe(1);
  expect(work()).toEqual(before);
});

test("while tensors are alive it throws, and changes nothing", async () => {
  const x = tensor([1, 2, 3]);
  await expect(setThreads(2)).rejects.toThrow(
    /^setThreads: tensors are alive \(1\).*call it before/,
  );
  await expect(setRelaxed(true)).rejects.toThrow(/^setRelaxed: tensors are alive \(1\)/);
  expect(threads()).toBe(1);
  expect(tidy(() => x.mul(2).toArray())).toEqual([2, 4, 6]);
  x.dispose();
});

test("nor are tensors lost that come while it is under way", async () => {
  const promise = setThreads(2);
  const x = tensor([1, 2, 3]);
  await expect(promise).rejects.toThrow(/^setThreads: tensors are alive \(1\)/);
  expect(threads()).toBe(1);
  expect(x.toArray()).toEqual([1, 2, 3]);
  x.dispose();
  expect(await setThreads(2)).toBe(2);
});

test("calls wait for each other", async () => {
  const results = await Promise.all([setThreads(2), setThreads(1), setThreads(3), setThreads(2)]);
  expect(results).toEqual([2, 1, 3, 2]);
  expect(threads()).toBe(2);
});

test.each([0, -1, 1.5, NaN, Infinity, "2", undefined, null])("no number: %s", async (n) => {
  await expect(setThreads(n as number)).rejects.toThrow(/^setThreads: n is .*not a number of/);
  await expect(setRelaxed(n as unknown as boolean)).rejects.toThrow(/^setRelaxed: needs true or/);
  expect(threads()).toBe(1);
});

test("settings are kept", async () => {
  const before = setFusion(12345);
  tg.setDefaultDtype("float64");
  try {
    expect(await setThreads(2)).toBe(2);
    expect(setFusion(12345)).toBe(12345);
    expect(tidy(() => tg.add(tensor([1]), tensor([0.5]).astype("int32")).dtype)).toBe("float64");
    expect(tidy(() => tg.sqrt(tensor([4], { dtype: "int32" })).dtype)).toBe("float64");
  } finally {
    tg.setDefaultDtype("float32");
    setFusion(before);
  }
});

test("it works on after exceptions", async () => {
  const before = work();
  expect(await setThreads(2)).toBe(2);
  const fails = tg.grad((x: tg.Tensor) => {
    tg.exp(x).sum().item();
    throw new Error("of the user");
  });
  tidy(() => {
    const x = numbers([100_000]);
    expect(() => fails(x)).toThrow("of the user");
    expect(() => x.add(numbers([3]))).toThrow(/^add: shapes do not broadcast/);
    expect(() => tg.matmul(x, numbers([3, 3]))).toThrow(/^matmul: inner sizes differ/);
  });
  expect(work()).toEqual(before);
});

test("compiled functions are recorded again, and may be disposed of", async () => {
  const f = tg.compile((x: tg.Tensor) => tg.sum(tg.exp(x).mul(x)));
  const other = tg.compile((x: tg.Tensor) => tg.sum(x));
  const call = (): number => tidy(() => f(numbers([70_000])).item());
  const before = call();
  tidy(() => other(numbers([3])));
  expect(call()).toBe(before);
  expect(await setThreads(2)).toBe(2);
  expect(String(f.programs[0])).toMatch(/disposed/);
  other.dispose();
  expect(call()).toBe(before);
  expect(call()).toBe(before);
  expect(await setThreads(1)).toBe(1);
  expect(call()).toBe(before);
  f.dispose();
  expect(call()).toBe(before);
});
