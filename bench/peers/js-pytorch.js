// js-pytorch on the CPU: nested arrays of float64 numbers. It has no optimiser for gradient descent
// and no tanh: both are written with what it has.

import { readFileSync } from "node:fs";
import { COMPARED, LAYERS } from "../data.js";
import { norm } from "../random.js";
import { Unsupported } from "./unsupported.js";

/** Nobody waits for longer than half a minute; a call would take that. */
const refuse = (condition) => {
  if (condition) throw new Unsupported("would take longer than 20 s");
};

/** @returns {Promise<import("./index.js").Library>} */
export async function create() {
  const { torch } = await import("js-pytorch");
  const array = (values, shape, leaf = false) => torch.tensor(nested(values, shape), leaf);
  const length = (values) => norm([values].flat(Infinity));
  const read = (t) => [t.data].flat(Infinity)[0];
  /** Not `torch.sum`: that keeps an axis. */
  const total = (t) => {
    while (t.shape.length > 1 || t.shape[0] > 1) t = t.sum(0);
    return t;
  };
  const f = (x) => {
    const y = torch.exp(torch.mul(x, -2));
    return torch.div(torch.add(torch.neg(y), 1), torch.add(y, 1));
  };
  const tanh = f;
  const dense = (x, w, b) => torch.add(torch.matmul(x, w), b);
  const error = ([w1, b1, w2, b2, w3, b3], x, y) => {
    const difference = dense(tanh(dense(tanh(dense(x, w1, b1)), w2, b2)), w3, b3).sub(y);
    return total(torch.mul(difference, difference));
  };

  /** A loss of leaves, whose gradients start anew in every call. */
  const measured = (loss, leaves) => ({
    call() {
      for (const leaf of leaves) leaf.zero_grad();
      const value = loss();
      value.backward();
      return read(value);
    },
    norms: () => leaves.map(({ grad }) => length(grad)),
  });

  const trained = (loss, leaves, rate, compared) => {
    const once = () => {
      const value = loss();
      value.backward();
      for (const leaf of leaves) {
        descend(leaf.data, leaf.grad, rate);
        leaf.zero_grad();
      }
      return read(value);
    };
    return { call: once, natural: once, norms: () => compared.map(({ data }) => length(data)) };
  };

  const leavesOf = (data, kind) => {
    const all = Object.entries(LAYERS[kind]).map(([name, shape]) => array(data[name], shape, true));
    const names = Object.keys(LAYERS[kind]);
    return { all, compared: all.filter((_, i) => COMPARED[kind].includes(names[i])) };
  };

  const lacks = (what) => () => {
    throw new Unsupported(`has no ${what}`);
  };

  /** @type {import("./index.js").Library["make"]} */
  const make = {
    W1b: lacks("higher derivatives"),
    W6: lacks("convolution"),
    "W8.hessian": lacks("higher derivatives"),
    "W8.product": lacks("higher derivatives"),

    W1({ x }) {
      return {
        call() {
          const point = torch.tensor([x], true);
          const y = f(point);
          y.backward();
          return [read(y), point.grad[0]];
        },
      };
    },

    W2({ x: values }, { dtype }) {
      if (dtype === "float32") throw new Unsupported("has float64 only");
      refuse(values.length > 1e6);
      const x = array(values, [values.length], true);
      return measured(() => total(f(x)), [x]);
    },

    "W3.forward"({ n, a, b }) {
      refuse(n > 512);
      const [x, y] = [a, b].map((values) => array(values, [n, n]));
      return {
        call() {
          torch.matmul(x, y);
          return 0;
        },
        norms: () => [length(torch.matmul(x, y).data)],
      };
    },

    "W3.gradients"({ n, a, b, c }) {
      refuse(n > 256);
      const [x, y] = [a, b].map((values) => array(values, [n, n], true));
      const z = array(c, [n, n]);
      return measured(() => total(torch.mul(torch.matmul(x, y), z)), [x, y]);
    },

    W4(data) {
      const x = array(data.x, [data.batch, 2]);
      const y = array(data.y, [data.batch, 1]);
      const { all, compared } = leavesOf(data, "W4");
      const loss = () => torch.mul(error(all, x, y), 1 / data.batch);
      return trained(loss, all, data.rate, compared);
    },

    W5(data) {
      const x = array(data.x, [data.batch, 784]);
      const labels = torch.tensor(Array.from(data.labels));
      const { all, compared } = leavesOf(data, "W5");
      const [w1, b1, w2, b2, w3, b3] = all;
      const relu = new torch.nn.ReLU();
      const crossEntropy = new torch.nn.CrossEntropyLoss();
      const loss = () => {
        const h1 = relu.forward(dense(x, w1, b1));
        const h2 = relu.forward(dense(h1, w2, b2));
        return crossEntropy.forward(dense(h2, w3, b3), labels);
      };
      return trained(loss, all, data.rate, compared);
    },

    W7({ steps, batch, hidden, inputs, ...data }) {
      const w = array(data.w, [hidden, hidden], true);
      const u = array(data.u, [inputs, hidden], true);
      const size = batch * inputs;
      const xs = Array.from({ length: steps }, (_, t) =>
        array(data.xs.subarray(t * size, (t + 1) * size), [batch, inputs]),
      );
      const loss = () => {
        let h = torch.zeros([batch, hidden]);
        for (const x of xs) h = tanh(torch.add(torch.matmul(h, w), torch.matmul(x, u)));
        return torch.mul(total(torch.mul(h, h)), 1 / (batch * hidden));
      };
      return measured(loss, [w, u]);
    },

    W9(data) {
      const { all } = leavesOf(data, "W4");
      const [xs, ys] = ["x", "y"].map((name) =>
        Array.from({ length: data.batch }, (_, i) => {
          const size = data[name].length / data.batch;
          return array(data[name].subarray(i * size, (i + 1) * size), [1, size]);
        }),
      );
      let gradients = [];
      return {
        call() {
          let sum = 0;
          gradients = xs.map((x, i) => {
            for (const leaf of all) leaf.zero_grad();
            const value = error(all, x, ys[i]);
            value.backward();
            sum += read(value);
            return all.map(({ grad }) => grad);
          });
          return sum;
        },
        norms: () => [length(gradients)],
      };
    },

    "W11.sum"(data) {
      const x = array(data.x, [data.rows, data.columns], true);
      return measured(() => total(x), [x]);
    },

    "W11.softmax"(data) {
      const x = array(data.x, [data.rows, data.columns], true);
      const c = array(data.c, [data.rows, data.columns]);
      const softmax = new torch.nn.Softmax();
      return measured(() => total(torch.mul(softmax.forward(x, -1), c)), [x]);
    },

    "W11.layernorm"(data) {
      const x = array(data.x, [data.rows, data.columns], true);
      const c = array(data.c, [data.rows, data.columns]);
      const layer = new torch.nn.LayerNorm(data.columns);
      layer.gamma = array(data.gain, [data.columns], true);
      layer.beta = array(data.bias, [data.columns], true);
      const loss = () => total(torch.mul(layer.forward(x), c));
      return measured(loss, [x, layer.gamma, layer.beta]);
    },

    deep({ x, steps }) {
      return {
        call() {
          const point = torch.tensor([x], true);
          let y = point;
          for (let i = 0; i < steps; i++) y = torch.add(torch.mul(y, 1.0001), 0.001);
          y.backward();
          return point.grad[0];
        },
      };
    },
  };
  const manifest = new URL("../node_modules/js-pytorch/package.json", import.meta.url);
  return { version: JSON.parse(readFileSync(manifest, "utf8")).version, dtype: "float64", make };
}

/** A matrix as rows; a vector as it is. */
function nested(values, [rows, columns]) {
  if (columns === undefined) return Array.from(values);
  return Array.from({ length: rows }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );
}

/** One step of gradient descent, in place. */
function descend(values, gradient, rate) {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === "number") values[i] -= rate * gradient[i];
    else descend(values[i], gradient[i], rate);
  }
}
