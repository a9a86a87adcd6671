// Loops in segments: what is not kept is computed again, in every transform, to the same numbers.

import { checkGrads, fori, grad, hessian, jacobian, jvp, memory, mean, ones, scan } from "tapegrad";
import {
  add,
  compile,
  exp,
  less,
  matmul,
  multiply,
  negative,
  sin,
  square,
  stack,
  sum,
  tanh,
  tensor,
  vjp,
} from "tapegrad";
import { vmap, whileLoop, zeros, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
type Cut = boolean | number;
const xs = tensor(pattern(11, 2), float64);
const w = tensor(pattern(2, 2, 1), float64);
const h0 = tensor([0.1, -0.2], float64);

const run = (w: Tensor, h: Tensor, xs: Tensor, checkpoint: Cut, reverse = false) => {
  const [last, ys] = scan(
    (h, x) => {
      const next = tanh(add(matmul(w, h), x));
      return [next, multiply(next, sin(x))];
    },
    h,
    xs,
    { checkpoint, reverse },
  );
  return add(sum(square(last)), sum(multiply(ys, ys)));
};
const counted = (w: Tensor, h: Tensor, checkpoint: Cut) =>
  sum(fori(0, 9, (i, c) => tanh(add(matmul(w, c), i / 10)), h, { checkpoint }));
const whiled = (w: Tensor, h: Tensor, checkpoint: Cut) =>
  whileLoop(
    ({ n }) => less(n, 7),
    ({ n, h }) => ({ n: add(n, 1), h: tanh(add(matmul(w, h), 0.1)) }),
    { n: 0, h },
    { checkpoint },
  ).h.sum();

const loops: Record<string, (w: Tensor, h: Tensor, checkpoint: Cut) => Tensor> = {
  scan: (w, h, c) => run(w, h, xs, c),
  "scan in reverse": (w, h, c) => run(w, h, xs, c, true),
  "scan of what is differentiated": (w, h, c) => run(w, h, matmul(xs, w), c),
  fori: counted,
  whileLoop: whiled,
  "a loop in a loop": (w, h, c) =>
    sum(fori(0, 3, (_, x) => tanh(add(x, multiply(0.1, counted(w, x, c)))), h, { checkpoint: c })),
};
const uses: Record<string, (f: (w: Tensor, h: Tensor) => Tensor) => unknown> = {
  value: (f) => f(w, h0),
  grad: (f) => grad(f, { argnums: [0, 1] })(w, h0),
  jvp: (f) => jvp(f, [w, h0], [multiply(w, w), h0]),
  hessian: (f) => hessian(f)(w, h0),
  "jvp of grad": (f) => jvp((w: Tensor) => grad(f)(w, h0), [w], [w]),
  "a pullback, twice": (f) => {
    const [y, back] = vjp(f, w, h0);
    return [y, back(1), back(2)];
  },
  jacobian: (f) => jacobian((h: Tensor) => multiply(h, f(w, h)))(h0),
  "vmap of grad": (f) => vmap(grad(f), { inAxes: [null, 0] })(w, xs.slice([[0, 3]])),
  "grad around vmap": (f) =>
    grad((w: Tensor) => mean(vmap((h: Tensor) => f(w, h))(xs.slice([[0, 3]]))))(w),
  "hessian around vmap around grad": (f) =>
    hessian((w: Tensor) => sum(square(vmap(grad((h: Tensor) => f(w, h)))(xs.slice([[0, 3]])))))(w),
  "jacobian around two vmaps": (f) =>
    jacobian((w: Tensor) =>
      vmap((a: Tensor) => vmap((h: Tensor) => f(multiply(a, w), h))(xs.slice([[0, 2]])))(
        tensor([1, 0.5, 2], float64),
      ),
    )(w),
  backward: (f) => {
    const v = tensor(w.toArray() as number[][], { dtype: "float64", requiresGrad: true });
    f(v, h0).backward();
    return v.grad;
  },
  compiled: (f) => {
    const g = compile((w: Tensor) => grad(f)(w, h0));
    return [g(w), g(multiply(w, 2))];
  },
};

describe.each(Object.keys(loops))("%s", (name) => {
  test.each(Object.keys(uses))("%s", (use) => {
    const of = (c: Cut) => uses[use]!((w, h) => loops[name]!(w, h, c));
    const plain = of(false);
    for (const c of [true, 1, 3, 50]) expectClose(of(c), plain, 1e-10);
  });
});

test("passes checkGrads", () => {
  checkGrads((w: Tensor, h: Tensor) => run(w, h, xs, true), [w, h0]);
});

describe("what stays", () => {
  const [T, B, H] = [200, 16, 32];
  const data = tensor(pattern(T * B, 8)).reshape([T, B, 8]);
  const weights = multiply(tensor(pattern(H, H)), 0.1);
  const inward = tensor(pattern(8, H));

  test("a recurrent network of 200 steps leaves a tenth of its tape", () => {
    const bytes = (checkpoint: Cut): number => {
      let there = 0;
      grad(
        (w: Tensor, u: Tensor) => {
          const before = memory().residentBytes;
          const [h] = scan((h, x) => [tanh(add(matmul(h, w), matmul(x, u))), null], zeros([B, H]), data, { checkpoint }); // prettier-ignore
          there = memory().residentBytes - before;
          return mean(square(h));
        },
        { argnums: [0, 1] },
      )(weights, inward);
      return there;
    };
    // What others have left behind may go meanwhile, or not: the middle of some.
    const middle = (checkpoint: Cut) =>
      Array.from({ length: 7 }, () => bytes(checkpoint)).sort((a, b) => a - b)[3]!;
    expect(middle(true)).toBeLessThan(middle(false) / 10);
  });

  test("steps are called twice for a gradient, and once where nothing is differentiated", () => {
    let calls = 0;
    const f = (x: Tensor, checkpoint?: Cut) =>
      fori(0, 20, (_, c) => (calls++, tanh(c)), x, checkpoint === undefined ? {} : { checkpoint });
    f(ones([3]), true);
    expect(calls).toBe(20);
    grad((x: Tensor) => sum(f(x, true)))(ones([3]));
    expect(calls).toBe(60);
    // What is short stays as it is, unless it is told otherwise.
    grad((x: Tensor) => sum(f(x)))(ones([3]));
    expect(calls).toBe(80);
  });

  test("by default no more stays than 16 MB or so, in every loop", () => {
    const x = multiply(ones([1 << 14]), 0.5);
    const bytes = (loop: (x: Tensor) => Tensor): number => {
      let there = 0;
      const g = grad((x: Tensor) => {
        const before = memory().residentBytes;
        const y = loop(x);
        there = memory().residentBytes - before;
        return sum(y);
      })(x);
      expectClose(g.at(0), want.at(0));
      return there;
    };
    const step = (c: Tensor) => exp(negative(c));
    const plain = (x: Tensor) => {
      let y = x;
      for (let i = 0; i < 300; i++) y = step(y);
      return y;
    };
    const want = grad((x: Tensor) => sum(plain(x)))(x);
    expect(bytes(plain)).toBeGreaterThan(30e6);
    const far = (s: { i: Tensor }) => less(s.i, 300);
    const more = (s: { i: Tensor; y: Tensor }) => ({ i: add(s.i, 1), y: step(s.y) });
    for (const loop of [
      (x: Tensor) => fori(0, 300, (_, c) => step(c), x),
      (x: Tensor) => scan((c: Tensor, _: null) => [step(c), null], x, null, { length: 300 })[0],
      (x: Tensor) => whileLoop(far, more, { i: tensor(0), y: x }).y,
    ]) {
      expect(bytes(loop)).toBeLessThan(22e6);
    }
  });
});

test("errors", () => {
  const f = (c: Tensor) => c;
  expect(() => fori(0, 3, (_, c) => f(c), 1, { checkpoint: 0 })).toThrow(
    "fori: checkpoint is the number 0, neither a boolean nor a positive number of steps",
  );
  expect(() => fori(0, 3, (_, c) => f(c), 1, { unroll: 2 } as never)).toThrow("fori: unknown option unroll"); // prettier-ignore
  const g = (w: Tensor) =>
    scan(
      (c: Tensor, x: Tensor): [Tensor, Tensor] =>
        x.item() > 2 ? [stack([c, c]), x] : [multiply(c, w), x],
      tensor(0, float64),
      tensor([1, 2, 3]),
    );
  expect(() => grad((w: Tensor) => g(w)[0])(1)).toThrow(
    "scan: the body changed the carry from float64[] to float64[2]",
  );
});
