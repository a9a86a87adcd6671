// Perturbation confusion: derivatives of an inner and an outer variable must not mix.

import {
  add,
  divide,
  exp,
  grad,
  jvp,
  multiply,
  sin,
  square,
  stopGradient,
  sum,
  tensor,
} from "tapegrad";
import { vjp, vmap, stack, jacobian, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const float64 = { dtype: "float64" } as const;
type Fn = (x: Tensor) => Tensor;
const one = (): Tensor => tensor(1, float64);

const ways: Record<string, (f: Fn, at: Tensor) => Tensor> = {
  grad: (f, at) => grad(f)(at) as Tensor,
  jvp: (f, at) => jvp(f, [at], [one()])[1],
  vjp: (f, at) => vjp(f, at)[1](one())[0],
  vmap: (f, at) => vmap(grad(f))(stack([at, at])).slice([0]),
  jacobian: (f, at) => jacobian(f)(at) as Tensor,
};
const pairs = Object.keys(ways).flatMap((outer) =>
  Object.keys(ways).map((inner) => [outer, inner]),
);

describe.each(pairs)("%s outside, %s inside", (outside, inside) => {
  const outer = ways[outside!]!;
  const inner = ways[inside!]!;

  test("d/dx (x · d/dy (x + y)) = 1", () => {
    expectClose(
      outer(
        (x) =>
          multiply(
            x,
            inner((y) => add(x, y), one()),
          ),
        one(),
      ),
      1,
    );
  });

  test("d/dx (x · d/dy (x y)) = 2x", () => {
    const x = tensor(3, float64);
    expectClose(
      outer(
        (v) =>
          multiply(
            v,
            inner((y) => multiply(v, y), tensor(2, float64)),
          ),
        x,
      ),
      6,
    );
  });

  test("the inner derivative at the outer variable", () => {
    // d/dx (d/dy (x y²) at y = x) = d/dx 2x² = 4x
    const x = tensor(3, float64);
    expectClose(
      outer((v) => inner((y) => multiply(v, square(y)), v), x),
      12,
    );
  });

  test("the inner function ignores its own variable", () => {
    const x = tensor(3, float64);
    expectClose(
      outer(
        (v) =>
          add(
            square(v),
            inner((_y) => square(v), v),
          ),
        x,
      ),
      6,
    );
  });

  test("the inner function returns the outer variable, or its own", () => {
    const x = tensor(3, float64);
    expectClose(
      outer((v) => inner((_y) => v, v), x),
      0,
    );
    expectClose(
      outer(
        (v) =>
          multiply(
            v,
            inner((y) => y, v),
          ),
        x,
      ),
      1,
    );
  });

  test("the inner derivative is kept outside of its transform", () => {
    const x = tensor(0.5, float64);
    const third = outer((v) => {
      const slope = inner((y) => sin(multiply(v, y)), v); // v cos v²
      return multiply(
        slope,
        inner((y) => multiply(y, slope), v),
      ); // slope²
    }, x);
    const [s, c] = [Math.sin(0.25), Math.cos(0.25)];
    expectClose(third, 2 * (0.5 * c) * (c - 2 * 0.25 * s));
  });
});

describe("at plain numbers", () => {
  test("an inner derivative at a number depends on the outer variable", () => {
    const f = (x: Tensor): Tensor =>
      multiply(x, grad((y: Tensor) => multiply(x, square(y)))(2 as never) as Tensor);
    expect(grad(f)(3)).toBe(24);
  });

  test("three levels", () => {
    const f = grad((x: Tensor) => {
      const g = grad((y: Tensor) => {
        const h = grad((z: Tensor) => multiply(multiply(x, y), square(z)))(5 as never) as Tensor;
        return multiply(y, h); // 10 x y²
      })(3 as never) as Tensor; // 60 x
      return multiply(x, g); // 60 x²
    });
    expect(f(2)).toBe(240);
  });

  test("jvp of a number inside", () => {
    const f = (x: Tensor): Tensor => {
      const [y, dy] = jvp((v: Tensor) => multiply(x, exp(v)), [0] as never, [1] as never);
      return multiply(y, dy); // x²
    };
    expect(grad(f)(3)).toBe(6);
  });

  test("a vjp's pullback at a number depends on the outer variable", () => {
    const f = (x: Tensor): Tensor =>
      vjp((v: Tensor) => multiply(square(x), v), 1)[1](one())[0] as unknown as Tensor;
    expect(grad(f)(3)).toBe(6);
  });

  test("typed arrays inside stay tensors while they depend on the outer variable", () => {
    const f = (x: Tensor): Tensor =>
      sum(grad((v: Tensor) => multiply(x, sum(square(v))))(Float64Array.of(1, 2)) as never);
    expect(grad(f)(3)).toBe(6);
  });
});

describe("closures", () => {
  test("a captured intermediate value of the outer function", () => {
    const f = (x: Tensor): Tensor => {
      const y = square(x);
      return add(y, grad((z: Tensor) => multiply(y, multiply(z, z)))(x) as Tensor); // x² + 2x³
    };
    expect(grad(f)(2)).toBe(4 + 24);
  });

  test("stopGradient holds for every level", () => {
    const f = (x: Tensor): Tensor =>
      multiply(x, grad((y: Tensor) => multiply(stopGradient(x), square(y)))(x) as Tensor); // x · 2 c x
    expect(grad(f)(3)).toBe(2 * 2 * 3 * 3);
  });

  test("an inner quotient, by both orders of nesting", () => {
    const g = (x: Tensor, y: Tensor): Tensor => divide(sin(multiply(x, y)), y);
    const xy = grad((x: Tensor) => grad((y: Tensor) => g(x, y))(0.7 as never) as Tensor)(0.4);
    const yx = grad((y: Tensor) => grad((x: Tensor) => g(x, y))(0.4 as never) as Tensor)(0.7);
    expectClose(xy, yx);
    expectClose(xy, -0.4 * Math.sin(0.28));
  });
});
