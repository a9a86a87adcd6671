// W4 and W9: the network 2-16-16-1, example by example: forward, then backward into the gradients.

import { norm } from "../../random.js";
import { descend } from "./layers.js";

const NAMES = ["w1", "b1", "w2", "b2", "w3", "b3"];

/** One step of gradient descent. */
export function step(data, typed) {
  const { batch, rate } = data;
  const { parameters, example } = network(data, typed);
  const gradients = parameters.map((values) => values.slice());
  return {
    call() {
      for (let p = 0; p < 6; p++) gradients[p].fill(0);
      let loss = 0;
      for (let i = 0; i < batch; i++) loss += example(i, 1 / batch, gradients);
      for (let p = 0; p < 6; p++) descend(parameters[p], gradients[p], rate);
      return loss / batch;
    },
    norms: () => [0, 2, 4].map((p) => norm(parameters[p])),
  };
}

/** The gradients of each example's error. */
export function perExample(data, typed) {
  const { parameters, example } = network(data, typed);
  const gradients = Array.from({ length: data.batch }, () => parameters.map((p) => p.slice()));
  return {
    call() {
      let loss = 0;
      for (let i = 0; i < data.batch; i++) {
        for (let p = 0; p < 6; p++) gradients[i][p].fill(0);
        loss += example(i, 1, gradients[i]);
      }
      return loss;
    },
    norms: () => [norm(...gradients.flat())],
  };
}

function network(data, typed) {
  const [x, y, ...parameters] = ["x", "y", ...NAMES].map((name) => typed(data[name]));
  const [w1, b1, w2, b2, w3, b3] = parameters;
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

  function backward(x0, x1, dOut, [gw1, gb1, gw2, gb2, gw3, gb3]) {
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

  /** Its error; adds `scale` times the error's gradients. */
  function example(i, scale, gradients) {
    const error = forward(x[2 * i], x[2 * i + 1]) - y[i];
    backward(x[2 * i], x[2 * i + 1], 2 * error * scale, gradients);
    return error * error;
  }
  return { parameters, example };
}
