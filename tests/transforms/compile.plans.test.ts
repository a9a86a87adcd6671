// Passes of compiled functions are planned once: later calls bind other operands, wherever they are.

import fc from "fast-check";
import {
  add,
  compile,
  exp,
  grad,
  greater,
  isTensor,
  maximum,
  memory,
  multiply,
  negative,
  noGrad,
  ones,
  setFusion,
  sin,
  square,
  subtract,
  sum,
  tanh,
  tensor,
  valueAndGrad,
  where,
  type Compiled,
  type Dtype,
  type Tensor,
} from "tapegrad";
import { afterEach, describe, expect, test } from "vitest";
import { randomFrom, uniform } from "../ops/support.js";

afterEach(() => {
  setFusion(4096);
});

const random = randomFrom(17);

function values(shape: readonly number[], dtype: Dtype): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(Float64Array.from(uniform(random, n, -2, 2)), { dtype }).reshape([...shape]);
}

function bits(result: unknown): unknown {
  if (!isTensor(result)) return Array.isArray(result) ? result.map(bits) : result;
  const data = result.data();
  return [result.dtype, result.shape, Array.from(new Uint8Array(data.buffer))];
}

/** Operands lie in order, are repeated along either axis, or are one element. */
type Operands = [x: Tensor, y: Tensor, row: Tensor, column: Tensor, one: Tensor];

const STEPS: ((u: Tensor, v: Tensor, operands: Operands) => Tensor)[] = [
  add,
  (u, v) => subtract(multiply(u, 0.5), v),
  (u) => tanh(u),
  (u) => exp(negative(square(u))),
  (u, v) => where(greater(u, v), u, multiply(v, 0.5)),
  (u, _, [, , row]) => add(u, row),
  (u, _, [, , , column]) => multiply(column, u),
  (u, _, [, , , , one]) => subtract(u, one),
  (u, _, [, , row, , one]) => where(greater(u, 0), u, multiply(row, one)),
  (u, _, [, , , , one]) => where(greater(one, u), one, u),
  (u, v) => add(u, sum(multiply(v, 0.01))),
  (u) => subtract(u, sum(u, -1, { keepdims: true })),
  (u, v) => add(u, v.transpose().reshape(u.shape)),
  (u, _, [x]) => add(u, x.slice([[null, null, -1]])),
  (u, _, [, y]) => maximum(u, y.transpose().reshape(y.shape)),
  (u, v) => u.astype(v.dtype === "float32" ? "float64" : "float32").astype(v.dtype),
];

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each([[[3, 341]], [[40, 30]], [[5, 257]], [[1, 1024]]])("programs of %j", (shape) => {
    const program = fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(3), fc.nat(3)), {
      minLength: 2,
      maxLength: 12,
    });
    const draw = (): Operands => [
      values(shape, dtype),
      values(shape, dtype),
      values(shape.slice(1), dtype),
      values([shape[0]!, 1], dtype),
      values([1, 1], dtype),
    ];
    fc.assert(
      fc.property(program, fc.boolean(), (steps, derive) => {
        const f = (...operands: Operands): Tensor => {
          const made: Tensor[] = operands.slice(0, 2);
          for (const [step, i, k] of steps) {
            const pick = (j: number): Tensor => made[made.length - 1 - (j % made.length)]!;
            made.push(STEPS[step]!(pick(i), pick(k), operands));
          }
          return made.at(-1)!;
        };
        const loss = (...operands: Operands): Tensor => sum(tanh(f(...operands)));
        const g = derive ? valueAndGrad(loss, { argnums: [0, 2, 3, 4] }) : f;
        for (const bytes of [0, 4096]) {
          setFusion(bytes);
          const compiled = compile(g);
          for (let call = 0; call < 4; call++) {
            // Others lie where those of the last call did, and those somewhere else.
            const [operands, others] = [draw(), draw()];
            const want = bits(g(...operands));
            expect(bits(compiled(...operands))).toEqual(want);
            for (const x of [...operands, ...(call % 2 ? others : [])]) x.dispose();
          }
          compiled.dispose();
        }
      }),
      { numRuns: 12, seed: 5 },
    );
  });
});

test("a training step in turns with another one, leaves written over in place", () => {
  const shape = [40, 30];
  const train = (wrap: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor): unknown[] => {
    const draw = randomFrom(23);
    const fresh = (): Tensor =>
      tensor(Float32Array.from(uniform(draw, 1200, -1, 1))).reshape(shape);
    const w = tensor(Float32Array.from(uniform(draw, 1200, -1, 1))).reshape(shape);
    const b = tensor(Float32Array.from(uniform(draw, 30, -1, 1)));
    for (const leaf of [w, b]) leaf.requiresGrad = true;
    const error = (x: Tensor): Tensor => sum(square(subtract(tanh(add(multiply(x, w), b)), 0.3)));
    const step = wrap((x) => {
      const loss = error(x);
      loss.backward();
      noGrad(() => {
        for (const leaf of [w, b]) {
          leaf.assignSub(multiply(leaf.grad!, 0.1));
          leaf.grad = null;
        }
      });
      return loss;
    });
    const score = wrap((x) => sum(exp(multiply(sin(multiply(x, w)), b))));
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      seen.push(step(fresh()).item());
      if (i % 2) seen.push(score(fresh()).item());
    }
    return [...seen, bits(w), bits(b)];
  };
  expect(train(compile)).toEqual(train((f) => f));
});

test("other shapes and dtypes have plans of their own", () => {
  const f = (x: Tensor): Tensor => sum(multiply(sin(x), add(x, 1)), -1);
  const compiled = compile(f);
  for (let call = 0; call < 3; call++) {
    for (const shape of [[2, 700], [700, 2], [1400], [3, 1000]]) {
      for (const dtype of ["float32", "float64"] as const) {
        const x = values(shape, dtype);
        expect(bits(compiled(x))).toEqual(bits(f(x)));
      }
    }
  }
});

test("plans are a program's: calls add nothing, and they go with it", () => {
  const f = (x: Tensor): Tensor => sum(tanh(add(multiply(x, 2), sum(sin(x)))));
  const x = ones([2000]);
  f(x).item();
  const before = memory().residentBytes;
  for (let i = 0; i < 20; i++) {
    const compiled = compile(grad(f));
    const first = compiled(x);
    first.dispose();
    const held = memory().residentBytes;
    for (let call = 0; call < 50; call++) compiled(x).dispose();
    expect(memory().residentBytes).toBeLessThanOrEqual(held + 65536);
    compiled.dispose();
  }
  expect(memory().residentBytes - before).toBeLessThan(32768);
});

test("plans take at most 4 MB, all of them together", () => {
  const x = ones([2, 1000]);
  type F = (x: Tensor) => Tensor;
  const made: [plain: F, compiled: F & Compiled][] = [];
  const before = memory().residentBytes;
  for (let i = 0; i < 400; i++) {
    const plain: F = (x) => add(add(sum(sin(x), -1), sum(exp(x), -1)), sum(multiply(x, i), -1));
    const compiled = compile(plain);
    for (let call = 0; call < 3; call++) compiled(x).dispose();
    made.push([plain, compiled]);
  }
  const own = made.flatMap(([, { programs }]) => programs.map(({ peakBytes }) => peakBytes));
  const plans = memory().residentBytes - before - own.reduce((a, b) => a + b);
  // Without a bound it would be 400 times some 30 KB.
  expect(plans).toBeLessThan(5 * 2 ** 20);
  // Those that keep theirs, and those that found no room.
  const y = values([2, 1000], "float32");
  for (const [plain, compiled] of [made[0]!, made.at(-1)!]) {
    expect(bits(compiled(y))).toEqual(bits(plain(y)));
  }
  for (const [, compiled] of made) compiled.dispose();
  expect(memory().residentBytes - before).toBeLessThan(65536);
});
