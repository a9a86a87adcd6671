// W11: sum, softmax and layer normalisation over rows.

import { norm } from "../../random.js";
import { multiply, sum as sumOf, valueAndGrad } from "../../tapegrad.js";
import { layerNorm, softmax as softmaxOf } from "../../tapegrad.nn.js";
import { tensorOf } from "./data.js";

const matrix = (values, { rows, columns }) => tensorOf(values, "float32", [rows, columns]);

export function sum(data) {
  const x = matrix(data.x, data);
  return measured(
    valueAndGrad((x) => sumOf(x), { argnums: [0] }),
    [x],
  );
}

export function softmax(data) {
  const [x, c] = [matrix(data.x, data), matrix(data.c, data)];
  return measured(
    valueAndGrad((x) => sumOf(multiply(softmaxOf(x, 1), c)), { argnums: [0] }),
    [x],
  );
}

export function layernorm(data) {
  const [x, c] = [matrix(data.x, data), matrix(data.c, data)];
  const [gain, bias] = [tensorOf(data.gain, "float32"), tensorOf(data.bias, "float32")];
  const loss = (x, weight, bias) =>
    sumOf(multiply(layerNorm(x, [data.columns], { weight, bias }), c));
  return measured(valueAndGrad(loss, { argnums: [0, 1, 2] }), [x, gain, bias]);
}

const measured = (both, inputs) => ({
  call: () => both(...inputs)[0].item(),
  norms: () => both(...inputs)[1].map((gradient) => norm(gradient.data())),
});
