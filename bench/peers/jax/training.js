// W4, W5, W6: a function of parameters and a batch, which gives the loss and new parameters.

import { COMPARED, LAYERS } from "../../data.js";

/** @param {import("../jax.js").Tools} tools */
export function training({ jax, np, compiled, float32, length, read }) {
  const { nn, lax, tree, valueAndGrad, blockUntilReady } = jax;

  const crossEntropy = (scores, y, batch) =>
    nn
      .logSoftmax(scores)
      .mul(y)
      .sum()
      .mul(-1 / batch);

  const pool = (x) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
  const convolved = (x, k, c) => {
    const y = lax.convGeneralDilated(x, k, [1, 1], "SAME");
    return pool(nn.relu(y.add(c.reshape([-1, 1, 1]))));
  };

  const LOSSES = {
    W4: () => (p, x, y) => {
      const h1 = np.tanh(np.matmul(x, p.w1).add(p.b1));
      const h2 = np.tanh(np.matmul(h1, p.w2).add(p.b2));
      return np.mean(np.square(np.matmul(h2, p.w3).add(p.b3).sub(y)));
    },

    W5:
      ({ batch }) =>
      (p, x, y) => {
        const h1 = nn.relu(np.matmul(x, p.w1).add(p.b1));
        const h2 = nn.relu(np.matmul(h1, p.w2).add(p.b2));
        return crossEntropy(np.matmul(h2, p.w3).add(p.b3), y, batch);
      },

    W6:
      ({ batch }) =>
      (p, x, y) => {
        const h = convolved(convolved(x, p.k1, p.c1), p.k2, p.c2).reshape([batch, 1568]);
        return crossEntropy(np.matmul(h, p.w3).add(p.b3), y, batch);
      },
  };

  const inputs = {
    W4: (data) => [float32(data.x, [data.batch, 2]), float32(data.y, [data.batch, 1])],
    W5: (data) => [float32(data.x, [data.batch, 784]), float32(data.targets, [data.batch, 10])],
    W6: (data) => [
      float32(data.x, [data.batch, 1, 28, 28]),
      float32(data.targets, [data.batch, 10]),
    ],
  };

  function step(data, { kind }) {
    const layers = kind === "W6" ? LAYERS.W6first : LAYERS[kind];
    const [x, y] = inputs[kind](data);
    const given = data.firstChannels ?? data;
    /** @type {Record<string, any>} */
    let parameters = Object.fromEntries(
      Object.entries(layers).map(([name, shape]) => [name, float32(given[name], shape)]),
    );
    const loss = LOSSES[kind](data);
    const once = compiled((p, x, y) => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(p), x, y);
      const move = (name) => p[name].sub(gradients[name].mul(data.rate));
      return [value, Object.fromEntries(Object.keys(p).map((name) => [name, move(name)]))];
    });
    const next = () => {
      const [value, moved] = once(parameters, x.ref, y.ref);
      parameters = moved;
      return value;
    };
    return {
      async call() {
        const value = next();
        await blockUntilReady(parameters);
        return (await value.data())[0];
      },
      natural: () => read(next()),
      norms: () => Promise.all(COMPARED[kind].map((name) => length(parameters[name].ref))),
      dispose: () => tree.dispose([parameters, x, y]),
    };
  }
  return { W4: step, W5: step, W6: step };
}
