// What the terminal shows: one table per group, then what went wrong, then the goals.

import { styleText } from "node:util";
import { digits, duration, ratio } from "./format.js";
import { judge } from "./goals.js";
import { GROUPS } from "./workloads.js";

/** Colour and weight, on a terminal only. */
const styled = (look, text) => (process.stdout.isTTY ? styleText(look, text) : text);

/** @param {any} results */
export function report(results) {
  const { cells, workloads, peers, machine, rounds, seconds } = results;
  const unit = baseline(peers, cells);
  const parts = Object.entries(GROUPS).flatMap(([group, title]) => {
    const columns = workloads.filter((w) => w.group === group);
    return columns.length === 0 ? [] : table(group, title, columns, peers, cells, unit);
  });
  return [
    `${machine.cpu}, Node ${machine.node}; ${rounds} round(s), ${seconds} s`,
    peers.map(({ label, version }) => [label, version].filter(Boolean).join(" ")).join("; "),
    ...parts,
    ...notes(cells, peers),
    ...goals(cells),
    noise(cells, unit, peers),
  ].join("\n");
}

/** The peer that ratios are taken against. */
function baseline(peers, cells) {
  const measured = (id) => cells.some(({ peer, ns }) => peer === id && ns !== undefined);
  return ["tapegrad", "plain"].find(measured) ?? peers[0].id;
}

function table(group, title, columns, peers, cells, unit) {
  const find = (peer, id) => cells.find((cell) => cell.peer === peer && cell.id === id);
  const shown = peers.filter((peer) => columns.some(({ id }) => find(peer.id, id)));
  const extra = group === "deep" ? ["wasm bytes/op", "heap bytes/op"] : [];
  const lines = shown.map((peer) => {
    const own = columns.map(({ id }) => find(peer.id, id));
    const last = own.filter((cell) => cell?.ns !== undefined).at(-1);
    const bytes = [last?.wasmBytes, last?.heapBytes].map((x) => (x === undefined ? "" : digits(x)));
    const figures = own.flatMap((cell) => figure(cell, unit));
    return [peer.label, ...figures, ...(extra.length ? bytes : [])];
  });
  const heads = ["", ...columns.flatMap((column) => [column.title, ""]), ...extra];
  return ["", styled("bold", `${group}  ${title}`), ...align([heads, ...lines])];
}

/** Time and how many times the baseline's it is. */
function figure(cell, unit) {
  if (!cell) return ["", ""];
  if (cell.ns === undefined) return ["–", ""];
  const times = cell.peer === unit ? undefined : cell.times?.[unit];
  const mark = cell.wrong ? " ✗" : cell.rough ? " ≈" : "";
  return [duration(cell.ns) + mark, times === undefined ? "" : ratio(times)];
}

function align(lines) {
  const width = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line, row) => {
    const text = line
      .map((word, i) => (i === 0 ? word.padEnd(width[i]) : word.padStart(width[i])))
      .join("  ");
    return row === 0 ? styled("dim", text) : text;
  });
}

/** Wrong answers, and why there is no figure: equal reasons of a peer on one line. */
function notes(cells, peers) {
  const lines = peers.flatMap(({ id, label }) => {
    /** @type {Map<string, string[]>} */
    const reasons = new Map();
    for (const cell of cells.filter(({ peer }) => peer === id)) {
      const reason = note(cell);
      if (reason) reasons.set(reason, [...(reasons.get(reason) ?? []), cell.id]);
    }
    return [...reasons].map(([reason, where]) => `${label}  ${reason}  (${where.join(" ")})`);
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

function note({ wrong, rough, why }) {
  if (wrong) return `✗ wrong: ${wrong}`;
  if (rough) return "≈ float64, but the answer is off by more than 1e-9 of itself";
  return why && `– ${why}`;
}

function goals(cells) {
  const judged = judge(cells);
  if (judged.length === 0) return [];
  const lines = judged.map(({ id, key, most, than, times, found, met }) => {
    const mark = styled(met ? "green" : "red", met ? "✓" : "✗");
    const show = key ? digits : duration;
    const what = key ? `${id} ${key}` : id;
    if (most !== undefined) return `${mark} ${what}: ${show(found)}, at most ${show(most)}`;
    const rivals = than?.length === 1 ? "plain JS" : "every library measured";
    return `${mark} ${what}: ${ratio(found)} faster than ${rivals}, at least ${times}×`;
  });
  return ["", styled("bold", "Goals of tapegrad"), ...lines];
}

function noise(cells, unit, peers) {
  const spreads = cells.flatMap(({ spread }) => spread ?? []).sort((a, b) => a - b);
  const percent = (x) => `${Math.round(100 * x)} %`;
  const label = peers.find(({ id }) => id === unit).label;
  const middle = spreads[spreads.length >> 1] ?? 0;
  return (
    `\nMedians over rounds; n× = times as long as ${label}, median over rounds.` +
    ` Spread over rounds: ${percent(middle)} typically, ${percent(spreads.at(-1) ?? 0)} at worst.`
  );
}
