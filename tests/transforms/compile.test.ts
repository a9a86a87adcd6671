// compile(): results of replayed functions have the bits of the function's own.

import {
  abs,
  add,
  arange,
  compile,
  concatenate,
  cos,
  divide,
  equal,
  exp,
  floor,
  grad,
  greater,
  hessian,
  jacobian,
  jvp,
  log,
  logsumexp,
  matmul,
  max,
  maximum,
  mean,
  multiply,
  ones,
  power,
  sin,
  stack,
  stopGradient,
  subtract,
  sum,
  tanh,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  where,
  zeros,
  type Tensor,
} from "tapegrad";
import { square } from "tapegrad";
import { describe, expect, test } from "vitest";
import { pattern } from "./close.js";
import { expectSame, times } from "./recorded.js";

const f64 = (data: number[] | number[][]): Tensor => tensor(data, { dtype: "float64" });
const f32 = (rows: number, columns: number, phase = 0): Tensor =>
  tensor(pattern(rows, columns, phase));
const formula = (x: Tensor): Tensor => {
  const y = exp(multiply(x, -2));
  return divide(subtract(1, y), add(1, y));
};

describe("formulas of numbers", () => {
  const points = [0.5, -1, 0, -0, 3, 1e300, NaN, Infinity].map((x) => () => [x]);
  const functions: Record<string, (x: never) => unknown> = {
    value: formula,
    "value and gradient": valueAndGrad(formula),
    "third derivative": grad(grad(grad(formula))),
    "with aux": valueAndGrad((x: Tensor) => [sin(x), [cos(x), "text"]], { hasAux: true }),
    jvp: (x: Tensor) => jvp(sin, [x], [1]),
    vjp: (x: Tensor) => vjp(sin, x)[1](ones([])),
    constant: grad(() => 3),
    "a power": grad((x: Tensor) => power(x, 3)),
    branches: grad((x: Tensor) => where(greater(x, 0), multiply(x, x), sin(x))),
    steps: (x: Tensor) => add(floor(x), abs(x)),
  };
  for (const [name, f] of Object.entries(functions)) {
    test(name, () => {
      expect(expectSame(() => ({ f }), points)).toBe(1);
    });
  }

  test("numbers come back as numbers, tensors as tensors", () => {
    const both = compile(valueAndGrad(formula));
    for (let i = 0; i < 3; i++) {
      const [y, slope] = both(0.5) as unknown as [number, number];
      expect([typeof y, typeof slope]).toEqual(["number", "number"]);
    }
    const once = compile((x: number) => multiply(x, 2));
    for (let i = 0; i < 3; i++) expect(once(4).item()).toBe(8);
  });

  test("typed arrays come back as typed arrays", () => {
    const f = grad((x: Tensor) => sum(multiply(x, sin(x))));
    expectSame(
      () => ({ f }),
      [new Float32Array([1, 2, 3]), new Float32Array([4, 5, 6]), new Float64Array([7])].map(
        (x) => () => [x],
      ),
    );
  });

  test("a number keeps to the dtype of its partner", () => {
    const x = f32(3, 2);
    expectSame(() => ({ f: (a: number) => multiply(x, a) }), [() => [0.1], () => [0.3]]);
  });
});

describe("tensors", () => {
  const network = (p: { w: Tensor; b: Tensor }, x: Tensor): Tensor =>
    mean(square(tanh(add(matmul(x, p.w), p.b))));
  const parameters = () => ({ w: f32(4, 3, 1), b: f32(1, 3, 2).reshape([3]) });

  test("gradients of a network, with containers", () => {
    const f = valueAndGrad(network);
    expect(
      expectSame(
        () => ({ f }),
        times(3, () => [parameters(), f32(5, 4)]),
      ),
    ).toBe(1);
  });

  test("each shape and each dtype has a program of its own", () => {
    const f = valueAndGrad((x: Tensor) => sum(multiply(sin(x), x)));
    const calls = [f32(2, 3), f32(3, 2), f64([[1, 2, 3]]), f32(2, 3, 5), f32(3, 2, 7), f64([])];
    expect(
      expectSame(
        () => ({ f }),
        calls.map((x) => () => [x]),
      ),
    ).toBe(4);
  });

  test("large elementwise stretches, forward and backward", () => {
    const f = valueAndGrad(
      (x: Tensor, y: Tensor) => {
        const z = divide(subtract(multiply(x, y), sin(y)), add(exp(x), 1));
        return sum(multiply(z, max(z, 1, { keepdims: true })));
      },
      { argnums: [0, 1] },
    );
    expectSame(
      () => ({ f }),
      times(3, () => [f32(70, 90), f32(70, 90, 3)]),
    );
    const wide = () => tensor(Float64Array.from({ length: 5000 }, (_, i) => Math.sin(i)));
    const g = grad((x: Tensor) => sum(log(add(square(multiply(x, 3)), 1))));
    expectSame(
      () => ({ f: g }),
      times(3, () => [wide()]),
    );
  });

  test("views of all kinds", () => {
    const f = grad((x: Tensor) => {
      const turned = x.transpose().slice([[1, null, 2]]);
      const flipped = x.slice([[null, null, -1], 1]);
      const spread = x.slice([0]).expandDims(0).broadcastTo([4, 3]).reshape([3, 4]);
      return add(
        sum(matmul(turned, turned.transpose())),
        add(sum(multiply(flipped, flipped)), sum(sin(spread))),
      );
    });
    expectSame(
      () => ({ f }),
      times(3, () => [f32(4, 3)]),
    );
    expectSame(
      () => ({ f }),
      times(3, () => [
        f32(60, 50)
          .slice([
            [0, 9],
            [0, 3],
          ])
          .slice([[0, 4]]),
      ]),
    );
    const small = (x: Tensor) => [
      x.slice([[2, 5], 3]),
      x.transpose().slice([1, 2]),
      x.reshape([-1]),
    ];
    expectSame(
      () => ({ f: small }),
      times(3, () => [f32(6, 7)]),
    );
  });

  test("arguments that do not lie in order", () => {
    const f = (x: Tensor) => [matmul(x, x.transpose()), sum(x, 0), x];
    expectSame(
      () => ({ f }),
      [
        () => [f32(5, 4).transpose()],
        () => [f32(8, 5).slice([[null, null, 2]])],
        () => [zeros([1, 5]).broadcastTo([4, 5])],
        () => [f32(4, 5)],
      ],
    );
  });

  test("joins, sums, several uses of one value", () => {
    const f = grad((x: Tensor) => {
      const joined = concatenate([x, sin(x), x], 0);
      const piled = stack([x, multiply(x, 2), cos(x)], 1);
      return add(sum(square(joined)), mean(max(piled, 1)));
    });
    expectSame(
      () => ({ f }),
      times(3, () => [f32(3, 4)]),
    );
  });

  test("integers and bools in between", () => {
    const f = valueAndGrad((x: Tensor) => {
      const best = equal(x, max(x, 1, { keepdims: true }));
      const place = sum(multiply(best.astype("int32"), arange(0, 4, 1, { dtype: "int32" })), 1);
      const picked = where(best, x, 0);
      return sum(multiply(picked, place.astype("float32").expandDims(1)));
    });
    expectSame(() => ({ f }), [() => [f32(3, 4)], () => [f32(3, 4, 2)], () => [f32(3, 4, 4)]]);
    const whole = (i: Tensor, b: Tensor) => [add(i, 1), where(b, i, 0), b, multiply(i, b)];
    expectSame(
      () => ({ f: whole }),
      [
        () => [tensor([1, 2], { dtype: "int32" }), tensor([true, false])],
        () => [tensor([7, 8], { dtype: "int32" }), tensor([false, true])],
      ],
    );
  });

  test("empty tensors", () => {
    const f = valueAndGrad((x: Tensor) => sum(multiply(x, sin(x))));
    expectSame(
      () => ({ f }),
      times(2, () => [zeros([0, 3])]),
    );
    const parts = (x: Tensor) => [x.slice([[0, 0]]), concatenate([x, x.slice([[0, 0]])], 0)];
    expectSame(
      () => ({ f: parts }),
      times(2, () => [f32(2, 2)]),
    );
  });

  test("ranks beyond four", () => {
    const f = grad((x: Tensor) => sum(square(x.transpose([4, 3, 2, 1, 0]).sum([0, 2]))));
    expectSame(
      () => ({ f }),
      times(2, () => [f32(6, 8).reshape([2, 3, 2, 2, 2])]),
    );
  });

  test("the same tensor twice, an argument and a constant as results", () => {
    const c = f32(2, 2, 9);
    const f = (x: Tensor, y: Tensor) => ({ x, y, c, product: multiply(x, y), again: x, five: 5 });
    const x = f32(2, 2);
    expectSame(
      () => ({ f }),
      times(3, () => [x, x]),
    );
    expect(compile(f)(x, x).c).toBe(c);
  });

  test("results are nobody else's", () => {
    const f = compile((x: Tensor) => [multiply(x, 2), x]);
    const x = f32(40, 40);
    const first = f(x);
    const kept = f(x);
    const before = kept.map((y) => y.toArray());
    f(f32(40, 40, 5));
    expect(kept.map((y) => y.toArray())).toEqual(before);
    expect(first.map((y) => y.toArray())).toEqual(before);
  });

  test("a loop unrolled, and its gradients", () => {
    const xs = Array.from({ length: 20 }, (_, t) => f32(2, 3, t));
    const f = valueAndGrad(
      (w: Tensor, u: Tensor) => {
        let h = zeros([2, 5]);
        for (const x of xs) h = tanh(add(matmul(h, w), matmul(x, u)));
        return mean(square(h));
      },
      { argnums: [0, 1] },
    );
    expectSame(
      () => ({ f }),
      times(3, () => [f32(5, 5), f32(3, 5)]),
    );
  });
});

describe("transforms inside", () => {
  const g = (x: Tensor): Tensor => sum(multiply(sin(x), square(x)));
  const functions: Record<string, (x: Tensor) => unknown> = {
    "grad of grad": grad((x: Tensor) => sum(grad(g)(x))),
    hessian: hessian(g),
    jacobian: jacobian((x: Tensor) => multiply(x, sum(x))),
    vmap: vmap((x: Tensor) => multiply(x, sin(x))),
    "gradients per example": vmap(grad((x: Tensor) => multiply(x, sin(x)))),
    "jvp of grad": (x: Tensor) => jvp(grad(g), [x], [multiply(x, 2)]),
    "vjp, pulled back twice": (x: Tensor) => {
      const [y, pullback] = vjp((x: Tensor) => multiply(x, sin(x)), x);
      return [y, pullback(y), pullback(x)];
    },
    stopGradient: grad((x: Tensor) => sum(multiply(x, stopGradient(multiply(x, x))))),
    "maximum at ties": grad((x: Tensor) => sum(maximum(x, multiply(x, 1)))),
  };
  for (const [name, f] of Object.entries(functions)) {
    test(name, () => {
      expectSame(() => ({ f }), [() => [f64([1, 2, 3])], () => [f64([0, -0, 0.5])]]);
    });
  }

  test("inside others it is the function itself", () => {
    const f = compile((x: Tensor) => multiply(x, sin(x)));
    const plain = (x: Tensor): Tensor => multiply(x, sin(x));
    expect(grad(f)(2)).toBe(grad(plain)(2));
    expect(vmap(f)(f64([1, 2])).toArray()).toEqual(vmap(plain)(f64([1, 2])).toArray());
    const outer = compile((x: Tensor) => add(f(x), 1));
    const x = f64([1, 2]);
    for (let i = 0; i < 2; i++) expect(outer(x).toArray()).toEqual(add(plain(x), 1).toArray());
    expect(f.programs.length).toBe(0);
  });
});

test("a scalar that is the second element of a short vector", () => {
  const f = (v: Tensor): Tensor => multiply(v, 2).slice([1]);
  expectSame(() => ({ f }), [() => [f64([1, 2])], () => [f64([3, 4])]]);
});

test("lines of large formulas, whose rows are called like reductions", () => {
  const x = f32(64, 64);
  const axes = [null, -1, 0];
  for (const axis of axes) {
    const f = (v: Tensor): Tensor => logsumexp(sin(v), axis);
    expectSame(() => ({ f }), [() => [x], () => [multiply(x, 2)], () => [x]]);
  }
  const g = valueAndGrad((v: Tensor) => logsumexp(multiply(v, v)));
  expectSame(() => ({ f: g as (x: never) => unknown }), [() => [x], () => [cos(x)]]);
});

test.each([4096, 8192, 20000])("%d elements are an argument, no constant", (n) => {
  const of = (k: number): Tensor => multiply(add(arange(n), k), 1e-3).astype("float64");
  const functions: Record<string, (x: Tensor) => unknown> = {
    sin: (x) => sin(x),
    sum: (x) => sum(multiply(x, x)),
    grad: grad((x: Tensor) => sum(sin(x))),
    vmap: vmap((x: Tensor) => multiply(x, 2)),
    "two results": (x) => [cos(x), x.reshape([2, -1])],
  };
  for (const f of Object.values(functions)) {
    expectSame(() => ({ f }), [() => [of(0)], () => [of(1)], () => [of(2)]]);
  }
  // Tensors that are kept, as parameters and batches are.
  const kept = [of(0), of(1), of(2)];
  const f = compile((x: Tensor) => add(sin(x), x));
  for (const x of kept) {
    expect(f(x).at(1).item()).toBe(add(sin(x), x).at(1).item());
  }
});
