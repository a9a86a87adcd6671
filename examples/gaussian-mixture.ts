/** @file Clusters of points, found by the gradient of a likelihood instead of the EM algorithm. */
import { add, argmax, concatenate, exp, logSoftmax, logsumexp, mean, multiply } from "tapegrad";
import { matmul, negative, square, subtract, tensor, zeros, type Tensor } from "tapegrad";
import { adam } from "./lib/adam.js";
import { normal, randomNumbers } from "./lib/random.js";

// Three clouds of 100 points, long and thin, each in its own direction.
const random = randomNumbers(12);
const cloud = (centre: number[], long: number[], wide: number[]): Tensor =>
  add(centre, matmul(normal(random, [100, 2]), [long, wide]));
const points = concatenate([
  cloud([2, 0], [0.9, 0.3], [-0.1, 0.3]),
  cloud([-1, 2], [-0.7, 0.7], [0.2, 0.2]),
  cloud([-1, -1.5], [0.1, 0.9], [0.3, 0]),
]);

// Cluster k has the weight softmax(shares)[k], and where L·(x - mean) is near 0 it is dense; L is
// lower triangular: exp(log1) and exp(log2) on its diagonal, `skew` below it.
const start = {
  shares: zeros([3]),
  means: tensor([
    [0.5, 0.5],
    [-0.5, 0.5],
    [-0.5, -0.5],
  ]),
  log1: zeros([3]),
  log2: zeros([3]),
  skew: zeros([3]),
};
type Mixture = typeof start;

/** log(share · density) of every point in every cluster, [300, 3]. */
function logParts({ shares, means, log1, log2, skew }: Mixture): Tensor {
  const away = subtract(points.at(":", null), means); // [300, 3, 2]
  const [x, y] = [away.at("...", 0), away.at("...", 1)];
  const squares = add(
    square(multiply(exp(log1), x)),
    square(add(multiply(skew, x), multiply(exp(log2), y))),
  );
  const determinants = add(log1, log2);
  const logDensity = subtract(
    subtract(determinants, multiply(0.5, squares)),
    Math.log(2 * Math.PI),
  );
  return add(logSoftmax(shares), logDensity);
}

/** Minus the log likelihood per point. Whose point it is does not matter: logsumexp sums it out. */
const loss = (mixture: Mixture): Tensor => negative(mean(logsumexp(logParts(mixture), 1)));

const { parameters, losses } = adam(loss, start, { steps: 300, rate: 0.05 });
for (const step of [0, 100, 299])
  console.log(`step ${step}: ${losses[step]!.toFixed(4)} per point`);
// → step 0: 3.9659 per point
// → step 299: 2.5232 per point
const rounded = (x: Tensor): string => (x.toArray() as number[]).map((v) => v.toFixed(2)).join(" ");
for (const k of [0, 1, 2]) console.log(`mean of cluster ${k}:`, rounded(parameters.means.at(k)));
console.log("shares:", rounded(exp(logSoftmax(parameters.shares))));

const owners = argmax(logParts(parameters), 1).toArray() as number[];
const right = owners.filter((owner, i) => owner === Math.floor(i / 100)).length;
console.log(`${right} of 300 points are in their clusters`);
// → 295 of 300 points are in their clusters
