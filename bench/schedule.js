// Rounds: in each, every peer once, in a rotated order, each in a process of its own.

import { measureBytes } from "./bytes.js";
import { ceilingsOf } from "./ceilings.js";
import { check } from "./checks.js";
import { answers } from "./child.js";
import { machine } from "./machine.js";
import { PEERS } from "./peers/index.js";
import { startRound } from "./start.js";
import { summarize } from "./statistics.js";
import { GROUPS } from "./workloads.js";

/** Steps of W12's loop. */
const STEPS = 2000;

/** Groups that a single round settles. */
const ONCE = ["bytes", "W12"];

/**
 * Measures everything, group by group.
 * @param {ReturnType<import("./arguments.js").readArguments>} settings
 * @param {(doing: string) => void} progress
 */
export async function measureAll(settings, progress) {
  const { chosen, workloads, rounds, quick } = settings;
  const began = Date.now();
  const rows = [];
  const cells = [];
  const ceilings = ceilingsOf();
  for (const group of Object.keys(GROUPS)) {
    const own = workloads.filter((workload) => workload.group === group);
    if (own.length === 0) continue;
    const peers = PEERS.filter(
      ({ id, groups, only = [group] }) =>
        only.includes(group) && (chosen?.includes(id) ?? groups?.includes(group) ?? true),
    );
    const measured = await measureGroup(group, own, peers, settings, ceilings, progress);
    rows.push(...measured);
    cells.push(
      ...own.flatMap((workload) => peers.map(({ id }) => summarize(measured, workload, id))),
    );
  }
  // The core is a file of its own beside what pages download.
  cells.push(...rows.filter(({ id }) => id === "bytes.core"));
  const version = (id) => rows.find((row) => row.peer === id && row.version)?.version;
  const peers = PEERS.filter(({ id }) => cells.some(({ peer }) => peer === id));
  return {
    date: new Date().toISOString(),
    seconds: Math.round((Date.now() - began) / 1000),
    rounds,
    quick,
    machine,
    ...ceilings.result(),
    peers: peers.map((peer) => ({ ...peer, version: version(peer.id) })),
    workloads,
    cells,
    rows,
  };
}

/** @returns {Promise<import("./statistics.js").Row[]>} */
async function measureGroup(group, workloads, peers, settings, ceilings, progress) {
  const rows = [];
  /** What needs no second try: "peer id". */
  const settled = new Set();
  const rounds = ONCE.includes(group) ? 1 : settings.rounds;
  for (let round = 1; round <= rounds; round++) {
    const say = (label) => progress(`${group}, round ${round} of ${rounds}: ${label}`);
    ceilings.measure(group);
    const order = peers
      .map((_, i) => peers[(i + round) % peers.length])
      .filter(({ slow }) => !(slow && settings.quick && round > 1));
    const wanted = ({ id: peer }) => workloads.filter(({ id }) => !settled.has(`${peer} ${id}`));
    const fresh = await roundOf(group, order, wanted, settings, say);
    for (const row of fresh.filter(({ id }) =>
      workloads.some((w) => id === w.id || group === "bytes"),
    )) {
      rows.push({ ...row, round, ...(await verdict(row, workloads)) });
      if (row.ms === undefined || row.ms > settings.once) settled.add(`${row.peer} ${row.id}`);
    }
  }
  return rows;
}

function verdict(row, workloads) {
  const workload = workloads.find(({ id }) => id === row.id);
  return row.ms === undefined ? {} : check(row, workload);
}

/** What a group wants to know of every peer in one round. @returns {Promise<any[]>} rows */
async function roundOf(group, peers, wanted, settings, say) {
  if (group === "start") return startRound(peers, settings);
  if (group === "bytes") return measureBytes(peers);
  const { repeats, repeat, patience, once, loop } = settings;
  const [program, job, timeout] =
    group === "W12"
      ? /** @type {const} */ (["loop.js", { steps: STEPS, limit: loop }, 60_000 + 3 * loop])
      : /** @type {const} */ ([
          "measure.js",
          { warm: settings.warm(group), repeats, repeat, patience, once },
          60_000 + 20 * patience,
        ]);
  const rows = [];
  for (const peer of peers) {
    say(peer.label);
    const workloads = wanted(peer);
    if (workloads.length > 0) rows.push(...(await answers(peer, program, job, workloads, timeout)));
  }
  return rows;
}
