// Dense derivatives: jacobian, hessian, elementwiseGrad, against finite differences and each other.

import { add, cos, divide, elementwiseGrad, exp, grad, hessian, jacobian, matmul } from "tapegrad";
import { linspace, multiply, power, sin, square, sum, tanh, tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern, plain } from "./close.js";

const float64 = { dtype: "float64" } as const;

/** Rows of central differences: entry [i][j] is dy_i / dx_j. */
function differences(f: (x: Tensor) => Tensor, x: Tensor): number[][] {
  const at = [...x.data()];
  const step = 1e-6;
  const moved = (j: number, by: number): number[] => {
    const data = Float64Array.from(at);
    data[j]! += by;
    return [...f(tensor(data).reshape(x.shape)).data()];
  };
  const columns = at.map((_, j) => {
    const [up, down] = [moved(j, step), moved(j, -step)];
    return up.map((u, i) => (u - down[i]!) / (2 * step));
  });
  return columns[0]!.map((_, i) => columns.map((column) => column[i]!));
}

const functions: Record<string, (x: Tensor) => Tensor> = {
  elementwise: (x) => multiply(sin(x), exp(multiply(x, 0.5))),
  "matrix product": (x) => matmul(x, x.transpose()),
  "row sums": (x) => sum(square(x), 1),
  "scalar function": (x) => tanh(sum(multiply(x, cos(x)))),
  "normalised rows": (x) => divide(exp(x), sum(exp(x), 1, { keepdims: true })),
  reordered: (x) =>
    x
      .transpose()
      .reshape([-1])
      .slice([[null, null, -2]]),
  broadcast: (x) => add(x.expandDims(0), x.expandDims(1)),
};

describe("jacobian", () => {
  test.each(Object.keys(functions))("agrees with finite differences: %s", (name) => {
    const f = functions[name]!;
    const x = tensor(pattern(2, 3), float64);
    const jac = jacobian(f)(x);
    const y = f(x);
    expect(jac.shape).toEqual([...y.shape, ...x.shape]);
    expectClose(jac.reshape([y.size, x.size]), differences(f, x), 1e-8);
  });

  test("of the identity, a constant, a number", () => {
    const x = tensor([1, 2]);
    expectClose(jacobian((v: Tensor) => v)(x), [
      [1, 0],
      [0, 1],
    ]);
    expectClose(jacobian((_v: Tensor) => tensor([5, 6, 7]))(x), [
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expectClose(jacobian((_v: Tensor) => 5)(x), [0, 0]);
  });

  test("at a number: a number for scalars, a tensor for vectors", () => {
    expect(jacobian((x: Tensor) => power(x, 3))(2)).toBe(12);
    expectClose(jacobian((x: Tensor) => multiply(x, tensor([1, 2, 3], float64)))(2), [1, 2, 3]);
  });

  test("argnums", () => {
    const f = (a: Tensor, b: Tensor): Tensor => multiply(a, b);
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    expectClose(jacobian(f, { argnums: 1 })(a, b), [
      [1, 0],
      [0, 2],
    ]);
    expectClose(jacobian(f, { argnums: -2 })(a, b), [
      [3, 0],
      [0, 4],
    ]);
  });

  test("trees of arguments and results: results outside", () => {
    const jac = jacobian((p: { a: Tensor; b: Tensor[] }) => ({
      sum: add(sum(p.a), p.b[0]!),
      parts: [multiply(p.a, p.b[0]!)],
    }))({ a: tensor([1, 2]), b: [3] }) as unknown;
    expect(plain(jac)).toEqual({
      sum: { a: [1, 1], b: [1] },
      parts: [
        {
          a: [
            [3, 0],
            [0, 3],
          ],
          b: [[1, 2]],
        },
      ],
    });
  });

  test("the same tensor returned twice", () => {
    const f = (x: Tensor): Tensor[] => {
      const y = square(x);
      return [y, y];
    };
    expectClose(jacobian(f)(tensor([1, 2])), [
      [
        [2, 0],
        [0, 4],
      ],
      [
        [2, 0],
        [0, 4],
      ],
    ]);
  });

  test("of empty arguments and results", () => {
    expect(jacobian((x: Tensor) => square(x))(tensor([])).shape).toEqual([0, 0]);
    expect(jacobian((x: Tensor) => sum(x))(tensor([])).shape).toEqual([0]);
    expect(jacobian((x: Tensor) => x.slice([[0, 0]]))(tensor([1, 2])).shape).toEqual([0, 2]);
  });

  test("nests: the derivative of a Jacobian, the Jacobian of a gradient", () => {
    const x = tensor(pattern(1, 3)[0]!, float64);
    const third = jacobian(jacobian(jacobian((v: Tensor) => sum(sin(v)))))(x);
    expect(third.shape).toEqual([3, 3, 3]);
    const want = [...x.data()].map((xi, i) =>
      [0, 1, 2].map((j) => [0, 1, 2].map((k) => (i === j && j === k ? -Math.cos(xi) : 0))),
    );
    expectClose(third, want);
    expectClose(
      grad((v: Tensor) => sum(square(jacobian((u: Tensor) => square(u))(v))))(x),
      multiply(x, 8),
    );
  });

  test("typed arrays are accepted", () => {
    const jac = jacobian((x: Tensor) => square(x))(Float64Array.of(1, 2)) as unknown as Tensor;
    expectClose(jac, [
      [2, 0],
      [0, 4],
    ]);
  });
});

describe("hessian", () => {
  const scalar = (x: Tensor): Tensor => sum(multiply(square(x), sin(x.transpose())));

  test("is the Jacobian of the gradient, and symmetric", () => {
    const x = tensor(pattern(2, 2), float64);
    const h = hessian(scalar)(x);
    expect(h.shape).toEqual([2, 2, 2, 2]);
    const flat = h.reshape([4, 4]);
    expectClose(
      flat,
      differences((v) => grad(scalar)(v), x),
      1e-8,
    );
    expectClose(flat, flat.transpose());
    expectClose(h, jacobian(grad(scalar))(x));
  });

  test("of a quadratic form is A + Aᵀ", () => {
    const a = tensor(pattern(4, 4), float64);
    const f = (x: Tensor): Tensor => matmul(x, matmul(a, x));
    expectClose(hessian(f)(tensor([1, 2, 3, 4], float64)), add(a, a.transpose()));
  });

  test("at a number; of constants and linear functions", () => {
    expect(hessian((x: Tensor) => power(x, 3))(2)).toBe(12);
    expect(hessian((_x: Tensor) => 5)(2)).toBe(0);
    expectClose(hessian((x: Tensor) => sum(x))(tensor([1, 2])), [
      [0, 0],
      [0, 0],
    ]);
  });

  test("of a tree: a tree of trees of blocks", () => {
    const h = hessian((p: { a: Tensor; b: Tensor }) => multiply(sum(square(p.a)), p.b))({
      a: tensor([1, 2]),
      b: tensor(3),
    }) as unknown;
    expect(plain(h)).toEqual({
      a: {
        a: [
          [6, 0],
          [0, 6],
        ],
        b: [2, 4],
      },
      b: { a: [2, 4], b: 0 },
    });
  });

  test("argnums", () => {
    const f = (a: Tensor, b: Tensor): Tensor => sum(multiply(square(a), power(b, 3)));
    const h = hessian(f, { argnums: 1 })(tensor([1, 2]), tensor([1, 2]));
    expectClose(h, [
      [6, 0],
      [0, 48],
    ]);
    expectClose(hessian(f, { argnums: -1 })(2, 3), 72);
  });

  test("of a 4-d weight has 8 axes", () => {
    const w = tensor([[[[1, 2]]]], float64);
    const h = hessian((v: Tensor) => sum(power(v, 3)))(w);
    expect(h.shape).toEqual([1, 1, 1, 2, 1, 1, 1, 2]);
    expectClose(h.reshape([2, 2]), [
      [6, 0],
      [0, 12],
    ]);
  });
});

describe("elementwiseGrad", () => {
  test("the derivative over an interval", () => {
    const x = linspace(-7, 7, 200, float64);
    const want = [...x.data()].map((v) => 1 - Math.tanh(v) ** 2);
    expectClose(elementwiseGrad(tanh)(x), want);
  });

  test("any order", () => {
    let f: (x: Tensor) => Tensor = (x) => sin(multiply(2, x));
    const x = linspace(-1, 1, 7, float64);
    for (let order = 1; order <= 5; order++) {
      f = elementwiseGrad(f) as never;
      const wave = [Math.sin, Math.cos, (v: number) => -Math.sin(v), (v: number) => -Math.cos(v)];
      const want = [...x.data()].map((v) => 2 ** order * wave[order % 4]!(2 * v));
      expectClose(f(x), want);
    }
  });

  test("numbers, typed arrays, matrices, empty tensors", () => {
    expect(elementwiseGrad((x: Tensor) => square(x))(3)).toBe(6);
    const typed = elementwiseGrad((x: Tensor) => square(x))(Float32Array.of(1, 2));
    expect(typed).toEqual(Float32Array.of(2, 4));
    expectClose(elementwiseGrad((x: Tensor) => square(x))(tensor([[1], [2]])), [[2], [4]]);
    expect(elementwiseGrad((x: Tensor) => square(x))(tensor([])).shape).toEqual([0]);
  });

  test("argnums", () => {
    const f = (a: Tensor, b: Tensor): Tensor => multiply(square(a), b);
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    expectClose(elementwiseGrad(f)(a, b), [6, 16]);
    expectClose(elementwiseGrad(f, { argnums: 1 })(a, b), [1, 4]);
    expectClose(elementwiseGrad(f, { argnums: -1 })(a, b), [1, 4]);
  });
});
