// whileLoop and fori: against plain loops, in every transform.

import {
  add,
  abs,
  checkGrads,
  compile,
  cos,
  divide,
  exp,
  fori,
  grad,
  greater,
  hessian,
  jvp,
} from "tapegrad";
import {
  less,
  logicalAnd,
  matmul,
  memory,
  multiply,
  notEqual,
  sin,
  square,
  stack,
  subtract,
} from "tapegrad";
import { sum, tensor, tidy, vjp, vmap, whileLoop, zeros, type Tensor } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

/** √a by Newton's method. */
const root = (a: Tensor): Tensor =>
  whileLoop(
    (x) => greater(abs(subtract(multiply(x, x), a)), 1e-13),
    (x) => multiply(0.5, add(x, divide(a, x))),
    add(multiply(a, 0), 1),
  );

/** The steps of the Collatz sequence from n, and the sum of what it passes. */
const collatz = (n: Tensor): { n: Tensor; steps: Tensor } =>
  whileLoop(
    (c) => notEqual(c.n, 1),
    (c) => {
      const half = c.n.floorDivide(2);
      const odd = subtract(c.n, multiply(half, 2));
      return {
        n: add(multiply(odd, add(multiply(c.n, 3), 1)), multiply(subtract(1, odd), half)),
        steps: add(c.steps, 1),
      };
    },
    { n, steps: tensor(0, { dtype: "int32" }) },
  );

describe("whileLoop", () => {
  test("values and types", () => {
    const out = whileLoop(
      (c) => less(c.i, 5),
      (c) => ({ i: add(c.i, 1), x: multiply(c.x, 2), name: c.name }),
      { i: 0, x: Float64Array.of(1, 2), name: "n" },
    );
    expectTypeOf(out.i).toEqualTypeOf<Tensor>();
    expectTypeOf(out.x).toEqualTypeOf<Tensor>();
    expectClose(out, { i: 5, x: [32, 64], name: "n" });
    expectClose(whileLoop(() => false, (x) => x, 3), 3); // prettier-ignore
    let n = 0;
    expectClose(whileLoop(() => n++ < 3, (x) => add(x, 1), 0), 3); // prettier-ignore
    // A number takes the dtype that comes first.
    const y = whileLoop((s) => less(s, 3), (s) => add(s, tensor(1)), 0); // prettier-ignore
    expect([y.dtype, y.item()]).toEqual(["float32", 3]);
  });

  test("derivatives go through the steps, in both modes and to second order", () => {
    checkGrads(root, [tensor(2, float64)], { order: 2 });
    expectClose(grad(root)(9), 1 / 6);
    expectClose(jvp(root, [9], [1])[1], 1 / 6);
    expectClose(hessian(root)(4), -1 / 32, 1e-10);
    const power = (x: Tensor): Tensor =>
      whileLoop((c) => less(c[0], 4), (c) => [add(c[0], 1), multiply(c[1], x)], [0, 1])[1]; // prettier-ignore
    expectClose(grad(power)(2), 32);
    expectClose(grad(grad(power))(2), 48);
  });

  test("inside vmap: until all examples are done, each as if alone", () => {
    const as = f64([2, 100, 1e-4, 1]);
    expectClose(vmap(root)(as), [Math.SQRT2, 10, 0.01, 1], 1e-9);
    const each = [2, 100, 1e-4, 1];
    expectClose(vmap(root)(as), stack(each.map((a) => root(tensor(a, float64)))), 1e-15);
    expectClose(
      vmap(grad(root))(as),
      stack(each.map((a) => grad(root)(tensor(a, float64)))),
      1e-14,
    );
    expectClose(grad((x: Tensor) => sum(vmap(root)(x)))(as), vmap(grad(root))(as));
    // (At 1 the loop makes no step, and its start is constant.)
    expectClose(vmap((a: Tensor) => jvp(root, [a], [a])[1])(as), [Math.SQRT1_2, 5, 0.005, 0], 1e-9);
    const ns = tensor([1, 6, 7, 27], { dtype: "int32" });
    expectClose(vmap(collatz)(ns), { n: [1, 1, 1, 1], steps: [0, 8, 16, 111] });
    const square2 = tensor([[1, 6], [7, 27]], { dtype: "int32" }); // prettier-ignore
    expectClose(vmap(vmap((n: Tensor) => collatz(n).steps))(square2), [[0, 8], [16, 111]]); // prettier-ignore
  });

  test("inside vmap: what a finished example would compute does not get through", () => {
    // 1 / (3 - i) is infinite one step after the end of the first example.
    const f = (limit: Tensor, x: Tensor): Tensor =>
      whileLoop(
        (c) => less(c.i, limit),
        (c) => ({ i: add(c.i, 1), s: add(c.s, divide(x, subtract(limit, c.i))) }),
        { i: tensor(0, float64), s: tensor(0, float64) },
      ).s;
    const limits = f64([1, 3]);
    const xs = f64([1, 1]);
    expectClose(vmap(f)(limits, xs), [1, 1 + 1 / 2 + 1 / 3]);
    expectClose(vmap(grad(f, { argnums: 1 }))(limits, xs), [1, 1 + 1 / 2 + 1 / 3]);
  });

  test("inside compile: a condition that depends on no argument is unrolled, another refused", () => {
    const fixed = compile(
      (x: Tensor) =>
      whileLoop((c) => less(c.i, 3), (c) => ({ i: add(c.i, 1), x: multiply(c.x, x) }), { i: tensor(0), x }).x, // prettier-ignore
    );
    for (const x of [2, 3]) expectClose(fixed(tensor(x, float64)), x ** 4);
    expect(() => compile(root)(tensor(2, float64))).toThrow(
      "whileLoop: compile: the number of steps depends on an argument",
    );
    expectIntact();
  });

  test("errors", () => {
    const run = (body: (c: Tensor) => unknown, init: unknown) => () =>
      whileLoop(() => true, body as never, init);
    expect(run((c) => stack([c, c]), tensor(1))).toThrow("whileLoop: the body changed the carry from float32[] to float32[2]; shapes and dtypes must stay the same"); // prettier-ignore
    expect(run((c) => c.astype("float64"), tensor(1))).toThrow("from float32[] to float64[]");
    expect(run(() => ({ a: { b: zeros([2]) } }), { a: { b: zeros([3]) } })).toThrow("the carry's a.b from float32[3] to float32[2]"); // prettier-ignore
    expect(run((c) => [c], 1)).toThrow(
      "whileLoop: the body changed the form of the carry: * against [*]",
    );
    expect(run(() => undefined, 1)).toThrow("whileLoop: the function returned undefined");
    expect(() => whileLoop(() => undefined as never, (x) => x, 1)).toThrow("whileLoop: the function returned undefined"); // prettier-ignore
    expect(() => whileLoop(() => zeros([2]), (x) => x, 1)).toThrow("whileLoop: the condition has shape [2], not []"); // prettier-ignore
    expect(() => whileLoop(1 as never, (x) => x, 1)).toThrow("whileLoop: needs a function");
    expectIntact();
  });

  test("an exception in a step leaves nothing behind", () => {
    const broken = (a: Tensor): Tensor => {
      let n = 0;
      return whileLoop(() => true, (x) => { if (n++ === 3) throw new Error("step"); return sin(x); }, a); // prettier-ignore
    };
    const call = (): void => tidy(() => { expect(() => vmap(grad(broken))(f64([1, 2]))).toThrow("step"); }); // prettier-ignore
    call();
    const before = memory().nodes;
    for (let i = 0; i < 5; i++) call();
    expect(memory().nodes).toBe(before);
    expectIntact();
  });
});

describe("fori", () => {
  test("values, empty ranges, trees", () => {
    expectClose(fori(0, 5, (i, s) => add(s, i), 0), 10); // prettier-ignore
    expectClose(fori(3, 3, () => 7, 1), 1); // prettier-ignore
    expectClose(fori(5, 3, () => 7, 1), 1); // prettier-ignore
    const [a, b] = fori(0, 10, (_, [p, q]) => [q, add(p, q)], [0, 1]);
    expectTypeOf(a).toEqualTypeOf<Tensor>();
    expectClose([a, b], [55, 89]);
    expectClose(
      fori(tensor(-1, { dtype: "int32" }), tensor(2), (i, s) => add(s, i), 0),
      0,
    );
  });

  test("derivatives against the plain loop", () => {
    const w = f64(pattern(3, 3));
    const f = (x: Tensor): Tensor => sum(fori(0, 4, (i, y) => sin(add(matmul(w, y), i)), x));
    const plain = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 4; i++) y = sin(add(matmul(w, y), i));
      return sum(y);
    };
    const x = f64([0.1, 0.2, 0.3]);
    expectClose(grad(f)(x), grad(plain)(x));
    expectClose(hessian(f)(x), hessian(plain)(x));
    const xs = f64(pattern(2, 3));
    expectClose(vmap(grad(f))(xs), vmap(grad(plain))(xs));
    const compiled = compile((v: Tensor) => grad(f)(v));
    for (let i = 0; i < 2; i++) expectClose(compiled(x), grad(plain)(x));
  });

  test("bounds that differ between examples", () => {
    const f = (lower: Tensor, upper: Tensor, x: Tensor): Tensor =>
      fori(lower, upper, (i, s) => add(s, multiply(x, i)), 0);
    const int32 = { dtype: "int32" } as const;
    const [lo, up] = [tensor([0, 2, 1, 4], int32), tensor([3, 5, 1, 2], int32)];
    const xs = f64([1, 1, 1, 2]);
    expectClose(vmap(f)(lo, up, xs), [3, 9, 0, 0]);
    expectClose(vmap(grad(f, { argnums: 2 }))(lo, up, xs), [3, 9, 0, 0]);
    expectClose(vmap(f, { inAxes: [null, 0, 0] })(tensor(0, int32), up, xs), [3, 10, 0, 2]);
  });

  test("errors", () => {
    expect(() => fori(0, 2.5, (_, x) => x, 1)).toThrow("fori: upper is the number 2.5, no integer");
    expect(() => fori(zeros([1]), 2, (_, x) => x, 1)).toThrow("fori: lower has shape [1], not []");
    expect(() => fori(0, 1, (_, x) => stack([x]), 1)).toThrow("fori: the body changed the carry");
    const f = compile((n: Tensor) => fori(0, n, (_, x) => x, 1));
    expect(() => f(tensor(3, { dtype: "int32" }))).toThrow(
      "fori: compile: upper depends on an argument",
    );
    expectIntact();
    const named = compile((n: number, x: Tensor) => fori(0, n, (_, y) => exp(y), x), { static: 0 });
    expectClose(named(1, tensor(0, float64)), 1);
  });
});

test("loops inside loops, inside transforms of transforms", () => {
  const f = (x: Tensor): Tensor =>
    fori(0, 3, (i, y) => whileLoop((z) => less(z, add(x, i)), (z) => multiply(1.5, z), add(cos(y), 1.1)), x); // prettier-ignore
  const xs = f64([0.3, 0.9, 1.4]);
  expectClose(vmap(f)(xs), stack([0.3, 0.9, 1.4].map((x) => f(tensor(x, float64)))));
  expectClose(vmap(grad(f))(xs), stack([0.3, 0.9, 1.4].map((x) => grad(f)(tensor(x, float64)))));
  const inner = (x: Tensor): Tensor => grad((y: Tensor) => multiply(x, f(y)))(x) as Tensor;
  expectClose(vmap(grad(inner))(xs), stack([0.3, 0.9, 1.4].map((x) => grad(inner)(tensor(x, float64)))), 1e-12); // prettier-ignore
  expectClose(vjp(f, tensor(0.9, float64))[1](tensor(1, float64)), [grad(f)(0.9)]);
  expect(logicalAnd(greater(xs, 0), less(square(xs), 4)).toArray()).toEqual([true, true, true]);
});
