// The packed package in Node: every way to load it gives the same number.

import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXPECTED, PROGRAM, installPacked, type Project } from "./project.js";

const names = "{ add, divide, exp, grad, multiply, subtract }";
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const canRequire = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);

let app: Project;
beforeAll(() => {
  app = installPacked();
});
afterAll(() => app?.remove());

const number = (file: string, ...flags: string[]): number =>
  Number(app.run(process.execPath, "--no-warnings", ...flags, file));

test("it brings no other package", () => {
  const installed = readdirSync(join(app.folder, "node_modules"));
  expect(installed.filter((name) => !name.startsWith("."))).toEqual(["tapegrad"]);
});

test("import", () => {
  app.write({
    "import.js": `import ${names} from "tapegrad";${PROGRAM}console.log(result);`,
  });
  expect(number("import.js")).toBe(EXPECTED);
});

test("dynamic import, also from CommonJS", () => {
  const source = `import("tapegrad").then((${names}) => {${PROGRAM}console.log(result);});`;
  app.write({ "dynamic.js": source, "dynamic.cjs": source });
  expect(number("dynamic.js")).toBe(EXPECTED);
  expect(number("dynamic.cjs")).toBe(EXPECTED);
});

test.runIf(canRequire)("require", () => {
  app.write({
    "require.cjs": `const ${names} = require("tapegrad");${PROGRAM}console.log(result);`,
  });
  expect(number("require.cjs")).toBe(EXPECTED);
});

test("the browser file runs in Node as well", () => {
  app.write({
    "browser.js": `import ${names} from "tapegrad/browser";${PROGRAM}console.log(result);`,
  });
  expect(number("browser.js")).toBe(EXPECTED);
});

test("the browser file has the same public names", () => {
  app.write({
    "names.js": `
      import * as node from "tapegrad";
      import * as browser from "tapegrad/browser";
      const isPublic = (name) => name.length > 2 || name in node.special;
      const names = (set) => Object.keys(set).filter(isPublic).join();
      console.log(names(node) === names(browser));`,
  });
  // Other names of one or two characters are what further entry points need of the core.
  expect(app.run(process.execPath, "names.js").trim()).toBe("true");
});

test("tapegrad/nn shares the core, in both sets of files", () => {
  for (const set of ["tapegrad", "tapegrad/browser"]) {
    app.write({
      "nn.js": `
        import { grad, sum, tensor } from "${set}";
        import { maxPool1d } from "${set}/nn";
        console.log(grad((x) => sum(maxPool1d(x, 2)))(tensor([[[1, 2]]])).toArray().join());`,
    });
    expect(app.run(process.execPath, "nn.js").trim()).toBe("0,1");
  }
});

test("tapegrad/methods adds to Tensor, in both sets of files, however often", () => {
  for (const set of ["tapegrad", "tapegrad/browser"]) {
    app.write({
      "methods.js": `
        import { grad, tensor } from "${set}";
        const x = tensor([1, 4, 2]);
        const before = "median" in x;
        await import("${set}/methods");
        const { median } = Object.getPrototypeOf(x);
        await import("${set}/methods");
        const other = "${set}" === "tapegrad" ? "tapegrad/browser" : "tapegrad";
        await import(other + "/methods");
        console.log(before, grad((y) => y.median())(x).toArray().join(), x.median === median);`,
    });
    expect(app.run(process.execPath, "methods.js").trim()).toBe("false 0,0,1 true");
  }
});

test("the further builds come with it", () => {
  app.write({
    "threads.js": `
      import { setRelaxed, setThreads } from "tapegrad";
      import * as browser from "tapegrad/browser";
      console.log(await setThreads(2), await setRelaxed(true), await browser.setThreads(3));`,
  });
  const flags = Number(major) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];
  expect(app.run(process.execPath, ...flags, "threads.js").trim()).toBe("2 true 3");
});

test("plots name the packages that they need", () => {
  app.write({
    "plot.js": `
      import { plot } from "tapegrad/plot";
      await plot({ x: [0, 1], y: [0, 1] }).catch((error) => console.log(error.message));`,
  });
  expect(app.run(process.execPath, "plot.js")).toMatch(/npm install @observablehq\/plot linkedom/);
});

test("without the file, or with that of another build, the bytes in the JavaScript are used", () => {
  const wasm = join(app.folder, "node_modules/tapegrad/build/lib/tapegrad.wasm");
  const bytes = readFileSync(wasm);
  try {
    for (const other of [bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1), bytes.subarray(0, 99)]) {
      writeFileSync(wasm, other);
      expect(number("import.js")).toBe(EXPECTED);
      expect(number("browser.js")).toBe(EXPECTED);
    }
    rmSync(wasm);
    expect(number("import.js")).toBe(EXPECTED);
  } finally {
    writeFileSync(wasm, bytes);
  }
  app.write({
    "page.js": `delete process.getBuiltinModule; delete globalThis.Buffer; import("./import.js");`,
  });
  expect(number("page.js")).toBe(EXPECTED);
});

test("a program without code generation from strings", () => {
  expect(number("import.js", "--disallow-code-generation-from-strings")).toBe(EXPECTED);
});

test("a runtime without WebAssembly is told so", () => {
  expect(() => number("import.js", "--jitless")).toThrow(
    /tapegrad: this runtime has no WebAssembly/,
  );
});

test("a module handed to useModule is used", () => {
  app.write({
    "given.js": `
      import { readFileSync } from "node:fs";
      import { useModule, add, divide, exp, grad, multiply, subtract } from "tapegrad";
      const path = new URL(import.meta.resolve("tapegrad/tapegrad.wasm"));
      const { Module } = WebAssembly;
      const module = new Module(readFileSync(path));
      WebAssembly.Module = class { constructor() { throw new Error("compiled"); } };
      Object.defineProperty(WebAssembly.Module, Symbol.hasInstance, { value: (m) => m === module });
      useModule(module);
      ${PROGRAM}
      console.log(result);`,
  });
  expect(number("given.js")).toBe(EXPECTED);
});

/** What bundlers of edge hosts do: a .wasm import gives a module, here one of another realm. */
const hooks = `
import { readFileSync } from "node:fs";
export async function load(url, context, next) {
  if (url.endsWith("/lib/index.js")) throw new Error("the bytes were loaded");
  if (!/\\.wasm(\\?module)?$/.test(url)) return next(url, context);
  const bytes = JSON.stringify(readFileSync(new URL(url.replace("?module", ""))).toString("base64"));
  const make = "new WebAssembly.Module(bytes)";
  return {
    format: "module",
    shortCircuit: true,
    source: \`
      import { runInNewContext } from "node:vm";
      const bytes = Buffer.from(\${bytes}, "base64");
      export default \${url.endsWith("?module") ? \`runInNewContext("\${make}", { bytes })\` : make};\`,
  };
}
`;

test.each(["workerd", "edge-light"])("condition %s takes the .wasm file", (condition) => {
  app.write({
    "hooks.js": hooks,
    "register.js": `import { register } from "node:module"; register("./hooks.js", import.meta.url);`,
    "edge.js": `
      import ${names.replace("}", ", setThreads }")} from "tapegrad";
      if ((await setThreads(2)) !== 1) throw new Error("threads on the edge");
      ${PROGRAM}
      console.log(result);`,
  });
  expect(number("edge.js", `--conditions=${condition}`, "--import=./register.js")).toBe(EXPECTED);
});
