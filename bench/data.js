// The input of every workload. Every peer gets the same numbers, as Float64Array.

import { hash, uniform } from "./random.js";

/** Parameters in order, and their shapes. */
export const LAYERS = {
  W4: { w1: [2, 16], b1: [16], w2: [16, 16], b2: [16], w3: [16, 1], b3: [1] },
  W5: { w1: [784, 256], b1: [256], w2: [256, 128], b2: [128], w3: [128, 10], b3: [10] },
  /** As [height, width, inputs, outputs]; `firstChannels` has the other order. */
  W6: { k1: [3, 3, 1, 16], c1: [16], k2: [3, 3, 16, 32], c2: [32], w3: [1568, 10], b3: [10] },
  /** As [outputs, inputs, height, width]. */
  W6first: { k1: [16, 1, 3, 3], c1: [16], k2: [32, 16, 3, 3], c2: [32], w3: [1568, 10], b3: [10] },
};

/** The weights, whose norms are compared after a step. */
export const COMPARED = { W4: ["w1", "w2", "w3"], W5: ["w1", "w3"], W6: ["k1", "k2", "w3"] };

const RATE = 0.01;

const MAKERS = {
  W2: ({ n }) => ({ x: uniform(n, 1, -3, 3) }),
  W3: ({ n }) => ({
    n,
    a: uniform(n * n, 2, -1, 1),
    b: uniform(n * n, 3, -1, 1),
    c: uniform(n * n, 4, -1, 1),
  }),
  W4: ({ n }) => network(n),
  W5: classifier,
  W6: convnet,
  W7: () => ({
    steps: 200,
    batch: 16,
    hidden: 32,
    inputs: 16,
    xs: uniform(200 * 16 * 16, 40, -1, 1),
    w: uniform(1024, 41, -0.25, 0.25),
    u: uniform(512, 42, -0.3, 0.3),
  }),
  W13: () => ({
    layers: 100,
    size: 64,
    batch: 256,
    x: uniform(256 * 64, 45, -1, 1),
    w: uniform(100 * 64 * 64, 46, -0.2, 0.2),
  }),
  call: () => ({ x: uniform(16, 47, -1, 1) }),
  "W8.hessian": ({ n }) => ({ n, x: uniform(n, 50, -1, 1) }),
  "W8.product": ({ n }) => ({ n, x: uniform(n, 51, -1, 1), v: uniform(n, 52, -1, 1) }),
  W9: () => network(256),
  "W11.sum": () => ({ rows: 1024, columns: 1024, x: uniform(1 << 20, 60, -3, 3) }),
  "W11.softmax": () => ({
    rows: 1024,
    columns: 1024,
    x: uniform(1 << 20, 60, -3, 3),
    c: uniform(1 << 20, 61, -1, 1),
  }),
  "W11.layernorm": () => ({
    rows: 1024,
    columns: 768,
    x: uniform(1024 * 768, 62, -3, 3),
    gain: uniform(768, 63, 0.5, 1.5),
    bias: uniform(768, 64, -0.5, 0.5),
    c: uniform(1024 * 768, 61, -1, 1),
  }),
};

/** @param {import("./workloads.js").Workload} workload */
export function data({ kind, n = 1 }) {
  const make = MAKERS[kind] ?? MAKERS[kind.split(".")[0]];
  return make ? make({ n }) : { x: 1, steps: n / 2 };
}

function network(batch) {
  const x = uniform(512, 5, -1, 1);
  const y = Float64Array.from({ length: 256 }, (_, i) => x[2 * i] * x[2 * i + 1]);
  return {
    batch,
    rate: RATE,
    x: x.slice(0, 2 * batch),
    y: y.slice(0, batch),
    w1: uniform(32, 10, -Math.SQRT1_2, Math.SQRT1_2),
    b1: new Float64Array(16),
    w2: uniform(256, 11, -0.25, 0.25),
    b2: new Float64Array(16),
    w3: uniform(16, 12, -0.25, 0.25),
    b3: new Float64Array(1),
  };
}

/** Classes of n examples, as numbers and as rows with a single 1. */
function classes(n, seed) {
  const labels = Int32Array.from({ length: n }, (_, i) => hash(i, seed) % 10);
  const targets = new Float64Array(10 * n);
  labels.forEach((label, i) => (targets[10 * i + label] = 1));
  return { labels, targets };
}

function classifier() {
  const weights = (inputs, outputs, seed) =>
    uniform(inputs * outputs, seed, -1 / Math.sqrt(inputs), 1 / Math.sqrt(inputs));
  return {
    batch: 128,
    rate: RATE,
    x: uniform(128 * 784, 20, 0, 1),
    ...classes(128, 99),
    w1: weights(784, 256, 21),
    b1: new Float64Array(256),
    w2: weights(256, 128, 22),
    b2: new Float64Array(128),
    w3: weights(128, 10, 23),
    b3: new Float64Array(10),
  };
}

function convnet() {
  const parameters = {
    k1: uniform(144, 31, -1 / 3, 1 / 3),
    c1: new Float64Array(16),
    k2: uniform(4608, 32, -1 / 12, 1 / 12),
    c2: new Float64Array(32),
    w3: uniform(15680, 33, -0.025, 0.025),
    b3: new Float64Array(10),
  };
  const { k1, k2, w3 } = parameters;
  return {
    batch: 64,
    rate: RATE,
    x: uniform(64 * 784, 30, 0, 1),
    ...classes(64, 98),
    ...parameters,
    /** The same network for images whose channels come before their rows and columns. */
    firstChannels: {
      ...parameters,
      k1: permuted(k1, [3, 3, 1, 16], [3, 2, 0, 1]),
      k2: permuted(k2, [3, 3, 16, 32], [3, 2, 0, 1]),
      w3: permuted(w3, [7, 7, 32, 10], [2, 0, 1, 3]),
    },
  };
}

/** The elements of a four-dimensional array, its axes in another order. */
function permuted(values, shape, order) {
  const strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
  const [n0, n1, n2, n3] = order.map((axis) => shape[axis]);
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]);
  const out = values.slice();
  let next = 0;
  for (let i = 0; i < n0; i++)
    for (let j = 0; j < n1; j++)
      for (let k = 0; k < n2; k++)
        for (let l = 0; l < n3; l++) out[next++] = values[i * s0 + j * s1 + k * s2 + l * s3];
  return out;
}
