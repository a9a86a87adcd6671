// W7: h ← tanh(h W + x U) over 200 steps; the loss is the mean square of the last h.

import { norm } from "../../random.js";
import { product, productOfTransposed, productWithTransposed } from "./matrices.js";

export function valueAndGradients(data, typed) {
  const { steps, batch, hidden, inputs } = data;
  const [xs, w, u] = [data.xs, data.w, data.u].map(typed);
  const [gw, gu] = [w.slice(), u.slice()];
  const size = batch * hidden;
  const all = typed(new Float64Array((steps + 1) * size));
  const [dh, dBefore] = [0, 0].map(() => typed(new Float64Array(size)));
  const h = Array.from({ length: steps + 1 }, (_, t) => all.subarray(t * size, (t + 1) * size));
  const x = h.map((_, t) => xs.subarray(t * batch * inputs, (t + 1) * batch * inputs));

  function forward() {
    for (let t = 0; t < steps; t++) {
      const next = h[t + 1];
      product(batch, hidden, hidden, h[t], w, next);
      product(batch, hidden, inputs, x[t], u, next, true);
      for (let i = 0; i < size; i++) next[i] = Math.tanh(next[i]);
    }
  }

  function backward() {
    gw.fill(0);
    gu.fill(0);
    for (let t = steps - 1; t >= 0; t--) {
      const next = h[t + 1];
      for (let i = 0; i < size; i++) dBefore[i] = dh[i] * (1 - next[i] * next[i]);
      productOfTransposed(hidden, hidden, batch, h[t], dBefore, gw, true);
      productOfTransposed(inputs, hidden, batch, x[t], dBefore, gu, true);
      productWithTransposed(batch, hidden, hidden, dBefore, w, dh);
    }
  }

  return {
    call() {
      forward();
      const last = h[steps];
      let loss = 0;
      for (let i = 0; i < size; i++) {
        loss += last[i] * last[i];
        dh[i] = (2 * last[i]) / size;
      }
      backward();
      return loss / size;
    },
    norms: () => [norm(gw), norm(gu)],
  };
}
