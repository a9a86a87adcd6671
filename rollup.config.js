// From what tsc wrote (build/js) to what the package ships (build/lib). The .d.ts files are copied.
// Three sets of files; in each, every entry point shares one core, for two would have two memories.
//
//   nn.js plot.js ──▶ index.js            for Node, Deno, Bun and bundlers: each file costs Node a
//                                         millisecond, so the core is one, with the bytes inside
//   edge/nn.js … ──▶ edge/index.js        for edge hosts; "#wasm" is the .wasm file in their manner
//   browser.plot.js ──▶ browser.js ──▶ browser.core.js    for <script type="module">: minified,
//                  └──▶ browser.drawing.js                nothing to resolve; what plots are drawn
//                                         with is loaded when they are, and browser.core.js, which has
//                                         what pages need most, may be used alone

import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { ownNames } from "./scripts/lib/naming.js";

const JS = join(import.meta.dirname, "build/js");
const LIB = "build/lib";
const DRAWING = "build/drawing/browser.drawing.js";
const BANNER =
  "/*! tapegrad, MIT. Contains @assemblyscript/loader, " +
  "Copyright 2017 Daniel Wirtz / The AssemblyScript Authors, Apache-2.0. */";

/** Entry points besides the core: name in the package → module in build/js. */
const entries = {
  methods: "ts/methods/index.js",
  nn: "ts/nn/index.js",
  optim: "ts/optim/index.js",
  plot: "ts/plot/index.js",
  random: "ts/random/index.js",
};
/** Those that the core has as namespaces of the same names: doors into it, lists of names alone. */
const doors = ["fft", "linalg", "special", "stats"];
const DOOR = "door:";
const own = Object.fromEntries(
  Object.entries(entries).map(([name, path]) => [name, join(JS, path)]),
);
const present = { ...own, ...Object.fromEntries(doors.map((name) => [name, DOOR + name])) };
const index = join(JS, "ts/index.js");

/** A door is a module outside the core, which would otherwise be put behind it. */
const doorsOutside = {
  name: "doors-outside",
  resolveId: (id) => (id.startsWith(DOOR) ? id : null),
  load(id) {
    if (!id.startsWith(DOOR)) return null;
    const path = join(JS, "ts", id.slice(DOOR.length), "index.js");
    return `export * from ${JSON.stringify(path)};`;
  },
};

/** Modules of one entry point only; all others belong to the core. */
const ofEntry = (id) =>
  id.startsWith(DOOR) ||
  Object.values(own).some((path) => id.startsWith(dirname(path) + "/")) ||
  id.endsWith("/build/generated/rows/methods.js") ||
  id.includes("/node_modules/") !== id.includes("/@assemblyscript/loader/");

/** Modules that ts/core.js is made of: in pages they are a file of their own. */
const inCore = (id, { getModuleInfo }) => {
  coreModules ??= reached(join(JS, "ts/core.js"), getModuleInfo);
  return coreModules.has(id);
};
let coreModules;

function reached(from, getModuleInfo, found = new Set()) {
  if (!found.has(from)) {
    found.add(from);
    for (const id of getModuleInfo(from)?.importedIds ?? []) reached(id, getModuleInfo, found);
  }
  return found;
}

/** Warnings fail the build; the one exception is tsc's helper for `using`, and cycles of others. */
function onLog(level, log, handler) {
  if (log.code === "THIS_IS_UNDEFINED") return;
  if (log.code === "CIRCULAR_DEPENDENCY" && log.message.includes("node_modules")) return;
  handler(level === "warn" ? "error" : level, log);
}

/** "../tapegrad.wasm" stays an import: it is the host that loads it. */
const hostWasm = {
  name: "host-wasm",
  resolveId: (id) => (/^\.\.\/tapegrad\.wasm(\?module)?$/.test(id) ? { id, external: true } : null),
};

/** Bytes stand for the file that a host would have to load. */
const bytesInside = {
  name: "bytes-inside",
  resolveId: (id) => (id === "#wasm" ? join(JS, "ts/wasm.default.js") : null),
};

/** Where the host loads the file, the core is whole: its parts need not travel. */
const withoutParts = {
  name: "without-parts",
  transform: (code, id) =>
    id.includes("/build/generated/parts/") ? code.replace(/"[-\w]{99,}"/, '""') : null,
};

/** A page has no packages either: a file of ours stands for the one that draws. */
const drawingBeside = {
  name: "drawing-beside",
  resolveId: (id) =>
    id === "@observablehq/plot" ? { id: "./browser.drawing.js", external: true } : null,
};

/** Leaves the code as it is, but for comments: they take Node longer to read than the code does. */
const withoutComments = terser({
  module: true,
  compress: false,
  mangle: false,
  format: {
    ascii_only: true,
    beautify: true,
    indent_level: 2,
    comments: /^!/,
    preserve_annotations: true,
  },
});

/** Types, the wasm file itself, and its type. */
const copyFiles = {
  name: "copy-files",
  writeBundle() {
    const types = join(LIB, "types");
    for (const name of readdirSync(JS, { recursive: true })) {
      if (
        !name.endsWith(".d.ts") ||
        /wasm\.\w+\.d\.ts$|bytes\.d\.ts$|generated[\\/]parts[\\/]/.test(name)
      )
        continue;
      mkdirSync(dirname(join(types, name)), { recursive: true });
      copyFileSync(join(JS, name), join(types, name));
    }
    writeFileSync(
      join(types, "module.d.ts"),
      "declare const module: WebAssembly.Module;\nexport default module;\n",
    );
    copyFileSync(DRAWING, join(LIB, "browser.drawing.js"));
    for (const name of readdirSync("build/wasm")) {
      if (/^tapegrad(\.threads)?(\.relaxed)?\.wasm$/.test(name)) {
        copyFileSync(join("build/wasm", name), join(LIB, name));
      }
    }
  },
};

/**
 * A set of files around one core.
 * @param {(name: string) => string} nameOf what an entry point is called in it
 * @param {import("rollup").RollupOptions} options
 */
function set(nameOf, { input = {}, small, ...options }) {
  const core = nameOf("index");
  const entries = Object.entries(present).map(([name, path]) => [nameOf(name), path]);
  return {
    input: { [core]: index, ...Object.fromEntries(entries), ...input },
    // What an entry point needs of the core beyond its public names, the core exports by one letter.
    preserveEntrySignatures: "allow-extension",
    onLog,
    makeAbsoluteExternalsRelative: false,
    ...options,
    output: {
      dir: LIB,
      format: "es",
      banner: (chunk) => (chunk.name === (small ?? core) ? BANNER : ""),
      entryFileNames: "[name].js",
      chunkFileNames: `${nameOf("[name]")}.js`,
      hoistTransitiveImports: false,
      manualChunks(id, meta) {
        if (small && inCore(id, meta)) return small;
        return ofEntry(id) || /wasm\.(workerd|edge)\.js$/.test(id) ? undefined : core;
      },
    },
  };
}

const naming = ownNames(join(JS, "ts"));
const packages = ["@observablehq/plot", "linkedom", /^node:/];
const library = [
  set((name) => name, {
    external: packages,
    plugins: [naming, bytesInside, doorsOutside, nodeResolve(), withoutComments, copyFiles],
  }),
  set((name) => `edge/${name}`, {
    input: {
      "edge/wasm.workerd": join(JS, "ts/wasm.workerd.js"),
      "edge/wasm.edge": join(JS, "ts/wasm.edge.js"),
    },
    external: ["#wasm", ...packages],
    plugins: [naming, hostWasm, withoutParts, doorsOutside, nodeResolve(), withoutComments],
  }),
  set((name) => (name === "index" ? "browser" : `browser.${name}`), {
    input: { "browser.core": join(JS, "ts/core.js") },
    small: "browser.core",
    external: ["linkedom", /^node:/],
    plugins: [
      naming,
      bytesInside,
      drawingBeside,
      doorsOutside,
      nodeResolve({ browser: true }),
      // Pages have no buffers of Node.
      terser({
        module: true,
        ecma: 2022,
        compress: {
          passes: 3,
          pure_getters: true,
          global_defs: { "@globalThis.Buffer": "undefined" },
        },
      }),
    ],
  }),
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
