// Options that a function does not know are refused by name, wherever options are taken.

import { readdirSync, readFileSync } from "node:fs";
import * as core from "tapegrad";
import { grad, ones, sum, tensor, variance, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import * as random from "tapegrad/random";
import { describe, expect, test } from "vitest";
import ts from "typescript";

type Call = (...args: unknown[]) => unknown;

const spaces: Record<string, unknown> = { ...core, nn, random };

/** A public function by a file of ts/ and its name there. */
function publicFunction(file: string, name: string): Call | undefined {
  const folder = file.split("/")[1]!;
  const inside = file.startsWith("ts/stats/") ? file.split("/")[2]!.replace(".ts", "") : name;
  if (folder === "trees") return core.tree[name as keyof typeof core.tree] as unknown as Call;
  const places =
    folder === "stats"
      ? [((spaces["stats"] as Record<string, unknown>)[inside] as Record<string, unknown>)?.[name]]
      : [(spaces[folder] as Record<string, unknown> | undefined)?.[name], spaces[name]];
  return places.find((f) => typeof f === "function") as Call | undefined;
}

interface Found {
  title: string;
  call: Call;
  /** Where options are, and the first place before them that may be left out. */
  place: number;
  open: number;
}

/** Every exported function of ts/ with a parameter `options`, and where that is. */
function functions(): Found[] {
  const found: Found[] = [];
  const root = new URL("../../", import.meta.url);
  const all = readdirSync(new URL("ts/", root), { recursive: true, encoding: "utf8" });
  for (const path of [...all.map((name) => `ts/${name}`), "build/generated/ops.ts"]) {
    const file = path.replaceAll("\\", "/");
    if (!file.endsWith(".ts") || /\.d\.ts$|^ts\/(plot|wasm|threads)/.test(file)) continue;
    const source = ts.createSourceFile(
      file,
      readFileSync(new URL(file, root), "utf8"),
      ts.ScriptTarget.Latest,
    );
    for (const node of source.statements) {
      if (!ts.isFunctionDeclaration(node) || node.body === undefined) continue;
      const name = node.name!.text;
      const names = node.parameters.map((p) => p.name.getText(source));
      const place = names.indexOf("options");
      const call = place < 0 || names.includes("who") ? undefined : publicFunction(file, name);
      if (call === undefined) continue;
      const left = node.parameters.findIndex((p) => p.questionToken ?? p.initializer);
      found.push({ title: `${file} ${name}`, call, place, open: left });
    }
  }
  return found;
}

const all = functions();

test("many functions take options", () => {
  expect(all.length).toBeGreaterThan(190);
});

/** Combinations of keywords, an object as well, stand before its options. */
const APART = "ts/combinations.ts comboCheck";

const early = all.filter(({ place, open, title }) => open >= 0 && open < place && title !== APART);

test("many functions have arguments before options that may be left out", () => {
  expect(early.length).toBeGreaterThan(75);
});

test.each(early.map((found) => [found.title, found] as const))(
  "%s takes options in the place of arguments that are left out",
  (title, { call, place, open }) => {
    for (let at = open; at < place; at++) {
      const before = Array.from({ length: at }, (_, i) => [ones([2, 2]), 0][i]);
      expect(() => call(...before, { nonsense: 1 })).toThrow(/: unknown option nonsense \(/);
    }
  },
);

describe.each(all.map((found) => [found.title, found] as const))("%s", (title, { call, place }) => {
  // Rows read their operand first; all others look at the options before anything else.
  const before = Array.from({ length: place }, (_, i) =>
    title.startsWith("build/generated/") ? [ones([2, 2]), 0][i] : undefined,
  );

  test("refuses unknown names", () => {
    expect(() => call(...before, { nonsense: 1 })).toThrow(/: unknown option nonsense \(known: /);
  });

  test.each([
    ["a number", 3],
    ["an array", [1]],
    ["a tensor", tensor([1])],
    ["null", null],
    ["a typed array", new Float64Array(1)],
  ])("refuses %s", (_, given) => {
    expect(() => call(...before, given)).toThrow(
      /: (options are an object, \{ [\w, ]+ \}, not |pass the shape as a list: )/,
    );
  });
});

test.each([
  [
    () => core.sum([1], 0, { keepDims: true } as object),
    "sum: unknown option keepDims (keepdims?)",
  ],
  [
    () => nn.conv2d(ones([1, 1, 3, 3]), ones([1, 1, 1, 1]), { pading: 1 } as object),
    "conv2d: unknown option pading (padding?)",
  ],
  [
    () => tensor([1], { requiresgrad: true } as object),
    "tensor: unknown option requiresgrad (requiresGrad?)",
  ],
  [() => tensor([1], "float64" as never), /^tensor: options are an object, .* not the string/],
  [() => grad(core.sin, { arg_nums: 0 } as object), "grad: unknown option arg_nums (argnums?)"],
  [() => core.trace([[1]], { axs1: 0 } as object), "trace: unknown option axs1 (axis1?)"],
  [() => core.pad([1], 1, { modes: 1 } as object), "pad: unknown option modes (mode?)"],
  [() => nn.pad([1], [1, 1], { valu: 1 } as object), "pad: unknown option valu (value?)"],
  [() => core.fft.fft([1, 2], { axes: 0 } as object), "fft: unknown option axes (axis?)"],
  [() => core.fft.fftn([1, 2], { ax: 0 } as object), /^fftn: unknown option ax /],
  [() => core.searchsorted([1], 1, { sid: "left" } as object), /^searchsorted: .*\(side\?\)/],
  [() => core.convolve([1], [1], { mod: "full" } as object), /^convolve: .*\(mode\?\)/],
  [() => core.gradient([1, 2], { axes: 0 } as object), "gradient: unknown option axes (axis?)"],
  [() => core.meshgrid([1], [1], { index: 0 } as object), /^meshgrid: unknown option index/],
  [
    () => sum(tensor([1], { requiresGrad: true })).backward({ retain_graph: true } as object),
    "backward: unknown option retain_graph (retainGraph?)",
  ],
  [
    () => new core.Tape({ persistant: true } as object),
    "Tape: unknown option persistant (persistent?)",
  ],
])("a wrong option, %#", (call: () => unknown, message) => {
  expect(call).toThrow(message);
});

test("what is passed on inside is not mistaken for what users wrote", () => {
  const x = ones([2, 3, 4, 4]);
  expect(variance(x, 0, { ddof: 1, keepdims: true }).shape).toEqual([1, 3, 4, 4]);
  expect(core.nanvar(x, 0, { ddof: 1, keepdims: true }).shape).toEqual([1, 3, 4, 4]);
  const weights = ones([2]);
  const pair: [Tensor, Tensor] = core.average(x, 0, { weights, returned: true, keepdims: true });
  expect(pair[0].shape).toEqual([1, 3, 4, 4]);
  const of = { runningMean: ones([3]), runningVar: ones([3]), useInputStats: false };
  expect(nn.instanceNorm(x, of).shape).toEqual([2, 3, 4, 4]);
  expect(nn.avgPool3d(x, 2, { stride: 1, ceilMode: true, countIncludePad: false }).ndim).toBe(4);
  expect(nn.maxPool3d(x, 2, { stride: 1, dilation: 1 }).ndim).toBe(4);
});
