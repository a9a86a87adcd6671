// The types of transforms: the derivative has the type and the container of the argument. `npm run
// check` is what tests them; running them shows that they tell the truth.

import {
  elementwiseGrad,
  grad,
  hessian,
  jacobian,
  jvp,
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
