// Every example ends by itself, without an error, and prints what its `// →` comments say.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { transpileFolder } from "../../scripts/lib/transpile.js";
import { at, files } from "../../scripts/lib/tree.js";
import { broken, promises } from "./block.js";

const names = files("examples").flatMap((path) => /^examples\/([^/]+)\.ts$/.exec(path)?.[1] ?? []);

let folder = "";
beforeAll(async () => {
  folder = await transpileFolder("examples");
});

const run = promisify(execFile);

test.concurrent.each(names)("examples/%s.ts", async (name) => {
  const args = ["--enable-source-maps", `${folder}/${name}.js`];
  const { stdout: output } = await run(process.execPath, args, {
    cwd: at(),
    timeout: 110_000,
    maxBuffer: 1 << 26,
  });
  const expected = promises(readFileSync(at(`examples/${name}.ts`), "utf8"));
  expect(expected).not.toEqual([]);
  expect(broken(expected, output), output).toBeUndefined();
});
