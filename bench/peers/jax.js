// jax-js on its wasm device: "jit" compiles each workload once, "eager" does not.

import { readFileSync } from "node:fs";
import { norm } from "../random.js";
import { formula } from "./jax/formula.js";
import { training } from "./jax/training.js";
import { transforms } from "./jax/transforms.js";

/**
 * What the workloads are written with. An array is consumed where it is used, unless it is used
 * through `.ref`.
 * @typedef {object} Tools
 * @property {any} jax
 * @property {any} np
 * @property {(f: any) => any} compiled
 * @property {(values: ArrayLike<number>, shape: number[]) => any} float32
 * @property {(t: any) => Promise<number>} length Euclidean
 * @property {(t: any) => number} read its first element
 * @property {(result: [any, any]) => Promise<number>} finish executes both, reads the value
 */

/** @returns {Promise<import("./index.js").Library>} */
export async function create(variant) {
  // Without it, any Float64Array on Node 20 ends in "Float16Array is not defined".
  Object.assign(globalThis, { Float16Array: globalThis.Float16Array ?? class Float16Array {} });
  const jax = await import("@jax-js/jax");
  const { numpy: np, tree, blockUntilReady } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");

  /** @type {Tools} */
  const tools = {
    jax,
    np,
    compiled: variant === "jit" ? /** @type {any} */ (jax.jit) : (f) => f,
    float32: (values, shape) => np.array(Float32Array.from(values)).reshape([...shape]),
    length: async (t) => norm(await t.data()),
    read: (t) => t.dataSync()[0],
    async finish([value, gradients]) {
      await blockUntilReady([gradients].flat());
      const [first] = await value.data();
      tree.dispose(gradients);
      return first;
    },
  };
  const manifest = new URL("../node_modules/@jax-js/jax/package.json", import.meta.url);
  return {
    version: JSON.parse(readFileSync(manifest, "utf8")).version,
    dtype: "float32",
    make: { ...formula(tools), ...transforms(tools), ...training(tools) },
  };
}
