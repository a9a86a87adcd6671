/** @file A neural network learns a curve from noisy points; its training step is compiled. */
import { add, cos, linspace, matmul, mean, multiply, square, subtract, tanh } from "tapegrad";
import { zeros, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";
import { adam } from "./lib/adam.js";
import { normal, randomNumbers, weights } from "./lib/random.js";

const random = randomNumbers(1);
const x = linspace(-5, 5, 80).reshape([80, 1]);
const noise = normal(random, [80, 1]);
const y = add(multiply(x, cos(x)), multiply(0.3, noise));

// Parameters are an object of tensors; the gradient is an object of the same form.
const start = {
  w1: weights(random, [1, 20]),
  b1: normal(random, [20]),
  w2: weights(random, [20, 20]),
  b2: zeros([20]),
  w3: weights(random, [20, 1]),
  b3: zeros([1]),
};

function network({ w1, b1, w2, b2, w3, b3 }: typeof start, inputs: Tensor): Tensor {
  const first = tanh(add(matmul(inputs, w1), b1));
  const second = tanh(add(matmul(first, w2), b2));
  return add(matmul(second, w3), b3);
}

const loss = (p: typeof start): Tensor => mean(square(subtract(network(p, x), y)));
const { parameters, losses } = adam(loss, start, { steps: 1000, rate: 0.01 });
for (const step of [0, 100, 999]) console.log(`step ${step}: loss ${losses[step]!.toFixed(5)}`);
// → step 0: loss 2.30392
// → step 999: loss 0.08028
console.log(
  "mean square of the noise:",
  mean(square(multiply(0.3, noise)))
    .item()
    .toFixed(5),
);

const fine = linspace(-6, 6, 241);
await plot(
  [
    { x: x.at(":", 0), y: y.at(":", 0), label: "data" },
    { x: fine, y: multiply(fine, cos(fine)), label: "truth" },
    { x: fine, y: network(parameters, fine.at(":", null)).at(":", 0), label: "network" },
  ],
  { title: "A network learns x·cos(x)", file: "build/neural-net/curve.svg" },
);
console.log("Picture: build/neural-net/curve.svg");
