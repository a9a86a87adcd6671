// Forward and backward written by hand over typed arrays: what no library can be blamed for.

import { norm } from "../workloads.js";

const typed = (values, { dtype }) => (dtype === "float32" ? Float32Array.from(values) : values);

/** @returns {Promise<import("./index.js").Library>} */
export async function create() {
  return {
    version: process.version,
    dtype: "float64",
    make: { W1: value, W1b: third, W2: elementwise, W4: network, deep: chain },
  };
}

/** A number that V8 must read anew: it computes what depends on a constant only once. */
const opaque = (x) => Float64Array.of(x);

function value({ x }) {
  const point = opaque(x);
  return {
    call() {
      const e = Math.exp(-2 * point[0]);
      const q = 1 + e;
      return [(1 - e) / q, (4 * e) / (q * q)];
    },
  };
}

function third({ x }) {
  const point = opaque(x);
  return {
    call() {
      const e = Math.exp(-2 * point[0]);
      const f = (1 - e) / (1 + e);
      return -2 * (1 - f * f) * (1 - 3 * f * f);
    },
  };
}

/** One fused loop. */
function elementwise(data, workload) {
  const x = typed(data.x, workload);
  const gradient = x.slice();
  return {
    call() {
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        const e = Math.exp(-2 * x[i]);
        const q = 1 / (1 + e);
        sum += (1 - e) * q;
        gradient[i] = 4 * e * q * q;
      }
      return sum;
    },
    norms: () => [norm(gradient)],
  };
}

/** The derivative alone, but with the forward steps that others must take. */
function chain({ x, steps }) {
  const point = opaque(x);
  const last = opaque(0);
  return {
    call() {
      let y = point[0];
      let slope = 1;
      for (let i = 0; i < steps; i++) {
        y = y * 1.0001 + 0.001;
        slope *= 1.0001;
      }
      last[0] = y;
      return slope;
    },
  };
}

/** Example by example: forward, backward into the gradients, then the step. */
function network(data, workload) {
  const { batch, rate } = data;
  const [x, y, ...parameters] = ["x", "y", "w1", "b1", "w2", "b2", "w3", "b3"].map((name) =>
    typed(data[name], workload),
  );
  const [w1, b1, w2, b2, w3, b3] = parameters;
  const gradients = parameters.map((values) => values.slice());
  const [gw1, gb1, gw2, gb2, gw3, gb3] = gradients;
  const [h1, h2, d2] = [0, 0, 0].map(() => b1.slice());

  function forward(x0, x1) {
    for (let j = 0; j < 16; j++) h1[j] = Math.tanh(x0 * w1[j] + x1 * w1[16 + j] + b1[j]);
    for (let j = 0; j < 16; j++) {
      let sum = b2[j];
      for (let k = 0; k < 16; k++) sum += h1[k] * w2[k * 16 + j];
      h2[j] = Math.tanh(sum);
    }
    let out = b3[0];
    for (let j = 0; j < 16; j++) out += h2[j] * w3[j];
    return out;
  }

  function backward(x0, x1, dOut) {
    for (let j = 0; j < 16; j++) {
      gw3[j] += dOut * h2[j];
      d2[j] = dOut * w3[j] * (1 - h2[j] * h2[j]);
      gb2[j] += d2[j];
    }
    gb3[0] += dOut;
    for (let k = 0; k < 16; k++) {
      let sum = 0;
      for (let j = 0; j < 16; j++) {
        gw2[k * 16 + j] += h1[k] * d2[j];
        sum += w2[k * 16 + j] * d2[j];
      }
      const d1 = sum * (1 - h1[k] * h1[k]);
      gw1[k] += x0 * d1;
      gw1[16 + k] += x1 * d1;
      gb1[k] += d1;
    }
  }

  function step(values, gradient) {
    for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
  }

  return {
    call() {
      for (let p = 0; p < 6; p++) gradients[p].fill(0);
      let loss = 0;
      for (let i = 0; i < batch; i++) {
        const error = forward(x[2 * i], x[2 * i + 1]) - y[i];
        backward(x[2 * i], x[2 * i + 1], (2 * error) / batch);
        loss += error * error;
      }
      for (let p = 0; p < 6; p++) step(parameters[p], gradients[p]);
      return loss / batch;
    },
    norms: () => [norm(w1), norm(w2), norm(w3)],
  };
}
