// Large intermediate values may be given up when their transform ends and computed again when they
// are read: nobody can tell.

import {
  add,
  exp,
  grad,
  greater,
  multiply,
  noGrad,
  sin,
  square,
  sum,
  tensor,
  tidy,
} from "tapegrad";
import { maximum, vjp, vmap, where, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { pressSmall } from "./press.js";

const N = 20_000;
const filled = (value: number): Float64Array => new Float64Array(N).fill(value);
// exp and sin are the library's own: their last digit may differ from that of Math.
const E = exp(tensor(1, { dtype: "float64" })).item();
const S = sin(tensor(1, { dtype: "float64" })).item();
const ends = (x: Tensor): number[] => {
  const data = x.data();
  expect(data).toHaveLength(N);
  return [data[0]!, data[N - 1]!];
};

/** What may happen between the computation and the reading. */
const events: Record<string, () => void> = {
  nothing: () => undefined,
  eviction: pressSmall,
  "eviction twice": () => {
    pressSmall();
    pressSmall();
  },
};

describe.each(Object.keys(events))("after %s", (name) => {
  const event = events[name]!;

  test("a value kept from inside grad, whose argument then changes", () => {
    const x = tensor(filled(1));
    let kept: Tensor | undefined;
    grad((v: Tensor) => sum((kept = exp(v))))(x);
    event();
    x.assign(multiply(x, 0));
    event();
    expect(ends(kept!)).toEqual([E, E]);
    expect(ends(x)).toEqual([0, 0]);
  });

  test("a value computed with a captured tensor that then changes", () => {
    const c = tensor(filled(3));
    let kept: Tensor | undefined;
    grad((v: Tensor) => sum((kept = multiply(v, c))))(tensor(filled(2)));
    event();
    c.assign(multiply(c, 0));
    event();
    expect(ends(kept!)).toEqual([6, 6]);
    expect(ends(c)).toEqual([0, 0]);
  });

  test("a hidden layer read after its parameters have moved on", () => {
    const w = tensor(filled(1), { requiresGrad: true });
    const hidden = exp(w);
    sum(hidden).backward();
    event();
    noGrad(() => w.assignSub(w.grad!));
    event();
    expect(ends(hidden)).toEqual([E, E]);
    expect(ends(w)).toEqual([1 - E, 1 - E]);
    // And the leaf goes on to learn.
    w.grad = null;
    sum(multiply(w, 3)).backward();
    expect(ends(w.grad!)).toEqual([3, 3]);
  });

  test("a graph over the old value still finds its leaf", () => {
    const w = tensor(filled(1), { requiresGrad: true });
    const hidden = exp(w);
    sum(hidden).backward();
    w.grad = null;
    const other = sum(square(w));
    event();
    noGrad(() => w.assign(filled(5)));
    event();
    other.backward();
    expect(ends(w.grad!)).toEqual([2, 2]);
    expect(ends(hidden)).toEqual([E, E]);
  });

  test("operands disposed of", () => {
    const x = tensor(filled(1));
    const c = tensor(filled(3));
    let kept: Tensor | undefined;
    grad((v: Tensor) => sum((kept = multiply(exp(v), c))))(x);
    event();
    x.dispose();
    c.dispose();
    event();
    expect(ends(kept!)).toEqual([3 * E, 3 * E]);
    expect(() => c.data()).toThrow(/disposed of/);
  });

  test("the end of tidy", () => {
    const kept = tidy(() => {
      let inner: Tensor | undefined;
      const c = tensor(filled(3));
      grad((v: Tensor) => sum((inner = multiply(exp(v), c))))(tensor(filled(1)));
      event();
      return inner!;
    });
    event();
    expect(ends(kept)).toEqual([3 * E, 3 * E]);
  });

  test("a chain of values, read from the middle", () => {
    const chain: Tensor[] = [];
    grad((v: Tensor) => {
      let y = v;
      for (let i = 0; i < 20; i++) chain.push((y = add(y, 1)));
      return sum(y);
    })(tensor(filled(0)));
    event();
    chain[10]!.assign(filled(-1));
    event();
    expect(ends(chain[19]!)).toEqual([20, 20]);
    expect(ends(chain[5]!)).toEqual([6, 6]);
    expect(ends(chain[10]!)).toEqual([-1, -1]);
    expect(ends(chain[11]!)).toEqual([12, 12]);
  });

  test("a long chain, all of it at once", () => {
    let last: Tensor | undefined;
    grad((v: Tensor) => {
      let y = v;
      for (let i = 0; i < 3000; i++) y = add(y, 1);
      return sum((last = y));
    })(tensor(new Float64Array(600)));
    event();
    expect(last!.data()[599]).toBe(3000);
  });

  test("comparisons, choices and dtypes", () => {
    const kept: Tensor[] = [];
    grad((v: Tensor) => {
      const bool = greater(v, 0);
      const chosen = where(bool, multiply(v, 2), v);
      kept.push(bool, chosen, maximum(v, 0.5), v.astype("float32"), v.astype("int32"));
      return sum(chosen);
    })(tensor(filled(1)));
    event();
    expect(kept.map((x) => [x.dtype, ...ends(x)])).toEqual([
      ["bool", 1, 1],
      ["float64", 2, 2],
      ["float64", 1, 1],
      ["float32", 1, 1],
      ["int32", 1, 1],
    ]);
  });

  test("values kept from inside vmap and vjp", () => {
    let mapped: Tensor | undefined;
    vmap((v: Tensor) => sum((mapped = exp(v))))(tensor(filled(1)).reshape([2, N / 2]));
    let pulled: Tensor | undefined;
    const [, pullback] = vjp((v: Tensor) => (pulled = exp(v)), tensor(filled(1)));
    event();
    expect(mapped!.shape).toEqual([2, N / 2]);
    expect(ends(mapped!.reshape([N]))).toEqual([E, E]);
    expect(ends(pullback(pulled!)[0])).toEqual([E * E, E * E]);
    pullback.dispose();
    event();
    expect(ends(pulled!)).toEqual([E, E]);
  });

  test("used again in every style", () => {
    let kept: Tensor | undefined;
    grad((v: Tensor) => sum((kept = sin(v))))(tensor(filled(1)));
    event();
    const slope = grad((v: Tensor) => sum(multiply(v, kept!)))(kept!) as Tensor;
    expect(ends(slope)).toEqual([S, S]);
    kept!.requiresGrad = true;
    event();
    sum(square(kept!)).backward();
    expect(ends(kept!.grad!)).toEqual([2 * S, 2 * S]);
    expect(kept!.isLeaf).toBe(true);
  });
});
