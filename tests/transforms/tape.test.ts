// The tape as an object, and the forward accumulator.

import {
  add,
  compile,
  cos,
  exp,
  forward,
  grad,
  gradients,
  hessian,
  isGradEnabled,
  jacobian,
  jvp,
  matmul,
  memory,
  multiply,
  noGrad,
  ones,
  power,
  sin,
  square,
  sum,
  tanh,
  tape,
  Tape,
  tensor,
  variable,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const f64 = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64" });
const leaf = (data: number | number[] | number[][]): Tensor =>
  variable(data as number[], { dtype: "float64" });

describe("gradient", () => {
  test("of watched tensors, which are constants before and after", () => {
    const x = f64([1, 2]);
    const t = new Tape();
    t.watch(x);
    expect([t.watched.length, t.watched[0] === x]).toEqual([1, true]);
    const y = sum(power(x, 3));
    expectClose(t.gradient(y, x), [3, 12]);
    t.dispose();
    expect([x.requiresGrad, y.requiresGrad, square(x).requiresGrad]).toEqual([false, false, false]);
    expect(y.node).toBe(null);
  });

  test("`using` and tape() close it", () => {
    const x = f64(3);
    let kept: Tape;
    {
      using t = new Tape({ persistent: true });
      t.watch(x);
      expectClose(t.gradient(square(x), x), 6);
      kept = t;
    }
    expect(() => kept.gradient(square(x), x)).toThrow(/^Tape.gradient: this tape is closed/);
    const w = leaf([1, 2]);
    expectClose(
      tape((t) => t.gradient(sum(square(w)), w)!),
      [2, 4],
    );
    expectClose(
      tape({ persistent: true }, (t) => add(t.gradient(sum(w), w)!, t.gradient(sum(w), w)!)),
      [2, 2],
    );
  });

  test("watches leaves by itself, unless told otherwise", () => {
    const w = leaf([1, 2]);
    using t = new Tape({ persistent: true });
    expectClose(t.gradient(sum(square(w)), w), [2, 4]);
    using other = new Tape({ autoWatch: false, persistent: true });
    expect(other.gradient(sum(square(w)), w)).toBe(null);
    other.watch(w);
    expectClose(other.gradient(sum(square(w)), w), [2, 4]);
    expect(w.grad).toBe(null);
  });

  test("trees, several outputs, seeds, values on the way", () => {
    const [a, b] = [f64(2), f64(3)];
    using t = new Tape({ persistent: true });
    t.watch({ a, list: [b] });
    const h = multiply(a, b);
    const y = [square(h), b];
    const g = t.gradient(y, { h, list: [a, b, a] } as const);
    expectClose([g.h, ...g.list], [12, 36, 25, 36]);
    expectClose(t.gradient(y, b, { seed: [1, 100] }), 124);
    const v = multiply(a, [1, 2]);
    expectClose(t.gradient(v, a, { seed: [1, 10] }), 21);
  });

  test("unconnected: null or zeros", () => {
    const [x, z] = [f64([1, 2]), f64([3, 4])];
    using t = new Tape({ persistent: true });
    t.watch([x, z]);
    const y = sum(square(x));
    expect(t.gradient(y, z)).toBe(null);
    expectClose(t.gradient(y, z, { unconnected: "zero" }), [0, 0]);
    expect(t.gradient(f64(1), x)).toBe(null);
    expect(t.gradient(y, f64(1))).toBe(null);
    expect(() => t.gradient(y, z, { unconnected: "one" as never })).toThrow(/unconnected is/);
  });

  test("can be asked once", () => {
    const x = f64(2);
    using t = new Tape();
    t.watch(x);
    const y = square(x);
    expectClose(t.gradient(y, x), 4);
    expect(() => t.gradient(y, x)).toThrow(/^Tape.gradient: a tape can be asked once.*persistent/s);
    expect(() => t.watch(x)).toThrow(/^Tape.watch: a tape can be asked once/);
    t.reset();
    t.watch(x);
    expectClose(t.gradient(power(x, 3), x), 12);
  });

  test("a mistake does not close it", () => {
    const x = f64([1, 2]);
    using t = new Tape();
    t.watch(x);
    expect(() => t.gradient(square(x), x)).toThrow(/^Tape.gradient: the output has shape \[2\]/);
    expect(() => t.watch(3 as never)).toThrow(/^Tape.watch: x is the number 3/);
    expect(() => t.watch(tensor([1], { dtype: "int32" }))).toThrow(/only floats/);
    expectClose(t.gradient(sum(square(x)), x), [2, 4]);
  });
});

describe("nested tapes", () => {
  test("give higher derivatives", () => {
    const x = f64(0.7);
    const f = (v: Tensor): Tensor => multiply(sin(v), exp(v));
    using t2 = new Tape();
    t2.watch(x);
    using t1 = new Tape();
    t1.watch(x);
    const dy = t1.gradient(f(x), x)!;
    const want = grad((v: Tensor) => f(v));
    expectClose(dy, want(f64(0.7)).item());
    expectClose(t2.gradient(dy, x), grad((v: Tensor) => want(v))(f64(0.7)).item());
  });

  test("of variables too, three deep", () => {
    const w = leaf(2);
    const third = tape((a) =>
      a.gradient(
        tape((b) =>
          b.gradient(
            tape((c) => c.gradient(power(w, 5), w)!),
            w,
          )!,
        ),
        w,
      ),
    );
    expectClose(third, 60 * 4);
    expect(third!.requiresGrad).toBe(false);
  });

  test("one persistent tape records its own gradients", () => {
    const x = f64([0.3, 0.5]);
    using t = new Tape({ persistent: true });
    t.watch(x);
    const f = (v: Tensor): Tensor => sum(multiply(exp(v), power(sum(v), 2)));
    const g = t.gradient(f(x), x)!;
    expectClose(t.jacobian(g, x), hessian(f)(f64([0.3, 0.5])).toArray());
  });

  test("close in any order", () => {
    const x = f64(3);
    const [a, b] = [new Tape({ persistent: true }), new Tape({ persistent: true })];
    a.watch(x);
    b.watch(x);
    const y = power(x, 3);
    expectClose([a.gradient(y, x), b.gradient(y, x)], [27, 27]);
    a.dispose();
    expectClose(b.gradient(y, x), 27);
    expectClose(b.gradient(square(x), x), 6);
    a.dispose();
    b.dispose();
    expect([x.requiresGrad, y.requiresGrad]).toEqual([false, false]);
    // One after the other.
    const c = new Tape();
    c.watch(x);
    const z = square(x);
    expectClose(c.gradient(z, x), 6);
    const d = new Tape();
    d.watch(x);
    expect(d.gradient(z, x)).toBe(null);
    c.dispose();
    d.dispose();
  });

  test("pause and reset concern one tape", () => {
    const x = f64(2);
    using outer = new Tape({ persistent: true });
    using inner = new Tape({ persistent: true });
    outer.watch(x);
    inner.watch(x);
    const hidden = inner.pause(() => square(x));
    const y = multiply(hidden, x);
    expectClose(inner.gradient(y, x), 4);
    expectClose(outer.gradient(y, x), 12);
    inner.reset();
    expect(inner.gradient(y, x)).toBe(null);
    expectClose(outer.gradient(y, x), 12);
    inner.watch(x);
    expectClose(inner.gradient(multiply(x, 5), x), 5);
    using alone = new Tape({ persistent: true });
    outer.dispose();
    inner.dispose();
    alone.watch(x);
    const z = multiply(
      alone.pause(() => square(x)),
      x,
    );
    expectClose(alone.gradient(z, x), 4);
    alone.reset();
    expect([alone.gradient(z, x), alone.watched]).toEqual([null, []]);
  });
});

describe("jacobians", () => {
  const data = [
    [0.3, -0.5],
    [0.8, 0.1],
    [-0.2, 0.4],
  ];
  const w = f64([
    [0.5, -1, 2],
    [1, 0.3, -0.7],
  ]);

  test("agree with jacobian", () => {
    const f = (x: Tensor): Tensor => tanh(matmul(x, w));
    const want = jacobian(f)(f64(data));
    const x = f64(data);
    using t = new Tape({ persistent: true });
    t.watch(x);
    const got = t.jacobian(f(x), x)!;
    expect(got.shape).toEqual([3, 3, 3, 2]);
    expectClose(got, want.toArray());
    expectClose(t.jacobian(sum(x), x), ones([3, 2]).toArray());
    expect(t.jacobian(f(x), w)).toBe(null);
    expectClose(t.jacobian(x, w.slice([0]), { unconnected: "zero" })!.shape, [3, 2, 3]);
  });

  test("batchJacobian: one per example", () => {
    const f = (x: Tensor): Tensor => tanh(matmul(x, w));
    const want = vmap(jacobian((x: Tensor) => f(x)))(f64(data));
    const x = f64(data);
    using t = new Tape({ persistent: true });
    t.watch(x);
    const got = t.batchJacobian(f(x), x)!;
    expect(got.shape).toEqual([3, 3, 2]);
    expectClose(got, want.toArray());
    expectClose(t.batchJacobian(square(x.sum(1)), x)!.shape, [3, 2]);
    expect(() => t.batchJacobian(sum(x), x)).toThrow(/no axis of examples/);
    expect(() => t.batchJacobian(x.slice([[0, 2]]), x)).toThrow(/first axes differ: \[2,2\]/);
    expect(t.batchJacobian(f64([[1], [2], [3]]), x)).toBe(null);
  });
});

describe("together with the rest", () => {
  test("grad inside a tape, a tape inside grad", () => {
    const x = f64(0.4);
    const f = (v: Tensor): Tensor => sin(square(v));
    const second = grad((v: Tensor) => grad(f)(v))(f64(0.4)).item();
    expectClose(
      tape((t) => {
        t.watch(x);
        return t.gradient(grad(f)(x), x)!;
      }),
      second,
    );
    const inside = grad((v: Tensor) =>
      tape((t) => {
        t.watch(v);
        return t.gradient(f(v), v)!;
      }),
    );
    expectClose(inside(f64(0.4)), second);
    expect(inside(0.4 as never)).toBeCloseTo(second, 12);
  });

  test("vmap inside a tape, but no tape inside vmap", () => {
    const x = f64([1, 2, 3]);
    expectClose(
      tape((t) => {
        t.watch(x);
        return t.gradient(sum(vmap((v: Tensor) => multiply(v, v))(x)), x)!;
      }),
      [2, 4, 6],
    );
    expect(() => vmap((v: Tensor) => [v, new Tape()])(x)).toThrow(/^Tape: not inside vmap/);
  });

  test("noGrad around and inside", () => {
    const w = leaf(3);
    const g = noGrad(() => tape((t) => t.gradient(square(w), w)!));
    expectClose(g, 6);
    expect(isGradEnabled()).toBe(true);
    noGrad(() => {
      using t = new Tape();
      expect(isGradEnabled()).toBe(true);
      expectClose(
        t.gradient(
          multiply(
            noGrad(() => square(w)),
            w,
          ),
          w,
        ),
        9,
      );
      expect(isGradEnabled()).toBe(false);
    });
    let lost: Tape | undefined;
    noGrad(() => {
      lost = new Tape();
    });
    expect(isGradEnabled()).toBe(true);
    lost!.dispose();
    expect(isGradEnabled()).toBe(true);
  });

  test("what was computed from leaves before counts, and stays", () => {
    const w = leaf(2);
    const h = square(w);
    expectClose(
      tape((t) => t.gradient(multiply(h, 3), w)!),
      12,
    );
    h.backward();
    expectClose(w.grad, 4);
  });

  test("in compiled functions", () => {
    const w = leaf([1, 2]);
    const step = compile((x: Tensor, rate: number) => {
      const g = tape((t) => {
        t.watch(x);
        const found = t.gradient(sum(multiply(power(x, 3), w)), { x, w });
        return { x: found.x!, w: found.w! };
      });
      noGrad(() => w.assignSub(multiply(g.w, rate)));
      return g.x;
    });
    expectClose(step(f64([1, 2]), 0.5), [3, 24]);
    expectClose(w, [0.5, -2]);
    expectClose(step(f64([1, 1]), 0.5), [1.5, -6]);
    expectClose(w, [0, -2.5]);
    expectClose(step(f64([1, 1]), 0), [0, -7.5]);
    expect(step.programs.length).toBe(1);
    const slope = compile((x: Tensor) => gradients(sum(multiply(power(w, 2), x)), w));
    expectClose(
      [slope(f64([1, 1])), slope(f64([1, 2])), slope(f64([3, 0]))],
      [
        [0, -5],
        [0, -10],
        [0, 0],
      ],
    );
  });

  test("as many as one likes, for they are no levels", () => {
    const x = f64(2);
    const tapes = Array.from({ length: 50 }, () => new Tape());
    for (const t of tapes) t.watch(x);
    const y = square(x);
    for (const t of tapes) expectClose(t.gradient(y, x), 4);
    expect(x.requiresGrad).toBe(false);
  });

  test("exceptions close it and leave everything as it was", () => {
    const x = f64(1);
    expect(() =>
      tape((t) => {
        t.watch(x);
        square(x);
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(square(x).requiresGrad).toBe(false);
    expect(() => tape(() => Promise.resolve(1))).toThrow(/^tape: the function returned a promise/);
    expect(() => tape(3 as never)).toThrow(/^tape: needs a function/);
  });

  test("memory stays flat in a synchronous loop, with tapes inside each other too", () => {
    const w = leaf([
      [0.1, 0.2],
      [0.3, 0.4],
    ]);
    const before = memory().nodes;
    for (let i = 0; i < 2000; i++) {
      using t = new Tape();
      const loss = sum(tanh(matmul(w, w)));
      sum(loss);
      const g = t.gradient(loss, w)!;
      noGrad(() => w.assignSub(multiply(0.01, g)));
    }
    for (let i = 0; i < 1000; i++) {
      using t2 = new Tape();
      using t1 = new Tape();
      const g = t1.gradient(sum(tanh(matmul(w, w))), w)!;
      t2.gradient(sum(square(g)), w);
    }
    expect(memory().nodes - before).toBeLessThan(6000);
    const large = variable(ones([120, 120]));
    const bytes = memory().residentBytes;
    for (let i = 0; i < 300; i++) {
      using t = new Tape();
      const g = t.gradient(sum(tanh(matmul(large, large))), large)!;
      noGrad(() => large.assignSub(multiply(0.01, g)));
    }
    expect(memory().residentBytes - bytes).toBeLessThan(48 * 2 ** 20);
  });
});

describe("forward", () => {
  const f = (x: Tensor): Tensor => multiply(sin(x), exp(x));

  test("agrees with jvp", () => {
    const x = f64([0.2, 0.5]);
    const [, want] = jvp(f, [f64([0.2, 0.5])], [f64([1, -1])]);
    forward({ primals: x, tangents: [1, -1] }, (acc) => {
      expectClose(acc.jvp(f(x)), want.toArray());
      expectClose(acc.jvp(x), [1, -1]);
      const both = acc.jvp({ y: square(x), no: f64(1) });
      expectClose(both.y, [0.4, -1]);
      expect(both.no).toBe(null);
      expectClose(acc.jvp(f64([1, 2]), { unconnected: "zero" }), [0, 0]);
    });
    expect(f(x).requiresGrad).toBe(false);
    const [a, b] = [leaf(2), f64(3)];
    forward({ primals: { a, b }, tangents: { a: 1, b: 10 } }, (acc) =>
      expectClose(acc.jvp(multiply(a, b)), 23),
    );
  });

  test("nests with itself and with tapes, either way", () => {
    const loss = (x: Tensor): Tensor => sum(multiply(exp(x), cos(sum(x))));
    const at = [0.3, -0.2];
    const want = matmul(hessian(loss)(f64(at)), f64([1, 2])).toArray();
    const x = f64(at);
    const around = forward({ primals: x, tangents: [1, 2] }, (acc) =>
      tape((t) => {
        t.watch(x);
        return acc.jvp(t.gradient(loss(x), x)!)!;
      }),
    );
    expectClose(around, want);
    const inside = tape((t) => {
      t.watch(x);
      return t.gradient(
        forward({ primals: x, tangents: [1, 2] }, (acc) => acc.jvp(loss(x))!),
        x,
      )!;
    });
    expectClose(inside, want);
    const y = f64(0.6);
    const second = forward({ primals: y, tangents: 1 }, (outer) =>
      forward({ primals: y, tangents: 1 }, (inner) => outer.jvp(inner.jvp(f(y))!)!),
    );
    expectClose(second, grad((v: Tensor) => grad(f)(v))(f64(0.6)).item());
  });

  test("says what is wrong", () => {
    const x = f64([1, 2]);
    const run = (tangents: unknown) => () =>
      forward({ primals: x, tangents: tangents as never }, () => 0);
    expect(run([1, 2, 3])).toThrow(/^forward: the tangent has shape \[3\]/);
    expect(() => forward({ primals: [x, x], tangents: [x] }, () => 0)).toThrow(/1 tangents for 2/);
    const lost = forward({ primals: x, tangents: x }, (acc) => acc);
    expect(() => lost.jvp(x)).toThrow(/scope of this accumulator has ended/);
  });
});

describe("tapes that are closed elsewhere than they were opened", () => {
  const w = variable(3, { dtype: "float64" });
  const isOff = () => !isGradEnabled() && !square(w).requiresGrad;

  test("inside a transform, inside noGrad", () => {
    noGrad(() => {
      const t = new Tape();
      grad((x: Tensor) => {
        t.dispose();
        expect(isGradEnabled()).toBe(false);
        return square(x);
      })(1);
      expect(isOff()).toBe(true);
    });
    expect(isGradEnabled()).toBe(true);
  });

  test("inside a deeper noGrad", () => {
    noGrad(() => {
      const t = new Tape();
      grad((x: Tensor) => {
        noGrad(() => noGrad(() => t.dispose()));
        return square(x);
      })(1);
      expect(isOff()).toBe(true);
      const u = new Tape();
      expect(isGradEnabled()).toBe(true);
      noGrad(() => u.dispose());
      expect(isOff()).toBe(true);
    });
    expect(isGradEnabled()).toBe(true);
  });

  test("one after the other, in both orders", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      noGrad(() => {
        const tapes = [new Tape(), new Tape()];
        for (const i of order) {
          expect(isGradEnabled()).toBe(true);
          tapes[i]!.dispose();
        }
        expect(isOff()).toBe(true);
      });
    }
  });

  test("opened in a pause, closed after it", () => {
    const t = new Tape();
    const u = t.pause(() => new Tape());
    const y = square(w);
    t.dispose();
    u.dispose();
    expect(isGradEnabled()).toBe(true);
    expect(square(w).requiresGrad).toBe(true);
    expect(y.requiresGrad).toBe(false);
  });
});
