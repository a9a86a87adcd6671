// tapegrad itself. Networks are trained in the imperative style, or in the functional one. The variant
// "compiled" has everything that may be compiled recorded and replayed.

import { readFileSync } from "node:fs";
import { compile, setRelaxed, setThreads } from "../tapegrad.js";
import * as formula from "./tapegrad/formula.js";
import * as matmul from "./tapegrad/matmul.js";
import * as rows from "./tapegrad/rows.js";
import * as training from "./tapegrad/training.js";
import * as transforms from "./tapegrad/transforms.js";
import { Unsupported } from "./unsupported.js";

/** A library that says why it cannot do anything. */
function refusing(why) {
  const refuse = () => {
    throw new Unsupported(why);
  };
  return { version: "", dtype: "float64", make: new Proxy({}, { get: () => refuse }) };
}

/** @returns {Promise<import("./index.js").Library>} */
export async function create(style) {
  if (style === "threads" && (await setThreads(2)) !== 2) return refusing("threads do not start");
  if (style === "relaxed" && !(await setRelaxed(true))) return refusing("no relaxed SIMD here");
  const manifest = new URL("../../package.json", import.meta.url);
  const step = style === "functional" ? training.functional : training.imperative;
  const wrap = style === "compiled" ? compile : (f) => f;
  /** What makes a workload, told how its function is called. */
  const by = (make) => (data, workload) => make(data, workload, wrap);
  return {
    version: JSON.parse(readFileSync(manifest, "utf8")).version,
    dtype: "float64",
    make: {
      W1: by(formula.value),
      W1b: by(formula.third),
      W2: formula.elementwise,
      "W3.forward": matmul.forward,
      "W3.gradients": matmul.gradients,
      W4: by(step),
      W5: by(step),
      W6: by(step),
      W7: by(transforms.recurrent),
      "W7.scan": by(transforms.scanned),
      "W7.segments": by(transforms.scanned),
      W13: by(transforms.layered),
      "W13.checkpoint": by(transforms.layered),
      call: by(transforms.bare),
      "call.tensor": by(transforms.bare),
      "W8.hessian": by(transforms.hessian),
      "W8.product": by(transforms.product),
      W9: transforms.perExample,
      "W11.sum": rows.sum,
      "W11.softmax": rows.softmax,
      "W11.layernorm": rows.layernorm,
      deep: formula.chain,
    },
  };
}
