/** @file How long may a step of gradient descent be? 2/λ, where λ is the Hessian's largest eigenvalue. */
import {
  add,
  cos,
  dot,
  grad,
  hessian,
  jvp,
  linspace,
  matmul,
  mean,
  multiply,
  square,
} from "tapegrad";
import { subtract, tanh, compile, divide, norm, type Tensor } from "tapegrad";
import { normal, randomNumbers } from "./lib/random.js";

const float64 = { dtype: "float64" } as const;
const random = randomNumbers(13);
const x = linspace(-2, 2, 40, float64);
const y = cos(multiply(2, x));

/** A network 1 → 8 → 1, whose 25 parameters are one vector. */
function network(p: Tensor): Tensor {
  const hidden = tanh(add(multiply(x.at(":", null), p.at("0:8")), p.at("8:16")));
  return add(matmul(hidden, p.at("16:24")), p.at(24));
}
const loss = (p: Tensor): Tensor => mean(square(subtract(network(p), y)));

const slope = compile((p: Tensor): Tensor => grad(loss)(p));
/** Hessian times v, in a few times what the loss costs, however many parameters there are. */
const times = compile((p: Tensor, v: Tensor): Tensor => jvp(grad(loss), [p], [v])[1]);

/** The largest eigenvalue and its direction: whatever v is, H·v, H·H·v, … turn there. */
function sharpest(p: Tensor): [number, Tensor] {
  let v = normal(random, [25], float64);
  for (let i = 0; i < 300; i++) {
    const product = times(p, v);
    v = divide(product, norm(product));
  }
  return [dot(v, times(p, v)).item(), v];
}

function descend(p: Tensor, rate: number, steps: number): Tensor {
  for (let i = 0; i < steps; i++) p = subtract(p, multiply(rate, slope(p)));
  return p;
}

const start = multiply(0.7, normal(random, [25], float64));
const p = descend(start, 0.1, 3000);
console.log("loss:", loss(start).item().toFixed(6), "→", loss(p).item().toFixed(6));
// → loss: 1.892701 → 0.003553
const [largest, v] = sharpest(p);
console.log("largest eigenvalue, by products:", largest.toFixed(6));
// → largest eigenvalue, by products: 8.319117

// So small a network's Hessian may be had in full, 25 × 25.
const full = hessian(loss)(p);
const rest = norm(subtract(matmul(full, v), multiply(largest, v))).item();
console.log("it is one of the whole Hessian:", rest < 1e-9);
// → it is one of the whole Hessian: true

// Beside the valley's floor, a step that is too long climbs its walls.
const beside = add(p, multiply(0.001, v));
for (const part of [0.5, 0.95, 1.05]) {
  const after = loss(descend(beside, (part * 2) / largest, 60)).item();
  const verdict = after < loss(beside).item() ? "falls" : "rises";
  console.log(`steps of ${part} · 2/λ: the loss ${verdict}, to ${after.toFixed(6)}`);
  // → steps of 0.95 · 2/λ: the loss falls, to 0.003361
  // → steps of 1.05 · 2/λ: the loss rises, to 0.196892
}
