// Walks at their limits: many pauses, many results, leaves that were assigned to, hooks without gradient.

import {
  add,
  checkpoint,
  customVjp,
  explain,
  forward,
  grad,
  multiply,
  noGrad,
  onGrads,
  sin,
  square,
  sum,
  Tape,
  tensor,
  type Tensor,
} from "tapegrad";
import { expect, test } from "vitest";
import { numbers } from "../ops/support.js";

test("a tape with more pauses than the scratch area holds", () => {
  const outer = new Tape();
  const t = new Tape();
  const x = tensor(3);
  outer.watch(x);
  t.watch(x);
  let y = square(x);
  for (let i = 0; i < 3000; i++) {
    t.pause(() => add(x, i));
    y = add(y, 0);
  }
  expect((t.gradient(y, x) as Tensor).item()).toBe(6);
  outer.dispose();
  expect(grad(sin)(0)).toBe(1);
});

test("more results than a walk can list are refused", () => {
  const many = customVjp((x: Tensor) => Array.from({ length: 3000 }, () => multiply(x, 1)), {
    fwd: (x: Tensor) => [Array.from({ length: 3000 }, () => multiply(x, 1)), null],
    bwd: (_: null, gs: Tensor[]) => [gs.reduce((a, b) => add(a, b))],
  });
  expect(() => grad((x: Tensor) => many(x).reduce((a, b) => add(a, b)))(1 as never)).toThrow(
    /customVjp: 1 arguments and 3000 results at once/,
  );
});

test("forward, when a primal has been assigned to since", () => {
  const v = tensor([2, 3], { dtype: "float64", requiresGrad: true });
  const slope = forward({ primals: v, tangents: tensor([1, 0]) }, (acc) => {
    const y = multiply(v, v);
    noGrad(() => v.assign([7, 7]));
    return acc.jvp(y);
  });
  expect(numbers(slope as Tensor)).toEqual([4, 0]);
});

test("onGrads, when a rule gives one of the group nothing", () => {
  const [a, b] = [2, 3].map((x) => tensor(x, { requiresGrad: true })) as [Tensor, Tensor];
  const seen: (number | null)[][] = [];
  const dispose = onGrads([a, b], (gs) => seen.push(gs.map((g) => g?.item() ?? null)));
  const half = customVjp((x: Tensor, y: Tensor) => add(x, y), {
    fwd: (x: Tensor, y: Tensor) => [add(x, y), null],
    bwd: (_: null, g: Tensor) => [g, null],
  });
  half(a, b).backward();
  dispose();
  expect(seen).toEqual([[1, null]]);
});

test("explain goes through a checkpoint", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const e = explain(sum(checkpoint((x: Tensor) => square(x))(w)), w);
  expect(String(e)).not.toMatch(/vanishes/);
});
