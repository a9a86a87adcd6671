// Numbers that look random and are the same on every machine.

/** n numbers in [low, high). */
export function uniform(n, seed, low, high) {
  const step = (high - low) / 2 ** 32;
  return Float64Array.from({ length: n }, (_, i) => low + hash(i, seed) * step);
}

/** 32 well-mixed bits. */
export function hash(i, seed) {
  let h = Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Euclidean length of a gradient: of all its parts. */
export function norm(...parts) {
  let sum = 0;
  for (const values of parts) for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
}
