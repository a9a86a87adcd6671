/** @file MAML (Finn et al., 2017, arXiv:1703.03400): learn a start from which one step learns much. */
import { add, grad, matmul, mean, multiply, sin, square, subtract, tanh } from "tapegrad";
import { vmap, zeros, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";
import { randomNumbers, uniform, weights } from "./lib/random.js";

const random = randomNumbers(6);
const start = {
  w1: weights(random, [1, 32]),
  b1: uniform(random, [32]),
  w2: weights(random, [32, 32]),
  b2: zeros([32]),
  w3: weights(random, [32, 1]),
};
type Network = typeof start;

const network = ({ w1, b1, w2, b2, w3 }: Network, x: Tensor): Tensor =>
  matmul(tanh(add(matmul(tanh(add(matmul(x, w1), b1)), w2), b2)), w3);
const loss = (p: Network, x: Tensor, y: Tensor): Tensor => mean(square(subtract(network(p, x), y)));

/** The network after one step downhill on ten examples of a task. */
function adapted(p: Network, x: Tensor, y: Tensor): Network {
  const slopes = grad(loss)(p, x, y);
  const step = (name: keyof Network): Tensor => subtract(p[name], multiply(0.05, slopes[name]));
  return { w1: step("w1"), b1: step("b1"), w2: step("w2"), b2: step("b2"), w3: step("w3") };
}

/** How well it does then on other examples of that task: gradients go through the gradient step. */
const afterStep = (p: Network, x: Tensor, y: Tensor, x2: Tensor, y2: Tensor): Tensor =>
  loss(adapted(p, x, y), x2, y2);
const overTasks = vmap(afterStep, { inAxes: [null, 0, 0, 0, 0] });
const metaLoss = (p: Network, ...tasks: [Tensor, Tensor, Tensor, Tensor]): Tensor =>
  mean(overTasks(p, ...tasks));

/** Tasks are waves of some height and phase, [tasks, 10, 1]: inputs and values, twice. */
function waves(tasks: number): [Tensor, Tensor, Tensor, Tensor] {
  const heights = add(0.5, multiply(2, uniform(random, [tasks, 1, 1])));
  const phases = multiply(Math.PI, uniform(random, [tasks, 1, 1]));
  const wave = (x: Tensor): Tensor => multiply(heights, sin(add(x, phases)));
  const inputs = (): Tensor => multiply(6, subtract(uniform(random, [tasks, 10, 1]), 0.5));
  const [x, x2] = [inputs(), inputs()];
  return [x, wave(x), x2, wave(x2)];
}

const test = waves(100);
/** Mean loss on new tasks, before and after the step. */
function report(name: string, p: Network): void {
  const before = loss(p, test[2], test[3]).item();
  console.log(
    `${name}: ${before.toFixed(3)}, after one step ${metaLoss(p, ...test)
      .item()
      .toFixed(3)}`,
  );
}
const plain = adam((p: Network, ...[x, y]: Tensor[]) => loss(p, x!, y!), start, {
  steps: 300,
  rate: 0.005,
  data: () => waves(16),
});
const meta = adam(metaLoss, start, { steps: 300, rate: 0.005, data: () => waves(16) });
report("at random               ", start);
report("trained on the average  ", plain.parameters);
report("trained to learn quickly", meta.parameters);
// → trained to learn quickly: 0.756, after one step 0.079
