// Functions of single bits, beyond what NumPy gave (tests/reference/arrays/bits.py): against JavaScript's
// own operators, without derivatives, in batches and programs.

import {
  bitwiseAnd,
  bitwiseCount,
  bitwiseNot,
  bitwiseOr,
  bitwiseXor,
  compile,
  grad,
  leftShift,
  multiply,
  rightShift,
  sum,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { expect, test } from "vitest";

const random = (n: number, seed: number): Int32Array => {
  let state = seed;
  return Int32Array.from({ length: n }, () => (state = Math.imul(state, 1664525) + 1013904223) | 0);
};
const [a, b] = [random(3000, 1), random(3000, 2)];
const by = a.map((v) => v & 31);
const x = (v: Int32Array): Tensor => tensor(v);

test("as JavaScript has them, on 3,000 pairs", () => {
  const each = (f: (v: number, w: number) => number): number[] =>
    Array.from(a, (v, i) => f(v, b[i]!));
  expect(bitwiseAnd(x(a), x(b)).toArray()).toEqual(each((v, w) => v & w));
  expect(bitwiseOr(x(a), x(b)).toArray()).toEqual(each((v, w) => v | w));
  expect(bitwiseXor(x(a), x(b)).toArray()).toEqual(each((v, w) => v ^ w));
  expect(bitwiseNot(x(a)).toArray()).toEqual(each((v) => ~v));
  expect(leftShift(x(a), x(by)).toArray()).toEqual(Array.from(a, (v, i) => v << by[i]!));
  expect(rightShift(x(a), x(by)).toArray()).toEqual(Array.from(a, (v, i) => v >> by[i]!));
  const bits = (v: number): number => Math.abs(v).toString(2).replaceAll("0", "").length;
  expect(bitwiseCount(x(a)).toArray()).toEqual(each(bits));
});

test("dtypes: bools stay bools, bools beside integers are integers, shifts are integers", () => {
  const [p, q] = [tensor([true, false]), tensor([true, true])];
  expect(bitwiseXor(p, q).dtype).toBe("bool");
  expect(bitwiseXor([true, false], [true, true]).dtype).toBe("bool");
  expect(bitwiseNot(p).dtype).toBe("bool");
  expect(bitwiseAnd(p, 3).dtype).toBe("int32");
  expect(leftShift(p, q).toArray()).toEqual([2, 0]);
  for (const f of [bitwiseAnd, bitwiseOr, bitwiseXor, leftShift, rightShift]) {
    expect(f([6, 5], 1).dtype).toBe("int32");
    expect(f(6, 1).shape).toEqual([]);
  }
});

test("floats and what does not broadcast are refused", () => {
  expect(() => bitwiseAnd(tensor([1, 2]), 1)).toThrow(
    'bitwiseAnd: operands are int32 or bool, not float32; use astype("int32")',
  );
  expect(() => bitwiseNot(0.5)).toThrow("bitwiseNot: 0.5 is not an int32");
  expect(() => leftShift([1, 2], [1, 2, 3])).toThrow("leftShift: ");
  expect(() => bitwiseOr([1, 2], [1, 2, 3])).toThrow("bitwiseOr: ");
});

test("vmap is a loop, a program a call, and derivatives are zero", () => {
  const [m, n] = [x(a.slice(0, 12)).reshape([3, 4]), x(b.slice(0, 4))];
  const f = (v: Tensor): Tensor => bitwiseXor(bitwiseAnd(v, n), rightShift(v, 3));
  const loop = [0, 1, 2].map((i) => f(m.at(i)).toArray());
  expect(vmap(f)(m).toArray()).toEqual(loop);
  const program = compile(f);
  for (let i = 0; i < 3; i++) expect(program(m).toArray()).toEqual(loop);
  const masked = (w: Tensor): Tensor => sum(multiply(w, bitwiseAnd(n, 7)));
  expect(grad(masked)(tensor([1, 2, 3, 4])).toArray()).toEqual(
    Array.from(b.slice(0, 4), (v) => v & 7),
  );
  const through = (w: Tensor): Tensor => sum(bitwiseCount(w.astype("int32")).astype("float32"));
  expect(grad(through)(tensor([1, 2])).toArray()).toEqual([0, 0]);
});
