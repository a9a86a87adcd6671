// A line of the tables of functions.

/**
 * One function, in the words of each library. A maker that is missing: the library has no such function.
 * @typedef {object} Row
 * @property {string} name ours
 * @property {string} [title] what else must be said: axis, window
 * @property {import("./inputs.js").Input[]} inputs
 * @property {Maker} tapegrad
 * @property {Maker} [tfjs]
 * @property {Maker} [jax]
 * @property {boolean} [constant] has no derivative, or none that all libraries have
 * @property {number[][]} [orders] of axes of the inputs, for TensorFlow.js
 * @property {number[]} [back] order of axes that turns its result back
 */

/** Takes the library, gives a function of tensors. @typedef {(library: any) => Function} Maker */

/** "numpy.exp" of a library. */
const find = (path) => (library) => path.split(".").reduce((at, name) => at[name], library);

/**
 * A function that has one name in each library, and takes nothing but tensors.
 * @param {string} name
 * @param {string | undefined} tfjs
 * @param {string | undefined} jax
 * @param {import("./inputs.js").Input[]} inputs
 * @returns {Row}
 */
export function named(name, tfjs, jax, ...inputs) {
  return {
    name: name.split(".").at(-1) ?? name,
    inputs,
    tapegrad: find(name),
    ...(tfjs && { tfjs: find(tfjs) }),
    ...(jax && { jax: find(jax) }),
  };
}

/** @param {Row} row @returns {Row} */
export const constant = (row) => ({ ...row, constant: true });
