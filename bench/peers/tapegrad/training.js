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

/** Each workload's loss, as a function of parameters, and its further arguments. */
const LOSSES = {
  W4(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 2]);
    const y = tensorOf(data.y, "float32", [data.batch, 1]);
    return { loss: (p, x, y) => mean(square(subtract(predict(p, x), y))), batch: [x, y] };
  },

  W5(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 784]);
    const loss = (p, x, labels) => {
      const h1 = relu(add(matmul(x, p.w1), p.b1));
      const h2 = relu(add(matmul(h1, p.w2), p.b2));
      return crossEntropy(add(matmul(h2, p.w3), p.b3), labels);
    };
    return { loss, batch: [x, tensor(data.labels)] };
  },

  W6(data) {
    const x = tensorOf(data.x, "float32", [data.batch, 1, 28, 28]);
    const loss = (p, x, labels) => {
      const h1 = relu(conv2d(x, p.k1, { bias: p.c1, padding: "same" }));
      const h2 = relu(conv2d(maxPool2d(h1, 2), p.k2, { bias: p.c2, padding: "same" }));
      const flat = maxPool2d(h2, 2).reshape([data.batch, 1568]);
      return crossEntropy(add(matmul(flat, p.w3), p.b3), labels);
    };
    return { loss, batch: [x, tensor(data.labels)] };
  },
};

const layersOf = (kind) => (kind === "W6" ? LAYERS.W6first : LAYERS[kind]);

const norms = (kind, p) => COMPARED[kind].map((name) => norm(p[name].data()));

/** Leaves, backward(), .grad. */
export function imperative(data, { kind }, wrap) {
  const { loss, batch } = LOSSES[kind](data);
  const p = parametersOf(data.firstChannels ?? data, layersOf(kind), { requiresGrad: true });
  const leaves = Object.values(p);
  const step = wrap((rate, ...batch) => {
    const value = loss(p, ...batch);
    value.backward();
    noGrad(() => {
      for (const leaf of leaves) {
        leaf.assignSub(multiply(rate, leaf.grad));
        leaf.grad = null;
      }
    });
    return value;
  });
  return {
    call: () => step(data.rate, ...batch).item(),
    norms: () => norms(kind, p),
  };
}

/** A function of parameters, and new ones every step. */
export function functional(data, { kind }, wrap) {
  let p = parametersOf(data.firstChannels ?? data, layersOf(kind));
  const { loss, batch } = LOSSES[kind](data);
  const both = valueAndGrad(loss);
  const step = wrap((rate, p, ...batch) => {
    const [value, gradients] = both(p, ...batch);
    /** @type {Record<string, any>} */
    const next = {};
    for (const name in p) next[name] = subtract(p[name], multiply(rate, gradients[name]));
    return [value, next];
  });
  return {
    call() {
      const [value, next] = step(data.rate, p, ...batch);
      p = next;
      return value.item();
    },
    norms: () => norms(kind, p),
  };
}
