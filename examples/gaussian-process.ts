/** @file A Gaussian process: its scales are those under which the data are most likely. */
import {
  add,
  concatenate,
  divide,
  exp,
  eye,
  linspace,
  log,
  matmul,
  multiply,
  noGrad,
} from "tapegrad";
import { cos, diagonal, sqrt, square, stack, subtract, sum, tensor } from "tapegrad";
import { type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";
import { adam } from "./lib/adam.js";
import { normal, randomNumbers, uniform } from "./lib/random.js";

const float64 = { dtype: "float64" } as const;
const random = randomNumbers(15);
const count = 24;
const x = multiply(10, subtract(uniform(random, [count], float64), 0.5));
const y = add(multiply(2, cos(x)), multiply(0.3, normal(random, [count], float64)));

/** Logarithms, so that any number will do. */
const start = {
  height: tensor(0, float64),
  width: tensor(1, float64),
  noise: tensor(-1, float64),
};
type Scales = typeof start;

/** How values at a and at b vary together: the nearer, the more. */
function covariance({ height, width }: Scales, a: Tensor, b: Tensor): Tensor {
  const away = divide(subtract(a.at(":", null), b), exp(width));
  return multiply(exp(multiply(2, height)), exp(multiply(-0.5, square(away))));
}

/**
 * Cholesky's factor L of the first n rows, K, column by column; rows r below become L⁻¹r on the way.
 * Then the inner product of two of them is r·K⁻¹·s: all that a Gaussian process needs.
 */
function factor(rows: Tensor): Tensor {
  const n = rows.shape[1]!;
  const columns: Tensor[] = [];
  for (let j = 0; j < n; j++) {
    let column = rows.at(`${j}:`, j);
    if (j > 0) {
      const done = stack(columns, 1).at(`${j}:`);
      column = subtract(column, matmul(done, done.at(0)));
    }
    const above = multiply(0, rows.at(`0:${j}`, j));
    columns.push(concatenate([above, divide(column, sqrt(column.at(0)))]));
  }
  return stack(columns, 1);
}

/** The factor of the data's covariance, with the data themselves as its next row. */
function known(scales: Scales, ...more: Tensor[]): Tensor {
  const noise = multiply(exp(multiply(2, scales.noise)), eye(count, count, float64));
  const rows = [add(covariance(scales, x, x), noise), y.at(null), ...more];
  return factor(concatenate(rows));
}

const constant = 0.5 * count * Math.log(2 * Math.PI);

/** Minus log P(y | x), by the scales alone: the functions themselves are integrated out. */
function loss(scales: Scales): Tensor {
  const all = known(scales);
  const logDeterminant = sum(log(diagonal(all.at(`0:${count}`))));
  return add(add(multiply(0.5, sum(square(all.at(-1)))), logDeterminant), constant);
}

const { parameters, losses } = adam(loss, start, { steps: 150, rate: 0.05 });
for (const step of [0, 50, 149]) console.log(`step ${step}: loss ${losses[step]!.toFixed(4)}`);
// → step 0: loss 48.4873
// → step 149: loss 16.2615
for (const [name, value] of Object.entries(parameters)) {
  console.log(`${name}: ${exp(value).item().toFixed(3)}`);
}

const [fine, mean, deviation] = noGrad(() => {
  const fine = linspace(-7, 7, 141, float64);
  const all = known(parameters, covariance(parameters, fine, x));
  const [data, others] = [all.at(count), all.at(`${count + 1}:`)];
  const variance = subtract(exp(multiply(2, parameters.height)), sum(square(others), 1));
  return [fine, matmul(others, data), sqrt(variance)];
}) as [Tensor, Tensor, Tensor];
const bound = (sign: number): Tensor => add(mean, multiply(2 * sign, deviation));
console.log("at 0:", mean.at(70).item().toFixed(3), "±", (2 * deviation.at(70).item()).toFixed(3));
console.log(
  "at 7:",
  mean.at(140).item().toFixed(3),
  "±",
  (2 * deviation.at(140).item()).toFixed(3),
);
// → at 7: 0.571 ± 3.231
await plot(
  [
    { x: fine, y: multiply(2, cos(fine)), label: "truth" },
    { x: fine, y: mean, label: "mean" },
    { x: fine, y: bound(1), label: "mean + 2 deviations" },
    { x: fine, y: bound(-1), label: "mean - 2 deviations" },
  ],
  { title: "A Gaussian process", file: "build/gaussian-process/process.svg" },
);
console.log("Picture: build/gaussian-process/process.svg");
