// compile(): what a replayed function does to tensors from outside, and what it is bound to.

import {
  add,
  compile,
  exp,
  matmul,
  mean,
  memory,
  multiply,
  noGrad,
  sin,
  square,
  subtract,
  sum,
  tanh,
  tensor,
  tidy,
  valueAndGrad,
  zeros,
  zerosLike,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { pattern } from "./close.js";
import { expectSame, seen, times } from "./recorded.js";

const leaf = (rows: number, columns: number, phase = 0): Tensor =>
  tensor(pattern(rows, columns, phase), { requiresGrad: true });
const data = (rows: number, columns: number, phase = 0): Tensor =>
  tensor(pattern(rows, columns, phase));

const loss = (w: Tensor, v: Tensor, x: Tensor): Tensor =>
  mean(square(matmul(tanh(matmul(x, w)), v)));

describe("training steps", () => {
  const batches = [0, 1, 2, 3].map((phase) => () => [data(5, 4, phase), 0.1 / (phase + 1)]);

  test("backward, assignSub, gradients taken away", () => {
    const n = expectSame(() => {
      const leaves = [leaf(4, 6), leaf(6, 2, 1)] as [Tensor, Tensor];
      return {
        f(x: Tensor, rate: number) {
          const value = loss(...leaves, x);
          value.backward();
          noGrad(() => {
            for (const w of leaves) {
              w.assignSub(multiply(rate, w.grad!));
              w.grad = null;
            }
          });
          return value;
        },
        state: () => leaves.map((w) => [w, w.grad, w.requiresGrad, w.isLeaf]),
      };
    }, batches);
    expect(n).toBe(1);
  });

  test("gradients that stay, and are added to", () => {
    const n = expectSame(() => {
      const leaves = [leaf(4, 6), leaf(6, 2, 1)] as [Tensor, Tensor];
      return {
        f: (x: Tensor) => loss(...leaves, x).backward(),
        state: () => leaves.map((w) => w.grad),
      };
    }, batches);
    // Once without gradients before, once with.
    expect(n).toBe(2);
  });

  test("gradients taken away before", () => {
    const n = expectSame(() => {
      const w = leaf(4, 2);
      return {
        f(x: Tensor, rate: number) {
          w.grad = null;
          sum(square(matmul(x, w))).backward();
          noGrad(() => w.assignSub(multiply(w.grad!, rate)));
        },
        state: () => [w, w.grad],
      };
    }, batches);
    expect(n).toBe(1);
  });

  test("momentum in tensors that are no leaves", () => {
    const n = expectSame(() => {
      const leaves = [leaf(4, 6), leaf(6, 2, 1)] as [Tensor, Tensor];
      const speeds = leaves.map((w) => zerosLike(w));
      return {
        f(x: Tensor, rate: number) {
          loss(...leaves, x).backward();
          noGrad(() => {
            leaves.forEach((w, i) => {
              speeds[i]!.assign(add(multiply(speeds[i]!, 0.9), w.grad!));
              w.assignSub(multiply(rate, speeds[i]!));
              w.grad = null;
            });
          });
        },
        state: () => [leaves, speeds],
      };
    }, batches);
    expect(n).toBe(1);
  });

  test("the functional style, with momentum", () => {
    const both = valueAndGrad((p: { w: Tensor; v: Tensor }, x: Tensor) => loss(p.w, p.v, x));
    const f = (p: { w: Tensor; v: Tensor }, speed: { w: Tensor; v: Tensor }, x: Tensor) => {
      const [value, g] = both(p, x);
      const next = {
        w: add(multiply(0.9, speed.w), g.w),
        v: add(multiply(0.9, speed.v), g.v),
      };
      return [
        value,
        { w: subtract(p.w, multiply(0.1, next.w)), v: subtract(p.v, multiply(0.1, next.v)) },
        next,
      ] as const;
    };
    const run = (step: typeof f) => {
      let p = { w: data(4, 6), v: data(6, 2, 1) };
      let speed = { w: zeros([4, 6]), v: zeros([6, 2]) };
      const values: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        const [value, nextP, nextSpeed] = step(p, speed, data(5, 4, i));
        [p, speed] = [nextP, nextSpeed];
        values.push(seen(value));
      }
      return [values, seen(p), seen(speed)];
    };
    expect(run(compile(f))).toEqual(run(f));
  });

  test("leaves as arguments", () => {
    const n = expectSame(() => {
      const w = leaf(4, 2);
      return {
        f(x: Tensor, scale: number) {
          const step = (w: Tensor) => {
            sum(square(multiply(matmul(x, w), scale))).backward();
            noGrad(() => w.assignSub(multiply(0.01, w.grad!)));
            w.grad = null;
          };
          step(w);
        },
        state: () => w,
      };
    }, batches);
    expect(n).toBe(1);
    const [a, b] = [leaf(2, 2), leaf(2, 2, 1)];
    const [a2, b2] = [leaf(2, 2), leaf(2, 2, 1)];
    const f = (w: Tensor) => {
      sum(square(w)).backward();
      noGrad(() => w.assignSub(multiply(0.25, w.grad!)));
      w.grad = null;
    };
    const compiled = compile(f);
    for (let i = 0; i < 3; i++) {
      compiled(a);
      compiled(b);
      f(a2);
      f(b2);
    }
    expect(seen([a, b])).toEqual(seen([a2, b2]));
    expect(compiled.programs.length).toBe(2);
  });

  test("a leaf that is assigned twice, read in between, and swapped", () => {
    expectSame(
      () => {
        const [a, b] = [leaf(9, 9), leaf(9, 9, 1)];
        return {
          f: (x: Tensor) =>
            noGrad(() => {
              a.assignAdd(x);
              const between = multiply(a, b);
              const old = a.detach();
              a.assign(b);
              b.assign(old);
              return [between, multiply(a, b), old];
            }),
          state: () => [a, b],
        };
      },
      [0, 1, 2].map((phase) => () => [data(9, 9, phase)]),
    );
    expectSame(
      () => {
        const [a, b] = [leaf(9, 9), leaf(9, 9, 1)];
        return {
          f: () =>
            noGrad(() => {
              const old = a.detach();
              a.assign(b);
              b.assign(old);
            }),
          state: () => [a, b],
        };
      },
      times(3, () => []),
    );
  });

  test("a constant is assigned", () => {
    expectSame(
      () => {
        const w = leaf(3, 3);
        return {
          f: (x: Tensor) => {
            noGrad(() => w.assign(ones33));
            sum(square(multiply(w, x))).backward();
            return w.grad;
          },
          state: () => [w, w.grad],
        };
      },
      [0, 1, 2].map((phase) => () => [data(3, 3, phase)]),
    );
  });

  test("values that others hold are not written over", () => {
    const w = leaf(8, 8);
    const step = compile((x: Tensor) => noGrad(() => w.assignAdd(x)));
    const x = data(8, 8);
    step(x);
    const view = w.detach().transpose();
    const product = multiply(w, 2);
    const before = seen([view, product]);
    step(x);
    step(x);
    expect(seen([view, product])).toEqual(before);
    sum(product).backward();
    expect(w.grad!.toArray()).toEqual(multiply(2, data(8, 8).multiply(0).add(1)).toArray());
  });
});

const ones33 = data(3, 3, 4);

describe("what is bound", () => {
  test("leaves are looked up at each call, other tensors are constants", () => {
    const w = leaf(2, 3);
    const c = data(2, 3, 1);
    const f = compile((x: Tensor) => noGrad(() => add(multiply(x, w), c)));
    const x = data(2, 3, 2);
    const first = c.toArray();
    for (let i = 0; i < 3; i++) {
      const want = noGrad(() => add(multiply(x, w), tensor(first as number[][])).toArray());
      expect(f(x).toArray()).toEqual(want);
      noGrad(() => w.assign(data(2, 3, 7 + i)));
      c.assign(data(2, 3, 9 + i));
    }
  });

  test("a leaf turned into a plain tensor is a constant from then on", () => {
    const w = leaf(2, 2);
    const f = compile((x: Tensor) => noGrad(() => multiply(x, w)));
    const x = data(2, 2, 1);
    const plain = () => noGrad(() => multiply(x, w).toArray());
    expect(f(x).toArray()).toEqual(plain());
    w.requiresGrad = false;
    expect(f(x).toArray()).toEqual(plain());
    const before = plain();
    w.assign(x);
    expect(f(x).toArray()).toEqual(before);
  });

  test("a graph that leads outside is left alone", () => {
    const w = leaf(2, 2);
    const f = compile((x: Tensor) => sum(multiply(square(w), x)));
    const x = data(2, 2, 1);
    for (let i = 0; i < 3; i++) {
      w.grad = null;
      f(x).backward();
      expect(w.grad!.toArray()).toEqual(multiply(multiply(2, w.detach()), x).toArray());
    }
    expect(f.programs.length).toBe(0);
    const g = compile((y: Tensor) => y.backward());
    w.grad = null;
    g(sum(square(w)));
    expect(w.grad!.toArray()).toEqual(multiply(2, w.detach()).toArray());
  });

  test("a leaf that f makes itself", () => {
    expectSame(
      () => ({
        f(x: Tensor) {
          const w = tensor([1, 2], { requiresGrad: true });
          const v = x.detach();
          v.requiresGrad = true;
          sum(multiply(multiply(w, v), x)).backward();
          return [w.grad, v.grad];
        },
      }),
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ].map((x) => () => [tensor(x)]),
    );
  });

  test("options, strings and functions are part of the form", () => {
    const f = (x: Tensor, mode: string, keep: { on: boolean }, g: (x: Tensor) => Tensor) =>
      mode === "sum" ? sum(g(x), 0, { keepdims: keep.on }) : g(x);
    const calls: [string, { on: boolean }, (x: Tensor) => Tensor][] = [
      ["sum", { on: true }, sin],
      ["sum", { on: false }, sin],
      ["none", { on: true }, sin],
      ["none", { on: true }, exp],
    ];
    const n = expectSame(
      () => ({ f }),
      [...calls, ...calls].map((call) => () => [data(2, 3), ...call]),
    );
    expect(n).toBe(4);
  });

  test("static arguments", () => {
    const f = (x: Tensor, axis: number, shape: number[]) => sum(x, axis).reshape(shape);
    const calls = [
      [0, [3, 1]],
      [1, [1, 2]],
      [0, [1, 3]],
      [0, [3, 1]],
    ].map(([axis, shape]) => () => [data(2, 3), axis, shape]);
    expect(expectSame(() => ({ f }), calls, { static: [1, 2] })).toBe(3);
  });
});

describe("memory", () => {
  test("is flat over many calls", () => {
    const w = leaf(20, 20);
    const both = compile(valueAndGrad((x: Tensor) => sum(sin(multiply(x, x)))));
    const step = compile((x: Tensor) => {
      sum(square(matmul(x, w))).backward();
      noGrad(() => w.assignSub(multiply(1e-6, w.grad!)));
    });
    const x = data(20, 20);
    const run = (n: number) => {
      for (let i = 0; i < n; i++) {
        both(0.5 as never);
        both(x);
        step(x);
      }
      return memory();
    };
    const first = run(2000);
    const second = run(10_000);
    expect(second.residentBytes).toBeLessThanOrEqual(1.5 * first.residentBytes + 2 ** 22);
    expect(second.nodes).toBeLessThan(2 * first.nodes + 2000);
  });

  test("of programs is given back", () => {
    const x = data(50, 50);
    const run = () => {
      const f = compile((x: Tensor) => sum(matmul(sin(x), x)));
      for (let i = 0; i < 3; i++) f(x).dispose();
      expect(f.programs[0]!.peakBytes).toBeGreaterThan(10_000);
      expect(String(f.programs[0])).toContain("matmul");
      const during = memory().residentBytes;
      f.dispose();
      expect(memory().residentBytes).toBeLessThan(during - 10_000);
      expect(f(x).item()).toBe(sum(matmul(sin(x), x)).item());
      f.dispose();
    };
    run();
    const before = memory();
    tidy(run);
    expect(memory().nodes).toBe(before.nodes);
    expect(memory().residentBytes).toBe(before.residentBytes);
  });

  test("only so many programs are kept", () => {
    const f = compile((x: Tensor, n: string) => multiply(x, n.length));
    const x = data(2, 2);
    for (let i = 0; i < 100; i++)
      expect(f(x, "a".repeat(i)).toArray()).toEqual(multiply(x, i).toArray());
    expect(f.programs.length).toBe(64);
    f.dispose();
  });

  test("captured tensors may leave wasm in between", () => {
    const w = leaf(100, 100);
    const c = data(100, 100, 2);
    const f = compile((x: Tensor) => {
      const y = noGrad(() => sum(add(multiply(x, w), c)));
      noGrad(() => w.assignAdd(x));
      return y;
    });
    const x = data(100, 100, 3);
    const held: Tensor[] = [];
    const v = leaf(100, 100);
    for (let i = 0; i < 5; i++) {
      const want = noGrad(() => sum(add(multiply(x, v), c))).item();
      noGrad(() => v.assignAdd(x));
      expect(f(x).item()).toBe(want);
      for (let k = 0; k < 1500; k++) held.push(data(100, 1, k).broadcastTo([100, 100]).add(1));
      held.length = 200;
    }
    expect(memory().evictions).toBeGreaterThan(0);
  });
});
