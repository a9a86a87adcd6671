// Layers of networks and losses, at sizes that networks have. Images are channels first in tapegrad and
// jax-js, channels last in TensorFlow.js: each gets the same numbers in its own order.

import { even } from "./inputs.js";

const MIB = [1024, 768];

/** Images of 32 channels. */
const FIRST = even([8, 32, 28, 28]);
const KERNEL = even([32, 32, 3, 3], -0.1, 0.1);

/** What TensorFlow.js transposes, untimed: images and filters before, results after. */
const IMAGES = {
  orders: [
    [0, 2, 3, 1],
    [2, 3, 1, 0],
  ],
  back: [0, 3, 1, 2],
};

/** @type {import("./row.js").Row[]} */
export const NETWORKS = [
  {
    name: "conv2d",
    title: "3 × 3, 32 channels",
    inputs: [FIRST, KERNEL],
    ...IMAGES,
    tapegrad:
      ({ nn }) =>
      (x, w) =>
        nn.conv2d(x, w, { padding: 1 }),
    tfjs: (tf) => (x, w) => tf.conv2d(x, w, 1, "same"),
    jax:
      ({ lax }) =>
      (x, w) =>
        lax.conv(x, w, [1, 1], "SAME"),
  },
  {
    name: "avgPool2d",
    title: "2 × 2",
    inputs: [FIRST],
    ...IMAGES,
    tapegrad:
      ({ nn }) =>
      (x) =>
        nn.avgPool2d(x, 2),
    tfjs: (tf) => (x) => tf.avgPool(x, 2, 2, "valid"),
  },
  {
    name: "maxPool2d",
    title: "2 × 2",
    inputs: [FIRST],
    ...IMAGES,
    tapegrad:
      ({ nn }) =>
      (x) =>
        nn.maxPool2d(x, 2),
    tfjs: (tf) => (x) => tf.maxPool(x, 2, 2, "valid"),
  },
  {
    name: "layerNorm",
    // The sum of squares of layerNorm alone is constant: its gradient would be rounding errors.
    title: "times x",
    inputs: [even(MIB)],
    tapegrad:
      ({ nn, multiply }) =>
      (x) =>
        multiply(nn.layerNorm(x, [768]), x),
    jax:
      ({ nn }) =>
      (x) =>
        nn.standardize(x.ref, -1).mul(x),
  },
  {
    name: "scaledDotProductAttention",
    title: "8 heads, 128 × 32",
    inputs: [even([8, 128, 32]), even([8, 128, 32]), even([8, 128, 32])],
    tapegrad: ({ nn }) => nn.scaledDotProductAttention,
    // Heads are its second axis but one, and each of ours a batch there.
    jax:
      ({ nn }) =>
      (q, k, v) => {
        const split = (x) => x.reshape([8, 128, 1, 32]);
        return nn.dotProductAttention(split(q), split(k), split(v)).reshape([8, 128, 32]);
      },
  },
  {
    name: "mseLoss",
    inputs: [even(MIB), even(MIB)],
    tapegrad: ({ nn }) => nn.mseLoss,
    tfjs: (tf) => (x, y) => tf.losses.meanSquaredError(y, x),
  },
  {
    name: "huberLoss",
    inputs: [even(MIB), even(MIB)],
    tapegrad: ({ nn }) => nn.huberLoss,
    tfjs: (tf) => (x, y) => tf.losses.huberLoss(y, x),
  },
];
