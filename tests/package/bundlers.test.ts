// The packed package behind bundlers: no plug-in for wasm, no file beside the bundle.

import { nodeResolve } from "@rollup/plugin-node-resolve";
import { copyFileSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "rollup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXPECTED, PROGRAM, installPacked, type Project } from "./project.js";

const names = "{ add, divide, exp, grad, multiply, subtract }";

let app: Project;
beforeAll(() => {
  app = installPacked();
  app.write({ "main.js": `import ${names} from "tapegrad";${PROGRAM}console.log(result);` });
});
afterAll(() => app?.remove());

/** Runs the only file of a folder. */
function runOnly(folder: string): number {
  const files = readdirSync(join(app.folder, folder));
  expect(files).toHaveLength(1);
  return Number(app.run(process.execPath, join(folder, files[0]!)));
}

test("rollup", async () => {
  const bundle = await rollup({ input: join(app.folder, "main.js"), plugins: [nodeResolve()] });
  await bundle.write({ dir: join(app.folder, "rollup"), format: "es" });
  expect(runOnly("rollup")).toBe(EXPECTED);
});

test("threads, if their build lies beside the bundle", async () => {
  app.write({
    "threads.js": `import { setThreads } from "tapegrad"; setThreads(2).then(console.log);`,
  });
  const bundle = await rollup({ input: join(app.folder, "threads.js"), plugins: [nodeResolve()] });
  await bundle.write({ dir: join(app.folder, "threads"), format: "es" });
  expect(runOnly("threads")).toBe(1);
  const name = "tapegrad.threads.wasm";
  const lib = join(app.folder, "node_modules/tapegrad/build/lib");
  copyFileSync(join(lib, name), join(app.folder, "threads", name));
  expect(Number(app.run(process.execPath, join("threads", "threads.js")))).toBe(2);
});

test("parts of the core are carried where they are used, and only there", async () => {
  const bundled = async (source: string): Promise<string> => {
    app.write({ "part.js": source });
    const bundle = await rollup({ input: join(app.folder, "part.js"), plugins: [nodeResolve()] });
    await bundle.write({ dir: join(app.folder, "part"), format: "es" });
    return readFileSync(join(app.folder, "part/part.js"), "utf8");
  };
  const digits = (code: string): number =>
    Array.from(code.matchAll(/"[-\w]{2000,}"/g), ([text]) => text.length).reduce(
      (a, b) => a + b,
      0,
    );
  const small = digits(await bundled(`import { grad } from "tapegrad"; console.log(grad);`));
  const uses = [
    ["compile", "compile((x) => x.mul(2))(4)", "8"],
    ["linalg", "linalg.det([[1, 2], [3, 4]]).add(10)", "8"],
    ["fft", "fft.rfft([3, 5])[0].at(0)", "8"],
    ["special", "special.gammainc(1, 60).add(7)", "8"],
    ["jn", "jn(0, 0).add(7)", "8"],
    ["stats", "stats.chi2.cdf(200, 2).add(7)", "8"],
  ] as const;
  for (const [name, call, want] of uses) {
    const code = await bundled(`import { ${name} } from "tapegrad"; console.log(${call}.item());`);
    expect(digits(code), name).toBeGreaterThan(small + 2000);
    expect(Number(app.run(process.execPath, join("part", "part.js"))), name).toBe(Number(want));
  }
});

test("rollup leaves out what is not used", async () => {
  app.write({ "unused.js": 'import { grad, Tensor } from "tapegrad"; console.log("nothing");' });
  const bundle = await rollup({ input: join(app.folder, "unused.js"), plugins: [nodeResolve()] });
  const { output } = await bundle.generate({ format: "es" });
  expect(output[0].code.length).toBeLessThan(100);
});

test("methods are kept where they are imported for their effect, and only there", async () => {
  const { build } = await import("vite");
  const program = `import { tensor } from "tapegrad"; console.log(tensor([7, 1, 3]).median?.()?.item());`;
  app.write({ "with.js": `import "tapegrad/methods"; ${program}`, "without.js": program });
  const sizes: Record<string, number> = {};
  for (const [name, want] of [
    ["with", "3"],
    ["without", "undefined"],
  ] as const) {
    // prettier-ignore
    const input = join(app.folder, `${name}.js`);
    const bundle = await rollup({ input, plugins: [nodeResolve()] });
    await bundle.write({ file: join(app.folder, name, "rollup.js"), format: "es" });
    await build({
      root: app.folder,
      configFile: false,
      logLevel: "error",
      build: {
        outDir: join(app.folder, name),
        emptyOutDir: false,
        lib: { entry: input, formats: ["es"], fileName: () => "vite.js" },
      },
    });
    for (const file of ["rollup.js", "vite.js"]) {
      const path = join(name, file);
      expect(app.run(process.execPath, path).trim(), path).toBe(want);
      sizes[path] = readFileSync(join(app.folder, path)).length;
    }
  }
  for (const file of ["rollup.js", "vite.js"]) {
    expect(sizes[join("with", file)]).toBeGreaterThan(sizes[join("without", file)]! + 50_000);
  }
});

test("vite", async () => {
  const { build } = await import("vite");
  const outDir = join(app.folder, "vite");
  mkdirSync(outDir);
  await build({
    root: app.folder,
    configFile: false,
    logLevel: "error",
    build: { outDir, lib: { entry: "main.js", formats: ["es"] }, minify: true },
  });
  expect(runOnly("vite")).toBe(EXPECTED);
});
