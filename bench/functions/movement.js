// What moves elements, and makes larger tensors of smaller ones.

import { even, flags, whole } from "./inputs.js";
import { constant, named } from "./row.js";

const SHAPE = [1000, 1000];
const ANY = even(SHAPE);
const HALF = even([500, 1000]);
const LINE = even([1_000_000]);

/** Functions that all libraries call in the same way, but for their names. */
const called = (name, tfjs, jax, inputs, call) => {
  const row = named(name, tfjs, jax, ...inputs);
  const wrap = (maker) => maker && ((library) => call(maker(library)));
  return { ...row, tapegrad: wrap(row.tapegrad), tfjs: wrap(row.tfjs), jax: wrap(row.jax) };
};

/** @type {import("./row.js").Row[]} */
export const MOVEMENT = [
  called(
    "broadcastTo",
    "broadcastTo",
    "numpy.broadcastTo",
    [even([1000])],
    (f) => (x) => f(x, SHAPE),
  ),
  called("concatenate", "concat", "numpy.concatenate", [HALF, HALF], (f) => (x, y) => f([x, y], 0)),
  {
    ...called(
      "concatenate",
      "concat",
      "numpy.concatenate",
      [HALF, HALF],
      (f) => (x, y) => f([x, y], 1),
    ),
    title: "of columns",
  },
  named("diag", "diag", "numpy.diag", even([1000])),
  named("diff", undefined, "numpy.diff", LINE),
  {
    name: "flip",
    title: "of rows",
    inputs: [ANY],
    tapegrad: (t) => (x) => t.flip(x, 1),
    tfjs: (tf) => (x) => tf.reverse(x, 1),
    jax:
      ({ numpy }) =>
      (x) =>
        numpy.flip(x, 1),
  },
  {
    name: "oneHot",
    inputs: [whole([10_000], 0, 100)],
    constant: true,
    tapegrad: (t) => (x) => t.oneHot(x, 100),
    tfjs: (tf) => (x) => tf.oneHot(x, 100),
    jax:
      ({ nn }) =>
      (x) =>
        nn.oneHot(x, 100),
  },
  {
    name: "pad",
    inputs: [ANY],
    tapegrad: (t) => (x) =>
      t.pad(x, [
        [2, 2],
        [2, 2],
      ]),
    tfjs: (tf) => (x) =>
      tf.pad(x, [
        [2, 2],
        [2, 2],
      ]),
    jax:
      ({ numpy }) =>
      (x) =>
        numpy.pad(x, [
          [2, 2],
          [2, 2],
        ]),
  },
  {
    name: "repeat",
    inputs: [HALF],
    tapegrad: (t) => (x) => t.repeat(x, 2, 0),
    jax:
      ({ numpy }) =>
      (x) =>
        numpy.repeat(x, 2, 0),
  },
  {
    name: "roll",
    inputs: [ANY],
    tapegrad: (t) => (x) => t.roll(x, 7, 1),
    jax:
      ({ numpy }) =>
      (x) =>
        numpy.roll(x, 7, 1),
  },
  {
    name: "slice",
    inputs: [ANY],
    tapegrad: (t) => (x) =>
      t.slice(x, [
        [100, 900],
        [100, 900],
      ]),
    tfjs: (tf) => (x) => tf.slice(x, [100, 100], [800, 800]),
    jax: () => (x) => x.slice([100, 900], [100, 900]),
  },
  called("stack", "stack", "numpy.stack", [HALF, HALF], (f) => (x, y) => f([x, y], 0)),
  {
    name: "take",
    title: "rows",
    inputs: [ANY, whole([1000], 0, 1000)],
    tapegrad: (t) => (x, i) => t.take(x, i, 0),
    tfjs: (tf) => (x, i) => tf.gather(x, i, 0),
    jax:
      ({ numpy }) =>
      (x, i) =>
        numpy.take(x, i, 0),
  },
  called("tile", "tile", "numpy.tile", [HALF], (f) => (x) => f(x, [2, 1])),
  called("transpose", "transpose", "numpy.transpose", [ANY], (f) => (x) => f(x)),
  named("tril", undefined, "numpy.tril", ANY),
  named("triu", undefined, "numpy.triu", ANY),
  constant(named("unique", "unique", undefined, whole([100_000], 0, 1000))),
  {
    name: "searchsorted",
    inputs: [LINE],
    constant: true,
    tapegrad: (t) => (x) => t.searchsorted(t.linspace(-3, 3, 1001), x),
    tfjs: (tf) => (x) => tf.searchSorted(tf.linspace(-3, 3, 1001), x),
  },
  {
    name: "bincount",
    inputs: [whole([1_000_000], 0, 100)],
    constant: true,
    tapegrad: (t) => (x) => t.bincount(x, { minlength: 100 }),
    tfjs: (tf) => (x) => tf.bincount(x, [], 100),
  },
  constant(named("logicalNot", "logicalNot", "numpy.logicalNot", flags(SHAPE))),
];
