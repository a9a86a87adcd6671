/** @file Black-box variational inference: a normal distribution moves to where a funnel is dense. */
import { add, divide, exp, mean, multiply, negative, sqrt, square, stack, sum } from "tapegrad";
import { tensor, vmap, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";
import { normal, randomNumbers } from "./lib/random.js";

/** log of the normal density with mean 0 and deviation exp(l), but for a constant. */
const logNormal = (x: Tensor, l: Tensor | number): Tensor =>
  negative(add(multiply(0.5, square(multiply(x, exp(multiply(-1, l))))), l));

/** Any density can stand here, and its factor need not be known: a funnel, 1.35 high, exp(y) wide. */
function logDensity(z: Tensor): Tensor {
  const [x, y] = [z.at(0), z.at(1)];
  return add(logNormal(y, 0.3), logNormal(x, y));
}

const start = { mean: tensor([-1, 1]), logDeviation: tensor([-2, -2]) };
type Guess = typeof start;

/**
 * Minus the evidence lower bound: what the density says of samples of the guess, and the guess's
 * entropy. A sample is mean + deviation · noise, so that derivatives pass through it; the density is
 * written for one sample, and vmap maps it over all.
 */
function loss({ mean: centre, logDeviation }: Guess, ...[noise]: Tensor[]): Tensor {
  const samples = add(centre, multiply(exp(logDeviation), noise!));
  return negative(add(mean(vmap(logDensity)(samples)), sum(logDeviation)));
}

const random = randomNumbers(10);
const { parameters, losses } = adam(loss, start, {
  steps: 600,
  rate: 0.02,
  data: () => [normal(random, [200, 2])],
});
const averaged = (from: number): string =>
  (losses.slice(from, from + 20).reduce((a, b) => a + b, 0) / 20).toFixed(3);
for (const step of [0, 100, 580])
  console.log(`from step ${step}: loss ${averaged(step)} on average`);
// → from step 0: loss 4.995 on average
// → from step 580: loss 1.751 on average

// For this density the best guess is known: pen and paper will do.
const variance = divide(1, add(2, exp(-0.6))); // of y
const best = stack([exp(negative(variance)), sqrt(variance)]);
const numbers = (x: Tensor): string => (x.toArray() as number[]).map((v) => v.toFixed(2)).join(" ");
console.log(
  "found:    mean",
  numbers(parameters.mean) + ", deviations",
  numbers(exp(parameters.logDeviation)),
);
// → found:    mean -0.06 -0.02, deviations 0.69 0.65
console.log("the best:  mean 0.00 0.00, deviations", numbers(best));
