/// <reference types="vite/client" />
// What the tests of ops share: numbers in and out, distances, seeded random numbers.

import { tensor, type Dtype, type NestedArray, type Tensor, special } from "tapegrad";
import { expect } from "vitest";

/**
 * True in projects that run again, in another mode of the library, what `node` runs (vitest.config.ts):
 * there a share of the cases is enough.
 */
export const repeated = import.meta.env["REPEATED"] === "yes";

/** All rows; where they are repeated every nth only, the first of them at `from`. */
export function shareOf<T>(rows: readonly T[], n: number, from = 0): readonly T[] {
  return repeated ? rows.filter((_, i) => i % n === from % n) : rows;
}

/** Both float dtypes. */
export const FLOATS = ["float32", "float64"] as const;
export type Float = (typeof FLOATS)[number];

/** The elements in row-major order, as numbers. */
export function numbers(x: Tensor): number[] {
  return Array.from(x.data());
}

/** A tensor of this shape (default: a vector) with these elements. */
export function shaped(
  data: readonly number[],
  shape: readonly number[] = [data.length],
  dtype: Dtype = "float64",
): Tensor {
  return tensor(data, { dtype }).reshape(shape);
}

/** A float64 tensor. */
export function f64(data: number | NestedArray): Tensor {
  return tensor(data, { dtype: "float64" });
}

/** Product of sizes. */
export function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Random numbers in [0, 1): the same ones in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** n numbers in [low, high) that float32 holds exactly. */
export function uniform(random: () => number, n: number, low: number, high: number): number[] {
  return Array.from({ length: n }, () => Math.fround(low + (high - low) * random()));
}

const EPSILON: Record<Float, number> = { float32: 2 ** -24, float64: 2 ** -53 };
const SMALLEST: Record<Float, number> = { float32: 2 ** -149, float64: 2 ** -1074 };

/** Distance in units of the last place of `want`; equal infinities and NaNs are 0 apart. */
export function ulps(got: number, want: number, dtype: Float): number {
  if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(want)) {
    // What is past the largest float32 may be rounded to infinity.
    const rounded = dtype === "float32" ? Math.fround(want) : want;
    return got === rounded ? 0 : Infinity;
  }
  const exponent = Math.floor(Math.log2(Math.abs(want)));
  const unit = Math.max(2 ** exponent * 2 * EPSILON[dtype], SMALLEST[dtype]);
  return Math.abs(got - want) / unit;
}

/** Asserts that all of `got` is within `limit` ulps of `want`, naming the first that is not. */
export function expectUlps(
  got: readonly number[],
  want: readonly number[],
  limit: number,
  dtype: Float,
  what: string,
): void {
  expect(got.length, `${what}: number of elements`).toBe(want.length);
  for (let i = 0; i < got.length; i++) {
    const apart = ulps(got[i]!, want[i]!, dtype);
    if (!(apart <= limit)) {
      expect.fail(`${what}[${i}] is ${got[i]}, should be ${want[i]} (${apart.toFixed(1)} ulp off)`);
    }
  }
}

/** Asserts |got - want| ≤ rtol · max|want| + atol, where NaN and infinities must be the same. */
export function expectNear(
  got: readonly number[],
  want: readonly number[],
  what: string,
  rtol = 1e-12,
  atol = 0,
): void {
  expect(got.length, `${what}: number of elements`).toBe(want.length);
  const scale = Math.max(0, ...want.map(Math.abs).filter(Number.isFinite));
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, want[i]!];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= rtol * scale + atol)) {
      expect.fail(`${what}[${i}] is ${a}, should be ${b} (scale ${scale})`);
    }
  }
}

/** Asserts the same bits, but for the payload of NaNs. */
export function expectSame(got: Tensor, want: Tensor, what: string): void {
  expect(got.dtype, `${what}: dtype`).toBe(want.dtype);
  expect(got.shape, `${what}: shape`).toEqual(want.shape);
  const [a, b] = [got.data(), want.data()];
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) expect.fail(`${what}[${i}] is ${a[i]}, should be ${b[i]}`);
  }
}

/**
 * True for names that are meant for users. Others of one or two characters are what further entry points
 * need of the core: the bundler names them.
 */
export const isPublic = (name: string): boolean =>
  name.length > 2 || ["cg", "r_", "c_"].includes(name) || name in special;
