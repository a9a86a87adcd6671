// vjp and jvp: values, cotangents and tangents in the form of arguments and results.

import { add, cos, exp, grad, jvp, matmul, multiply, sin, square, sum, tensor } from "tapegrad";
import { vjp, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern, plain } from "./close.js";

const float64 = { dtype: "float64" } as const;

describe("vjp", () => {
  test("value and pullback", () => {
    const [y, pullback] = vjp((x: Tensor) => square(x), tensor([1, 2, 3]));
    expectClose(y, [1, 4, 9]);
    expectClose(pullback(tensor([1, 0, 1])), [[2, 0, 6]]);
  });

  test("the pullback can be called many times, and is linear", () => {
    const [, pullback] = vjp((x: Tensor) => exp(x), tensor([0, 1], float64));
    for (let k = 0; k < 100; k++) {
      expectClose(pullback(tensor([k, -k], float64)), [[k, -k * Math.E]]);
    }
  });

  test("cotangents of all arguments, in their form", () => {
    const [y, pullback] = vjp(
      (a: Tensor, p: { b: Tensor; list: Tensor[] }) => multiply(a, multiply(p.b, p.list[0]!)),
      2,
      { b: 3, list: [5] },
    );
    expectClose(y, 30);
    expect(plain(pullback(tensor(1, float64) as never))).toEqual([15, { b: 10, list: [6] }]);
    expect(typeof (pullback(1 as never) as unknown[])[0]).toBe("number");
  });

  test("trees of results take trees of cotangents", () => {
    const [y, pullback] = vjp(
      (x: Tensor) => ({ s: sin(x), list: [square(x), x] }),
      tensor(2, float64),
    );
    expectClose(y, { s: Math.sin(2), list: [4, 2] });
    const [dx] = pullback({ s: 0, list: [1, 10] } as never);
    expectClose(dx, 14);
  });

  test("the same tensor returned twice counts twice", () => {
    const [, pullback] = vjp((x: Tensor) => {
      const y = square(x);
      return [y, y, x];
    }, tensor(3));
    expectClose(pullback([tensor(1), tensor(10), tensor(100)]), [6 * 11 + 100]);
  });

  test("constants and integers among the results have no derivative", () => {
    const c = tensor([7, 8]);
    const [y, pullback] = vjp((x: Tensor) => [square(x), c, 5, x.astype("int32")], tensor(3));
    expectClose(y, [9, [7, 8], 5, 3]);
    expectClose(pullback([tensor(1), tensor([1, 1]), 1, tensor(1)] as never), [6]);
    expectClose(c, [7, 8]);
  });

  test("matmul, against the formula", () => {
    const [a, b, g] = [pattern(2, 3), pattern(3, 4, 1), pattern(2, 4, 2)];
    const [A, B, G] = [a, b, g].map((x) => tensor(x, float64)) as [Tensor, Tensor, Tensor];
    const [, pullback] = vjp((u: Tensor, v: Tensor) => matmul(u, v), A, B);
    expectClose(pullback(G), [matmul(G, B.transpose()), matmul(A.transpose(), G)]);
  });

  test("an integer cotangent takes the value's dtype", () => {
    const [, pullback] = vjp((x: Tensor) => square(x), tensor([1, 2]));
    const [dx] = pullback(tensor([1, 1], { dtype: "int32" }));
    expect(dx!.dtype).toBe("float32");
    expectClose(dx, [2, 4]);
  });

  test("used inside another transform, the pullback is differentiated", () => {
    // g ↦ g · cos 1 is linear in g: the derivative is cos 1.
    const [, pullback] = vjp((x: Tensor) => sin(x), tensor(1, float64));
    expectClose(grad((g: Tensor) => pullback(g)[0])(tensor(3, float64)), Math.cos(1));
    expectClose(
      jvp((g: Tensor) => pullback(g)[0], [3], [1]),
      [3 * Math.cos(1), Math.cos(1)],
    );
  });

  test("made and used inside another transform, it carries that derivative", () => {
    const second = grad((x: Tensor) => vjp((v: Tensor) => sin(v), x)[1](1 as never)[0] as Tensor);
    expect(second(1)).toBeCloseTo(-Math.sin(1), 14);
    const mixed = grad((x: Tensor) => {
      const [y, pullback] = vjp((v: Tensor) => multiply(x, sin(v)), x);
      return add(y, multiply(x, pullback(x)[0]));
    });
    // x sin x + x³ cos x with x for the cotangent: d/dx (x sin x + x · x · (x cos x)).
    const x = 0.7;
    const want = Math.sin(x) + x * Math.cos(x) + 3 * x * x * Math.cos(x) - x ** 3 * Math.sin(x);
    expect(mixed(x)).toBeCloseTo(want, 13);
  });

  test("the value does not depend on the transform any more", () => {
    const [y] = vjp((x: Tensor) => square(x), tensor(3));
    expectClose(grad((z: Tensor) => multiply(z, y))(tensor(1)), 9);
  });

  test("dispose frees the pullback; a second time does nothing", () => {
    const [y, pullback] = vjp((x: Tensor) => square(x), tensor(3));
    pullback.dispose();
    pullback.dispose();
    expect(() => pullback(tensor(1))).toThrow(/dispose/);
    expectClose(y, 9);
  });
});

describe("jvp", () => {
  test("value and tangent", () => {
    expect(jvp((x: Tensor) => sin(x), [0] as never, [1] as never)).toEqual([0, 1]);
    const [y, dy] = jvp(
      (x: Tensor) => exp(x),
      [tensor([0, 1], float64)],
      [tensor([1, 2], float64)],
    );
    expectClose(
      [y, dy],
      [
        [1, Math.E],
        [1, 2 * Math.E],
      ],
    );
  });

  test("tangents of all arguments add up", () => {
    const f = (a: Tensor, b: Tensor): Tensor => multiply(a, square(b));
    expect(jvp(f, [2, 3] as never, [1, 0] as never)).toEqual([18, 9]);
    expect(jvp(f, [2, 3] as never, [0, 1] as never)).toEqual([18, 12]);
    expect(jvp(f, [2, 3] as never, [1, 1] as never)).toEqual([18, 21]);
  });

  test("trees in, trees out", () => {
    const [y, dy] = jvp(
      (p: { a: Tensor; list: Tensor[] }) => ({ s: sum(p.a), more: [multiply(p.list[0]!, 2)] }),
      [{ a: tensor([1, 2]), list: [tensor(3)] }],
      [{ a: tensor([10, 20]), list: [tensor(5)] }],
    );
    expectClose(y, { s: 3, more: [6] });
    expectClose(dy, { s: 30, more: [10] });
  });

  test("the same tensor returned twice has its tangent twice", () => {
    const f = (x: Tensor): Tensor[] => {
      const y = square(x);
      return [y, y, x, x];
    };
    expectClose(jvp(f, [tensor(3)], [tensor(1)]), [
      [9, 9, 3, 3],
      [6, 6, 1, 1],
    ]);
    expect(jvp(f, [3] as never, [1] as never)).toEqual([
      [9, 9, 3, 3],
      [6, 6, 1, 1],
    ]);
  });

  test("intermediate results returned beside later ones", () => {
    const f = (x: Tensor): Tensor[] => {
      const y = square(x);
      return [x, y, sin(y)];
    };
    expectClose(jvp(f, [tensor(2, float64)], [tensor(1, float64)])[1], [1, 4, 4 * Math.cos(4)]);
  });

  test("constants among the results have tangent 0 and stay the user's", () => {
    const c = tensor(5, float64);
    expect(jvp(() => c, [1] as never, [1] as never)).toEqual([5, 0]);
    expect(c.item()).toBe(5);
    expectClose(
      jvp((x: Tensor) => [x, 7, c] as never, [1] as never, [1] as never),
      [
        [1, 7, 5],
        [1, 0, 0],
      ],
    );
  });

  test("a result that the function also keeps stays readable", () => {
    let kept: Tensor | undefined;
    jvp((x: Tensor) => (kept = square(x)), [3] as never, [1] as never);
    expect(kept!.item()).toBe(9);
  });

  test("an argument that is not used", () => {
    const f = (a: Tensor, _b: Tensor): Tensor => sin(a);
    const [, dy] = jvp(f, [tensor(0), tensor([1, 2])], [tensor(1), tensor([3, 4])]);
    expectClose(dy, 1);
  });

  test("the tangent may depend on an outer variable", () => {
    const f = (t: Tensor): Tensor => jvp((x: Tensor) => sin(x), [tensor(1, float64)], [t])[1];
    expectClose(grad(f)(tensor(5, float64)), Math.cos(1));
  });
});

describe("the two agree", () => {
  const functions: Record<string, (x: Tensor) => Tensor> = {
    elementwise: (x) => multiply(sin(x), exp(multiply(x, 0.3))),
    reduction: (x) => sum(square(x), 0),
    matmul: (x) => matmul(x, cos(x.transpose())),
    movement: (x) => multiply(x.reshape([-1]), x.transpose().reshape([-1])),
  };
  test.each(Object.keys(functions))("⟨g, J v⟩ = ⟨Jᵀ g, v⟩: %s", (name) => {
    const f = functions[name]!;
    const x = tensor(pattern(3, 3), float64);
    const v = tensor(pattern(3, 3, 0.4), float64);
    const [y, dy] = jvp(f, [x], [v]);
    const [, pullback] = vjp(f, x);
    const g = cos(multiply(y, 3));
    expectClose(sum(multiply(g, dy)), sum(multiply(pullback(g)[0], v)));
  });
});
