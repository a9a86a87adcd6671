/** @file What a pendulum's motion tells of it: its length and friction, by Gauss and Newton's method. */
import { add, compile, divide, jvp, mean, multiply, negative, sin, sqrt, square } from "tapegrad";
import { stack, subtract, tensor, vjp, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";
import { conjugateGradients } from "./lib/conjugate.js";
import { normal, randomNumbers } from "./lib/random.js";

const float64 = { dtype: "float64" } as const;
const [steps, time] = [200, 0.02];

/** Angles over time of a pendulum with length p[0] and friction p[1], let go at the angle p[2]. */
function swing(p: Tensor): Tensor {
  const [length, friction] = [p.at(0), p.at(1)];
  const force = (angle: Tensor, speed: Tensor): Tensor =>
    negative(add(multiply(divide(9.81, length), sin(angle)), multiply(friction, speed)));
  let angle = p.at(2);
  let speed = multiply(0, angle);
  const angles = [angle];
  for (let i = 0; i < steps; i++) {
    const half = add(speed, multiply(time / 2, force(angle, speed)));
    angle = add(angle, multiply(time, half));
    speed = add(half, multiply(time / 2, force(angle, half)));
    angles.push(angle);
  }
  return stack(angles);
}

const truth = tensor([1.3, 0.25, 2], float64);
const noise = multiply(0.02, normal(randomNumbers(4), [steps + 1], float64));
const seen = add(swing(truth), noise);
const misfits = (p: Tensor): Tensor => subtract(swing(p), seen);

// J, the Jacobian of the misfits, is needed in products only: J·v is a jvp, Jᵀ·w a vjp. Both are
// recorded once; some 2,000 operations on numbers are replayed each time.
const value = compile(misfits);
const back = compile((p: Tensor, w: Tensor): Tensor => vjp(misfits, p)[1](w)[0]);
const squares = compile((p: Tensor, v: Tensor): Tensor => {
  const [, pullback] = vjp(misfits, p);
  return pullback(jvp(misfits, [p], [v])[1])[0];
});

let p = tensor([1, 0, 1.8], float64); // a guess
const show = (p: Tensor): string => (p.toArray() as number[]).map((x) => x.toFixed(4)).join(" ");
for (let iteration = 0; iteration <= 4; iteration++) {
  const r = value(p);
  const deviation = sqrt(mean(square(r))).item();
  console.log(`iteration ${iteration}: ${show(p)}, root mean square ${deviation.toFixed(4)}`);
  // → iteration 0: 1.0000 0.0000 1.8000, root mean square 0.7458
  // → iteration 4: 1.2991 0.2506 2.0008, root mean square 0.0208
  if (iteration < 4) {
    // JᵀJ·step = Jᵀr: where the misfits would be least if they were linear.
    const step = conjugateGradients((v) => squares(p, v), back(p, r), 3);
    p = subtract(p, step);
  }
}
console.log("truth:      ", show(truth));
console.log(
  "noise:",
  sqrt(mean(square(noise)))
    .item()
    .toFixed(4),
);

const times = Array.from({ length: steps + 1 }, (_, i) => i * time);
await plot(
  [
    { x: times, y: seen, label: "seen" },
    { x: times, y: swing(p), label: "found" },
  ],
  { title: "A pendulum", xLabel: "seconds", yLabel: "angle", file: "build/pendulum/angle.svg" },
);
console.log("Picture: build/pendulum/angle.svg");
