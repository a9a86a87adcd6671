// One library in a process of its own, `node --expose-gc bench/functions/measure.js tapegrad`, that does
// what it is told: make a function ready, measure a sample of it.

import { elements } from "./inputs.js";
import { KITS } from "./libraries.js";
import { ROWS, idOf } from "./table.js";

/**
 * @typedef {{ ask: "ready", id: string, part: "value" | "slopes", limit: number, warm: number }} Ready
 * @typedef {{ ask: "sample", milliseconds: number }} Sample
 */

/**
 * @typedef {object} Answer
 * @property {string[][]} [numbers] of the results, to be compared
 * @property {number} [ms] of a call
 * @property {boolean} [once] it takes so long that it is not called again
 * @property {string} [why] it has none of these
 */

/** Numbers of a result that are compared. */
const SAMPLES = 257;

const [library] = process.argv.slice(2);
const kit = await KITS[library]();

/** The name of a library's functions in a row: the exact ones are ours. */
const key = library === "exact" ? "tapegrad" : library;

/** Tensors that functions are called with; most take the same. @type {Map<string, any>} */
const tensors = new Map();
/** @type {import("./libraries.js").Call} */
let call;
/** Milliseconds of a call, about. */
let about = 0;

process.on("message", async (/** @type {Ready | Sample} */ question) => {
  process.send?.(await answered(question));
});
process.on("disconnect", () => process.exit());
process.send?.({});

/** @param {Ready | Sample} question @returns {Promise<Answer>} */
async function answered(question) {
  try {
    if (question.ask === "ready") return await ready(question);
    globalThis.gc?.();
    return { ms: await loop(Math.max(1, Math.round(question.milliseconds / about))) };
  } catch (error) {
    return { why: String(error.message).split("\n")[0].slice(0, 160) };
  }
}

/** The function's answer, after which everything is warm. @param {Ready} question */
async function ready({ id, part, limit, warm }) {
  const row = ROWS.find((row) => idOf(row) === id);
  if (!row) throw new Error(`internal: ${id}: there is no such row`);
  const orders = key === "tfjs" ? row.orders : undefined;
  const inputs = row.inputs.map((input, i) => tensorOf(input, i + 1, orders?.[i]));
  const by = row.inputs.flatMap(({ kind }, i) => (kind === "int" || kind === "bool" ? [] : [i]));
  const f = row[key](kit.library);
  call =
    part === "value" ? kit.value(f, inputs, orders && row.back) : kit.slopes(f, inputs, by, orders);
  const numbers = (await call.read()).map(sampled);
  if (library === "exact") return { numbers };
  about = await loop(1);
  if (about > limit) return { numbers, ms: about, once: true };
  // Engines compile what was called often; memory grows until the garbage collector has run.
  const times = Math.min(1000, Math.floor(warm / about));
  if (times > 0) about = Math.min(about, await loop(times));
  return { numbers, ms: about };
}

function tensorOf(input, seed, order) {
  const key = JSON.stringify([input, seed, order]);
  const known = tensors.get(key);
  if (known) return known;
  const { shape, kind } = input;
  const type = kind === "int" || kind === "bool" ? kind : "float";
  const made = kit.tensor(elements(input, seed), shape, type, order);
  tensors.set(key, made);
  return made;
}

/** Elements at even distances, the first and the last among them. */
function sampled(values) {
  const last = values.length - 1;
  const n = Math.min(SAMPLES, values.length);
  return Array.from({ length: n }, (_, i) =>
    String(Number(values[n === 1 ? 0 : Math.round((i * last) / (n - 1))])),
  );
}

/**
 * Milliseconds per call, of processor time: there is a single thread, and others may share the machine.
 */
async function loop(times) {
  const start = process.cpuUsage();
  for (let i = 0; i < times; i++) {
    const result = call.run();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(start);
  return Math.max(1, user + system) / 1000 / times;
}
