// The code blocks of a document, and what they promise to print.

import { readFileSync } from "node:fs";
import { at } from "../../scripts/lib/tree.js";

export interface Block {
  /** Where it stands, for people: "README.md:40". */
  place: string;
  language: "ts" | "js";
  source: string;
  /** The texts of its `// → …` comments, in order. */
  expected: string[];
}

/** Blocks whose fence says exactly `ts` or `js`; any other word keeps a block from being run. */
export function blocksOf(document: string, text = readFileSync(at(document), "utf8")): Block[] {
  const blocks: Block[] = [];
  const fence = /^```(ts|js)[ \t]*\n([^]*?)^```[ \t]*$/gm;
  for (const match of text.matchAll(fence)) {
    const [, language, source] = match as unknown as [string, "ts" | "js", string];
    const line = text.slice(0, match.index).split("\n").length;
    blocks.push({ place: `${document}:${line}`, language, source, expected: promises(source) });
  }
  return blocks;
}

/** What the `// → …` comments of a program promise, in order. */
export function promises(source: string): string[] {
  return [...source.matchAll(/\/\/ → ?(.*)$/gm)].map((arrow) => arrow[1]!.trimEnd());
}

/** Whether a printed line is what was promised; `…` in a promise stands for any text. */
export function matches(promise: string, line: string): boolean {
  if (promise === line) return true;
  const parts = promise.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return parts.length > 1 && new RegExp(`^${parts.join(".*")}$`).test(line);
}

/** The first promise that the output does not keep, in order. */
export function broken(expected: string[], output: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trim());
  let at = 0;
  for (const promise of expected) {
    const found = lines.findIndex((line, i) => i >= at && matches(promise.trim(), line));
    if (found < 0) return promise;
    at = found + 1;
  }
  return undefined;
}
