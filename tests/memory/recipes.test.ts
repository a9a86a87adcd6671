// What a transform returned, and rows of lines, may leave wasm as op and operands instead of their
// elements: nobody can tell but memory(), which finds nothing copied.

import * as tg from "tapegrad";
import { exp, grad, memory, multiply, noGrad, sum, tensor, valueAndGrad, vjp } from "tapegrad";
import { compile, logSoftmax, softmax, tidy, type Tensor } from "tapegrad";
import { layerNorm } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { pressLarge, pressSmall } from "./press.js";

const ROWS = 300;
const COLUMNS = 100;

const filled = (f: (i: number) => number, dtype: "float32" | "float64"): Tensor => {
  const values = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) => f(i));
  return tensor(values, { dtype }).reshape([ROWS, COLUMNS]);
};
const argument = (dtype: "float32" | "float64" = "float32"): Tensor =>
  filled((i) => 2 * Math.sin(i), dtype);
const weights = (dtype: "float32" | "float64" = "float32"): Tensor =>
  filled((i) => Math.cos(3 * i), dtype);

const dtypes: Record<string, "float64"> = { "softmax of columns": "float64", layerNorm: "float64" };

const rows = {
  weight: tensor(Float32Array.from({ length: COLUMNS }, (_, i) => Math.cos(i))),
  bias: tensor(Float32Array.from({ length: COLUMNS }, (_, i) => i / 100)),
};

const functions: Record<string, (x: Tensor) => Tensor> = {
  elementwise: (x) => exp(multiply(x, -2)),
  softmax: (x) => softmax(x, 1),
  "softmax of columns": (x) => softmax(x, 0),
  logSoftmax: (x) => logSoftmax(x, -1),
  layerNorm: (x) => layerNorm(x, [COLUMNS], { eps: 0.25 }),
  "layerNorm with weight and bias": (x) => layerNorm(x, [COLUMNS], rows),
  "layerNorm of all": (x) => layerNorm(x, [ROWS, COLUMNS], { eps: 1e-3 }),
  "softmax of softmax": (x) => softmax(multiply(3, softmax(x, 1)), 1),
};

// First of all, while the marks for eviction are low.
test.each(["elementwise", "softmax", "logSoftmax", "layerNorm"])(
  "results of %s that a loop drops are not copied out",
  (name) => {
    const x = tensor(new Float32Array(1 << 18).fill(1)).reshape([512, 512]);
    const f = name === "layerNorm" ? (v: Tensor): Tensor => layerNorm(v, [512]) : functions[name]!;
    const both = valueAndGrad((v: Tensor) => sum(multiply(f(v), x)));
    const { evictedBytes, evictions } = memory();
    for (let i = 0; i < 100; i++) both(x)[0].item();
    const after = memory();
    expect(after.evictions).toBeGreaterThan(evictions);
    // Of 100 or 200 MB.
    expect(after.evictedBytes - evictedBytes).toBeLessThan(4 << 20);
    expect(after.residentBytes).toBeLessThan(48 << 20);
  },
);

test("gradients of a layer normalised with weight and bias, dropped by a loop, are not copied out", () => {
  const x = tensor(new Float32Array(1 << 18).fill(1)).reshape([512, 512]);
  const row = tensor(new Float32Array(512).fill(0.5));
  const loss = (v: Tensor, weight: Tensor, bias: Tensor): Tensor =>
    sum(multiply(layerNorm(v, [512], { weight, bias }), x));
  const both = valueAndGrad(loss, { argnums: [0, 1, 2] });
  const { evictedBytes, evictions } = memory();
  for (let i = 0; i < 100; i++) both(x, row, row)[0].item();
  const after = memory();
  expect(after.evictions).toBeGreaterThan(evictions);
  // Of 100 MB; what the slopes are made of stays for their sake no longer than they do.
  expect(after.evictedBytes - evictedBytes).toBeLessThan(4 << 20);
  expect(after.residentBytes).toBeLessThan(48 << 20);
});

describe.each(Object.keys(functions))("%s", (name) => {
  const f = functions[name]!;
  const c = weights(dtypes[name] ?? "float32");

  test("comes back with the same bits, though its operands have changed", () => {
    const results = (): [Tensor[], Tensor] => {
      const x = argument(dtypes[name] ?? "float32");
      let inside: Tensor | undefined;
      const slope = grad((v: Tensor) => sum(multiply((inside = f(v)), c)))(x);
      const [y, pullback] = vjp(f, x);
      return [[inside!, slope, y, pullback(c)[0]], x];
    };
    // Read at once, nothing has left.
    const want = results()[0].map((x) => x.data());
    const [later, x] = results();
    pressLarge();
    x.assign(multiply(x, 0));
    pressSmall();
    expect(later.map((x) => x.data())).toEqual(want);
    expect(later.map((x) => x.shape)).toEqual(later.map(() => [ROWS, COLUMNS]));
  });
});

describe("a gradient that may leave as a recipe", () => {
  const slopeOf = (x: Tensor): Tensor =>
    grad((v: Tensor) => sum(multiply(softmax(v, 1), weights())))(x);

  test("and is assigned to", () => {
    const slope = slopeOf(argument());
    slope.assign(argument());
    pressLarge();
    pressSmall();
    expect(slope.data()).toEqual(argument().data());
  });

  test("and becomes a leaf", () => {
    const slope = slopeOf(argument());
    const want = slopeOf(argument()).data();
    slope.requiresGrad = true;
    sum(multiply(slope, slope)).backward();
    pressLarge();
    pressSmall();
    expect(slope.data()).toEqual(want);
    noGrad(() => slope.assignSub(slope));
    pressLarge();
    expect(slope.data().every((value) => value === 0)).toBe(true);
    expect(slope.isLeaf).toBe(true);
  });

  test("and is written by a program", () => {
    const slope = slopeOf(argument());
    const store = compile((x: Tensor) => {
      slope.assign(multiply(x, 2));
      return sum(x);
    });
    for (let i = 0; i < 3; i++) store(weights());
    pressLarge();
    pressSmall();
    expect(slope.data()).toEqual(multiply(weights(), 2).data());
  });

  test("whose operands are disposed of", () => {
    const x = argument();
    const want = slopeOf(argument()).data();
    const slope = slopeOf(x);
    x.dispose();
    pressLarge();
    pressSmall();
    expect(slope.data()).toEqual(want);
    const inside = tidy(() => slopeOf(argument()));
    pressLarge();
    pressSmall();
    expect(inside.data()).toEqual(want);
  });

  test("and is watched, or differentiated again", () => {
    const x = argument("float64");
    const c = weights("float64");
    const along = (v: Tensor): Tensor => grad((w: Tensor) => sum(multiply(softmax(w, 1), c)))(v);
    const want = grad((v: Tensor) => sum(multiply(along(v), c)))(argument("float64")).data();
    const again = grad((v: Tensor) => sum(multiply(along(v), c)))(x);
    pressLarge();
    expect(again.data()).toEqual(want);
    const slope = along(x);
    pressLarge();
    const tape = new tg.Tape();
    tape.watch(slope);
    const total = sum(multiply(slope, c));
    expect(tape.gradient(total, slope)!.data()).toEqual(c.data());
    tape.dispose();
  });
});

test("each step's result is the next one's argument", () => {
  const step = grad((x: Tensor) => sum(multiply(0.5, multiply(exp(multiply(x, -1)), weights()))));
  const run = (press: boolean): ArrayLike<number> => {
    let x = argument();
    for (let i = 0; i < 60; i++) {
      x = step(x);
      if (press && i % 20 === 10) pressSmall();
    }
    return x.data();
  };
  expect(run(true)).toEqual(run(false));
});

test("logsumexp of pairs comes back as it was", () => {
  const x = tensor(Float64Array.from({ length: 40000 }, (_, i) => Math.sin(i))).reshape([20000, 2]);
  const y = tg.logsumexp(x, 1);
  const before = y.toArray();
  const again = tg.logsumexp(x, 1);
  pressLarge();
  expect(tg.add(again, 0).toArray()).toEqual(before);
});

test("rows that are added in place stay", () => {
  const z = softmax(argument("float64"), 1);
  const rows = new tg.RowSparse(
    [ROWS, COLUMNS],
    tensor([1], { dtype: "int32" }),
    tg.ones([1, COLUMNS], { dtype: "float64" }),
  );
  const first = z.at(1, 0).item();
  rows.assignTo(z, 1);
  pressLarge();
  expect(z.at(1, 0).item()).toBeCloseTo(first + 1, 12);
});
