// A process that answers in messages (Node) or in lines of JSON (Python), one per workload.

import { fork, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { described } from "./pytorch/data.js";
import { PROGRAM, environment, findPython } from "./pytorch/python.js";

/**
 * Runs a program on a peer's workloads; what it did not answer, it failed at.
 * @param {import("./peers/index.js").Peer} peer
 * @param {"measure.js" | "loop.js"} program
 * @param {any} job
 * @param {any[]} workloads
 * @param {number} timeout
 * @returns {Promise<any[]>} rows
 */
export function answers(peer, program, job, workloads, timeout) {
  if (peer.role !== "python") return inNode(peer, program, job, workloads, timeout);
  const { python, missing } = findPython();
  if (python) return inPython(python, peer, job, workloads, timeout);
  return Promise.resolve(
    workloads.map(({ id }) => ({ peer: peer.id, id, unsupported: `skipped: ${missing}` })),
  );
}

function inNode(peer, program, job, workloads, timeout) {
  const ids = workloads.map(({ id }) => id);
  const script = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(script, [JSON.stringify({ peer: peer.id, ids, ...job })], {
    execArgv: ["--expose-gc", ...(peer.flags ?? [])],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    timeout,
  });
  const rows = [];
  child.on("message", (/** @type {any} */ row) => rows.push({ peer: peer.id, ...row }));
  return closed(child, peer, rows, ids);
}

function inPython(python, peer, job, workloads, timeout) {
  const list = workloads.map((workload) =>
    described(workload, workload.dtype === "any" ? "float32" : workload.dtype),
  );
  const child = spawn(python, [PROGRAM, JSON.stringify({ ...job, workloads: list })], {
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
    timeout,
  });
  const rows = [];
  createInterface({ input: child.stdout }).on("line", (line) =>
    rows.push({ peer: peer.id, ...JSON.parse(line) }),
  );
  return closed(
    child,
    peer,
    rows,
    workloads.map(({ id }) => id),
  );
}

/** @returns {Promise<any[]>} */
function closed(child, peer, rows, ids) {
  let complaint = "";
  child.stderr.on("data", (text) => (complaint = (complaint + text).slice(-4000)));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      const said = complaint.split("\n").find((line) => /error/i.test(line)) ?? complaint.trim();
      const error = `the process ended (${signal ?? code}): ${said.slice(0, 300)}`;
      const answered = new Set(rows.map(({ id }) => id));
      const lost = ids.filter((id) => !answered.has(id));
      resolve([...rows, ...lost.map((id) => ({ peer: peer.id, id, error }))]);
    });
  });
}
