// Forward and backward written by hand over typed arrays: what no library can be blamed for.

import * as classifier from "./plain/classifier.js";
import * as convnet from "./plain/convnet.js";
import * as formula from "./plain/formula.js";
import * as matmul from "./plain/matmul.js";
import * as network from "./plain/network.js";
import * as recurrent from "./plain/recurrent.js";
import * as rosenbrock from "./plain/rosenbrock.js";
import * as rows from "./plain/rows.js";

const MAKERS = {
  W1: formula.value,
  W1b: formula.third,
  W2: formula.elementwise,
  "W3.forward": matmul.forward,
  "W3.gradients": matmul.gradients,
  W4: network.step,
  W5: classifier.step,
  W6: convnet.step,
  W7: recurrent.valueAndGradients,
  "W7.scan": recurrent.valueAndGradients,
  "W8.hessian": rosenbrock.hessian,
  "W8.product": rosenbrock.product,
  W9: network.perExample,
  "W11.sum": rows.sum,
  "W11.softmax": rows.softmax,
  "W11.layernorm": rows.layernorm,
  deep: formula.chain,
};

/** Makes the arrays a workload wants. */
const typedFor =
  ({ dtype }) =>
  (values) =>
    dtype === "float32" ? Float32Array.from(values) : values.slice();

/** @returns {Promise<import("./index.js").Library>} */
export async function create() {
  const make = Object.fromEntries(
    Object.entries(MAKERS).map(([kind, maker]) => [
      kind,
      (data, workload) => maker(data, typedFor(workload)),
    ]),
  );
  return { version: process.version, dtype: "float64", make };
}
