// Rounds: in each, every peer once, in a rotated order, each in a process of its own.

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { check } from "./checks.js";
import { machine } from "./machine.js";
import { PEERS } from "./peers/index.js";
import { startRound } from "./start.js";
import { summarize } from "./statistics.js";
import { GROUPS } from "./workloads.js";

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
  for (const group of Object.keys(GROUPS)) {
    const own = workloads.filter((workload) => workload.group === group);
    if (own.length === 0) continue;
    const peers = PEERS.filter(
      ({ id, groups, only = group }) =>
        only === group && (chosen?.includes(id) ?? groups?.includes(group) ?? true),
    );
    const measured = await measureGroup(group, own, peers, settings, progress);
    rows.push(...measured);
    cells.push(
      ...own.flatMap((workload) => peers.map(({ id }) => summarize(measured, workload, id))),
    );
  }
  const version = (id) => rows.find((row) => row.peer === id && row.version)?.version;
  const peers = PEERS.filter(({ id }) => cells.some(({ peer }) => peer === id));
  return {
    date: new Date().toISOString(),
    seconds: Math.round((Date.now() - began) / 1000),
    rounds,
    quick,
    machine,
    peers: peers.map((peer) => ({ ...peer, version: version(peer.id) })),
    workloads,
    cells,
    rows,
  };
}

/** @returns {Promise<import("./statistics.js").Row[]>} */
async function measureGroup(group, workloads, peers, settings, progress) {
  const rows = [];
  /** What needs no second try: "peer id". */
  const settled = new Set();
  for (let round = 1; round <= settings.rounds; round++) {
    progress(`${group}, round ${round} of ${settings.rounds}`);
    const order = peers.map((_, i) => peers[(i + round) % peers.length]);
    const fresh = group === "start" ? startRound(order, settings) : [];
    for (const peer of group === "start" ? [] : order) {
      progress(`${group}, round ${round} of ${settings.rounds}: ${peer.label}`);
      const ids = workloads.map(({ id }) => id).filter((id) => !settled.has(`${peer.id} ${id}`));
      if (ids.length > 0) fresh.push(...(await inProcess(peer.id, ids, group, settings)));
    }
    for (const row of fresh.filter(({ id }) => workloads.some((workload) => workload.id === id))) {
      rows.push({ ...row, round, ...(await verdict(row, workloads)) });
      if (row.ms === undefined) settled.add(`${row.peer} ${row.id}`);
    }
  }
  return rows;
}

function verdict(row, workloads) {
  const workload = workloads.find(({ id }) => id === row.id);
  return row.ms === undefined ? {} : check(row, workload);
}

/**
 * Runs measure.js; what it did not answer, it failed at.
 * @returns {Promise<any[]>}
 */
function inProcess(peer, ids, group, settings) {
  const { repeats, repeat, patience } = settings;
  const job = { peer, ids, warm: settings.warm(group), repeats, repeat, patience };
  const script = fileURLToPath(new URL("measure.js", import.meta.url));
  const child = fork(script, [JSON.stringify(job)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    timeout: 30_000 + 20 * patience,
  });
  /** @type {any[]} */
  const rows = [];
  let complaint = "";
  child.stderr?.on("data", (text) => (complaint = (complaint + text).slice(-4000)));
  child.on("message", (row) => rows.push({ peer, ...row }));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      const said = complaint.split("\n").find((line) => /error/i.test(line)) ?? complaint.trim();
      const error = `the process ended (${signal ?? code}): ${said.slice(0, 300)}`;
      const answered = new Set(rows.map(({ id }) => id));
      resolve([
        ...rows,
        ...ids.filter((id) => !answered.has(id)).map((id) => ({ peer, id, error })),
      ]);
    });
  });
}
