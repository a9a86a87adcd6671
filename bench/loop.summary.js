// What a loop of W12 says about memory.

const MB = 1e6;

/**
 * @typedef {object} Loop
 * @property {number} steps
 * @property {number} step milliseconds per step
 * @property {Record<"rss" | "wasm" | "heap", [number, number] | undefined>} bytes at a tenth of the
 *   way and at the end
 * @property {boolean} flat
 */

/** Memory is flat if the second half's peak is hardly above the first half's. @returns {Loop} */
export function summarizeLoop({ steps, step, samples }) {
  const tenth = samples.find((sample) => sample.step >= steps / 10) ?? samples[0];
  const end = samples.at(-1);
  const of = (key) => {
    const near = key === "heap" ? samples.find((sample) => sample.heap !== undefined) : tenth;
    if (near?.[key] === undefined || end[key] === undefined) return undefined;
    return /** @type {[number, number]} */ ([near[key], end[key]]);
  };
  const flat = ["rss", "wasm"].every((key) => {
    const peak = (list) => Math.max(0, ...list.map((sample) => sample[key] ?? 0));
    const first = samples.filter((sample) => sample.step <= steps / 2);
    const second = samples.filter((sample) => sample.step > steps / 2);
    return peak(second) <= 1.5 * peak(first) + 4 * MB;
  });
  return { steps, step, bytes: { rss: of("rss"), wasm: of("wasm"), heap: of("heap") }, flat };
}
