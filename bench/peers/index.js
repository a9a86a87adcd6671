// Who is measured. A peer is a file here that exports `create(variant)`; PyTorch has its own folder.

import { GROUPS } from "../workloads.js";

/**
 * What `create` resolves to.
 * @typedef {object} Library
 * @property {string} version
 * @property {"float32" | "float64"} dtype of the workloads that leave it open
 * @property {Record<string, (data: any, workload: import("../workloads.js").Workload) => Run>} make
 *   by kind of workload; throws `Unsupported` for what the library cannot do
 */

/**
 * A workload, ready to be called again and again.
 * @typedef {object} Run
 * @property {() => Numbers | Promise<Numbers>} call one unit of work, fully executed; what it reads
 * @property {() => number[] | Promise<number[]>} [norms] of gradients or parameters; not timed
 * @property {() => Numbers} [natural] the same in a plain synchronous loop, if `call` is not that
 * @property {(deepest: () => void) => unknown} [deep] one call, which calls back at its deepest
 * @property {() => void} [dispose]
 */

/** @typedef {number | number[]} Numbers */

/**
 * @typedef {object} Peer
 * @property {string} id as typed on the command line
 * @property {string} label
 * @property {string} file
 * @property {string} [variant]
 * @property {string[]} [flags] of its `node`
 * @property {string[]} [groups] where it is measured unless asked for by name; all when absent
 * @property {string[]} [only] the groups where it differs from its namesake
 * @property {boolean} [slow] a quick run measures it in one round
 * @property {"by hand" | "library" | "threads" | "python" | "own"} role what ratios it is part of
 * @property {string} color
 * @property {string} symbol
 */

/** All but the time to start, and what a page downloads. */
const NOT_STARTED = Object.keys(GROUPS).filter((group) => group !== "start" && group !== "bytes");

/** What a Node needs that has relaxed SIMD but does not show it. */
const RELAXED =
  Number(process.versions.node.split(".")[0]) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];

/** @type {Peer[]} */
export const PEERS = [
  {
    id: "plain",
    label: "plain JS, by hand",
    file: "plain",
    role: "by hand",
    color: "#57606a",
    symbol: "square",
  },
  {
    id: "tfjs-cpu",
    label: "TensorFlow.js cpu",
    file: "tfjs",
    variant: "cpu",
    role: "library",
    slow: true,
    color: "#e3b505",
    symbol: "triangle",
  },
  {
    id: "tfjs",
    label: "TensorFlow.js wasm",
    file: "tfjs",
    variant: "wasm",
    role: "library",
    color: "#e07a1f",
    symbol: "triangle",
  },
  {
    id: "tfjs-threads",
    label: "TensorFlow.js wasm, 2 threads",
    file: "tfjs",
    variant: "threads",
    role: "threads",
    groups: ["W2.f32", "W3.forward", "W3.gradients", "W5", "W11"],
    color: "#9c4a08",
    symbol: "triangle",
  },
  {
    id: "jax-eager",
    label: "jax-js eager",
    file: "jax",
    variant: "eager",
    role: "library",
    slow: true,
    color: "#56a5d8",
    symbol: "diamond",
  },
  {
    id: "jax",
    label: "jax-js jit",
    file: "jax",
    variant: "jit",
    role: "library",
    color: "#1f6fb5",
    symbol: "diamond",
  },
  {
    id: "js-pytorch",
    label: "js-pytorch",
    file: "js-pytorch",
    role: "library",
    slow: true,
    groups: NOT_STARTED,
    color: "#3d9970",
    symbol: "star",
  },
  {
    id: "torch",
    label: "PyTorch, 1 thread",
    file: "",
    role: "python",
    groups: NOT_STARTED,
    color: "#b03a2e",
    symbol: "cross",
  },
  {
    id: "tapegrad-threads",
    label: "tapegrad, 2 threads",
    file: "tapegrad",
    variant: "threads",
    role: "own",
    groups: ["W2.f32", "W2.f64", "W3.forward", "W3.gradients", "W5", "W6"],
    color: "#7a0f3c",
    symbol: "circle",
  },
  {
    id: "tapegrad-relaxed",
    label: "tapegrad, relaxed SIMD",
    file: "tapegrad",
    variant: "relaxed",
    flags: RELAXED,
    role: "own",
    groups: ["W3.forward", "W3.gradients", "W5", "W6"],
    color: "#e58fb1",
    symbol: "circle",
  },
  {
    id: "tapegrad-functional",
    label: "tapegrad, functional",
    file: "tapegrad",
    variant: "functional",
    role: "own",
    groups: [],
    only: ["W4", "W5", "W6", "W12"],
    color: "#8b5fbf",
    symbol: "circle",
  },
  {
    id: "tapegrad-compiled",
    label: "tapegrad, compiled",
    file: "tapegrad",
    variant: "compiled",
    groups: ["W1", "W4", "W5", "W7", "W8"],
    role: "own",
    color: "#6a1b4d",
    symbol: "circle",
  },
  {
    id: "tapegrad",
    label: "tapegrad",
    file: "tapegrad",
    role: "own",
    color: "#c2185b",
    symbol: "circle",
  },
];
