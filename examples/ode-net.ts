/** @file A network that is the right-hand side of a differential equation learns it from a spiral. */
import { add, matmul, mean, multiply, power, square, stack, subtract } from "tapegrad";
import { noGrad, tanh, tensor, zeros, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";
import { adam } from "./lib/adam.js";
import { randomNumbers, weights } from "./lib/random.js";

type Field = (x: Tensor) => Tensor;

/** One step of Runge and Kutta's method of fourth order; rows of x move on their own. */
function advance(field: Field, x: Tensor, time: number): Tensor {
  const k1 = field(x);
  const k2 = field(add(x, multiply(time / 2, k1)));
  const k3 = field(add(x, multiply(time / 2, k2)));
  const k4 = field(add(x, multiply(time, k3)));
  const slope = add(add(k1, k4), multiply(2, add(k2, k3)));
  return add(x, multiply(time / 6, slope));
}

/** Where x is after 0, 1, 2, … steps, [steps + 1, ...x]. */
function path(field: Field, x: Tensor, steps: number, time: number): Tensor {
  const places = [x];
  for (let i = 0; i < steps; i++) places.push((x = advance(field, x, time)));
  return stack(places);
}

// The truth, of which the network sees the path only: a spiral, slower near its centre.
const turn = tensor([
  [-0.1, 2],
  [-2, -0.1],
]);
const spiral: Field = (x) => matmul(power(x, 3), turn);
const time = 0.05;
const truth = path(spiral, tensor([[2, 0]]), 240, time).at(":", 0);

const random = randomNumbers(2);
const start = {
  w1: weights(random, [2, 32]),
  b1: zeros([32]),
  w2: multiply(0.1, weights(random, [32, 2])),
  b2: zeros([2]),
};
const network =
  ({ w1, b1, w2, b2 }: typeof start): Field =>
  (x) =>
    add(matmul(tanh(add(matmul(power(x, 3), w1), b1)), w2), b2);

/** From every fourth place of the path it shall get to those that come next. The solver is on the tape. */
const ahead = 8;
const from = truth.at(`0:${-ahead}:4`);
const goals = stack(
  Array.from({ length: ahead + 1 }, (_, i) => truth.at(`${i}:${241 - ahead + i}:4`)),
);
const loss = (p: typeof start): Tensor =>
  mean(square(subtract(path(network(p), from, ahead, time), goals)));

const { parameters, losses } = adam(loss, start, { steps: 250, rate: 0.02 });
for (const step of [0, 100, 249]) console.log(`step ${step}: loss ${losses[step]!.toFixed(6)}`);
// → step 0: loss 0.286097
// → step 249: loss 0.000057

// From the start alone, all the way.
const learnt = noGrad(() => path(network(parameters), truth.at("0:1"), 240, time)).at(":", 0);
const distance = mean(square(subtract(learnt, truth))).item();
console.log("mean square distance over the whole path:", distance.toFixed(4));
// → mean square distance over the whole path: 0.0091
const ways = { truth, network: learnt };
await plot(
  Object.entries(ways).map(([label, xy]) => ({ x: xy.at(":", 0), y: xy.at(":", 1), label })),
  { title: "A spiral and a network's", file: "build/ode-net/spiral.svg", height: 600 },
);
console.log("Picture: build/ode-net/spiral.svg");
