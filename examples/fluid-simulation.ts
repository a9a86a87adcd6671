/** @file Which stir makes a disc of smoke into a letter? The gradient goes back through the flow. */
import { add, arange, floor, greaterEqual, less, logicalAnd, logicalOr, mean } from "tapegrad";
import { meshgrid, mod, multiply, noGrad, roll, square, subtract, take } from "tapegrad";
import { zeros, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";

const n = 20;
const times = 10;
const [x, y] = meshgrid(arange(n), arange(n)) as [Tensor, Tensor];

const right = (f: Tensor): Tensor => roll(f, -1, 1);
const left = (f: Tensor): Tensor => roll(f, 1, 1);
const below = (f: Tensor): Tensor => roll(f, -1, 0);
const above = (f: Tensor): Tensor => roll(f, 1, 0);

/** Velocities to the right and downwards. */
type Flow = { u: Tensor; v: Tensor };

/** The flow without its sources and sinks: smoke is neither made nor lost. Jacobi's iteration. */
function project({ u, v }: Flow): Flow {
  const divergence = add(subtract(right(u), left(u)), subtract(below(v), above(v)));
  let pressure = zeros([n, n]);
  for (let i = 0; i < 10; i++) {
    const around = add(add(right(pressure), left(pressure)), add(below(pressure), above(pressure)));
    pressure = multiply(0.25, subtract(around, multiply(0.5, divergence)));
  }
  return {
    u: subtract(u, multiply(0.5, subtract(right(pressure), left(pressure)))),
    v: subtract(v, multiply(0.5, subtract(below(pressure), above(pressure)))),
  };
}

/** f carried along for one unit of time: each cell takes what was where its flow comes from. */
function advect(f: Tensor, { u, v }: Flow): Tensor {
  const [fromX, fromY] = [subtract(x, u), subtract(y, v)];
  const [x0, y0] = [floor(fromX), floor(fromY)];
  const [dx, dy] = [subtract(fromX, x0), subtract(fromY, y0)];
  const cells = f.reshape([n * n]);
  const at = (column: Tensor, row: Tensor): Tensor =>
    take(cells, add(multiply(n, mod(row, n)), mod(column, n)).astype("int32"));
  const [x1, y1] = [add(x0, 1), add(y0, 1)];
  const between = (a: Tensor, b: Tensor, weight: Tensor): Tensor =>
    add(a, multiply(weight, subtract(b, a)));
  return between(between(at(x0, y0), at(x1, y0), dx), between(at(x0, y1), at(x1, y1), dx), dy);
}

function simulate(start: Flow, smoke: Tensor): Tensor {
  let flow = project(start);
  for (let time = 0; time < times; time++) {
    flow = project({ u: advect(flow.u, flow), v: advect(flow.v, flow) });
    smoke = advect(smoke, flow);
  }
  return smoke;
}

const within = (f: Tensor, low: number, high: number): Tensor =>
  logicalAnd(greaterEqual(f, low), less(f, high));
const bar = logicalAnd(within(x, 3, 17), within(y, 4, 8));
const stem = logicalAnd(within(x, 8, 12), within(y, 8, 16));
const target = logicalOr(bar, stem).astype("float32");
const distance = add(square(subtract(x, 9.5)), square(subtract(y, 9.5)));
const disc = less(distance, 28).astype("float32");

const loss = (start: Flow): Tensor => mean(square(subtract(simulate(start, disc), target)));
const still = { u: zeros([n, n]), v: zeros([n, n]) };
const { parameters, losses } = adam(loss, still, { steps: 100, rate: 0.05 });
for (const step of [0, 50, 99]) console.log(`step ${step}: loss ${losses[step]!.toFixed(4)}`);
// → step 0: loss 0.1800
// → step 99: loss 0.0093

/** Rows of characters: the denser the smoke, the darker. */
const draw = (smoke: Tensor): string[] =>
  (smoke.toArray() as number[][]).map((row) =>
    row.map((s) => " .:-=+*#%@"[Math.min(9, Math.max(0, Math.floor(10 * s)))]!.repeat(2)).join(""),
  );
const pictures = [disc, noGrad(() => simulate(parameters, disc)), target].map(draw);
for (let row = 2; row < 18; row++) console.log(pictures.map((p) => p[row]!.slice(2, 38)).join("|"));
