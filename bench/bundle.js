// Peers that need a bundler, or start faster with one, get it.

import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Where results go. */
export const OUT = path("../build/bench/");

export const BUNDLES = { tfjs: `${OUT}bundle/tfjs.cjs` };

/** The arguments of the `node` that computes a first gradient, by peer; and of one that does not. */
export const STARTS = {
  empty: [path("start/empty.js")],
  plain: [path("start/plain.js")],
  "tfjs-cpu": [`${OUT}bundle/tfjs-cpu.mjs`],
  tfjs: [`${OUT}bundle/tfjs.mjs`, path("node_modules/@tensorflow/tfjs-backend-wasm/dist/")],
  "jax-eager": [`${OUT}bundle/jax-eager.mjs`],
  jax: [`${OUT}bundle/jax.mjs`],
  tapegrad: [path("start/tapegrad.js")],
};

/** What a CommonJS package expects to find around itself. */
const SHIM = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { dirname: __dirname, filename: __filename } = { dirname: ".", filename: "." };`;

/** Writes the bundles: one second or so. */
export async function bundle() {
  const { build, stop } = await import("esbuild");
  const common = {
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "error",
  };
  await Promise.all([
    // The packages call themselves free of side effects, but register backends and gradients.
    build({
      ...common,
      entryPoints: [path("peers/tfjs.bundle.js")],
      format: "cjs",
      ignoreAnnotations: true,
      outfile: BUNDLES.tfjs,
    }),
    build({
      ...common,
      entryPoints: ["tfjs", "tfjs-cpu", "jax", "jax-eager"].map((name) => path(`start/${name}.js`)),
      format: "esm",
      minify: true,
      banner: { js: SHIM },
      outdir: `${OUT}bundle`,
      outExtension: { ".js": ".mjs" },
    }),
  ]);
  // Its process would stay for the whole run.
  await stop();
}
