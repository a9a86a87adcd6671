// W4, W5, W6: the optimiser's `minimize`, inside `tidy`. W12: without it, as the loop of an example.

import { COMPARED, LAYERS } from "../../data.js";

/** @param {import("../tfjs.js").Tools} tools */
export function training({ tf, float32, length, read }) {
  const parametersOf = (data, kind) =>
    Object.entries(LAYERS[kind]).map(([name, shape]) => tf.variable(float32(data[name], shape)));

  const LOSSES = {
    W4(data) {
      const x = float32(data.x, [data.batch, 2]);
      const y = float32(data.y, [data.batch, 1]);
      return ([w1, b1, w2, b2, w3, b3]) => {
        const h1 = tf.tanh(tf.add(tf.matMul(x, w1), b1));
        const h2 = tf.tanh(tf.add(tf.matMul(h1, w2), b2));
        return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(h2, w3), b3), y)));
      };
    },

    W5(data) {
      const x = float32(data.x, [data.batch, 784]);
      const y = float32(data.targets, [data.batch, 10]);
      return ([w1, b1, w2, b2, w3, b3]) => {
        const h1 = tf.relu(tf.add(tf.matMul(x, w1), b1));
        const h2 = tf.relu(tf.add(tf.matMul(h1, w2), b2));
        return tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(h2, w3), b3));
      };
    },

    W6(data) {
      const x = float32(data.x, [data.batch, 28, 28, 1]);
      const y = float32(data.targets, [data.batch, 10]);
      const layer = (x, k, c) => {
        const h = tf.relu(tf.add(tf.conv2d(x, k, 1, "same"), c));
        return tf.maxPool(h, 2, 2, "valid");
      };
      return ([k1, c1, k2, c2, w3, b3]) => {
        const flat = tf.reshape(layer(layer(x, k1, c1), k2, c2), [data.batch, 1568]);
        return tf.losses.softmaxCrossEntropy(y, tf.add(tf.matMul(flat, w3), b3));
      };
    },
  };

  function step(data, { kind }) {
    const loss = LOSSES[kind](data);
    const parameters = parametersOf(data, kind);
    const optimizer = tf.train.sgd(data.rate);
    const compared = Object.keys(LAYERS[kind]).flatMap((name, i) =>
      COMPARED[kind].includes(name) ? parameters[i] : [],
    );
    const once = () => read(optimizer.minimize(() => loss(parameters), true, parameters));
    return {
      call: () => tf.tidy(once),
      natural: once,
      norms: () => compared.map(length),
      dispose: () => tf.dispose(parameters),
    };
  }
  return { W4: step, W5: step, W6: step };
}
