// Threads in processes of their own: that they end, and what happens where there can be no threads.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { at } from "../../scripts/lib/tree.js";

const run = promisify(execFile);

/** What a program prints that has `tg`. */
async function output(program: string, ...flags: string[]): Promise<string> {
  const source = `import * as tg from "tapegrad"; ${program}`;
  const { stdout } = await run(
    process.execPath,
    ["--no-warnings", ...flags, "--input-type=module", "-e", source],
    { cwd: at(), timeout: 50_000 },
  );
  return stdout.trim();
}

const work = `
  const x = tg.arange(300000).mul(1e-5);
  console.log(tg.grad((x) => tg.sum(tg.exp(x).mul(x)))(x).sum().item());`;

test("a process ends by itself", async () => {
  const alone = await output(work);
  expect(await output(`console.log(await tg.setThreads(2)); ${work}`)).toBe(`2\n${alone}`);
});

test("also after nothing, after an error, and with process.exit", async () => {
  expect(await output("console.log(await tg.setThreads(4));")).toBe("4");
  await expect(output(`await tg.setThreads(2); throw new Error("end");`)).rejects.toThrow(/end/);
  expect(await output(`await tg.setThreads(2); ${work}; process.exit();`)).not.toBe("");
});

test("one thread where there is no shared memory, and no word about it", async () => {
  const ask = "console.log(await tg.setThreads(2), tg.threads());";
  expect(await output(`delete globalThis.SharedArrayBuffer; ${ask} ${work}`)).toMatch(/^1 1\n\d/);
  expect(await output(`delete process.getBuiltinModule; ${ask} ${work}`)).toMatch(/^1 1\n\d/);
});

test("one thread where the build cannot be had, or is another one's", async () => {
  const reader = (bytes: string): string => `
    const fs = process.getBuiltinModule("node:fs");
    const read = fs.readFileSync;
    fs.readFileSync = (path, ...rest) => {
      const bytes = read(path, ...rest);
      return /threads/.test(path) ? ${bytes} : bytes;
    };
    console.log(await tg.setThreads(2), tg.threads()); ${work}`;
  expect(await output(reader("undefined"))).toMatch(/^1 1\n\d/);
  expect(await output(reader("bytes.subarray(0, 99)"))).toMatch(/^1 1\n\d/);
  expect(await output(reader("bytes.with(-1, bytes.at(-1) ^ 1)"))).toMatch(/^1 1\n\d/);
  expect(await output(reader("bytes"))).toMatch(/^2 2\n\d/);
});

test("less memory is reserved where there is not so much", async () => {
  const program = `
    const { Memory } = WebAssembly;
    WebAssembly.Memory = class extends Memory {
      constructor(how) {
        if (how.maximum > LIMIT) throw new RangeError("no room");
        super(how);
      }
    };
    console.log(await tg.setThreads(2));`;
  expect(await output(program.replace("LIMIT", "20000"))).toBe("2");
  expect(await output(program.replace("LIMIT", "20"))).toBe("1");
});

test("memory stays flat in a loop, with and without threads", async () => {
  const loop = (n: number): Promise<string> =>
    output(`
      await tg.setThreads(${n});
      const x = tg.sin(tg.arange(256 * 512)).reshape([256, 512]);
      const w = tg.sin(tg.arange(512 * 128)).reshape([512, 128]);
      const slope = tg.grad((w) => tg.sum(tg.tanh(tg.matmul(x, w))));
      const peakOf = (steps) => {
        tg.resetPeakMemory();
        for (let i = 0; i < steps; i++) slope(w);
        return tg.memory().peakBytes;
      };
      peakOf(50);
      console.log(peakOf(200), peakOf(200));`);
  for (const n of [1, 2]) {
    const [first, second] = (await loop(n)).split(" ").map(Number);
    expect(second).toBeLessThan(1.5 * first! + 4e6);
  }
});

test.each(["", "delete globalThis.Buffer;"])(
  "memory grows, values leave it and come back %s",
  async (first) => {
    const program = `
    ${first}
    console.log(await tg.setThreads(2));
    const small = tg.tensor([1, 2, 3]);
    // More than may stay: the least recently used values leave.
    const large = Array.from({ length: 24 }, (_, i) => tg.sin(tg.arange(1 << 19).add(i)).mul(2));
    const sums = large.map((x) => x.sum().item());
    console.log(tg.memory().evictions > 0, tg.memory().wasmBytes > 8e6);
    console.log(large.every((x, i) => x.sum().item() === sums[i]), sums[3] === large[3].sum().item());
    console.log(large[3].data().buffer instanceof ArrayBuffer, small.toArray().join());`;
    expect(await output(program)).toBe("2\ntrue true\ntrue true\ntrue 1,2,3");
  },
);
