// W1, W1b, W2 and the deep chain.

import { norm } from "../../random.js";
import { add, divide, exp, grad, multiply, subtract, sum, valueAndGrad } from "../../tapegrad.js";
import { tensorOf } from "./data.js";

const f = (x) => {
  const y = exp(multiply(x, -2));
  return divide(subtract(1, y), add(1, y));
};

export function value({ x }, workload, wrap) {
  const both = wrap(valueAndGrad(f));
  return { call: () => both(x) };
}

export function third({ x }, workload, wrap) {
  const derivative = wrap(grad(grad(grad(f))));
  return { call: () => derivative(x) };
}

export function elementwise(data, { dtype }) {
  const x = tensorOf(data.x, dtype);
  const both = valueAndGrad((x) => sum(f(x)));
  return {
    call: () => both(x)[0].item(),
    norms: () => [norm(both(x)[1].data())],
    dispose: () => x.dispose(),
  };
}

export function chain({ x, steps }) {
  const slope = (deepest) =>
    grad((x) => {
      let y = x;
      for (let i = 0; i < steps; i++) y = add(multiply(y, 1.0001), 0.001);
      deepest();
      return y;
    });
  const once = slope(() => {});
  return { call: () => once(x), deep: (deepest) => slope(deepest)(x) };
}
