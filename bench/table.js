// What the terminal shows: one table per group, then what went wrong, then the goals.

import { styleText } from "node:util";
import { ratio } from "./format.js";
import { judge } from "./goals.js";
import { inWords } from "./goals.text.js";
import { fastest } from "./rivals.js";
import { baseline, notes, spreads, tableOf } from "./table.rows.js";
import { GROUPS } from "./workloads.js";

/** Colour and weight, on a terminal only. */
const styled = (look, text) => (process.stdout.isTTY ? styleText(look, text) : text);

/** @param {any} results */
export function report(results) {
  const { workloads, peers, machine, rounds, seconds, missing } = results;
  const parts = Object.entries(GROUPS).flatMap(([group, title]) => {
    if (!workloads.some((workload) => workload.group === group)) return [];
    return ["", styled("bold", `${group}  ${title}`), ...align(tableOf(group, results))];
  });
  const unit = peers.find(({ id }) => id === baseline(results)).label;
  return [
    `${machine.cpu}, Node ${machine.node}; ${rounds} round(s), ${seconds} s`,
    peers.map(({ label, version }) => [label, version].filter(Boolean).join(" ")).join("; "),
    ...parts,
    ...section("Notes", [...notes(results), ...[missing ?? []].flat()]),
    ...section("Goals of tapegrad", goals(results)),
    `\nMedians over rounds; n× = times as long as ${unit}, median over rounds. ${spreads(results)}`,
  ].join("\n");
}

const section = (title, lines) => (lines.length === 0 ? [] : ["", styled("bold", title), ...lines]);

function align(lines) {
  const width = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line, row) => {
    const text = line
      .map((word, i) => (i === 0 ? word.padEnd(width[i]) : word.padStart(width[i])))
      .join("  ");
    return row === 0 ? styled("dim", text) : text;
  });
}

/** With the fastest library beside it, since times differ from machine to machine. */
function goals(results) {
  const rows = judge(results).map((goal) => {
    const { what, wanted, found, scaled, met } = inWords(goal);
    const rival = goal.than || goal.key === "wasmBytes" ? undefined : beside(results, goal.id);
    const there = scaled && `(${scaled} at the goals' speed)`;
    return [met ? "✓" : "✗", what, found, there, wanted, rival ?? ""];
  });
  if (rows.length === 0) return [];
  const width = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => {
    const text = row.map((word, i) => word.padEnd(width[i])).join("  ");
    return styled(row[0] === "✓" ? "green" : "red", text.trimEnd());
  });
}

function beside(results, id) {
  const rival = fastest(results, id, ["library"]);
  return rival && `${ratio(rival.times)} ${rival.label}`;
}
