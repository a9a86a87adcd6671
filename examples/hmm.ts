/** @file A hidden Markov model: the forward algorithm in logarithms; its gradient is the backward one. */
import { add, equal, exp, grad, greater, logSoftmax, logsumexp, mean, multiply } from "tapegrad";
import { take, tensor, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";
import { randomNumbers } from "./lib/random.js";

// A casino has a fair die and a loaded one, and changes them now and then, unseen.
const random = randomNumbers(8);
const dice: number[] = [];
const rolls: number[] = [];
for (let i = 0, die = 0; i < 500; i++) {
  if (random() < [0.05, 0.1][die]!) die = 1 - die;
  dice.push(die);
  rolls.push(die === 0 ? Math.floor(6 * random()) : Math.min(5, Math.floor(10 * random())));
}

// Rows of scores become rows of logarithms of probabilities.
const start = {
  first: tensor([0, 0]),
  moves: tensor([
    [1, 0],
    [0, 1],
  ]),
  faces: tensor([
    [0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 1],
  ]),
};
type Model = typeof start;

/** log P(rolls | die) for each roll and die, [500, 2]. */
const evidence = (model: Model): Tensor =>
  take(logSoftmax(model.faces, 1), tensor(rolls, { dtype: "int32" }), 1).transpose();

/** log P(all rolls): sums over the 2⁵⁰⁰ ways in which dice may have been changed, roll by roll. */
function logLikelihood(model: Model, seen: Tensor): Tensor {
  const moves = logSoftmax(model.moves, 1);
  let forward = add(logSoftmax(model.first), seen.at(0));
  for (let t = 1; t < rolls.length; t++) {
    forward = add(logsumexp(add(forward.at(":", null), moves), 0), seen.at(t));
  }
  return logsumexp(forward);
}

const loss = (model: Model): Tensor =>
  multiply(-1 / rolls.length, logLikelihood(model, evidence(model)));
const { parameters, losses } = adam(loss, start, { steps: 120, rate: 0.05 });
for (const step of [0, 60, 119]) console.log(`step ${step}: ${losses[step]!.toFixed(4)} per roll`);
// → step 0: 1.7128 per roll
// → step 119: 1.6763 per roll

const percent = (x: Tensor): string =>
  (x.toArray() as number[]).map((p) => (100 * p).toFixed(0)).join(" ");
const faces = exp(logSoftmax(parameters.faces, 1));
console.log("faces of one die, in %:  ", percent(faces.at(0)));
console.log("faces of the other, in %:", percent(faces.at(1)));

// Probabilities of what was hidden are the gradient by the evidence: no backward algorithm needed.
const posterior = grad(logLikelihood, { argnums: 1 })(parameters, evidence(parameters));
const right = mean(equal(greater(posterior.at(":", 1), 0.5), tensor(dice))).item();
console.log(`guessed the die rightly for ${(100 * right).toFixed(1)} % of the rolls`);
// → guessed the die rightly for 79.6 % of the rolls
