// Solutions of differential equations against those that are known, and their derivatives.

import {
  add,
  checkGrads,
  compile,
  cos,
  exp,
  grad,
  hessian,
  jacobian,
  jvp,
  linalg,
  matmul,
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
  tidy,
  vmap,
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

  test("leave nothing behind", () => {
    const run = (): void => {
      tidy(() => {
        grad((y: Tensor) => sum(odeint(prey, y, [0, 1])))(f64([1, 1]));
      });
    };
    run();
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
    expect(() => odeint(() => f64([1, 2]), 1, [0, 1])).toThrow(
      "odeint: the slope: leaf 0 has shape [2], not []",
    );
    // @ts-expect-error: another form
    expect(() => odeint(() => [1], 1, [0, 1])).toThrow(/^odeint: the slope of another form/);
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
