import { writeSync } from "node:fs";
import { add, div, exp, grad, mul, scalar, setBackend, sub } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";

await setBackend("cpu");
const f = (x) => {
  const y = exp(mul(x, -2));
  return div(sub(1, y), add(1, y));
};
writeSync(1, String(grad(f)(scalar(1)).dataSync()[0]));
