// Reductions, scans and orders along axes.

import { even, flags } from "./inputs.js";
import { named } from "./row.js";

const SHAPE = [1000, 1000];
const ANY = even(SHAPE);
const NEAR_ONE = even(SHAPE, 0.99, 1.01);

/**
 * A function of a tensor and an axis, over all, along rows and along columns.
 * @param {string} name
 * @param {string | undefined} tfjs
 * @param {string | undefined} jax
 * @param {{ all?: boolean, constant?: boolean, input?: import("./inputs.js").Input }} options
 * @returns {import("./row.js").Row[]}
 */
function along(name, tfjs, jax, { all = true, constant = false, input = ANY } = {}) {
  const row = named(name, tfjs, jax, input);
  const axes = [...(all ? [undefined] : []), 1, 0];
  return axes.map((axis) => {
    const withAxis = (maker) =>
      maker &&
      ((library) => (x) => (axis === undefined ? maker(library)(x) : maker(library)(x, axis)));
    return {
      ...row,
      title: axis === undefined ? "" : axis ? "along rows" : "along columns",
      constant,
      tapegrad: withAxis(row.tapegrad),
      tfjs: withAxis(row.tfjs),
      jax: withAxis(row.jax),
    };
  });
}

/** @type {import("./row.js").Row[]} */
export const AXES = [
  ...along("all", "all", "numpy.all", { constant: true, input: flags(SHAPE) }),
  ...along("any", "any", "numpy.any", { constant: true, input: flags(SHAPE) }),
  ...along("argmax", "argMax", "numpy.argmax", { all: false, constant: true }),
  ...along("argmin", "argMin", "numpy.argmin", { all: false, constant: true }),
  ...along("argsort", undefined, "numpy.argsort", { all: false, constant: true }),
  ...along("countNonzero", undefined, "numpy.countNonzero", { constant: true }),
  ...along("cumprod", "cumprod", "numpy.cumprod", { all: false, input: NEAR_ONE }),
  ...along("cumsum", "cumsum", "numpy.cumsum", { all: false }),
  ...along("logSoftmax", "logSoftmax", "nn.logSoftmax", { all: false }).map(rowsOnly),
  ...along("logsumexp", "logSumExp", "nn.logsumexp"),
  ...along("max", "max", "numpy.max"),
  ...along("mean", "mean", "numpy.mean"),
  ...along("min", "min", "numpy.min"),
  ...along("nansum", undefined, "numpy.nansum"),
  {
    name: "norm",
    inputs: [ANY],
    tapegrad: ({ linalg }) => linalg.norm,
    tfjs: (tf) => tf.norm,
    jax: ({ numpy }) => numpy.linalg.norm,
  },
  ...along("prod", "prod", "numpy.prod", { input: NEAR_ONE }),
  ...along("ptp", undefined, "numpy.ptp"),
  ...along("softmax", "softmax", "nn.softmax", { all: false }).map(rowsOnly),
  ...along("sort", undefined, "numpy.sort", { all: false }),
  ...along("std", undefined, "numpy.std"),
  ...along("sum", "sum", "numpy.sum"),
  {
    name: "topK",
    title: "10 of each row",
    inputs: [ANY],
    constant: true,
    tapegrad: (t) => (x) => t.topK(x, 10)[0],
    tfjs: (tf) => (x) => tf.topk(x, 10).values,
    jax:
      ({ lax }) =>
      (x) =>
        lax.topK(x, 10)[0],
  },
  ...along("variance", undefined, "numpy.var_"),
];

/** TensorFlow.js knows these along the last axis only. */
function rowsOnly(row) {
  return row.title === "along rows" ? row : { ...row, tfjs: undefined };
}
