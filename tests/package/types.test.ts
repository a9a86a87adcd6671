// The types of the packed package, as a consumer's strict compiler and the two linters see them.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tool } from "../../scripts/lib/run.js";
import { at } from "../../scripts/lib/tree.js";
import { EXPECTED, installPacked, type Project } from "./project.js";

const program = `
import { add, divide, exp, grad, multiply, subtract, type Tensor } from "tapegrad";
import * as browser from "tapegrad/browser";

const tanh = (x: Tensor): Tensor => {
  const t = exp(multiply(-2, x));
  return divide(subtract(1, t), add(1, t));
};
const result: number = grad(tanh)(1.0);
// @ts-expect-error: the gradient at a number is a number
const wrong: string = grad(tanh)(1.0);
void wrong;
void browser.grad;
console.log(result);
`;

// Imported once, methods are typed in the whole program.
const methods = `
import "tapegrad/methods";
import { tensor, type Tensor } from "tapegrad";
import type { Tensor as Same } from "tapegrad/browser";

const x = tensor([[4, 1], [1, 3]]);
export const middle: Tensor = x.median(0);
export const sign: Same = x.slogdet()[0].lgamma().real;
export const [values, counts]: [Tensor, Tensor] = x.unique({ returnCounts: true });
// @ts-expect-error: no such method
x.mediam;
`;

let app: Project;
beforeAll(() => {
  app = installPacked();
  app.write({
    "program.ts": program,
    "methods.ts": methods,
    "nn.ts": 'export * from "tapegrad/nn";\n',
    "optim.ts": 'export * from "tapegrad/optim";\n',
    "plot.ts": 'export * from "tapegrad/plot";\n',
    "random.ts": 'export * from "tapegrad/random";\n',
  });
});
afterAll(() => app?.remove());

/** Runs the compiler of this repository over the project; gives its complaints. */
function compile(options: Record<string, unknown>): string {
  app.write({
    "tsconfig.json": JSON.stringify({
      compilerOptions: { strict: true, skipLibCheck: false, types: [], outDir: "out", ...options },
      files: ["program.ts", "methods.ts", "nn.ts", "optim.ts", "plot.ts", "random.ts"],
    }),
  });
  try {
    return app.run(process.execPath, tool.tsc, "-p", "tsconfig.json");
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const dom = ["ES2022", "DOM"];

describe("a TypeScript program", () => {
  test("nodenext, and the result runs", () => {
    expect(compile({ module: "nodenext", target: "es2022", lib: dom })).toBe("");
    expect(Number(app.run(process.execPath, join("out", "program.js")))).toBe(EXPECTED);
  });

  test("bundler", () => {
    const options = { module: "esnext", moduleResolution: "bundler", target: "es2022", lib: dom };
    expect(compile({ ...options, noEmit: true })).toBe("");
  });

  test("in Node without the DOM", () => {
    const options = { module: "nodenext", target: "es2022", lib: ["ES2022"], noEmit: true };
    const typeRoots = [at("node_modules/@types")];
    expect(compile({ ...options, types: ["node"], typeRoots })).toBe("");
  });

  test("with every strict option, from CommonJS too", () => {
    const strictest = {
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      isolatedModules: true,
      verbatimModuleSyntax: true,
    };
    const options = { module: "nodenext", target: "esnext", lib: ["ESNext", "DOM"], noEmit: true };
    expect(compile({ ...options, ...strictest })).toBe("");
  });
});

test("publint has nothing to say", async () => {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: at(), strict: true, pack: false });
  expect(messages).toEqual([]);
});

test("are the types wrong? no", () => {
  const attw = at("node_modules/@arethetypeswrong/cli/dist/index.js");
  const options = ["--profile", "esm-only", "--no-color", "--no-emoji"];
  // It exits with an error when there is a problem outside the resolutions that the profile ignores.
  expect(app.run(process.execPath, attw, app.tarball, ...options)).toMatch(/OK \(ESM\)/);
});
