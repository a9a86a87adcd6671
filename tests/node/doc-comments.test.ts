// Examples in doc comments run, and give what they say they give.

import { readFileSync } from "node:fs";
import ts from "typescript";
import * as tapegrad from "tapegrad";
import "tapegrad/methods";
import * as nn from "tapegrad/nn";
import * as optim from "tapegrad/optim";
import * as random from "tapegrad/random";
import { describe, expect, test } from "vitest";
import { at, files } from "../../scripts/lib/tree.js";
import { isPublic } from "../ops/support.js";

const sources = [...files("ts"), ...files("assembly/ops")].filter(
  (file) => file.endsWith(".ts") && !file.startsWith("ts/plot/"),
);

/** Functions that no example can call here: they change the process, or need what is not there. */
const WITHOUT = new Set(["setThreads", "threads", "setRelaxed", "useModule"]);

/** The blocks of code in the doc comments of a file. */
function blocks(file: string): string[] {
  const comments = readFileSync(at(file), "utf8").match(/\/\*\*[^]*?\*\//g) ?? [];
  return comments.flatMap((comment) =>
    [...comment.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) =>
      code!.replace(/^ *\* ?/gm, "").trim(),
    ),
  );
}

/** Short names, by which other entry points reach the core, are free for examples. */
const named = (module: object): [string, unknown][] =>
  Object.entries(module).filter(([name]) => isPublic(name));
const core = Object.fromEntries(named(tapegrad));

/** Second names of rows. */
const aliases = new Set(
  ["ops.ts", "rows/special.ts"].flatMap((file) =>
    Array.from(
      readFileSync(at(`build/generated/${file}`), "utf8").matchAll(
        /Another name of .*\nexport function (\w+)/g,
      ),
      ([, name]) => name!,
    ),
  ),
);

function run(code: string, file: string): unknown {
  const scope: Record<string, unknown> = {
    ...core,
    ...(file.startsWith("ts/nn/") ? { ...nn, random } : {}),
    ...(file.startsWith("ts/random/") ? random : {}),
    ...(file.startsWith("ts/optim/") ? optim : {}),
  };
  return compiled(code, Object.keys(scope))(...Object.values(scope));
}

/** A function of an example's text. Few examples have types, and transpiling takes a while. */
function compiled(code: string, names: readonly string[]): (...args: unknown[]) => unknown {
  const make = (text: string): unknown => new Function(...names, `{ ${text} }`);
  try {
    return make(code) as ReturnType<typeof compiled>;
  } catch {
    const compilerOptions = { target: ts.ScriptTarget.ES2022 };
    return make(ts.transpileModule(code, { compilerOptions }).outputText) as ReturnType<
      typeof compiled
    >;
  }
}

const all = sources.flatMap((file) => blocks(file).map((code): [string, string] => [code, file]));
/** `expression; // value`: the value as JSON, or as it is printed. */
const line = /^(.*); \/\/ (.*)$/;

describe("doc comments", () => {
  const single = all.filter(([code]) => line.test(code) && !code.startsWith("const"));
  test.each(single)("%s", (code, file) => {
    const [, expression, value] = line.exec(code)!;
    const got = run(`return (${expression})`, file);
    if (/^Tensor\(/.test(value!)) expect(String(got)).toBe(value);
    else if (value!.endsWith("…")) expect(String(got).startsWith(value!.slice(0, -1))).toBe(true);
    else expect(JSON.stringify(got)).toEqual(JSON.stringify(run(`return (${value})`, file)));
  });

  const others = all.filter((pair) => !single.includes(pair) && !/\bawait\b/.test(pair[0]));
  test.each(others)("%s", (code, file) => {
    const message = /\/\/ (?:throws|\w*Error): (.*?) ?…/.exec(code)?.[1];
    try {
      if (message === undefined) run(code, file);
      else expect(() => run(code, file)).toThrow(message);
    } finally {
      tapegrad.debug({});
    }
  });

  test("every function has an example", () => {
    const shown = all.map(([code]) => code).join("\n");
    const lacking = (module: object, before: string): string[] =>
      named(module).flatMap(([name, value]) => {
        if (WITHOUT.has(name) || aliases.has(name) || /^[A-Z]/.test(name)) return [];
        if (typeof value === "object" && value !== null) return lacking(value, `${before}${name}.`);
        return new RegExp(`\\b${name}\\(`).test(shown) ? [] : [before + name];
      });
    expect([...lacking(tapegrad, ""), ...lacking(nn, "nn."), ...lacking(optim, "optim.")]).toEqual(
      [],
    );
  });
});
