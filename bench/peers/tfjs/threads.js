// Threads in Node: TensorFlow.js has them in browsers only, and starts its workers from blobs, which
// Node's workers refuse. Here they start from files.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { OUT } from "../../bundle.js";

const require = createRequire(import.meta.url);
const PARTS = "../../node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/";
const part = (name) => fileURLToPath(new URL(PARTS + name, import.meta.url));

export const THREADS = 2;

export function allowThreads(tf, wasm) {
  // It takes half of the cores it sees.
  const cores = os.cpus();
  os.cpus = () => [...cores, ...cores];
  const file = `${OUT}bundle/tfjs-worker.cjs`;
  writeFileSync(file, workerSource());
  const main = part("tfjs-backend-wasm-threaded-simd.js");
  const threads = require("node:worker_threads");
  threads.Worker = class extends threads.Worker {
    constructor(from, options) {
      super(String(from).startsWith("blob:") ? file : from, options);
      this.unref();
    }
    postMessage(message, transferred) {
      const load = message?.cmd === "load" ? { ...message, urlOrBlob: main } : message;
      super.postMessage(load, transferred);
    }
  };
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", true);
  wasm.setThreadsCount(THREADS);
}

/** The worker's program is a string in a file of the package; line ends in its strings are lost. */
function workerSource() {
  const module = { exports: /** @type {any} */ ({}) };
  const source = readFileSync(part("tfjs-backend-wasm-threaded-simd.worker.js"), "utf8");
  new Function("module", "exports", source)(module, module.exports);
  return module.exports.wasmWorkerContents.replaceAll("\n", "\\n");
}
