// Recomputed instead of stored: the same values and derivatives, less memory.

import {
  add,
  checkGrads,
  checkpoint,
  checkpointSequential,
  compile,
  cos,
  elementwiseGrad,
  fixedPoint,
  grad,
  zeros,
} from "tapegrad";
import {
  full,
  hessian,
  jacfwd,
  jacobian,
  jacrev,
  jvp,
  matmul,
  memory,
  multiply,
  noGrad,
} from "tapegrad";
import { resetPeakMemory, sin, square, sum, tanh, tensor, tidy, vjp, vmap } from "tapegrad";
import { scan, stack, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
type Fn = (x: Tensor) => Tensor;
type Wrap = <F extends (...args: never[]) => unknown>(f: F) => F;

const x = tensor([0.3, -1.1, 2], float64);
const y = tensor([0.7, 0.2, -0.4], float64);
const rows = tensor(pattern(4, 3), float64);
const f = (a: Tensor, b: Tensor) => multiply(sin(multiply(a, b)), tanh(add(a, square(b))));

/** A layer of which a backward pass wants three values of 256 KB. */
const layers = Array.from({ length: 100 }, (_, i) => (a: Tensor) => {
  const b = sin(add(a, i / 100)).reshape([256, 256]);
  return multiply(0.5, add(a, matmul(b, b).reshape([65536])).tanh());
});

// The first test of all: what has been evicted before sets the mark for what stays.
test("the peak of a deep network falls", () => {
  const wide = full([65536], 0.5);
  const peak = (run: () => unknown) => {
    resetPeakMemory();
    const before = memory().residentBytes;
    run();
    return memory().peakBytes - before;
  };
  const plain = peak(() => grad((a: Tensor) => sum(layers.reduce((b, l) => l(b), a)))(wide));
  const root = peak(() => grad((a: Tensor) => sum(checkpointSequential(layers, 10, a)))(wide));
  expect(plain / root).toBeGreaterThan(2);
});

/** What is done with a wrapped function. */
const uses: Record<string, (wrap: Wrap) => unknown> = {
  value: (wrap) => wrap(f)(x, y),
  grad: (wrap) => grad((a, b) => sum(wrap(f)(a, b)), { argnums: [0, 1] })(x, y),
  "of one number": (wrap) => grad((a: Tensor) => wrap(sin)(wrap(sin)(a)))(0.4 as never),
  captured: (wrap) => grad((a: Tensor) => sum(wrap((b: Tensor) => f(b, multiply(a, b)))(y)))(x),
  "captured and passed": (wrap) =>
    grad((a: Tensor) => {
      const scale = sin(a);
      return sum(wrap((b: Tensor) => multiply(f(b, a), scale))(square(a)));
    })(x),
  "only captured": (wrap) => grad((a: Tensor) => sum(wrap(() => f(a, a))()))(x),
  "returns what it captures": (wrap) =>
    grad((a: Tensor) => sum(wrap((b: Tensor) => add(a, b))(a)))(x),
  "returns its argument": (wrap) =>
    grad((a: Tensor) => sum(multiply(wrap((b: Tensor) => b)(a), a)))(x),
  "the same tensor twice": (wrap) => grad((a: Tensor) => sum(wrap(f)(a, a)))(x),
  "a tree": (wrap) =>
    grad((p: { a: Tensor; b: [Tensor, string] }) => {
      const { s, t } = wrap((q: typeof p) => ({
        s: f(q.a, q.b[0]),
        t: [sum(q.a), q.b[1]] as const,
      }))(p);
      return multiply(sum(s), t[0]);
    })({ a: x, b: [y, "k"] }),
  "one of two results": (wrap) =>
    grad((a: Tensor) => sum(wrap((b: Tensor) => [sin(b), cos(b)] as const)(a)[1]))(x),
  nested: (wrap) =>
    grad((a: Tensor) =>
      sum(wrap((b: Tensor) => wrap((d: Tensor) => f(d, b))(sin(multiply(b, a))))(a)),
    )(x),
  "to order 4": (wrap) => {
    let d: Fn = (a) => wrap(f)(a, multiply(a, a));
    for (let i = 0; i < 4; i++) d = elementwiseGrad(d) as Fn;
    return d(x);
  },
  jvp: (wrap) => jvp(wrap(f), [x, y], [y, x]),
  "jvp captured": (wrap) => jvp((a: Tensor) => wrap((b: Tensor) => f(b, sin(a)))(a), [x], [y]),
  "jvp of jvp": (wrap) => jvp((a: Tensor) => jvp(wrap(f), [a, y], [y, a])[1], [x], [y]),
  "jvp of grad": (wrap) =>
    jvp(
      grad((a: Tensor) => sum(wrap((b: Tensor) => f(b, a))(y))),
      [x],
      [y],
    ),
  "grad of jvp": (wrap) => grad((a: Tensor) => sum(jvp(wrap(f), [a, y], [a, x])[1]))(x),
  vjp: (wrap) => {
    const [value, pullback] = vjp(wrap(f), x, y);
    return [value, pullback(x), pullback(y)];
  },
  "vjp captured": (wrap) => {
    const [value, pullback] = vjp((a: Tensor) => {
      const s = sin(a);
      return wrap((b: Tensor) => multiply(s, f(b, s)))(y);
    }, x);
    return [value, pullback(x), pullback(y)];
  },
  "grad through a pullback": (wrap) =>
    grad((a: Tensor) =>
      sum(
        vjp(
          wrap((b: Tensor) => f(b, a)),
          a,
        )[1](square(a))[0],
      ),
    )(x),
  "a pullback called in another transform": (wrap) => {
    const [, pullback] = vjp(
      wrap((b: Tensor) => f(b, y)),
      x,
    );
    return grad((a: Tensor) => sum(square(pullback(a)[0])))(y);
  },
  hessian: (wrap) => hessian((a: Tensor) => sum(wrap(f)(a, sin(a))))(x),
  jacobian: (wrap) => jacobian((a: Tensor) => wrap(f)(a, multiply(a, y)))(x),
  "vmap of grad": (wrap) =>
    vmap(
      grad((a: Tensor, b: Tensor) => sum(wrap((d: Tensor) => f(d, b))(a))),
      { inAxes: [0, null] },
    )(rows, y),
  "grad of vmap": (wrap) =>
    grad((a, b) => sum(square(vmap(wrap(f), { inAxes: [0, null] })(a, b))), { argnums: [0, 1] })(
      rows,
      y,
    ),
  "grad around vmap": (wrap) =>
    grad((a, b) => sum(square(wrap(vmap(f, { inAxes: [0, null] }) as typeof f)(a, b))), {
      argnums: [0, 1],
    })(rows, y),
  "grad of vmap of grad": (wrap) =>
    grad((a: Tensor) => sum(square(vmap(grad((b: Tensor) => sum(wrap(f)(b, a))))(rows))))(y),
  "grad inside": (wrap) =>
    grad((a: Tensor) =>
      sum(wrap((b: Tensor) => grad((d: Tensor) => sum(f(d, multiply(b, a))))(b))(a)),
    )(x),
  backward: (wrap) => {
    const a = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
    const w = tensor([0.7, 0.2, -0.4], { ...float64, requiresGrad: true });
    const loss = sum(square(wrap((b: Tensor) => f(b, w))(multiply(a, w))));
    loss.backward(undefined, { retainGraph: true });
    loss.backward();
    return [a.grad, w.grad];
  },
  "backward after an assignment": (wrap) => {
    const w = tensor([0.7, 0.2, -0.4], { ...float64, requiresGrad: true });
    const loss = sum(wrap((b: Tensor) => f(b, w))(multiply(w, w)));
    noGrad(() => w.assign([1, 1, 1]));
    loss.backward();
    return w.grad;
  },
  "backward of grad": (wrap) => {
    const a = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
    sum(square(grad((b: Tensor) => sum(wrap((d: Tensor) => f(d, a))(b)))(x))).backward();
    return a.grad;
  },
  "in tidy": (wrap) => {
    const w = tensor([0.7, 0.2, -0.4], { ...float64, requiresGrad: true });
    const loss = tidy(() => sum(wrap((b: Tensor) => f(b, w))(multiply(w, 2))));
    loss.backward();
    return w.grad;
  },
  sequential: (wrap) => {
    const layers = Array.from({ length: 7 }, (_, i) => (a: Tensor) => f(a, multiply(y, i)));
    const all = (a: Tensor) =>
      wrap === none ? layers.reduce((b, l) => l(b), a) : checkpointSequential(layers, 3, a);
    return grad((a: Tensor) => sum(all(a)))(x);
  },
  "no perturbation confusion": (wrap) =>
    grad((a: Tensor) =>
      sum(multiply(a, grad((b: Tensor) => sum(wrap((d: Tensor) => f(d, a))(b)))(y))),
    )(x),
  compiled: (wrap) => {
    const step = compile((a: Tensor) =>
      grad((b: Tensor) => sum(wrap((d: Tensor) => f(d, b))(b)))(a),
    );
    return [step(x), step(y), step(x)];
  },
  empty: (wrap) => grad((a: Tensor) => sum(wrap(f)(a, a)))(tensor([], float64)),
};

const none: Wrap = (g) => g;
test.each(Object.keys(uses))("%s", (name) => {
  expectClose(uses[name]!(checkpoint as Wrap), uses[name]!(none), 1e-11);
});

test("passes checkGrads", () => {
  checkGrads((a: Tensor, b: Tensor) => checkpoint((d: Tensor) => f(d, b))(a), [x, y]);
});

describe("what is stored", () => {
  const wide = full([65536], 0.5);

  test("a node per call and its result, and nothing inside", () => {
    const deep = (a: Tensor) => f(sin(f(a, a)), cos(f(a, square(a))));
    const nodes = (wrap: Wrap) => {
      let n = 0;
      grad((a: Tensor) => {
        let b = a;
        for (let i = 0; i < 500; i++) b = wrap(deep)(b);
        n = memory().nodes;
        return sum(b);
      })(x);
      return n;
    };
    // An alias, a node, a result; what is no longer on the tape leaves.
    expect(nodes(checkpoint as Wrap)).toBeLessThan(0.5 * nodes(none));
  });

  test("budgetBytes says when nothing is computed twice", () => {
    let calls = 0;
    const g = (a: Tensor) => {
      calls++;
      return sum(tanh(sin(a)));
    };
    grad(checkpoint(g))(wide);
    expect(calls).toBe(2);
    grad(checkpoint(g, { budgetBytes: 1000 }))(wide);
    expect(calls).toBe(4);
    grad(checkpoint(g, { budgetBytes: 2 ** 20 }))(wide);
    expect(calls).toBe(5);
    checkpoint(g)(wide);
    expect(calls).toBe(6);
  });
});

describe("errors", () => {
  test("thrown inside", () => {
    let calls = 0;
    const g = checkpoint((a: Tensor) => {
      if (++calls === 2) throw new Error("own");
      return sin(a);
    });
    const w = tensor([1, 2], { requiresGrad: true });
    expect(() => sum(g(w)).backward()).toThrow("own");
    expect(w.grad).toBe(null);
    calls = 0;
    expect(() => grad((a: Tensor) => sum(g(a)))(x)).toThrow("own");
    expectClose(grad((a: Tensor) => sum(g(a)))(x), cos(x));
  });

  test("a function that changes its mind", () => {
    let calls = 0;
    const g = (other: Tensor) =>
      checkpoint((a: Tensor) => (calls++ % 2 === 0 ? sin(a) : multiply(a, other)));
    const message = "checkpoint: the function has computed something else when it was called again";
    expect(() => grad((a: Tensor) => sum(g(square(a))(a)))(x)).toThrow(message);
  });

  test("arguments of the functions themselves", () => {
    expect(() => checkpoint(3 as never)).toThrow("checkpoint: needs a function, not the number 3");
    expect(() => checkpoint(sin, { budgetBytes: -1 })).toThrow(
      "checkpoint: budgetBytes is the number -1, not a number of bytes",
    );
    expect(() => checkpointSequential([sin as Fn], 2, x)).toThrow(
      "checkpointSequential: 1 functions do not make 2 segments",
    );
    expect(() => grad(checkpoint((() => undefined) as never))(x)).toThrow("returned undefined");
  });
});

describe("transforms in the function", () => {
  const slope: Fn = (a) => grad((b: Tensor) => sum(multiply(sin(b), sin(a))))(a);
  const implicit: Fn = (a) =>
    fixedPoint(
      (b: Tensor, z: Tensor) => add(sin(b), multiply(0.1, z)),
      multiply(a, a),
      zeros([3], float64),
    );
  const inside: Record<string, Fn> = {
    grad: slope,
    hessian: (a) => matmul(hessian((b: Tensor) => sum(multiply(sin(b), b)))(a), a),
    jvp: (a) => jvp((b: Tensor) => multiply(a, sin(b)), [a], [y])[1],
    "a pullback": (a) => vjp((b: Tensor) => multiply(a, sin(b)), a)[1](y)[0],
    "a fixed point": implicit,
    "the derivative of a fixed point": (a) => jvp(implicit, [a], [y])[1],
  };

  // A pullback runs after its level has ended, and transforms take the next number that is free.
  test.each(Object.keys(inside))("%s", (name) => {
    const plain = inside[name]!;
    const g = checkpoint(plain);
    expectClose(vjp(g, x)[1](y), vjp(plain, x)[1](y), 1e-9);
    const pull = (h: Fn) => (a: Tensor) => sum(multiply(vjp(h, a)[1](y)[0], y));
    expectClose(grad(pull(g))(x), grad(pull(plain))(x), 1e-9);
    expectClose(vjp(pull(g), x)[1](1), vjp(pull(plain), x)[1](1), 1e-9);
    const w = tensor([0.3, -1.1, 2], { dtype: "float64", requiresGrad: true });
    pull(g)(w).backward();
    expectClose(w.grad, grad(pull(plain))(x), 1e-9);
  });
});

describe("what changes before the function runs again", () => {
  const of = (value: number | number[], options = {}) =>
    tensor(value as number[], { ...float64, ...options });

  test("captured tensors that were assigned to are as they were at first", () => {
    const scale = of([2, 3, 4]);
    const block = checkpoint((a: Tensor) => sum(multiply(scale, square(a))));
    const w = of([1, 1, 1], { requiresGrad: true });
    const loss = block(w);
    const again = block(w);
    scale.assign([0, 0, 0]);
    const later = block(w);
    scale.assignAdd(1);
    loss.backward();
    expectClose(w.grad, [4, 6, 8]);
    later.backward();
    expectClose(w.grad, [4, 6, 8]);
    again.backward();
    expectClose(w.grad, [8, 12, 16]);
    expectClose(scale, [1, 1, 1]);
  });

  test("so are leaves that a kept pullback knows as constants", () => {
    const w = of([2, 3, 4], { requiresGrad: true });
    const [, pull] = vjp(
      checkpoint((a: Tensor) => sum(multiply(w, square(a)))),
      of([1, 1, 1]),
    );
    noGrad(() => w.assign([0, 0, 0]));
    expectClose(pull(of(1))[0], [4, 6, 8]);
    expectClose(w, [0, 0, 0]);
  });

  test("what the function assigns itself happens once", () => {
    const count = of(0);
    const block = checkpoint((a: Tensor) => {
      count.assignAdd(1);
      return multiply(square(a), count);
    });
    const w = of(3, { requiresGrad: true });
    const loss = add(block(block(w)), block(w)); // 2 w⁴ + 3 w²
    expect(count.item()).toBe(3);
    loss.backward();
    expectClose(w.grad, 8 * 27 + 18);
    expect(count.item()).toBe(3);
    expectClose(
      grad((v: Tensor) => grad(checkpoint((a: Tensor) => block(square(a))))(v))(of(2)),
      4 * 12 * 4,
    );
    expect(count.item()).toBe(4);
  });

  test("evicted in between, disposed of, assigned to hundreds of times", () => {
    const scale = of([2, 3, 4]);
    const gone = of([1, 1, 1]);
    const w = of([1, 1, 1], { requiresGrad: true });
    let loss: Tensor = of(0);
    for (let i = 0; i < 300; i++) {
      scale.assign([i, i, i]);
      loss = add(loss, checkpoint((a: Tensor) => sum(multiply(multiply(scale, gone), a)))(w));
    }
    gone.assign([5, 5, 5]);
    gone.dispose();
    loss.backward();
    expectClose(w.grad, [44850, 44850, 44850]);
    const most = (n: number) => {
      let top = 0;
      for (let i = 0; i < n; i++) {
        checkpoint((a: Tensor) => sum(multiply(scale, square(a))))(w).backward();
        scale.assignAdd(1);
        top = Math.max(top, memory().nodes);
      }
      return top;
    };
    const one = most(1500);
    expect(most(1500)).toBeLessThan(2 * one + 100);
  });

  test("a function that throws when it runs again leaves nothing behind", () => {
    let first = true;
    let carried: Tensor | undefined;
    const block = checkpoint((a: Tensor) => {
      carried = sin(a);
      if (!first) throw new Error("mine");
      first = false;
      return square(carried);
    });
    const w = of(0.5, { requiresGrad: true });
    const loss = block(w);
    expect(() => loss.backward()).toThrow("mine");
    expect(carried!.requiresGrad).toBe(false);
    w.grad = null;
    multiply(carried!, w).backward();
    expectClose(w.grad, Math.sin(0.5));
    expect(() => grad(block)(of(1))).toThrow("mine");
    expectClose(grad(sin)(0), 1);
  });
});

describe("a scan in segments inside a vmap inside a checkpoint", () => {
  const at = tensor([0.1, 0.2], float64);
  const inner = (a: Tensor) =>
    scan((c: Tensor, b: Tensor) => [add(c, 1), multiply(sin(b), a)], 0, stack([sin(a), a]))[1].at(
      1,
    ) as Tensor;
  const mapped = (a: Tensor): Tensor =>
    vmap(inner, { inAxes: 1, outAxes: 1 })(stack([cos(a), a, a], 1)).slice([null, 1]) as Tensor;
  const block = checkpoint(mapped);
  const slopes = [0.1, 0.2].map((v) => Math.sin(v) + v * Math.cos(v));

  test("runs again with its batch axes", () => {
    expectClose(grad((a: Tensor) => sum(block(a)))(at), slopes);
    expectClose(jvp(block, [at], [tensor([1, 1], float64)])[1], slopes);
    expectClose(
      grad((a: Tensor) => sum(grad((b: Tensor) => sum(block(b)))(a)))(at),
      [0.1, 0.2].map((v) => 2 * Math.cos(v) - v * Math.sin(v)),
    );
  });

  test("also where another vmap is under way by then", () => {
    const [, pull] = vjp(block, at);
    expectClose(
      vmap((v: Tensor) => pull(v)[0])(
        tensor(
          [
            [1, 1],
            [2, 0],
            [0, 3],
          ],
          float64,
        ),
      ),
      [slopes, [2 * slopes[0]!, 0], [0, 3 * slopes[1]!]],
    );
    expectClose(jacobian(block)(at), [
      [slopes[0]!, 0],
      [0, slopes[1]!],
    ]);
  });
});

test("tangents of a vmap stay while the function runs again as it ran outside of it", () => {
  // 1,024 tensors are enough to have others leave.
  const press = <T>(a: T): T => {
    for (let i = 0; i < 2500; i++) tensor(i);
    return a;
  };
  const block = (w: Tensor): Tensor => {
    const captured = sin(w);
    const inner = (a: Tensor) => press(multiply(sin(a), press(cos(captured))));
    return sum(checkpoint(inner)(square(w)));
  };
  for (let i = 0; i < 3; i++) {
    expectClose(jacfwd(block)(x), grad(block)(x));
    expectClose(jacrev(jacfwd(block))(x), hessian(block)(x));
  }
});
