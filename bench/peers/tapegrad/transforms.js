// W7, W8, W9: a long loop, second derivatives, and gradients per example.

import { LAYERS } from "../../data.js";
import { norm } from "../../random.js";
import {
  add,
  grad,
  hessian as hessianOf,
  jvp,
  matmul,
  mean,
  multiply,
  scan,
  square,
  subtract,
  sum,
  tanh,
  valueAndGrad,
  vmap,
  zeros,
} from "../../tapegrad.js";
import { parametersOf, tensorOf } from "./data.js";
import { predict } from "./training.js";

export function recurrent({ steps, batch, hidden, inputs, ...data }, workload, wrap) {
  const w = tensorOf(data.w, "float32", [hidden, hidden]);
  const u = tensorOf(data.u, "float32", [inputs, hidden]);
  const size = batch * inputs;
  const xs = Array.from({ length: steps }, (_, t) =>
    tensorOf(data.xs.subarray(t * size, (t + 1) * size), "float32", [batch, inputs]),
  );
  const both = wrap(
    valueAndGrad(
      (w, u, xs) => {
        let h = zeros([batch, hidden]);
        for (const x of xs) h = tanh(add(matmul(h, w), matmul(x, u)));
        return mean(square(h));
      },
      { argnums: [0, 1] },
    ),
  );
  return {
    call: () => both(w, u, xs)[0].item(),
    norms: () => both(w, u, xs)[1].map((gradient) => norm(gradient.data())),
  };
}

/** The same by `scan`, which keeps every few carries for the way back, and takes the steps again. */
export function scanned({ steps, batch, hidden, inputs, ...data }, workload, wrap) {
  const w = tensorOf(data.w, "float32", [hidden, hidden]);
  const u = tensorOf(data.u, "float32", [inputs, hidden]);
  const xs = tensorOf(data.xs, "float32", [steps, batch, inputs]);
  const both = wrap(
    valueAndGrad(
      (w, u, xs) => {
        const step = (h, x) => [tanh(add(matmul(h, w), matmul(x, u))), null];
        return mean(square(scan(step, zeros([batch, hidden]), xs)[0]));
      },
      { argnums: [0, 1] },
    ),
  );
  return {
    call: () => both(w, u, xs)[0].item(),
    norms: () => both(w, u, xs)[1].map((gradient) => norm(gradient.data())),
  };
}

const rosenbrock = (x) => {
  const a = x.slice([[0, -1]]);
  const b = x.slice([[1, null]]);
  return sum(add(multiply(100, square(subtract(b, square(a)))), square(subtract(1, a))));
};

export function hessian(data, workload, wrap) {
  const x = tensorOf(data.x, "float64");
  const second = wrap(hessianOf(rosenbrock));
  return {
    call: () => second(x).slice([0, 0]).item(),
    norms: () => [norm(second(x).data())],
  };
}

/** The Hessian times a vector: the gradient, pushed forward along it. */
export function product(data, workload, wrap) {
  const [x, v] = [tensorOf(data.x, "float64"), tensorOf(data.v, "float64")];
  const gradient = grad(rosenbrock);
  const along = wrap((x, v) => jvp(gradient, [x], [v])[1]);
  return {
    call: () => along(x, v).slice([0]).item(),
    norms: () => [norm(along(x, v).data())],
  };
}

export function perExample(data) {
  const x = tensorOf(data.x, "float32", [data.batch, 2]);
  const y = tensorOf(data.y, "float32", [data.batch, 1]);
  const p = parametersOf(data, LAYERS.W4);
  const error = (p, x, y) => sum(square(subtract(predict(p, x.reshape([1, 2])), y)));
  const each = vmap(valueAndGrad(error), { inAxes: [null, 0, 0] });
  return {
    call: () => sum(each(p, x, y)[0]).item(),
    norms: () => [norm(...Object.values(each(p, x, y)[1]).map((gradient) => gradient.data()))],
  };
}
