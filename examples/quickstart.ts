/**
 * @file The quick start: what tapegrad does, in one page. Run it with `npm start`.
 *
 * It follows the blog post "Understanding Auto gradients": a derivative at a point, over an
 * interval, in the imperative style, of higher order; then a network that learns from real data.
 */
import { SingleBar } from "cli-progress";
import { add, divide, exp, log, matmul, max, mean, multiply, subtract, sum } from "tapegrad";
import { elementwiseGrad, grad, linspace, noGrad, onesLike, tensor, zeros } from "tapegrad";
import { tanh, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";
import { loadIris } from "./lib/iris.js";
import { randomNumbers } from "./lib/random.js";

const pictures = "build/quickstart";

// 1. A function, written with the library's operations, and its derivative at one point.
function f(x: Tensor): Tensor {
  const y = exp(multiply(-2, x));
  return divide(subtract(1, y), add(1, y));
}
const at = (x: number): number => f(tensor(x, { dtype: "float64" })).item();
console.log("The derivative of tanh at 1.0");
console.log("  by grad:              ", grad(f)(1.0)); // → by grad:               0.419974341614026
console.log("  by central difference:", (at(1.0001) - at(0.9999)) / 0.0002);

// 2. The derivative at every point of an interval.
const x = linspace(-7, 7, 200, { dtype: "float64" });
await plot(
  [
    { x, y: f(x), label: "tanh(x)" },
    { x, y: elementwiseGrad(f)(x), label: "its gradient" },
  ],
  { title: "tanh and its gradient", file: `${pictures}/gradient.svg` },
);

// 3. The same in the imperative style: mark the input, compute, go backward, read .grad.
const one = tensor(1.0, { requiresGrad: true });
f(one).backward();
console.log("  by backward, float32: ", one.grad!.item().toFixed(4)); // → by backward, float32:  0.4200

const inputs = tensor(linspace(-7, 7, 200), { requiresGrad: true });
const outputs = f(inputs);
outputs.backward(onesLike(outputs));
await plot(
  [
    { x: inputs, y: outputs, label: "y = tanh(x)" },
    { x: inputs, y: inputs.grad!, label: "x.grad" },
  ],
  { title: "tanh and its gradient by backward", file: `${pictures}/backward.svg` },
);

// 4. Derivatives of derivatives: as many as you like.
await plot(
  { tanh: f },
  {
    domain: [-7, 7],
    derivatives: 4,
    title: "tanh and its derivatives",
    file: `${pictures}/derivatives.svg`,
  },
);

// 5. Real data: tell three species of iris apart by the sizes of their petals.
const random = randomNumbers(1);
const { train, test } = loadIris(random, 10);

function weights(rows: number, columns: number): Tensor {
  const draw = (): number => (2 * random() - 1) / Math.sqrt(rows);
  const values = Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
  return tensor(values, { requiresGrad: true });
}
const w1 = weights(4, 16);
const b1 = zeros([16], { requiresGrad: true });
const w2 = weights(16, 3);
const b2 = zeros([3], { requiresGrad: true });
const parameters = [w1, b1, w2, b2];

/** Scores of the three species for each row; the highest is the network's answer. */
function network(rows: Tensor): Tensor {
  const hidden = tanh(add(matmul(rows, w1), b1));
  return add(matmul(hidden, w2), b2);
}

/** Minus the logarithm of the probability that the network gives to the truth, on average. */
function crossEntropy(scores: Tensor, oneHot: Tensor): Tensor {
  const shifted = subtract(scores, max(scores, 1, { keepdims: true })); // so that exp stays small
  const truth = sum(multiply(shifted, oneHot), 1);
  return mean(subtract(log(sum(exp(shifted), 1)), truth));
}

const steps = 300;
const losses: number[] = [];
// Draws nothing where stdout is not a terminal.
const format = "  training {bar} {percentage}% · loss {loss}";
const progress = new SingleBar({ format, stream: process.stdout });
progress.start(steps, 0, { loss: "" });
for (let step = 1; step <= steps; step++) {
  const loss = crossEntropy(network(train.inputs), train.oneHot);
  loss.backward();
  noGrad(() => {
    for (const parameter of parameters) {
      parameter.assignSub(multiply(0.2, parameter.grad!));
      parameter.grad = null;
    }
  });
  losses.push(loss.item());
  progress.update(step, { loss: losses.at(-1)!.toFixed(4) });
}
progress.stop();

const scores = noGrad(() => network(test.inputs)).toArray() as number[][];
const right = scores.filter((row, i) => row.indexOf(Math.max(...row)) === test.species[i]).length;
console.log("A network of 4, 16 and 3 neurons, trained on 120 of the 150 iris flowers");
console.log("  loss:                 ", losses[0]!.toFixed(4), "→", losses.at(-1)!.toFixed(4));
// → loss:                  1.1061 → 0.0731
const accuracy = ((100 * right) / scores.length).toFixed(1);
console.log(`  held-out accuracy:      ${accuracy} % (${right} of ${scores.length} flowers)`);
// → held-out accuracy:      100.0 % (30 of 30 flowers)
await plot(
  { x: losses.map((_, i) => i + 1), y: losses, label: "cross-entropy" },
  { title: "Learning the iris flowers", xLabel: "step", file: `${pictures}/loss.svg` },
);
console.log(`Pictures: ${pictures}/{gradient,backward,derivatives,loss}.svg`);
