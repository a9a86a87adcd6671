// Examples in the doc comments of array functions say what they give, and give it.

import { readFileSync } from "node:fs";
import ts from "typescript";
import * as tapegrad from "tapegrad";
import { describe, expect, test } from "vitest";
import { at, files } from "../../scripts/lib/tree.js";

const sources = [
  ...files("ts/ops"),
  "ts/tensor.ts",
  "assembly/ops/gather.ts",
  "assembly/ops/order.ts",
  "assembly/ops/scan.ts",
];

/** Examples of one line, `expression; // value`. */
function examples(file: string): [string, string, string][] {
  const blocks = readFileSync(at(file), "utf8").matchAll(/ \* ```ts\n((?: *\*.*\n)*?) *\* ```/g);
  return [...blocks].flatMap(([, block]) =>
    [/^ *\* (.*); \/\/ (.*)\n$/.exec(block!)].flatMap((found) =>
      found ? [[found[1]!, found[2]!, file] as [string, string, string]] : [],
    ),
  );
}

const names = Object.keys(tapegrad);
const values = Object.values(tapegrad);

function run(expression: string): unknown {
  const { outputText } = ts.transpileModule(`return (${expression})`, {});
  return (new Function(...names, outputText) as (...args: unknown[]) => unknown)(...values);
}

describe("doc comments", () => {
  const all = sources.flatMap(examples);

  test.each(all)("%s is %s", (expression, value) => {
    expect(JSON.parse(JSON.stringify(run(expression)))).toEqual(run(value));
  });

  test("every function has one", () => {
    const shown = all.map(([expression]) => expression).join("\n");
    const exported = files("ts/ops")
      .filter((file) => !file.endsWith("index.ts"))
      .flatMap((file) => [
        ...readFileSync(at(file), "utf8").matchAll(/^ \*\/\nexport function (\w+)/gm),
      ])
      .map((match) => match[1]!)
      .filter((name) => name in tapegrad);
    expect(exported.filter((name) => !new RegExp(`\\b${name}\\(`).test(shown))).toEqual([]);
  });
});
