// cond and switchCase: against `if`, in every transform.

import {
  add,
  compile,
  cond,
  cos,
  divide,
  equal,
  exp,
  grad,
  greater,
  hessian,
  jvp,
  log,
} from "tapegrad";
import {
  matmul,
  multiply,
  ones,
  sin,
  sqrt,
  square,
  stack,
  sum,
  switchCase,
  tensor,
  vjp,
} from "tapegrad";
import { checkGrads, vmap, type Tensor } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

describe("cond", () => {
  test("runs the branch that is taken, and no other", () => {
    const never = (): never => {
      throw new Error("this branch is not taken");
    };
    for (const yes of [true, 1, tensor(true), tensor(0.5), tensor(3, { dtype: "int32" })]) {
      expect(cond(yes, (x: number) => x + 1, never, 2)).toBe(3);
    }
    for (const no of [false, 0, tensor(false), tensor(0)]) {
      expect(cond(no, never, (x: number) => x * 5, 2)).toBe(10);
    }
    expect(cond(NaN, () => "nonzero", () => "zero")).toBe("nonzero"); // prettier-ignore
    expectTypeOf(cond(true, (x: Tensor) => ({ x }), (x: Tensor) => ({ x }), tensor(1))).toEqualTypeOf<{ x: Tensor }>(); // prettier-ignore
  });

  test("derivatives are those of the branch, in both modes and nested", () => {
    const f = (x: Tensor): Tensor => cond(greater(x, 0), (y) => sin(y), (y) => multiply(y, square(y)), x); // prettier-ignore
    for (const at of [0.7, -0.7]) checkGrads(f, [tensor(at, float64)], { order: 3 });
    expectClose(hessian(f)(-2), -12);
    expectClose(jvp(f, [1], [1])[1], Math.cos(1));
  });

  test("inside vmap: as a loop over examples", () => {
    const f = (x: Tensor): { a: Tensor; b: Tensor[]; c: string } =>
      cond(
        greater(sum(x), 0),
        (y: Tensor) => ({ a: sin(y), b: [sum(y)], c: "same" }),
        (y: Tensor) => ({ a: square(y), b: [tensor(1, float64)], c: "same" }),
        x,
      );
    const rows = f64([[1, 2], [-1, -2], [3, -4], [2, -1]]); // prettier-ignore
    const each = [0, 1, 2, 3].map((i) => f(rows.at(i)));
    const all = vmap(f)(rows);
    expectClose(all.a, stack(each.map((y) => y.a)));
    expectClose(all.b[0], stack(each.map((y) => y.b[0]!)));
    expect(all.c).toBe("same");
    const loss = (x: Tensor): Tensor => add(sum(f(x).a), f(x).b[0]!);
    expectClose(vmap(grad(loss))(rows), stack([0, 1, 2, 3].map((i) => grad(loss)(rows.at(i)))));
    expectClose(
      grad((r: Tensor) => sum(vmap(loss)(r)))(rows),
      stack([0, 1, 2, 3].map((i) => grad(loss)(rows.at(i)))),
    );
    expectClose(vmap(vmap((x: Tensor) => cond(greater(x, 0), exp, cos, x)))(rows), [
      [Math.E, Math.exp(2)],
      [Math.cos(1), Math.cos(2)],
      [Math.exp(3), Math.cos(4)],
      [Math.exp(2), Math.cos(1)],
    ]);
  });

  test("inside vmap: no NaN of the other branch gets into values or derivatives", () => {
    const f = (x: Tensor): Tensor => cond(greater(x, 0), (y) => log(sqrt(y)), (y) => divide(y, 2), x); // prettier-ignore
    const xs = f64([4, 0, -3]);
    expectClose(vmap(f)(xs), [Math.log(2), 0, -1.5]);
    expectClose(vmap(grad(f))(xs), [0.125, 0.5, 0.5]);
    expectClose(vmap(grad(grad(f)))(xs), [-1 / 32, 0, 0]);
    expectClose(vmap((x: Tensor) => jvp(f, [x], [x])[1])(xs), [0.5, 0, -1.5]);
  });

  test("inside vmap: if all examples agree, one branch runs", () => {
    let runs = 0;
    const f = (x: Tensor): Tensor => cond(greater(x, 0), (y) => y, (y) => (runs++, y), x); // prettier-ignore
    vmap(f)(f64([1, 2, 3]));
    expect(runs).toBe(0);
    vmap(f)(f64([1, -2, 3]));
    expect(runs).toBe(1);
  });

  test("inside compile: both branches, one program", () => {
    let recorded = 0;
    const f = compile((x: Tensor) => {
      recorded++;
      return cond(greater(x, 0), (y) => sin(y), (y) => square(y), x); // prettier-ignore
    });
    for (const at of [1, -2, 3]) {
      expectClose(f(tensor(at, float64)), at > 0 ? Math.sin(at) : at * at);
    }
    expect(recorded).toBe(1);
    const g = compile(
      (x: Tensor) =>
      grad((y: Tensor) => cond(greater(y, 0), (z) => sqrt(z), (z) => multiply(z, 3), y))(x), // prettier-ignore
    );
    expectClose(g(tensor(4, float64)), 0.25);
    expectClose(g(tensor(-4, float64)), 3);
    // What does not depend on an argument is decided once.
    const h = compile((x: Tensor) => cond(greater(tensor(1), 0), (y) => y, (_y) => ones([7]), x)); // prettier-ignore
    expectClose(h(tensor(2, float64)), 2);
  });

  test("errors", () => {
    const both = (a: (x: Tensor) => unknown, b: (x: Tensor) => unknown) => () =>
      vmap((x: Tensor) => cond(greater(x, 0), a, b, x))(f64([1, -1]));
    expect(both((x) => x, (x) => stack([x, x]))).toThrow("cond: the branches return different types: float64[] and float64[2]"); // prettier-ignore
    expect(both((x) => ({ a: [x] }), (x) => ({ a: [greater(x, 0)] }))).toThrow("cond: the branches return different types at a[0]: float64[] and bool[]"); // prettier-ignore
    expect(both((x) => [x], (x) => x)).toThrow("cond: the branches return different forms: [*] against *"); // prettier-ignore
    expect(both((x) => x, () => undefined)).toThrow("cond: the function returned undefined"); // prettier-ignore
    expect(() => cond(tensor([1, 2]), () => 1, () => 2)).toThrow("cond: the predicate has shape [2], not []"); // prettier-ignore
    expect(() => cond("yes" as never, () => 1, () => 2)).toThrow('cond: the predicate is the string "yes"'); // prettier-ignore
    expect(() => cond(true, 1 as never, () => 2)).toThrow(
      "cond: needs a function, not the number 1",
    );
    expect(() => grad((x: Tensor) => cond(true, () => { throw new Error("inside"); }, () => x))(1)).toThrow("inside"); // prettier-ignore
    expectIntact();
  });
});

describe("switchCase", () => {
  const branches = [
    (x: Tensor): Tensor => sin(x),
    (x: Tensor): Tensor => square(x),
    (x: Tensor): Tensor => multiply(x, 3),
  ];

  test("chooses; what is outside is cut to the nearest", () => {
    const x = tensor(0.5, float64);
    for (const i of [-7, 0, 1, 2, 9]) {
      const want = branches[Math.min(Math.max(i, 0), 2)]!(x);
      expectClose(switchCase(i, branches, x), want);
      expectClose(switchCase(tensor(i, { dtype: "int32" }), branches, x), want);
    }
    checkGrads((y: Tensor) => switchCase(1, branches, y), [x]);
  });

  test("inside vmap: only branches that some example takes", () => {
    let runs = 0;
    const counted = branches.map(
      (f) =>
        (x: Tensor): Tensor => (runs++, f(x)),
    );
    const is = tensor([0, 2, -1, 5], { dtype: "int32" });
    const xs = f64([0.5, 1, 2, 3]);
    const f = (i: Tensor, x: Tensor): Tensor => switchCase(i, counted, x);
    expectClose(vmap(f)(is, xs), [Math.sin(0.5), 3, Math.sin(2), 9]);
    expect(runs).toBe(2);
    expectClose(vmap(grad(f, { argnums: 1 }))(is, xs), [Math.cos(0.5), 3, Math.cos(2), 3]);
  });

  test("inside compile: all of them", () => {
    const f = compile((i: Tensor, x: Tensor) => switchCase(i, branches, x));
    const x = tensor(0.5, float64);
    for (const i of [0, 1, 2, 7, -1]) {
      expectClose(f(tensor(i, { dtype: "int32" }), x), branches[Math.min(Math.max(i, 0), 2)]!(x));
    }
  });

  test("errors", () => {
    expect(() => switchCase(0, [])).toThrow("switchCase: needs a list of at least one function");
    expect(() => switchCase(0.5, [() => 1])).toThrow(
      "switchCase: the index is the number 0.5, no integer",
    );
    expect(() => switchCase(tensor([0]), [() => 1])).toThrow(
      "switchCase: the index has shape [1], not []",
    );
    expect(() =>
      vmap((i: Tensor, x: Tensor) => switchCase(i, [() => x, () => equal(x, x)]))(
        tensor([0, 1], { dtype: "int32" }),
        f64(pattern(2, 2)),
      ),
    ).toThrow("switchCase: the branches return different types: bool[2] and float64[2]");
    expectIntact();
    expectClose(vjp((x: Tensor) => switchCase(0, [() => matmul(x, x)]), f64([1, 2]))[0], 5);
  });
});

describe("examples that take the other branch", () => {
  const f64 = (data: number[] | number[][] | number) =>
    tensor(data as number[], { dtype: "float64" });
  const w = f64([
    [2, 1],
    [1, 3],
  ]);

  test("bring no NaN into derivatives, through products of matrices either", () => {
    const f = (x: Tensor, w: Tensor) =>
      cond(
        greater(sum(x), 0),
        (x: Tensor, w: Tensor) => sum(matmul(w, log(x))),
        (x: Tensor, w: Tensor) => sum(matmul(w, x)),
        x,
        w,
      );
    const xs = f64([
      [1, 2],
      [-1, -2],
      [3, 4],
    ]);
    const both = grad(f, { argnums: [0, 1] });
    const loop = [0, 1, 2].map((i) => both(xs.at(i), w));
    const [dx, dw] = vmap(both, { inAxes: [0, null] })(xs, w);
    expectClose(dx, stack(loop.map(([g]) => g)));
    expectClose(dw, stack(loop.map(([, g]) => g)));
    // One w for all examples.
    const total = grad((w: Tensor) => sum(vmap(f, { inAxes: [0, null] })(xs, w)))(w);
    expectClose(total, sum(dw, 0));
    const [, dy] = jvp(
      (x: Tensor) => vmap(f, { inAxes: [0, null] })(x, w),
      [xs],
      [ones([3, 2], { dtype: "float64" })],
    );
    expectClose(dy, sum(dx, 1));
    // Nested maps, of which one decides.
    const nested = vmap((w: Tensor) => vmap((x: Tensor) => both(x, w)[1])(xs))(stack([w, w]));
    expectClose(nested.at(1), dw);
    const turned = vmap((x: Tensor) => vmap((w: Tensor) => both(x, w)[0])(stack([w, w])))(xs);
    expectClose(turned.at(":", 1), dx);
  });

  test("lend switchCase operands that suit its branches", () => {
    const f = (i: Tensor, x: Tensor) =>
      switchCase(
        i,
        [
          (x: Tensor) => sum(matmul(w, sqrt(x))),
          (x: Tensor) => sum(matmul(w, log(x))),
          (x: Tensor) => sum(matmul(w, divide(1, x))),
        ],
        x,
      );
    const is = tensor([0, 1, 2, 7, -3], { dtype: "int32" });
    const xs = f64([
      [0, 1],
      [1, 2],
      [-1, -2],
      [1, -1],
      [4, 9],
    ]);
    const g = vmap((i: Tensor, x: Tensor) => grad((x: Tensor) => f(i, x))(x))(is, xs);
    expectClose(
      g.at("1:"),
      stack([1, 2, 3, 4].map((k) => grad((x: Tensor) => f(is.at(k), x))(xs.at(k)))),
    );
  });

  test("inside a compiled function as well", () => {
    const f = compile((p: Tensor, x: Tensor) =>
      grad((x: Tensor) =>
        cond(
          greater(p, 0),
          (x: Tensor) => sum(matmul(w, log(x))),
          (x: Tensor) => sum(matmul(w, x)),
          x,
        ),
      )(x),
    );
    for (let i = 0; i < 2; i++) {
      expectClose(f(f64(1), f64([1, 2])), [3, 2]);
      expectClose(f(f64(-1), f64([0, -2])), [3, 4]);
    }
  });
});
