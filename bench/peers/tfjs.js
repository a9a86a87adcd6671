// TensorFlow.js on its wasm (SIMD) or cpu backend.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BUNDLES } from "../bundle.js";
import { norm } from "../random.js";
import { formula } from "./tfjs/formula.js";
import { allowThreads } from "./tfjs/threads.js";
import { training } from "./tfjs/training.js";
import { transforms } from "./tfjs/transforms.js";

const WASM = "../node_modules/@tensorflow/tfjs-backend-wasm/dist/";

/**
 * What the workloads are written with.
 * @typedef {object} Tools
 * @property {any} tf
 * @property {(values: ArrayLike<number>, shape: number[]) => any} float32
 * @property {(t: any) => number} length Euclidean
 * @property {(t: any) => number} read its first element
 */

/** @returns {Promise<import("./index.js").Library>} */
export async function create(variant) {
  const { tf, wasm } = createRequire(import.meta.url)(BUNDLES.tfjs);
  const backend = variant === "cpu" ? "cpu" : "wasm";
  if (backend === "wasm") wasm.setWasmPaths(fileURLToPath(new URL(WASM, import.meta.url)));
  if (variant === "threads") allowThreads(tf, wasm);
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not start`);

  /** @type {Tools} */
  const tools = {
    tf,
    float32: (values, shape) => tf.tensor(Float32Array.from(values), shape, "float32"),
    length: (t) => norm(t.dataSync()),
    read: (t) => t.dataSync()[0],
  };
  return {
    version: tf.version_core,
    dtype: "float32",
    make: { ...formula(tools), ...transforms(tools), ...training(tools) },
  };
}
