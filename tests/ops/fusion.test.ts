// Values computed together, tile by tile, and one op at a time: the same bits. Sizes around a tile
// (128 or 256 elements) and a summation block (1,024), every way an operand can lie in memory.

import fc from "fast-check";
import * as tg from "tapegrad";
import { setFusion, tensor, type Dtype, type Tensor } from "tapegrad";
import { afterEach, describe, expect, test } from "vitest";
import { randomFrom, uniform } from "./support.js";

afterEach(() => {
  setFusion(4096);
});

/** 64 bits that stand for all of them: comparing lists of 100,000 numbers takes the runner seconds. */
function digest(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x2545f491];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x5bd1e995) + 1;
  }
  return `${a >>> 0}, ${b >>> 0}`;
}

/** The bits of a result, whatever it is made of. WebAssembly leaves the sign of a NaN open. */
function bits(result: unknown): unknown {
  if (tg.isTensor(result)) {
    const data = result.data();
    data.forEach((x, i) => {
      if (Number.isNaN(x)) data[i] = NaN;
    });
    return [result.dtype, result.shape, digest(new Uint8Array(data.buffer))];
  }
  if (Array.isArray(result)) return result.map(bits);
  return Object.is(result, -0) ? "-0" : result;
}

function expectSameBits(f: () => unknown): void {
  setFusion(Infinity);
  const eager = bits(f());
  for (const bytes of [0, 4096]) {
    setFusion(bytes);
    expect(bits(f()), `fused from ${bytes} bytes on`).toEqual(eager);
  }
}

const random = randomFrom(5);

function values(shape: readonly number[], dtype: Dtype): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  return tensor(Float64Array.from(uniform(random, n, -2, 2)), { dtype }).reshape([...shape]);
}

type Step = (x: Tensor, y: Tensor, more: Operands) => Tensor;
interface Operands {
  row: Tensor;
  column: Tensor;
  strided: Tensor;
  number: Tensor;
}

/** Steps keep the shape. */
const STEPS: Step[] = [
  (x, y) => tg.add(x, y),
  (x, y) => tg.multiply(x, tg.tanh(y)),
  (x) => tg.multiply(0.5, x),
  (x) => tg.subtract(x, 0.25),
  (x, y) => tg.divide(x, tg.add(1.5, tg.square(y))),
  (x) => tg.exp(tg.negative(tg.abs(x))),
  (x) => tg.sin(x),
  (x) => tg.log1p(tg.square(x)),
  (x) => tg.sqrt(tg.abs(x)),
  (x) => tg.relu(x),
  (x, y) => tg.maximum(x, y),
  (x, y) => tg.where(tg.greater(x, y), x, tg.multiply(y, 0.5)),
  (x) => tg.clip(x, -0.5, 0.75),
  (x, _, { row }) => tg.add(x, row),
  (x, _, { row }) => tg.multiply(row, x),
  (x, _, { column }) => tg.multiply(column, x),
  (x, _, { strided }) => tg.subtract(strided, x),
  (x, _, { number }) => tg.multiply(x, number),
  (x) => tg.add(x, tg.sum(x, -1, { keepdims: true })),
  (x) => tg.subtract(x, tg.mean(x)),
  (x) => tg.add(x, tg.multiply(1e-3, tg.sum(x, 0))),
  (x) => tg.astype(tg.astype(x, "float32"), x.dtype),
  (x) => tg.multiply(x, tg.astype(tg.less(x, 0.1), x.dtype)),
  (x) => tg.sigmoid(x),
];

const SHAPES = [[1], [3], [255], [257], [1025], [2, 128], [3, 341], [5, 7, 11], [9, 600]];

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  test.each(SHAPES.map((shape) => [shape]))("random programs of shape %j", (shape) => {
    const x = values(shape, dtype);
    const y = values(shape, dtype);
    const more: Operands = {
      row: values(shape.slice(-1), dtype),
      column: values([...shape.slice(0, -1), 1], dtype),
      strided: values([...shape].reverse(), dtype).transpose(),
      number: values([], dtype),
    };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(3), fc.nat(5)), {
          minLength: 1,
          maxLength: 14,
        }),
        (program) => {
          const run = (a: Tensor, b: Tensor): Tensor => {
            const made = [a, b];
            for (const [step, i, k] of program) {
              const pick = (j: number): Tensor => made[made.length - 1 - (j % made.length)]!;
              made.push(STEPS[step]!(pick(i), pick(k), more));
            }
            return made.at(-1)!;
          };
          expectSameBits(() => run(x, y));
          const loss = (a: Tensor, b: Tensor): Tensor => tg.sum(tg.tanh(run(a, b)));
          expectSameBits(() => tg.valueAndGrad(loss, { argnums: [0, 1] })(x, y));
          const slope = (a: Tensor): Tensor => tg.sum(tg.square(tg.grad(loss)(a, y)));
          expectSameBits(() => tg.grad(slope)(x));
          expectSameBits(() => tg.jvp((a: Tensor) => run(a, y), [x], [y]));
          expectSameBits(() => tg.vmap((a: Tensor) => tg.grad(loss)(a, y))(tg.stack([x, y])));
        },
      ),
      { numRuns: 12, seed: 3 },
    );
  });

  test("sums of rows whose length is no multiple of anything", () => {
    for (const shape of [
      [7, 1],
      [3, 100],
      [2, 1024],
      [4, 1500],
      [1, 5000],
      [2, 3, 70],
    ]) {
      const x = values(shape, dtype);
      expectSameBits(() => tg.sum(tg.multiply(x, 2)));
      expectSameBits(() => tg.sum(tg.exp(x), -1));
      expectSameBits(() => tg.mean(tg.sin(x), shape.length > 2 ? [1, 2] : 1));
      expectSameBits(() => tg.sum(tg.sin(x), 0));
    }
  });
});

describe("sums, products and negatives, which pair up in one instruction", () => {
  const HARD = [0, -0, 1, -1, NaN, Infinity, -Infinity, 3e-45, 1e-310, 3e38, 1e300, 0.1, -7.3];
  type Two = (a: number, b: number) => number;
  const PAIRS: Record<string, [(x: Tensor, y: Tensor) => Tensor, Two]> = {
    add: [tg.add, (a, b) => a + b],
    subtract: [tg.subtract, (a, b) => a - b],
    multiply: [tg.multiply, (a, b) => a * b],
    negative: [(x) => tg.negative(x), (a) => -a],
  };
  const names = Object.keys(PAIRS);
  const round = { float32: Math.fround, float64: (x: number) => x, int32: (x: number) => x | 0 };

  const program = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(6), fc.nat(6)), {
    minLength: 2,
    maxLength: 12,
  });

  /** Runs a program over any kind of operand: each step takes two of the values made last. */
  function run<V>(
    steps: readonly [string, number, number][],
    start: readonly V[],
    step: (name: string, a: V, b: V) => V,
  ): V {
    const made = [...start];
    for (const [name, i, k] of steps) {
      made.push(step(name, made.at(-1 - (i % made.length))!, made.at(-1 - (k % made.length))!));
    }
    return made.at(-1)!;
  }

  const sizes = [1, 2, 127, 128, 129, 255, 256, 257, 515, 1100];
  const dtypes = ["float32", "float64", "int32"] as const;
  test.each(dtypes)("%s: every operation is rounded for itself", (dtype) => {
    fc.assert(
      fc.property(program, fc.constantFrom(...sizes), (steps, n) => {
        const list = dtype === "int32" ? [0, 1, -1, 3, -2] : HARD;
        const pick = (k: number) => (i: number) => list[(i * k + k) % list.length]!;
        const kinds = [pick(1), pick(3), pick(5), () => list[2]!];
        const start = kinds.map((value, k) =>
          k === 3
            ? tensor(value(0), { dtype })
            : tensor(
                Array.from({ length: n }, (_, i) => value(i)),
                { dtype },
              ),
        );
        const compute = (): Tensor =>
          tg.add(
            run(steps, start, (name, a, b) => PAIRS[name]![0](a, b)),
            tg.zeros([n], { dtype }),
          );
        expectSameBits(compute);
        const want = Array.from({ length: n }, (_, i) =>
          run(
            steps,
            kinds.map((value) => round[dtype](value(i))),
            (name, a, b) =>
              round[dtype](
                dtype === "int32" && name === "multiply" ? Math.imul(a, b) : PAIRS[name]![1](a, b),
              ),
          ),
        );
        // Zero is added at the end, which leaves no -0.
        expect(Array.from(compute().data())).toEqual(want.map((x) => round[dtype](x + 0)));
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  test("nothing of nothing", () => {
    const x = tg.zeros([0]);
    expectSameBits(() => tg.subtract(tg.add(tg.multiply(x, x), x), tg.negative(x)));
  });

  test.each(["float32", "float64"] as const)("%s: derivatives", (dtype) => {
    const base = tensor(Float64Array.from({ length: 515 }, (_, i) => HARD[i % HARD.length]!));
    const x = base.astype(dtype);
    const y = base.slice([[null, null, -1]]).astype(dtype);
    fc.assert(
      fc.property(program, (steps) => {
        const f = (a: Tensor, b: Tensor): Tensor =>
          tg.sum(tg.square(run(steps, [a, b], (name, u, v) => PAIRS[name]![0](u, v))));
        expectSameBits(() => tg.grad(f, { argnums: [0, 1] })(x, y));
        expectSameBits(() => tg.grad((a: Tensor) => tg.sum(tg.grad(f)(a, y)))(x));
      }),
      { numRuns: 40, seed: 12 },
    );
  });

  test("a pair is computed once and kept if both are asked for", () => {
    const x = values([700], "float64");
    expectSameBits(() => {
      const product = tg.multiply(x, x);
      const sum = tg.add(product, x);
      return [sum, product, tg.subtract(tg.multiply(sum, product), product)];
    });
  });
});

test("integers and bools wait as well", () => {
  const i = tg.arange(0, 3000, 1, { dtype: "int32" });
  expectSameBits(() => tg.add(tg.multiply(i, i), tg.subtract(7, i)));
  expectSameBits(() => tg.logicalAnd(tg.greater(i, 5), tg.less(tg.multiply(2, i), 99)));
  expectSameBits(() => tg.divide(i, tg.add(i, 1)));
  expectSameBits(() => tg.sum(tg.multiply(i, 2)));
});

test("hard values pass through tiles as they do alone", () => {
  const hard = [0, -0, NaN, Infinity, -Infinity, 1e-320, 709.8, -745.2, 1e300, 88.8, -104];
  const x = tensor(Float64Array.from({ length: 1100 }, (_, i) => hard[i % hard.length]!));
  for (const dtype of ["float32", "float64"] as const) {
    const a = x.astype(dtype);
    expectSameBits(() => tg.add(tg.exp(tg.multiply(a, 1)), tg.sin(tg.multiply(a, 1))));
    expectSameBits(() => tg.grad((v: Tensor) => tg.sum(tg.tanh(tg.log(tg.abs(v)))))(a));
  }
});

describe("what waits", () => {
  test("costs no memory, and is computed when it is read", () => {
    const x = tg.ones(100_000);
    const before = tg.memory().residentBytes;
    const y = tg.exp(tg.multiply(x, 0));
    expect(tg.memory().residentBytes - before).toBeLessThan(4096);
    expect(y.data()[99_999]).toBe(1);
    expect(tg.memory().residentBytes - before).toBeGreaterThan(400_000);
  });

  test("a long chain is computed on the way", () => {
    let x = tg.ones(2000);
    for (let i = 0; i < 1000; i++) x = tg.multiply(tg.add(x, 1), 0.5);
    expect(x.data()[1999]).toBe(1);
    const g = tg.grad((v: Tensor) => {
      let s = v;
      for (let i = 0; i < 300; i++) s = tg.multiply(s, 1.001);
      return tg.sum(s);
    })(tg.ones(2000));
    expect(g.data()[0]).toBeCloseTo(1.001 ** 300, 4);
  });

  test("many values of one operand, read in any order", () => {
    const x = values([1500], "float64");
    const all = Array.from({ length: 300 }, (_, i) => tg.multiply(x, i));
    const sum = all.reduce((a, b) => tg.add(a, b));
    const want = x.data()[7]! * ((299 * 300) / 2);
    expect(sum.data()[7]).toBeCloseTo(want, 8);
    expect(all[299]!.data()[7]).toBe(x.data()[7]! * 299);
    expect(all[3]!.data()[7]).toBe(x.data()[7]! * 3);
  });

  test("keeps the old value of a leaf that is assigned to", () => {
    const w = tensor(new Float32Array(5000).fill(2), { requiresGrad: true });
    const y = tg.noGrad(() => tg.multiply(w, 3));
    tg.noGrad(() => w.assignAdd(tg.ones(5000)));
    expect(w.data()[0]).toBe(3);
    expect(y.data()[4999]).toBe(6);
  });

  test("goes with its operands when they are disposed of", () => {
    const x = tg.ones(5000);
    const y = tg.multiply(x, 4);
    x.dispose();
    expect(y.data()[4999]).toBe(4);
  });

  test("is right inside and after an exception", () => {
    const x = tg.ones(5000);
    let kept: Tensor | undefined;
    expect(() =>
      tg.grad((v: Tensor) => {
        kept = tg.exp(tg.multiply(v, 0));
        throw new Error("stop");
      })(x),
    ).toThrow("stop");
    expect(kept!.data()[4999]).toBe(1);
  });

  test("values of any kind can be asked for in the middle of a function", () => {
    const x = values([3000], "float64");
    const f = (v: Tensor): Tensor => {
      const e = tg.exp(tg.multiply(v, -2));
      const middle = tg.sum(e).item();
      return tg.sum(tg.multiply(e, middle > 0 ? 1 : 2));
    };
    expectSameBits(() => tg.valueAndGrad(f)(x));
  });
});

test("setFusion tells what it was, and refuses what is no size", () => {
  expect(setFusion(100)).toBe(4096);
  expect(setFusion(Infinity)).toBe(100);
  expect(() => setFusion(-1)).toThrow(/^setFusion: minBytes is/);
  expect(() => setFusion(NaN)).toThrow(/^setFusion: minBytes is/);
  expect(() => setFusion("1" as unknown as number)).toThrow(
    /^setFusion: minBytes is the string "1"/,
  );
});
