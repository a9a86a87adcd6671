// docs/ops.md has a row for every function; `npm run ops` writes it anew.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { expect, test } from "vitest";
import { at } from "../../scripts/lib/tree.js";
import { document, OPS } from "../ops/table.js";

const PATH = at("docs/ops.md");

test.runIf(env["OPS_WRITE"])("it is written", { timeout: 1000 * 60 * 20 }, () => {
  // Rows that are in a part of the core are functions alone, in files of their own.
  const folder = at("build/generated/rows");
  const files = readdirSync(folder).map((name) => `${folder}/${name}`);
  const source = [at("build/generated/ops.ts"), ...files]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const rows = [...source.matchAll(/^export function (\w+)/gm)].map((match) => match[1]!);
  writeFileSync(PATH, document(new Set(rows)));
});

test("docs/ops.md has every function", () => {
  const text = readFileSync(PATH, "utf8");
  const named = [...text.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1]!);
  expect(named.sort(), "`npm run ops` writes docs/ops.md anew").toEqual([...OPS].sort());
});
