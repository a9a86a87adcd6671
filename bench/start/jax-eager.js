import { writeSync } from "node:fs";
import { defaultDevice, grad, init, numpy as np } from "@jax-js/jax";

await init("wasm");
defaultDevice("wasm");
const f = (x) => {
  const y = np.exp(x.mul(-2));
  return np.subtract(1, y.ref).div(np.add(1, y));
};
writeSync(1, String(grad(f)(np.array(1)).item()));
