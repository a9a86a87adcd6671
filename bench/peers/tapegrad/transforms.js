// W7, W8, W9: a long loop, second derivatives, and gradients per example.

import { LAYERS } from "../../data.js";
import { norm } from "../../random.js";
import {
  add,
  checkpoint,
  compile,
  grad,
  hessian as hessianOf,
  jvp,
  matmul,
  mean,
  memory,
  multiply,
  resetPeakMemory,
  scan,
  sin,
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

/** What a stretch of a function leaves in memory. */
class Tape {
  bytes = 0;

  begin() {
    this.before = memory().residentBytes;
  }

  end() {
    this.bytes = memory().residentBytes - this.before;
  }
}

export function recurrent({ steps, batch, hidden, inputs, ...data }, workload, wrap) {
  const w = tensorOf(data.w, "float32", [hidden, hidden]);
  const u = tensorOf(data.u, "float32", [inputs, hidden]);
  const size = batch * inputs;
  const xs = Array.from({ length: steps }, (_, t) =>
    tensorOf(data.xs.subarray(t * size, (t + 1) * size), "float32", [batch, inputs]),
  );
  const tape = new Tape();
  const both = wrap(
    valueAndGrad(
      (w, u, xs) => {
        tape.begin();
        let h = zeros([batch, hidden]);
        for (const x of xs) h = tanh(add(matmul(h, w), matmul(x, u)));
        tape.end();
        return mean(square(h));
      },
      { argnums: [0, 1] },
    ),
  );
  return {
    call: () => both(w, u, xs)[0].item(),
    norms: () => both(w, u, xs)[1].map((gradient) => norm(gradient.data())),
    // A program runs without the function: its memory is not that of the recording.
    taped: wrap === compile ? undefined : () => (both(w, u, xs), tape.bytes),
  };
}

/** The same by `scan`; where it goes in segments, it keeps every few carries and takes the steps again. */
export function scanned({ steps, batch, hidden, inputs, ...data }, { id }, wrap) {
  const w = tensorOf(data.w, "float32", [hidden, hidden]);
  const u = tensorOf(data.u, "float32", [inputs, hidden]);
  const xs = tensorOf(data.xs, "float32", [steps, batch, inputs]);
  const options = id === "W7.segments" ? { checkpoint: true } : {};
  const tape = new Tape();
  const both = wrap(
    valueAndGrad(
      (w, u, xs) => {
        const step = (h, x) => [tanh(add(matmul(h, w), matmul(x, u))), null];
        tape.begin();
        const [h] = scan(step, zeros([batch, hidden]), xs, options);
        tape.end();
        return mean(square(h));
      },
      { argnums: [0, 1] },
    ),
  );
  return {
    call: () => both(w, u, xs)[0].item(),
    norms: () => both(w, u, xs)[1].map((gradient) => norm(gradient.data())),
    // A program runs without the function: its memory is not that of the recording.
    taped: wrap === compile ? undefined : () => (both(w, u, xs), tape.bytes),
  };
}

/** W13: a deep network, each layer stored or computed again. */
export function layered({ layers, size, batch, ...data }, { id }, wrap) {
  const x = tensorOf(data.x, "float32", [batch, size]);
  const ws = Array.from({ length: layers }, (_, i) =>
    tensorOf(data.w.subarray(i * size * size, (i + 1) * size * size), "float32", [size, size]),
  );
  const layer = (h, w) => tanh(add(matmul(h, w), multiply(0.1, sin(h))));
  const several = (h, ws) => ws.reduce(layer, h);
  const block = id === "W13" ? several : checkpoint(several);
  const length = Math.round(Math.sqrt(layers));
  const run = (ws, x) => {
    let h = x;
    for (let i = 0; i < layers; i += length) h = block(h, ws.slice(i, i + length));
    return h;
  };
  const both = wrap(valueAndGrad((ws, x) => mean(square(run(ws, x)))));
  const peak = () => {
    resetPeakMemory();
    const before = memory().residentBytes;
    both(ws, x);
    return memory().peakBytes - before;
  };
  return {
    call: () => both(ws, x)[0].item(),
    norms: () => [norm(...both(ws, x)[1].map((gradient) => gradient.data()))],
    taped: peak,
  };
}

/** What a call of a transform takes by itself. */
export function bare({ x }, { id }, wrap) {
  const given = id === "call" ? x[0] : tensorOf(x, "float64");
  const slope = wrap(grad(id === "call" ? (x) => x : (x) => sum(x)));
  return { call: () => (id === "call" ? slope(given) : slope(given).slice([0]).item()) };
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
