// One library, all functions or some: `node bench/functions/measure.js <job as JSON>`. Sends one message
// per function to the process that started it.

import { elements } from "./inputs.js";
import { KITS } from "./libraries.js";
import { ROWS, idOf } from "./table.js";

/**
 * @typedef {object} Job
 * @property {string} library
 * @property {string[]} ids of rows
 * @property {number} repeats of which the best counts: others share the machine
 * @property {number} repeat least milliseconds of one
 */

/** Numbers of a result that are compared. */
const SAMPLES = 257;

/** Milliseconds of a call that is made only twice. */
const SLOW = 500;

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const kit = await KITS[job.library]();

/** The name of a library's functions in a row: the exact ones are ours. */
const key = job.library === "exact" ? "tapegrad" : job.library;

for (const row of ROWS.filter((row) => job.ids.includes(idOf(row)))) {
  const id = idOf(row);
  const maker = row[key];
  if (!maker) continue;
  const orders = key === "tfjs" ? row.orders : undefined;
  const inputs = row.inputs.map((input, i) => {
    const { shape, kind } = input;
    const known = kind === "int" || kind === "bool" ? kind : "float";
    return kit.tensor(elements(input, i + 1), shape, known, orders?.[i]);
  });
  const floats = row.inputs.flatMap(({ kind }, i) =>
    kind === "int" || kind === "bool" ? [] : [i],
  );
  const parts = { value: () => kit.value(maker(kit.library), inputs, orders && row.back) };
  if (!row.constant) parts.slopes = () => kit.slopes(maker(kit.library), inputs, floats, orders);
  for (const [part, make] of Object.entries(parts)) {
    process.send?.({ library: job.library, id, part, ...(await tried(make)) });
  }
}
process.disconnect?.();
process.exit(0);

async function tried(make) {
  try {
    const call = make();
    const numbers = (await call.read()).map(sampled);
    return { numbers, ...(job.library === "exact" ? {} : { ms: await timed(call.run) }) };
  } catch (error) {
    return { why: String(error.message).split("\n")[0].slice(0, 160) };
  }
}

/** Elements at even distances, the first and the last among them. */
function sampled(values) {
  const last = values.length - 1;
  const n = Math.min(SAMPLES, values.length);
  return Array.from({ length: n }, (_, i) =>
    String(Number(values[n === 1 ? 0 : Math.round((i * last) / (n - 1))])),
  );
}

/** Milliseconds per call. */
async function timed(run) {
  const loop = async (times) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      const result = run();
      if (result instanceof Promise) await result;
    }
    return (performance.now() - start) / times;
  };
  const first = await loop(1);
  // What takes so long is not called again and again.
  if (first > SLOW) return Math.min(first, await loop(1));
  await loop(2);
  const times = Math.max(1, Math.ceil(job.repeat / (await loop(2))));
  const repeats = [];
  for (let i = 0; i < job.repeats; i++) repeats.push(await loop(times));
  return Math.min(...repeats);
}
