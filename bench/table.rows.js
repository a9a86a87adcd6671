// The words of the tables, for the terminal and for docs/performance.md alike.

import { ceilingOf } from "./ceilings.js";
import { digits, figure, percent, ratio, size } from "./format.js";

/** The peer that ratios are taken against. */
export function baseline({ peers, cells }) {
  const measured = (id) => cells.some(({ peer, ns }) => peer === id && ns !== undefined);
  return ["tapegrad", "plain"].find(measured) ?? peers[0].id;
}

/**
 * Heads, then a line per peer.
 * @param {string} group
 * @param {any} results
 * @returns {string[][]}
 */
export function tableOf(group, results) {
  if (group === "bytes") return bytes(results);
  if (group === "W12") return loops(results);
  const { workloads, peers, cells } = results;
  const columns = workloads.filter((workload) => workload.group === group);
  const find = (peer, id) => cells.find((cell) => cell.peer === peer && cell.id === id);
  const shown = peers.filter((peer) => columns.some(({ id }) => find(peer.id, id)));
  const unit = baseline(results);
  const taped = columns.some(({ id }) => shown.some((peer) => find(peer.id, id)?.tapeBytes));
  const extra = group === "deep" ? ["wasm bytes/op", "heap bytes/op"] : [];
  const lines = shown.map((peer) => {
    const own = columns.map(({ id }) => find(peer.id, id));
    const last = own.filter((cell) => cell?.ns !== undefined).at(-1);
    const space = [last?.wasmBytes, last?.heapBytes].map((x) => (x === undefined ? "" : digits(x)));
    const figures = own.flatMap((cell, i) => entry(cell, columns[i], unit));
    return [peer.label, ...figures, ...(extra.length ? space : [])];
  });
  const heads = ["", ...columns.flatMap((column) => [column.title, ""]), ...extra];
  const tape = (id) => find("tapegrad", id)?.tapeBytes;
  if (taped) {
    const bytes = columns.flatMap(({ id }) => [tape(id) === undefined ? "" : size(tape(id)), ""]);
    lines.push(["tapegrad's memory meanwhile", ...bytes]);
  }
  return [heads, ...lines, ...ceilingLines(columns, results, find)];
}

/** Time and how many times the baseline's it is. */
function entry(cell, workload, unit) {
  if (!cell) return ["", ""];
  if (cell.ns === undefined) return ["–", ""];
  const times = cell.peer === unit ? undefined : cell.times?.[unit];
  const mark = cell.wrong ? " ✗" : cell.rough ? " ≈" : "";
  return [figure(cell, workload) + mark, times === undefined ? "" : ratio(times)];
}

/** What C reaches, and which share of it tapegrad does. */
function ceilingLines(columns, { ceilings }, find) {
  const limits = columns.map((column) => ceilingOf(column, ceilings));
  if (limits.every((limit) => limit === undefined)) return [];
  const share = (i) => {
    const { nsPerCall } = find("tapegrad", columns[i].id) ?? {};
    return nsPerCall ? percent(limits[i] / nsPerCall) : "";
  };
  return [
    [
      "ceiling, in C",
      ...columns.flatMap((column, i) => [
        figure({ ns: limits[i], nsPerCall: limits[i] }, column),
        "",
      ]),
    ],
    ["tapegrad's share of it", ...columns.flatMap((_, i) => [share(i), ""])],
  ];
}

function bytes({ cells, peers }) {
  const label = (peer) => peers.find(({ id }) => id === peer).label;
  const lines = cells.flatMap(({ peer, id, sizes }) => {
    if (!sizes) return [];
    const name = id === "bytes.core" ? "tapegrad, the whole core in one file" : label(peer);
    return [[name, size(sizes.raw), size(sizes.gzip), size(sizes.brotli)]];
  });
  return [["", "minified", "gzip", "brotli"], ...lines];
}

function loops({ cells, peers }) {
  const both = (pair) => (pair ? `${size(pair[0])} → ${size(pair[1])}` : "–");
  const lines = cells.flatMap(({ peer, id, loop, why }) => {
    if (id !== "W12" || !loop) return [];
    const { steps, step, bytes, flat } = loop;
    return [
      [
        peers.find((p) => p.id === peer).label,
        `${steps}`,
        `${digits(step)} ms`,
        both(bytes.wasm),
        both(bytes.rss),
        both(bytes.heap),
        why ? "fails" : flat ? "flat" : "grows",
      ],
    ];
  });
  return [["", "steps", "per step", "wasm", "resident", "JS heap", "memory"], ...lines];
}

/** Wrong answers, and why there is no figure: equal reasons of a peer on one line. */
export function notes({ cells, peers }) {
  return peers.flatMap(({ id, label }) => {
    /** @type {Map<string, string[]>} */
    const reasons = new Map();
    for (const cell of cells.filter(({ peer }) => peer === id)) {
      const reason = note(cell);
      if (reason) reasons.set(reason, [...(reasons.get(reason) ?? []), cell.id]);
    }
    return [...reasons].map(([reason, where]) => `${label}  ${reason}  (${where.join(" ")})`);
  });
}

function note({ wrong, rough, why }) {
  if (wrong) return `✗ wrong: ${wrong}`;
  if (rough) return "≈ float64, but the answer is off by more than 1e-9 of itself";
  return why && `– ${why}`;
}

export function spreads({ cells }) {
  const sorted = cells.flatMap(({ spread }) => spread ?? []).sort((a, b) => a - b);
  const [middle, worst] = [sorted[sorted.length >> 1] ?? 0, sorted.at(-1) ?? 0];
  return `Spread over rounds: ${percent(middle)} typically, ${percent(worst)} at worst.`;
}
