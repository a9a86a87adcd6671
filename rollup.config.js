// From what tsc wrote (build/js) to what the package ships (build/lib). The .d.ts files are copied.
//
//   index.js nn.js plot.js wasm.*.js ──▶ core.js    for Node, bundlers and edge runtimes; only "#wasm"
//                                             differs, and the host's import condition picks it
//   browser.plot.js ──▶ browser.js            for <script type="module">: nothing to resolve;
//                  └──▶ browser.drawing.js    what it draws with, loaded when it draws
//
// In both sets every entry point shares one core: two copies would have two memories.

import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";

const JS = join(import.meta.dirname, "build/js");
const LIB = "build/lib";
const DRAWING = "build/drawing/browser.drawing.js";
const BANNER =
  "/*! tapegrad, MIT. Contains @assemblyscript/loader, " +
  "Copyright 2017 Daniel Wirtz / The AssemblyScript Authors, Apache-2.0. */";

/** Entry points besides the core: name in the package → module in build/js. */
const entries = { nn: "ts/nn/index.js", plot: "ts/plot/index.js" };
const present = Object.fromEntries(
  Object.entries(entries)
    .map(([name, path]) => [name, join(JS, path)])
    .filter(([, path]) => existsSync(path)),
);
const index = join(JS, "ts/index.js");

/** Modules of one entry point only; all others belong to the core. */
const ofEntry = (id) =>
  Object.values(present).some((path) => id.startsWith(dirname(path) + "/")) ||
  id.includes("/node_modules/") !== id.includes("/@assemblyscript/loader/");

/** Warnings fail the build; the one exception is tsc's helper for `using`, and cycles of others. */
function onLog(level, log, handler) {
  if (log.code === "THIS_IS_UNDEFINED") return;
  if (log.code === "CIRCULAR_DEPENDENCY" && log.message.includes("node_modules")) return;
  handler(level === "warn" ? "error" : level, log);
}

/** "./tapegrad.wasm" stays an import: it is the host that loads it. */
const hostWasm = {
  name: "host-wasm",
  resolveId: (id) => (/^\.\/tapegrad\.wasm(\?module)?$/.test(id) ? { id, external: true } : null),
};

/** A page has neither import conditions nor packages: bytes, and a file of ours, stand for them. */
const forPages = {
  name: "for-pages",
  resolveId(id) {
    if (id === "#wasm") return join(JS, "ts/wasm.default.js");
    return id === "@observablehq/plot" ? { id: "./browser.drawing.js", external: true } : null;
  },
};

/** Types, the wasm file itself, and its type. */
const copyFiles = {
  name: "copy-files",
  writeBundle() {
    const types = join(LIB, "types");
    for (const name of readdirSync(JS, { recursive: true })) {
      if (!name.endsWith(".d.ts") || /wasm\.\w+\.d\.ts$|bytes\.d\.ts$/.test(name)) continue;
      mkdirSync(dirname(join(types, name)), { recursive: true });
      copyFileSync(join(JS, name), join(types, name));
    }
    writeFileSync(
      join(types, "module.d.ts"),
      "declare const module: WebAssembly.Module;\nexport default module;\n",
    );
    copyFileSync(DRAWING, join(LIB, "browser.drawing.js"));
    copyFileSync("build/wasm/tapegrad.wasm", join(LIB, "tapegrad.wasm"));
  },
};

const library = [
  {
    input: {
      index,
      ...present,
      "wasm.default": join(JS, "ts/wasm.default.js"),
      "wasm.workerd": join(JS, "ts/wasm.workerd.js"),
      "wasm.edge": join(JS, "ts/wasm.edge.js"),
    },
    external: ["#wasm", "@observablehq/plot", "linkedom", /^node:/],
    plugins: [hostWasm, nodeResolve(), copyFiles],
    makeAbsoluteExternalsRelative: false,
    onLog,
    output: {
      dir: LIB,
      format: "es",
      banner: (chunk) => (chunk.name === "core" ? BANNER : ""),
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      minifyInternalExports: false,
      hoistTransitiveImports: false,
      manualChunks: (id) =>
        ofEntry(id) || id === index || /wasm\.\w+\.js$|bytes\.js$/.test(id) ? undefined : "core",
    },
  },
  {
    input: {
      browser: index,
      ...Object.fromEntries(
        Object.entries(present).map(([name, path]) => [`browser.${name}`, path]),
      ),
    },
    // What an entry point needs of the core beyond its public names, browser.js exports as well.
    preserveEntrySignatures: "allow-extension",
    external: ["linkedom", /^node:/],
    plugins: [forPages, nodeResolve({ browser: true }), terser({ module: true })],
    onLog,
    output: {
      dir: LIB,
      format: "es",
      banner: (chunk) => (chunk.name === "browser" ? BANNER : ""),
      entryFileNames: "[name].js",
      chunkFileNames: "browser.[name].js",
      manualChunks: (id) => (ofEntry(id) ? undefined : "browser"),
    },
  },
];

/** What plots are drawn with, as one file for pages: it changes only with the lock file. */
const drawing = {
  input: "@observablehq/plot",
  plugins: [nodeResolve({ browser: true }), commonjs(), terser({ module: true })],
  onLog,
  output: {
    file: DRAWING,
    format: "es",
    banner:
      "/*! @observablehq/plot, Copyright 2020-2025 Observable, Inc., ISC; " +
      "with d3, Copyright 2010-2026 Mike Bostock, ISC. */",
  },
};

export default (options) => (options.configDrawing ? drawing : library);
