// What a page downloads to compute one gradient: the programs of `start`, bundled for a browser.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** What comes beside the script. */
const BESIDE = {
  tfjs: path("node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"),
};

const NAMES = ["plain", "tfjs-cpu", "tfjs", "jax-eager", "jax", "tapegrad"];

/** @returns {Promise<any[]>} rows */
export async function measureBytes(peers) {
  const { build } = await import("esbuild");
  const size = async ({ id: peer }) => {
    if (!NAMES.includes(peer)) return { peer, id: "bytes", unsupported: "has no program for it" };
    const { outputFiles } = await build({
      entryPoints: [path(`start/${peer}.js`)],
      bundle: true,
      minify: true,
      write: false,
      splitting: true,
      outdir: "page",
      format: "esm",
      platform: "browser",
      target: "es2022",
      mainFields: ["browser", "module", "main"],
      external: ["fs", "path", "os", "worker_threads", "perf_hooks", "node:*"],
      logLevel: "error",
    });
    // Backends for graphics cards are loaded when they are asked for.
    const scripts = outputFiles.filter((file) => !/webgpu|webgl/.test(file.path));
    const parts = scripts.map(({ contents }) => Buffer.from(contents));
    if (BESIDE[peer]) parts.push(readFileSync(BESIDE[peer]));
    const total = (measure) => parts.reduce((sum, part) => sum + measure(part).length, 0);
    return {
      peer,
      id: "bytes",
      sizes: {
        raw: total((part) => part),
        gzip: total((part) => gzipSync(part, { level: 9 })),
        brotli: total((part) => brotliCompressSync(part)),
      },
    };
  };
  return [...(await Promise.all(peers.map(size))), core()];
}

/** The whole core in one file, which has a goal of its own. */
function core() {
  const file = readFileSync(path("../build/lib/browser.js"));
  const sizes = {
    raw: file.length,
    gzip: gzipSync(file, { level: 9 }).length,
    brotli: brotliCompressSync(file).length,
  };
  return { peer: "tapegrad", id: "bytes.core", sizes };
}
