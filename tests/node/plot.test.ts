// Pictures in Node: files, and what happens where the optional peers are not installed.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { sin } from "tapegrad";
import { plot } from "tapegrad/plot";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-plot-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a picture is written to a path or a URL, its folders are made", async () => {
  const [one, two] = [join(folder, "a/b/one.svg"), join(folder, "c d/two.svg")];
  const picture = await plot(sin, { file: one });
  await picture.save(pathToFileURL(two));
  for (const file of [one, two]) expect(readFileSync(file, "utf8")).toBe(`${picture.svg}\n`);
});

test("console.log shows one line, not the whole text", async () => {
  expect(inspect(await plot(sin))).toBe("Picture (svg 640×400: sin)");
});

test("without its peers, plot says what to install; the core works", () => {
  for (const path of ["package.json", "build/lib"]) {
    cpSync(join(import.meta.dirname, "../..", path), join(folder, "alone", path), {
      recursive: true,
    });
  }
  const program = `
    import { grad, multiply } from "tapegrad";
    import { plot } from "tapegrad/plot";
    const fails = () => plot(Math.sin).catch((error) => error.message);
    console.log(JSON.stringify([grad((x) => multiply(x, x))(3), await fails(), await fails()]));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: join(folder, "alone"),
    encoding: "utf8",
  });
  const [six, first, second] = JSON.parse(output) as [number, string, string];
  expect(six).toBe(6);
  expect(first).toContain("npm install @observablehq/plot linkedom");
  expect(second).toBe(first);
});
