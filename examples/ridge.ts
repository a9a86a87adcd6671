/** @file Hyperparameters by gradients: how much to shrink which weight, by implicit derivatives. */
import { add, dot, exp, grad, jvp, matmul, mean, multiply, negative, square } from "tapegrad";
import { subtract, sum, tensor, valueAndGrad, vjp, zeros, type Tensor } from "tapegrad";
import { conjugateGradients } from "./lib/conjugate.js";
import { normal, randomNumbers } from "./lib/random.js";

// Few noisy examples of many inputs, of which only the first five matter.
const float64 = { dtype: "float64" } as const;
const random = randomNumbers(9);
const truth = tensor([3, -2, 2, 1, -1, ...Array.from({ length: 25 }, () => 0)], float64);
function examples(count: number): [Tensor, Tensor] {
  const x = normal(random, [count, 30], float64);
  return [x, add(matmul(x, truth), multiply(2, normal(random, [count], float64)))];
}
const [x, y] = examples(40);
const [x2, y2] = examples(40);

/** What training minimises: misfit, and a penalty that weighs exp(s) for each input. */
const trainingLoss = (w: Tensor, s: Tensor): Tensor =>
  add(sum(square(subtract(matmul(x, w), y))), dot(exp(s), square(w)));
/** What counts: the misfit on other examples. */
const validationLoss = (w: Tensor): Tensor => mean(square(subtract(matmul(x2, w), y2)));

const slope = grad(trainingLoss); // by w, which is zero at the solution
/** Product of v with the second derivative of the training loss by w. */
const hessianTimes = (w: Tensor, s: Tensor, v: Tensor): Tensor =>
  jvp((w: Tensor) => slope(w, s), [w], [v])[1];

/** The solution for s: the loss is quadratic in w, so one Newton step from 0 gets there. */
function solve(s: Tensor): Tensor {
  const origin = zeros([30], float64);
  return conjugateGradients((v) => hessianTimes(origin, s, v), negative(slope(origin, s)), 60);
}

/**
 * Validation loss and its gradient by s. slope(w(s), s) = 0 for all s, so its total derivative is
 * zero as well: H·dw/ds + ∂slope/∂s = 0. (Implicit function theorem; nothing of how w was found
 * is recorded.)
 */
function hyperGradient(s: Tensor): [Tensor, Tensor] {
  const w = solve(s);
  const [loss, byW] = valueAndGrad(validationLoss)(w);
  const back = conjugateGradients((v) => hessianTimes(w, s, v), byW, 60);
  const [, pullback] = vjp((s: Tensor) => slope(w, s), s);
  return [loss, negative(pullback(back)[0])];
}

// One entry of it against a finite difference.
let s = zeros([30], float64);
const nudge = multiply(1e-4, tensor([1, ...Array.from({ length: 29 }, () => 0)], float64));
const at = (s: Tensor): number => validationLoss(solve(s)).item();
const difference = (at(add(s, nudge)) - at(subtract(s, nudge))) / 2e-4;
console.log("gradient by the first:", hyperGradient(s)[1].at(0).item().toFixed(7));
// → gradient by the first: -1.4652224
console.log("finite difference:    ", difference.toFixed(7));
// → finite difference:     -1.4652224

for (let step = 0; step <= 40; step++) {
  const [loss, byS] = hyperGradient(s);
  if (step % 20 === 0) console.log(`step ${step}: validation loss ${loss.item().toFixed(4)}`);
  s = subtract(s, multiply(2, byS));
}
console.log(
  "penalty of inputs that matter:",
  exp(mean(s.at("0:5")))
    .item()
    .toFixed(2),
);
console.log(
  "of those that do not:         ",
  exp(mean(s.at("5:")))
    .item()
    .toFixed(2),
);
const [x3, y3] = examples(1000);
const test = (w: Tensor): string =>
  mean(square(subtract(matmul(x3, w), y3)))
    .item()
    .toFixed(2);
console.log(`loss on 1000 new examples: ${test(solve(zeros([30], float64)))} → ${test(solve(s))}`);
// → loss on 1000 new examples: 7.43 → 5.84
