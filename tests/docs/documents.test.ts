// Every block of code in the documents compiles, runs, and prints what it says.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { transpile } from "../../scripts/lib/transpile.js";
import { at, files } from "../../scripts/lib/tree.js";
import { blocksOf, broken, matches } from "./block.js";

const FOLDER = "build/documents";
const pages = files("docs").filter((name) => /\/from-\w+\.md$/.test(name));
const documents = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", ...pages].filter((name) =>
  existsSync(at(name)),
);
const blocks = documents.flatMap((name) => blocksOf(name));
const stem = (place: string): string => `${FOLDER}/${place.replace(/\W+/g, "-")}`;

beforeAll(() => {
  rmSync(at(FOLDER), { recursive: true, force: true });
  mkdirSync(at(FOLDER), { recursive: true });
  for (const { place, language, source } of blocks) {
    writeFileSync(at(`${stem(place)}.${language}`), `${source}\nexport {};\n`);
  }
});

describe("blocks", () => {
  test("are found with their promises", () => {
    const text = "a\n```ts\nx; // → 1\n// → b\n```\n```sh\nls\n```\n```js\ny;\n```\n";
    expect(blocksOf("doc", text)).toEqual([
      { place: "doc:2", language: "ts", source: "x; // → 1\n// → b\n", expected: ["1", "b"] },
      { place: "doc:9", language: "js", source: "y;\n", expected: [] },
    ]);
  });

  test("promises are kept in order", () => {
    expect(matches("0.41…", "0.419974")).toBe(true);
    expect(matches("0.42", "0.419974")).toBe(false);
    expect(broken(["1", "2"], "1\nnoise\n2\n")).toBe(undefined);
    expect(broken(["1", "2"], "2\n1\n")).toBe("2");
  });
});

test.runIf(blocks.length > 0)("the TypeScript of the documents has no type errors", () => {
  const config = ts.getParsedCommandLineOfConfigFile(at("tsconfig.check.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  })!;
  const names = blocks.filter(({ language }) => language === "ts").map(({ place }) => stem(place));
  const program = ts.createProgram(
    names.map((name) => at(`${name}.ts`)),
    config.options,
  );
  const complaints = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
    return `${file?.fileName}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
  expect(complaints).toEqual([]);
});

test.each(blocks.map((block) => [block.place, block] as const))("%s", async (place, block) => {
  const file = at(`${stem(place)}.js`);
  if (block.language === "ts") writeFileSync(file, await transpile(block.source, place));
  const output = execFileSync(process.execPath, ["--enable-source-maps", file], {
    cwd: at(),
    encoding: "utf8",
    timeout: 60_000,
  });
  const promise = broken(block.expected, output);
  if (promise !== undefined) expect.fail(`"${promise}" was promised, printed was:\n${output}`);
});
