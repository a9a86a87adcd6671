// How fast tapegrad has set out to be, on one thread. The times were set beside a Zen 4 machine; what
// another one measures is divided by how much longer the others take there (reference.js).

import { slowdown } from "./reference.js";

/**
 * @typedef {object} Goal
 * @property {string} id of a workload
 * @property {string} [by] which participant is judged; "tapegrad" unless said
 * @property {"ns" | "gflops" | "wasmBytes" | "tapeBytes" | "gzip" | "flat"} [key] what is judged; ns per unit unless said
 * @property {string} [of] it is judged as a multiple of what this other workload takes
 * @property {number} [most]
 * @property {number} [least]
 * @property {("by hand" | "library")[]} [than] roles of peers
 * @property {number} [times] at least so many times faster than each of them
 */

const MS = 1e6;
const COMPILED = "tapegrad-compiled";
const SIZES = ["1e4", "1e5", "1e6", "4e6"];

/** @type {Goal[]} */
export const GOALS = [
  { id: "W1", most: 600 },
  { id: "W1", than: ["library"], times: 20 },
  { id: "W1", by: COMPILED, most: 250 },
  { id: "W1b", most: 4000 },
  ...SIZES.map((n) => ({ id: `W2.f32.${n}`, most: 2.6 })),
  ...SIZES.map((n) => ({ id: `W2.f64.${n}`, most: 7.5 })),
  ...["W2.f32.1e4", "W2.f32.1e5", "W2.f64.1e4", "W2.f64.1e5"].map((id) => ({
    id,
    than: /** @type {const} */ (["by hand"]).slice(),
    times: 2,
  })),
  ...["forward", "gradients"].flatMap((part) =>
    [128, 256, 512, 1024].map((n) => ({
      id: `W3.${part}.${n}`,
      key: /** @type {const} */ ("gflops"),
      least: 36,
    })),
  ),
  { id: "W4.b1", most: 10_000 },
  { id: "W4.b32", most: 30_000 },
  { id: "W5", most: 6 * MS },
  { id: "W6", most: 18 * MS },
  { id: "W7", most: 3 * MS },
  { id: "W7", by: COMPILED, most: 2 * MS },
  { id: "W7.scan", by: COMPILED, most: 2 * MS },
  { id: "W7.scan", by: COMPILED, of: "W7", most: 1.1 },
  { id: "W7.scan", of: "W7", most: 1.1 },
  { id: "W7.segments", key: "tapeBytes", of: "W7", most: 0.1 },
  { id: "W13.checkpoint", key: "tapeBytes", of: "W13", most: 0.2 },
  { id: "W13.checkpoint", of: "W13", most: 1.5 },
  { id: "W8.hessian", most: 0.06 * MS },
  { id: "W8.product", most: 0.05 * MS },
  { id: "W9", most: 0.5 * MS },
  { id: "W11.sum", most: 0.35 * MS },
  { id: "W11.softmax", most: 4.5 * MS },
  { id: "W11.layernorm", most: 2.8 * MS },
  { id: "W12", key: "flat" },
  { id: "call", most: 600 },
  { id: "call.tensor", most: 8000 },
  { id: "deep.1e6", most: 100 },
  { id: "deep.1e6", of: "deep.1e3", most: 1.5 },
  { id: "deep.1e6", key: "wasmBytes", most: 200 },
  { id: "start", most: 10 * MS },
  { id: "bytes.core", key: "gzip", most: 60e3 },
];

/**
 * Goals that this run can judge.
 * @param {any} results
 */
export function judge({ cells, peers, workloads }) {
  return GOALS.flatMap((goal) => {
    const cell = cells.find(({ peer, id }) => peer === (goal.by ?? "tapegrad") && id === goal.id);
    if (!cell) return [];
    if (goal.than) return judgeRatio(goal, cells, peers);
    const found = value(cell, goal.key, workloads);
    if (found === undefined) return [];
    if (goal.of !== undefined) return judgeMultiple(goal, found, cells, workloads);
    if (goal.key === "flat") return [{ ...goal, found, met: found }];
    const there = goal.key === "gflops" || !goal.key ? slowdown(goal.id, cells) : undefined;
    const scaled = goal.key === "gflops" ? found * (there ?? 1) : found / (there ?? 1);
    const met = scaled <= (goal.most ?? Infinity) && scaled >= (goal.least ?? 0);
    return [{ ...goal, found, scaled: there && scaled, met }];
  });
}

function value(cell, key, workloads) {
  if (key === "flat") return cell.loop && !cell.why ? cell.loop.flat : undefined;
  if (key === "gzip") return cell.sizes?.gzip;
  if (key !== "gflops") return cell[key ?? "ns"];
  const { flops } = workloads.find(({ id }) => id === cell.id);
  return cell.ns && flops / cell.ns;
}

/** Beside another workload of the same peer. */
function judgeMultiple(goal, found, cells, workloads) {
  const other = cells.find(({ peer, id }) => peer === (goal.by ?? "tapegrad") && id === goal.of);
  const unit = other && value(other, goal.key, workloads);
  return unit > 0 && found > 0
    ? [{ ...goal, found: found / unit, met: found / unit <= goal.most }]
    : [];
}

function judgeRatio(goal, cells, peers) {
  const rivals = cells.filter(
    (cell) =>
      cell.id === goal.id && goal.than.includes(peers.find(({ id }) => id === cell.peer)?.role),
  );
  const ratios = rivals.flatMap((rival) => rival.times?.["tapegrad"] ?? []);
  if (ratios.length === 0) return [];
  const found = Math.min(...ratios);
  return [{ ...goal, found, met: found >= goal.times }];
}
