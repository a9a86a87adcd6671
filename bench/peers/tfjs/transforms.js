// W3, W7, W8, W9, W11: values and gradients of functions of several tensors.

import { LAYERS } from "../../data.js";

/** @param {import("../tfjs.js").Tools} tools */
export function transforms({ tf, float32, length, read }) {
  /** A loss of some inputs: its value is read, its gradients are compared. */
  const measured = (loss, inputs) => {
    const both = tf.valueAndGrads(loss);
    return {
      call: () => tf.tidy(() => read(both(inputs).value)),
      norms: () => tf.tidy(() => both(inputs).grads.map(length)),
      dispose: () => tf.dispose(inputs),
    };
  };

  const rosenbrock = (n) => (x) => {
    const a = tf.slice(x, [0], [n - 1]);
    const b = tf.slice(x, [1], [n - 1]);
    const valley = tf.mul(100, tf.square(tf.sub(b, tf.square(a))));
    return tf.sum(tf.add(valley, tf.square(tf.sub(1, a))));
  };

  const network = (x, y) => (w1, b1, w2, b2, w3, b3) => {
    const h1 = tf.tanh(tf.add(tf.matMul(x, w1), b1));
    const h2 = tf.tanh(tf.add(tf.matMul(h1, w2), b2));
    return tf.sum(tf.square(tf.sub(tf.add(tf.matMul(h2, w3), b3), y)));
  };

  return {
    "W3.forward"({ n, a, b }) {
      const [x, y] = [a, b].map((values) => float32(values, [n, n]));
      return {
        call() {
          tf.matMul(x, y).dispose();
          return 0;
        },
        norms: () => tf.tidy(() => [length(tf.matMul(x, y))]),
        dispose: () => tf.dispose([x, y]),
      };
    },

    "W3.gradients"({ n, a, b, c }) {
      const [x, y, z] = [a, b, c].map((values) => float32(values, [n, n]));
      return measured((x, y) => tf.sum(tf.mul(tf.matMul(x, y), z)), [x, y]);
    },

    W7({ steps, batch, hidden, inputs, ...data }) {
      const w = float32(data.w, [hidden, hidden]);
      const u = float32(data.u, [inputs, hidden]);
      const size = batch * inputs;
      const xs = Array.from({ length: steps }, (_, t) =>
        float32(data.xs.subarray(t * size, (t + 1) * size), [batch, inputs]),
      );
      const loss = (w, u) => {
        let h = tf.zeros([batch, hidden]);
        for (const x of xs) h = tf.tanh(tf.add(tf.matMul(h, w), tf.matMul(x, u)));
        return tf.mean(tf.square(h));
      };
      return measured(loss, [w, u]);
    },

    /** There is no `hessian`: as many products with a vector as it has rows. */
    "W8.hessian"({ n, ...data }) {
      const x = float32(data.x, [n]);
      const basis = tf.unstack(tf.eye(n));
      const gradient = tf.grad(rosenbrock(n));
      const row = (v) => tf.grad((x) => tf.sum(tf.mul(gradient(x), v)))(x);
      const hessian = () => tf.stack(basis.map(row));
      return {
        call: () => tf.tidy(() => read(hessian())),
        norms: () => tf.tidy(() => [length(hessian())]),
      };
    },

    "W8.product"({ n, ...data }) {
      const [x, v] = [data.x, data.v].map((values) => float32(values, [n]));
      const gradient = tf.grad(rosenbrock(n));
      const product = tf.grad((x) => tf.sum(tf.mul(gradient(x), v)));
      return {
        call: () => tf.tidy(() => read(product(x))),
        norms: () => tf.tidy(() => [length(product(x))]),
      };
    },

    /** There is no `vmap`: one example after the other. */
    W9(data) {
      const x = float32(data.x, [data.batch, 2]);
      const y = float32(data.y, [data.batch, 1]);
      const p = Object.entries(LAYERS.W4).map(([name, shape]) => float32(data[name], shape));
      const each = Array.from({ length: data.batch }, (_, i) =>
        tf.valueAndGrads(network(tf.slice(x, [i, 0], [1, 2]), tf.slice(y, [i, 0], [1, 1]))),
      );
      const all = () => {
        let loss = 0;
        const gradients = p.map(() => []);
        for (const both of each) {
          const { value, grads } = both(p);
          loss += read(value);
          grads.forEach((gradient, i) => gradients[i].push(gradient));
        }
        return { loss, stacked: gradients.map((list) => tf.stack(list)) };
      };
      return {
        call: () => tf.tidy(() => all().loss),
        norms: () => tf.tidy(() => [Math.hypot(...all().stacked.map(length))]),
      };
    },

    "W11.sum"({ rows, columns, x }) {
      return measured((x) => tf.sum(x), [float32(x, [rows, columns])]);
    },

    "W11.softmax"({ rows, columns, ...data }) {
      const [x, c] = [data.x, data.c].map((values) => float32(values, [rows, columns]));
      return measured((x) => tf.sum(tf.mul(tf.softmax(x), c)), [x]);
    },

    "W11.layernorm"({ rows, columns, ...data }) {
      const [x, c] = [data.x, data.c].map((values) => float32(values, [rows, columns]));
      const [gain, bias] = [data.gain, data.bias].map((values) => float32(values, [columns]));
      const loss = (x, gain, bias) => {
        const centred = tf.sub(x, tf.mean(x, 1, true));
        const variance = tf.mean(tf.square(centred), 1, true);
        const normal = tf.div(centred, tf.sqrt(tf.add(variance, 1e-5)));
        return tf.sum(tf.mul(tf.add(tf.mul(normal, gain), bias), c));
      };
      return measured(loss, [x, gain, bias]);
    },
  };
}
