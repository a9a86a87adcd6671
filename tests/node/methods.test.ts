// Every family of ts/methods is in its list, in the type of Tensor, and among the exported types.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { at, files } from "../../scripts/lib/tree.js";

test("families of methods are added as they are typed", () => {
  const index = readFileSync(at("ts/methods/index.ts"), "utf8");
  const families = files("ts/methods").flatMap((file) =>
    Array.from(
      readFileSync(at(file), "utf8").matchAll(/^export abstract class (\w+)/gm),
      ([, name]) => name!,
    ),
  );
  const list = /const FAMILIES = \[([^\]]*)\]/.exec(index)![1]!;
  const types = /interface Tensor\s+extends\s+([^{]*)\{/.exec(index)![1]!;
  const exported = /export type \{([^}]*)\}/.exec(index)![1]!;
  const namesIn = (text: string): string[] => (text.match(/\w+/g) ?? []).sort();
  const want = [...families, "RowMethods"].sort();
  expect([list, types, exported].map(namesIn)).toEqual([want, want, want]);
});
