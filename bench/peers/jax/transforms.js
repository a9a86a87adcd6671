// W3, W7, W8, W9, W11: values and gradients of functions of several arrays.

import { LAYERS } from "../../data.js";
import { norm } from "../../random.js";

/** @param {import("../jax.js").Tools} tools */
export function transforms({ jax, np, compiled, float32, length, finish }) {
  const { nn, grad, hessian, jvp, tree, valueAndGrad, vmap, blockUntilReady } = jax;

  /** A loss of arrays, differentiated by the first few of them. */
  const measured = (loss, arrays, differentiated) => {
    const argnums = Array.from({ length: differentiated }, (_, i) => i);
    const both = compiled(valueAndGrad(loss, { argnums }));
    return {
      call: () => finish(both(...tree.ref(arrays))),
      async norms() {
        const [value, gradients] = both(...tree.ref(arrays));
        value.dispose();
        return Promise.all(gradients.map(length));
      },
      dispose: () => tree.dispose(arrays),
    };
  };

  const rosenbrock = (n) => (x) => {
    const a = x.ref.slice([0, n - 1]);
    const b = x.slice([1, n]);
    const valley = np.square(b.sub(np.square(a.ref))).mul(100);
    return np.sum(valley.add(np.square(np.subtract(1, a))));
  };

  /** A function whose result is read whole. */
  const read = (run) => ({
    call: async () => (await run().data())[0],
    norms: async () => [await length(run())],
  });

  return {
    "W3.forward"({ n, a, b }) {
      const [x, y] = [a, b].map((values) => float32(values, [n, n]));
      const product = compiled((x, y) => np.matmul(x, y));
      return {
        async call() {
          const out = product(x.ref, y.ref);
          await out.blockUntilReady();
          out.dispose();
          return 0;
        },
        norms: async () => [await length(product(x.ref, y.ref))],
        dispose: () => tree.dispose([x, y]),
      };
    },

    "W3.gradients"({ n, a, b, c }) {
      const arrays = [a, b, c].map((values) => float32(values, [n, n]));
      return measured((x, y, z) => np.sum(np.matmul(x, y).mul(z)), arrays, 2);
    },

    W7({ steps, batch, hidden, inputs, ...data }) {
      const w = float32(data.w, [hidden, hidden]);
      const u = float32(data.u, [inputs, hidden]);
      const size = batch * inputs;
      const xs = Array.from({ length: steps }, (_, t) =>
        float32(data.xs.subarray(t * size, (t + 1) * size), [batch, inputs]),
      );
      const loss = (w, u, xs) => {
        let h = np.zeros([batch, hidden]);
        for (const x of xs) h = np.tanh(np.matmul(h, w.ref).add(np.matmul(x, u.ref)));
        tree.dispose([w, u]);
        return np.mean(np.square(h));
      };
      return measured(loss, [w, u, xs], 2);
    },

    "W8.hessian"({ n, ...data }) {
      const x = float32(data.x, [n]);
      const second = compiled(hessian(rosenbrock(n)));
      return read(() => second(x.ref));
    },

    "W8.product"({ n, ...data }) {
      const [x, v] = [data.x, data.v].map((values) => float32(values, [n]));
      const gradient = grad(rosenbrock(n));
      const along = compiled((x, v) => jvp(gradient, [x], [v])[1]);
      return read(() => along(x.ref, v.ref));
    },

    W9(data) {
      const x = float32(data.x, [data.batch, 2]);
      const y = float32(data.y, [data.batch, 1]);
      const p = Object.fromEntries(
        Object.entries(LAYERS.W4).map(([name, shape]) => [name, float32(data[name], shape)]),
      );
      const error = (p, x, y) => {
        const h1 = np.tanh(np.matmul(x.reshape([1, 2]), p.w1).add(p.b1));
        const h2 = np.tanh(np.matmul(h1, p.w2).add(p.b2));
        return np.sum(np.square(np.matmul(h2, p.w3).add(p.b3).sub(y)));
      };
      const each = compiled(vmap(valueAndGrad(error), [null, 0, 0]));
      const run = () => each(tree.ref(p), x.ref, y.ref);
      return {
        async call() {
          const [losses, gradients] = run();
          await blockUntilReady(gradients);
          tree.dispose(gradients);
          return (await losses.data()).reduce((a, b) => a + b, 0);
        },
        async norms() {
          const [losses, gradients] = run();
          losses.dispose();
          const parts = await Promise.all(Object.values(gradients).map((array) => array.data()));
          return [norm(...parts)];
        },
      };
    },

    "W11.sum"({ rows, columns, x }) {
      return measured((x) => np.sum(x), [float32(x, [rows, columns])], 1);
    },

    "W11.softmax"({ rows, columns, ...data }) {
      const arrays = [data.x, data.c].map((values) => float32(values, [rows, columns]));
      return measured((x, c) => np.sum(nn.softmax(x).mul(c)), arrays, 1);
    },

    "W11.layernorm"({ rows, columns, ...data }) {
      const [x, c] = [data.x, data.c].map((values) => float32(values, [rows, columns]));
      const [gain, bias] = [data.gain, data.bias].map((values) => float32(values, [columns]));
      const loss = (x, gain, bias, c) => {
        const centred = x.ref.sub(np.mean(x, 1, { keepdims: true }));
        const variance = np.mean(np.square(centred.ref), 1, { keepdims: true });
        const normal = centred.div(np.sqrt(variance.add(1e-5)));
        return np.sum(normal.mul(gain).add(bias).mul(c));
      };
      return measured(loss, [x, gain, bias, c], 3);
    },
  };
}
