/** @file A long short-term memory learns to add up what is marked in a long row of numbers. */
import { add, concatenate, matmul, mean, multiply, sigmoid } from "tapegrad";
import { split, square, stack, subtract, sum, tanh, tensor } from "tapegrad";
import { zeros, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";
import { randomNumbers, uniform, weights } from "./lib/random.js";

const random = randomNumbers(5);
const [length, hidden] = [10, 16];

/** Rows of numbers in (0, 1), two of each marked; the sum of those two is wanted. */
function batch(count: number): [Tensor, Tensor] {
  const values = uniform(random, [count, length]);
  const rows = Array.from({ length: count }, () => {
    const row = Array.from({ length }, () => 0);
    row[Math.floor((random() * length) / 2)] = 1; // one in the first half
    row[Math.floor(((1 + random()) * length) / 2)] = 1; // one in the second
    return row;
  });
  const marks = tensor(rows);
  return [stack([values, marks], 2), sum(multiply(values, marks), 1)];
}

const start = {
  gates: weights(random, [2 + hidden, 4 * hidden]),
  bias: concatenate([zeros([hidden]).add(1), zeros([3 * hidden])]), // at first it forgets little
  read: weights(random, [hidden, 1]),
};

/** What the memory says after it has seen all numbers of each row. */
function answers(p: typeof start, inputs: Tensor): Tensor {
  const count = inputs.shape[0]!;
  let [cell, output] = [zeros([count, hidden]), zeros([count, hidden])];
  for (let t = 0; t < length; t++) {
    const seen = concatenate([inputs.at(":", t), output], 1);
    const [forget, write, show, change] = split(add(matmul(seen, p.gates), p.bias), 4, 1);
    cell = add(multiply(sigmoid(forget!), cell), multiply(sigmoid(write!), tanh(change!)));
    output = multiply(sigmoid(show!), tanh(cell));
  }
  return matmul(output, p.read).at(":", 0);
}

const loss = (p: typeof start, inputs: Tensor, sums: Tensor): Tensor =>
  mean(square(subtract(answers(p, inputs), sums)));

const { parameters, losses } = adam(loss, start, {
  steps: 400,
  rate: 0.02,
  data: () => batch(32),
});
for (const step of [0, 200, 399]) console.log(`step ${step}: loss ${losses[step]!.toFixed(4)}`);
// → step 0: loss 0.8734
// → step 399: loss 0.0007

const [inputs, sums] = batch(200);
const error = mean(square(subtract(answers(parameters, inputs), sums))).item();
console.log(
  "mean square error of the answer 1:",
  mean(square(subtract(sums, 1)))
    .item()
    .toFixed(4),
);
console.log("of the network, on rows it has not seen:", error.toFixed(4));
// → of the network, on rows it has not seen: 0.0010
