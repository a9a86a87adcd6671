// Transforms inside transforms, to depth 5 and in every order.

import {
  add,
  cos,
  elementwiseGrad,
  exp,
  full,
  grad,
  hessian,
  jacobian,
  jvp,
  matmul,
} from "tapegrad";
import {
  mean,
  memory,
  multiply,
  noGrad,
  power,
  sin,
  square,
  stack,
  sum,
  tanh,
  tensor,
  tidy,
} from "tapegrad";
import { valueAndGrad, vjp, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
type Fn = (x: Tensor) => Tensor;

/** Ways to one derivative of a function of one number. */
const derivatives: Record<string, (f: Fn) => Fn> = {
  grad: (f) => grad(f) as never,
  valueAndGrad: (f) => (x) => valueAndGrad(f)(x)[1],
  jvp: (f) => (x) => jvp(f, [x], [tensor(1, float64)])[1],
  vjp: (f) => (x) => vjp(f, x)[1](tensor(1, float64))[0],
  jacobian: (f) => jacobian(f) as never,
  "vmap of grad": (f) => (x) => vmap(grad(f))(stack([x, x])).slice([1]),
  "grad of vmap": (f) => (x) => grad((v: Tensor) => mean(vmap(f)(full([3], 0, float64).add(v))))(x),
};
const names = Object.keys(derivatives);

/** sin 2x differentiated n times. */
function wave(n: number, x: number): number {
  const turned = [Math.sin, Math.cos, (v: number) => -Math.sin(v), (v: number) => -Math.cos(v)];
  return 2 ** n * turned[n % 4]!(2 * x);
}

/** All words of `length` letters. */
function words(letters: readonly string[], length: number): string[][] {
  if (length === 0) return [[]];
  return words(letters, length - 1).flatMap((word) => letters.map((name) => [...word, name]));
}

const f: Fn = (x) => sin(multiply(2, x));

/** The words whose derivative of sin 2x at 0.3 is wrong. */
function wrong(chosen: readonly string[], depth: number): string[] {
  const want = wave(depth, 0.3);
  return words(chosen, depth).flatMap((word) => {
    const derivative = word.reduce((g, name) => derivatives[name]!(g), f);
    const got = derivative(tensor(0.3, float64)).item();
    return Math.abs(got - want) < 1e-10 ? [] : [`${word.join(" in ")}: ${got}`];
  });
}

describe("every order of", () => {
  test.each([1, 2, 3])("all transforms, depth %i", (depth) => {
    expect(wrong(names, depth)).toEqual([]);
  });

  test.each([
    ["grad", "jvp", "vjp"],
    ["grad", "vmap of grad", "jacobian"],
    ["jvp", "grad of vmap", "vmap of grad"],
  ])("%s, %s and %s, depth 5", (...chosen) => {
    expect(wrong(chosen, 5)).toEqual([]);
  });

  test("of elementwiseGrad, jvp and vmap on a vector, depth 5", () => {
    const x = [0.1, 0.2, 0.3];
    const ways: Record<string, (g: Fn) => Fn> = {
      elementwiseGrad: (g) => elementwiseGrad(g) as never,
      jvp: (g) => (v) => jvp(g, [v], [full([...v.shape], 1, float64)])[1],
      "vmap of grad": (g) => (v) => (v.ndim === 0 ? grad(g)(v) : vmap(grad(g))(v)) as Tensor,
    };
    for (const word of words(Object.keys(ways), 5)) {
      const g = word.reduce((h, name) => ways[name]!(h), f);
      expectClose(
        g(tensor(x, float64)),
        x.map((v) => wave(5, v)),
        1e-10,
      );
    }
  });
});

describe("at a plain number", () => {
  test("orders 1 to 6 are numbers", () => {
    let g: (x: number) => number = f as never;
    for (let order = 1; order <= 6; order++) {
      g = grad(g as never) as never;
      expect(g(0.3)).toBeCloseTo(wave(order, 0.3), 10);
    }
  });

  test("order 20 of exp", () => {
    let g: (x: number) => number = ((x: Tensor) => exp(x)) as never;
    for (let order = 1; order <= 20; order++) g = grad(g as never) as never;
    expect(g(1)).toBeCloseTo(Math.E, 12);
  });
});

describe("vmap beside the others", () => {
  const w = tensor(pattern(3, 3), float64);
  const xs = tensor(pattern(4, 3, 1), float64);
  const scalar: Fn = (x) => sum(tanh(matmul(w, x)));
  const rows = (g: Fn): Tensor => stack([0, 1, 2, 3].map((i) => g(xs.slice([i]))));

  test("Jacobian of a mapped function is block diagonal", () => {
    const jac = jacobian((x: Tensor) => vmap((v: Tensor) => tanh(matmul(w, v)))(x))(xs);
    expect(jac.shape).toEqual([4, 3, 4, 3]);
    const each = vmap(jacobian((v: Tensor) => tanh(matmul(w, v))))(xs);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const block = jac.slice([i, null, j]);
        expectClose(block, i === j ? each.slice([i]) : multiply(block, 0));
      }
    }
  });

  test("Hessian inside vmap", () => {
    expectClose(
      vmap(hessian(scalar))(xs),
      rows((x) => hessian(scalar)(x)),
    );
    expectClose(
      vmap((x: Tensor) => hessian(scalar)(multiply(x, 2)))(xs),
      rows((x) => hessian(scalar)(multiply(x, 2))),
    );
  });

  test("Hessian inside vmap inside grad", () => {
    const curvature: Fn = (x) => sum(square(hessian(scalar)(x)));
    const mapped = grad((x: Tensor) => sum(vmap(curvature)(x)))(xs);
    expectClose(
      mapped,
      rows((x) => grad(curvature)(x)),
    );
  });

  test("vmap over tangents and cotangents", () => {
    const basis = tensor(
      [0, 1, 2].map((i) => [0, 1, 2].map((j) => Number(i === j))),
      float64,
    );
    const x = xs.slice([0]);
    const g: Fn = (v) => tanh(matmul(w, v));
    const jac = jacobian(g)(x);
    expectClose(vmap((t: Tensor) => jvp(g, [x], [t])[1])(basis), jac.transpose());
    const [, pullback] = vjp(g, x);
    expectClose(vmap((c: Tensor) => pullback(c)[0])(basis), jac);
    // Again, and after other transforms have come and gone at the same depth.
    grad(scalar)(x);
    vmap(scalar)(xs);
    expectClose(vmap((c: Tensor) => pullback(c)[0])(basis), jac);
    expectClose(pullback(basis.slice([1])), [jac.slice([1])]);
  });

  test("vjp made and used inside vmap", () => {
    const back: Fn = (x) => {
      const [y, pullback] = vjp((v: Tensor) => tanh(matmul(w, v)), x);
      return add(pullback(y)[0], pullback(multiply(y, 2))[0]);
    };
    expectClose(vmap(back)(xs), rows(back));
    expectClose(
      grad((x: Tensor) => sum(square(vmap(back)(x))))(xs),
      rows((x) => grad((v: Tensor) => sum(square(back(v))))(x)),
    );
  });

  test("jvp of vmap of jvp of vmap", () => {
    const inner: Fn = (x) => jvp((v: Tensor) => vmap((u: Tensor) => power(u, 4))(v), [x], [x])[1];
    const [, slope] = jvp((x: Tensor) => vmap(inner)(x), [xs], [xs]);
    expectClose(slope, multiply(16, power(xs, 4)));
  });

  test("derivatives at a captured mapped value", () => {
    const xs1 = tensor([1, 2, 3], float64);
    const f1 = vmap((x: Tensor) => grad((y: Tensor) => multiply(square(y), x))(multiply(x, 2)));
    expectClose(f1(xs1), [4, 16, 36]);
    const f2 = vmap((x: Tensor) => jvp((y: Tensor) => multiply(y, x), [x], [x])[1]);
    expectClose(f2(xs1), [1, 4, 9]);
    const f3 = vmap((x: Tensor) => grad((y: Tensor) => multiply(y, x))(3 as never) as Tensor);
    expectClose(f3(xs1), [1, 2, 3]);
    const f4 = vmap((x: Tensor) =>
      sum(jacobian((y: Tensor) => multiply(y, x))(tensor([1, 2], float64))),
    );
    expectClose(f4(xs1), [2, 4, 6]);
  });

  test("a function that ignores the mapped value, differentiated inside", () => {
    const g = vmap((_x: Tensor) => grad((y: Tensor) => square(y))(tensor(3, float64)));
    expectClose(g(tensor([1, 2], float64)), [6, 6]);
  });

  test("per-example gradients inside two levels", () => {
    const a = tensor(pattern(2, 3), float64);
    const b = tensor(pattern(2, 3, 5), float64);
    const g = (x: Tensor, y: Tensor): Tensor =>
      grad((v: Tensor) => sum(multiply(sin(v), cos(y))))(x) as Tensor;
    const mapped = vmap(vmap(g, { inAxes: [null, 0] }), { inAxes: [0, null] })(a, b);
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) {
        expectClose(mapped.slice([i, j]), g(a.slice([i]), b.slice([j])));
      }
    }
  });
});

describe("inside and outside noGrad", () => {
  test("a derivative inside is right, and constant for what is outside", () => {
    const inside: Fn = (x) => noGrad(() => grad((v: Tensor) => power(v, 3))(x) as Tensor);
    expectClose(inside(tensor(2, float64)), 12);
    expectClose(grad((x: Tensor) => multiply(x, inside(x)))(tensor(2, float64)), 12);
  });
});

test("transforms leave nothing behind on the tape", () => {
  const nested = grad((x: Tensor) =>
    sum(square(vmap(grad((v: Tensor) => jvp(f, [v], [v])[1]))(stack([x, x])))),
  );
  const value = nested(0.3);
  const nodes = (times: number): number => {
    for (let i = 0; i < times; i++) tidy(() => expect(nested(0.3)).toBe(value));
    return memory().nodes;
  };
  const before = nodes(5);
  expect(nodes(500)).toBeLessThanOrEqual(before);
});
