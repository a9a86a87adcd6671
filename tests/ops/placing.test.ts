// What the reference cases of parts.py and placing.py leave out: refusals, roots at 0, indices in use.

import * as tg from "tapegrad";
import { checkGrads, grad, jacobian, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "../errors/canary.js";
import { expectNear, f64, numbers } from "./support.js";

const x = tg.ones([2, 3]);
const any = (y: unknown): never => y as never;

const refused: [string, () => unknown, RegExp][] = [
  ["block, empty", () => tg.block([[x], []]), /^block: an empty list at \[1\]/],
  ["block, depths", () => tg.block([[x], x]), /^block: depths differ: 1 at \[1\], 2 before it/],
  ["block, shapes", () => tg.block([[x, tg.ones([3, 3])]]), /^block: /],
  ["block, text", () => tg.block(any(["a"])), /^block: the string "a"/],
  ["unstack, axis", () => tg.unstack(x, 2), /^unstack: no axis 2/],
  ["unstack, number", () => tg.unstack(3), /^unstack: no axis 0/],
  ["cumulativeSum, axis", () => tg.cumulativeSum(x), /^cumulativeSum: x has 2 axes/],
  [
    "cumulativeProd, option",
    () => tg.cumulativeProd(x, any({ ax: 1 })),
    /^cumulativeProd: unknown/,
  ],
  [
    "fillDiagonal, vector",
    () => tg.fillDiagonal([1, 2], 0),
    /^fillDiagonal: needs two axes, x has 1/,
  ],
  [
    "fillDiagonal, sizes",
    () => tg.fillDiagonal(tg.ones([2, 2, 3]), 0),
    /^fillDiagonal: sizes differ: \[2,\s?2,\s?3\]/,
  ],
  [
    "fillDiagonal, nothing",
    () => tg.fillDiagonal(x, []),
    /^fillDiagonal: no values for 2 elements/,
  ],
  ["put, index", () => tg.put(x, 6, 1), /^put: .*6/],
  ["put, floats", () => tg.put(x, f64([1]), 1), /^put: indices are integers, not float64/],
  ["put, mode", () => tg.put(x, 0, 1, any({ mode: "near" })), /^put: mode is the string "near"/],
  ["put, nothing", () => tg.put(x, 0, []), /^put: no values for 1 places/],
  [
    "place, mask",
    () => tg.place(x, [true], 1),
    /^place: a mask of shape \[1\] for x of \[2,\s?3\]/,
  ],
  ["place, nothing", () => tg.place([1], [true], []), /^place: no values for what the mask holds/],
  ["putmask, nothing", () => tg.putmask(x, x, []), /^putmask: no values for 6 elements/],
  ["resize, shape", () => tg.resize(x, -1), /^resize: the number -1 is not a size/],
  ["trimZeros, ends", () => tg.trimZeros(x, any("x")), /^trimZeros: trim is the string "x"/],
  ["trimZeros, axis", () => tg.trimZeros(x, "f", 2), /^trimZeros: no axis 2/],
  ["indices, size", () => tg.indices([-1]), /^indices: the number -1 is not a size/],
  ["ix_, axes", () => tg.ix_([[1]]), /^ix_: sequence 0 has 2 axes, not one/],
  ["ix_, floats", () => tg.ix_(f64([1])), /^ix_: indices are integers, not float64/],
  ["trilIndicesFrom", () => tg.trilIndicesFrom([1]), /^trilIndicesFrom: needs a matrix, x has 1/],
  ["triuIndicesFrom", () => tg.triuIndicesFrom(x, 0.5), /^triuIndicesFrom: the number 0.5/],
  ["unwrap, period", () => tg.unwrap(x, null, -1, { period: 0 }), /^unwrap: the period is 0, not/],
  ["unwrap, axis", () => tg.unwrap(x, null, 2), /^unwrap: no axis 2/],
  ["ediff1d, bools", () => tg.ediff1d([true, false]), /^ediff1d: bools have no differences/],
  ["roots, complex", () => tg.roots([1, 0, 1]), /^roots: the result would be complex/],
  ["roots, axes", () => tg.roots(x), /^roots: coefficients are a vector, not 2 axes/],
  ["roots, vmap", () => vmap((p: Tensor) => tg.roots(p))(x), /^roots: /],
  ["divmod, shapes", () => tg.divmod(x, [1, 2]), /^divmod: shapes do not broadcast/],
];

test.each(refused)("%s", (_, f, message) => {
  expectRefusal(f, message);
});

test("ix_ and the others name elements of x.at and x.set", () => {
  const y = f64([1, 2, 3, 4, 5, 6]).reshape([2, 3]);
  expect(y.at(...tg.ix_([1, 0], [false, true, true])).toArray()).toEqual([
    [5, 6],
    [2, 3],
  ]);
  expect(y.set(tg.triuIndicesFrom(y), 0).toArray()).toEqual([
    [0, 0, 0],
    [4, 0, 0],
  ]);
  expect(y.at(...tg.indices([2, 2], { sparse: true })).toArray()).toEqual([
    [1, 2],
    [4, 5],
  ]);
});

test("jumps of just half a period keep their direction", () => {
  expect(tg.unwrap(f64([0, 2, 0, -2, -6]), null, -1, { period: 4 }).toArray()).toEqual([
    0, 2, 0, -2, -2,
  ]);
  expect(numbers(grad((v: Tensor) => tg.unwrap(v).sum())(f64([0, NaN, 9])) as Tensor)).toEqual([
    1, 1, 1,
  ]);
});

describe("roots", () => {
  test("a simple root at 0 is exact, and has its derivative", () => {
    const p = f64([1, -3, 2, 0]);
    expect((tg.roots(p).data() as Float64Array)[2]).toBe(0);
    expectNear(numbers(tg.roots(p)), [1, 2, 0], "roots", 1e-14, 1e-14);
    // Where p(r) = 0, dr/dc is -rⁿ / p'(r).
    const slopes = [1, 2, 0].map((r) =>
      [3, 2, 1, 0].map((n) => -(r ** n) / (3 * r * r - 6 * r + 2)),
    );
    expectNear(numbers(jacobian(tg.roots)(p) as Tensor), slopes.flat(), "roots", 1e-12, 1e-12);
    // Mapped to the second order: the same function without a look at zeros, whose roots rise.
    const sums = (q: Tensor): Tensor =>
      tg
        .roots(q)
        .square()
        .multiply(f64([1, 1, 1]))
        .sum();
    const plain = (q: Tensor): Tensor => tg.roots(q, { stripZeros: false }).square().sum();
    expectNear(
      numbers(tg.hessian(sums)(p) as Tensor),
      numbers(tg.hessian(plain)(p) as Tensor),
      "roots",
      1e-11,
      1e-11,
    );
    checkGrads(plain, [p], { order: 2, eps: 1e-4 });
    expect(numbers(jacobian(tg.roots)(f64([2, 0])) as Tensor)).toEqual([0, -0.5]);
  });

  test("poly has them for roots", () => {
    const r = f64([-3, -1, 0.5, 4]);
    expectNear(numbers(tg.roots(tg.poly(r))), numbers(r), "roots", 1e-13);
    expect(tg.roots(tensor([1, -3, 2], { dtype: "float32" })).dtype).toBe("float32");
    expect(tg.roots([0, 0]).shape).toEqual([0]);
  });
});

test("oneHot goes where the index says, as comparing all classes would", () => {
  const lists: [index: number[], classes: number][] = [
    [[0, 8, 3, 3], 9],
    [[-1, 8, 9, 3], 9],
    [[], 9],
    [[1, 0], 2],
  ];
  for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
    for (const [list, classes] of lists) {
      const index = tg.tensor(list, { dtype: "int32" });
      const y = tg.oneHot(index, classes, { dtype });
      const rows = list.map((i) => Array.from({ length: classes }, (_, j) => Number(i === j)));
      expect(y.dtype).toBe(dtype);
      expect(y.shape).toEqual([list.length, classes]);
      expect(Array.from(y.data(), Number)).toEqual(rows.flat());
      if (list.length === 0) continue;
      const each = tg.vmap((i: tg.Tensor) => tg.oneHot(i, classes, { dtype }))(index);
      expect(each.toArray()).toEqual(y.toArray());
      const compiled = tg.compile((i: tg.Tensor) => tg.oneHot(i, classes, { dtype }));
      expect(compiled(index).toArray()).toEqual(y.toArray());
    }
  }
});

describe("values take the dtype of what they are put into", () => {
  const single = tensor([[1, 2]], { dtype: "float32" });
  const value = f64([0.1]);
  const rounded = Math.fround(0.1);
  test.each<[string, (x: Tensor, v: Tensor) => Tensor]>([
    ["set", (t, v) => t.set([0, 1], v)],
    ["put", (t, v) => tg.put(t, 1, v)],
    ["place", (t, v) => tg.place(t, [[false, true]], v)],
    ["putmask", (t, v) => tg.putmask(t, [[false, true]], v)],
    ["putAlongAxis", (t, v) => tg.putAlongAxis(t, [[1]], v, 1)],
    [
      "fillDiagonal",
      (t, v) => tg.fillDiagonal(t.reshape([2, 1]).broadcastTo([2, 2]), v).slice([[0, 1]]),
    ],
    ["insert", (t, v) => tg.insert(t, 0, v, 1).slice([null, [0, 1]])],
  ])("%s", (_, put) => {
    const y = put(single, value);
    expect(y.dtype).toBe("float32");
    expect(numbers(y)).toContain(rounded);
    expect(put(single.astype("int32"), f64([7.9])).dtype).toBe("int32");
  });

  test.each<[string, (x: Tensor, index: number[], v: Tensor) => Tensor]>([
    ["addAt", (t, index, v) => t.addAt([index], v)],
    ["scatterAdd", (t, index, v) => tg.scatterAdd(t, 0, index, v)],
  ])("%s sums first and rounds once", (_, add) => {
    const half = f64([0.5, 0.5, 0.25]);
    const whole = tensor([1, 2], { dtype: "int32" });
    expect(add(whole, [1, 1, 0], half).toArray()).toEqual([1, 3]);
    expect(add(whole, [1, 1, 0], half).dtype).toBe("int32");
    // beside 1, a quarter of float32's last place is lost alone; four of them are not
    const tiny = 2 ** -25;
    const one = tensor([1, 1], { dtype: "float32" });
    expect(numbers(add(one, [0, 0, 0, 0], f64([tiny, tiny, tiny, tiny])))).toEqual([
      1 + 2 ** -23,
      1,
    ]);
    expect(add(one, [0, 0, 0], half).dtype).toBe("float32");
    // and derivatives keep theirs
    const g = grad((v: Tensor) => add(one, [0, 0, 1], v).sum())(half);
    expect([g.dtype, numbers(g)]).toEqual(["float64", [1, 1, 1]]);
  });
});

describe("what is added is as exact as both dtypes are", () => {
  const adders: [string, (x: Tensor, index: number[], v: Tensor) => Tensor][] = [
    ["addAt", (t, index, v) => t.addAt([index], v)],
    ["scatterAdd", (t, index, v) => tg.scatterAdd(t, 0, index, v)],
  ];

  test.each(adders)("%s", (_, add) => {
    const large = tensor([2 ** 24 + 1, 0], { dtype: "int32" });
    for (const dtype of ["float32", "float64"] as const) {
      // Elements beside it are no float32.
      expect(add(large, [1], tensor([0.5], { dtype })).toArray()).toEqual([2 ** 24 + 1, 0]);
      expect(add(large, [0], tensor([1], { dtype })).toArray()).toEqual([2 ** 24 + 2, 0]);
      // The sum of integers is no int32.
      const most = tensor([2 ** 31 - 1, 1], { dtype: "int32" });
      expect(add(tensor([0, 1], { dtype }), [0, 0], most).toArray()).toEqual([2 ** 31, 1]);
    }
    const flags = tensor([true, true]);
    expect(add(large, [1, 1], flags).toArray()).toEqual([2 ** 24 + 1, 2]);
  });

  test("a list beside int32", () => {
    const large = tensor([2 ** 24 + 1, 0], { dtype: "int32" });
    expect(tg.scatterAdd(large, 0, [1], [1]).toArray()).toEqual([2 ** 24 + 1, 1]);
  });
});

describe("pad by one number", () => {
  test("refuses what is none", () => {
    for (const odd of ["a", "3", 1n, Symbol("x"), {}]) {
      expect(() => tg.pad([1, 2], 1, any({ constantValues: [odd] }))).toThrow(/^pad: /);
    }
  });

  const shapes: number[][] = [[5], [2, 3], [3, 1, 4], [0, 2], [2, 3, 2, 2]];

  test.each(["float64", "float32", "int32", "bool"] as const)("is joining, in %s", (dtype) => {
    for (const shape of shapes) {
      const n = shape.reduce((a, b) => a * b, 1);
      const t = tg.arange(n).astype(dtype).reshape(shape);
      for (const from of [t, tg.transpose(t), tg.flip(t)]) {
        for (const value of [0, -0, 2.7, -3, NaN, Infinity, 3e9]) {
          const widths = from.shape.map((_, i) => [i % 3, (2 * i + 1) % 4]);
          let want = from;
          from.shape.forEach((_, axis) => {
            const beside = (width: number) =>
              tensor(value, { dtype: "float64" })
                .astype(dtype)
                .broadcastTo(want.shape.map((d, i) => (i === axis ? width : d)));
            want = tg.concatenate(
              [beside(widths[axis]![0]!), want, beside(widths[axis]![1]!)],
              axis,
            );
          });
          const got = tg.pad(from, widths, { constantValues: value });
          expect(got.dtype).toBe(dtype);
          expect(got.shape).toEqual(want.shape);
          expect(numbers(got)).toEqual(numbers(want));
        }
      }
    }
  });

  test("its derivatives, and batches", () => {
    const t = f64([1, 2, 3, 4, 5, 6]).reshape([2, 3]);
    const f = (v: Tensor) => tg.pad(v, [[1, 0], [2, 1]], { constantValues: 3 }); // prettier-ignore
    checkGrads((v: Tensor) => tg.sum(tg.power(f(v), 3)), [t], { order: 2 });
    const rows = vmap((v: Tensor) => tg.pad(v, [2, 1], { constantValues: 3 }))(t);
    expect(numbers(rows)).toEqual(numbers(f(t).slice([[1, null]])));
    expect(numbers(jacobian(f)(t)).filter((v) => v === 1)).toHaveLength(6);
    const compiled = tg.compile((v: Tensor) => f(v));
    for (let i = 0; i < 3; i++) expect(numbers(compiled(t))).toEqual(numbers(f(t)));
  });

  test("diagonals are views of what they come from, and their transposes", () => {
    for (const k of [-4, -2, -1, 0, 1, 3, 5]) {
      const m = f64(Array.from({ length: 24 }, (_, i) => i)).reshape([2, 3, 4]);
      const want = [0, 1].map((b) =>
        [0, 1, 2].flatMap((i) => (i + k >= 0 && i + k < 4 ? [b * 12 + i * 4 + i + k] : [])),
      );
      const got = tg.diagonal(m, k, 1, 2);
      expect(got.toArray()).toEqual(want);
      expect(numbers(tg.trace(m, k, 1, 2))).toEqual(want.map((d) => d.reduce((a, b) => a + b, 0)));
      checkGrads((v: Tensor) => tg.sum(tg.square(tg.diagonal(v, k, 1, 2))), [m]);
      checkGrads((v: Tensor) => tg.sum(tg.power(tg.makeDiagonal(v, k), 2)), [f64([1, 2, 3])]);
      expect(numbers(tg.diagonal(tg.makeDiagonal([1, 2, 3], k), k))).toEqual([1, 2, 3]);
    }
  });
});
