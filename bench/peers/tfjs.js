// TensorFlow.js on its wasm (SIMD, one thread) or cpu backend.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { BUNDLES } from "../bundle.js";
import { LAYERS, norm } from "../workloads.js";
import { Unsupported } from "./index.js";

const WASM = "../node_modules/@tensorflow/tfjs-backend-wasm/dist/";

/** @returns {Promise<import("./index.js").Library>} */
export async function create(backend) {
  const { tf, wasm } = createRequire(import.meta.url)(BUNDLES.tfjs);
  if (backend === "wasm") wasm.setWasmPaths(fileURLToPath(new URL(WASM, import.meta.url)));
  if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend did not start`);

  const float32 = (values, shape) => tf.tensor(Float32Array.from(values), shape, "float32");
  const length = (t) => norm(t.dataSync());
  const read = (t) => t.dataSync()[0];
  const f = (x) => {
    const y = tf.exp(tf.mul(x, -2));
    return tf.div(tf.sub(1, y), tf.add(1, y));
  };

  /** @type {import("./index.js").Library["make"]} */
  const make = {
    W1({ x }) {
      const both = tf.valueAndGrad(f);
      return {
        call: () =>
          tf.tidy(() => {
            const { value, grad } = both(tf.scalar(x));
            return [read(value), read(grad)];
          }),
      };
    },

    W1b({ x }) {
      const third = tf.grad((x) => tf.grad((x) => tf.grad(f)(x))(x));
      return { call: () => tf.tidy(() => read(third(tf.scalar(x)))) };
    },

    W2({ x }, { dtype, n }) {
      if (dtype === "float64") throw new Unsupported("has no float64");
      const input = float32(x, [n ?? 0]);
      const both = tf.valueAndGrad((x) => tf.sum(f(x)));
      return {
        call: () => tf.tidy(() => read(both(input).value)),
        norms: () => tf.tidy(() => [length(both(input).grad)]),
        dispose: () => input.dispose(),
      };
    },

    W4(data) {
      const x = float32(data.x, [data.batch, 2]);
      const y = float32(data.y, [data.batch, 1]);
      const parameters = Object.entries(LAYERS).map(([name, shape]) =>
        tf.variable(float32(data[name], shape)),
      );
      const [w1, b1, w2, b2, w3, b3] = parameters;
      const optimizer = tf.train.sgd(data.rate);
      const loss = () => {
        const h1 = tf.tanh(tf.add(tf.matMul(x, w1), b1));
        const h2 = tf.tanh(tf.add(tf.matMul(h1, w2), b2));
        return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(h2, w3), b3), y)));
      };
      return {
        call: () => tf.tidy(() => read(optimizer.minimize(loss, true, parameters))),
        norms: () => [w1, w2, w3].map(length),
        dispose: () => tf.dispose([x, y, ...parameters]),
      };
    },

    deep({ x, steps }) {
      const slope = (deepest) =>
        tf.grad((x) => {
          let y = x;
          for (let i = 0; i < steps; i++) y = tf.add(tf.mul(y, 1.0001), 0.001);
          deepest();
          return y;
        });
      const run = (deepest) => tf.tidy(() => read(slope(deepest)(tf.scalar(x))));
      return { call: () => run(() => {}), deep: run };
    },
  };
  return { version: tf.version_core, dtype: "float32", make };
}
