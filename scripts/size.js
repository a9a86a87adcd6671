// What a browser downloads, wasm included, in bytes.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { ensure } from "./ensure.js";
import { script } from "./lib/run.js";
import { at } from "./lib/tree.js";

/**
 * @param {string} label
 * @param {Uint8Array | string} content
 */
function row(label, content) {
  const bytes = Buffer.from(content);
  return {
    label,
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

/**
 * A page that imports some names, bundled and minified as users do.
 * @param {string} source
 */
async function page(source) {
  const [{ rollup }, { default: terser }] = await Promise.all([
    import("rollup"),
    import("@rollup/plugin-terser"),
  ]);
  const bundle = await rollup({
    input: "page",
    onLog() {},
    plugins: [
      {
        name: "page",
        resolveId(id) {
          if (id === "page") return id;
          return id === "tapegrad"
            ? { id: at("build/lib/index.js"), moduleSideEffects: false }
            : null;
        },
        load: (id) => (id === "page" ? source : null),
      },
      terser({ module: true }),
    ],
  });
  const { output } = await bundle.generate({ format: "es" });
  return output[0].code;
}

await script(async () => {
  await ensure();
  const lib = (/** @type {string} */ name) => readFileSync(at("build/lib", name));
  const { digits, unpacker } = await import(
    pathToFileURL(at("build/js/build/generated/bytes.js")).href
  );
  const travelling = unpacker + digits;
  const program = async (/** @type {string} */ names) =>
    row(`import { ${names} } from "tapegrad"`, await page(`export { ${names} } from "tapegrad";`));
  const rows = [
    row("core: browser.core.js, one file", lib("browser.core.js")),
    row("  of it the wasm, as it travels", travelling),
    row("the rest: browser.js, beside core", lib("browser.js")),
    row("  with the parts of the wasm", lib("tapegrad.wasm")),
    await program("grad"),
    await program("compile, grad"),
    await program("grad, linalg"),
    ...["threads", "relaxed", "threads.relaxed"].map((name) =>
      row(`tapegrad.${name}.wasm, on request`, lib(`tapegrad.${name}.wasm`)),
    ),
    row("nn: browser.nn.js, beside core", lib("browser.nn.js")),
    row("plot: browser.plot.js, beside core", lib("browser.plot.js")),
    row("  and what it draws with", lib("browser.drawing.js")),
  ];
  const number = (/** @type {number} */ n) => n.toLocaleString("en").padStart(9);
  console.log(`${"bytes".padEnd(38)}     raw     gzip    brotli`);
  for (const { label, raw, gzip, brotli } of rows) {
    console.log(`${label.padEnd(34)}${number(raw)}${number(gzip)}${number(brotli).padStart(10)}`);
  }
});
