/** @file Inverse kinematics: angles that lead the hand of an arm along a circle. Jacobian and vmap. */
import { add, cos, cumsum, divide, eye, jacobian, linspace, matmul, max, multiply } from "tapegrad";
import { norm, sin, stack, subtract, tensor, vmap, zeros, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";

const float64 = { dtype: "float64" } as const;
const lengths = tensor([1, 0.8, 0.5, 0.3], float64);

/** Where the ends of the bones are, [4, 2], for the angles of each bone to the one before. */
function bones(angles: Tensor): Tensor {
  const directions = cumsum(angles);
  return cumsum(multiply(lengths.at(":", null), stack([cos(directions), sin(directions)], 1)), 0);
}
const hand = (angles: Tensor): Tensor => bones(angles).at(-1);

/** The inverse of a symmetric matrix of two rows. */
function inverse(m: Tensor): Tensor {
  const [a, b, d] = [m.at(0, 0), m.at(0, 1), m.at(1, 1)];
  const adjugate = stack([d, multiply(-1, b), multiply(-1, b), a]).reshape([2, 2]);
  return divide(adjugate, subtract(multiply(a, d), multiply(b, b)));
}

/** The shortest step towards a target, by angles: Jᵀ(JJᵀ + λ)⁻¹e, tame where the arm is stretched. */
function step(angles: Tensor, target: Tensor): Tensor {
  const j = jacobian(hand)(angles); // [2, 4], in one batched pass
  const damped = add(matmul(j, j.transpose()), multiply(1e-3, eye(2, 2, float64)));
  const error = subtract(target, hand(angles));
  return add(angles, matmul(matmul(inverse(damped), error), j));
}

// 48 targets at once: vmap maps the step for one over all, the Jacobian inside it included.
const turn = linspace(0, 2 * Math.PI, 48, float64);
const targets = add(tensor([1.1, 0.9], float64), multiply(0.8, stack([cos(turn), sin(turn)], 1)));
const steps = vmap(step);

let angles = add(zeros([48, 4], float64), [0.1, 0.2, 0.3, 0.4]);
for (let i = 0; i <= 18; i++) {
  const distances = norm(subtract(targets, vmap(hand)(angles)), 2, 1);
  if (i % 6 === 0) console.log(`step ${i}: largest distance ${max(distances).item().toFixed(8)}`);
  // → step 0: largest distance 2.03391607
  // → step 18: largest distance 0.00000000
  angles = steps(angles, targets);
}

const places = vmap(bones)(angles); // [48, 4, 2]
const poses = [0, 12, 24, 36].map((pose) => ({
  x: [0, ...(places.at(pose, ":", 0).toArray() as number[])],
  y: [0, ...(places.at(pose, ":", 1).toArray() as number[])],
  label: `pose ${pose}`,
}));
await plot([...poses, { x: places.at(":", -1, 0), y: places.at(":", -1, 1), label: "hand" }], {
  title: "An arm draws a circle",
  file: "build/robot-arm/poses.svg",
  height: 600,
});
console.log("Picture: build/robot-arm/poses.svg");
