// Imports go only downwards, and what is generated is not kept.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { at, files } from "../scripts/lib/tree.js";

/**
 * The floors, lowest first: a file may import its own floor and those below. A floor is a list of
 * folders and files; what begins with the longest match decides. `import type` may look up: nothing
 * of it is left when the program runs.
 */
const floors: Record<"assembly" | "ts", string[][]> = {
  assembly: [
    ["assembly/unpack"],
    ["assembly/shared"],
    ["assembly/memory"],
    ["assembly/tensor"],
    ["assembly/kernels"],
    ["assembly/tape"],
    ["assembly/ops"],
    ["assembly/transforms"],
    ["assembly/border"],
    ["assembly/index.ts", "assembly/threads.ts"],
  ],
  ts: [
    ["assembly/shared"],
    ["build/generated/bytes.ts", "build/generated/parts"],
    ["ts/wasm.bytes.ts"],
    ["ts/exports.ts"],
    ["ts/wasm.default.ts", "ts/wasm.workerd.ts", "ts/wasm.edge.ts", "ts/errors.ts", "ts/dtype.ts"],
    ["ts/naming.ts"],
    ["ts/wasm.workers.ts", "ts/wasm.ts"],
    ["ts/cells", "ts/collection.ts"],
    ["ts/kept.ts", "ts/collection.ts", "ts/inspector.ts"],
    ["ts/rules.ts"],
    ["ts/cell.ts"],
    ["ts/light.ts"],
    [
      "ts/level.ts",
      "ts/options.ts",
      "ts/synchronous.ts",
      "ts/handle.ts",
      "ts/convert.ts",
      "ts/arguments.ts",
      "ts/axes.ts",
      "ts/print.ts",
      "ts/tree.ts",
      "ts/types.ts",
    ],
    ["ts/recording.ts", "ts/rows.ts", "ts/node.ts"],
    ["build/generated/codes.ts"],
    ["ts/families.ts", "ts/along.ts", "ts/reducing.ts"],
    ["build/generated"],
    [
      "ts/assignment.ts",
      "ts/create.ts",
      "ts/backward.ts",
      "ts/hooks.ts",
      "ts/memory.ts",
      "ts/fusion.ts",
      "ts/indexing.ts",
      "ts/profile.ts",
    ],
    ["ts/threads.ts"],
    // Functions that are methods as well.
    [
      "ts/ops/counting.ts",
      "ts/ops/diagonals.ts",
      "ts/ops/nonzero.ts",
      "ts/ops/ordering.ts",
      "ts/ops/picking.ts",
      "ts/ops/products.ts",
      "ts/ops/repeating.ts",
      "ts/ops/shapes.ts",
      "ts/ops/statistics.ts",
      "ts/ops/turning.ts",
      "ts/ops/weights.ts",
    ],
    ["ts/arraymethods.ts"],
    ["ts/tensor.ts"],
    ["ts/rowparts.ts"],
    ["ts/elementwise.ts", "ts/rowsparse.ts", "ts/special.ts"],
    ["ts/transforms"],
    ["ts/ops"],
    ["ts/linalg"],
    ["ts/special"],
    ["ts/core.ts"],
    ["ts/trees"],
    ["ts/control"],
    ["ts/fft"],
    ["ts/stats"],
    ["ts/tracing.ts"],
    ["ts/check.ts"],
    ["ts/check.ts", "ts/clipping.ts"],
    ["ts/combinations.ts", "ts/equivalence.ts", "ts/finite.ts"],
    ["ts/defining", "ts/defining.ts"],
    ["ts/index.ts"],
    ["ts/methods"],
    ["ts/random"],
    ["ts/nn"],
    ["ts/optim"],
    ["ts/plot"],
  ],
};

const importOf =
  /(?:^|[\s;])(?:import|export)\b(?!\s+type\b)(?:[^"';]*?\bfrom)?\s*["']([^"']+)["']/g;
const commentOf = /\/\*[^]*?\*\/|(?<![:"'])\/\/.*$/gm;

function importsOf(file: string): string[] {
  const source = readFileSync(at(file), "utf8").replace(commentOf, "");
  return [...source.matchAll(importOf)].map((match) => match[1]!);
}

/** The file that an import means, or undefined for a package. */
function target(file: string, specifier: string): string | undefined {
  if (specifier === "#wasm") return "ts/wasm.default.ts";
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
  const candidates = [path, `${path}.ts`, `${path}/index.ts`];
  return candidates.find((name) => name.endsWith(".ts") && existsSync(at(name))) ?? path;
}

function floorOf(tree: string[][], file: string): number {
  let best = -1;
  let length = -1;
  tree.forEach((floor, number) => {
    for (const place of floor) {
      const inside = file === place || file.startsWith(`${place}/`);
      if (inside && place.length > length) [best, length] = [number, place.length];
    }
  });
  return best;
}

function sources(tree: string): string[] {
  return files(tree).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
}

describe.each(["assembly", "ts"] as const)("%s", (tree) => {
  const names = [...sources(tree), ...(tree === "ts" ? sources("build/generated") : [])];

  test("every file has a floor", () => {
    expect(names.filter((name) => floorOf(floors[tree], name) < 0)).toEqual([]);
  });

  test("imports go only downwards", () => {
    const upward = names.flatMap((name) =>
      importsOf(name)
        .map((specifier) => target(name, specifier))
        .filter((to) => to !== undefined && !/\.wasm(\?module)?$/.test(to))
        .filter((to) => {
          const floor = floorOf(floors[tree], to!);
          return floor < 0 || floor > floorOf(floors[tree], name);
        })
        .map((to) => `${name} → ${to}`),
    );
    expect(upward).toEqual([]);
  });
});

test("the import reader sees every form", () => {
  const forms = [
    'import a from "./a";',
    'import "./b";',
    'export * from "./c";',
    'export { d } from "./d";',
    'import {\n  e,\n  type f,\n} from "./e";',
    'import type { g } from "./no";',
    'export type { h } from "./no";',
    'export const i = "./no";',
  ];
  const found = [...forms.join("\n").matchAll(importOf)].map((match) => match[1]);
  expect(found).toEqual(["./a", "./b", "./c", "./d", "./e"]);
});

test("no file is called utils", () => {
  const all = ["assembly", "ts", "scripts", "tests", "examples", "bench"].flatMap(files);
  expect(all.filter((name) => /^(utils?|helpers?|misc|common)\./i.test(basename(name)))).toEqual(
    [],
  );
});

/** What git keeps; undefined where there is no repository, or no git. */
function trackedFiles(): string[] | undefined {
  try {
    return execFileSync("git", ["ls-files", "-z"], {
      cwd: at(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).split("\0");
  } catch {
    return undefined;
  }
}

const tracked = trackedFiles();
test.skipIf(!tracked)("no generated file is tracked", () => {
  const generated = tracked!.filter((name) =>
    /^build\/|(^|\/)node_modules\/|\.(wasm|wat|tgz)$/.test(name),
  );
  expect(generated.filter((name) => name !== "build/.gitkeep")).toEqual([]);
});
