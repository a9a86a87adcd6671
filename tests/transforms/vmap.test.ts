// vmap: a function of one example, called once for many.

import { add, arange, concatenate, cos, exp, grad, greater, jacobian, jvp, max } from "tapegrad";
import {
  matmul,
  mean,
  multiply,
  ones,
  prod,
  sin,
  square,
  stack,
  subtract,
  sum,
  tensor,
} from "tapegrad";
import { vmap, where, zeros, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
const batch = tensor(
  [0, 1, 2].map((k) => pattern(2, 4, k)),
  float64,
); // [3, 2, 4]

/** f on every slice along the first axis, stacked. */
function loop(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return stack(Array.from({ length: x.shape[0]! }, (_, i) => f(x.slice([i]))));
}

const bias = tensor(pattern(2, 4, 9), float64);
const square4 = tensor(pattern(4, 4, 3), float64);
const functions: Record<string, (x: Tensor) => Tensor> = {
  identity: (x) => x,
  constant: () => bias,
  elementwise: (x) => multiply(sin(x), exp(x)),
  "with a captured tensor": (x) => add(multiply(x, bias), 1),
  "broadcast inside": (x) => add(x, sum(x, 0)),
  "broadcast to more axes": (x) => multiply(x, tensor([[[1]], [[2]], [[3]]], float64)),
  "sum over all": (x) => sum(x),
  "sum over the last axis": (x) => sum(x, -1),
  "mean keepdims": (x) => subtract(x, mean(x, 1, { keepdims: true })),
  "max and prod": (x) => add(max(x, 0), prod(x, 0)),
  "matrix product with itself": (x) => matmul(x.transpose(), x),
  "matrix product with a captured one": (x) => matmul(x, square4),
  "matrix from the left": (x) => matmul(square4, x.transpose()),
  "matrix times vector": (x) => matmul(x, x.slice([0])),
  "vector times vector": (x) => matmul(x.slice([0]), x.slice([1])),
  reshape: (x) => x.reshape([4, 2]),
  "reshape -1": (x) => x.reshape([-1]),
  transpose: (x) => x.transpose(),
  "slice with steps": (x) => x.slice([null, [null, null, -2]]),
  index: (x) => x.slice([1, -1]),
  "expand and squeeze": (x) => x.expandDims([0, 3]).squeeze(0),
  broadcastTo: (x) => x.slice([0]).broadcastTo([3, 4]),
  concatenate: (x) => concatenate([x, bias, multiply(x, 2)], 1),
  stack: (x) => stack([bias, x], 1),
  where: (x) => where(greater(x, 0), x, bias),
  astype: (x) => x.astype("float32").astype("float64"),
};

describe("equals a loop", () => {
  test.each(Object.keys(functions))("%s", (name) => {
    const f = functions[name]!;
    expectClose(vmap(f)(batch), loop(f, batch));
  });

  test.each(Object.keys(functions))("per-example gradients of %s", (name) => {
    const f = functions[name]!;
    const loss = (x: Tensor): Tensor => sum(square(cos(f(x))));
    expectClose(vmap(grad(loss))(batch), loop(grad(loss), batch), 1e-7);
  });

  test.each(Object.keys(functions))("the gradient of a mapped function, %s", (name) => {
    const f = functions[name]!;
    const looped = (x: Tensor): Tensor => sum(square(cos(loop(f, x))));
    const mapped = (x: Tensor): Tensor => sum(square(cos(vmap(f)(x))));
    expectClose(grad(mapped)(batch), grad(looped)(batch), 1e-7);
  });

  test.each(Object.keys(functions))("the tangent of a mapped function, %s", (name) => {
    const f = functions[name]!;
    const along = cos(batch);
    const [y, dy] = jvp((x: Tensor) => vmap(f)(x), [batch], [along]);
    const [want, slope] = jvp((x: Tensor) => loop(f, x), [batch], [along]);
    expectClose([y, dy], [want, slope], 1e-7);
  });

  test("per-example gradients of parameters", () => {
    const [w, xs] = [tensor(pattern(4, 2), float64), tensor(pattern(5, 4, 1), float64)];
    const ys = tensor(pattern(5, 2, 2), float64);
    const loss = (u: Tensor, x: Tensor, y: Tensor): Tensor =>
      sum(square(subtract(matmul(x, u), y)));
    const each = vmap(grad(loss), { inAxes: [null, 0, 0] })(w, xs, ys);
    expect(each.shape).toEqual([5, 4, 2]);
    const looped = stack([0, 1, 2, 3, 4].map((i) => grad(loss)(w, xs.slice([i]), ys.slice([i]))));
    expectClose(each, looped);
  });
});

describe("axes", () => {
  const sums = (x: Tensor): Tensor => sum(x);

  test("inAxes: any axis, also negative ones", () => {
    expectClose(vmap(sums, { inAxes: 1 })(batch), sum(batch, [0, 2]));
    expectClose(vmap(sums, { inAxes: -1 })(batch), sum(batch, [0, 1]));
    expectClose(vmap((x: Tensor) => x, { inAxes: 2 })(batch), batch.transpose([2, 0, 1]));
  });

  test("inAxes per argument; null is the same for all", () => {
    const f = (a: Tensor, b: Tensor): Tensor => multiply(sum(a), b);
    const [a, b] = [tensor(pattern(2, 3), float64), tensor([1, 2, 3], float64)];
    expectClose(vmap(f, { inAxes: [1, 0] })(a, b), multiply(sum(a, 0), b));
    expectClose(vmap(f, { inAxes: [null, 0] })(a, b), multiply(sum(a), b));
    expectClose(vmap(f, { inAxes: [0, null] })(a, b), multiply(sum(a, 1).expandDims(1), b));
  });

  test("inAxes of a tree: one for all leaves, or a tree", () => {
    type P = { w: Tensor; list: Tensor[] };
    const f = (p: P): Tensor => add(sum(p.w), sum(p.list[0]!));
    const p = {
      w: tensor([
        [1, 2],
        [3, 4],
      ]),
      list: [
        tensor([
          [10, 20],
          [30, 40],
        ]),
      ],
    };
    expectClose(vmap(f)(p), [33, 77]);
    expectClose(vmap(f, { inAxes: 1 })(p), [44, 66]);
    expectClose(vmap(f, { inAxes: [{ w: 0, list: [1] }] })(p), [43, 67]);
    expectClose(vmap(f, { inAxes: [{ w: null, list: [1] }] })(p), [50, 70]);
    expectClose(vmap(f, { inAxes: [{ w: null, list: 1 }] })(p), [50, 70]);
  });

  test("outAxes", () => {
    const f = (x: Tensor): Tensor => square(x);
    expect(vmap(f, { outAxes: 1 })(batch).shape).toEqual([2, 3, 4]);
    expectClose(vmap(f, { outAxes: 1 })(batch), square(batch).transpose([1, 0, 2]));
    expectClose(vmap(f, { outAxes: -1 })(batch), square(batch).transpose([1, 2, 0]));
    expectClose(vmap(f, { inAxes: 2, outAxes: 2 })(batch), square(batch));
  });

  test("numbers among mapped arguments are the same for all", () => {
    expectClose(vmap((x: Tensor, k: Tensor) => multiply(x, k))(tensor([1, 2]), 3), [3, 6]);
  });

  test("typed arrays are mapped along their only axis", () => {
    const y = vmap((x: Tensor) => multiply(x, 2))(Float64Array.of(1, 2) as never);
    expectClose(y, [2, 4]);
  });
});

describe("inside", () => {
  test("shape, ndim and size are those of one example", () => {
    vmap((x: Tensor) => {
      expect([x.shape, x.ndim, x.size, x.dtype]).toEqual([[2, 4], 2, 8, "float64"]);
      return x;
    })(batch);
  });

  test("fresh tensors are the same for all examples", () => {
    expectClose(vmap((x: Tensor) => add(sum(x), arange(3)))(ones([2, 2])), [
      [2, 3, 4],
      [2, 3, 4],
    ]);
  });

  test("trees of results; constants and numbers among them", () => {
    const out = vmap((x: Tensor) => ({ y: x, list: [sum(x), tensor(7)], n: 5, s: "text" }))(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    ) as unknown;
    expectClose(out, {
      y: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      list: [
        [3, 7, 11],
        [7, 7, 7],
      ],
      n: [5, 5, 5],
      s: "text",
    });
  });

  test("the same tensor returned twice", () => {
    const out = vmap((x: Tensor) => {
      const y = square(x);
      return [y, y, x];
    })(tensor([1, 2]));
    expectClose(out, [
      [1, 4],
      [1, 4],
      [1, 2],
    ]);
  });

  test("mapped tensors kept from inside are ordinary ones with the axis in front", () => {
    let kept: Tensor | undefined;
    vmap((x: Tensor) => (kept = sum(x, 1)))(batch);
    expectClose(kept, sum(batch, 2));
    expectClose(add(kept!, 1), add(sum(batch, 2), 1));
    expectClose(
      grad((x: Tensor) => sum(multiply(x, kept!)))(ones([2], float64)),
      sum(sum(batch, 2), 0),
    );
  });

  test("integers and bools are mapped too", () => {
    const x = tensor([1, 2, 3], { dtype: "int32" });
    const y = vmap((v: Tensor) => add(v, 1))(x);
    expect(y.dtype).toBe("int32");
    expectClose(y, [2, 3, 4]);
    expectClose(vmap((v: Tensor) => greater(v, 1))(x), [false, true, true]);
  });
});

describe("nesting", () => {
  test("two levels, every pair of axes", () => {
    for (const first of [0, 1, 2, -1, -2]) {
      for (const second of [0, 1, -1]) {
        const inner = vmap((x: Tensor) => square(x), { inAxes: second, outAxes: second });
        const both = vmap(inner, { inAxes: first, outAxes: first });
        expectClose(both(batch), square(batch));
        const sums = vmap(
          vmap((x: Tensor) => sum(x), { inAxes: second }),
          { inAxes: first },
        );
        const shape = [3, 2, 4];
        const outer = shape.splice(first, 1)[0]!;
        expect(sums(batch).shape).toEqual([outer, shape.at(second)]);
      }
    }
  });

  test("an outer product from two levels, either way round, also of equal sizes", () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([10, 20, 30])];
    const f = (x: Tensor, y: Tensor): Tensor => subtract(multiply(x, 2), y);
    const rows = vmap(vmap(f, { inAxes: [null, 0] }), { inAxes: [0, null] });
    const columns = vmap(vmap(f, { inAxes: [0, null] }), { inAxes: [null, 0] });
    const want = subtract(multiply(a, 2).expandDims(1), b);
    expectClose(rows(a, b), want);
    expectClose(columns(a, b), want.transpose());
  });

  test("an inner level over a captured outer value", () => {
    const inner = tensor([10, 20], float64);
    const f = vmap((x: Tensor) => vmap((y: Tensor) => multiply(x, y))(inner));
    expectClose(f(tensor([1, 2, 3], float64)), [
      [10, 20],
      [20, 40],
      [30, 60],
    ]);
  });

  test("five levels", () => {
    const x = arange(32).reshape([2, 2, 2, 2, 2]).astype("float64");
    let f: (v: Tensor) => Tensor = (v) => square(v);
    for (let level = 0; level < 5; level++) f = vmap(f, { inAxes: level % 2 ? -1 : 0 });
    expect(f(x).size).toBe(32);
    expectClose(sum(f(x)), sum(square(x)));
  });
});

describe("sizes", () => {
  test("one example", () => {
    expectClose(vmap(grad((x: Tensor) => sum(square(x))))(tensor([[1, 2]])), [[2, 4]]);
  });

  test("no example", () => {
    const none = zeros([0, 3], float64);
    expect(vmap((x: Tensor) => multiply(x, 2))(none).shape).toEqual([0, 3]);
    expect(vmap((x: Tensor) => sum(x))(none).shape).toEqual([0]);
    expect(vmap((x: Tensor) => matmul(x, zeros([3, 4], float64)))(none).shape).toEqual([0, 4]);
    expect(vmap(grad((x: Tensor) => sum(square(x))))(none).shape).toEqual([0, 3]);
    expect(vmap(jacobian((x: Tensor) => sin(x)))(none).shape).toEqual([0, 3, 3]);
    expect(grad((x: Tensor) => sum(vmap((v: Tensor) => sum(v))(x)))(none).shape).toEqual([0, 3]);
    expect(vmap(vmap((x: Tensor) => exp(x)))(zeros([2, 0])).shape).toEqual([2, 0]);
    expect(vmap((x: Tensor) => max(x))(none).shape).toEqual([0]);
  });

  test("examples without elements", () => {
    expectClose(vmap((x: Tensor) => sum(x))(zeros([3, 0])), [0, 0, 0]);
    expectClose(vmap(grad((x: Tensor) => sum(square(x))))(zeros([3, 0])), [[], [], []]);
  });
});

describe("where the mapped axis stands", () => {
  const x = tensor(
    [0, 1, 2].map((k) => pattern(2, 4, k)),
    float64,
  );

  test("inAxes count from the end", () => {
    const f = (row: Tensor): Tensor => sum(square(row));
    expectClose(vmap(f, { inAxes: -1 })(x), sum(square(x), [0, 1]));
    expectClose(vmap(f, { inAxes: [-2] })(x), sum(square(x), [0, 2]));
  });

  test("outAxes: negative, null, trees", () => {
    const f = (m: Tensor): { a: Tensor; b: [Tensor, Tensor] } => ({
      a: sin(m),
      b: [sum(m), bias],
    });
    const at = vmap(f, { outAxes: -1 })(x);
    expect([at.a.shape, at.b[0].shape, at.b[1].shape]).toEqual([[2, 4, 3], [3], [2, 4, 3]]);
    expectClose(at.a, sin(x).transpose([1, 2, 0]));
    const mixed = vmap(f, { outAxes: { a: 1, b: [0, null] } })(x);
    expectClose(mixed.a, sin(x).transpose([1, 0, 2]));
    expectClose(mixed.b[0], sum(x, [1, 2]));
    expectClose(mixed.b[1], bias);
    expectClose(vmap(f, { outAxes: { a: -2, b: 0 } })(x).b[1].shape, [3, 2, 4]);
  });

  test("null wants a result that is the same for all", () => {
    expect(() => vmap((m: Tensor) => m, { outAxes: null })(x)).toThrow(
      "vmap: outAxes is null for a result that depends on the mapped axis",
    );
    expect(() => vmap((m: Tensor) => m, { outAxes: [0] })(x)).toThrow(
      "vmap: outAxes has a value of class Array for the leaf the result",
    );
    expect(() => vmap((m: Tensor) => m, { outAxes: 3 })(x)).toThrow(/vmap: /);
    expect(vmap((_: Tensor) => 3, { outAxes: null })(x)).toSatisfy((y: Tensor) => y.item() === 3);
    // Of two levels, one maps it.
    const outer = vmap((m: Tensor) => vmap((_: Tensor) => sum(m), { outAxes: null })(m))(x);
    expectClose(outer, sum(x, [1, 2]));
  });

  test("derivatives go through all of it", () => {
    const w = tensor(pattern(2, 4, 5), float64);
    const f = (v: Tensor): Tensor =>
      sum(multiply(vmap((m: Tensor) => sin(m), { inAxes: -1, outAxes: -1 })(v), w));
    expectClose(grad(f)(bias), multiply(cos(bias), w));
  });
});
