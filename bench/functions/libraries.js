// What measuring needs of each library: tensors of the inputs, calls that are executed whole, and numbers.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BUNDLES } from "../bundle.js";

const WASM = "../node_modules/@tensorflow/tfjs-backend-wasm/dist/";

/**
 * @typedef {object} Call
 * @property {() => unknown} run executes it; a promise is waited for
 * @property {() => Promise<ArrayLike<number>[]>} read what it gives
 */

/**
 * @typedef {object} Kit
 * @property {any} library what makers of a row take
 * @property {(values: Float64Array, shape: number[], kind: Kind, order?: number[]) => any} tensor
 * @property {(f: Function, inputs: any[], back?: number[]) => Call} value
 * @property {(f: Function, inputs: any[], by: number[], orders?: number[][]) => Call} slopes gradients
 *   of the sum of squares of what f gives, by some of its inputs
 */

/** @typedef {"float" | "int" | "bool"} Kind */

/** @type {Record<string, () => Promise<Kit>>} */
export const KITS = {
  tapegrad: () => tapegrad("float32"),
  /** Tells what is right. */
  exact: () => tapegrad("float64"),
  tfjs,
  jax,
};

/** @returns {Promise<Kit>} */
async function tapegrad(float) {
  const core = await import("../../build/lib/index.js");
  const nn = await import("../../build/lib/nn.js");
  const { square, sum, tensor, tidy, valueAndGrad } = core;
  const dtypes = /** @type {const} */ ({ float, int: "int32", bool: "bool" });
  return {
    library: { ...core, nn },
    tensor: (values, shape, kind) => tensor(values, { dtype: dtypes[kind] }).reshape(shape),
    value: (f, inputs) => ({
      // One element is read, so that nothing waits; and all is freed at once, as it is in the others.
      run: () =>
        tidy(() =>
          f(...inputs)
            .reshape([-1])
            .at(0)
            .item(),
        ),
      read: async () => [f(...inputs).data()],
    }),
    slopes(f, inputs, argnums) {
      const both = valueAndGrad((...xs) => sum(square(f(...xs))), { argnums });
      return {
        run: () => tidy(() => both(...inputs)[0].item()),
        read: async () => both(...inputs)[1].map((slope) => slope.data()),
      };
    },
  };
}

/** @returns {Promise<Kit>} */
async function tfjs() {
  const { tf, wasm } = createRequire(import.meta.url)(BUNDLES.tfjs);
  wasm.setWasmPaths(fileURLToPath(new URL(WASM, import.meta.url)));
  if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend did not start");
  const dtypes = { float: "float32", int: "int32", bool: "bool" };
  const turned = (x, order) => (order ? tf.transpose(x, order) : x);
  return {
    library: tf,
    tensor: (values, shape, kind, order) =>
      tf.tidy(() => turned(tf.tensor(new Float32Array(values), shape).cast(dtypes[kind]), order)),
    value: (f, inputs, back) => ({
      run: () => tf.tidy(() => void f(...inputs)),
      read: async () => [tf.tidy(() => turned(first(f(...inputs)), back).dataSync())],
    }),
    slopes(f, inputs, by, orders = []) {
      const both = tf.valueAndGrads((...xs) => {
        const all = inputs.map((input, i) => (by.includes(i) ? xs[by.indexOf(i)] : input));
        return tf.sum(tf.square(f(...all)));
      });
      const chosen = by.map((i) => inputs[i]);
      const inverse = (order) => order?.map((_, axis) => order.indexOf(axis));
      return {
        run: () => tf.tidy(() => void both(chosen).value.dataSync()),
        read: async () =>
          tf.tidy(() =>
            both(chosen).grads.map((slope, i) => turned(slope, inverse(orders[by[i]])).dataSync()),
          ),
      };
    },
  };
}

/** `tf.unique` gives two tensors. */
const first = (y) => y.values ?? y;

/** @returns {Promise<Kit>} */
async function jax() {
  Object.assign(globalThis, { Float16Array: globalThis.Float16Array ?? class Float16Array {} });
  const library = await import("@jax-js/jax");
  const { blockUntilReady, jit, numpy, tree, valueAndGrad } = library;
  await library.init("wasm");
  library.defaultDevice("wasm");
  const dtypes = { float: numpy.float32, int: numpy.int32, bool: numpy.bool };
  return {
    library,
    tensor: (values, shape, kind) =>
      numpy.astype(numpy.array(new Float32Array(values)).reshape(shape), dtypes[kind]),
    value(f, inputs) {
      const once = jit((...xs) => f(...xs));
      return {
        async run() {
          const y = once(...tree.ref(inputs));
          await blockUntilReady(y);
          y.dispose();
        },
        read: async () => [await once(...tree.ref(inputs)).data()],
      };
    },
    slopes(f, inputs, argnums) {
      const loss = (...xs) => numpy.sum(numpy.square(f(...xs)));
      const both = jit(valueAndGrad(loss, { argnums }));
      return {
        async run() {
          const [value, slopes] = both(...tree.ref(inputs));
          await blockUntilReady([value, slopes].flat());
          await value.data();
          tree.dispose(slopes);
        },
        async read() {
          const [value, slopes] = both(...tree.ref(inputs));
          value.dispose();
          return Promise.all(slopes.map((slope) => slope.data()));
        },
      };
    },
  };
}
