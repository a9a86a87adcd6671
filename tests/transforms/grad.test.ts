// grad and valueAndGrad: which arguments, which containers, what comes back.

import { add, divide, exp, grad, multiply, square, subtract, sum, tensor } from "tapegrad";
import { matmul, isTensor, sin, valueAndGrad, where, greater, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, plain } from "./close.js";

const tanh = (x: Tensor): Tensor => {
  const t = exp(multiply(-2, x));
  return divide(subtract(1, t), add(1, t));
};
const product = (a: Tensor, b: Tensor): Tensor => multiply(a, square(b));

describe("numbers", () => {
  test("a number in, a number out, in float64", () => {
    expect(grad(tanh)(1.0)).toBe(0.419974341614026);
    expect(typeof grad(tanh)(1)).toBe("number");
    expect(grad((x) => multiply(x, x))(1e200)).toBe(2e200);
  });

  test("the function gets a 0-d float64 tensor", () => {
    grad((x: Tensor) => {
      expect(isTensor(x)).toBe(true);
      expect([x.dtype, x.shape]).toEqual(["float64", []]);
      return x;
    })(2);
  });

  test("value and gradient are numbers", () => {
    expect(valueAndGrad((x) => multiply(x, x))(3)).toEqual([9, 6]);
  });

  test("beside a tensor, the number's gradient is a number and the value a tensor", () => {
    const x = tensor([1, 2], { dtype: "float64" });
    const [value, [da, dx]] = valueAndGrad((a: Tensor, v: Tensor) => sum(multiply(a, square(v))), {
      argnums: [0, 1],
    })(3, x);
    expectClose(value, 15);
    expect(da).toBe(5);
    expectClose(dx, [6, 12]);
  });

  test("special numbers pass", () => {
    expect(grad((x) => multiply(x, 2))(NaN)).toBe(2);
    expect(grad((x) => multiply(x, x))(Infinity)).toBe(Infinity);
    expect(grad((x) => square(x))(5e-324)).toBe(1e-323);
  });
});

describe("argnums", () => {
  test("one", () => {
    expect(grad(product)(2, 3)).toBe(9);
    expect(grad(product, { argnums: 0 })(2, 3)).toBe(9);
    expect(grad(product, { argnums: 1 })(2, 3)).toBe(12);
  });

  test("a negative one counts from the end", () => {
    expect(grad(product, { argnums: -1 })(2, 3)).toBe(12);
    expect(grad(product, { argnums: -2 })(2, 3)).toBe(9);
    expect(grad(product, { argnums: [-1, -2] })(2, 3)).toEqual([12, 9]);
  });

  test("several, in the order in which they are named", () => {
    expect(grad(product, { argnums: [0] })(2, 3)).toEqual([9]);
    expect(grad(product, { argnums: [0, 1] })(2, 3)).toEqual([9, 12]);
    expect(grad(product, { argnums: [1, 0] })(2, 3)).toEqual([12, 9]);
    const trees = grad((a: { u: Tensor }, b: [Tensor, Tensor]) => multiply(a.u, product(...b)), {
      argnums: [1, 0],
    })({ u: 5 }, [2, 3]);
    expect(trees).toEqual([[45, 60], { u: 18 }]);
  });

  test("the same one twice", () => {
    expect(grad(product, { argnums: [0, 0] })(2, 3)).toEqual([9, 9]);
    expect(grad(product, { argnums: [1, -1] })(2, 3)).toEqual([12, 12]);
  });

  test("none", () => {
    expect(grad(product, { argnums: [] })(2, 3)).toEqual([]);
    expectClose(valueAndGrad(product, { argnums: [] })(2, 3), [18, []]);
  });

  test("others reach the function as they are", () => {
    const seen: unknown[] = [];
    const f = (x: Tensor, ...rest: unknown[]): Tensor => {
      seen.push(...rest);
      return square(x);
    };
    const list = [1, 2];
    grad(f)(1, list, "text", null, 7, undefined);
    expect(seen).toEqual([list, "text", null, 7, undefined]);
    expect(seen[0]).toBe(list);
  });

  test("the same tensor as two arguments has two gradients", () => {
    const x = tensor([1, 2]);
    const [da, db] = grad((a: Tensor, b: Tensor) => sum(multiply(a, square(b))), {
      argnums: [0, 1],
    })(x, x);
    expectClose(
      [da, db],
      [
        [1, 4],
        [2, 8],
      ],
    );
    expectClose(grad((a: Tensor, b: Tensor) => sum(multiply(a, square(b))))(x, x), [1, 4]);
  });
});

describe("hasAux", () => {
  test("aux passes through, whatever it is", () => {
    const note = { step: 3, list: ["a"] };
    const [g, aux] = grad((x) => [square(x), note], { hasAux: true })(3);
    expect(g).toBe(6);
    expect(aux).toBe(note);
    for (const other of [undefined, null, "text", 7]) {
      expect(grad((x) => [square(x), other], { hasAux: true })(3)).toEqual([6, other]);
    }
  });

  test("tensors in aux keep their values afterwards", () => {
    const x = tensor([1, 2], { dtype: "float64" });
    const f = (v: Tensor): [Tensor, { y: Tensor; v: Tensor }] => {
      const y = exp(v);
      return [sum(y), { y, v }];
    };
    const [[value, aux], g] = valueAndGrad(f, { hasAux: true })(x);
    expectClose(value, Math.E + Math.E ** 2);
    expectClose(aux.y, [Math.E, Math.E ** 2]);
    expectClose(aux.v, [1, 2]);
    expectClose(g, [Math.E, Math.E ** 2]);
    expectClose(add(aux.y, aux.v), [Math.E + 1, Math.E ** 2 + 2]);
  });

  test("with several argnums, and nested", () => {
    const f = (a: Tensor, b: Tensor): [Tensor, string] => [product(a, b), "aux"];
    const g = grad(f, { argnums: [0, 1], hasAux: true });
    expect(g(2, 3)).toEqual([[9, 12], "aux"]);
    const second = grad(
      (b: Tensor) => grad(f, { argnums: 1, hasAux: true })(2 as unknown as Tensor, b)[0] as Tensor,
    );
    expect(second(3)).toBe(4);
  });

  test("the value may also be aux", () => {
    const [[value, aux], g] = valueAndGrad(
      (x: Tensor): [Tensor, Tensor] => {
        const y = square(x);
        return [y, y];
      },
      { hasAux: true },
    )(tensor(3));
    expectClose([value, aux, g], [9, 9, 6]);
  });
});

describe("trees", () => {
  const x = [1, 2];

  test("objects, arrays and their nesting come back in their form", () => {
    const params = {
      layers: [
        { w: tensor([[1, 2]]), b: tensor([0.5]) },
        { w: tensor([[3], [4]]), b: tensor(1) },
      ],
      scale: 2,
    };
    const g = grad((p: typeof params) =>
      multiply(
        p.scale as unknown as Tensor,
        sum(add(matmul(p.layers[1]!.w, add(p.layers[0]!.w, p.layers[0]!.b)), p.layers[1]!.b)),
      ),
    )(params);
    expect(plain(g)).toEqual({
      layers: [
        { w: [[14, 14]], b: [28] },
        { w: [[8], [8]], b: 8 },
      ],
      scale: (3 + 4) * (1.5 + 2.5) + 4,
    });
  });

  test("typed arrays come back as typed arrays of their kind", () => {
    const f = (v: Tensor): Tensor => sum(square(v));
    const single = grad(f)(Float32Array.from(x));
    expect(single).toBeInstanceOf(Float32Array);
    expect([...single]).toEqual([2, 4]);
    const double = grad((t: { v: Tensor }) => f(t.v))({ v: Float64Array.from(x) });
    expect(double.v).toBeInstanceOf(Float64Array);
    expect([...double.v]).toEqual([2, 4]);
  });

  test("arrays are containers of numbers, not tensors", () => {
    const g = grad((list: Tensor[]) => multiply(list[0]!, sin(list[1]!)))([2, 0]);
    expect(g).toEqual([0, 2]);
  });

  test("strings, functions, booleans, null, class instances pass as they are", () => {
    const when = new Date(0);
    const constants = { name: "w", on: true, none: null, nothing: undefined, twice: add, when };
    const g = grad((p: { v: Tensor } & typeof constants) => {
      expect(p.when).toBe(when);
      expect(p.on).toBe(true);
      return p.twice(p.v, p.v);
    })({ v: 3, ...constants });
    expect(g).toEqual({ v: 2, ...constants });
  });

  test("empty trees", () => {
    expect(grad((_p: Tensor[]) => tensor(1))([])).toEqual([]);
    expect(grad((_p: object) => tensor(1))({})).toEqual({});
  });

  test("a leaf that is not used has a zero gradient of its shape", () => {
    const g = grad((p: { a: Tensor; b: Tensor; c: Tensor }) => sum(p.a))({
      a: tensor([1, 2]),
      b: tensor([[1, 2, 3]], { dtype: "float64" }),
      c: 5,
    });
    expect(plain(g)).toEqual({ a: [1, 1], b: [[0, 0, 0]], c: 0 });
    expect((g.b as Tensor).dtype).toBe("float64");
  });

  test("one tensor at two places of a tree", () => {
    const w = tensor([1, 2]);
    const g = grad((p: { a: Tensor; b: Tensor }) => sum(multiply(p.a, square(p.b))))({
      a: w,
      b: w,
    });
    expectClose(g, { a: [1, 4], b: [2, 8] });
  });

  test("the caller's tree is not touched", () => {
    const tree = Object.freeze({ a: tensor(2), list: Object.freeze([tensor(3)]) });
    const g = grad((p: typeof tree) => multiply(p.a, p.list[0]!))(tree);
    expectClose(g, { a: 3, list: [2] });
    expectClose(tree, { a: 2, list: [3] });
  });
});

describe("what the function returns", () => {
  test("its argument", () => {
    expect(grad((x) => x)(2)).toBe(1);
    expectClose(valueAndGrad((x: Tensor) => x)(tensor(2)), [2, 1]);
  });

  test("a constant tensor, which stays the user's", () => {
    const c = tensor(5, { dtype: "float64" });
    expect(valueAndGrad((_x: Tensor) => c)(1)).toEqual([5, 0]);
    expect(c.item()).toBe(5);
  });

  test("a plain number or boolean", () => {
    expect(grad((_x: Tensor) => 7)(1)).toBe(0);
    expect(valueAndGrad((_x: Tensor) => 7)(1)).toEqual([7, 0]);
    expectClose(grad((_x: Tensor) => 7)(tensor([1, 2])), [0, 0]);
    expect(grad((_x: Tensor) => true)(1)).toBe(0);
  });

  test("a tensor that it also keeps", () => {
    let kept: Tensor | undefined;
    expect(valueAndGrad((x: Tensor) => (kept = square(x)))(3)).toEqual([9, 6]);
    expect(kept!.item()).toBe(9);
    expectClose(add(kept!, 1), 10);
  });

  test("a number computed from its argument is a constant", () => {
    expect(grad((x: Tensor) => x.item() ** 2)(3)).toBe(0);
  });

  test("an integer or a comparison on the way stops the derivative, silently", () => {
    const f = (x: Tensor): Tensor => sum(where(greater(x, 0), square(x), multiply(x, 3)));
    expectClose(grad(f)(tensor([-1, 2])), [3, 4]);
  });
});

test("the dtype of the gradient is that of the argument", () => {
  const [x, y] = [tensor([1, 2]), tensor([1, 2], { dtype: "float64" })];
  const [dx, dy] = grad((a: Tensor, b: Tensor) => sum(multiply(a, b)), { argnums: [0, 1] })(x, y);
  expect([dx.dtype, dy.dtype]).toEqual(["float32", "float64"]);
});

test("the gradient of a broadcast operand has the operand's shape", () => {
  const a = tensor([[1], [2]]);
  const b = tensor([1, 2, 3]);
  const g = grad((u: Tensor, v: Tensor) => sum(multiply(u, v)), { argnums: [0, 1] })(a, b);
  expectClose(g, [
    [[6], [6]],
    [3, 3, 3],
  ]);
});

test("tensors made in the call are usable after it, as plain values", () => {
  const x = tensor([1, 2], { dtype: "float64" });
  let inner: Tensor | undefined;
  grad((v: Tensor) => sum((inner = exp(v))))(x);
  expectClose(inner, [Math.E, Math.E ** 2]);
  expectClose(grad((v: Tensor) => sum(multiply(v, inner!)))(x), [Math.E, Math.E ** 2]);
  expectClose(grad((v: Tensor) => sum(square(v)))(inner!), [2 * Math.E, 2 * Math.E ** 2]);
});
