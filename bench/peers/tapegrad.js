// tapegrad itself. The network is trained in the imperative style, or in the functional one.

import { readFileSync } from "node:fs";
import { LAYERS, norm } from "../workloads.js";
import {
  add,
  divide,
  exp,
  grad,
  matmul,
  mean,
  multiply,
  noGrad,
  square,
  subtract,
  sum,
  tanh,
  tensor,
  valueAndGrad,
} from "../tapegrad.js";

const typed = (values, dtype) => tensor(dtype === "float32" ? Float32Array.from(values) : values);

const f = (x) => {
  const y = exp(multiply(x, -2));
  return divide(subtract(1, y), add(1, y));
};

const predict = (p, x) => {
  const h1 = tanh(add(matmul(x, p.w1), p.b1));
  const h2 = tanh(add(matmul(h1, p.w2), p.b2));
  return add(matmul(h2, p.w3), p.b3);
};

/** @returns {Promise<import("./index.js").Library>} */
export async function create(style) {
  const manifest = new URL("../../package.json", import.meta.url);
  return {
    version: JSON.parse(readFileSync(manifest, "utf8")).version,
    dtype: "float64",
    make: {
      W1({ x }) {
        const both = valueAndGrad(f);
        return { call: () => both(x) };
      },
      W1b({ x }) {
        const third = grad(grad(grad(f)));
        return { call: () => third(x) };
      },
      W2: elementwise,
      W4: style === "functional" ? functional : imperative,
      deep: chain,
    },
  };
}

/** @type {import("./index.js").Library["make"][string]} */
function elementwise(data, { dtype }) {
  const x = typed(data.x, dtype);
  const both = valueAndGrad((x) => sum(f(x)));
  return {
    call: () => both(x)[0].item(),
    norms: () => [norm(both(x)[1].data())],
    dispose: () => x.dispose(),
  };
}

/** @type {import("./index.js").Library["make"][string]} */
function imperative(data) {
  const x = typed(data.x, "float32").reshape([data.batch, 2]);
  const y = typed(data.y, "float32").reshape([data.batch, 1]);
  const p = parameters(data, { requiresGrad: true });
  const leaves = Object.values(p);
  return {
    call() {
      const loss = mean(square(subtract(predict(p, x), y)));
      loss.backward();
      noGrad(() => {
        for (const leaf of leaves) {
          leaf.assignSub(multiply(data.rate, leaf.grad));
          leaf.grad = null;
        }
      });
      return loss.item();
    },
    norms: () => [p.w1, p.w2, p.w3].map((leaf) => norm(leaf.data())),
  };
}

/** @type {import("./index.js").Library["make"][string]} */
function functional(data) {
  const x = typed(data.x, "float32").reshape([data.batch, 2]);
  const y = typed(data.y, "float32").reshape([data.batch, 1]);
  let p = parameters(data);
  const both = valueAndGrad((p) => mean(square(subtract(predict(p, x), y))));
  return {
    call() {
      const [loss, gradients] = both(p);
      /** @type {Record<string, any>} */
      const next = {};
      for (const name in p) next[name] = subtract(p[name], multiply(data.rate, gradients[name]));
      p = next;
      return loss.item();
    },
    norms: () => [p.w1, p.w2, p.w3].map((leaf) => norm(leaf.data())),
  };
}

/** The network's parameters, as leaves or as plain tensors. */
function parameters(data, { requiresGrad = false } = {}) {
  const leaf = ([name, shape]) => [
    name,
    tensor(nested(data[name], shape), { dtype: "float32", requiresGrad }),
  ];
  return Object.fromEntries(Object.entries(LAYERS).map(leaf));
}

/** A matrix as rows; a vector as it is. */
function nested(values, [rows, columns]) {
  if (columns === undefined) return Array.from(values);
  return Array.from({ length: rows }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );
}

/** @type {import("./index.js").Library["make"][string]} */
function chain({ x, steps }) {
  const slope = (deepest) =>
    grad((x) => {
      let y = x;
      for (let i = 0; i < steps; i++) y = add(multiply(y, 1.0001), 0.001);
      deepest();
      return y;
    });
  const once = slope(() => {});
  return { call: () => once(x), deep: (deepest) => slope(deepest)(x) };
}
