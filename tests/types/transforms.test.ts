// The types of transforms: the derivative has the type and the container of the argument. `npm run
// check` is what tests them; running them shows that they tell the truth.

import {
  derivative,
  elementwiseGrad,
  grad,
  gradAll,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jvp,
  linearize,
  linearTranspose,
  multiply,
  sin,
  square,
  sum,
} from "tapegrad";
import {
  isTensor,
  matmul,
  noGrad,
  ones,
  stopGradient,
  taylor,
  tanh,
  tensor,
  tidy,
  valueAndGrad,
} from "tapegrad";
import { vjp, vmap, type Tensor, type Derivative } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";

const x = tensor([1, 2]);
const s = tensor(2);
const f = (v: Tensor): Tensor => sum(square(v));

describe("grad", () => {
  test("of a number, a tensor, a typed array", () => {
    const a = grad(f)(3);
    expectTypeOf(a).toEqualTypeOf<number>();
    expect(typeof a).toBe("number");
    const b = grad(f)(x);
    expectTypeOf(b).toEqualTypeOf<Tensor>();
    expect(isTensor(b)).toBe(true);
    const c = grad(f)(Float32Array.of(1));
    expectTypeOf(c).toEqualTypeOf<Float32Array<ArrayBuffer>>();
    expect(c).toBeInstanceOf(Float32Array);
  });

  test("of containers", () => {
    type Params = { w: Tensor; list: Tensor[]; pair: [Tensor, Tensor]; name: string };
    const g = grad((p: Params) => sum(multiply(p.w, p.list[0]!)));
    const params = { w: x, list: [x], pair: [s, s] as [Tensor, Tensor], name: "p" };
    const d = g(params);
    expectTypeOf(d.w).toEqualTypeOf<Tensor>();
    expectTypeOf(d.list).toEqualTypeOf<Tensor[]>();
    expectTypeOf(d.pair).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(d.name).toEqualTypeOf<string>();
    expect(d.name).toBe("p");
    const numbers = g({ w: 1, list: [2], pair: [3, 4], name: "q" });
    expectTypeOf(numbers.w).toEqualTypeOf<number>();
    expectTypeOf(numbers.list).toEqualTypeOf<number[]>();
    expect(numbers).toEqual({ w: 2, list: [1], pair: [0, 0], name: "q" });
    // @ts-expect-error: a part is missing
    expect(() => g({ w: 1 })).toThrow();
  });

  test("argnums", () => {
    const h = (a: Tensor, b: { c: Tensor }): Tensor => multiply(a, b.c);
    const one = grad(h, { argnums: 1 })(2, { c: s });
    expectTypeOf(one).toEqualTypeOf<{ c: Tensor }>();
    const both = grad(h, { argnums: [1, 0] })(2, { c: s });
    expectTypeOf(both).toEqualTypeOf<[{ c: Tensor }, number]>();
    expect(both.map((d) => typeof d)).toEqual(["object", "number"]);
    expect(one.c.item()).toBe(2);
  });

  test("hasAux", () => {
    const [g, aux] = grad((v: Tensor): [Tensor, string] => [f(v), "aux"], { hasAux: true })(3);
    expectTypeOf(g).toEqualTypeOf<number>();
    expectTypeOf(aux).toEqualTypeOf<string>();
    const [[value, note], d] = valueAndGrad((v) => [f(v), { n: 5 }], { hasAux: true })(x);
    expectTypeOf(value).toEqualTypeOf<Tensor>();
    expectTypeOf(note).toEqualTypeOf<{ n: number }>();
    expectTypeOf(d).toEqualTypeOf<Tensor>();
    expect([g, aux, note.n, value.item()]).toEqual([6, "aux", 5, 5]);
    const [h] = grad((v: Tensor) => [f(v), 1], { hasAux: true })(3);
    expectTypeOf(h).toEqualTypeOf<number>();
  });

  test("nests", () => {
    const third = grad(grad(grad((v: Tensor) => multiply(v, square(v)))));
    const d = third(2);
    expectTypeOf(d).toEqualTypeOf<number>();
    expect(d).toBe(6);
  });

  test("of the library's own functions", () => {
    const a = grad(sin)(1);
    expectTypeOf(a).toEqualTypeOf<number>();
    const b = elementwiseGrad(tanh)(x);
    expectTypeOf(b).toEqualTypeOf<Tensor>();
    const c = vmap(matmul)(ones([2, 3]), ones([2, 3]));
    expectTypeOf(c).toEqualTypeOf<Tensor>();
    expect([typeof a, isTensor(b), c.shape]).toEqual(["number", true, [2]]);
  });

  test("refuses what cannot be", () => {
    expect(() => {
      // @ts-expect-error: no function
      grad(5);
    }).toThrow();
    // @ts-expect-error: the function returns a string
    expect(() => grad((_v: Tensor) => "text")(1)).toThrow();
    // @ts-expect-error: a string is no tensor
    expect(() => grad(f)("1")).toThrow();
  });
});

test("valueAndGrad: the value follows the arguments", () => {
  const [a, da] = valueAndGrad(f)(3);
  expectTypeOf(a).toEqualTypeOf<number>();
  expectTypeOf(da).toEqualTypeOf<number>();
  const [b, db] = valueAndGrad(f)(x);
  expectTypeOf(b).toEqualTypeOf<Tensor>();
  expectTypeOf(db).toEqualTypeOf<Tensor>();
  expect([a, da, b.item()]).toEqual([9, 6, 5]);
});

test("vjp, jvp, vmap, jacobian, hessian", () => {
  const [y, pullback] = vjp((v: Tensor) => ({ a: square(v) }), x);
  expectTypeOf(y).toEqualTypeOf<{ a: Tensor }>();
  const [dx] = pullback({ a: x });
  expectTypeOf(dx).toEqualTypeOf<Tensor>();
  expect(dx.toArray()).toEqual([2, 8]);
  const [z, dz] = jvp((v: Tensor) => [square(v)], [x], [x]);
  const [, along] = jvp((v: Tensor) => square(v), [x] as const, [x] as const);
  expectTypeOf(along).toEqualTypeOf<Tensor>();
  expectTypeOf(z).toEqualTypeOf<Tensor[]>();
  expectTypeOf(dz).toEqualTypeOf<Tensor[]>();
  expectTypeOf(vmap((v: Tensor) => square(v))(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(hessian(f)(2)).toEqualTypeOf<number>();
  expectTypeOf(hessian(f)(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(jacobian((v: Tensor) => square(v))(x)).toEqualTypeOf<Tensor>();
});

test("scopes return what their function returns", () => {
  expectTypeOf(noGrad(() => 5)).toEqualTypeOf<number>();
  expectTypeOf(tidy(() => ({ x }))).toEqualTypeOf<{ x: Tensor }>();
  expectTypeOf(stopGradient(5)).toEqualTypeOf<Tensor>();
  expectTypeOf(stopGradient({ x })).toEqualTypeOf<{ x: Tensor }>();
});

test("Derivative maps types", () => {
  expectTypeOf<Derivative<readonly [Tensor, number]>>().toEqualTypeOf<[Tensor, number]>();
  expectTypeOf<Derivative<{ readonly a: Tensor; b?: number }>>().toEqualTypeOf<{
    a: Tensor;
    b?: number;
  }>();
  expectTypeOf<Derivative<(v: number) => string>>().toEqualTypeOf<(v: number) => string>();
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  expectTypeOf<Derivative<any>>().toBeAny();
});

describe("functional transforms", () => {
  type Params = { w: Tensor; b: Tensor; name: string };
  const params: Params = { w: x, b: s, name: "p" };
  const model = (p: Params, v: Tensor): Tensor => sum(multiply(p.w, multiply(p.b, v)));

  test("blocks of Jacobians and Hessians", () => {
    const n = jacfwd((v: Tensor) => square(v))(3);
    expectTypeOf(n).toEqualTypeOf<number>();
    const a = jacfwd((v: Tensor) => ({ y: v, z: [v] }))(Float32Array.of(1, 2));
    expectTypeOf(a.y).toEqualTypeOf<Tensor>();
    expectTypeOf(a.z).toEqualTypeOf<Tensor[]>();
    expect(isTensor(a.y)).toBe(true);
    const several = jacobian(model, { argnums: [0, 1] })(params, x);
    expectTypeOf(several[0].w).toEqualTypeOf<Tensor>();
    expectTypeOf(several[1]).toEqualTypeOf<Tensor>();
    const h = hessian(model)(params, x);
    expectTypeOf(h.w.b).toEqualTypeOf<Tensor>();
    expectTypeOf(h.name).toEqualTypeOf<string>();
    const [[, ab]] = hessian((u: Tensor, v: Tensor) => sum(multiply(u, v)), { argnums: [0, 1] })(
      x,
      x,
    );
    expectTypeOf(ab).toEqualTypeOf<Tensor>();
    expect(ab.shape).toEqual([2, 2]);
  });

  test("products, parts, derivatives", () => {
    expectTypeOf(hvp(model)(params, x, params)).toEqualTypeOf<{
      w: Tensor;
      b: Tensor;
      name: string;
    }>();
    expectTypeOf(grad(model, { wrt: "w" })(params, x)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad(model, { wrt: ["w", "b"] })(params, x)).toEqualTypeOf<{
      w: Tensor;
      b: Tensor;
    }>();
    expectTypeOf(valueAndGrad(model, { wrt: "b" })(params, x)).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(gradAll((u: Tensor, v: Tensor) => multiply(u, v))(2, s)).toEqualTypeOf<
      [number, Tensor]
    >();
    expectTypeOf(derivative((v: Tensor) => square(v))(3)).toEqualTypeOf<number>();
    expectTypeOf(derivative((v: Tensor) => ({ a: v }))(s)).toEqualTypeOf<{ a: Tensor }>();
    const [y, lin] = linearize((v: Tensor) => ({ a: v }), x);
    expectTypeOf(y).toEqualTypeOf<{ a: Tensor }>();
    expectTypeOf(lin(x)).toEqualTypeOf<{ a: Tensor }>();
    const [back] = linearTranspose((v: Tensor) => ({ a: v }), x)({ a: x });
    expectTypeOf(back).toEqualTypeOf<Tensor>();
    expectTypeOf(taylor((v) => square(v), 3, 1)).toEqualTypeOf<number[]>();
    // @ts-expect-error: the vector is missing
    expect(() => hvp(model)(params, x)).toThrow();
  });
});
