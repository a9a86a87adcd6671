// W1, W1b, W2 and the deep chain.

/** @param {import("../jax.js").Tools} tools */
export function formula({ jax, np, compiled, float32, length, read, finish }) {
  const { grad, valueAndGrad } = jax;
  const f = (x) => {
    const y = np.exp(x.mul(-2));
    return np.subtract(1, y.ref).div(np.add(1, y));
  };

  return {
    W1({ x }) {
      const both = compiled(valueAndGrad(f));
      return { call: () => both(np.array(x)).map(read) };
    },

    W1b({ x }) {
      const third = compiled(grad(grad(grad(f))));
      return { call: () => read(third(np.array(x))) };
    },

    W2(data, { dtype }) {
      const x =
        dtype === "float64" ? np.array(data.x, { dtype: np.float64 }) : float32(data.x, [-1]);
      const both = compiled(valueAndGrad((x) => np.sum(f(x))));
      return {
        call: () => finish(both(x.ref)),
        async norms() {
          const [value, gradient] = both(x.ref);
          value.dispose();
          return [await length(gradient)];
        },
        dispose: () => x.dispose(),
      };
    },

    deep({ x, steps }) {
      const slope = (deepest) =>
        compiled(
          grad((x) => {
            let y = x;
            for (let i = 0; i < steps; i++) y = y.mul(1.0001).add(0.001);
            deepest();
            return y;
          }),
        );
      const once = slope(() => {});
      return {
        call: () => read(once(np.array(x))),
        deep: (deepest) => read(slope(deepest)(np.array(x))),
      };
    },
  };
}
