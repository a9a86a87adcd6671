// `start`: a whole process from import to the first gradient, minus one that does nothing. Programs
// print with `writeSync`, for the streams behind `console` take Node 5 ms to open.

import { spawnSync } from "node:child_process";
import { STARTS } from "./bundle.js";
import { median } from "./statistics.js";

/** What is taken off: a program without a statement, or no program at all. */
const EMPTY = { start: STARTS.empty, "start.node": ["-e", "0"] };

/**
 * One round: the programs take turns, so that all see the same load.
 * @param {import("./peers/index.js").Peer[]} peers
 * @param {import("./settings.js").Settings} settings
 * @returns {any[]} rows
 */
export function startRound(peers, { starts }) {
  const programs = [...Object.entries(EMPTY), ...peers.map(({ id }) => [id, programOf(id)])];
  /** @type {Map<string, any[]>} */
  const runs = new Map(programs.map(([name]) => [name, []]));
  // The first turn only fills the file cache.
  for (let turn = 0; turn <= starts; turn++) {
    for (const [name, args] of rotated(programs, turn)) {
      if (args === undefined) continue;
      const run = once(args);
      if (turn > 0) runs.get(name)?.push(run);
    }
  }
  return peers.flatMap(({ id: peer }) =>
    Object.keys(EMPTY).map((id) => row(peer, id, runs.get(peer), runs.get(id))),
  );
}

function row(peer, id, runs, empty) {
  if (runs.length === 0) return { peer, id, unsupported: "has no program for it" };
  const error = runs.find((run) => run.error)?.error;
  if (error) return { peer, id, error };
  // Turn by turn, so that a change of load between turns cancels.
  const above = runs.map(({ ms }, turn) => ms - empty[turn].ms);
  const least = (list) => Math.min(...list.map(({ ms }) => ms));
  return {
    peer,
    id,
    dtype: peer === "plain" || peer === "tapegrad" ? "float64" : "float32",
    ms: median(above),
    best: least(runs) - least(empty),
    empty: least(empty),
    values: [Number(runs[0].printed)],
  };
}

const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);

const programOf = (peer) => STARTS[peer];

function once(args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const ms = performance.now() - start;
  return status === 0 ? { ms, printed: stdout.trim() } : { ms, error: firstError(stderr) };
}

const firstError = (text) =>
  text.split("\n").find((line) => /error/i.test(line)) ?? text.slice(0, 300);
