// Pooling against plain loops, and its derivatives against differences.

import fc from "fast-check";
import * as tg from "tapegrad";
import { checkGrads, tensor, type Tensor } from "tapegrad";
import { avgPool1d, avgPool2d, maxPool1d, maxPool2d, maxPool2dWithIndices } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers, randomFrom, uniform } from "../ops/support.js";

const random = randomFrom(12);
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function values(shape: number[], dtype: tg.Dtype = "float64"): Tensor {
  return tensor(Float64Array.from(uniform(random, count(shape), -1, 1)), { dtype }).reshape(shape);
}

interface Case {
  size: [number, number];
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
  ceilMode: boolean;
  countIncludePad: boolean;
}

/** The definition, for one plane after the other. */
function naive(x: Tensor, c: Case, mean: boolean): number[] {
  const [h, w] = c.size;
  const dilation = mean ? [1, 1] : c.dilation;
  const out = c.size.map((d, i) => {
    const steps = (d + 2 * c.padding[i]! - dilation[i]! * (c.kernel[i]! - 1) - 1) / c.stride[i]!;
    if (!c.ceilMode) return Math.floor(steps) + 1;
    const n = Math.ceil(steps) + 1;
    return (n - 1) * c.stride[i]! >= d + c.padding[i]! ? n - 1 : n;
  });
  const xs = numbers(x);
  const data: number[] = [];
  for (let plane = 0; plane < xs.length / (h * w); plane++) {
    for (let y = 0; y < out[0]!; y++) {
      for (let z = 0; z < out[1]!; z++) {
        const [top, left] = [y * c.stride[0] - c.padding[0], z * c.stride[1] - c.padding[1]];
        const inside: number[] = [];
        let places = 0;
        for (let i = 0; i < c.kernel[0]; i++) {
          for (let j = 0; j < c.kernel[1]; j++) {
            const [a, b] = [top + i * dilation[0]!, left + j * dilation[1]!];
            if (a < h + c.padding[0] && b < w + c.padding[1]) places++;
            if (a >= 0 && b >= 0 && a < h && b < w) inside.push(xs[(plane * h + a) * w + b]!);
          }
        }
        const sum = inside.reduce((p, q) => p + q, 0);
        data.push(mean ? sum / (c.countIncludePad ? places : inside.length) : Math.max(...inside));
      }
    }
  }
  return data;
}

const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const cases = fc
  .record({
    // Wide enough for windows that are taken together.
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 23 })),
    kernel: pair(1, 4),
    stride: pair(1, 4),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
  })
  .filter((c) =>
    c.size.every(
      (d, i) =>
        2 * c.padding[i]! <= c.kernel[i]! &&
        d + 2 * c.padding[i]! >= c.dilation[i]! * (c.kernel[i]! - 1) + 1,
    ),
  );

describe.each(FLOATS)("%s", (dtype) => {
  test("is its definition, for any sizes", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const x = values([2, 3, ...c.size], dtype);
        const { stride, padding, dilation, ceilMode, countIncludePad } = c;
        const largest = maxPool2d(x, c.kernel, { stride, padding, dilation, ceilMode });
        expect(numbers(largest), JSON.stringify(c)).toEqual(naive(x, c, false));
        const mean = avgPool2d(x, c.kernel, { stride, padding, ceilMode, countIncludePad });
        const tolerance = dtype === "float32" ? 1e-6 : 1e-14;
        expectNear(numbers(mean), naive(x, c, true), JSON.stringify(c), tolerance, tolerance);
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});

test.each(FLOATS)(
  "%s: a window's cotangent goes to its first largest element, NaN first",
  (dtype) => {
    fc.assert(
      fc.property(cases, (c) => {
        // Few values, so that many are equal.
        const shape = [2, 2, ...c.size];
        const data = uniform(random, count(shape), -2, 3).map((v) =>
          v > 2.5 ? NaN : Math.floor(v),
        );
        const x = tensor(Float64Array.from(data), { dtype }).reshape(shape);
        const { stride, padding, dilation, ceilMode } = c;
        const pooled = (a: Tensor): Tensor =>
          maxPool2d(a, c.kernel, { stride, padding, dilation, ceilMode });
        // Whole numbers: sums of them are exact in any order.
        const windows = pooled(x).shape;
        const weights = Array.from({ length: count(windows) }, (_, i) => 1 + (i % 64));
        const g = tensor(Float64Array.from(weights), { dtype }).reshape(windows);
        const want = new Array<number>(data.length).fill(0);
        const [oh, ow] = windows.slice(2) as [number, number];
        weights.forEach((weight, i) => {
          const plane = Math.floor(i / (oh * ow)) * c.size[0] * c.size[1];
          const [y, z] = [Math.floor(i / ow) % oh, i % ow];
          let best = -1;
          for (let j = 0; j < c.kernel[0] * c.kernel[1]; j++) {
            const a = y * stride[0] - padding[0] + Math.floor(j / c.kernel[1]) * dilation[0];
            const b = z * stride[1] - padding[1] + (j % c.kernel[1]) * dilation[1];
            if (a < 0 || b < 0 || a >= c.size[0] || b >= c.size[1]) continue;
            const place = plane + a * c.size[1] + b;
            if (
              best < 0 ||
              data[place]! > data[best]! ||
              (data[place] !== data[place] && data[best] === data[best])
            ) {
              best = place;
            }
          }
          if (best >= 0) want[best]! += weight;
        });
        const got = tg.grad((a: Tensor) => tg.sum(tg.multiply(pooled(a), g)))(x);
        expect(numbers(got), JSON.stringify(c)).toEqual(want);
      }),
      { numRuns: 100, seed: 6 },
    );
  },
);

test("derivatives, both modes, to second order", () => {
  const x = values([1, 2, 5, 6]);
  const weights = values([1, 2, 3, 3]);
  const options = { stride: 2, padding: 1 };
  checkGrads((a: Tensor) => tg.sum(tg.exp(maxPool2d(a, 3, options))), [x], { order: 2 });
  checkGrads((a: Tensor) => tg.sum(tg.sin(avgPool2d(a, 3, options))), [x], { order: 2 });
  const wide = values([1, 1, 2, 10]);
  checkGrads((a: Tensor) => tg.sum(tg.exp(maxPool2d(a, 2))), [wide], { order: 2 });
  checkGrads((a: Tensor) => tg.sum(tg.exp(avgPool2d(a, 2))), [wide], { order: 2 });
  checkGrads(
    (a: Tensor) => tg.sum(tg.multiply(maxPool2d(tg.square(a), 3, options), weights)),
    [x],
    {
      order: 2,
    },
  );
  checkGrads(
    (a: Tensor) => tg.sum(tg.square(avgPool2d(a, 2, { padding: 1, countIncludePad: false }))),
    [x],
    { order: 2 },
  );
});

test("the first of equal ones gets the derivative", () => {
  const g = tg.grad((x: Tensor) => tg.sum(maxPool2d(x, 2)))(tg.ones([1, 1, 2, 2]));
  expect(g.toArray()).toEqual([
    [
      [
        [1, 0],
        [0, 0],
      ],
    ],
  ]);
});

test("NaN and infinities", () => {
  const x = tensor([[[1, NaN, -Infinity, -Infinity]]]);
  expect(numbers(maxPool1d(x, 2))).toEqual([NaN, -Infinity]);
  expect(numbers(avgPool1d(x, 2))).toEqual([NaN, -Infinity]);
});

test("the first NaN of a window is its largest element", () => {
  const f = (x: Tensor): Tensor => maxPool2d(x, 2);
  for (const [data, place] of [
    [[NaN, 1, NaN, 3], 0],
    [[1, NaN, 4, NaN], 1],
    [[1, 2, NaN, 3], 2],
    [[5, 2, 3, NaN], 3],
  ] as const) {
    const x = tensor([...data]).reshape([1, 1, 2, 2]);
    expect(numbers(f(x))).toEqual([NaN]);
    const want = [0, 0, 0, 0];
    want[place] = 1;
    expect(numbers(tg.grad((a: Tensor) => tg.sum(f(a)))(x))).toEqual(want);
  }
});

test("vmap is a loop", () => {
  const x = values([3, 1, 2, 4, 4]);
  const weights = values([1, 2, 2, 2]);
  for (const f of [maxPool2d, avgPool2d]) {
    const g = tg.grad((a: Tensor) => tg.sum(tg.multiply(tg.square(f(a, 2)), weights)));
    const each = [0, 1, 2].map((i) => x.slice([i]));
    expectNear(
      numbers(tg.vmap((a: Tensor) => f(a, 2))(x)),
      each.flatMap((a) => numbers(f(a, 2))),
      "values",
      1e-14,
    );
    expectNear(
      numbers(tg.vmap(g)(x)),
      each.flatMap((a) => numbers(g(a))),
      "gradients",
      1e-14,
    );
  }
});

test("faces", () => {
  expect(
    maxPool2d(
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      2,
    ).toArray(),
  ).toEqual([[[4]]]);
  expect(maxPool1d([[[1, 5, 2, 3]]], 2).toArray()).toEqual([[[5, 3]]]);
  expect(avgPool1d([[1, 5, 2, 4]], 2, { stride: 1 }).toArray()).toEqual([[3, 3.5, 3]]);
  expect(maxPool2d(values([4, 6, 2, 1]).transpose(), [2, 3]).shape).toEqual([1, 2, 3, 1]);
  expect(maxPool2d(tg.zeros([0, 3, 4, 4]), 2).shape).toEqual([0, 3, 2, 2]);
});

test("with ceilMode the only window may go beyond the end", () => {
  const x = tensor([[1, 2, 4, 3]]).reshape([1, 2, 2]);
  const options = { stride: 2, ceilMode: true };
  expect(maxPool2d(x, 3, options).toArray()).toEqual([[[4]]]);
  expect(avgPool2d(x, 3, options).toArray()).toEqual([[[2.5]]]);
  expect(maxPool2dWithIndices(x, [3, 1], options)[1].toArray()).toEqual([[[2]]]);
  expect(maxPool1d([[1, 2]], 4, { stride: 3, ceilMode: true }).toArray()).toEqual([[2]]);
  expect(() => maxPool1d([[1, 2]], 4, { stride: 2, ceilMode: true })).toThrow(/does not fit/);
});

test("windows without an element, as in torch; no images without places", () => {
  const options = { stride: 2, padding: 1, dilation: 4, ceilMode: true };
  expect(maxPool1d(tg.ones([1, 1, 2]), 2, options).toArray()).toEqual([[[-Infinity]]]);
  for (const ceilMode of [false, true])
    for (const kernel of [1, 2]) {
      const padded = { stride: 2, padding: kernel - 1, ceilMode };
      const empty = tg.zeros([1, 1, 0]);
      expect(() => maxPool1d(empty, kernel, padded)).toThrow(/^maxPool1d: .* does not fit/);
      expect(() => avgPool1d(empty, kernel, padded)).toThrow(/^avgPool1d: .* does not fit/);
      expect(() => maxPool2d(tg.zeros([1, 1, 0, 2]), kernel, padded)).toThrow(/does not fit/);
    }
  expect(maxPool1d(tg.zeros([0, 1, 2]), 1).shape).toEqual([0, 1, 2]);
});

test("each error is one sentence", () => {
  const x = tg.ones([1, 1, 4, 4]);
  expect(() => maxPool2d(tg.ones([4, 4]), 2)).toThrow(/^maxPool2d: x has 2 axes, not 4/);
  expect(() => maxPool2d(x, 5)).toThrow(/^maxPool2d: a window of \[5,5\] does not fit/);
  expect(() => maxPool2d(x, 2, { padding: 2 })).toThrow(/^maxPool2d: padding 2 is more than half/);
  expect(() => avgPool2d(x, 0)).toThrow(/^avgPool2d: kernelSize is 0, not a whole number/);
  expect(() => avgPool2d(x, [2, 2, 2])).toThrow(/^avgPool2d: kernelSize has 3 sizes, not 2/);
  expect(maxPool2d(x, 2).shape).toEqual([1, 1, 2, 2]);
});

describe("rows of windows that are pooled by vectors", () => {
  /** Row-major: the first of equal ones, the first NaN; sums in float32 where x is. */
  function plain(x: Tensor, kernel: number, stride: number, mean: boolean): number[] {
    const [planes, h, w] = x.shape as [number, number, number];
    const xs = numbers(x);
    const round = x.dtype === "float32" ? Math.fround : Number;
    const out: number[] = [];
    for (let p = 0; p < planes; p++) {
      for (let y = 0; y + kernel <= h; y += stride) {
        for (let z = 0; z + kernel <= w; z += stride) {
          let best = mean ? 0 : -Infinity;
          for (let i = 0; i < kernel * kernel; i++) {
            const value = xs[(p * h + y + Math.floor(i / kernel)) * w + z + (i % kernel)]!;
            if (mean) best = round(best + value);
            else if (!(value <= best) && !Number.isNaN(best)) best = value;
          }
          out.push(mean ? round(best / (kernel * kernel)) : best);
        }
      }
    }
    return out;
  }

  test.each(FLOATS)("with ties, both zeros, infinities and NaN, in %s", (dtype) => {
    const odd = [0, -0, 1, 1, -1, -Infinity, Infinity, NaN];
    for (let width = 2; width < 30; width++) {
      for (const [kernel, stride] of [
        [2, 2],
        [2, 1],
        [3, 1],
        [3, 2],
        [2, 3],
        [3, 4],
      ] as const) {
        if (width < kernel) continue;
        const data = uniform(random, 2 * 5 * width, -2, 2).map((v) => {
          const i = Math.floor((v + 2) * 10);
          return i < (width % 2 ? 6 : 8) ? odd[i]! : v;
        });
        const x = tensor(data, { dtype }).reshape([2, 5, width]);
        const options = { stride };
        expect(numbers(maxPool2d(x, kernel, options))).toEqual(plain(x, kernel, stride, false));
        expect(numbers(avgPool2d(x, kernel, options))).toEqual(plain(x, kernel, stride, true));
      }
    }
  });
});
