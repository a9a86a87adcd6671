/**
 * Random numbers as functions of keys (as in jax.random): the same key gives the same numbers, inside
 * transforms and compiled programs, on every machine.
 *
 * @packageDocumentation
 */
export { foldIn, key, split } from "./keys.js";
export {
  bernoulli,
  bits,
  normal,
  permutation,
  randint,
  uniform,
  type RandomOptions,
  type UniformOptions,
} from "./draws.js";
