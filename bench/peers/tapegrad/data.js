// Data as tensors.

import { tensor } from "../../tapegrad.js";

/** @param {Float64Array} values @param {string} dtype @param {number[]} [shape] */
export function tensorOf(values, dtype, shape) {
  const flat = tensor(dtype === "float32" ? Float32Array.from(values) : values);
  return shape ? flat.reshape(shape) : flat;
}

/** A network's parameters: plain tensors, or leaves that ask for gradients. */
export function parametersOf(data, layers, { requiresGrad = false } = {}) {
  const parameter = ([name, shape]) => {
    const values = tensorOf(data[name], "float32", shape);
    return [name, requiresGrad ? tensor(values, { requiresGrad }) : values];
  };
  return Object.fromEntries(Object.entries(layers).map(parameter));
}
