// The command line.

import { parseArgs } from "node:util";
import { PEERS } from "./peers/index.js";
import { FULL, QUICK } from "./settings.js";
import { ALIASES, REPORTS, STARTS, WORKLOADS } from "./workloads.js";

const HELP = `npm run bench -- [workloads] [options]

  ops [names]    functions instead of workloads: see bench/README.md

  workloads      any of W1 W1b W2 W2.f32 W2.f64 W3 W4 W5 W6 W7 W8 W9 W10 W11 W12 W13 call deep start
                 bytes, or one of them such as W2.f32.1e5; all of them if none is named
  --quick        two short rounds and fewer sizes: figures to go by, not to quote
  --rounds N     how often every peer is measured
  --peers a,b    only these: ${PEERS.map(({ id }) => id).join(" ")}
  --write        put the tables into docs/performance.md
  --again        no new measurement: show, or write, the results of the last run
  --json         print the results as JSON instead of tables`;

const options = /** @type {const} */ ({
  quick: { type: "boolean", default: false },
  rounds: { type: "string" },
  peers: { type: "string" },
  write: { type: "boolean", default: false },
  again: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
});

/**
 * What to measure, and how; or ends the process with a word of help.
 * @returns {import("./settings.js").Settings & Choice}
 *
 * @typedef {object} Choice
 * @property {any[]} workloads
 * @property {string[]} [chosen] peers named
 * @property {boolean} quick
 * @property {boolean} json
 * @property {boolean} write
 * @property {boolean} again
 */
export function readArguments() {
  const { values, positionals } = parsed();
  const { quick, json, write, again } = values;
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  const preset = quick ? QUICK : FULL;
  const rounds = Number(values.rounds ?? preset.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) refuse(`--rounds ${values.rounds}: not a count`);
  const chosen = values.peers?.split(",");
  for (const id of chosen ?? []) {
    if (!PEERS.some((peer) => peer.id === id)) refuse(`--peers ${id}: there is no such peer`);
  }
  if (write && !again && (positionals.length > 0 || chosen)) {
    refuse("--write: the document is written from a run of everything");
  }
  const names = positionals.flatMap((name) => ALIASES[name] ?? name);
  const workloads = named(names, preset.includes);
  return { ...preset, rounds, chosen, workloads, quick, json, write, again };
}

function parsed() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return refuse(error.message);
  }
}

/** "W2", "W2.f32" or "W1" → those of the preset; "W2.f32.4e6" → that one, whatever the preset. */
function named(names, includes) {
  const all = [...WORKLOADS, ...STARTS, ...REPORTS];
  if (names.length === 0) return all.filter(({ id }) => includes(id));
  const fits = ({ id, group }, name) =>
    id === name || (includes(id) && (group === name || id.startsWith(`${name}.`)));
  const unknown = names.find((name) => !all.some((workload) => fits(workload, name)));
  if (unknown) refuse(`${unknown}: there is no such workload`);
  return all.filter((workload) => names.some((name) => fits(workload, name)));
}

/** @returns {never} */
function refuse(message) {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}
