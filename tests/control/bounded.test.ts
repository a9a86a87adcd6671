// Loops that end by themselves in programs, whose number of steps is fixed: with a bound they go.
import {
  abs,
  add,
  cg,
  checkpoint,
  compile,
  divide,
  fixedPoint,
  fori,
  grad,
  greater,
  less,
  matmul,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  tanh,
  tensor,
  trace,
  valueAndGrad,
  vmap,
  whileLoop,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

/** √a by Newton's method, in as many steps as it takes. */
const newton = (a: Tensor, maxIter?: number): Tensor =>
  whileLoop(
    (x) => greater(abs(subtract(square(x), a)), 1e-13),
    (x) => multiply(0.5, add(x, divide(a, x))),
    multiply(add(a, 1), 0.5),
    maxIter === undefined ? {} : { maxIter },
  );
const values = [4, 2, 9, 0.3];

describe("whileLoop with maxIter", () => {
  test("in compile, the condition may depend on an argument", () => {
    const f = compile((a: Tensor) => newton(a, 20));
    const g = compile(valueAndGrad((a: Tensor) => newton(a, 20)));
    const h = compile(grad(grad((a: Tensor) => newton(a, 20))));
    for (const a of values) {
      const x = tensor(a, float64);
      expectClose(f(x), Math.sqrt(a), 1e-12);
      expectClose(g(x), [Math.sqrt(a), 0.5 / Math.sqrt(a)], 1e-7);
      expectClose(g(x), valueAndGrad((a: Tensor) => newton(a))(x), 1e-12);
      expectClose(h(x), grad(grad((a: Tensor) => newton(a)))(x), 1e-12);
    }
    const program = trace((a: Tensor) => newton(a, 20), tensor(1, float64));
    expectClose(program.run(tensor(5, float64)), Math.sqrt(5), 1e-12);
  });

  test("in compile around vmap, and the other way round", () => {
    const want = values.map(Math.sqrt);
    expectClose(compile(vmap((a: Tensor) => newton(a, 20)))(f64(values)), want, 1e-12);
    expectClose(vmap(compile((a: Tensor) => newton(a, 20)))(f64(values)), want, 1e-12);
    expectClose(vmap((a: Tensor) => newton(a, 20))(f64(values)), want, 1e-12);
  });

  test("it bounds the steps everywhere", () => {
    const count = (maxIter: number, options = {}) =>
      whileLoop((i) => less(i, 10), (i) => add(i, 1), 0, { maxIter, ...options }).item(); // prettier-ignore
    expect([0, 1, 7, 10, 11].map((n) => count(n))).toEqual([0, 1, 7, 10, 10]);
    const steps = (maxIter: number, checkpoint?: boolean | number) =>
      grad(
        (x: Tensor) =>
          whileLoop(
            (c) => less(c.i, 10),
            (c) => ({ i: add(c.i, 1), x: multiply(c.x, x) }),
            { i: tensor(0), x },
            checkpoint === undefined ? { maxIter } : { maxIter, checkpoint },
          ).x,
      )(1);
    for (const checkpoint of [undefined, true, false, 3, 7]) {
      for (const n of [0, 1, 6, 7, 9, 10, 12]) {
        expect(steps(n, checkpoint)).toBe(Math.min(n, 10) + 1);
      }
    }
    const each = vmap((n: Tensor) => whileLoop((i) => less(i, n), (i) => add(i, 1), 0, { maxIter: 4 })); // prettier-ignore
    expect(each(tensor([2, 9, 0])).toArray()).toEqual([2, 4, 0]);
    expect(() => count(-1)).toThrow("whileLoop: maxIter is the number -1, not a natural number");
    expect(() => count(1.5)).toThrow("whileLoop: maxIter is the number 1.5, not a natural number");
  });
});

describe("solvers in compile", () => {
  const a = f64([[4, 1, 0], [1, 3, 1], [0, 1, 2]]); // prettier-ignore
  const solve = (b: Tensor, maxIter?: number) =>
    cg((x: Tensor) => matmul(a, x), b, maxIter === undefined ? {} : { maxIter });
  const heron = (a: Tensor, maxIter?: number) =>
    fixedPoint((a, x) => multiply(0.5, add(x, divide(a, x))), a, tensor(1, float64), maxIter === undefined ? {} : { maxIter }); // prettier-ignore

  test("go with maxIter, and so do their derivatives", () => {
    const b = f64([1, 2, 3]);
    expectClose(compile((b: Tensor) => solve(b, 5))(b), solve(b), 1e-10);
    const loss = (maxIter?: number) => (b: Tensor) => sum(square(solve(b, maxIter)));
    expectClose(compile(grad(loss(5)))(b), grad(loss())(b), 1e-10);
    const f = compile(valueAndGrad((a: Tensor) => heron(a, 12)));
    for (const a of values) {
      expectClose(f(tensor(a, float64)), [Math.sqrt(a), 0.5 / Math.sqrt(a)], 1e-12);
    }
  });

  test("without it they say what to do, by their own name", () => {
    const say = "compile: the number of steps depends on an argument, and a program has a fixed one; say { maxIter }"; // prettier-ignore
    expect(() => compile((b: Tensor) => solve(b))(f64([1, 2, 3]))).toThrow(`cg: ${say}`);
    expect(() => compile((a: Tensor) => heron(a))(tensor(2, float64))).toThrow(`fixedPoint: ${say}`); // prettier-ignore
    expect(() => compile((a: Tensor) => newton(a))(tensor(2, float64))).toThrow(`whileLoop: ${say}`); // prettier-ignore
    expectIntact();
  });
});

test("loops and checkpoints that reach thousands of tensors", () => {
  const many = Array.from({ length: 5000 }, (_, i) => tensor(i % 7, float64));
  const total = (list: readonly Tensor[]) => list.reduce((x, y) => add(x, y));
  const f = (list: readonly Tensor[]) =>
    fori(0, 6, (_, x) => tanh(add(x, total(list))), tensor(0.1, float64), { checkpoint: 2 });
  const g = grad(f)(many);
  expect(g).toHaveLength(5000);
  expectClose(g[3], grad((list: readonly Tensor[]) => fori(0, 6, (_, x) => tanh(add(x, total(list))), tensor(0.1, float64), { checkpoint: false }))(many)[3]); // prettier-ignore
  const h = checkpoint((list: readonly Tensor[]) => sqrt(total(list)));
  expectClose(grad(h)(many)[0], 0.5 / Math.sqrt(total(many).item()));
  expectClose(grad(h)(many.map((x) => x.add(1)))[0], 0.5 / Math.sqrt(total(many).item() + 5000));
});
