// Time per call: a row per workload, a mark per peer, on a logarithmic scale.

import { FAINT, LINE, MARGIN, TEXT, drawn, hollow, roundNumbers } from "./chart.parts.js";
import { tick } from "./format.js";

const LEFT = 176;
const ROW = 24;

/** Short names of the groups. */
const HEADS = {
  W1: "W1: scalar formula",
  "W2.f32": "W2: formula over n elements, float32",
  "W2.f64": "W2: formula over n elements, float64",
  "W3.forward": "W3: product of n × n matrices",
  "W3.gradients": "W3: the product and both gradients",
  W4: "W4: training step, network 2-16-16-1",
  W5: "W5: training step, network 784-256-128-10",
  W6: "W6: training step, convolutions",
  W7: "W7: recurrent network, value and gradient",
  W8: "W8: second derivatives",
  W9: "W9: gradients per example",
  W11: "W11: over rows, value and gradient",
  deep: "Deep: derivative of a chain of scalar operations",
  start: "Start: fresh process to first gradient",
};

/** @param {import("./chart.parts.js").Sheet} sheet */
export function timePerCall(sheet) {
  // One of the two ways to take off an empty process is enough.
  const workloads = sheet.workloads.filter(({ id }) => id !== "start.node");
  const heads = Object.entries(HEADS).flatMap(([group, title]) =>
    workloads.some((workload) => workload.group === group)
      ? [{ id: `# ${group}`, group, title }]
      : [],
  );
  const rows = heads.flatMap((head) => [
    head.id,
    ...workloads.filter(({ group }) => group === head.group).map(({ id }) => id),
  ]);
  const cells = sheet.cells.filter(({ id }) => rows.includes(id));
  const ticks = roundNumbers(cells.map(({ nsPerCall }) => nsPerCall));
  const labels = workloads.map(({ id, group, title }) => ({
    id,
    title: /^W[23]/.test(group) ? `n = ${title}` : title,
  }));
  const height = ROW * rows.length + 70;
  return drawn(sheet, {
    height,
    marginLeft: LEFT,
    marginRight: MARGIN + 10,
    marginTop: 26,
    marginBottom: 44,
    x: { type: "log", domain: [ticks[0], ticks.at(-1)], label: "time per call →" },
    y: { type: "band", domain: rows, axis: null },
    marks: (Plot, look) => [
      Plot.gridX(ticks, { stroke: LINE, strokeOpacity: 1 }),
      ...["top", "bottom"].map((anchor) =>
        Plot.axisX(ticks, {
          anchor,
          text: tick,
          tickSize: 0,
          ...(anchor === "top" ? { label: null } : {}),
        }),
      ),
      Plot.text(
        heads,
        side({ text: "title", textAnchor: "start", fontWeight: "bold" }, MARGIN - LEFT),
      ),
      Plot.text(labels, side({ text: "title", textAnchor: "end", fill: FAINT }, -14)),
      Plot.ruleY(
        cells,
        Plot.groupY(
          { x1: "min", x2: "max" },
          { y: "id", x1: "nsPerCall", x2: "nsPerCall", stroke: LINE },
        ),
      ),
      ...sheet.peers.flatMap(({ id }, i) => {
        // A little above one another, so that equals do not hide each other.
        const dy = 2.5 * (i - (sheet.peers.length - 1) / 2);
        const place = { ...look, x: "nsPerCall", y: "id", dy };
        const own = cells.filter(({ peer }) => peer === id);
        return [
          Plot.dot(
            own.filter(({ wrong }) => !wrong),
            place,
          ),
          Plot.dot(
            own.filter(({ wrong }) => wrong),
            { ...place, ...hollow },
          ),
        ];
      }),
    ],
  });
}

/** Text beside the rows. */
const side = (look, dx) => ({
  y: "id",
  frameAnchor: "left",
  stroke: "white",
  strokeWidth: 4,
  dx,
  fill: TEXT,
  ...look,
});
