// Optimisers: against the same steps in plain JavaScript, in trees, and differentiated.

import {
  checkGrads,
  compile,
  grad,
  multiply,
  square,
  subtract,
  sum,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { adam, minimize, rmsprop, sgd } from "tapegrad/optim";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;
/** 2 (x - 3)² + … of numbers, its gradient 4 (x - 3). */
const slope = (x: number): number => 4 * (x - 3);
const bowl = (x: Tensor) => multiply(2, square(subtract(x, 3)));

const ofNumber = (x: number): Tensor => multiply(2, square(subtract(x, 3)));

/** The published recurrences, by hand. */
const byHand = {
  sgd(x: number, n: number): number {
    let v = 0;
    for (let i = 0; i < n; i++) {
      v = 0.8 * v - (1 - 0.8) * slope(x);
      x += 0.05 * v;
    }
    return x;
  },
  rmsprop(x: number, n: number): number {
    let s = 1;
    for (let i = 0; i < n; i++) {
      s = 0.7 * s + (1 - 0.7) * slope(x) ** 2;
      x -= (0.05 * slope(x)) / (Math.sqrt(s) + 1e-8);
    }
    return x;
  },
  adam(x: number, n: number): number {
    let [m, v] = [0, 0];
    for (let t = 1; t <= n; t++) {
      m = 0.9 * m + 0.1 * slope(x);
      v = 0.999 * v + 0.001 * slope(x) ** 2;
      x -= (0.05 * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
    }
    return x;
  },
};
const options = {
  sgd: { stepSize: 0.05, mass: 0.8 },
  rmsprop: { stepSize: 0.05, gamma: 0.7 },
  adam: { stepSize: 0.05 },
};
const methods = { sgd, rmsprop, adam };
const names = ["sgd", "rmsprop", "adam"] as const;

describe.each(names)("%s", (name) => {
  const run = methods[name];

  test("makes the steps of the recurrence", () => {
    for (const n of [0, 1, 2, 25]) {
      const x = run(grad(bowl), 0, { ...options[name], numIters: n });
      expect(x).toBeCloseTo(byHand[name](0, n), 12);
    }
  });

  test("goes through trees, each element by itself", () => {
    const start = { a: tensor([0, 1], f64), b: [2, Float64Array.of(4)], name: "m" };
    const f = (p: typeof start) =>
      sum(bowl(p.a))
        .add(bowl(p.b[0] as never))
        .add(sum(bowl(p.b[1] as never)));
    const end = run(grad(f), start, { ...options[name], numIters: 10 });
    const want = [0, 1, 2, 4].map((x) => byHand[name](x, 10));
    const got = [
      ...(end.a.toArray() as number[]),
      end.b[0] as number,
      (end.b[1] as Float64Array)[0]!,
    ];
    got.forEach((x, i) => expect(x).toBeCloseTo(want[i]!, 12));
    expect(end.name).toBe("m");
    expect(start.a.toArray()).toEqual([0, 1]);
  });

  test("has derivatives: by the step size and by the start", () => {
    const end = (rate: Tensor, x0: Tensor) =>
      run(grad(bowl) as never, x0, { ...options[name], stepSize: rate, numIters: 4 });
    checkGrads(end, [0.05, 0.5], { order: 1 });
    const starts = tensor([0.5, 1], f64);
    const mapped = vmap((x0: Tensor) => end(tensor(0.05, f64), x0))(starts);
    expect((mapped.toArray() as number[])[1]).toBeCloseTo(byHand[name](1, 4), 12);
    const step = compile((x0: Tensor) => end(tensor(0.05, f64), x0));
    expect(step(tensor(0.5, f64)).item()).toBeCloseTo(byHand[name](0.5, 4), 12);
  });

  test("calls back before each step", () => {
    const seen: [number, number, number][] = [];
    run(grad(bowl), 0, {
      ...options[name],
      numIters: 2,
      callback: (x, i, g) => seen.push([x, i, g]),
    });
    expect(seen[0]).toEqual([0, 0, -12]);
    expect(seen[1]![0]).toBeCloseTo(byHand[name](0, 1), 12);
    expect(seen.length).toBe(2);
  });

  test("keeps float32, and refuses what has no gradient", () => {
    const x = tensor([0, 1]);
    expect(run((p: Tensor) => p, x, { numIters: 3 }).dtype).toBe("float32");
    expect(() => run((p: Tensor) => p, tensor([1], { dtype: "int32" }))).toThrow(
      `${name}: x0 is int32, which has no gradient`,
    );
    expect(() => run(() => tensor([1, 2, 3]), x)).toThrow(
      `${name}: the gradient: leaf 0 has shape [3], not [2]`,
    );
    expect(() => run((p: Tensor) => p, x, { numIters: -1 })).toThrow(
      `${name}: numIters is the number -1`,
    );
    expect(() => run(5 as never, x)).toThrow(`${name}: needs a function`);
  });
});

describe("minimize", () => {
  test.each(names)("finds a minimum by %s", (method) => {
    const f = ({ a, b }: { a: Tensor; b: number }) =>
      sum(square(subtract(a, [1, -2]))).add(square(subtract(b, 5)));
    const found = minimize(
      f,
      { a: tensor([0, 0], f64), b: 0 },
      { method, stepSize: 0.05, numIters: 3000, tol: 0.2 },
    );
    expect(found.converged).toBe(true);
    expect((found.x.a.toArray() as number[])[1]).toBeCloseTo(-2, 0);
    expect(Math.abs(found.x.b - 5)).toBeLessThan(0.11);
    expect(found.value).toBeLessThan(0.04);
  });

  test("finds Rosenbrock's", () => {
    const f = (x: Tensor) =>
      square(subtract(1, x.at(0))).add(multiply(100, square(subtract(x.at(1), square(x.at(0))))));
    const found = minimize(f, tensor([-1, 1], f64), { stepSize: 0.02, numIters: 4000, tol: 1e-4 });
    expect(found.converged).toBe(true);
    (found.x.toArray() as number[]).forEach((x) => expect(x).toBeCloseTo(1, 3));
  });

  test("stops at once where there is nothing to do, and gives the best point seen", () => {
    expect(minimize(ofNumber, 3)).toEqual({
      x: 3,
      value: 0,
      gradient: 0,
      steps: 0,
      converged: true,
    });
    const wild = minimize(ofNumber, 0, { method: "sgd", stepSize: 30, numIters: 20 });
    expect(wild.converged).toBe(false);
    expect(wild.steps).toBe(20);
    expect(wild.value).toBeLessThanOrEqual(18);
  });

  test("refuses what it cannot do", () => {
    expect(() => minimize(ofNumber, 0, { method: "bfgs" as never })).toThrow("minimize: method is");
    expect(() => minimize(ofNumber, NaN)).toThrow("minimize: f(x0) is NaN");
    expect(() => minimize((x: Tensor) => x, tensor([1, 2]))).toThrow(/scalar/);
  });
});
