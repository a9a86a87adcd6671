// Time per element over n: a panel per dtype, both scales logarithmic.

import { LINE, MARGIN, drawn, roundNumbers } from "./chart.parts.js";
import { power, tick } from "./format.js";

/** @param {import("./chart.parts.js").Sheet} sheet */
export function timePerElement(sheet) {
  const points = sheet.cells.map((cell) => ({
    ...sheet.workloads.find(({ id }) => id === cell.id),
    ...cell,
  }));
  const times = roundNumbers(
    points.map(({ ns }) => ns),
    [1, 2, 5],
  );
  const n = points.map(({ n }) => n);
  const sizes = roundNumbers(n).filter((size) => size <= Math.max(...n));
  const place = { x: "n", y: "ns", fx: "dtype" };
  return drawn(sheet, {
    height: 400,
    marginLeft: 64,
    marginRight: MARGIN,
    marginTop: 40,
    marginBottom: 44,
    x: { type: "log", domain: [sizes[0] / 1.3, Math.max(...n) * 1.3], label: "n →" },
    y: { type: "log", domain: [times[0], times.at(-1)], label: "↑ time per element" },
    fx: { label: null, padding: 0.06 },
    marks: (Plot, look) => [
      Plot.gridY(times, { stroke: LINE, strokeOpacity: 1 }),
      Plot.axisY(times, { text: tick, tickSize: 0 }),
      Plot.axisX(sizes, { text: power }),
      Plot.axisFx({ fontWeight: "bold" }),
      Plot.line(points, { ...place, stroke: "peer", strokeWidth: 1.8 }),
      Plot.dot(points, { ...look, ...place }),
    ],
  });
}
