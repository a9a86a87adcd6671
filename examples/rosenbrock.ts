/** @file The banana valley of Rosenbrock, by Newton's method with conjugate gradients: no Hessian. */
import { add, dot, full, jvp, grad, multiply, square, subtract, sum, zerosLike } from "tapegrad";
import { negative, type Tensor } from "tapegrad";

/** Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])²: its minimum, 0, is where all x are 1. */
function rosenbrock(x: Tensor): Tensor {
  const [left, right] = [x.at("0:-1"), x.at("1:")];
  return sum(add(multiply(100, square(subtract(right, square(left)))), square(subtract(1, left))));
}

/** Hessian times v: the derivative of the gradient along v. Forward mode over reverse mode. */
const hvp = (f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): [Tensor, Tensor] =>
  jvp(grad(f), [x], [v]) as [Tensor, Tensor];

/** A direction downhill: solves H·p = -g roughly, without ever having H. */
function newtonDirection(f: (x: Tensor) => Tensor, x: Tensor, g: Tensor): Tensor {
  let p = zerosLike(x);
  let rest = negative(g);
  let direction = rest;
  let size = dot(rest, rest).item();
  const enough = size * Math.min(0.25, size);
  for (let i = 0; i < 2 * x.size && size > enough; i++) {
    const product = hvp(f, x, direction)[1];
    const curvature = dot(direction, product).item();
    if (curvature <= 0) return i === 0 ? negative(g) : p; // the valley bends the other way here
    const step = size / curvature;
    p = add(p, multiply(step, direction));
    rest = subtract(rest, multiply(step, product));
    const next = dot(rest, rest).item();
    direction = add(rest, multiply(next / size, direction));
    size = next;
  }
  return p;
}

let x = full([10], -1, { dtype: "float64" });
const size = (v: Tensor): number => Math.sqrt(dot(v, v).item());
for (let iteration = 0; ; iteration++) {
  const value = rosenbrock(x).item();
  const g = grad(rosenbrock)(x);
  const slope = size(g);
  if (iteration % 10 === 0 || slope < 1e-9) {
    console.log(`iteration ${iteration}: f = ${value.toExponential(3)}`);
  }
  // → iteration 0: f = 3.636e+3
  // → iteration 60: f = 3.167e-3
  if (slope < 1e-9) break;
  const p = newtonDirection(rosenbrock, x, g);
  const decline = dot(p, g).item();
  let length = 1; // halved until the function falls as much as its slope promises
  while (rosenbrock(add(x, multiply(length, p))).item() > value + 1e-4 * length * decline) {
    length /= 2;
  }
  x = add(x, multiply(length, p));
}
console.log("distance from (1, 1, …):", size(subtract(x, 1)) < 1e-12 ? "< 1e-12" : "too large");
// → distance from (1, 1, …): < 1e-12
