// The pictures: time per call by workload, and time per element by size.

import { parseHTML } from "linkedom";
import { timePerCall } from "./chart.call.js";
import { timePerElement } from "./chart.element.js";
import { FAINT, MARGIN, TEXT, WIDTH, drawn } from "./chart.parts.js";

/** @typedef {import("./chart.parts.js").Sheet} Sheet */

/**
 * @param {any} results
 * @returns {Record<string, string>} SVG by file name
 */
export function charts(results) {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { machine, rounds, workloads } = results;
  const cells = results.cells.filter(({ ns }) => ns > 0);
  const how = `${machine.cpu}, Node ${machine.node}, one thread unless said; median of ${rounds} round(s).`;
  const wrong = cells.some((cell) => cell.wrong) ? " A hollow mark is a wrong answer." : "";
  const sheet = (cells) => {
    const present = new Set(cells.map(({ peer }) => peer));
    const peers = results.peers.filter(({ id }) => present.has(id));
    return { document, cells, peers, workloads };
  };

  /** @type {Record<string, string>} */
  const pictures = {};
  if (cells.length > 0) {
    const all = sheet(cells);
    const words = ["Time per call", how, `Each line further left is ten times faster.${wrong}`];
    pictures["time.svg"] = frame(words, all, timePerCall(all));
  }
  const sized = cells.filter(({ id }) => id.startsWith("W2."));
  if (new Set(sized.map(({ id }) => id.slice(7))).size > 1) {
    const words = [
      "Time per element",
      how,
      "Value and gradient of the sum of (1 − exp(−2x)) / (1 + exp(−2x)) over n elements.",
    ];
    pictures["elementwise.svg"] = frame(words, sheet(sized), timePerElement(sheet(sized)));
  }
  return pictures;
}

/** Title, two more lines, legend and plot on one sheet, as a file. */
function frame([title, ...subtitles], sheet, body) {
  const key = legend(sheet);
  const top = 90 + Number(key.getAttribute("height"));
  const height = Number(body.getAttribute("height")) + top + 8;
  const text = (y, words, look) => `<text x="${MARGIN}" y="${y}" ${look}>${escape(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}"`,
    ` viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    text(30, title, `font-size="17" font-weight="600" fill="${TEXT}"`),
    ...subtitles.map((words, i) => text(50 + 18 * i, words, `font-size="12" fill="${FAINT}"`)),
    at(key, 82),
    at(body, top),
    `</svg>\n`,
  ].join("");
}

function legend(sheet) {
  let x = MARGIN + 6;
  let line = 0;
  const items = sheet.peers.map(({ id, label }) => {
    // A letter is about 7 wide at this size.
    const width = 34 + 7 * label.length;
    if (x + width > WIDTH) [x, line] = [MARGIN + 6, line + 1];
    const item = { peer: id, label, x, y: 12 + 20 * line };
    x += width;
    return item;
  });
  const place = { x: "x", y: "y" };
  return drawn(sheet, {
    height: 24 + 20 * line,
    margin: 0,
    x: { type: "identity", axis: null },
    y: { type: "identity", axis: null },
    marks: (Plot, look) => [
      Plot.dot(items, { ...look, ...place }),
      Plot.text(items, { ...place, text: "label", dx: 12, textAnchor: "start" }),
    ],
  });
}

/** An SVG inside another, moved down. */
function at(svg, y) {
  svg.setAttribute("y", String(y));
  return svg.outerHTML;
}

const escape = (text) =>
  text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
