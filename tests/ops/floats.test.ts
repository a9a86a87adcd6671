// Parts of floats and their neighbours, to the bit: against the bits themselves, in both dtypes.

import * as tg from "tapegrad";
import { grad, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectSame, f64, FLOATS, numbers, type Float } from "./support.js";

/** A float moved by so many steps away from 0, by its bits. */
function moved(x: number, steps: number, dtype: Float): number {
  if (dtype === "float64") {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, x);
    view.setBigUint64(0, view.getBigUint64(0) + BigInt(steps));
    return view.getFloat64(0);
  }
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  view.setUint32(0, view.getUint32(0) + steps);
  return view.getFloat32(0);
}

/** Powers of 2 of every exponent, what is beside them, and numbers between, of both signs. */
function hard(dtype: Float): number[] {
  const [least, most] = dtype === "float64" ? [-1074, 1023] : [-149, 127];
  const all: number[] = [];
  for (let e = least; e <= most; e++) {
    const x = 2 ** e;
    all.push(x, moved(x, 1, dtype));
    const below = moved(x, -1, dtype);
    if (below > 0) all.push(below);
    const between = x * 1.37;
    all.push(dtype === "float64" ? between : Math.fround(between));
  }
  all.push(moved(Infinity, -1, dtype));
  const some = all.filter((x) => x > 0 && x < Infinity);
  return [...some, ...some.map((x) => -x)];
}

const same = (got: Tensor, want: number[]): void => {
  const have = [...got.data()];
  const wrong = want.findIndex((w, i) => !Object.is(w, have[i]));
  expect(wrong < 0 ? "" : `${have[wrong]} is not ${want[wrong]} at ${wrong}`).toBe("");
};

describe.each(FLOATS)("in %s", (dtype) => {
  const values = hard(dtype);
  const x = tensor(values, { dtype });
  const round = dtype === "float64" ? (v: number) => v : Math.fround;

  test("frexp takes apart what ldexp puts together", () => {
    const [m, n] = tg.frexp(x);
    expect(m.dtype).toBe(dtype);
    expect(n.dtype).toBe("int32");
    expect(numbers(m).every((v) => Math.abs(v) >= 0.5 && Math.abs(v) < 1)).toBe(true);
    same(tg.ldexp(m, n), values);
  });

  test("ldexp rounds once, also where results are subnormal", () => {
    const mantissas = [
      1,
      1.5,
      -1.25,
      1 + 2 ** -23,
      1.9999998807907104,
      2 ** -60 * 1.3,
      2 ** 60 * 1.7,
    ];
    for (const given of mantissas) {
      const v = round(given);
      for (let n = -2300; n <= 2300; n += dtype === "float64" ? 7 : 1) {
        // An exact product of float64, rounded once: powers are cut in two where they would be 0 or ∞.
        const part = Math.max(-1000, Math.min(1000, n));
        if (Math.abs(n) > (dtype === "float64" ? 1000 : 900)) continue;
        expect(tg.ldexp(tensor(v, { dtype }), n).item()).toBe(round(v * 2 ** part));
      }
    }
    const least = dtype === "float64" ? -1074 : -149;
    const digits = dtype === "float64" ? 53 : 24;
    // Just above the middle between 0 and the smallest number, and just on it.
    const above = tensor(moved(1, 1, dtype), { dtype });
    expect(tg.ldexp(above, least - 1).item()).toBe(2 ** least);
    expect(tg.ldexp(tensor(1, { dtype }), least - 1).item()).toBe(0);
    // In two steps this would be rounded twice.
    const twice = 1 + 2 ** -(digits - 2) + 2 ** -(digits - 1);
    expect(tg.ldexp(tensor(twice, { dtype }), least + digits - 4).item()).toBe(
      2 ** (least + digits - 4),
    );
    const tiny = tensor(2 ** least, { dtype });
    expect(tg.ldexp(tiny, -2 * least).item()).toBe(dtype === "float64" ? Infinity : Infinity);
    expect(tg.ldexp(tiny, -least).item()).toBe(1);
    expect(tg.ldexp(tiny, 2147483647).item()).toBe(Infinity);
    expect(tg.ldexp(tensor(1, { dtype }), -2147483648).item()).toBe(0);
    same(tg.ldexp(tensor([0, -0, Infinity, NaN], { dtype }), 5000), [0, -0, Infinity, NaN]);
    same(tg.ldexp(tensor([0, -0, -Infinity, NaN], { dtype }), -5000), [0, -0, -Infinity, NaN]);
  });

  test("nextafter is the next number in bits", () => {
    const away = values.map((v) => moved(v, 1, dtype));
    const back = values.map((v) => moved(v, -1, dtype));
    same(
      tg.nextafter(
        x,
        tensor(
          values.map((v) => v * Infinity),
          { dtype },
        ),
      ),
      away,
    );
    same(tg.nextafter(x, 0), back);
    const other = tensor(
      values.map((v) => -v),
      { dtype },
    );
    same(tg.nextafter(x, other), back);
    same(tg.nextafter(x, x), values);
    const largest = moved(Infinity, -1, dtype);
    const least = moved(0, 1, dtype);
    const from = tensor([0, 0, -0, Infinity, -Infinity, Infinity, NaN, 1], { dtype });
    const to = tensor([1, -1, -5, 0, 0, Infinity, 1, NaN], { dtype });
    same(tg.nextafter(from, to), [least, -least, -least, largest, -largest, Infinity, NaN, NaN]);
  });

  test("spacing is the distance of the next number", () => {
    same(
      tg.spacing(x),
      values.map((v) => round(moved(v, 1, dtype) - v)),
    );
    const least = moved(0, 1, dtype);
    same(tg.spacing(tensor([0, -0, Infinity, -Infinity, NaN], { dtype })), [
      least,
      least,
      NaN,
      NaN,
      NaN,
    ]);
  });

  test("modf keeps signs", () => {
    const [fraction, whole] = tg.modf(tensor([-2, -0, Infinity, -Infinity, NaN, -2.5], { dtype }));
    same(fraction, [-0, -0, 0, -0, NaN, -0.5]);
    same(whole, [-2, -0, Infinity, -Infinity, NaN, -2]);
  });
});

test("derivatives are finite at both ends of the range", () => {
  const slope = (f: (x: Tensor) => Tensor, x: number): number => (grad(f)(f64(x)) as Tensor).item();
  for (const v of [0, 1.5, -3, 5e-324, 1.5 * 2 ** 1023]) {
    expect(slope((x) => tg.ldexp(x, 0), v)).toBe(1);
    expect(slope((x) => tg.ldexp(x, -3), v)).toBe(0.125);
    expect(slope((x) => tg.nextafter(x, 1), v)).toBe(1);
    expect(slope((x) => tg.modf(x)[0], v)).toBe(1);
    expect(slope((x) => tg.modf(x)[1], v)).toBe(0);
    expect(slope((x) => tg.spacing(x), v)).toBe(0);
  }
  expect(slope((x) => tg.frexp(x)[0], 1.5 * 2 ** 1023)).toBe(2 ** -1023 / 2);
  expect(slope((x) => tg.frexp(x)[0], 0)).toBe(1);
  expect(slope((x) => tg.nextafter(f64(1), x), 3)).toBe(0);
});

test("integers count as floats, and dtypes meet", () => {
  const i = tensor([3, -8], { dtype: "int32" });
  expect(tg.frexp(i).map((x) => x.dtype)).toEqual(["float32", "int32"]);
  expect(tg.modf(i).map((x) => x.dtype)).toEqual(["float32", "float32"]);
  expect(tg.ldexp(i, 1).toArray()).toEqual([6, -16]);
  expect(tg.nextafter(i, 0).dtype).toBe("float32");
  expect(tg.nextafter(tensor(1, { dtype: "float32" }), f64(2)).dtype).toBe("float64");
  expect(() => tg.ldexp(1, f64(2))).toThrow(/^ldexp: exponents are int32, not float64/);
  expect(() => tg.ldexp(1, 0.5)).toThrow(/^ldexp: 0.5 is not an int32/);
});

test("the smallest int32 has divisors too", () => {
  const low = tensor(-2147483648, { dtype: "int32" });
  expect(tg.gcd(low, 12).item()).toBe(4);
  expect(tg.gcd(12, low).item()).toBe(4);
  expect(tg.gcd(low, -1).item()).toBe(1);
  expect(() => tg.gcd(f64(2), 4)).toThrow(/^gcd: operands are int32, not float64/);
  expect(() => tg.lcm(1.5, 4)).toThrow(/^lcm: 1.5 is not an int32/);
  const a = tensor([12, 35, 0], { dtype: "int32" });
  expectSame(vmap((v: Tensor) => tg.gcd(v, 15))(a) as Tensor, tg.gcd(a, 15), "gcd");
});
