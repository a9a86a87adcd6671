// scan of checkpoints: the same numbers with less memory.

import {
  checkEquivalent,
  checkGrads,
  compile,
  cos,
  grad,
  memory,
  multiply,
  ones,
  resetPeakMemory,
  scan,
  sin,
  sum,
  tanh,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const run = (checkpoint: boolean) => (w: Tensor, xs: Tensor) =>
  scan(
    (h, x) => {
      const next = tanh(multiply(w, multiply(sin(h), cos(x))));
      return [next, multiply(next, w)];
    },
    0.5,
    xs,
    { checkpoint },
  );
const loss = (checkpoint: boolean) => (w: Tensor, xs: Tensor) => {
  const [h, ys] = run(checkpoint)(w, xs);
  return sum(ys).add(h);
};
const xs = tensor([0.3, -1, 2, 0.7], { dtype: "float64" });

describe("scan with checkpoint", () => {
  test("gives the same numbers", () => {
    const w = tensor(1.3, { dtype: "float64" });
    for (const argnums of [0, 1]) {
      const [a, b] = [true, false].map((c) => grad(loss(c), { argnums })(w, xs));
      checkEquivalent(a, b, { rtol: 1e-11 });
    }
    checkGrads(loss(true), [1.3, xs]);
  });

  test("in other transforms", () => {
    const ws = tensor([0.5, 1.3], { dtype: "float64" });
    const [a, b] = [true, false].map((c) => vmap(grad(loss(c)), { inAxes: [0, null] })(ws, xs));
    checkEquivalent(a, b, { rtol: 1e-11 });
    const step = compile((w: Tensor) => grad(loss(true))(w, xs));
    expect(step(tensor(1.3, { dtype: "float64" })).item()).toBeCloseTo(
      grad(loss(false))(tensor(1.3, { dtype: "float64" }), xs).item(),
      14,
    );
    expect(run(true)(tensor(1), tensor([]))[1].shape).toEqual([0]);
  });

  test("keeps less", () => {
    const peak = (checkpoint: boolean): number => {
      const big = ones([10_000]);
      const f = (w: Tensor) => {
        const [h] = scan(
          (c) => {
            let y = c as Tensor;
            for (let i = 0; i < 20; i++) y = sin(multiply(y, w));
            return [y, null];
          },
          big,
          null,
          { length: 20, checkpoint },
        );
        return sum(h as Tensor);
      };
      const before = memory().residentBytes;
      resetPeakMemory();
      grad(f)(tensor(1)).item();
      return memory().peakBytes - before;
    };
    expect(peak(true)).toBeLessThan(peak(false) / 3);
  });
});
