// W12: 2,000 training steps in one synchronous loop, as somebody would write it who does not think of
// memory, and what the process holds on the way: `node --expose-gc bench/loop.js <job as JSON>`.

import { data } from "./data.js";
import { watchLinearMemory } from "./memory.js";
import { PEERS } from "./peers/index.js";
import { WORKLOADS } from "./workloads.js";

const job = JSON.parse(process.argv[2]);
const linearMemory = watchLinearMemory();
const peer = PEERS.find(({ id }) => id === job.peer);
const { create } = await import(`./peers/${peer?.file}.js`);
/** @type {import("./peers/index.js").Library} */
const library = await create(peer?.variant);
const workload = WORKLOADS.find(({ id }) => id === "W5");
const run = library.make.W5(data(workload), workload);
const step = run.natural ?? run.call;

let steps = 0;
const samples = [];
const started = performance.now();
let error;
try {
  steps = train();
} catch (problem) {
  error = `after ${samples.at(-1)?.step ?? 0} steps: ${problem.message}`;
}
const version = library.version;
const spent = (performance.now() - started) / Math.max(1, steps);
process.send?.({ id: "W12", version, steps, step: spent, samples, error });
process.disconnect?.();
process.exit(0);

function train() {
  for (let i = 0; i < 5; i++) step();
  const each = (performance.now() - started) / 5;
  const planned = Math.max(20, Math.min(job.steps, Math.floor(job.limit / each)));
  const every = Math.max(1, Math.floor(planned / 40));
  const tenth = Math.max(1, Math.round(planned / 10 / every)) * every;
  for (let i = 1; i <= planned; i++) {
    step();
    if (i % every === 0) samples.push(sample(i, i === tenth || i + every > planned));
  }
  return planned;
}

/** The heap is that of living objects where it was collected: near a tenth of the way, and at the end. */
function sample(at, collected) {
  const { rss } = process.memoryUsage();
  const wasm = linearMemory();
  if (!collected) return { step: at, rss, wasm };
  globalThis.gc?.();
  return { step: at, rss, wasm, heap: process.memoryUsage().heapUsed };
}
