// Convolutions against seven nested loops, and their derivatives against differences.

import fc from "fast-check";
import * as tg from "tapegrad";
import { checkGrads, tensor, type Tensor } from "tapegrad";
import { conv1d, conv2d, convTranspose1d, convTranspose2d, type ConvOptions } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers, randomFrom, uniform } from "../ops/support.js";

const random = randomFrom(11);
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function values(shape: number[], dtype: tg.Dtype = "float64"): Tensor {
  return tensor(Float64Array.from(uniform(random, count(shape), -1, 1)), { dtype }).reshape(shape);
}

interface Case {
  n: number;
  groups: number;
  channels: number;
  filters: number;
  size: [number, number];
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number];
  dilation: [number, number];
}

/** The definition. */
function naive(x: Tensor, w: Tensor, c: Case): { shape: number[]; data: number[] } {
  const [h, width] = c.size;
  const [kh, kw] = c.kernel;
  const [C, O] = [c.channels * c.groups, c.filters * c.groups];
  const out = c.size.map(
    (d, i) =>
      Math.floor((d + 2 * c.padding[i]! - c.dilation[i]! * (c.kernel[i]! - 1) - 1) / c.stride[i]!) +
      1,
  );
  const [oh, ow] = out as [number, number];
  const [xs, ws] = [numbers(x), numbers(w)];
  const data: number[] = [];
  for (let n = 0; n < c.n; n++) {
    for (let o = 0; o < O; o++) {
      const group = Math.floor(o / c.filters);
      for (let y = 0; y < oh; y++) {
        for (let z = 0; z < ow; z++) {
          let sum = 0;
          for (let k = 0; k < c.channels; k++) {
            for (let i = 0; i < kh; i++) {
              for (let j = 0; j < kw; j++) {
                const a = y * c.stride[0] - c.padding[0] + i * c.dilation[0];
                const b = z * c.stride[1] - c.padding[1] + j * c.dilation[1];
                if (a < 0 || b < 0 || a >= h || b >= width) continue;
                const channel = group * c.channels + k;
                sum +=
                  xs[((n * C + channel) * h + a) * width + b]! *
                  ws[((o * c.channels + k) * kh + i) * kw + j]!;
              }
            }
          }
          data.push(sum);
        }
      }
    }
  }
  return { shape: [c.n, O, oh, ow], data };
}

const small = fc.integer({ min: 1, max: 3 });
const pair = (min: number, max: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const cases = fc
  .record({
    n: fc.integer({ min: 0, max: 3 }),
    groups: small,
    channels: fc.integer({ min: 1, max: 5 }),
    filters: fc.integer({ min: 1, max: 6 }),
    size: pair(1, 9),
    kernel: pair(1, 4),
    stride: pair(1, 3),
    padding: pair(0, 3),
    dilation: pair(1, 3),
  })
  .filter((c) =>
    c.size.every((d, i) => d + 2 * c.padding[i]! >= c.dilation[i]! * (c.kernel[i]! - 1) + 1),
  );

const operands = (c: Case, dtype?: tg.Dtype): [Tensor, Tensor] => [
  values([c.n, c.channels * c.groups, ...c.size], dtype),
  values([c.filters * c.groups, c.channels, ...c.kernel], dtype),
];
const optionsOf = ({ stride, padding, dilation, groups }: Case): ConvOptions => ({
  stride,
  padding,
  dilation,
  groups,
});

describe.each(FLOATS)("%s", (dtype) => {
  const tolerance = dtype === "float32" ? 1e-5 : 1e-13;

  test("is its definition, for any sizes", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const [x, w] = operands(c, dtype);
        const want = naive(x, w, c);
        const got = conv2d(x, w, optionsOf(c));
        expect(got.shape).toEqual(want.shape);
        expect(got.dtype).toBe(dtype);
        expectNear(numbers(got), want.data, JSON.stringify(c), tolerance, tolerance);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test("the transpose: ⟨conv(x, w), g⟩ = ⟨x, convTranspose(g, w)⟩", () => {
    fc.assert(
      fc.property(cases, (c) => {
        const [x, w] = operands(c, dtype);
        const y = conv2d(x, w, optionsOf(c));
        const g = values(y.shape, dtype);
        const reach = c.size.map(
          (d, i) =>
            (y.shape[2 + i]! - 1) * c.stride[i]! -
            2 * c.padding[i]! +
            c.dilation[i]! * (c.kernel[i]! - 1) +
            1,
        );
        const outputPadding = c.size.map((d, i) => d - reach[i]!);
        fc.pre(outputPadding.every((p, i) => p < Math.max(c.stride[i]!, c.dilation[i]!)));
        fc.pre(reach.every((d, i) => d + outputPadding[i]! > 0));
        const { stride, padding, dilation, groups } = c;
        const back = convTranspose2d(g, w, { stride, padding, dilation, groups, outputPadding });
        expect(back.shape).toEqual(x.shape);
        const inner = (a: Tensor, b: Tensor): number =>
          numbers(a).reduce((sum, v, i) => sum + v * numbers(b)[i]!, 0);
        expectNear(
          [inner(x, back)],
          [inner(y, g)],
          JSON.stringify(c),
          tolerance * 10,
          tolerance * 10,
        );
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

// Sums of more than 256 products, planes of more than 256 places, more than 4 filters and 8 columns,
// windows of one place, and strides that leave places out. All numbers are whole: sums are exact.
const LARGE: Partial<Case>[] = [
  { channels: 40, filters: 6, size: [3, 19], padding: [1, 1] },
  { channels: 40, filters: 9, size: [6, 19], padding: [1, 1], stride: [2, 2] },
  { channels: 300, filters: 5, size: [3, 7], kernel: [1, 1] },
  { channels: 3, filters: 10, size: [20, 21], kernel: [1, 1] },
  { channels: 3, filters: 10, size: [20, 21], kernel: [1, 1], stride: [2, 3] },
  { channels: 2, filters: 6, size: [16, 17], kernel: [5, 4], padding: [2, 3], groups: 2 },
  { channels: 3, filters: 300, size: [4, 9], padding: [1, 1] },
  { channels: 2, filters: 3, size: [1, 300], kernel: [1, 7], dilation: [1, 3], stride: [1, 2] },
];

test.each(LARGE.flatMap((c) => FLOATS.map((dtype) => [c, dtype] as const)))(
  "large: %j in %s",
  (chosen, dtype) => {
    const c: Case = {
      ...{ n: 2, groups: 1, channels: 1, filters: 1, size: [1, 1], kernel: [3, 3] },
      ...{ stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
      ...chosen,
    };
    const whole = (shape: readonly number[]): Tensor => {
      const data = uniform(random, count(shape), -3, 4).map(Math.floor);
      return tensor(Float64Array.from(data), { dtype }).reshape([...shape]);
    };
    const inner = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    const x = whole([c.n, c.channels * c.groups, ...c.size]);
    const w = whole([c.filters * c.groups, c.channels, ...c.kernel]);
    const y = conv2d(x, w, optionsOf(c));
    const want = naive(x, w, c);
    expect(y.shape).toEqual(want.shape);
    expect(numbers(y)).toEqual(want.data);
    // The gradients are the transposes of linear maps: ⟨gradient, v⟩ = ⟨g, map(v)⟩ for any v.
    const g = whole(y.shape);
    const loss = (a: Tensor, b: Tensor): Tensor =>
      tg.sum(tg.multiply(conv2d(a, b, optionsOf(c)), g));
    const gx = tg.grad((a: Tensor) => loss(a, w))(x);
    const gw = tg.grad((b: Tensor) => loss(x, b))(w);
    for (let i = 0; i < 2; i++) {
      const [u, v] = [whole(x.shape), whole(w.shape)];
      expect(inner(numbers(gx), numbers(u))).toBe(inner(numbers(g), naive(u, w, c).data));
      expect(inner(numbers(gw), numbers(v))).toBe(inner(numbers(g), naive(x, v, c).data));
    }
  },
);

describe("derivatives", () => {
  test("of images, filters and bias, both modes, to second order", () => {
    fc.assert(
      fc.property(
        cases.filter((c) => c.n > 0 && count([c.n, c.channels, c.groups, ...c.size]) < 150),
        (c) => {
          const [x, w] = operands(c);
          const bias = values([c.filters * c.groups]);
          checkGrads(
            (a: Tensor, b: Tensor, d: Tensor) =>
              tg.sum(tg.sin(conv2d(a, b, { ...optionsOf(c), bias: d }))),
            [x, w, bias],
            { order: 2 },
          );
        },
      ),
      { numRuns: 12, seed: 3 },
    );
  });

  test("of transposed convolutions", () => {
    for (const options of [
      {},
      { stride: 2, outputPadding: 1, padding: 1 },
      { dilation: 2, groups: 2 },
    ]) {
      const w = values([4, 3, 2, 3]);
      const x = values([2, 4, 3, 3]);
      checkGrads((a: Tensor, b: Tensor) => tg.sum(tg.sin(convTranspose2d(a, b, options))), [x, w], {
        order: 2,
      });
    }
  });

  test("one and the other mode, and third order", () => {
    const x = values([1, 1, 4, 4]);
    const w = values([1, 1, 2, 2]);
    const f = (a: Tensor): Tensor => tg.sum(tg.power(conv2d(a, w), 4));
    const [u, v] = [values([1, 1, 4, 4]), values([1, 1, 4, 4])];
    const second = (a: Tensor): Tensor => tg.sum(tg.multiply(tg.grad(f)(a), u));
    const [, third] = tg.jvp(tg.grad(second), [x], [v]);
    const step = 1e-4;
    const moved = (s: number): number[] => numbers(tg.grad(second)(tg.add(x, tg.multiply(v, s))));
    const measured = moved(step).map((a, i) => (a - moved(-step)[i]!) / (2 * step));
    expectNear(numbers(third), measured, "third order", 1e-5, 1e-5);
  });
});

describe("vmap is a loop", () => {
  const x = values([3, 2, 4, 5, 5]);
  const w = values([3, 6, 2, 3, 2]);
  const options = { stride: 2, padding: 1, groups: 2 };
  const loop = (f: (i: number) => Tensor): number[] => [0, 1, 2].flatMap((i) => numbers(f(i)));
  const at = (t: Tensor, i: number): Tensor => t.slice([i]);

  test("over images, filters, and both", () => {
    const near = (got: Tensor, want: number[]): void =>
      expectNear(numbers(got), want, "vmap", 1e-12, 1e-12);
    near(
      tg.vmap((a: Tensor) => conv2d(a, at(w, 0), options))(x),
      loop((i) => conv2d(at(x, i), at(w, 0), options)),
    );
    near(
      tg.vmap((b: Tensor) => conv2d(at(x, 0), b, options))(w),
      loop((i) => conv2d(at(x, 0), at(w, i), options)),
    );
    near(
      tg.vmap((a: Tensor, b: Tensor) => conv2d(a, b, options))(x, w),
      loop((i) => conv2d(at(x, i), at(w, i), options)),
    );
  });

  test("over gradients, and gradients over it", () => {
    const loss = (a: Tensor, b: Tensor): Tensor => tg.sum(tg.tanh(conv2d(a, b, options)));
    const each = tg.grad(loss, { argnums: 1 });
    expectNear(
      numbers(tg.vmap((a: Tensor) => each(a, at(w, 0)))(x)),
      loop((i) => each(at(x, i), at(w, 0))),
      "per-example gradients",
      1e-12,
      1e-12,
    );
    const total = (b: Tensor): Tensor => tg.sum(tg.vmap((a: Tensor) => loss(a, b))(x));
    const parts = [0, 1, 2].map((i) => each(at(x, i), at(w, 0)));
    expectNear(
      numbers(tg.grad(total)(at(w, 0))),
      numbers(parts.reduce((a, b) => tg.add(a, b))),
      "gradient of a sum over vmap",
      1e-12,
      1e-12,
    );
  });
});

describe("faces", () => {
  test("same, valid, one image, sequences", () => {
    expect(conv2d(tg.ones([2, 1, 5, 6]), tg.ones([3, 1, 4, 3]), { padding: "same" }).shape).toEqual(
      [2, 3, 5, 6],
    );
    expect(conv2d(tg.ones([1, 5, 6]), tg.ones([3, 1, 4, 3]), { padding: "valid" }).shape).toEqual([
      3, 2, 4,
    ]);
    expect(conv1d([[[1, 2, 3, 4]]], [[[1, 1]]]).toArray()).toEqual([[[3, 5, 7]]]);
    expect(conv1d([[1, 2, 3, 4]], [[[1, 2]]], { padding: "same" }).toArray()).toEqual([
      [5, 8, 11, 4],
    ]);
    expect(convTranspose1d([[[1, 2]]], [[[1, 1]]]).toArray()).toEqual([[[1, 3, 2]]]);
    expect(conv1d([[[1, 2, 3]]], [[[1]]], { bias: [10] }).toArray()).toEqual([[[11, 12, 13]]]);
  });

  test("operands that do not lie in order, pointwise kernels, integers", () => {
    const x = values([4, 4, 3, 2]).transpose();
    const w = values([1, 1, 3, 5]).transpose();
    const copy = (t: Tensor): Tensor => tensor(t.data() as Float64Array).reshape(t.shape);
    expect(numbers(conv2d(x, w))).toEqual(numbers(conv2d(copy(x), copy(w))));
    expect(conv2d(tensor([[[[1, 2]]]], { dtype: "int32" }), [[[[2]]]]).toArray()).toEqual([
      [[[2, 4]]],
    ]);
  });

  test("float32 and float64 meet", () => {
    expect(conv2d(tg.ones([1, 1, 2, 2]), values([1, 1, 1, 1])).dtype).toBe("float64");
  });
});

test("each error is one sentence", () => {
  const x = tg.ones([1, 4, 5, 5]);
  const w = tg.ones([6, 4, 3, 3]);
  expect(() => conv2d(tg.ones([5, 5]), w)).toThrow(/^conv2d: x has 2 axes, not 4/);
  expect(() => conv2d(x, tg.ones([6, 4, 3]))).toThrow(/^conv2d: weight has 3 axes, not 4/);
  expect(() => conv2d(x, tg.ones([6, 3, 3, 3]))).toThrow(
    /^conv2d: weight \[6,3,3,3\] takes 3 channels/,
  );
  expect(() => conv2d(x, w, { groups: 3 })).toThrow(
    /^conv2d: 4 channels do not divide into 3 groups/,
  );
  expect(() => conv2d(x, tg.ones([5, 2, 3, 3]), { groups: 2 })).toThrow(
    /^conv2d: 5 filters do not divide into 2 groups/,
  );
  expect(() => conv2d(x, tg.ones([6, 4, 7, 3]))).toThrow(/^conv2d: a kernel of \[7,3\]/);
  expect(() => conv2d(x, w, { stride: 0 })).toThrow(/^conv2d: stride is 0, not a whole number/);
  expect(() => conv2d(x, w, { padding: [1, 2, 3] })).toThrow(/^conv2d: padding has 3 sizes, not 2/);
  expect(() => conv2d(x, w, { padding: "same", stride: 2 })).toThrow(/^conv2d: padding "same"/);
  expect(() => conv2d(x, w, { padding: "full" as "same" })).toThrow(/^conv2d: padding is "full"/);
  expect(() => conv2d(x, w, { bias: [1, 2] })).toThrow(/^conv2d: bias has shape \[2\]/);
  expect(() => convTranspose2d(x, tg.ones([3, 4, 2, 2]))).toThrow(/^convTranspose2d: weight/);
  expect(() => convTranspose2d(x, tg.ones([4, 4, 2, 2]), { outputPadding: 1 })).toThrow(
    /^convTranspose2d: outputPadding 1 must be smaller/,
  );
  expect(conv2d(x, w).shape).toEqual([1, 6, 3, 3]);
});
