// Any number of threads gives the same bits, whatever is handed out.

import { setFusion, setThreads, threads } from "tapegrad";
import { afterAll, beforeAll, expect, test } from "vitest";
import { programs, runAll } from "./programs.js";

let alone: Record<string, number[]>;
beforeAll(() => {
  alone = runAll();
});
afterAll(async () => {
  setFusion(4096);
  await setThreads(1);
});

test("the programs give something", () => {
  expect(Object.keys(alone)).toEqual(Object.keys(programs));
  expect(Object.values(alone).every((hashes) => hashes.length > 0)).toBe(true);
});

test.each([
  { name: "2 threads", n: 2, fusion: 4096 },
  { name: "3 threads", n: 3, fusion: 4096 },
  { name: "every operation for itself", n: 2, fusion: Infinity },
  { name: "everything pending and handed out", n: 3, fusion: 0 },
])("$name", async ({ n, fusion }) => {
  expect(await setThreads(n)).toBe(n);
  expect(threads()).toBe(n);
  setFusion(fusion);
  expect(runAll()).toEqual(alone);
});
