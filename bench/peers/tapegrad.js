// tapegrad itself. Networks are trained in the imperative style, or in the functional one.

import { readFileSync } from "node:fs";
import * as formula from "./tapegrad/formula.js";
import * as matmul from "./tapegrad/matmul.js";
import * as rows from "./tapegrad/rows.js";
import * as training from "./tapegrad/training.js";
import * as transforms from "./tapegrad/transforms.js";

/** @returns {Promise<import("./index.js").Library>} */
export async function create(style) {
  const manifest = new URL("../../package.json", import.meta.url);
  const step = style === "functional" ? training.functional : training.imperative;
  return {
    version: JSON.parse(readFileSync(manifest, "utf8")).version,
    dtype: "float64",
    make: {
      W1: formula.value,
      W1b: formula.third,
      W2: formula.elementwise,
      "W3.forward": matmul.forward,
      "W3.gradients": matmul.gradients,
      W4: step,
      W5: step,
      W6: step,
      W7: transforms.recurrent,
      "W8.hessian": transforms.hessian,
      "W8.product": transforms.product,
      W9: transforms.perExample,
      "W11.sum": rows.sum,
      "W11.softmax": rows.softmax,
      "W11.layernorm": rows.layernorm,
      deep: formula.chain,
    },
  };
}
