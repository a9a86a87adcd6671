// Transforms made of grad, vjp and jvp: against finite differences, closed forms, and each other.

import {
  add,
  batchJacobian,
  cos,
  derivative,
  divide,
  elementwiseGrad,
  exp,
  ggnvp,
  grad,
} from "tapegrad";
import {
  gradAll,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jacrev,
  jet,
  jvp,
  jvpViaVjp,
  linearize,
} from "tapegrad";
import {
  linearTranspose,
  makeHvp,
  matmul,
  memory,
  multiply,
  power,
  sin,
  square,
  stack,
} from "tapegrad";
import {
  subtract,
  sum,
  taylor,
  tensor,
  tidy,
  valueAndGrad,
  vhp,
  vjp,
  vjpFn,
  vmap,
  zeros,
} from "tapegrad";
import { checkGrads, isTensor, ones, tanh, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

/** A scalar of a vector with a full Hessian. */
const bowl = (x: Tensor): Tensor => sum(multiply(sin(multiply(x, x)), exp(multiply(0.3, sum(x)))));
const x3 = f64([0.3, -0.7, 1.1]);
const v3 = f64([1, 2, -0.5]);

describe("derivative", () => {
  test("of powers, to any order", () => {
    const f = (x: Tensor): Tensor => power(x, 5);
    expect(derivative(f)(2)).toBe(80);
    expect(derivative(derivative(f))(2)).toBe(160);
    expect(derivative(derivative(derivative(derivative(f))))(2)).toBe(240);
    expect(derivative((_x: Tensor) => 3)(2)).toBe(0);
    expect(derivative((x: Tensor) => x)(2)).toBe(1);
  });

  test("of tensors and trees that depend on a number", () => {
    const curve = (t: Tensor): { p: Tensor; s: Tensor } => ({
      p: stack([cos(t), sin(t)]),
      s: square(t),
    });
    const d = derivative(curve)(0.4);
    expectClose(d, { p: [-Math.sin(0.4), Math.cos(0.4)], s: 0.8 });
    const at = derivative(sin)(tensor(0.5, float64));
    expect(isTensor(at)).toBe(true);
    expectClose(at, Math.cos(0.5));
    expect(derivative((x: Tensor) => square(x))(tensor(2)).dtype).toBe("float32");
  });

  test("with respect to another argument; the first may be anything", () => {
    const f = (name: string, x: Tensor, y: Tensor): Tensor => multiply(x, power(y, name.length));
    expect(derivative(f, { argnums: 2 })("abc", 2, 3)).toBe(54);
  });

  test("keeps perturbations apart", () => {
    // d/dx (x · d/dy (x + y)) = 1
    const f = (x: Tensor): Tensor => multiply(x, derivative((y: Tensor) => add(x, y))(1));
    expect(derivative(f)(5)).toBe(1);
    expect(grad(f)(5)).toBe(1);
  });

  test("inside vmap and grad", () => {
    const xs = f64([1, 2, 3]);
    expectClose(vmap(derivative((x: Tensor) => power(x, 3)))(xs), [3, 12, 27]);
    expectClose(grad((x: Tensor) => derivative((y: Tensor) => power(y, 3))(x))(2), 12);
  });

  test("refuses what is no number", () => {
    expect(() => derivative(sin)(tensor([1, 2]))).toThrow(
      "derivative: needs a number or a tensor without axes, not one of shape [2]; use jacfwd",
    );
    expect(() => derivative((_: object) => 1)({ a: 1 })).toThrow("derivative: needs a number");
    expect(() => derivative(3 as never)).toThrow("derivative: needs a function, not the number 3");
    expectIntact();
  });
});

describe("Taylor series", () => {
  test("taylor: exp, sin, elementwise, in a direction", () => {
    expectClose(
      taylor((x) => exp(x), 0, 6),
      [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720],
    );
    expectClose(taylor((x) => sin(x), f64([0, Math.PI / 2]), 3), [[0, 1], [1, 0], [0, -0.5], [-1 / 6, 0]], 1e-15); // prettier-ignore
    expectClose(
      taylor((x) => sum(square(x)), f64([1, 2]), 2, { direction: f64([0, 1]) }),
      [5, 4, 1],
    );
    expect(taylor((x) => square(x), 3, 0)).toEqual([9]);
    expect(taylor((x) => ({ a: square(x) }), 3, 1)).toEqual([{ a: 9 }, { a: 6 }]);
    expect(() => taylor(sin, 0, -1)).toThrow("taylor: order is -1, not a whole number from 0 up");
    expect(() => taylor(sin, 0, 1.5)).toThrow("taylor: order is");
  });

  test("the coefficients of 1/(1-x) are 1, through derivatives of derivatives", () => {
    const f = (x: Tensor): Tensor => divide(1, subtract(1, x));
    expectClose(taylor(f, 0, 7), new Array(8).fill(1));
    // d/dx of the second coefficient is three times the third.
    expectClose(grad((x: Tensor) => taylor(f, x, 2)[2] as Tensor)(0), 3);
  });

  test("jet: the chain rule along a curve", () => {
    const [y, [d1, d2, d3]] = jet((x: Tensor) => sin(x), [1], [[2, 2]]);
    expect(d3).toBeUndefined();
    expectClose([y, d1, d2], [Math.sin(1), 2 * Math.cos(1), 2 * Math.cos(1) - 4 * Math.sin(1)]);
    // x(t) = (t², 1 + t) at t = 1; f = x₀ x₁ = t² + t³
    const product = (a: Tensor, b: Tensor): Tensor => multiply(a, b);
    const [value, terms] = jet(product, [tensor(1), tensor(2)], [
      [tensor(2), tensor(2), tensor(0)],
      [tensor(1)],
    ]); // prettier-ignore
    expectClose([value, terms], [2, [5, 8, 6]]);
    expectClose(
      jet((x: Tensor) => square(x), [3], [[]]),
      [9, []],
    );
    expect(() => jet(product, [1, 2], [[1]] as never)).toThrow("jet: 1 series for 2 primals");
    expect(() => jet(product, [1, 2], [1, 2] as never)).toThrow(
      "jet: the series of argument 0 is the number 1, not a list",
    );
    expectIntact();
  });
});

describe("jacfwd and jacrev", () => {
  const f = (p: { a: Tensor; b: Tensor }, c: Tensor): { y: Tensor; z: [Tensor] } => ({
    y: matmul(p.a, multiply(p.b, c)),
    z: [sum(multiply(p.a, sin(c)))],
  });
  const p = { a: f64(pattern(2, 3)), b: f64([1, 2, 3]) };
  const c = f64([0.5, -1, 2]);

  test("agree with each other, over trees and several arguments", () => {
    for (const argnums of [0, 1, -1, [0], [1, 0]] as const) {
      const forth = jacfwd(f, { argnums })(p, c);
      expectClose(forth, jacrev(f, { argnums })(p, c));
      expectClose(forth, jacobian(f, { argnums })(p, c));
    }
    const j = jacfwd(f, { argnums: [1, 0] })(p, c);
    expect(j.y[0].shape).toEqual([2, 3]);
    expect(j.y[1].a.shape).toEqual([2, 2, 3]);
    expect(j.z[0][1].b.shape).toEqual([3]);
  });

  test("numbers, constants, integers beside", () => {
    expect(jacfwd((x: Tensor) => power(x, 3))(2)).toBe(12);
    expectClose(jacfwd((t: Tensor) => stack([cos(t), sin(t)]))(0), [0, 1]);
    expectClose(jacfwd((_x: Tensor) => f64([1, 2]))(x3), zeros([2, 3]));
    expectClose(jacfwd((x: Tensor) => x)(f64([1, 2])), [[1, 0], [0, 1]]); // prettier-ignore
    const g = (x: Tensor, i: Tensor): Tensor => multiply(x, i);
    expectClose(jacfwd(g)(2, tensor([1, 2], { dtype: "int32" })), [1, 2]);
    expect(jacfwd((x: Tensor) => x)(zeros([0])).shape).toEqual([0, 0]);
    expect(jacfwd((x: Tensor) => sum(x))(zeros([0])).shape).toEqual([0]);
    expect(jacrev((x: Tensor) => x)(zeros([0])).shape).toEqual([0, 0]);
    expect(jacfwd((x: Tensor) => square(x))(tensor([1, 2])).dtype).toBe("float32");
  });

  test("auto goes the way that is shorter; both give the same", () => {
    const wide = (x: Tensor): Tensor => multiply(sum(x), f64([1, 2, 3, 4, 5]));
    const tall = (x: Tensor): Tensor => sum(multiply(x, x));
    for (const mode of ["auto", "fwd", "rev"] as const) {
      expectClose(
        jacobian(wide, { mode })(f64([1, 2])),
        [1, 2, 3, 4, 5].map((v) => [v, v]),
      );
      expectClose(jacobian(tall, { mode })(x3), multiply(2, x3));
    }
    expect(() => jacobian(tall, { mode: "both" as never })).toThrow(
      'jacobian: mode is the string "both", not "auto", "fwd" or "rev"',
    );
  });

  test("aux", () => {
    const g = (x: Tensor): [Tensor, { norm: Tensor }] => [square(x), { norm: sum(x) }];
    for (const jac of [jacfwd, jacrev]) {
      const [j, aux] = jac(g, { hasAux: true })(f64([1, 2]));
      expectClose(j, [[2, 0], [0, 4]]); // prettier-ignore
      expectClose(aux.norm, 3);
    }
    const [h, seen] = hessian((x: Tensor): [Tensor, string] => [sum(power(x, 3)), "aux"], {
      hasAux: true,
    })(f64([1, 2]));
    expectClose(h, [[6, 0], [0, 12]]); // prettier-ignore
    expect(seen).toBe("aux");
    expect(() => jacfwd((x: Tensor) => x, { hasAux: true } as never)(x3)).toThrow(
      "jacfwd: with hasAux",
    );
  });

  test("nest, in every mix", () => {
    const want = hessian(bowl)(x3);
    for (const outer of [jacfwd, jacrev]) {
      for (const inner of [jacfwd, jacrev]) expectClose(outer(inner(bowl))(x3), want, 1e-12);
    }
    const rows = f64(pattern(4, 3));
    expectClose(vmap(jacfwd(bowl))(rows), vmap(jacrev(bowl))(rows));
    expectClose(
      grad((x: Tensor) => sum(jacfwd((y: Tensor) => multiply(y, square(y)))(x)))(x3),
      multiply(6, x3),
    );
  });

  test("errors", () => {
    expect(() => jacfwd((x: Tensor) => x.greater(0))(x3)).toThrow(
      "jacfwd: the function returned bool, which has no derivative",
    );
    const many = ones([1, 1, 1, 1, 1], float64);
    for (const jac of [jacfwd, jacrev]) {
      expect(() => jac((x: Tensor) => x)(many)).toThrow(
        "the result would have 10 axes, more than 8",
      );
    }
    expectIntact();
  });
});

describe("hessian of several arguments and trees", () => {
  const f = (a: Tensor, b: Tensor): Tensor => sum(multiply(square(a), sin(b)));

  test("blocks", () => {
    const [a, b] = [f64([1, 2]), f64([0.3, 0.4])];
    const [[aa, ab], [ba, bb]] = hessian(f, { argnums: [0, 1] })(a, b);
    const diagonal = (t: Tensor): unknown => [[t.at(0).item(), 0], [0, t.at(1).item()]]; // prettier-ignore
    expectClose(aa, diagonal(multiply(2, sin(b))));
    expectClose(ab, diagonal(multiply(multiply(2, a), cos(b))));
    expectClose(ba, ab.transpose());
    expectClose(bb, diagonal(multiply(square(a), multiply(-1, sin(b)))));
    expectClose(hessian(f, { argnums: 1 })(a, b), bb);
    const tree = hessian((p: { a: Tensor; b: Tensor }) => f(p.a, p.b))({ a, b });
    expectClose(tree, { a: { a: aa, b: ab }, b: { a: ba, b: bb } });
    expect(hessian((x: Tensor) => power(x, 3))(2)).toBe(12);
  });
});

describe("products with the Hessian", () => {
  const dense = hessian(bowl)(x3);
  const want = matmul(dense, v3);

  test("hvp, vhp and makeHvp agree with the dense one", () => {
    expectClose(hvp(bowl)(x3, v3), want);
    expectClose(vhp(bowl)(x3, v3), want);
    const product = makeHvp(bowl)(x3);
    for (let i = 0; i < 3; i++) {
      const e = f64([0, 1, 2].map((j) => Number(i === j)));
      expectClose(product(e), dense.at(":", i));
    }
  });

  test("against differences of the gradient", () => {
    const h = 1e-5;
    const up = grad(bowl)(add(x3, multiply(h, v3)));
    const down = grad(bowl)(subtract(x3, multiply(h, v3)));
    expectClose(hvp(bowl)(x3, v3), divide(subtract(up, down), 2 * h), 1e-8);
  });

  test("trees, several arguments, numbers, typed arrays", () => {
    const f = (p: { a: Tensor; b: Tensor }, s: Tensor): Tensor =>
      multiply(s, sum(multiply(square(p.a), p.b)));
    const p = { a: f64([1, 2]), b: f64([3, 4]) };
    const v = { a: f64([1, 0]), b: f64([0, 1]) };
    const got = hvp(f)(p, 2, v);
    expectClose(got, { a: [12, 8], b: [4, 0] });
    expectClose(vhp(f)(p, 2, v), got);
    expectClose(makeHvp(f)(p, 2)(v), got);
    const both = hvp(f, { argnums: [0, 1] })(p, 2, [v, 1]);
    expectClose(both[0], { a: [12 + 6, 8 + 16], b: [4 + 1, 4] });
    expectClose(hvp((x: Tensor) => power(x, 3))(2, 1), 12);
    expect(
      hvp((x: Tensor) => sum(power(x, 3)))(Float64Array.of(1, 2), Float64Array.of(1, 1)),
    ).toEqual(Float64Array.of(6, 12));
  });

  test("differentiable and mappable", () => {
    checkGrads((x: Tensor) => hvp(bowl)(x, v3), [x3], { order: 1 });
    const vs = f64(pattern(3, 3));
    expectClose(vmap((v: Tensor) => hvp(bowl)(x3, v))(vs), matmul(vs, dense));
    const product = makeHvp(bowl)(x3);
    expectClose(vmap(product)(vs), matmul(vs, dense));
    expectClose(jacobian(product)(v3), dense);
  });

  test("a linear function has none, a constant none either", () => {
    for (const product of [hvp, vhp]) {
      expectClose(product((x: Tensor) => sum(x))(x3, v3), [0, 0, 0]);
      expectClose(product((_: Tensor) => 1)(x3, v3), [0, 0, 0]);
    }
    expectClose(makeHvp((x: Tensor) => sum(x))(x3)(v3), [0, 0, 0]);
  });

  test("errors name the transform", () => {
    expect(() => hvp(bowl)(x3, f64([1]))).toThrow("hvp: the tangent has shape [1]");
    expect(() => (hvp(bowl) as (x: Tensor) => unknown)(x3)).toThrow(
      "hvp: needs the function's arguments and then a vector",
    );
    expect(() => hvp((x: Tensor) => x as never)(x3, v3)).toThrow(
      "hvp: the function returned a tensor",
    );
    expect(() => makeHvp(bowl)(x3)(f64([1]))).toThrow("makeHvp: the cotangent has shape [1]");
    expectIntact();
  });

  test("ggnvp is Jᵀ H J v", () => {
    const f = (x: Tensor): Tensor =>
      stack([sum(square(x)), multiply(x.at(0), x.at(1)), sin(x.at(2))]);
    const g = (y: Tensor): Tensor => sum(exp(multiply(0.5, y)));
    const j = jacobian(f)(x3);
    const h = hessian(g)(f(x3));
    expectClose(ggnvp(f, g)(x3, v3), matmul(j.transpose(), matmul(h, matmul(j, v3))));
    const half = (y: { r: Tensor }): Tensor => multiply(0.5, sum(square(y.r)));
    const tree = (p: { w: Tensor }): { r: Tensor } => ({ r: f(p.w) });
    expectClose(ggnvp(tree, half)({ w: x3 }, { w: v3 }).w, matmul(j.transpose(), matmul(j, v3)));
  });
});

describe("linear functions", () => {
  const f = (x: Tensor, p: { s: Tensor }): Tensor => multiply(sin(x), p.s);
  const s = tensor(2, float64);

  test("linearize runs f once and agrees with jvp", () => {
    let runs = 0;
    const counted = (x: Tensor, p: { s: Tensor }): Tensor => {
      runs++;
      return f(x, p);
    };
    const [y, lin] = linearize(counted, x3, { s });
    expectClose(y, f(x3, { s }));
    for (const t of [1, -2]) {
      const dx = multiply(t, v3);
      expectClose(lin(dx, { s }), jvp(f, [x3, { s }], [dx, { s }])[1]);
    }
    expect(runs).toBe(1);
    expectClose(jacobian(lin)(v3, { s }), jacobian(f)(x3, { s }));
    expectClose(vmap(lin, { inAxes: [0, null] })(f64(pattern(2, 3)), { s }).shape, [2, 3]);
    expect(() => (lin as (x: Tensor) => unknown)(v3)).toThrow(
      "linearize: 1 tangents for 2 arguments",
    );
    expect(() => lin(f64([1]), { s })).toThrow("linearize: the tangent has shape [1]");
  });

  test("linearize keeps one tape, as vjp does", () => {
    const deep = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 20; i++) y = matmul(sin(y), x);
      return y;
    };
    const x = tensor(pattern(100, 100), float64);
    const bytes = (keep: () => unknown): number => {
      const before = memory().residentBytes;
      const kept = keep();
      const after = memory().residentBytes - before;
      expect(kept).toHaveLength(2);
      return after;
    };
    const middle = (keep: () => unknown) =>
      Array.from({ length: 5 }, () => bytes(keep)).sort((a, b) => a - b)[2]!;
    const one = middle(() => vjp(deep, x));
    const lin = middle(() => linearize(deep, x));
    expect(one).toBeGreaterThan(1e6);
    expect(lin).toBeLessThan(1.1 * one);
  });

  test("linearize inside grad: derivatives of the linear map by where it was taken", () => {
    const along = (x: Tensor): Tensor => sum(linearize((z: Tensor) => sin(z), x)[1](v3));
    expectClose(grad(along)(x3), multiply(v3, multiply(-1, sin(x3))));
    // Called inside a transform that was not there yet.
    const [, lin] = linearize((z: Tensor) => square(z), x3);
    expectClose(
      grad((v: Tensor) => sum(square(lin(v))))(v3),
      multiply(8, multiply(square(x3), v3)),
    );
    expectClose(hessian((v: Tensor) => sum(square(lin(v))))(v3).at(0, 0), 8 * 0.09);
    expectClose(jvp(lin, [v3], [v3])[1], lin(v3));
  });

  test("linearTranspose", () => {
    const d = (x: Tensor): Tensor => subtract(x.slice([[1, null]]), x.slice([[0, -1]]));
    const transposed = linearTranspose(d, zeros([3], float64));
    expectClose(transposed(f64([1, 1])), [[-1, 0, 1]]);
    const a = f64(pattern(2, 3));
    const m = jacobian((y: Tensor) => linearTranspose((x: Tensor) => matmul(a, x), x3)(y)[0])(
      f64([1, 2]),
    );
    expectClose(m, a.transpose());
    expectClose(linearTranspose((x: Tensor) => multiply(3, x), 5)(tensor(2, float64)), [6]);
  });

  test("vjpFn and jvpViaVjp", () => {
    expectClose(vjpFn((x: Tensor) => square(x))(x3, v3), multiply(multiply(2, x3), v3));
    expectClose(vjpFn(f, { argnums: 1 })(x3, { s }, v3), { s: sum(multiply(sin(x3), v3)) });
    const [y, dy] = jvpViaVjp(f, [x3, { s }], [v3, { s }]);
    const [want, slope] = jvp(f, [x3, { s }], [v3, { s }]);
    expectClose([y, dy], [want, slope]);
    checkGrads((x: Tensor) => jvpViaVjp((z: Tensor) => tanh(z), [x], [v3])[1], [x3]);
    expect(() => jvpViaVjp(f, [x3, { s }], [v3] as never)).toThrow("jvpViaVjp: 1 tangents for 2");
  });
});

describe("batchJacobian", () => {
  test("equals vmap(jacobian), and the loop", () => {
    const w = f64(pattern(3, 2));
    const f = (x: Tensor): Tensor => tanh(matmul(x, w));
    const xs = f64(pattern(4, 3));
    const got = batchJacobian(f)(xs);
    expect(got.shape).toEqual([4, 2, 3]);
    expectClose(got, vmap(jacobian(f))(xs));
    expect(batchJacobian((x: Tensor) => sum(x, 1))(xs).shape).toEqual([4, 3]);
    expect(batchJacobian((x: Tensor) => x.reshape([4, 3, 1]))(xs).shape).toEqual([4, 3, 1, 3]);
    expectClose(
      batchJacobian((_s: string, x: Tensor) => square(x), { argnums: 1 })("s", f64([1, 2])),
      [2, 4],
    );
    expect(() => batchJacobian((x: Tensor) => sum(x, 0))(xs)).toThrow(
      "batchJacobian: the function returned shape [3] for a batch of 4",
    );
    expect(() => batchJacobian((x: Tensor) => x)(tensor(1))).toThrow(
      "batchJacobian: argument 0 is a tensor without axes, not a batch",
    );
  });
});

describe("gradAll and wrt", () => {
  const model = (p: { w: Tensor; b: Tensor; name: string }, x: Tensor): Tensor =>
    sum(add(multiply(p.w, x), square(p.b)));
  const p = { w: f64([1, 2]), b: tensor(3, float64), name: "model" };
  const x = f64([5, 7]);

  test("gradAll", () => {
    expect(gradAll((a: Tensor, b: Tensor) => multiply(a, b))(2, 3)).toEqual([3, 2]);
    const [dp, dx] = gradAll(model)(p, x);
    expectClose(dp, { w: [5, 7], b: 12, name: "model" });
    expectClose(dx, [1, 2]);
    const [g, aux] = gradAll((a: Tensor): [Tensor, string] => [square(a), "aux"], { hasAux: true })(
      3,
    );
    expect([g, aux]).toEqual([[6], "aux"]);
    expect(gradAll(() => 1)()).toEqual([]);
  });

  test("wrt: one name, several names, another argument", () => {
    expectClose(grad(model, { wrt: "w" })(p, x), [5, 7]);
    expectClose(grad(model, { wrt: ["b"] })(p, x), { b: 12 });
    expectClose(grad(model, { wrt: ["b", "w"] })(p, x), { b: 12, w: [5, 7] });
    const [value, g] = valueAndGrad(model, { wrt: "b" })(p, x);
    expectClose([value, g], [37, 12]);
    const turned = (v: Tensor, q: typeof p): Tensor => model(q, v);
    expectClose(grad(turned, { wrt: "w", argnums: 1 })(x, p), [5, 7]);
    const withAux = (q: typeof p): [Tensor, string] => [sum(square(q.w)), q.name];
    expectClose(grad(withAux, { wrt: "w", hasAux: true })(p), [[2, 4], "model"]);
    expectClose(valueAndGrad(withAux, { wrt: "w", hasAux: true })(p), [
      [5, "model"],
      [2, 4],
    ]);
    expectClose(grad((q: { a: number[]; i: Tensor }) => sum(multiply(q.a[0]!, q.i)), { wrt: "a" })({ a: [1, 2], i: tensor([1, 2], { dtype: "int32" }) }), [3, 0]); // prettier-ignore
  });

  test("wrt refuses what is not there", () => {
    expect(() => grad(model, { wrt: "v" as "w" })(p, x)).toThrow(
      'grad: wrt holds the string "v", but the parts of argument 0 are w, b, name',
    );
    expect(() => grad(sin as never, { wrt: "w" })(x as never)).toThrow(
      "grad: wrt names parts of an object, but argument 0 is a value of class Tensor",
    );
    expect(() => grad(model, { wrt: "w", argnums: [0] as never })(p, x)).toThrow(
      "grad: wrt names parts of one argument, but argnums is a list",
    );
    expectIntact();
  });
});

test("an exception in the middle leaves levels and tape as they were", () => {
  const bad = (..._args: Tensor[]): never => {
    throw new Error("in the middle");
  };
  const calls: (() => unknown)[] = [
    () => derivative(bad)(1),
    () => jet(bad, [1], [[1, 1]]),
    () => taylor(bad, 1, 3),
    () => jacfwd(bad)(x3),
    () => hessian(bad)(x3),
    () => hvp(bad)(x3, v3),
    () => vhp(bad)(x3, v3),
    () => makeHvp(bad)(x3),
    () => ggnvp((x: Tensor) => x, bad)(x3, v3),
    () => linearize(bad, x3),
    () => linearTranspose(bad, x3),
    () => batchJacobian(bad)(x3),
    () => gradAll(bad)(x3),
    () => grad(bad, { wrt: "a" } as never)({ a: 1 } as never),
  ];
  for (const call of calls) {
    tidy(() => expect(call).toThrow("in the middle"));
  }
  const before = memory().nodes;
  for (const call of calls) tidy(() => expect(call).toThrow("in the middle"));
  expect(memory().nodes).toBe(before);
  expectIntact();
  expectClose(elementwiseGrad(sin)(x3), cos(x3));
  expectClose(vjp(sin, x3)[1](v3), [multiply(cos(x3), v3)]);
});
