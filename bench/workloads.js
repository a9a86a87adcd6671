// The workloads: what is computed, on which data. Every peer gets the same numbers as Float64Array.

import { power } from "./format.js";

/**
 * One thing to measure.
 * @typedef {object} Workload
 * @property {string} id as typed on the command line
 * @property {string} group measured in one process
 * @property {"W1" | "W1b" | "W2" | "W4" | "deep"} kind which function of a peer makes it
 * @property {"any" | "float32" | "float64"} dtype "any": the peer's own choice
 * @property {string} title what the table says
 * @property {number} per a call's time is divided by this: elements, operations
 * @property {number} [n] elements, examples of a batch, or operations
 */

const SIZES = [1e2, 1e3, 1e4, 1e5, 1e6, 4e6];
const DEPTHS = [1e3, 1e4, 1e6];

const elementwise = (dtype) =>
  SIZES.map((n) => {
    const group = `W2.${dtype === "float32" ? "f32" : "f64"}`;
    return { id: `${group}.${power(n)}`, group, kind: "W2", dtype, title: power(n), per: n, n };
  });

/** @type {Workload[]} */
export const WORKLOADS = [
  { id: "W1", group: "W1", kind: "W1", dtype: "any", title: "value and gradient", per: 1 },
  { id: "W1b", group: "W1", kind: "W1b", dtype: "any", title: "W1b: third derivative", per: 1 },
  ...elementwise("float32"),
  ...elementwise("float64"),
  { id: "W4.b1", group: "W4", kind: "W4", dtype: "float32", title: "batch 1", per: 1, n: 1 },
  { id: "W4.b32", group: "W4", kind: "W4", dtype: "float32", title: "batch 32", per: 1, n: 32 },
  ...DEPTHS.map((n) => {
    const title = `${power(n)} ops`;
    return { id: `deep.${power(n)}`, group: "deep", kind: "deep", dtype: "any", title, per: n, n };
  }),
];

/** Whole processes, so no workloads of a peer: minus an empty ES module, or minus `node -e 0`. */
export const STARTS = [
  { id: "start", group: "start", title: "over an empty module", per: 1 },
  { id: "start.node", group: "start", title: "over node -e 0", per: 1 },
];

/** Groups in the order they are measured; the title of each one's table. */
export const GROUPS = {
  W1: "(1 - exp(-2x)) / (1 + exp(-2x)) at a number, per call",
  "W2.f32": "The same over n elements, float32: value and gradient of the sum, per element",
  "W2.f64": "The same in float64",
  W4: "Network 2-16-16-1 with tanh: one step of gradient descent",
  deep: "A chain of scalar operations, y = 1.0001 y + 0.001: its derivative, per operation",
  start: "A fresh process, from import to first gradient, minus an empty one",
};

/** The input of a workload. */
export function data(workload) {
  const n = workload.n ?? 1;
  if (workload.kind === "W2") return { x: uniform(n, 1, -3, 3) };
  if (workload.kind === "W4") return network(n);
  return { x: 1, steps: n / 2 };
}

/** The network's parameters, in order, and their shapes. */
export const LAYERS = {
  w1: [2, 16],
  b1: [16],
  w2: [16, 16],
  b2: [16],
  w3: [16, 1],
  b3: [1],
};

function network(batch) {
  const x = uniform(512, 5, -1, 1);
  const y = Float64Array.from({ length: 256 }, (_, i) => x[2 * i] * x[2 * i + 1]);
  return {
    batch,
    rate: 0.01,
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

/** n numbers in [low, high), the same on every machine. */
function uniform(n, seed, low, high) {
  const step = (high - low) / 2 ** 32;
  return Float64Array.from({ length: n }, (_, i) => low + hash(i, seed) * step);
}

/** 32 well-mixed bits. */
function hash(i, seed) {
  let h = Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Euclidean length of a gradient. */
export function norm(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
}
