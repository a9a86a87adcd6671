// W4, W5 and W6: networks, and one step of gradient descent in either style.

import { COMPARED, LAYERS } from "../../data.js";
import { norm } from "../../random.js";
import {
  add,
  matmul,
  mean,
  multiply,
  noGrad,
  relu,
  square,
  subtract,
  tanh,
  tensor,
  valueAndGrad,
} from "../../tapegrad.js";
import { conv2d, crossEntropy, maxPool2d } from "../../tapegrad.nn.js";
import { parametersOf, tensorOf } from "./data.js";

/** The network 2-16-16-1. */
export const predict = (p, x) => {
  const h1 = tanh(add(matmul(x, p.w1), p.b1));
  const h2 = tanh(add(matmul(h1, p.w2), p.b2));
  return add(matmul(h2, p.w3), p.b3);
};

/** Each workload's loss, as a function of parameters. */
const LOSSES = {
  W4(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 2]);
    const y = tensorOf(data.y, "float32", [data.batch, 1]);
    return (p) => mean(square(subtract(predict(p, x), y)));
  },

  W5(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 784]);
    const labels = tensor(data.labels);
    return (p) => {
      const h1 = relu(add(matmul(x, p.w1), p.b1));
      const h2 = relu(add(matmul(h1, p.w2), p.b2));
      return crossEntropy(add(matmul(h2, p.w3), p.b3), labels);
    };
  },

  W6(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 1, 28, 28]);
    const labels = tensor(data.labels);
    return (p) => {
      const h1 = relu(conv2d(x, p.k1, { bias: p.c1, padding: "same" }));
      const h2 = relu(conv2d(maxPool2d(h1, 2), p.k2, { bias: p.c2, padding: "same" }));
      const flat = maxPool2d(h2, 2).reshape([data.batch, 1568]);
      return crossEntropy(add(matmul(flat, p.w3), p.b3), labels);
    };
  },
};

const layersOf = (kind) => (kind === "W6" ? LAYERS.W6first : LAYERS[kind]);

const norms = (kind, p) => COMPARED[kind].map((name) => norm(p[name].data()));

/** Leaves, backward(), .grad. */
export function imperative(data, { kind }) {
  const loss = LOSSES[kind](data);
  const p = parametersOf(data.firstChannels ?? data, layersOf(kind), { requiresGrad: true });
  const leaves = Object.values(p);
  return {
    call() {
      const value = loss(p);
      value.backward();
      noGrad(() => {
        for (const leaf of leaves) {
          leaf.assignSub(multiply(data.rate, leaf.grad));
          leaf.grad = null;
        }
      });
      return value.item();
    },
    norms: () => norms(kind, p),
  };
}

/** A function of parameters, and new ones every step. */
export function functional(data, { kind }) {
  let p = parametersOf(data.firstChannels ?? data, layersOf(kind));
  const both = valueAndGrad(LOSSES[kind](data));
  return {
    call() {
      const [value, gradients] = both(p);
      /** @type {Record<string, any>} */
      const next = {};
      for (const name in p) next[name] = subtract(p[name], multiply(data.rate, gradients[name]));
      p = next;
      return value.item();
    },
    norms: () => norms(kind, p),
  };
}
