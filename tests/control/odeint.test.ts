// Solutions of differential equations against those that are known, and their derivatives.

import {
  add,
  checkGrads,
  compile,
  cos,
  dot,
  einsum,
  exp,
  grad,
  hessian,
  inner,
  jacobian,
  jvp,
  linalg,
  matmul,
  matvec,
  maximum,
  memory,
  multiply,
  negative,
  odeint,
  sin,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  tensor,
  tensordot,
  tidy,
  vecmat,
  vmap,
  type OdeintOptions,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { f64, numbers } from "../ops/support.js";

const near = (x: Tensor, want: readonly number[], limit = 1e-7): void => {
  const got = numbers(x);
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) =>
    expect(Math.abs(value - want[i]!), `${i}: ${value}`).toBeLessThan(
      limit * (1 + Math.abs(want[i]!)),
    ),
  );
};

/** y′ = y(1 - y), whose solution is known. */
const logistic = (y: Tensor): Tensor => multiply(y, subtract(1, y));
const logisticAt = (y0: number, t: number): number =>
  (y0 * Math.exp(t)) / (1 - y0 + y0 * Math.exp(t));

const prey = (y: Tensor): Tensor => {
  const [a, b] = [y.at(0), y.at(1)];
  const eaten = multiply(a, b);
  return stack([subtract(multiply(1.5, a), eaten), subtract(eaten, multiply(3, b))]);
};

describe("solutions", () => {
  const times = [0, 0.3, 1, 4];

  test("of equations that are known", () => {
    near(
      odeint((y) => negative(y), 2, times),
      times.map((t) => 2 * Math.exp(-t)),
    );
    near(
      odeint(logistic, 0.2, times),
      times.map((t) => logisticAt(0.2, t)),
    );
    // One that depends on time.
    near(
      odeint((_, t) => cos(t), 0, times),
      times.map((t) => Math.sin(t)),
    );
    const m = f64([
      [0, 1],
      [-2, -0.5],
    ]);
    const y0 = f64([1, -1]);
    const y = odeint((x) => matmul(m, x), y0, times);
    times.forEach((t, i) =>
      near(y.at(i), numbers(matmul(linalg.expm(multiply(m, t)) as Tensor, y0))),
    );
  });

  test("of Lotka and Volterra, which keep a sum", () => {
    const y = odeint(prey, f64([1, 1]), [0, 1, 5, 30]);
    // scipy.integrate.solve_ivp(method="DOP853", rtol=1e-13, atol=1e-13)
    near(y.at(1), [2.7728509018, 0.2587108781]);
    const [a, b] = [y.at(":", 0), y.at(":", 1)];
    const kept = subtract(add(a, b), add(multiply(3, a.log()), multiply(1.5, b.log())));
    near(kept, [2, 2, 2, 2], 1e-6);
  });

  test("are as exact as they are wanted", () => {
    const end = (tol: number): number =>
      Math.abs(
        odeint(prey, f64([1, 1]), [0, 5], { rtol: tol, atol: tol })
          .at(1, 0)
          .item() - 6.098494676,
      );
    expect(end(1e-4)).toBeLessThan(1e-2);
    expect(end(1e-11)).toBeLessThan(1e-9);
  });

  test("go backwards, and back and forth", () => {
    near(
      odeint(logistic, 0.2, [1, 0, -2]),
      [0, -1, -3].map((t) => logisticAt(0.2, t)),
    );
    near(
      odeint(logistic, 0.2, [0, 1, 0, 0, 1]),
      [0, 1, 0, 0, 1].map((t) => logisticAt(0.2, t)),
    );
  });

  test("of one time are where they began", () => {
    expect(odeint(logistic, f64([0.2, 0.3]), [7]).toArray()).toEqual([[0.2, 0.3]]);
    expect(odeint(logistic, f64([]), [0, 1]).shape).toEqual([2, 0]);
  });

  test("in float32", () => {
    const y = odeint(logistic, tensor([0.2, 0.5]), tensor([0, 1, 2]));
    expect(y.dtype).toBe("float32");
    near(
      y,
      [0, 1, 2].flatMap((t) => [logisticAt(Math.fround(0.2), t), logisticAt(0.5, t)]),
      1e-4,
    );
  });

  test("at times that float32 has no room for", () => {
    for (const y0 of [1, f64(1)]) {
      const strict = odeint((y) => y, y0, [0, 0.1], { rtol: 1e-13, atol: 1e-13 });
      expect(strict.dtype).toBe("float64");
      near(strict.at(1), [Math.exp(0.1)], 1e-14);
      near(odeint((y) => negative(y), y0, [1e9, 1e9 + 1]).at(1), [Math.exp(-1)], 1e-8);
    }
  });

  test("far from where t is 0, where t is rounded", () => {
    for (const t of [1e3, 1e5]) {
      const y = odeint((y) => negative(y), tensor(1), tensor([t, t + 1]));
      near(y.at(1), [Math.exp(-1)], 1e-5);
    }
    for (const t of [1e8, 1e10, 1e12, -1e12]) {
      const y = odeint((y) => multiply(-30, y), f64(1), f64([t, t + 0.125]));
      near(y.at(1), [Math.exp(-3.75)], 1e-8);
    }
    const by = grad((t: Tensor) => odeint((y) => negative(y), 1, stack([f64(1e12), t])).at(1));
    near(by(f64(1e12 + 1)) as Tensor, [-Math.exp(-1)], 1e-7);
  });

  test("are trees like where they begin", () => {
    const start = { place: f64([1, 0]), speed: [f64([0, 1]), 0] as [Tensor, number] };
    const y = odeint(
      ({ place, speed }) => ({ place: speed[0], speed: [negative(place), 1] as const }),
      start,
      [0, Math.PI],
    );
    expect(y.place.shape).toEqual([2, 2]);
    near(y.place.at(1), [-1, 0]);
    near(y.speed[0].at(1), [0, -1]);
    near(y.speed[1], [0, Math.PI]);
  });

  test("steps are no longer than they may be", () => {
    let calls = 0;
    const counted = (y: Tensor): Tensor => {
      calls++;
      return multiply(y, 0);
    };
    odeint(counted, 1, [0, 100]);
    const few = calls;
    calls = 0;
    odeint(counted, 1, [0, 100], { hmax: 1 });
    expect(few).toBeLessThan(100);
    expect(calls).toBeGreaterThan(600);
  });
});

describe("derivatives", () => {
  test("are those of the solution", () => {
    // y(t) = y0·exp(k·t)
    const end = (y0: Tensor, k: Tensor, t: Tensor): Tensor =>
      odeint((y) => multiply(y, k), y0, stack([multiply(t, 0), t])).at(1);
    const at = [f64(1.5), f64(-0.7), f64(2)] as const;
    const e = Math.exp(-1.4);
    const slopes = grad(end, { argnums: [0, 1, 2] })(...at);
    [e, 3 * e, -1.05 * e].forEach((want, i) => near(slopes[i]!, [want], 1e-6));
    const [, along] = jvp(end, [...at], [f64(1), f64(1), f64(1)]) as [Tensor, Tensor];
    near(along, [e + 3 * e - 1.05 * e], 1e-6);
    near(hessian((k: Tensor) => end(at[0], k, at[2]))(at[1]) as Tensor, [6 * e], 1e-5);
  });

  test("by the times: the slope there, at the first one what moves all", () => {
    const t = f64([0.5, 1, 1, 2]);
    const slopes = jacobian((s: Tensor) => odeint(logistic, 0.2, s))(t) as Tensor;
    const y = numbers(odeint(logistic, 0.2, t));
    const rate = y.map((v) => v * (1 - v));
    const want = t.toArray() as number[];
    near(
      slopes,
      want.flatMap((_, i) =>
        want.map((_, j) => (i === 0 ? 0 : j === 0 ? -rate[i]! : i === j ? rate[i]! : 0)),
      ),
      1e-5,
    );
  });

  test("agree with differences, in both modes to order 2", () => {
    const f = (y: Tensor, t: Tensor, k: Tensor): Tensor =>
      odeint((x, s) => add(multiply(k, sin(x)), s), y, t);
    checkGrads(f, [f64([1, 0.5]), f64([0, 0.5, 1]), f64(0.7)], { order: 2, eps: 1e-4 });
  });

  test("of long ways, whose states are kept now and then", () => {
    const f = (y: Tensor, checkpoint: boolean | number): Tensor =>
      sum(odeint(prey, y, [0, 2, 6], { checkpoint }));
    const y0 = f64([1, 1]);
    const whole = numbers(grad((y: Tensor) => f(y, false))(y0) as Tensor);
    for (const checkpoint of [true, 5]) {
      near(grad((y: Tensor) => f(y, checkpoint))(y0) as Tensor, whole, 1e-12);
    }
  });

  test("do not see attempts that failed, finite or not", () => {
    // The first step leads to where the slope is NaN.
    const f = (y: Tensor): Tensor => odeint((x) => negative(sqrt(x)), y, [0, 1], { h0: 10 }).at(1);
    near(f(f64(4)), [2.25]);
    near(grad(f)(f64(4)) as Tensor, [0.75], 1e-6);
  });

  describe("do not see attempts that failed, where zero times NaN would be NaN", () => {
    const m = f64([
      [2, 0.1],
      [0.1, 3],
    ]);
    const y0 = f64([4, 5]);
    type Product = (m: Tensor, x: Tensor) => Tensor;
    const end =
      (product: Product, options: OdeintOptions) =>
      (m: Tensor, y: Tensor): Tensor =>
        sum(odeint((x) => negative(product(m, sqrt(x))), y, [0, 1], options).at(1));
    const products: Record<string, Product> = {
      matmul,
      dot,
      inner,
      matvec,
      vecmat: (a, x) => vecmat(x, a),
      tensordot: (a, x) => tensordot(a, x, 1),
      einsum: (a, x) => einsum("ij,j->i", a, x),
      columns: (a, x) => matmul(a, x.reshape([2, 1])).reshape([2]),
    };

    test.each(Object.entries(products))("%s", (_, product) => {
      // No attempt fails by short steps.
      const want = numbers(grad(end(product, { hmax: 0.02 }))(m, y0) as Tensor);
      const failing = end(product, { h0: 20 });
      near(grad(failing)(m, y0) as Tensor, want, 1e-7);
      near(grad(end(product, { h0: 20, checkpoint: 3 }))(m, y0) as Tensor, want, 1e-7);
    });

    test("to order 2", () => {
      const failing = end(matmul, { h0: 20 });
      checkGrads((a: Tensor) => failing(a, y0), [m], { order: 2, eps: 1e-4 });
    });

    test("in vmap, where some examples fail", () => {
      const slope = grad(end(matmul, { h0: 1 }));
      const starts = f64([
        [4, 4],
        [400, 300],
        [900, 600],
      ]);
      const got = vmap(slope, { inAxes: [null, 0] })(m, starts) as Tensor;
      for (let i = 0; i < 3; i++) {
        near(got.at(i), numbers(slope(m, starts.at(i)) as Tensor), 1e-12);
      }
    });

    test("in compile, alone and with vmap, inside and outside of grad", () => {
      const failing = end(matmul, { h0: 20, mxstep: 16, rtol: 1e-5, atol: 1e-5 });
      const slope = (a: Tensor): Tensor => grad((x: Tensor) => failing(x, y0))(a) as Tensor;
      const both = stack([m, multiply(1.1, m)]);
      const want = numbers(vmap(slope)(both) as Tensor);
      expect(want.every(Number.isFinite)).toBe(true);
      near(compile(slope)(m), want.slice(0, 4), 1e-6);
      near(grad(compile((a: Tensor) => failing(a, y0)))(m) as Tensor, want.slice(0, 4), 1e-6);
      near(vmap(compile(slope))(both) as Tensor, want, 1e-6);
      near(compile(vmap(slope) as (a: Tensor) => Tensor)(both), want, 1e-6);
    });
  });

  describe("where the solution stays what it is", () => {
    /** x″ = -100·force(x), from a at rest. */
    const spring =
      (force: (x: Tensor) => Tensor, options: OdeintOptions = {}) =>
      (a: Tensor): Tensor =>
        odeint(([x, v]) => [v, multiply(-100, force(x))] as const, [a, 0], [0, 1], options)[0].at(
          1,
        );

    test("by the place of what could swing", () => {
      near(grad(spring((x) => x))(f64(0)) as Tensor, [Math.cos(10)], 1e-4);
      near(vmap(grad(spring((x) => x)))(f64([0, 1])) as Tensor, Array(2).fill(Math.cos(10)), 1e-4);
      for (const a of [0, 1e-12, 1e-8, 1e-6]) {
        near(grad(spring(sin))(f64(a)) as Tensor, [Math.cos(10)], 1e-4);
      }
      const [, along] = jvp(spring(sin), [f64(0)], [f64(1)]) as [Tensor, Tensor];
      near(along, [Math.cos(10)], 1e-4);
      near(grad(spring((x) => x))(tensor(0)) as Tensor, [Math.cos(10)], 1e-3);
    });

    test("more exactly by smaller tolerances or shorter steps", () => {
      near(grad(spring(sin, { rtol: 1e-11, atol: 1e-11 }))(f64(0)) as Tensor, [Math.cos(10)], 1e-8);
      near(grad(spring(sin, { hmax: 0.005 }))(f64(0)) as Tensor, [Math.cos(10)], 1e-8);
    });

    test("by what decays or grows", () => {
      const end = grad((y: Tensor) => odeint(logistic, y, [0, 5]).at(1));
      near(end(f64(1)) as Tensor, [Math.exp(-5)], 1e-3);
      near(end(f64(0)) as Tensor, [Math.exp(5)], 1e-4);
      // One part that decays fast and one that swings.
      const m = f64([
        [-50, 0, 0],
        [0, 0, 1],
        [0, -9, 0],
      ]);
      const flow = jacobian((y: Tensor) => odeint((x) => matmul(m, x), y, [0, 2]).at(1));
      near(flow(f64([0, 0, 0])) as Tensor, numbers(linalg.expm(multiply(2, m)) as Tensor), 1e-4);
    });

    test("in compile, as far as there are steps for it", () => {
      const still = compile(
        (y: Tensor): Tensor =>
          grad((a: Tensor) => odeint((x) => multiply(4, x), a, [0, 0.5], { mxstep: 40 }).at(1))(
            y,
          ) as Tensor,
      );
      near(still(f64(0)), [Math.exp(2)], 5e-5);
    });

    test("takes a bounded number of steps where slopes change without bounds", () => {
      let calls = 0;
      const root = (y: Tensor): Tensor => {
        calls++;
        return sqrt(maximum(y, 0));
      };
      near(odeint(root, f64(0), [0, 100], { mxstep: 1000 }), [0, 0]);
      expect(calls).toBeLessThan(1500);
    });
  });

  test("leave nothing behind", () => {
    const run = (): void => {
      tidy(() => {
        grad((y: Tensor) => sum(odeint(prey, y, [0, 1])))(f64([1, 1]));
      });
    };
    // What the core keeps of pending values for a while fills up.
    for (let i = 0; i < 4; i++) run();
    const before = memory().nodes;
    run();
    expect(memory().nodes).toBe(before);
  });
});

describe("inside other transforms", () => {
  const y0 = f64([0.1, 0.5, 2]);
  const rates = f64([1, -3, 0.2]);
  const end = (y: Tensor, k: Tensor): Tensor =>
    odeint((x) => multiply(k, logistic(x)), y, [0, 0.5, 2]);

  test("vmap: each example has its own steps", () => {
    const both = vmap(end)(y0, rates) as Tensor;
    for (let i = 0; i < 3; i++) near(both.at(i), numbers(end(y0.at(i), rates.at(i))), 1e-13);
    const slope = grad((y: Tensor, k: Tensor) => sum(end(y, k)));
    const slopes = vmap(slope)(y0, rates) as Tensor;
    for (let i = 0; i < 3; i++) {
      near(slopes.at(i), numbers(slope(y0.at(i), rates.at(i)) as Tensor), 1e-12);
    }
  });

  test("vmap over times", () => {
    const t = f64([
      [0, 1],
      [0, -2],
    ]);
    const y = vmap((s: Tensor) => odeint(logistic, 0.2, s))(t) as Tensor;
    near(y, [0.2, logisticAt(0.2, 1), 0.2, logisticAt(0.2, -2)]);
  });

  test("compile, with as many steps as are said", () => {
    const f = (y: Tensor): Tensor =>
      odeint((x) => multiply(-0.5, square(x)), y, [0, 1], { mxstep: 20 }).at(1);
    const program = compile(f);
    for (const start of [1, 0.5]) near(program(f64(start)), [start / (1 + start / 2)]);
    expect(() => compile((y: Tensor) => odeint(logistic, y, [0, 1]))(f64(1))).toThrow(
      /^odeint: compile: .*say \{ mxstep \}/,
    );
  });
});

describe("faults", () => {
  test("of arguments", () => {
    const f = (y: Tensor): Tensor => y;
    expect(() => odeint(f, tensor([1], { dtype: "int32" }), [0, 1])).toThrow(
      "odeint: y0 holds int32, not floats",
    );
    expect(() => odeint(f, 1, 3)).toThrow("odeint: t must be a vector of times, got []");
    expect(() => odeint(f, 1, [])).toThrow("odeint: t must be a vector of times, got [0]");
    expect(() => odeint(f, 1, [0, 1], { rtol: 0 })).toThrow(
      "odeint: rtol is 0, not a positive number",
    );
    expect(() => odeint(f, 1, [0, 1], { mxstep: 1.5 })).toThrow(
      "odeint: mxstep is 1.5, not a positive integer",
    );
    // Of leaves each one counts; without any there is nothing to follow.
    const count = tensor([1], { dtype: "int32" });
    expect(() => odeint((y) => y, { a: 1, b: [count] }, [0, 1])).toThrow(
      "odeint: y0.b[0] holds int32, not floats",
    );
    expect(() => odeint((y) => y, { a: 1, b: tensor(true) }, [0, 1])).toThrow(
      "odeint: y0.b holds bool, not floats",
    );
    for (const y0 of [true, "a", null, []]) {
      expect(() => odeint((y) => y as never, y0, [0, 1])).toThrow(
        "odeint: y0 holds no tensors or numbers",
      );
    }
    expect(() => odeint(() => f64([1, 2]), 1, [0, 1])).toThrow(
      "odeint: the slope: leaf 0 has shape [2], not []",
    );
    // @ts-expect-error: another form
    expect(() => odeint(() => [1], 1, [0, 1])).toThrow(/^odeint: the slope of another form/);
  });

  test("of arguments are found before f is called", () => {
    const f = (): Tensor => {
      throw new Error("called");
    };
    expect(() => odeint(f, 1, [0, 1], { checkpoint: -1 })).toThrow(
      "odeint: checkpoint is the number -1, neither a boolean nor a positive number of steps",
    );
    expect(() => odeint(f, 1, [0, NaN])).toThrow("odeint: t[1] is NaN");
    expect(() => odeint(f, 1, [-Infinity, 0])).toThrow("odeint: t[0] is -Infinity");
    expect(() => odeint(f, 1, [0, [1]] as never)).toThrow(/^odeint: ragged array/);
    const to = (end: Tensor): Tensor => odeint(f, 1, stack([multiply(end, 0), end])).at(1);
    expect(() => grad(to)(f64(NaN))).toThrow("odeint: t[0] is NaN");
    expect(() => vmap(to)(f64([1, Infinity]))).toThrow("odeint: t[0] is NaN");
  });

  test("of times that the dtype has no room for", () => {
    for (const t of [1e5, 1e6]) {
      expect(() => odeint((y) => multiply(y, -30), tensor(1), tensor([t, t + 0.125]))).toThrow(
        /^odeint: steps became too short at t = /,
      );
    }
  });

  test("of equations", () => {
    expect(() => odeint((y) => square(y), 1, [0, 2])).toThrow(
      /^odeint: steps became too short at t = 1\.0000000/,
    );
    expect(() => odeint((y) => sqrt(negative(y)), 1, [0, 2])).toThrow(
      /^odeint: steps became too short at t = 0:/,
    );
    expect(() => odeint((y) => multiply(y, -1e6), 1, [0, 2], { mxstep: 100 })).toThrow(
      /^odeint: 100 steps are not enough at t = /,
    );
    expect(() =>
      vmap((k: Tensor) => odeint((y) => exp(multiply(k, y)), 1, [0, 2]))(f64([-1, 1])),
    ).toThrow(/^odeint: steps became too short/);
  });
});
