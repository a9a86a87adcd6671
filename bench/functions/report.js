// What the terminal shows, and docs/functions-speed.md.

import { ROWS, TABLES, idOf } from "./table.js";

const HEADS = ["function", "elements", "tapegrad", "TensorFlow.js", "jax-js"];
const SLOPES = ["with gradient", "TensorFlow.js", "jax-js"];

const count = ({ inputs }) =>
  Math.max(...inputs.map(({ shape }) => shape.reduce((a, b) => a * b, 1)));

/** "1.2 ms". */
const time = (ms) => (ms < 0.1 ? `${(1000 * ms).toPrecision(2)} µs` : `${ms.toPrecision(2)} ms`);

/** How many times as long as ours, bold where that is less; its time where ours failed. */
function ratio(cell) {
  if (!cell) return "";
  if (cell.why) return "fails";
  if (cell.times === undefined) return time(cell.ms);
  const text = `${cell.times < 10 ? cell.times.toFixed(2) : Math.round(cell.times)}×`;
  if (cell.wrong) return `${text} ✗`;
  return cell.times < 1 ? `**${text}**` : text;
}

/** The words of one function; times of ours, ratios of the others. */
function words(id, cells) {
  const row = ROWS.find((row) => idOf(row) === id);
  const parts = ["value", "slopes"].flatMap((part) => {
    const cell = (library) =>
      cells.find((c) => c.id === id && c.part === part && c.library === library);
    const own = cell("tapegrad");
    const ours = own ? (own.why ?? `${time(own.ms)}${own.wrong ? " ✗" : ""}`) : "";
    return [ours, ratio(cell("tfjs")), ratio(cell("jax"))];
  });
  return [`\`${row.name}\`${row.title ? ` ${row.title}` : ""}`, String(count(row)), ...parts];
}

/** Where a peer whose answer is right is faster, or ours is wrong. */
function slower(cells) {
  return cells
    .filter(({ library, wrong, times, why }) =>
      library === "tapegrad" ? wrong || why : !wrong && times < 1,
    )
    .sort((a, b) => a.times - b.times)
    .map(({ id, part, library, times, why }) => {
      const what = part === "value" ? id : `${id}, with gradient`;
      return library === "tapegrad"
        ? `${what}: ${why ?? "wrong"}`
        : `${what}: ${library} ${times.toFixed(2)}`;
    });
}

const NAMES = Math.max(...ROWS.map((row) => idOf(row).length));

const spaced = ([name, ...others]) =>
  [name.padEnd(NAMES + 2), ...others.map((word) => word.padEnd(13))].join("  ").trimEnd();

export const heading = () => spaced([...HEADS, ...SLOPES]);

/** A line of the terminal. */
export const lineOf = (id, cells) =>
  spaced(words(id, cells).map((word) => word.replace(/[`*]/g, "")));

/** @param {any} results */
export function summary({ cells, seconds }) {
  const behind = slower(cells);
  return [`${seconds} s. ${behind.length} slower, wrong or failed`, ...behind].join("\n");
}

/** @param {any} results */
export function documented({ date, machine, cells }) {
  const all = [...HEADS, ...SLOPES];
  const table = (rows) =>
    [
      all,
      all.map((_, i) => (i === 0 ? "---" : "--:")),
      ...rows.map((row) => words(idOf(row), cells)),
    ]
      .map((line) => `| ${line.join(" | ")} |`)
      .join("\n");
  const peers = cells.filter(({ library, ms }) => library !== "tapegrad" && ms);
  const right = peers.filter(({ wrong }) => !wrong);
  const behind = right.filter(({ times }) => times < 1);
  return `# Speed of functions

Every function that TensorFlow.js (wasm) or jax-js (wasm, jit) has too, side by side in one run:
\`npm run bench -- ops --write\` writes this file. float32, one thread, processor time, medians of interleaved samples;
${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}.

Times are those of tapegrad; the others are told as multiples of them: above 1×, tapegrad is faster, and
bold where it is not. **With gradient**: the sum of squares of what the function gives, and its gradient by
all operands that are no integers. ✗: the answer is wrong, by more than 2e-3 of the number or of the mean
(samples beside the same function in float64). Empty: there is no such function, or no derivative of it;
"fails": there is, but it throws, or does not come to an end.

Of ${right.length} right answers of others, ${right.length - behind.length} take longer than tapegrad's; ${peers.length - right.length} are wrong.

${Object.entries(TABLES)
  .map(([title, rows]) => `## ${title}\n\n${table(rows)}`)
  .join("\n\n")}
`;
}
