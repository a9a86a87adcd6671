// Scalars leave wasm when the level that made them ends. Whoever carried one out finds its value.

import {
  add,
  divide,
  exp,
  full,
  grad,
  jvp,
  memory,
  multiply,
  negative,
  noGrad,
  sin,
} from "tapegrad";
import {
  resetPeakMemory,
  square,
  subtract,
  sum,
  tensor,
  tidy,
  valueAndGrad,
  vjp,
  vmap,
  where,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";

/** The central difference of f at x. */
const slope = (f: (x: number) => number, x: number): number => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;

describe("scalars carried out of a transform", () => {
  const carried: Record<string, Tensor> = {};
  const f = (x: Tensor): Tensor => {
    carried["input"] = x;
    carried["float64"] = exp(x);
    carried["float32"] = multiply(x.astype("float32"), tensor(0.5));
    carried["bool"] = x.greater(0);
    return sin(multiply(carried["float64"], carried["float32"]));
  };

  test("are numbers, tensors, operands", () => {
    grad(f)(0.25);
    expect(carried["input"]!.item()).toBe(0.25);
    expect(carried["float64"]!.item()).toBeCloseTo(Math.exp(0.25), 14);
    expect(carried["float32"]!.dtype).toBe("float32");
    expect(carried["float32"]!.item()).toBe(0.125);
    expect(carried["bool"]!.toArray()).toBe(true);
    expect(add(carried["float64"]!, 1).item()).toBeCloseTo(Math.exp(0.25) + 1, 14);
    expect(carried["float64"]!.data()).toEqual(Float64Array.of(carried["float64"]!.item()));
    expect(grad((x) => multiply(x, carried["float64"]!))(3)).toBe(carried["float64"]!.item());
    // Weak, as a number that entered a transform: it does not widen float32.
    expect(multiply(carried["float64"]!, tensor([1, 2])).dtype).toBe("float32");
  });

  test("can be disposed of, and tidied away", () => {
    const kept: Tensor[] = [];
    const g = (x: Tensor): Tensor => {
      kept.push(exp(x), negative(x));
      return kept[0]!;
    };
    grad(g)(1);
    kept[0]!.dispose();
    expect(() => kept[0]!.item()).toThrow(/disposed/);
    expect(kept[1]!.item()).toBe(-1);
    kept.length = 0;
    tidy(() => grad(g)(1));
    expect(() => kept[1]!.item()).toThrow(/disposed/);
  });

  test("more of them than one call hands over", () => {
    const all: Tensor[] = [];
    const chain = (x: Tensor): Tensor => {
      let y = x;
      for (let i = 0; i < 2000; i++) all.push((y = add(y, 0.5)));
      return y;
    };
    expect(grad(chain)(1)).toBe(1);
    expect(all.map((y) => y.item())).toEqual(all.map((_, i) => 1 + 0.5 * (i + 1)));
  });

  test("in the hands of an inner transform, whose slots are taken again", () => {
    const kept: [Tensor, number][] = [];
    const keep = (x: Tensor, value: number): Tensor => (kept.push([x, value]), x);
    const inner = (by: number) => (y: Tensor) => {
      keep(multiply(y, by), 4 * by);
      return multiply(keep(square(y), 16), by);
    };
    grad((x: Tensor) => {
      let sum = keep(multiply(x, 2), 6);
      for (let by = 1; by <= 40; by++) {
        const slope = grad(inner(by))(4) as unknown as Tensor | number;
        expect(typeof slope === "number" ? slope : slope.item()).toBe(8 * by);
        sum = keep(add(sum, by), 6 + (by * (by + 1)) / 2);
        // Read in the middle, some of them: these have a cell from then on.
        if (by % 7 === 0) expect(kept.at(-2)![0].item()).toBe(16);
      }
      return sum;
    })(3);
    for (const [x, value] of kept) expect(x.item()).toBe(value);
    // Twice, and as operands.
    for (const [x, value] of kept) expect(add(x, 1).item()).toBe(value + 1);
  });

  test("that the imperative tape still needs", () => {
    const w = tensor(5, { requiresGrad: true });
    let light: Tensor | undefined;
    let product: Tensor | undefined;
    const before = memory().tensors;
    grad((x) => {
      light = multiply(x, 2);
      product = multiply(light, w);
      return product;
    })(3);
    expect(light!.item()).toBe(6);
    product!.backward();
    expect(w.grad!.item()).toBe(6);
    expect(add(light!, 1).item()).toBe(7);
    [light, product, w].forEach((x) => x!.dispose());
    w.grad?.dispose();
    expect(memory().tensors).toBeLessThanOrEqual(before + 8);
  });

  test("are gone for good if nobody holds them", () => {
    const f = (x: Tensor): Tensor => exp(multiply(sin(x), 0.5));
    for (let i = 0; i < 100; i++) grad(f)(i);
    const { nodes, tensors } = memory();
    for (let i = 0; i < 5000; i++) grad(grad(f))(i);
    expect(memory().nodes - nodes).toBeLessThan(2000);
    expect(memory().tensors - tensors).toBeLessThan(2000);
  });

  test("after an exception as well", () => {
    let y: Tensor | undefined;
    const boom = (x: Tensor): Tensor => {
      y = exp(x);
      throw new Error("boom");
    };
    expect(() => grad(boom)(2)).toThrow("boom");
    expect(y!.item()).toBeCloseTo(Math.exp(2), 13);
    expectIntact();
  });
});

describe("tapes of scalars alone", () => {
  test("functions that return an argument, a constant, the second argument", () => {
    expect(grad((x) => x)(3)).toBe(1);
    expect(valueAndGrad((_x: Tensor) => exp(tensor(0)))(3)).toEqual([1, 0]);
    const second = (_x: number, y: number) => multiply(y, 2);
    expect(grad(second, { argnums: [0, 1] })(3, 5)).toEqual([0, 2]);
    const first = (x: number, y: number) => (exp(y), x);
    expect(grad(first, { argnums: [0, 1] })(3, 5)).toEqual([1, 0]);
  });

  test("a branch that was not taken, in any order", () => {
    const f = (x: Tensor): Tensor => where(x.greater(0), sin(x), multiply(x, x));
    expect(grad(f)(0.5)).toBeCloseTo(Math.cos(0.5), 14);
    expect(grad(grad(f))(-1)).toBe(2);
    expect(grad(grad(grad(f)))(0.5)).toBeCloseTo(-Math.cos(0.5), 13);
  });

  test("gradients of gradients, with inner ones at constants", () => {
    const inner = (x: Tensor) =>
      grad((y: Tensor) => multiply(multiply(x, y), sin(y)))(2) as unknown as Tensor;
    const outer = (x: Tensor): Tensor => multiply(exp(x), inner(x));
    const c = Math.sin(2) + 2 * Math.cos(2);
    expect(grad(outer)(0.3)).toBeCloseTo(
      slope((x) => Math.exp(x) * x * c, 0.3),
      7,
    );
    const quotient = (x: Tensor) => divide(subtract(1, exp(x)), add(1, exp(x)));
    let derivative: (x: number) => number = (x) => grad(quotient)(x);
    let exact: unknown = grad(quotient);
    for (let order = 2; order <= 4; order++) {
      exact = grad(exact as (x: Tensor) => Tensor);
      expect((exact as (x: number) => number)(0.7)).toBeCloseTo(slope(derivative, 0.7), 6);
      derivative = exact as (x: number) => number;
    }
  });

  test("float32, and a leaf of the imperative style beside them", () => {
    const w = tensor(3, { requiresGrad: true });
    let y: Tensor | undefined;
    const f = (x: Tensor): Tensor => (y = multiply(w, square(x)));
    // It depends on the leaf, and so stays a tensor.
    expect((grad(f)(2) as unknown as Tensor).item()).toBe(12);
    // The imperative tape still knows how y came from w.
    y!.backward();
    expect(w.grad!.item()).toBe(4);
    expect(grad((x: Tensor) => square(x))(tensor(1.5)).item()).toBe(3);
  });

  test("under jvp, vjp and vmap", () => {
    const cube = (x: Tensor): Tensor => multiply(x, multiply(x, x));
    expect(jvp(grad(cube) as (x: Tensor) => Tensor, [2], [1])[1]).toBe(12);
    const [, pullback] = vjp(grad(cube) as (x: Tensor) => Tensor, 2);
    expect([pullback(1), pullback(2)]).toEqual([[12], [24]]);
    const mapped = vmap((x: Tensor) => multiply(x, grad(cube)(2)));
    expect(mapped(tensor([1, 2])).toArray()).toEqual([12, 24]);
    expect(vmap(grad(cube))(tensor([1, 2])).toArray()).toEqual([3, 12]);
  });
});

test("nothing stays behind in wasm", () => {
  const f = (x: Tensor): Tensor => sin(multiply(exp(x), x));
  const before = memory().nodes;
  for (let i = 0; i < 3000; i++) grad(grad(f))(0.5);
  expect(memory().nodes).toBeLessThan(before + 1200);
});

test("batches leave although folds of them are still to be computed", () => {
  const kept: Tensor[] = [];
  resetPeakMemory();
  const before = memory().residentBytes;
  for (let i = 0; i < 600; i++) {
    const batch = full([100_000], i);
    noGrad(() => sum(square(batch)));
    if (i % 100 === 0) kept.push(batch);
  }
  expect(memory().peakBytes).toBeLessThan(before + 64e6);
  expect(kept.map((batch) => batch.max().item())).toEqual([0, 100, 200, 300, 400, 500]);
});

test("small values of every dtype come back from the chunk that they left in", () => {
  const make = (i: number): Tensor[] => [
    tensor([i, i + 1, i + 2]),
    tensor([[i, 0.5], [1, i]], { dtype: "float64" }), // prettier-ignore
    tensor([i, -i], { dtype: "int32" }),
    tensor([[i % 2 === 0, true]]),
    tensor([[i]]),
    full([2, 0], i),
  ];
  const made = Array.from({ length: 3000 }, (_, i) => make(i));
  expect(memory().evictions).toBeGreaterThan(0);
  made.forEach((list, i) => {
    expect(list.map((x) => x.toArray())).toEqual([
      [i, i + 1, i + 2],
      [[i, 0.5], [1, i]], // prettier-ignore
      [i, -i || 0],
      [[i % 2 === 0, true]],
      [[i]],
      [[], []],
    ]);
  });
});
