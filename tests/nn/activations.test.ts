// Activations where differences do not reach: at kinks, far out, at infinities and NaN.

import * as tg from "tapegrad";
import { grad, jvp, tensor, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers } from "../ops/support.js";

type Activation = (x: Tensor) => Tensor;

const slope = (f: Activation, at: number, dtype: tg.Dtype = "float64"): number =>
  grad((x: Tensor) => tg.sum(f(x)))(tensor([at], { dtype })).data()[0]!;
const push = (f: Activation, at: number): number => {
  const one = tensor([1], { dtype: "float64" });
  return (jvp(f, [tensor([at], { dtype: "float64" })], [one]) as Tensor[])[1]!.data()[0]!;
};

const ALL: Record<string, Activation> = {
  elu: (x) => nn.elu(x),
  selu: nn.selu,
  celu: (x) => nn.celu(x, { alpha: 0.5 }),
  leakyRelu: (x) => nn.leakyRelu(x),
  prelu: (x) => nn.prelu(x, 0.25),
  mish: nn.mish,
  hardswish: nn.hardswish,
  hardsigmoid: nn.hardsigmoid,
  hardtanh: (x) => nn.hardtanh(x),
  relu6: nn.relu6,
  logsigmoid: nn.logsigmoid,
  softplus: (x) => nn.softplus(x, { beta: 2 }),
  softsign: nn.softsign,
  softshrink: (x) => nn.softshrink(x),
  hardshrink: (x) => nn.hardshrink(x),
  tanhshrink: nn.tanhshrink,
  threshold: (x) => nn.threshold(x, 1, 7),
  gelu: (x) => nn.gelu(x),
  "gelu by tanh": (x) => nn.gelu(x, { approximate: "tanh" }),
  silu: nn.silu,
  relu: nn.relu,
};

describe("derivatives at kinks are torch's", () => {
  test.each<[string, Activation, number, number]>([
    ["relu", nn.relu, 0, 0],
    ["elu", (x) => nn.elu(x, { alpha: 0.3 }), 0, 0.3],
    ["selu", nn.selu, 0, 1.7580993408473766],
    ["celu", (x) => nn.celu(x, { alpha: 0.3 }), 0, 1],
    ["leakyRelu", (x) => nn.leakyRelu(x), 0, 0.01],
    ["prelu", (x) => nn.prelu(x, 0.25), 0, 0.25],
    ["hardswish", nn.hardswish, -3, -0.5],
    ["hardswish", nn.hardswish, 3, 1.5],
    ["hardsigmoid", nn.hardsigmoid, -3, 0],
    ["hardsigmoid", nn.hardsigmoid, 3, 0],
    ["hardtanh", (x) => nn.hardtanh(x), -1, 0],
    ["hardtanh", (x) => nn.hardtanh(x), 1, 0],
    ["relu6", nn.relu6, 0, 0],
    ["relu6", nn.relu6, 6, 0],
    ["softshrink", (x) => nn.softshrink(x), 0.5, 0],
    ["softshrink", (x) => nn.softshrink(x), -0.5, 0],
    ["hardshrink", (x) => nn.hardshrink(x), 0.5, 0],
    ["threshold", (x) => nn.threshold(x, 2, 7), 2, 0],
    ["softsign", nn.softsign, 0, 1],
    ["softsign", nn.softsign, 1, 0.25],
    ["softsign", nn.softsign, -1, 0.25],
  ])("%s at %d", (_, f, at, want) => {
    expect(slope(f, at)).toBeCloseTo(want, 14);
    expect(push(f, at)).toBeCloseTo(want, 14);
  });
});

describe("far out", () => {
  test.each(Object.entries(ALL))("%s has finite derivatives to order 3", (_, f) => {
    for (const dtype of FLOATS) {
      for (const size of [30, 100, 1000, 1e4, 1e18]) {
        for (const at of [size, -size]) {
          const g: Activation = (x) => grad((y: Tensor) => tg.sum(f(y)))(x);
          const h: Activation = (x) => grad((y: Tensor) => tg.sum(g(y)))(x);
          const k: Activation = (x) => grad((y: Tensor) => tg.sum(h(y)))(x);
          const x = tensor([at], { dtype });
          // The cube inside gelu by tanh leaves float32 only past 10^12.
          for (const order of [f, g, h, k]) {
            expect(Number.isFinite(numbers(order(x))[0]), `${dtype} ${at}`).toBe(true);
          }
        }
      }
    }
  });

  test.each(Object.entries(ALL))("%s: NaN is NaN", (name, f) => {
    expect(numbers(f(tensor([NaN])))[0], name).toBeNaN();
  });

  test("values and slopes", () => {
    for (const f of [ALL.elu!, ALL.selu!, ALL.celu!]) expect(slope(f, -1000)).toBe(0);
    expect(numbers(nn.elu(tensor([-1000, 1000, -Infinity, Infinity])))).toEqual([
      -1,
      1000,
      -1,
      Infinity,
    ]);
    expect(numbers(nn.mish(tensor([-1000, 1000])))).toEqual([-0, 1000]);
    expect(numbers(nn.softsign(tensor([-Infinity, Infinity])))).toEqual([-1, 1]);
    expect(numbers(nn.logsigmoid(tensor([-1e30, 1e30])))).toEqual([Math.fround(-1e30), -0]);
    expect(slope(nn.logsigmoid, -1000)).toBe(1);
  });

  test.each<[string, (x: Tensor) => Tensor, number, number]>([
    ["gelu", nn.gelu, -0, 0],
    ["gelu by tanh", (x) => nn.gelu(x, { approximate: "tanh" }), -0, 0],
    ["silu", nn.silu, -0, 0],
    ["mish", nn.mish, -0, 0],
    ["hardswish", nn.hardswish, 0, 0],
    ["hardsigmoid", nn.hardsigmoid, 0, 0],
    ["relu6", nn.relu6, 0, 0],
    ["elu", nn.elu, -1, 0],
    ["softsign", nn.softsign, -1, 0],
    ["logsigmoid", nn.logsigmoid, -Infinity, 1],
    ["tanhshrink", nn.tanhshrink, -Infinity, 1],
  ])("%s at -∞", (_, f, value, first) => {
    for (const dtype of FLOATS) {
      const x = tensor([-Infinity], { dtype });
      expect(numbers(f(x))).toEqual([value]);
      const [y, t] = jvp(f, [x], [tensor([1], { dtype })]);
      expect(numbers(y)).toEqual([value]);
      expect(numbers(t)[0]! + 0).toBe(first);
      expect(slope(f, -Infinity, dtype) + 0).toBe(first);
    }
  });

  test("gelu by tanh does not cancel on the left", () => {
    // x / (1 + exp(-2u)), u = √(2/π) (x + 0.044715 x³)
    for (const x of [-1, -5, -8]) {
      const u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
      const got = numbers(nn.gelu(tensor([x], { dtype: "float64" }), { approximate: "tanh" }));
      expectNear(got, [x / (1 + Math.exp(-2 * u))], `${x}`, 1e-14, 0);
    }
  });

  test("tanhshrink keeps its digits near 0, and so do its derivatives", () => {
    // x − tanh x and derivatives up to the third by mpmath, 60 digits.
    const truth = [
      [1e-8, 3.3333333333333335e-25, 1e-16, 1.9999999999999997e-8, 1.9999999999999991],
      [0.001, 3.33333200000054e-10, 9.999993333337113e-7, 0.0019999973333356, 1.9999920000113334],
      [0.1, 0.00033200537504418296, 0.009933709152560222, 0.19735584350906515, 1.9211223982446841],
      [0.5, 0.03788284273999024, 0.2135522670340726, 0.7268619813835873, 0.5652092882597703],
      [0.999, 0.23782613833943006, 0.5793856476752645, 0.6403213016577569, -0.6209588090096017],
      [1, 0.23840584404423512, 0.580025658385974, 0.6397000084492245, -0.6216266807712962],
      [1.001, 0.23898618944899314, 0.5806650474704657, 0.639078050148512, -0.6222889956404564],
      [3, 2.0049452463132695, 0.9901339628345598, 0.019634494363042435, -0.03888011652566168],
    ];
    const forth =
      (f: Activation): Activation =>
      (x) =>
        jvp(f, [x], [tg.onesLike(x)])[1];
    const back = (f: Activation): Activation => grad((x: Tensor) => tg.sum(f(x)));
    for (const [at, ...wants] of truth) {
      for (const [dtype, tolerance] of [
        ["float64", 3e-15],
        ["float32", 3e-6],
      ] as const) {
        // prettier-ignore
        for (const sign of [1, -1]) {
          let [f, g]: Activation[] = [nn.tanhshrink, nn.tanhshrink];
          for (const [k, want] of wants.entries()) {
            const x = tensor([sign * at!], { dtype });
            // Past 1 the third derivative is a difference of its own.
            const rtol = tolerance * (k === 3 && at! > 1 ? 10 : 1);
            const whole = (k % 2 === 0 ? sign : 1) * want;
            expectNear(numbers(f!(x)), [whole], `${dtype} ${at} order ${k}`, rtol, 0);
            expectNear(numbers(g!(x)), [whole], `${dtype} ${at} back ${k}`, rtol, 0);
            [f, g] = [forth(f!), back(g!)];
          }
        }
      }
    }
    const ends = tensor([0, -0, Infinity, NaN], { dtype: "float64" });
    expect(numbers(nn.tanhshrink(ends))).toEqual([0, -0, Infinity, NaN]);
    expect(numbers(back(nn.tanhshrink)(ends))).toEqual([0, 0, 1, NaN]);
  });

  test("softsign's slope keeps its digits", () => {
    for (const at of [1e-3, 0.5, 1, 3, 1e3, 1e6, -1e5]) {
      const want = 1 / (1 + Math.abs(at)) ** 2;
      expectNear([slope(nn.softsign, at)], [want], `${at}`, 4e-16, 0);
      expectNear([slope(nn.softsign, at, "float32")], [want], `${at}`, 4e-7, 0);
    }
  });

  test("elu keeps its digits near 0", () => {
    for (const at of [-1e-3, -1e-9, -1e-300]) {
      expect(numbers(nn.elu(tensor([at], { dtype: "float64" })))[0]).toBeCloseTo(
        Math.expm1(at),
        20,
      );
    }
  });
});

test("empty, 0-d, integers", () => {
  for (const [name, f] of Object.entries(ALL)) {
    expect(f(tg.zeros([0, 3])).shape, name).toEqual([0, 3]);
    expect(f(tensor(2)).shape, name).toEqual([]);
    expect(f(tensor([1, 2], { dtype: "int32" })).shape, name).toEqual([2]);
  }
  expect(nn.elu(tensor([-1], { dtype: "int32" })).dtype).toBe("float32");
  expect(nn.glu(tg.zeros([0, 4])).shape).toEqual([0, 2]);
});

test("each error is one sentence", () => {
  expect(() => nn.elu([1], { alpha: "2" as unknown as number })).toThrow(
    /^elu: alpha is the string/,
  );
  expect(() => nn.elu([1], 2 as unknown as nn.EluOptions)).toThrow(/^elu: options are an object/);
  expect(() => nn.celu([1], { alpha: 0 })).toThrow(/^celu: alpha is 0/);
  expect(() => nn.hardtanh([1], { minVal: 2 })).toThrow(/^hardtanh: minVal 2 is larger/);
  expect(() => nn.softshrink([1], { lambd: -1 })).toThrow(/^softshrink: lambd is -1/);
  expect(() => nn.prelu(tg.ones([2, 3]), [1, 2])).toThrow(/^prelu: weight has shape \[2\]/);
  expect(() => nn.glu(tg.ones([2, 3]))).toThrow(/^glu: axis -1 of \[2,3\] has size 3/);
  expect(() => nn.glu(tg.ones([2, 3]), 2)).toThrow(/^glu: no axis 2/);
  expect(() => nn.softplus([1], { beta: 0 })).toThrow(/^softplus: beta is 0/);
});

test("values have the same bits whether derivatives are recorded or not", () => {
  const points = [
    -Infinity,
    -1e30,
    -6,
    -3,
    -2.9999998,
    -1,
    -1e-45,
    -0,
    0,
    1e-45,
    0.5,
    1,
    2.9999998,
  ];
  const hard = [...points, 3, 5.9999995, 6, 7, 1e30, Infinity, NaN];
  const more: Record<string, Activation> = {
    ...ALL,
    "leakyRelu, steep": (x) => nn.leakyRelu(x, { negativeSlope: 2 }),
    "leakyRelu, level": (x) => nn.leakyRelu(x, { negativeSlope: 0 }),
    "leakyRelu, falling": (x) => nn.leakyRelu(x, { negativeSlope: -0.5 }),
    "leakyRelu, slope 1": (x) => nn.leakyRelu(x, { negativeSlope: 1 }),
    "leakyRelu, slope underflows": (x) => nn.leakyRelu(x, { negativeSlope: 1e-300 }),
    "hardtanh up to 0": (x) => nn.hardtanh(x, { minVal: -2, maxVal: 0 }),
    "hardtanh from -0": (x) => nn.hardtanh(x, { minVal: -0, maxVal: 2 }),
    "hardtanh without limits": (x) => nn.hardtanh(x, { minVal: -Infinity, maxVal: Infinity }),
    nanToNum: (x) => tg.nanToNum(x),
    "nanToNum, all given": (x) => tg.nanToNum(x, { nan: 1, posinf: 5, neginf: -5 }),
  };
  for (const dtype of FLOATS) {
    for (const [name, f] of Object.entries(more)) {
      const x = tensor(hard, { dtype });
      const recorded = f(tensor(hard, { dtype, requiresGrad: true }));
      expect(recorded.requiresGrad, name).toBe(true);
      expect(numbers(recorded), `${name}, ${dtype}`).toEqual(numbers(f(x)));
    }
  }
});
