// The tables of docs/performance.md, from a run. What people wrote there stays as it is.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { digits, figure, ratio } from "./format.js";
import { judge } from "./goals.js";
import { inWords } from "./goals.text.js";
import { fastest } from "./rivals.js";
import { notes, spreads, tableOf } from "./table.rows.js";
import { GROUPS } from "./workloads.js";

const FILE = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
const BEGIN = "<!-- From here: written by `npm run bench -- --write`. -->";
const END = "<!-- To here. -->";

/** @param {any} results */
export async function writeDocument(results) {
  const text = await readFile(FILE, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md: ${BEGIN} … ${END} are missing`);
  const tables = [heading(results), overview(results), goals(results), ...details(results)];
  await writeFile(
    FILE,
    `${text.slice(0, from)}${BEGIN}\n\n${tables.join("\n\n")}\n\n${text.slice(to)}`,
  );
}

function heading({ machine, rounds, quick, date, peers, ceilings }) {
  const versions = peers.map(({ label, version }) => [label, version].filter(Boolean).join(" "));
  const machineWords = `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}`;
  const limits = ceilings
    ? ` In C, one core makes ${digits(ceilings.gflops)} GFLOP/s with vectors of 128 bits, and moves` +
      ` ${digits(ceilings.triad)} GB/s in a triad over 12 MB.`
    : "";
  return (
    `From one run on ${date.slice(0, 10)}, ${rounds} interleaved rounds${quick ? ", short (`--quick`)" : ""}: ` +
    `${machineWords}.${limits} Compared: ${versions.join("; ")}.`
  );
}

/** Every workload: tapegrad, the fastest library, by hand, PyTorch. */
function overview(results) {
  const { workloads, cells } = results;
  const lines = workloads.flatMap((workload) => {
    const own = cells.find(({ peer, id }) => peer === "tapegrad" && id === workload.id);
    if (own?.ns === undefined) return [];
    const library = fastest(results, workload.id, ["library"]);
    const times = (roles) => {
      const rival = fastest(results, workload.id, roles);
      return rival ? faster(rival.times) : "–";
    };
    return [
      [
        workload.id,
        figure(own, workload),
        library ? `${library.label}, ${figure(library, workload)}` : "–",
        library ? faster(library.times) : "–",
        times(["by hand"]),
        times(["python"]),
      ],
    ];
  });
  const heads = ["", "tapegrad", "fastest JavaScript library", "beside it", "by hand", "PyTorch"];
  return [
    "### Beside the others",
    "",
    "Time of the other over time of tapegrad: above 1, tapegrad is faster. Wrong answers and peers with more than one thread are left out.",
    "",
    markdown([heads, ...lines]),
  ].join("\n");
}

/** Bold where tapegrad is slower. */
const faster = (times) => (times < 1 ? `**${ratio(times)}**` : ratio(times));

function goals(results) {
  const lines = judge(results).map((goal) => {
    const { what, wanted, found, scaled, met } = inWords(goal);
    return [what, wanted, found, scaled, met ? "met" : "**missed**"];
  });
  return [
    "### Goals",
    "",
    "The last figure is what was measured over how many times as long the others took as on the goals' machine, in the same run (their median, `bench/reference.js`). It is judged where there is one.",
    "",
    markdown([["", "goal", "measured", "at the goals' speed", ""], ...lines]),
  ].join("\n");
}

function details(results) {
  const { workloads, missing } = results;
  const tables = Object.entries(GROUPS).flatMap(([group, title]) => {
    if (!workloads.some((workload) => workload.group === group)) return [];
    return [`### ${group}\n\n${title}.\n\n${markdown(tableOf(group, results))}`];
  });
  const said = [...notes(results), ...[missing ?? []].flat()].map((line) => `- ${plain(line)}`);
  return [...tables, `### Notes\n\n${said.join("\n")}\n\n${spreads(results)}`];
}

/** No character of a message may mean something to Markdown. */
const plain = (text) => text.replace(/[<>|*_`]/g, (c) => `\\${c}`);

function markdown([heads, ...lines]) {
  const row = (words) => `| ${words.join(" | ")} |`;
  return [row(heads), row(heads.map((_, i) => (i === 0 ? "---" : "--:"))), ...lines.map(row)].join(
    "\n",
  );
}
