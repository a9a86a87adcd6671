// One peer, one group of workloads, one process: `node --expose-gc bench/measure.js <job as JSON>`.
// Sends one message per workload to the process that started it.

import { data } from "./data.js";
import { watchLinearMemory } from "./memory.js";
import { PEERS } from "./peers/index.js";
import { Unsupported } from "./peers/unsupported.js";
import { median } from "./statistics.js";
import { WORKLOADS } from "./workloads.js";

/**
 * @typedef {object} Job
 * @property {string} peer
 * @property {string[]} ids of workloads of one group
 * @property {number} warm
 * @property {number} repeats
 * @property {number} repeat
 * @property {number} patience
 * @property {number} once a call that takes longer is not repeated
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2]);
const linearMemory = watchLinearMemory();
const peer = PEERS.find(({ id }) => id === job.peer);
const { create } = await import(`./peers/${peer?.file}.js`);
/** @type {import("./peers/index.js").Library} */
const library = await create(peer?.variant);

/** @type {unknown} */
export let kept;

/** The last workload of the group, to foresee how long the next will take. */
let before = { ms: 0, n: 1, failed: false };

for (const id of job.ids) {
  const workload = WORKLOADS.find((workload) => workload.id === id);
  const dtype = workload.dtype === "any" ? library.dtype : workload.dtype;
  let answer;
  try {
    answer = foreseen(workload) ?? (await measure(workload));
  } catch (error) {
    const { message } = error;
    answer = error instanceof Unsupported ? { unsupported: message } : { error: message };
  }
  before = { ms: answer.ms ?? 0, n: workload.n ?? 1, failed: !answer.ms };
  process.send?.({ id, dtype, version: library.version, ...answer });
}
process.disconnect?.();
process.exit(0);

/** A chain too long for this peer is not tried. @returns {any} */
function foreseen({ kind, n = 1 }) {
  if (kind !== "deep") return undefined;
  if (before.failed) return { skipped: "a shorter chain was too much" };
  const ms = (before.ms * n) / before.n;
  if (ms <= job.patience) return undefined;
  return { skipped: `a call would take about ${Math.round(ms / 1000)} s` };
}

/** @returns {Promise<any>} */
async function measure(workload) {
  const make = library.make[workload.kind];
  if (!make) throw new Unsupported("is not written for it");
  const run = make(data(workload), workload);
  globalThis.gc?.();
  const linearBefore = linearMemory();

  let start = performance.now();
  const pending = run.call();
  const values = [await pending];
  const first = performance.now() - start;
  const norms = (await run.norms?.()) ?? [];
  const loop = pending instanceof Promise ? awaitedLoop(run.call) : plainLoop(run.call);

  // The first call may have compiled something: the second one tells how long a call takes.
  start = performance.now();
  values.push(await run.call());
  let ms = performance.now() - start;
  const finish = async () => {
    const space = run.deep
      ? await deepest(run.deep, linearBefore, workload.per)
      : run.taped && heldBy(run.taped);
    run.dispose?.();
    return space;
  };
  if (ms > job.once) return { ms, best: ms, first, values, norms, ...(await finish()) };

  let calls = 0;
  start = performance.now();
  while (calls < 2 || performance.now() - start < job.warm) {
    const began = performance.now();
    const value = await run.call();
    ms = performance.now() - began;
    if (values.length < 3) values.push(value);
    calls++;
  }
  const times = Math.max(1, Math.ceil(job.repeat / (await loop(Math.max(1, job.repeat / ms)))));
  const repeats = [];
  for (let i = 0; i < job.repeats; i++) repeats.push(await loop(times));

  const ends = { ms: median(repeats), best: Math.min(...repeats) };
  return { ...ends, first, values, norms, ...(await finish()) };
}

/** Milliseconds per call. What a call returns is kept, or V8 may find that nobody needs it. */
function plainLoop(call) {
  return async (times) => {
    const start = performance.now();
    let i = 0;
    for (; i < times; i++) kept = call();
    return (performance.now() - start) / i;
  };
}

function awaitedLoop(call) {
  return async (times) => {
    const start = performance.now();
    let i = 0;
    for (; i < times; i++) kept = await call();
    return (performance.now() - start) / i;
  };
}

/** The middle of some, since what calls before have left may go meanwhile, or not; no figure if more went. */
function heldBy(taped) {
  const tapeBytes = median(Array.from({ length: 7 }, taped));
  return tapeBytes > 0 ? { tapeBytes } : {};
}

/** Bytes per operation: linear memory after the call (it never shrinks), heap at its deepest. */
async function deepest(deep, linearBefore, per) {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  let heap = 0;
  await deep(() => {
    globalThis.gc?.();
    heap = process.memoryUsage().heapUsed - heapBefore;
  });
  return { wasmBytes: (linearMemory() - linearBefore) / per, heapBytes: Math.max(0, heap) / per };
}
