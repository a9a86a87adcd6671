// Where formulas break: zeros, infinities, NaN, ties, kinks, edges of domains. Values as IEEE 754 and
// C99 have them, derivatives as limits where there are any and as documented where there are none.

import * as tg from "tapegrad";
import { jvp, tensor, vjp, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { f64, FLOATS, numbers } from "./support.js";

type Unary = (x: Tensor) => Tensor;
type Points = readonly (readonly [x: number, value: number, first?: number, second?: number])[];

const INF = Infinity;
const TINY = { float32: 2 ** -149, float64: 2 ** -1074 };
const HUGE = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE };

/** The derivative along 1 by jvp, or by vjp. */
const modes = {
  jvp:
    (f: Unary): Unary =>
    (x) =>
      jvp(f, [x], [tg.onesLike(x)])[1],
  vjp:
    (f: Unary): Unary =>
    (x) => {
      const [y, pullback] = vjp(f, x);
      return pullback(tg.onesLike(y))[0] as Tensor;
    },
};
const pairs = Object.values(modes).flatMap((outer) =>
  Object.values(modes).map((inner) => (f: Unary) => outer(inner(f))),
);

function check(f: Unary, points: Points): void {
  for (const dtype of FLOATS) {
    const x = tensor(
      points.map((row) => row[0]),
      { dtype },
    );
    const expectAll = (y: Tensor, column: 1 | 2 | 3, what: string): void => {
      const got = numbers(y);
      points.forEach((row, i) => {
        const want = row[column];
        if (want === undefined) return;
        const rounded = dtype === "float32" ? Math.fround(want) : want;
        // The sign of a zero derivative means nothing.
        const same = column === 1 ? Object.is(got[i], rounded) : got[i]! + 0 === rounded + 0;
        if (same || (Number.isNaN(got[i]) && Number.isNaN(rounded))) return;
        expect.fail(`${what} at ${row[0]} in ${dtype} is ${got[i]}, should be ${rounded}`);
      });
    };
    expectAll(f(x), 1, "the value");
    for (const [name, mode] of Object.entries(modes)) expectAll(mode(f)(x), 2, name);
    for (const twice of pairs) expectAll(twice(f)(x), 3, "the second derivative");
  }
}

/** [x, f, f', f''] of unary ops. */
const UNARY: Record<string, Points> = {
  abs: [
    [0, 0, 0, 0],
    [-0, 0, 0, 0],
    [-INF, INF, -1, 0],
    [NaN, NaN],
  ],
  relu: [
    [0, 0, 0, 0],
    [-INF, 0, 0, 0],
    [INF, INF, 1, 0],
    [NaN, NaN],
  ],
  sign: [
    [0, 0, 0],
    [INF, 1, 0],
    [-INF, -1, 0],
    [NaN, NaN],
  ],
  negative: [
    [0, -0, -1, 0],
    [-0, 0, -1, 0],
    [INF, -INF, -1],
  ],
  square: [
    [0, 0, 0, 2],
    [-INF, INF, -INF, 2],
  ],
  sqrt: [
    [0, 0, INF, -INF],
    [-0, -0],
    [INF, INF, 0],
    [-1, NaN, NaN],
    [0.25, 0.5, 1, -2],
  ],
  reciprocal: [
    [0, INF, -INF, INF],
    [-0, -INF, -INF, -INF],
    [INF, 0, 0, 0],
    [-INF, -0, 0, 0],
  ],
  exp: [
    [0, 1, 1, 1],
    [-0, 1, 1, 1],
    [-INF, 0, 0, 0],
    [INF, INF, INF, INF],
    [1000, INF, INF, INF],
    [-1000, 0, 0, 0],
    [NaN, NaN, NaN],
  ],
  expm1: [
    [0, 0, 1, 1],
    [-0, -0, 1, 1],
    [-INF, -1, 0, 0],
    [INF, INF, INF],
    [1e-30, 1e-30, 1, 1],
  ],
  log: [
    [0, -INF, INF, -INF],
    [-0, -INF],
    [1, 0, 1, -1],
    [INF, INF, 0, 0],
    [-1, NaN],
    [NaN, NaN],
  ],
  log1p: [
    [0, 0, 1, -1],
    [-0, -0, 1, -1],
    [-1, -INF, INF, -INF],
    [INF, INF, 0, 0],
    [-2, NaN],
    [1e-30, 1e-30, 1, -1],
  ],
  sin: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, NaN, NaN],
    [NaN, NaN],
  ],
  cos: [
    [0, 1, 0, -1],
    [-INF, NaN, NaN],
  ],
  tan: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, NaN],
  ],
  asin: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [1, Math.PI / 2, INF],
    [-1, -Math.PI / 2, INF],
    [1.5, NaN],
  ],
  acos: [
    [1, 0, -INF],
    [-1, Math.PI, -INF],
    [0, Math.PI / 2, -1, 0],
    [-1.5, NaN],
  ],
  atan: [
    [0, 0, 1, 0],
    [-0, -0],
    [INF, Math.PI / 2, 0],
    [-INF, -Math.PI / 2, 0],
  ],
  sinh: [
    [0, 0, 1, 0],
    [-0, -0],
    [-INF, -INF, INF],
    [1000, INF, INF],
  ],
  cosh: [
    [0, 1, 0, 1],
    [INF, INF, INF],
    [-1000, INF, -INF, INF],
  ],
  tanh: [
    [0, 0, 1, 0],
    [-0, -0, 1, 0],
    [INF, 1, 0, 0],
    [-INF, -1, 0, 0],
    [1000, 1, 0, 0],
    [NaN, NaN],
  ],
  sigmoid: [
    [0, 0.5, 0.25, 0],
    [INF, 1, 0, 0],
    [-INF, 0, 0, 0],
    [1000, 1, 0, 0],
    [NaN, NaN],
  ],
  softplus: [
    [-INF, 0, 0, 0],
    [INF, INF, 1, 0],
    [1000, 1000, 1, 0],
    [0, Math.LN2, 0.5, 0.25],
  ],
  floor: [
    [-0.5, -1, 0],
    [-0, -0, 0],
    [INF, INF, 0],
    [NaN, NaN],
  ],
  ceil: [
    [-0.5, -0, 0],
    [0.5, 1, 0],
    [2 ** 60, 2 ** 60, 0],
  ],
  round: [
    [0.5, 0, 0],
    [1.5, 2, 0],
    [2.5, 2, 0],
    [-0.5, -0, 0],
    [-1.5, -2, 0],
    [8388609, 8388609, 0],
  ],
  trunc: [
    [-1.9, -1, 0],
    [-0.9, -0, 0],
    [1.9, 1, 0],
  ],
};

describe("unary ops", () => {
  test.each(Object.entries(UNARY))("%s", (name, points) => {
    check(tg[name as keyof typeof tg] as unknown as Unary, points);
  });

  test.each([
    "abs",
    "negative",
    "sqrt",
    "sin",
    "tan",
    "asin",
    "atan",
    "sinh",
    "tanh",
    "expm1",
    "log1p",
  ])("%s of the smallest number is not flushed to 0", (name) => {
    const f = tg[name as keyof typeof tg] as unknown as Unary;
    for (const dtype of FLOATS) {
      const x = TINY[dtype];
      const [got] = numbers(f(tensor([x], { dtype })));
      const root = dtype === "float32" ? Math.fround(Math.sqrt(x)) : Math.sqrt(x);
      expect(Math.abs(got!)).toBe(name === "sqrt" ? root : x);
    }
  });

  test("the largest numbers", () => {
    for (const dtype of FLOATS) {
      const x = tensor([HUGE[dtype], -HUGE[dtype]], { dtype });
      expect(numbers(tg.abs(x))).toEqual([HUGE[dtype], HUGE[dtype]]);
      expect(numbers(tg.add(x, x))).toEqual([INF, -INF]);
      expect(numbers(tg.square(x))).toEqual([INF, INF]);
      expect(numbers(tg.tanh(x))).toEqual([1, -1]);
      expect(numbers(tg.isfinite(x))).toEqual([1, 1]);
      expect(numbers(tg.trunc(x))).toEqual([HUGE[dtype], -HUGE[dtype]]);
    }
  });
});

describe("power", () => {
  const at =
    (y: number): Unary =>
    (x) =>
      tg.power(x, y);

  test("values as C99 has them", () => {
    const rows: [number, number, number][] = [
      [0, 0, 1],
      [-0, 0, 1],
      [NaN, 0, 1],
      [INF, 0, 1],
      [1, NaN, 1],
      [1, INF, 1],
      [-1, INF, 1],
      [0, 2, 0],
      [-0, 3, -0],
      [-0, 2, 0],
      [0, -1, INF],
      [-0, -1, -INF],
      [0, -2, INF],
      [2, INF, INF],
      [0.5, INF, 0],
      [2, -INF, 0],
      [0.5, -INF, INF],
      [-8, 3, -512],
      [-8, -1, -0.125],
      [-8, 1 / 3, NaN],
      [-INF, 3, -INF],
      [-INF, 2, INF],
      [INF, -1, 0],
      [NaN, 1, NaN],
      [2, NaN, NaN],
    ];
    for (const dtype of FLOATS) {
      const x = tensor(
        rows.map((row) => row[0]),
        { dtype },
      );
      const y = tensor(
        rows.map((row) => row[1]),
        { dtype },
      );
      expect(numbers(tg.power(x, y))).toEqual(rows.map((row) => row[2]));
    }
  });

  test("the exponent 0, 1, 2, 3 at base 0 and at negative bases", () => {
    check(at(0), [
      [0, 1, 0, 0],
      [-2, 1, 0, 0],
      [INF, 1, 0],
    ]);
    check(at(1), [
      [0, 0, 1, 0],
      [-2, -2, 1, 0],
    ]);
    check(at(2), [
      [0, 0, 0, 2],
      [-2, 4, -4, 2],
    ]);
    check(at(3), [
      [0, 0, 0, 0],
      [-2, -8, 12, -12],
    ]);
    check(at(0.5), [
      [0, 0, INF, -INF],
      [4, 2, 0.25, -1 / 32],
    ]);
    check(at(-1), [
      [0, INF, -INF, INF],
      [-2, -0.5, -0.25, -0.25],
    ]);
  });

  test("the derivatives of order 3 and 4 at base 0", () => {
    const nth = (f: Unary, n: number): Unary => (n === 0 ? f : nth(modes.jvp(f), n - 1));
    for (const [y, n, want] of [
      [2, 3, 0],
      [3, 3, 6],
      [3, 4, 0],
      [4, 4, 24],
      [1, 3, 0],
      [0, 4, 0],
    ] as const) {
      expect(numbers(nth(at(y), n)(f64([0])))[0]! + 0, `order ${n} of x ** ${y}`).toBe(want);
    }
  });

  test("by the exponent: 0 where the base is 0 and the exponent is not negative", () => {
    const by: Unary = (y) => tg.power(f64([0, 0, 0]), y);
    for (const mode of Object.values(modes)) {
      expect(numbers(mode(by)(f64([0, 1, 2.5]))).map(Math.abs)).toEqual([0, 0, 0]);
    }
    const one: Unary = (y) => tg.power(1, y);
    check(one, [
      [0, 1, 0, 0],
      [5, 1, 0, 0],
      [INF, 1, 0, 0],
    ]);
  });

  test("by both, where the exponent is 0: x ** y varies with x as soon as y does", () => {
    const f = (p: Tensor): Tensor => tg.power(p.slice([0]), p.slice([1]));
    const h = tg.hessian(f)(f64([4, 0]));
    const logarithm = Math.log(4);
    expect(numbers(h)).toEqual([0, 0.25, 0.25, expect.closeTo(logarithm * logarithm, 12)]);
  });

  test("a NaN of the unused slope stays out of the used one", () => {
    // log(-2) is NaN, but nobody asked for the derivative by the exponent.
    expect(tg.grad((x: Tensor) => tg.power(x, f64(3)))(-2)).toBe(12);
  });
});

describe("ties and edges", () => {
  const by = (
    f: (x: Tensor, y: Tensor) => Tensor,
    x: number[],
    y: number[],
  ): [number[], number[]] => {
    const [z, pullback] = vjp(f, f64(x), f64(y));
    const [gx, gy] = pullback(tg.onesLike(z));
    const [, tx] = jvp(f, [f64(x), f64(y)], [tg.onesLike(f64(x)), tg.zerosLike(f64(y))]);
    expect(numbers(tx)).toEqual(numbers(gx as Tensor));
    return [numbers(gx as Tensor), numbers(gy as Tensor)];
  };

  test("maximum and minimum share equally", () => {
    expect(by(tg.maximum, [1, 2, 3, INF], [2, 2, 2, INF])).toEqual([
      [0, 0.5, 1, 0.5],
      [1, 0.5, 0, 0.5],
    ]);
    expect(by(tg.minimum, [1, 2, 3, -INF], [2, 2, 2, -INF])).toEqual([
      [1, 0.5, 0, 0.5],
      [0, 0.5, 1, 0.5],
    ]);
    expect(by(tg.maximum, [0], [-0])).toEqual([[0.5], [0.5]]);
  });

  test("maximum and minimum: NaN wins, and 0 is larger than -0", () => {
    for (const dtype of FLOATS) {
      const x = tensor([NaN, 1, 0, -0], { dtype });
      const y = tensor([1, NaN, -0, 0], { dtype });
      expect(numbers(tg.maximum(x, y))).toEqual([NaN, NaN, 0, 0]);
      expect(numbers(tg.minimum(x, y))).toEqual([NaN, NaN, -0, -0]);
    }
  });

  test.each(["max", "min"] as const)("%s shares equally among all winners", (name) => {
    const x = name === "max" ? [1, 3, 3, 2, 3, 0] : [3, 1, 1, 2, 1, 4];
    const f = (v: Tensor): Tensor => tg[name](v);
    const want = [0, 1, 1, 0, 1, 0].map((wins) => wins / 3);
    expect(numbers(tg.grad(f)(f64(x)))).toEqual(want);
    // Along rows, and kept.
    const rows = f64([x, x.map((v) => -v)]);
    const g = numbers(tg.grad((v: Tensor) => tg.sum(tg[name](v, 1, { keepdims: true })))(rows));
    expect(g.slice(0, 6)).toEqual(want);
    expect(g.slice(6)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(numbers(jvp(f, [f64(x)], [f64([6, 3, 0, 9, 0, 1])])[1])).toEqual([1]);
    expect(numbers(tg.hessian(f)(f64(x))).every((v) => v === 0)).toBe(true);
  });

  test("max and min of infinities and NaN", () => {
    for (const dtype of FLOATS) {
      for (const n of [1, 3, 17, 1500]) {
        const with_ = (v: number, at: number): Tensor => {
          const data = new Array<number>(n).fill(v === -INF ? INF : -INF);
          data[at] = v;
          return tensor(data, { dtype });
        };
        for (const at of [0, n >> 1, n - 1]) {
          expect(tg.max(with_(NaN, at)).item()).toBe(NaN);
          expect(tg.min(with_(NaN, at)).item()).toBe(NaN);
          expect(tg.max(with_(7, at)).item()).toBe(7);
          expect(tg.min(with_(-INF, at)).item()).toBe(-INF);
        }
        expect(tg.max(with_(-INF, 0).multiply(-1)).item()).toBe(n === 1 ? INF : INF);
      }
    }
  });

  test("clip passes at its edges and not beyond", () => {
    const clip: Unary = (x) => tg.clip(x, -1, 1);
    check(clip, [
      [-1, -1, 1, 0],
      [1, 1, 1, 0],
      [0, 0, 1, 0],
      [2, 1, 0, 0],
      [-INF, -1, 0, 0],
      [NaN, NaN],
    ]);
    const low: Unary = (m) => tg.clip(f64([0, 1, 2]), m, 5);
    expect(numbers(modes.vjp(low)(f64([1, 1, 1])))).toEqual([1, 0, 0]);
    const high: Unary = (m) => tg.clip(f64([0, 1, 2]), -5, m);
    expect(numbers(modes.vjp(high)(f64([1, 1, 1])))).toEqual([0, 0, 1]);
  });

  test("clip with min above max gives max, whose derivative it passes", () => {
    const f = (x: Tensor, a: Tensor, b: Tensor): Tensor => tg.clip(x, a, b);
    for (const x of [-1, 0, 1, 2, 3]) {
      expect(f(f64(x), f64(2), f64(0)).item()).toBe(0);
      expect(tg.grad(f, { argnums: [0, 1, 2] })(x, 2, 0)).toEqual([0, 0, 1]);
    }
  });
});

describe("masking: the branch that is not taken stays silent", () => {
  const root: Unary = (x) => tg.where(tg.greater(x, 0), tg.sqrt(x), x);

  test("where(x > 0, sqrt(x), x)", () => {
    check(root, [
      [-1, -1, 1, 0],
      [0, 0, 1, 0],
      [4, 2, 0.25, -1 / 32],
    ]);
  });

  test("where(x != 0, sin(x) / x, 1)", () => {
    const sinc: Unary = (x) => tg.where(tg.notEqual(x, 0), tg.divide(tg.sin(x), x), 1);
    check(sinc, [[0, 1, 0, 0]]);
  });

  test("where(x > 0, x · log(x), 0)", () => {
    const entropy: Unary = (x) => tg.where(tg.greater(x, 0), tg.multiply(x, tg.log(x)), 0);
    check(entropy, [
      [0, 0, 0, 0],
      [-1, 0, 0, 0],
      [1, 0, 1, 1],
    ]);
  });

  test("an output with cotangent 0", () => {
    const f: Unary = (x) => tg.sum(tg.sqrt(x).slice([[1, null]]));
    expect(numbers(tg.grad(f)(f64([0, 4])))).toEqual([0, 0.25]);
    expect(numbers(tg.hessian(f)(f64([0, 4])))).toEqual([0, 0, 0, -1 / 32]);
  });

  test("a tangent of 0", () => {
    expect(numbers(jvp(tg.sqrt, [f64([0, 4])], [f64([0, 1])])[1])).toEqual([0, 0.25]);
  });

  test("exp that overflows in the other branch", () => {
    const elu: Unary = (x) => tg.where(tg.greater(x, 0), x, tg.expm1(x));
    check(elu, [
      [1000, 1000, 1, 0],
      [-1000, -1, 0, 0],
    ]);
  });
});

describe("prod with zeros", () => {
  test("first, second and third derivatives", () => {
    const third = tg.jacobian(tg.hessian((x: Tensor) => tg.prod(x)));
    for (const x of [
      [0, 2, 3, 5],
      [0, 0, 3, 5],
      [0, 0, 0, 5],
      [1, 2, 3, 4],
    ]) {
      // Of a product that is linear in each factor, a derivative is the product of the other factors.
      const others = (...gone: number[]): number =>
        new Set(gone).size < gone.length
          ? 0
          : x.reduce((p, v, i) => (gone.includes(i) ? p : p * v), 1);
      const all = [0, 1, 2, 3];
      expect(numbers(tg.grad((v: Tensor) => tg.prod(v))(f64(x)))).toEqual(
        all.map((i) => others(i)),
      );
      expect(numbers(tg.hessian((v: Tensor) => tg.prod(v))(f64(x)))).toEqual(
        all.flatMap((i) => all.map((j) => others(i, j))),
      );
      expect(numbers(third(f64(x)))).toEqual(
        all.flatMap((i) => all.flatMap((j) => all.map((k) => others(i, j, k)))),
      );
    }
  });

  test("an infinite factor beside a zero", () => {
    expect(numbers(tg.grad((x: Tensor) => tg.prod(x))(f64([0, INF])))).toEqual([INF, 0]);
  });

  test.each([1, 2, 3, 5, 8, 17, 100])("%i factors", (n) => {
    const x = Array.from({ length: n }, (_, i) => 1 + ((i * 7) % 5) / 64);
    x[n >> 1] = 0;
    const rest = x.reduce((p, v, i) => (i === n >> 1 ? p : p * v), 1);
    const g = numbers(tg.grad((v: Tensor) => tg.prod(v))(f64(x)));
    g.forEach((v, i) => (i === n >> 1 ? expect(v).toBeCloseTo(rest, 10) : expect(v).toBe(0)));
  });
});

describe("slopes that do not fade into rounding", () => {
  // 4 exp(-2|x|) and exp(-|x|), correct to far below the last digit at these x.
  test.each([20, 40, 100, 300])("tanh and sigmoid at ±%i", (x) => {
    for (const s of [x, -x]) {
      const near = (got: number, want: number): void =>
        expect(Math.abs(got / want - 1)).toBeLessThan(4e-15);
      near(tg.grad(tg.tanh)(s), 4 * Math.exp(-2 * x));
      if (x >= 40) near(tg.grad(tg.sigmoid)(s), Math.exp(-x));
    }
  });
});

describe("divide", () => {
  test("by zero and by infinity", () => {
    const x = f64([1, -1, 0, 1, INF]);
    const y = f64([0, 0, 0, INF, INF]);
    expect(numbers(tg.divide(x, y))).toEqual([INF, -INF, NaN, 0, NaN]);
    expect(tg.grad((v: Tensor) => tg.divide(1, v))(0)).toBe(-INF);
    expect(tg.grad((v: Tensor) => tg.divide(v, INF))(1)).toBe(0);
  });
});
