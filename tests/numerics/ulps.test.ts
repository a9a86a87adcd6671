// Functions where their errors were largest: at most 1.5 units in the last place.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import rows from "../reference/ulps.json" with { type: "json" };

type Row = [operands: number[], value: number];
type Op = (...operands: Tensor[]) => Tensor;

/** The distance to the next number away from 0. */
function ulp(x: number): number {
  const bits = new BigInt64Array(new Float64Array([Math.abs(x)]).buffer);
  bits[0]!++;
  return new Float64Array(bits.buffer)[0]! - Math.abs(x);
}

/** What sums on the logarithmic scale lose where they cancel: a unit in the last place of their terms. */
const LOST = 2 ** -53;

/** All rows in one call, and each alone: an element does not know its neighbours. */
function values(op: Op, points: Row[]): [number[], number[]] {
  const columns = points[0]![0].map((_, k) => points.map(([operands]) => operands[k]!));
  const call = (...operands: number[][]): number[] =>
    Array.from(op(...operands.map((x) => tensor(x, { dtype: "float64" }))).data());
  const alone = points.flatMap(([operands]) => call(...operands.map((x) => [x])));
  return [call(...columns), alone];
}

describe("at most 1.5 ulp in float64", () => {
  test.each(Object.entries(rows))("%s", (name, points) => {
    const [together, alone] = values((tg as unknown as Record<string, Op>)[name]!, points as Row[]);
    expect(together).toEqual(alone);
    (points as Row[]).forEach(([operands, value], i) => {
      const error = Math.abs(together[i]! - value);
      // The reference is rounded as well.
      expect(error, `${name}(${operands.join()}) is ${together[i]}, not ${value}`).toBeLessThan(
        1.51 * ulp(value) + (name.startsWith("logaddexp") ? LOST : 0),
      );
    });
  });
});

test("float32: silu where it is subnormal, quotients that floats round over an integer", () => {
  const single = (...x: number[]): Tensor => tensor(x);
  const silu = Number(tg.silu(single(-103.97193145751953)).item());
  expect(Math.abs(silu - -7.285846329061756e-44)).toBeLessThan(1.5 * 2 ** -149);
  // 16777215 / 0.1 in float32, exactly
  const [x, y] = [16777215, Math.fround(0.1)];
  expect(tg.floorDivide(single(x), single(y)).item()).toBe(Math.fround(Math.floor(x / y)));
  expect(tg.remainder(single(x), single(y)).item()).toBe(Math.fround(x % y));
  expect(tg.hypot(single(1e30, 0, 3e-30), single(1e30, 0, 4e-30)).toArray()).toEqual(
    [
      Math.hypot(Math.fround(1e30), Math.fround(1e30)),
      0,
      Math.hypot(Math.fround(3e-30), Math.fround(4e-30)),
    ].map(Math.fround),
  );
});
