// The tables of docs/from-*.md: every name in the column of tapegrad exists, and some program below uses it.

import * as tapegrad from "tapegrad";
import * as nn from "tapegrad/nn";
import * as optim from "tapegrad/optim";
import * as random from "tapegrad/random";
import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { at, files } from "../../scripts/lib/tree.js";
import { blocksOf } from "./block.js";

const pages = files("docs").filter((name) => /\/from-\w+\.md$/.test(name));

/** What stands before the dot of a method. */
function things(): Record<string, unknown> {
  const { makeProgram, multiply, profile, sum, tensor, Tape } = tapegrad;
  const x = tensor([1, 2], { requiresGrad: true });
  const y = sum(multiply(x, x));
  return {
    x,
    y,
    t: new Tape(),
    node: y.node,
    program: makeProgram((a) => sum(a as tapegrad.Tensor), x.detach()),
    step: tapegrad.compile((a: tapegrad.Tensor) => a),
    profiled: profile(() => y.item()),
    nn,
    optim,
    random,
  };
}

/** The cells of the middle column, where that is headed `tapegrad`. */
function cellsOf(text: string): string[] {
  const cells: string[] = [];
  let ours = false;
  for (const line of text.split("\n")) {
    // `|` inside code is written `\|`.
    const columns = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    if (columns.length < 4) ours = false;
    else if (columns[2] === "tapegrad") ours = true;
    else if (ours && !/^-+$/.test(columns[2]!)) cells.push(columns[2]!);
  }
  return cells;
}

describe.each(pages)("%s", (page) => {
  const text = readFileSync(at(page), "utf8");
  const cells = cellsOf(text);
  const names = [
    ...new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]!))),
  ];
  const programs = blocksOf(page).map(({ source }) => source.replace(/^import [^]*?;$/gm, ""));

  test("has tables", () => {
    expect(cells.length).toBeGreaterThan(20);
    expect(cells.filter((cell) => !/^(–|`[\w.]+`(, `[\w.]+`)*)$/.test(cell))).toEqual([]);
  });

  test("every name exists", () => {
    const known = { ...tapegrad, ...things() };
    const missing = names.filter((name) => {
      let place: unknown = known;
      return !name.split(".").every((part) => {
        const there = part in Object(place);
        if (there) place = (place as Record<string, unknown>)[part];
        return there;
      });
    });
    expect(missing).toEqual([]);
  });

  test("every name is used in a program that runs", () => {
    const code = programs.join("\n");
    const unused = names.filter(
      (name) => !new RegExp(`\\b${name.split(".").at(-1)!}\\b`).test(code),
    );
    expect(unused).toEqual([]);
  });
});
