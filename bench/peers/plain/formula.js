// W1, W1b, W2 and the deep chain: formulas at a number, over elements, and over and over.

import { norm } from "../../random.js";

/** A number that V8 must read anew: it computes what depends on a constant only once. */
const opaque = (x) => Float64Array.of(x);

export function value({ x }) {
  const point = opaque(x);
  return {
    call() {
      const e = Math.exp(-2 * point[0]);
      const q = 1 + e;
      return [(1 - e) / q, (4 * e) / (q * q)];
    },
  };
}

export function third({ x }) {
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
export function elementwise(data, typed) {
  const x = typed(data.x);
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
export function chain({ x, steps }) {
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
