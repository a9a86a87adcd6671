// Slices as Python counts them, against Python's own algorithm, and the derivative of a slice.

import { grad, jvp, multiply, slice, sum, type Range, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { build, take, toTensor } from "./ndarray.js";
import { count, numbers, randomFrom, shaped } from "./support.js";

/** The indices that Python's range(*slice(start, stop, step).indices(n)) gives. */
function python(
  start: number | null,
  stop: number | null,
  step: number | null,
  n: number,
): number[] {
  const by = step ?? 1;
  const lower = by < 0 ? -1 : 0;
  const upper = by < 0 ? n - 1 : n;
  const bound = (x: number | null, missing: number): number => {
    if (x === null) return missing;
    if (x < 0) return Math.max(x + n, lower);
    return Math.min(x, upper);
  };
  const from = bound(start, by < 0 ? upper : lower);
  const to = bound(stop, by < 0 ? lower : upper);
  const out: number[] = [];
  for (let i = from; by < 0 ? i > to : i < to; i += by) out.push(i);
  return out;
}

const BOUNDS = [null, -9, -5, -4, -1, 0, 1, 3, 4, 5, 9];
const STEPS = [null, 1, 2, 3, 9, -1, -2, -3, -9];

describe("one axis", () => {
  test.each([0, 1, 2, 4, 5])("every start, stop and step of %i elements", (n) => {
    const data = Array.from({ length: n }, (_, i) => 10 + i);
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const x = shaped(data, [n], dtype);
      for (const start of BOUNDS) {
        for (const stop of BOUNDS) {
          for (const step of STEPS) {
            const got = slice(x, [[start, stop, step]]);
            const want = python(start, stop, step, n).map((i) => data[i]!);
            expect(numbers(got), `[${start}:${stop}:${step}] of ${n}`).toEqual(want);
            expect(got.shape).toEqual([want.length]);
          }
        }
      }
    }
  });

  test("missing parts", () => {
    const x = shaped([1, 2, 3, 4]);
    expect(numbers(slice(x, [[]]))).toEqual([1, 2, 3, 4]);
    expect(numbers(slice(x, [[2]]))).toEqual([3, 4]);
    expect(numbers(slice(x, [null]))).toEqual([1, 2, 3, 4]);
    expect(numbers(slice(x, []))).toEqual([1, 2, 3, 4]);
    expect(numbers(slice(x, [[null, null, 1e12]]))).toEqual([1]);
    expect(numbers(slice(x, [[null, null, -1e12]]))).toEqual([4]);
    expect(numbers(slice(x, [[-1e12, 1e12]]))).toEqual([1, 2, 3, 4]);
  });

  test("an index drops its axis", () => {
    const x = shaped([1, 2, 3, 4, 5, 6], [2, 3]);
    expect(slice(x, [1]).toArray()).toEqual([4, 5, 6]);
    expect(slice(x, [-1, -3]).toArray()).toBe(4);
    expect(slice(x, [null, 2]).toArray()).toEqual([3, 6]);
    for (const range of [2, -3, 0.5, NaN] as Range[])
      expect(() => slice(x, [range])).toThrow(/^slice/);
    expect(() => slice(x, [[0, 1, 0]])).toThrow(/^slice/);
    expect(() => slice(x, [null, null, null])).toThrow(/^slice/);
  });
});

describe("several axes", () => {
  const random = randomFrom(11);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const cases = Array.from({ length: 60 }, () => {
    const shape = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      Math.floor(random() * 6),
    );
    const ranges = shape.map((): [number | null, number | null, number | null] => [
      pick(BOUNDS),
      pick(BOUNDS),
      pick(STEPS),
    ]);
    return [JSON.stringify(shape), JSON.stringify(ranges), shape, ranges] as const;
  });

  test.each(cases)("%s by %s: values, slices of slices, derivatives", (_, __, shape, ranges) => {
    let next = 0;
    const x = build(shape, () => ++next);
    const places = ranges.map(([a, b, c], axis) => python(a, b, c, shape[axis]!));
    const want = take(x, places);
    const got = slice(toTensor(x), ranges);
    expect(got.shape).toEqual(want.shape);
    expect(numbers(got)).toEqual(want.data);
    const back = want.shape.map((d) => Array.from({ length: d }, (_, i) => d - 1 - i));
    const turned = slice(
      got,
      want.shape.map(() => [null, null, -1] as const),
    );
    expect(numbers(turned)).toEqual(take(want, back).data);

    // ⟨w, x[ranges]⟩ picks w's elements to where they came from.
    const w = shaped(
      want.data.map((v) => v + 0.5),
      want.shape,
    );
    const f = (v: Tensor): Tensor => sum(multiply(w, slice(v, ranges)));
    const g = grad(f)(toTensor(x));
    const expected = new Array<number>(count(shape)).fill(0);
    want.data.forEach((v) => (expected[v - 1] = v + 0.5));
    expect(numbers(g)).toEqual(expected);
    // It is linear: its jvp is itself.
    expect(numbers(jvp((v: Tensor) => slice(v, ranges), [toTensor(x)], [toTensor(x)])[1])).toEqual(
      want.data,
    );
  });
});
