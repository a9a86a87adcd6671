// The workloads: what is computed, how it is grouped, and what a figure is per.

import { power } from "./format.js";

/**
 * One thing to measure.
 * @typedef {object} Workload
 * @property {string} id as typed on the command line
 * @property {string} group measured in one process
 * @property {string} kind which function of a peer makes it
 * @property {"any" | "float32" | "float64"} dtype "any": the peer's own choice
 * @property {string} title what the table says
 * @property {number} per a call's time is divided by this: elements, operations
 * @property {number} [n] elements, examples of a batch, operations, or rows of a square matrix
 * @property {number} [flops] of a call: the table says GFLOP/s
 * @property {number} [bytes] that a call has to read and write at least
 * @property {"triad" | "sum"} [stream] what of the machine limits it
 */

const SIZES = [1e2, 1e3, 1e4, 1e5, 1e6, 4e6];
const SQUARES = [64, 128, 256, 512, 1024];
const DEPTHS = [1e3, 1e4, 1e6];
const MIB = 2 ** 20;

const elementwise = (dtype) =>
  SIZES.map((n) => {
    const group = `W2.${dtype === "float32" ? "f32" : "f64"}`;
    return { id: `${group}.${power(n)}`, group, kind: "W2", dtype, title: power(n), per: n, n };
  });

const product = (part, products) =>
  SQUARES.map((n) => {
    const group = `W3.${part}`;
    const flops = products * 2 * n ** 3;
    return { ...single(`${group}.${n}`, group, `${n}`), kind: group, n, flops };
  });

/** Something whose time is told per call. */
const single = (id, group, title) => ({
  id,
  group,
  kind: id,
  dtype: /** @type {const} */ ("float32"),
  title,
  per: 1,
});

/** @type {Workload[]} */
export const WORKLOADS = [
  { ...single("W1", "W1", "value and gradient"), dtype: "any" },
  { ...single("W1b", "W1", "W1b: third derivative"), dtype: "any" },
  ...elementwise("float32"),
  ...elementwise("float64"),
  ...product("forward", 1),
  ...product("gradients", 3),
  { ...single("W4.b1", "W4", "batch 1"), kind: "W4", n: 1 },
  { ...single("W4.b32", "W4", "batch 32"), kind: "W4", n: 32 },
  single("W5", "W5", "batch 128"),
  single("W6", "W6", "batch 64"),
  single("W7", "W7", "200 steps"),
  single("W7.scan", "W7", "200 steps, by scan"),
  single("W7.segments", "W7", "200 steps, by scan in segments"),
  single("W13", "W13", "stored"),
  single("W13.checkpoint", "W13", "by checkpoints"),
  { ...single("W8.hessian", "W8", "Hessian, n = 20"), dtype: "any", n: 20 },
  { ...single("W8.product", "W8", "Hessian · v, n = 1000"), dtype: "any", n: 1000 },
  single("W9", "W9", "256 examples"),
  { ...single("W11.sum", "W11", "sum"), bytes: 4 * MIB, stream: "sum" },
  { ...single("W11.softmax", "W11", "softmax"), bytes: 12 * MIB, stream: "triad" },
  { ...single("W11.layernorm", "W11", "layernorm"), bytes: 9 * MIB, stream: "triad" },
  { ...single("call", "call", "at a number"), dtype: "any" },
  { ...single("call.tensor", "call", "at a tensor of 16"), dtype: "any" },
  ...DEPTHS.map((n) => {
    const title = `${power(n)} ops`;
    return { ...single(`deep.${power(n)}`, "deep", title), kind: "deep", dtype: "any", per: n, n };
  }),
];

/** Whole processes, so no workloads of a peer: minus an empty ES module, or minus `node -e 0`. */
export const STARTS = [
  { id: "start", group: "start", title: "over an empty module", per: 1 },
  { id: "start.node", group: "start", title: "over node -e 0", per: 1 },
];

/** What has no time: bytes that a page downloads, and memory over a long loop. */
export const REPORTS = [
  { id: "bytes", group: "bytes", title: "bytes", per: 1 },
  { ...single("W12", "W12", "2,000 steps of W5"), kind: "W5" },
];

/** Other names on the command line. */
export const ALIASES = { W10: ["start", "bytes"] };

/** Groups in the order they are measured; the title of each one's table. */
export const GROUPS = {
  W1: "(1 - exp(-2x)) / (1 + exp(-2x)) at a number, per call",
  "W2.f32": "The same over n elements, float32: value and gradient of the sum, per element",
  "W2.f64": "The same in float64",
  "W3.forward": "Product of two n × n matrices, float32",
  "W3.gradients": "The same, and the gradients of both: three products",
  W4: "Network 2-16-16-1 with tanh: one step of gradient descent",
  W5: "Network 784-256-128-10 with relu, cross-entropy: one step of gradient descent",
  W6: "Two convolutions 3 × 3 with relu and max pooling, one dense layer: one step",
  W7: "Recurrent network, 32 hidden, 200 steps, batch 16: value and gradient",
  W8: "Rosenbrock's function: second derivatives",
  W9: "Gradients of the network 2-16-16-1, one per example",
  W11: "Sum and softmax of 1024 × 1024, layernorm of 1024 × 768: value and gradient",
  W13: "Network of 100 layers, tanh of 64 × 64 products, batch 256: value and gradients",
  call: "The gradient of the sum of x itself: what a call of a transform costs",
  deep: "A chain of scalar operations, y = 1.0001 y + 0.001: its derivative, per operation",
  start: "A fresh process, from import to first gradient, minus an empty one",
  bytes: "What a page downloads to compute one gradient",
  W12: "2,000 steps of W5 in one synchronous loop: memory",
};
