// Who is measured. A peer is a file here that exports `create(variant)`.

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
 * @property {string[]} [groups] where it is measured unless asked for by name; all when absent
 * @property {string} [only] the one group where it differs from its namesake
 * @property {string} color
 * @property {string} symbol
 */

/** @type {Peer[]} */
export const PEERS = [
  { id: "plain", label: "plain JS, by hand", file: "plain", color: "#57606a", symbol: "square" },
  {
    id: "tfjs-cpu",
    label: "TensorFlow.js cpu",
    file: "tfjs",
    variant: "cpu",
    groups: ["W1", "W4"],
    color: "#e3b505",
    symbol: "triangle",
  },
  {
    id: "tfjs",
    label: "TensorFlow.js wasm",
    file: "tfjs",
    variant: "wasm",
    color: "#e07a1f",
    symbol: "triangle",
  },
  {
    id: "jax-eager",
    label: "jax-js eager",
    file: "jax",
    variant: "eager",
    groups: [],
    color: "#56a5d8",
    symbol: "diamond",
  },
  {
    id: "jax",
    label: "jax-js jit",
    file: "jax",
    variant: "jit",
    color: "#1f6fb5",
    symbol: "diamond",
  },
  {
    id: "tapegrad-functional",
    label: "tapegrad, functional",
    file: "tapegrad",
    variant: "functional",
    groups: [],
    only: "W4",
    color: "#8b5fbf",
    symbol: "circle",
  },
  { id: "tapegrad", label: "tapegrad", file: "tapegrad", color: "#c2185b", symbol: "circle" },
];

/** Thrown for what a library does not have. */
export class Unsupported extends Error {}
