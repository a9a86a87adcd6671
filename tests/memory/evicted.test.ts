// Values survive being moved out of wasm, whatever they are and however they are used afterwards.

import * as tg from "tapegrad";
import { add, exp, grad, matmul, memory, multiply, noGrad, square, sum, tensor } from "tapegrad";
import { valueAndGrad, vjp, vmap, type Tensor } from "tapegrad";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../transforms/close.js";
import { pressLarge, pressSmall, wasOut } from "./press.js";

const float64 = { dtype: "float64" } as const;
const pressures = { "many small values": pressSmall, "many bytes": pressLarge };

describe.each(Object.keys(pressures) as (keyof typeof pressures)[])("%s", (name) => {
  test("move values out; they come back when they are read", () => {
    const x = tensor([1.5, 2.5, 3.5], float64);
    const { evictions } = memory();
    pressures[name]();
    expect(memory().evictions).toBeGreaterThan(evictions);
    expect(memory().evictedBytes).toBeGreaterThanOrEqual(0);
    expect(wasOut(x)).toBe(true);
    expect(wasOut(x)).toBe(false);
    expectClose(x, [1.5, 2.5, 3.5]);
  });
});

test("views of one block leave together and come back as what each of them shows", () => {
  const x = tensor(Float32Array.from({ length: 1200 }, (_, i) => i));
  const views = [
    x.reshape([30, 40]),
    x.slice([[0, 600]]),
    x.slice([[600, 1200]]),
    x.reshape([30, 40]).transpose(),
    x.detach(),
  ];
  pressLarge();
  expect(wasOut(x)).toBe(true);
  noGrad(() => x.assign(tg.zeros([1200])));
  // Row 9 of the transposed one, column 29, is row 29, column 9.
  expect(views.map((view) => view.data()[299])).toEqual([299, 299, 899, 1169, 299]);
  expect(x.data()[299]).toBe(0);
});

test("values that share chunks come back, whatever their size, layout and neighbours", () => {
  // 4,096 bytes are the most that is gathered; 3,000 of rank 1, views and larger ones go between them.
  const made = (i: number): Tensor => {
    const values = Float32Array.from(
      { length: [512, 750, 1024, 1025, 8][i % 5]! },
      (_, k) => i + k,
    );
    const flat = tensor(values);
    if (i % 7 === 3) return flat.reshape([2, -1]).transpose();
    return i % 7 === 5 ? flat.reshape([1, 1, -1]) : flat;
  };
  const kept: Tensor[] = [];
  for (let i = 0; i < 400; i++) if (i % 7 !== 3 || i % 5 !== 3) kept.push(made(i));
  const want = kept.map((x) => Array.from(x.data()));
  // Some go before their chunk is copied.
  kept.forEach((x, i) => {
    if (i % 11 === 4) x.dispose();
  });
  pressLarge();
  pressSmall();
  kept.forEach((x, i) => {
    if (i % 11 !== 4) expect(Array.from(x.data())).toEqual(want[i]);
  });
});

describe("every kind of value", () => {
  const big = Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i));
  const matrix = (): Tensor =>
    tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  const makers: Record<string, () => Tensor> = {
    "float64 number": () => tensor(Math.PI, float64),
    "float32 number": () => tensor(0.1),
    "int32 number": () => tensor(-7, { dtype: "int32" }),
    "bool number": () => tensor(true),
    "-0, NaN, infinities": () => tensor([-0, NaN, Infinity, -Infinity], float64),
    "-0": () => tensor(-0),
    NaN: () => tensor(NaN, float64),
    subnormal: () => tensor(5e-324, float64),
    int32: () => tensor([1, -2, 2147483647, -2147483648], { dtype: "int32" }),
    bool: () => tensor([true, false, true, true, false]),
    float32: () => tensor([0.1, 0.2, 0.3, 0.4, 0.5]),
    empty: () => tensor([]),
    "empty with axes": () => tg.zeros([2, 0, 3]),
    "eight axes": () => tg.arange(256).reshape([2, 2, 2, 2, 2, 2, 2, 2]),
    transposed: () => matrix().transpose(),
    "negative stride": () => matrix().slice([null, [null, null, -2]]),
    "one element of a large one": () => tensor(big).slice([77_777]),
    broadcast: () => tensor([1, 2, 3]).broadcastTo([4, 3]),
    uniform: () => tensor(7).broadcastTo([300, 300]),
    zeros: () => tg.zeros([50]),
    eye: () => tg.eye(3, 4, { k: 1 }),
    "400 KB": () => tensor(big),
    "a view of 400 KB": () =>
      tensor(big)
        .reshape([100, 1000])
        .slice([
          [10, 90, 3],
          [null, null, -1],
        ]),
    computed: () => exp(matrix()),
  };
  const names = Object.keys(makers);
  let tensors: Tensor[] = [];
  let before: unknown[] = [];
  const facts = (x: Tensor): unknown => [
    x.shape,
    x.dtype,
    x.ndim,
    x.size,
    x.requiresGrad,
    x.isLeaf,
  ];

  beforeAll(() => {
    tensors = names.map((name) => makers[name]!());
    before = tensors.map((x) => [facts(x), x.data(), String(x)]);
    pressSmall();
  });

  test.each(names)("%s", (name) => {
    const i = names.indexOf(name);
    const x = tensors[i]!;
    const resident = memory().tensors;
    expect([x.shape, x.dtype, x.ndim, x.size]).toEqual((before[i] as unknown[][])[0]!.slice(0, 4));
    expect(memory().tensors, "asking for the shape brings nothing back").toBe(resident);
    expect([facts(x), x.data(), String(x)]).toEqual(before[i]);
    expect(Object.is(x.data()[0], (before[i] as [unknown, Float64Array])[1][0])).toBe(true);
  });
});

describe("every role", () => {
  const roles: Record<string, (a: Tensor, b: Tensor) => unknown> = {
    "both operands": (a, b) => add(a, b),
    "one operand twice": (a) => multiply(a, a),
    "beside a number": (a) => add(multiply(2, a), 1),
    unary: (a) => exp(a),
    "condition and branches": (a, b) => tg.where(a.greater(1), a, b),
    reduction: (a) => [sum(a), a.max(0), tg.mean(a)],
    views: (a) => [
      a.reshape([2, 2]),
      a.slice([[null, null, -1]]),
      a.expandDims(0),
      a.broadcastTo([2, 4]),
    ],
    joined: (a, b) => [tg.stack([a, b, a]), tg.concatenate([b, a])],
    matmul: (a, b) => [matmul(a, b), matmul(a.reshape([2, 2]), b.reshape([2, 2]))],
    astype: (a) => a.astype("int32"),
    "tensor(…)": (a) => tensor(a),
    zerosLike: (a) => [tg.zerosLike(a), tg.fullLike(a, 3)],
    detach: (a) => a.detach(),
    item: (a) => a.slice([1]).item(),
    printing: (a) => [String(a), JSON.stringify(a)],
    "argument of grad": (a) => grad((x: Tensor) => sum(square(x)))(a),
    "arguments and captured": (a, b) =>
      valueAndGrad((x: Tensor) => sum(multiply(x, multiply(a, b))))(a),
    tree: (a, b) =>
      grad((p: { a: Tensor; l: Tensor[] }) => sum(multiply(p.a, p.l[0]!)))({ a, l: [b] }),
    "result of a transform": (a, b) => valueAndGrad((_x: Tensor) => sum(b))(a),
    jvp: (a, b) => tg.jvp((x: Tensor) => square(x), [a], [b]),
    vjp: (a, b) => vjp((x: Tensor) => square(x), a)[1](b),
    jacobian: (a) => tg.jacobian((x: Tensor) => square(x))(a),
    hessian: (a, b) => tg.hessian((x: Tensor) => sum(multiply(b, tg.power(x, 3))))(a),
    mapped: (a, b) => vmap((x: Tensor, y: Tensor) => multiply(x, y))(a, b),
    "shared by a map": (a, b) => vmap((x: Tensor) => matmul(b, multiply(x, b)))(a),
    "per-example gradients": (a, b) => vmap(grad((x: Tensor) => multiply(sum(b), square(x))))(a),
    "captured where it is mapped": (a, b) =>
      vmap((x: Tensor) => grad((y: Tensor) => multiply(y, x))(b.slice([0])))(a),
    stopGradient: (a, b) => grad((x: Tensor) => sum(multiply(x, tg.stopGradient(b))))(a),
    checkGrads: (a) => (tg.checkGrads((x: Tensor) => square(x), [a]), 1),
    seed: (a, b) => {
      const w = tensor([1, 1, 1, 1], { dtype: "float64", requiresGrad: true });
      multiply(w, a).backward(b);
      return w.grad;
    },
    assigned: (a) => tg.zeros([4], float64).assign(a),
    "assigned to": (a) => a.detach().assign([4, 3, 2, 1]).assignAdd(1),
    tidy: (a, b) => tg.tidy(() => add(a, b)),
  };
  const make = (): [Tensor, Tensor] => [
    tensor([0.5, 1.5, 2.5, 3.5], float64),
    tensor([4, 3, 2, 1], float64).multiply(0.5),
  ];
  const names = Object.keys(roles);
  let operands: [Tensor, Tensor][] = [];
  beforeAll(() => {
    operands = names.map(make);
    pressSmall();
  });
  test.each(names)("%s", (name) => {
    const [a, b] = operands[names.indexOf(name)]!;
    expectClose(roles[name]!(a, b), roles[name]!(...make()));
    expectClose([a, b], make());
  });
});

describe("leaves of the imperative style", () => {
  test("keep value, gradient and mark, and go on collecting", () => {
    const w = tensor([1, 2, 3], { dtype: "float64", requiresGrad: true });
    sum(square(w)).backward();
    pressSmall();
    expect([w.requiresGrad, w.isLeaf]).toEqual([true, true]);
    expectClose(w.grad, [2, 4, 6]);
    pressSmall();
    sum(w).backward();
    expectClose(w.grad, [3, 5, 7]);
    noGrad(() => w.assignSub(w.grad!));
    pressSmall();
    expectClose(w, [-2, -3, -4]);
    expectClose(square(w).requiresGrad, true);
  });

  test("a graph that is under way stays, and so do its values", () => {
    const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    const hidden = exp(w);
    const loss = sum(square(hidden));
    pressSmall();
    pressLarge();
    loss.backward();
    expectClose(w.grad, [2 * Math.E ** 2, 2 * Math.E ** 4]);
    pressSmall();
    expectClose(hidden, [Math.E, Math.E ** 2]);
    expect(() => loss.backward()).toThrow(/^backward: .*used up/);
    expect(() => sum(hidden).backward()).toThrow(/^backward: /);
    expect(() => multiply(hidden, w).backward(tensor([1, 1]))).toThrow(/^backward: .*used up/);
  });

  test("a leaf assigned to while a graph holds its old value", () => {
    const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    const loss = sum(square(w));
    noGrad(() => w.assign([10, 20]));
    pressSmall();
    loss.backward();
    expectClose(w.grad, [2, 4]);
    expectClose(w, [10, 20]);
  });
});

describe("transforms under pressure", () => {
  test("in the middle of a function", () => {
    const x = tensor([1, 2], float64);
    const f = (v: Tensor): Tensor => {
      const y = exp(v);
      pressSmall();
      const z = multiply(y, v);
      pressLarge();
      return sum(z);
    };
    const want = [1, 2].map((v) => Math.exp(v) * (1 + v));
    expectClose(grad(f)(x), want);
    expectClose(vmap(grad((v: Tensor) => f(v)))(x), want);
    expectClose(tg.jvp(f, [x], [tensor([1, 0], float64)])[1], want[0]);
  });

  test("mapped values that wait in a closure", () => {
    const c = tensor([10, 20], float64);
    const y = vmap((x: Tensor) => {
      const z = square(x);
      pressSmall();
      return sum(multiply(z, c));
    })(tensor([1, 2], float64));
    expectClose(y, [30, 120]);
  });

  test("a pullback keeps what it needs", () => {
    const [y, pullback] = vjp((x: Tensor) => exp(x), tensor([0, 1], float64));
    pressSmall();
    pressLarge();
    expectClose(pullback(tensor([1, 1], float64)), [[1, Math.E]]);
    pressSmall();
    expectClose(pullback(y), [[1, Math.E ** 2]]);
  });

  test("what a function kept is still there", () => {
    let kept: Tensor | undefined;
    const value = valueAndGrad((x: Tensor) => (kept = square(x)))(3);
    pressSmall();
    expect(value).toEqual([9, 6]);
    // A number's offspring takes the dtype of its partner, before and after.
    expect(add(kept!, tensor([1])).dtype).toBe("float32");
    expectClose(kept, 9);
  });
});

describe("disposing", () => {
  test("of a value that is out", () => {
    const x = tensor([1, 2, 3]);
    pressSmall();
    const { tensors } = memory();
    x.dispose();
    expect(memory().tensors).toBe(tensors);
    expect(() => x.data()).toThrow(/disposed of/);
  });

  test("tidy disposes of what has left meanwhile", () => {
    // What a pending value is made of outlives tidy().
    const fusion = tg.setFusion(Infinity);
    let inside: Tensor | undefined;
    const kept = tg.tidy(() => {
      inside = tensor([1, 2]);
      const y = exp(inside);
      pressSmall();
      return y;
    });
    expectClose(kept, [Math.E, Math.E ** 2], 1e-6);
    expect(() => inside!.data()).toThrow(/disposed of/);
    tg.setFusion(fusion);
  });
});
