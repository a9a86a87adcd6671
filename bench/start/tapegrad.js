import { writeSync } from "node:fs";
import { add, divide, exp, grad, multiply, subtract } from "../../build/lib/index.js";

const f = (x) => {
  const y = exp(multiply(x, -2));
  return divide(subtract(1, y), add(1, y));
};
writeSync(1, String(grad(f)(1)));
