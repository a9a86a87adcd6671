// How fast tapegrad has set out to be, on one thread.

/**
 * @typedef {object} Goal
 * @property {string} id of a workload
 * @property {"ns" | "wasmBytes"} [key] what is limited; ns per unit unless said
 * @property {number} [most]
 * @property {string[]} [than] peers
 * @property {number} [times] at least so many times faster than each of them
 */

const LIBRARIES = ["tfjs", "tfjs-cpu", "jax", "jax-eager"];

/** @type {Goal[]} */
export const GOALS = [
  { id: "W1", most: 800 },
  { id: "W1", than: LIBRARIES, times: 20 },
  { id: "W1b", most: 6000 },
  { id: "W2.f32.1e4", most: 4 },
  { id: "W2.f32.1e5", most: 4 },
  { id: "W2.f32.1e6", most: 6 },
  { id: "W2.f64.1e4", most: 8 },
  { id: "W2.f64.1e5", most: 8 },
  { id: "W2.f64.1e6", most: 14 },
  { id: "W2.f32.1e4", than: ["plain"], times: 2 },
  { id: "W2.f32.1e5", than: ["plain"], times: 2 },
  { id: "W2.f64.1e4", than: ["plain"], times: 2 },
  { id: "W2.f64.1e5", than: ["plain"], times: 2 },
  { id: "W4.b1", most: 20_000 },
  { id: "W4.b32", most: 50_000 },
  { id: "deep.1e6", most: 100 },
  { id: "deep.1e6", key: "wasmBytes", most: 200 },
  { id: "start", most: 10e6 },
];

/**
 * Goals that this run can judge.
 * @param {import("./statistics.js").Cell[]} cells
 */
export function judge(cells) {
  return GOALS.flatMap((goal) => {
    const cell = cells.find(({ peer, id }) => peer === "tapegrad" && id === goal.id);
    if (cell?.ns === undefined) return [];
    if (goal.most !== undefined) {
      const found = cell[goal.key ?? "ns"];
      return found === undefined ? [] : [{ ...goal, found, met: found <= goal.most }];
    }
    const rivals = cells.filter((rival) => rival.id === goal.id && goal.than?.includes(rival.peer));
    const ratios = rivals.flatMap((rival) => rival.times?.["tapegrad"] ?? []);
    if (ratios.length === 0) return [];
    const found = Math.min(...ratios);
    return [{ ...goal, found, met: found >= (goal.times ?? 0) }];
  });
}
