// jax-js on its wasm device: "jit" compiles each workload once, "eager" does not.

import { readFileSync } from "node:fs";
import { LAYERS, norm } from "../workloads.js";

/** @returns {Promise<import("./index.js").Library>} */
export async function create(variant) {
  // Without it, any Float64Array on Node 20 ends in "Float16Array is not defined".
  Object.assign(globalThis, { Float16Array: globalThis.Float16Array ?? class Float16Array {} });
  const jax = await import("@jax-js/jax");
  const { numpy: np, grad, valueAndGrad, tree, blockUntilReady } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");

  /** @type {(f: any) => any} */
  const compiled = variant === "jit" ? jax.jit : (f) => f;
  const float32 = (values, shape) => np.array(Float32Array.from(values)).reshape([...shape]);
  const length = async (t) => norm(await t.data());
  const read = (t) => t.dataSync()[0];
  // An array is consumed where it is used, unless used through `.ref`.
  const f = (x) => {
    const y = np.exp(x.mul(-2));
    return np.subtract(1, y.ref).div(np.add(1, y));
  };

  /** @type {import("./index.js").Library["make"]} */
  const make = {
    W1({ x }) {
      const both = compiled(valueAndGrad(f));
      return { call: () => both(np.array(x)).map(read) };
    },

    W1b({ x }) {
      const third = compiled(grad(grad(grad(f))));
      return { call: () => read(third(np.array(x))) };
    },

    W2(data, { dtype }) {
      const x =
        dtype === "float64" ? np.array(data.x, { dtype: np.float64 }) : float32(data.x, [-1]);
      const both = compiled(valueAndGrad((x) => np.sum(f(x))));
      return {
        async call() {
          const [value, gradient] = both(x.ref);
          await blockUntilReady([gradient]);
          const [sum] = await value.data();
          gradient.dispose();
          return sum;
        },
        async norms() {
          const [value, gradient] = both(x.ref);
          value.dispose();
          return [await length(gradient)];
        },
        dispose: () => x.dispose(),
      };
    },

    W4(data) {
      const x = float32(data.x, [data.batch, 2]);
      const y = float32(data.y, [data.batch, 1]);
      /** @type {Record<string, any>} */
      let parameters = Object.fromEntries(
        Object.entries(LAYERS).map(([name, shape]) => [name, float32(data[name], shape)]),
      );
      const loss = (p, x, y) => {
        const h1 = np.tanh(np.matmul(x, p.w1).add(p.b1));
        const h2 = np.tanh(np.matmul(h1, p.w2).add(p.b2));
        return np.mean(np.square(np.matmul(h2, p.w3).add(p.b3).sub(y)));
      };
      const step = compiled((p, x, y) => {
        const [value, gradients] = valueAndGrad(loss)(tree.ref(p), x, y);
        const move = (name) => p[name].sub(gradients[name].mul(data.rate));
        return [value, Object.fromEntries(Object.keys(p).map((name) => [name, move(name)]))];
      });
      return {
        async call() {
          const [value, next] = step(parameters, x.ref, y.ref);
          parameters = next;
          await blockUntilReady(parameters);
          return (await value.data())[0];
        },
        norms: () => Promise.all(["w1", "w2", "w3"].map((name) => length(parameters[name].ref))),
        dispose: () => tree.dispose([parameters, x, y]),
      };
    },

    deep({ x, steps }) {
      const slope = (deepest) =>
        compiled(
          grad((x) => {
            let y = x;
            for (let i = 0; i < steps; i++) y = y.mul(1.0001).add(0.001);
            deepest();
            return y;
          }),
        );
      const once = slope(() => {});
      return {
        call: () => read(once(np.array(x))),
        deep: (deepest) => read(slope(deepest)(np.array(x))),
      };
    },
  };
  const manifest = new URL("../node_modules/@jax-js/jax/package.json", import.meta.url);
  return { version: JSON.parse(readFileSync(manifest, "utf8")).version, dtype: "float32", make };
}
