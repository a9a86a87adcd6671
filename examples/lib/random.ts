/** @file Random numbers that are the same on every machine, for data that the examples make. */
import { divide, ndtri, tensor, type CreationOptions, type Tensor } from "tapegrad";

/** Random numbers in [0, 1), the same for the same seed (the generator is called mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A tensor of numbers in (0, 1). */
export function uniform(
  random: () => number,
  shape: readonly number[],
  options?: CreationOptions,
): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, () => random() + 2 ** -33); // never 0
  return tensor(values, options).reshape(shape);
}

/** A tensor of numbers from the standard normal distribution: where the uniform ones' quantiles are. */
export function normal(
  random: () => number,
  shape: readonly number[],
  options?: CreationOptions,
): Tensor {
  const quantiles = ndtri(uniform(random, shape, { dtype: "float64" }));
  return tensor(quantiles, { dtype: "float32", ...options });
}

/** Weights for a layer's start: the more inputs an output has, the smaller. */
export function weights(random: () => number, shape: readonly number[]): Tensor {
  const inputs = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return divide(normal(random, shape), Math.sqrt(inputs));
}
