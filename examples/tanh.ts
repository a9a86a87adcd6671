/** @file tanh to its sixth derivative: three ways to go there, and the series that comes of it. */
import { add, divide, elementwiseGrad, exp, grad, jvp, linspace, multiply, ones } from "tapegrad";
import { subtract, tanh, tensor, type Tensor } from "tapegrad";
import { plot } from "tapegrad/plot";

/** tanh by its definition; `tanh` of the library has the same derivatives. */
function byHand(x: Tensor): Tensor {
  const y = exp(multiply(-2, x));
  return divide(subtract(1, y), add(1, y));
}

type Curve = (x: Tensor) => Tensor;
type Derive = (f: Curve) => Curve;
const nth = (derive: Derive, f: Curve, n: number): Curve =>
  n === 0 ? f : nth(derive, derive(f), n - 1);

const orders = [0, 1, 2, 3, 4, 5, 6];
const half = tensor(0.5, { dtype: "float64" });

// 1. Backward through backward: grad takes a function and gives a function.
const backward: Derive = (f) => grad(f);
const derivatives = orders.map((n) => nth(backward, tanh, n)(half).item());
console.log("tanh and its derivatives at 0.5, by grad of grad of …");
for (const [n, value] of derivatives.entries()) console.log(`  ${n}: ${value.toFixed(12)}`);
// → 0: 0.462117157260
// → 1: 0.786447732966
// → 6: -36.279540291792

// 2. Forward through forward: jvp carries a slope along with the value.
const forward: Derive = (f) => (x) => jvp(f, [x], [ones([], { dtype: "float64" })])[1];
const others = orders.map((n) => nth(forward, byHand, n)(half).item());
const difference = Math.max(...derivatives.map((value, n) => Math.abs(value - others[n]!)));
console.log("By jvp of jvp of …, of the formula, the same:", difference < 1e-12);
// → By jvp of jvp of …, of the formula, the same: true

// 3. Over an interval, all points at once: elementwiseGrad.
const throughout: Derive = (f) => elementwiseGrad(f);
const x = linspace(-4, 4, 201, { dtype: "float64" });
const curves = orders.map((n) => ({
  x,
  y: nth(throughout, tanh, n)(x),
  label: n === 0 ? "tanh" : `derivative ${n}`,
}));
const file = "build/tanh/derivatives.svg";
await plot(curves, { title: "tanh and six derivatives", file, range: [-12, 12] });

// The derivatives at 0.5 make a Taylor series around it.
let [series, weight] = [0, 1];
for (const [n, value] of derivatives.entries()) {
  series += value * weight;
  weight *= 0.2 / (n + 1);
}
console.log("tanh(0.7) by the series:", series.toFixed(7));
// → tanh(0.7) by the series: 0.6043674
console.log(
  "tanh(0.7):",
  tanh(tensor(0.7, { dtype: "float64" }))
    .item()
    .toFixed(7),
);
// → tanh(0.7): 0.6043678
console.log("Picture:", file);
