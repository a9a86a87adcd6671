// Every example ends by itself, without an error.

import { execFileSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import { transpileFolder } from "../../scripts/lib/transpile.js";
import { at, files } from "../../scripts/lib/tree.js";

const names = files("examples").flatMap((path) => /^examples\/([^/]+)\.ts$/.exec(path)?.[1] ?? []);

let folder = "";
beforeAll(async () => {
  folder = await transpileFolder("examples");
});

test.each(names)("examples/%s.ts", (name) => {
  const output = execFileSync(process.execPath, ["--enable-source-maps", `${folder}/${name}.js`], {
    cwd: at(),
    encoding: "utf8",
    timeout: 110_000,
    maxBuffer: 1 << 26,
  });
  expect(output).not.toBe("");
});
