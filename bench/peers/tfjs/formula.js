// W1, W1b, W2 and the deep chain.

import { Unsupported } from "../unsupported.js";

/** @param {import("../tfjs.js").Tools} tools */
export function formula({ tf, float32, length, read }) {
  const f = (x) => {
    const y = tf.exp(tf.mul(x, -2));
    return tf.div(tf.sub(1, y), tf.add(1, y));
  };

  return {
    W1({ x }) {
      const both = tf.valueAndGrad(f);
      return {
        call: () =>
          tf.tidy(() => {
            const { value, grad } = both(tf.scalar(x));
            return [read(value), read(grad)];
          }),
      };
    },

    W1b({ x }) {
      const third = tf.grad((x) => tf.grad((x) => tf.grad(f)(x))(x));
      return { call: () => tf.tidy(() => read(third(tf.scalar(x)))) };
    },

    W2({ x }, { dtype, n }) {
      if (dtype === "float64") throw new Unsupported("has no float64");
      const input = float32(x, [n ?? 0]);
      const both = tf.valueAndGrad((x) => tf.sum(f(x)));
      return {
        call: () => tf.tidy(() => read(both(input).value)),
        norms: () => tf.tidy(() => [length(both(input).grad)]),
        dispose: () => input.dispose(),
      };
    },

    deep({ x, steps }) {
      const slope = (deepest) =>
        tf.grad((x) => {
          let y = x;
          for (let i = 0; i < steps; i++) y = tf.add(tf.mul(y, 1.0001), 0.001);
          deepest();
          return y;
        });
      const run = (deepest) => tf.tidy(() => read(slope(deepest)(tf.scalar(x))));
      return { call: () => run(() => {}), deep: run };
    },
  };
}
