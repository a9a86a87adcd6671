/** @file Logistic regression in the imperative style: leaves, backward(), .grad. */
import { add, checkGrads, dot, greater, matmul, mean, multiply, noGrad, softplus } from "tapegrad";
import { subtract, sum, square, tensor, zeros, type Tensor } from "tapegrad";
import { normal, randomNumbers } from "./lib/random.js";

// Points of the plane; those on one side of a line are likely to be of class 1.
const random = randomNumbers(7);
const float64 = { dtype: "float64" } as const;
const points = normal(random, [200, 2], float64);
const line = tensor([2, -1], float64);
const noise = normal(random, [200], float64);
const classes = greater(add(matmul(points, line), multiply(0.5, noise)), 0.3).astype("float64");

/** log(1 + exp(score)) - class · score: minus the log likelihood, without overflow anywhere. */
function loss(w: Tensor, b: Tensor): Tensor {
  const scores = add(matmul(points, w), b);
  const misfit = mean(subtract(softplus(scores), multiply(classes, scores)));
  return add(misfit, multiply(0.01, sum(square(w)))); // a large w is a rash one
}

// A loss of one's own deserves a check: derivatives against finite differences.
checkGrads(loss, [tensor([0.3, -0.2], float64), tensor(0.1, float64)]);

const w = zeros([2], { ...float64, requiresGrad: true });
const b = zeros([], { ...float64, requiresGrad: true });
for (let step = 0; step <= 200; step++) {
  const value = loss(w, b);
  value.backward();
  if (step % 50 === 0) console.log(`step ${step}: loss ${value.item().toFixed(6)}`);
  // → step 0: loss 0.693147
  // → step 200: loss 0.283993
  noGrad(() => {
    for (const parameter of [w, b]) {
      parameter.assignSub(multiply(2, parameter.grad!));
      parameter.grad = null; // gradients add up until they are cleared
    }
  });
}

const { right, cosine } = noGrad(() => {
  const guesses = greater(add(matmul(points, w), b), 0);
  return {
    right: mean(guesses.equal(classes)).item(),
    cosine: dot(w, line).item() / Math.sqrt(dot(w, w).item() * dot(line, line).item()),
  };
});
console.log(`right: ${(100 * right).toFixed(1)} % of the points`);
// → right: 95.0 % of the points
console.log("cosine between w and the true line:", cosine.toFixed(4));
// → cosine between w and the true line: 0.9986
