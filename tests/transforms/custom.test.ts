// Functions with rules of their own: as right as without, in every mode and to every order, and wrong
// where their rules are.

import {
  add,
  checkGrads,
  compile,
  concatenate,
  cos,
  customGradient,
  customJvp,
  customVjp,
  divide,
  elementwiseGrad,
  exp,
} from "tapegrad";
import { grad, hessian, jacobian, jvp, log1p, matmul, memory, multiply, noGrad } from "tapegrad";
import { forward, tape } from "tapegrad";
import { round, sigmoid, sin, square, stopGradient, straightThrough, subtract } from "tapegrad";
import { sum, tensor, tidy, valueAndGrad, vjp, vmap, where, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
type Fn = (x: Tensor) => Tensor;
type Two = (x: Tensor, y: Tensor) => Tensor;

const raw: Two = (x, y) => add(multiply(sin(x), y), square(y));

/** The same function in three ways: without rules, and by rules. */
const ways: Record<string, Two> = {
  customVjp: customVjp(raw, {
    fwd: (x: Tensor, y: Tensor) => [raw(x, y), { x, y }],
    bwd: ({ x, y }: { x: Tensor; y: Tensor }, g: Tensor) => [
      multiply(g, multiply(cos(x), y)),
      multiply(g, add(sin(x), multiply(2, y))),
    ],
  }),
  customJvp: customJvp(raw, ([x, y]: Tensor[], [dx, dy]: Tensor[]) => [
    raw(x!, y!),
    add(multiply(multiply(cos(x!), y!), dx!), multiply(add(sin(x!), multiply(2, y!)), dy!)),
  ]),
  customGradient: customGradient((x: Tensor, y: Tensor) => {
    const s = sin(x);
    return [
      add(multiply(s, y), square(y)),
      (g: Tensor) => [multiply(g, multiply(cos(x), y)), multiply(g, add(s, multiply(2, y)))],
    ];
  }),
};

const x = tensor([0.3, -1.1, 2], float64);
const y = tensor([0.7, 0.2, -0.4], float64);
const rows = tensor(pattern(4, 3), float64);

/** What is done with a function of two tensors of one shape that works element by element. */
const uses: Record<string, (f: Two) => unknown> = {
  value: (f) => f(x, y),
  grad: (f) => grad((a, b) => sum(f(a, b)), { argnums: [0, 1] })(x, y),
  "valueAndGrad of a number": (f) => valueAndGrad((a: number) => f(a as never, a as never))(0.4),
  "grad to order 4": (f) => {
    let d: Fn = (a) => f(a, multiply(a, a));
    for (let i = 0; i < 4; i++) d = elementwiseGrad(d) as Fn;
    return d(x);
  },
  jvp: (f) => jvp(f, [x, y], [y, x]),
  "jvp of jvp": (f) => jvp((a: Tensor) => jvp(f, [a, y], [y, a])[1], [x], [y]),
  "jvp of grad": (f) =>
    jvp(
      grad((a: Tensor) => sum(f(a, y))),
      [x],
      [y],
    ),
  "grad of jvp": (f) => grad((a: Tensor) => sum(jvp(f, [a, y], [a, x])[1]))(x),
  vjp: (f) => {
    const [value, pullback] = vjp(f, x, y);
    return [value, pullback(x), pullback(y)];
  },
  "grad through a pullback": (f) => grad((a: Tensor) => sum(vjp(f, a, y)[1](square(a))[0]))(x),
  hessian: (f) => hessian((a: Tensor) => sum(f(a, sin(a))))(x),
  jacobian: (f) => jacobian((a: Tensor) => f(a, multiply(a, y)))(x),
  vmap: (f) => vmap(f, { inAxes: [0, null] })(rows, y),
  "vmap of grad": (f) =>
    vmap(
      grad((a: Tensor, b: Tensor) => sum(f(a, b))),
      { inAxes: [0, null] },
    )(rows, y),
  "vmap of grad of the shared one": (f) =>
    vmap(
      grad((a: Tensor, b: Tensor) => sum(f(a, b)), { argnums: 1 }),
      { inAxes: [0, null] },
    )(rows, y),
  "grad of vmap": (f) =>
    grad((a, b) => sum(square(vmap(f, { inAxes: [0, null] })(a, b))), { argnums: [0, 1] })(rows, y),
  "grad of vmap, other axis": (f) =>
    grad((a, b) => sum(square(vmap(f, { inAxes: [1, null], outAxes: 1 })(a, b))), {
      argnums: [0, 1],
    })(rows.transpose(), y),
  "grad of vmap of vmap": (f) =>
    grad(
      (a, b) => {
        const inner = vmap(f, { inAxes: [null, 0] });
        return sum(square(vmap(inner, { inAxes: [0, null] })(a, b)));
      },
      { argnums: [0, 1] },
    )(rows, rows.slice([[1, 3]])),
  "grad of vmap where nothing is mapped": (f) =>
    grad((a, b) => sum(vmap((c: Tensor) => multiply(c, f(a, b)))(rows)), { argnums: [0, 1] })(x, y),
  "grad of vmap of grad": (f) =>
    grad((a: Tensor) => sum(square(vmap(grad((b: Tensor) => sum(f(b, a))))(rows))))(y),
  "hessian of vmap": (f) => hessian((b: Tensor) => sum(vmap(f, { inAxes: [0, null] })(rows, b)))(y),
  "vmap of hessian": (f) => vmap(hessian((a: Tensor) => sum(f(a, square(a)))))(rows),
  "jvp of vmap": (f) => jvp(vmap(f, { inAxes: [0, null] }), [rows, y], [square(rows), x]),
  "vmap of jvp": (f) => vmap((a: Tensor) => jvp(f, [a, y], [x, a])[1])(rows),
  "vmap over one": (f) => grad((a: Tensor) => sum(vmap(f)(a, a)))(rows.slice([[0, 1]])),
  backward: (f) => {
    const a = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
    const b = tensor([0.7, 0.2, -0.4], { ...float64, requiresGrad: true });
    const loss = sum(square(f(a, multiply(a, b))));
    loss.backward(undefined, { retainGraph: true });
    loss.backward();
    return [a.grad, b.grad];
  },
  "backward of grad": (f) => {
    const a = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
    sum(square(grad((b: Tensor) => sum(f(b, a)))(x))).backward();
    return a.grad;
  },
  "grad inside noGrad": (f) => noGrad(() => grad((a: Tensor) => sum(f(a, y)))(x)),
  "the same tensor twice": (f) => grad((a: Tensor) => sum(f(a, a)))(x),
  "twice in a chain": (f) => grad((a: Tensor) => sum(f(f(a, y), f(y, a))))(x),
  float32: (f) => grad((a: Tensor) => sum(f(a, y.astype("float32"))))(x.astype("float32")),
  empty: (f) => grad((a: Tensor) => sum(f(a, a)))(tensor([], float64)),
  "of a matrix product": (f) => grad((a: Tensor) => sum(f(matmul(rows, a), matmul(rows, y))))(x),
};

describe.each(Object.keys(ways))("%s", (name) => {
  const f = ways[name]!;
  test.each(Object.keys(uses))("%s", (use) => {
    expectClose(uses[use]!(f), uses[use]!(raw), use === "float32" ? 1e-6 : 1e-11);
  });

  test("passes checkGrads", () => {
    checkGrads((a: Tensor, b: Tensor) => f(a, b), [x, y], { order: 2 });
  });

  test("can be compiled", () => {
    const step = (a: Tensor) => grad((b: Tensor) => sum(square(f(b, y))))(a);
    const compiled = compile(step);
    for (const by of [1, 2, 3]) expectClose(compiled(multiply(x, by)), step(multiply(x, by)));
    expect(compiled.programs.length).toBe(1);
  });

  test("no perturbation confusion", () => {
    const nested = (h: Two) =>
      grad((a: Tensor) => sum(multiply(a, grad((b: Tensor) => sum(h(multiply(a, b), b)))(y))))(x);
    expectClose(nested(f), nested(raw));
    const constant = (h: Two) => grad((a: Tensor) => sum(grad((b: Tensor) => sum(h(b, b)))(a)))(x);
    expectClose(constant(f), constant(raw));
  });

  test("leaves no memory behind in a synchronous loop", () => {
    const w = tensor([1, 2, 3], { ...float64, requiresGrad: true });
    const step = () => {
      grad((a: Tensor) => sum(f(a, y)))(x);
      w.grad = null;
      sum(f(w, y)).backward();
      vjp(f, x, y)[1].dispose();
    };
    const most = (n: number) => {
      let top = 0;
      for (let i = 0; i < n; i++) {
        step();
        top = Math.max(top, memory().nodes);
      }
      return top;
    };
    const first = most(2000);
    expect(most(2000)).toBeLessThan(1.5 * first + 1000);
  });
});

test("a rule decides, right or wrong", () => {
  const wrong = customVjp((a: Tensor) => square(a), {
    fwd: (a: Tensor) => [square(a), null],
    bwd: (_: null, g: Tensor) => [multiply(g, 100)],
  });
  expect(grad(wrong)(3 as never)).toBe(100);
  expect(jvp(wrong, [3 as never], [2 as never])).toEqual([9, 200]);
  const never = customJvp(
    (a: Tensor) => square(a),
    ([a]: Tensor[]) => [square(a!), null],
  );
  expect(grad(never)(3 as never)).toBe(0);
});

test("the formula of the value is not differentiated", () => {
  const log1pexp: Fn = customJvp(
    (a: Tensor) => log1p(exp(a)),
    ([a]: Tensor[], [da]: Tensor[]) => [log1pexp(a!), multiply(da!, sigmoid(a!))],
  );
  expect(grad(log1pexp)(1000 as never)).toBe(1);
  expect(grad(grad(log1pexp))(0 as never)).toBe(0.25);
  expect(grad((a: Tensor) => log1p(exp(a)))(1000 as never)).not.toBe(1);
  const own = customGradient((a: Tensor) => {
    const e = exp(a);
    return [log1p(e), (g: Tensor) => multiply(g, subtract(1, divide(1, add(1, e))))];
  });
  expect(grad(own)(100 as never)).toBe(1);
});

test("transforms outside differentiate what fwd does", () => {
  const f = customVjp((a: Tensor) => round(a), {
    fwd: (a: Tensor) => [round(a), null],
    bwd: (_: null, g: Tensor) => [g],
  });
  // The inner transform sees the rule, the outer one round() itself.
  const both = grad((a: Tensor) => grad((b: Tensor) => multiply(f(multiply(a, b)), b))(2 as never));
  expectClose(both(1.3 as never), 2);
});

test("straightThrough is the identity for all transforms", () => {
  const f = straightThrough(round);
  expect(f(tensor([1.4, 2.6])).toArray()).toEqual([1, 3]);
  expect(grad((a: Tensor) => f(multiply(a, a)))(1.5 as never)).toBe(3);
  expectClose(jvp(f, [x], [y])[1], y);
  const both = grad((a: Tensor) => grad((b: Tensor) => multiply(f(multiply(a, b)), b))(2 as never));
  expectClose(both(1.3 as never), 4);
  const sign = straightThrough((a) => a.greater(0));
  const [value, slope] = valueAndGrad((a: Tensor) => sum(multiply(sign(a), y)))(x);
  expectClose(value, 0.7 - 0.4);
  expectClose(slope, y);
  expectClose(vmap(grad((a: Tensor) => sum(square(f(a)))))(rows), multiply(2, round(rows)));
  expect(() => grad((a: Tensor) => straightThrough(sum)(a))(x)).toThrow(
    "straightThrough: the function returned shape [] for an argument of shape [3]",
  );
});

test("trees of arguments and of results", () => {
  interface Net {
    w: Tensor;
    steps: [Tensor, string];
  }
  const plain = ({ w, steps }: Net, k: number) => ({
    a: multiply(multiply(w, steps[0]), k),
    b: [sum(w), steps[1]],
  });
  const f = customVjp(plain, {
    fwd: (net: Net, k: number) => [plain(net, k), [net, k]],
    bwd: ([net, k]: [Net, number], g: { a: Tensor; b: [Tensor, null] }) => {
      expect(g.b[1]).toBe("tag");
      const part = multiply(g.a, k);
      return [
        { w: add(multiply(part, net.steps[0]), g.b[0]), steps: [multiply(part, net.w), null] },
        null,
      ];
    },
  });
  const net: Net = { w: x, steps: [y, "tag"] };
  const loss = (h: typeof plain) => (n: Net) => {
    const { a, b } = h(n, 3);
    return add(sum(square(a)), multiply(5, b[0] as Tensor));
  };
  expectClose(grad(loss(f) as never)(net as never), grad(loss(plain) as never)(net as never));
});

test("arguments that are not differentiated", () => {
  const power: string[] = [];
  const f = customVjp((_name: string, a: Tensor, n: number) => multiply(a, n), {
    nondiffArgnums: [0, 2],
    fwd: (_name: string, a: Tensor, n: number) => [multiply(a, n), a],
    bwd: (name: string, n: number, _: Tensor, g: Tensor) => {
      power.push(name);
      return [multiply(g, n)];
    },
  } as never) as (name: string, a: Tensor, n: number) => Tensor;
  expectClose(grad((a: Tensor) => sum(f("k", a, 4)))(x), [4, 4, 4]);
  expect(power).toEqual(["k"]);
  const g = customJvp(
    (n: number, a: Tensor) => multiply(a, n),
    (n: number, [a]: Tensor[], [da]: Tensor[]) => [multiply(a!, n), multiply(da!, n)],
    { nondiffArgnums: 0 },
  );
  expectClose(grad((a: Tensor) => sum(g(4, a)))(x), [4, 4, 4]);
  expectClose(jvp((a: Tensor) => g(4, a), [x], [y])[1], multiply(4, y));
});

test("integers pass, without derivatives", () => {
  const take = customVjp((a: Tensor, i: Tensor) => [a.take(i), i] as const, {
    fwd: (a: Tensor, i: Tensor) => [[a.take(i), i], i],
    bwd: (i: Tensor, [g, none]: [Tensor, null]) => {
      expect(none).toBe(null);
      expect(i.dtype).toBe("int32");
      return [multiply(sum(g), tensor([1, 1, 1], float64)), null];
    },
  });
  const index = tensor([0, 2], { dtype: "int32" });
  const f = (a: Tensor) => {
    const [part, i] = take(a, index);
    expect(i.dtype).toBe("int32");
    return sum(part);
  };
  expectClose(grad(f)(x), [2, 2, 2]);
});

test("several results, of which some get no cotangent", () => {
  const f = customVjp((a: Tensor) => [sin(a), cos(a)] as const, {
    fwd: (a: Tensor) => [[sin(a), cos(a)], a],
    bwd: (a: Tensor, [g, h]: [Tensor, Tensor]) => [
      subtract(multiply(g, cos(a)), multiply(h, sin(a))),
    ],
  });
  expectClose(grad((a: Tensor) => sum(f(a)[0]))(x), cos(x));
  expectClose(grad((a: Tensor) => sum(f(a)[1]))(x), multiply(-1, sin(x)));
  expectClose(grad((a: Tensor) => sum(add(...f(a))))(x), subtract(cos(x), sin(x)));
  expectClose(grad((a: Tensor) => sum(concatenate([...f(a)])))(x), subtract(cos(x), sin(x)));
  expectClose(grad((a: Tensor) => sum(vmap((b: Tensor) => f(b)[1])(a)))(x), multiply(-1, sin(x)));
  const mixed = (h: (a: Tensor) => readonly [Tensor, Tensor]) =>
    jvp((a: Tensor) => [...h(a)], [x], [y]);
  expectClose(
    mixed(f),
    mixed((a) => [sin(a), cos(a)]),
  );
});

test("returns its argument", () => {
  const f = customVjp((a: Tensor) => a, {
    fwd: (a: Tensor) => [a, null],
    bwd: (_: null, g: Tensor) => [multiply(g, 7)],
  });
  expectClose(grad((a: Tensor) => sum(f(a)))(x), [7, 7, 7]);
  expectClose(f(x), x);
  const w = tensor([1, 2], { requiresGrad: true });
  sum(multiply(f(w), w)).backward();
  expectClose(w.grad, [8, 16]);
});

test("null stands for zeros", () => {
  const f = customVjp((a: Tensor, b: Tensor) => add(a, b), {
    fwd: (a: Tensor, b: Tensor) => [add(a, b), null],
    bwd: (_: null, g: Tensor) => [g, null],
  });
  expectClose(grad((a, b) => sum(f(a, b)), { argnums: [0, 1] })(x, y), [
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("residuals are kept from tidy and dispose", () => {
  let held: Tensor | undefined;
  const f = customVjp((a: Tensor) => sin(a), {
    fwd: (a: Tensor) => {
      held = cos(a);
      return [sin(a), held];
    },
    bwd: (c: Tensor, g: Tensor) => {
      const slope = multiply(g, c);
      c.dispose();
      return [slope];
    },
  });
  const w = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
  const loss = tidy(() => sum(f(w)));
  held?.dispose();
  loss.backward(undefined, { retainGraph: true });
  loss.backward();
  expectClose(w.grad, multiply(2, cos(x)));
});

describe("errors", () => {
  const ruled = (rule: object) => customVjp((a: Tensor) => sin(a), rule as never);
  const fwd = (a: Tensor) => [sin(a), a];
  const run = (f: Fn) => () => grad((a: Tensor) => sum(f(a)))(x);

  test.each([
    [
      "fwd returns one thing",
      { fwd: sin, bwd: () => [null] },
      "customVjp: fwd returns [y, residuals], not a value of class Tensor",
    ],
    [
      "fwd returns nothing",
      { fwd: () => undefined, bwd: () => [null] },
      "customVjp: the function returned undefined",
    ],
    [
      "bwd returns a tensor",
      { fwd, bwd: (_: unknown, g: Tensor) => g },
      "customVjp: bwd returns a list of 1 cotangents, one per argument, not a value of class Tensor",
    ],
    ["bwd returns too many", { fwd, bwd: (_: unknown, g: Tensor) => [g, g] }, "not a list of 2"],
    [
      "another shape",
      { fwd, bwd: (_: unknown, g: Tensor) => [sum(g)] },
      "customVjp: the cotangent of argument 0 has shape [], the value itself [3]",
    ],
    ["a promise", { fwd: () => Promise.resolve([]), bwd: () => [null] }, "returned a promise"],
    ["no number", { fwd, bwd: () => ["no"] }, 'customVjp: the string "no" is not a tensor'],
    [
      "thrown in fwd",
      {
        fwd: () => {
          throw new Error("own");
        },
        bwd: () => [null],
      },
      "own",
    ],
    [
      "thrown in bwd",
      {
        fwd,
        bwd: () => {
          throw new Error("own");
        },
      },
      "own",
    ],
  ])("%s", (_, rule, message) => {
    expect(run(ruled(rule))).toThrow(message);
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const loss = () => sum(ruled(rule)(w)).backward();
    expect(loss).toThrow(message);
    expect(w.grad).toBe(null);
    // All is as it was.
    expectClose(grad((a: Tensor) => sum(sin(a)))(x), cos(x));
    expectClose(grad((a: Tensor) => sum(ways.customVjp!(a, y)))(x), multiply(cos(x), y));
    sum(square(w)).backward();
    expectClose(w.grad, [2, 4, 6]);
  });

  test("a tree of another form", () => {
    const f = customVjp((p: { a: Tensor }) => sin(p.a), {
      fwd: (p: { a: Tensor }) => [sin(p.a), null],
      bwd: (_: null, g: Tensor) => [{ b: g }],
    });
    expect(() => grad((p: { a: Tensor }) => sum(f(p)))({ a: x })).toThrow(
      "customVjp: the cotangents of argument 0 are a tree of other keys ([b]), where a tree with [a] is expected",
    );
  });

  test("what is captured has no derivative", () => {
    const f = (w: Tensor) =>
      customVjp((a: Tensor) => multiply(a, w), {
        fwd: (a: Tensor) => [multiply(a, w), null],
        bwd: (_: null, g: Tensor) => [multiply(g, w)],
      });
    expect(() => grad((w: Tensor) => sum(f(w)(multiply(w, 2))))(x)).toThrow(
      "customVjp: the function uses a tensor that is being differentiated but is no argument",
    );
    expectClose(grad((w: Tensor) => sum(f(stopGradient(w))(multiply(w, 2))))(x), multiply(2, x));
    // Of a transform outside it may be.
    const outer = (h: (w: Tensor) => Fn) =>
      grad((w: Tensor) => sum(multiply(w, grad((a: Tensor) => sum(square(h(w)(a))))(y))))(x);
    expectClose(
      outer(f),
      outer((w) => (a) => multiply(a, w)),
    );
  });

  test("a rule of customJvp", () => {
    const f = (rule: object) => customJvp((a: Tensor) => sin(a), rule as never);
    expect(run(f(([a]: Tensor[]) => sin(a!)))).toThrow("customJvp: the rule returns [y, dy], not");
    expect(run(f(([a]: Tensor[], [t]: Tensor[]) => [sin(a!), sum(t!)]))).toThrow(
      "customJvp: the tangent of the result has shape [], the value itself [3]",
    );
  });

  test("arguments of the functions themselves", () => {
    expect(() => customVjp(1 as never, {} as never)).toThrow(
      "customVjp: needs a function, not the number 1",
    );
    expect(() => customVjp(sin, {} as never)).toThrow("customVjp: needs a function, not undefined");
    expect(() => customJvp(sin, sin, { nondiffArgnums: -1 })).toThrow(
      "customJvp: nondiffArgnums names argument -1; arguments count from 0",
    );
  });
});

test("rules may differentiate, batch and go backward themselves", () => {
  const f = customVjp((a: Tensor) => sum(sin(a)), {
    fwd: (a: Tensor) => [sum(sin(a)), a],
    bwd: (a: Tensor, g: Tensor) => {
      const w = tensor([1, 2], { requiresGrad: true });
      sum(square(w)).backward();
      expectClose(w.grad, [2, 4]);
      return [multiply(g, vmap(grad((b: Tensor) => sin(b)))(a))];
    },
  });
  expectClose(grad(f)(x), cos(x));
  expectClose(hessian(f)(x), hessian((a: Tensor) => sum(sin(a)))(x));
});

test("a compiled function inside a rule is part of the walk", () => {
  const twice = compile((a: Tensor) => multiply(a, 2));
  expectClose(twice(x), multiply(x, 2));
  const f = customVjp((a: Tensor) => square(a), {
    fwd: (a: Tensor) => [square(a), a],
    bwd: (a: Tensor, g: Tensor) => [multiply(g, twice(a))],
  });
  const w = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
  sum(f(w)).backward();
  expectClose(w.grad, multiply(2, x));
});

test("values that where() does not choose do not poison", () => {
  const safe = customJvp(
    (a: Tensor) => where(a.greater(0), a.sqrt(), 0),
    ([a]: Tensor[], [t]: Tensor[]) => [
      where(a!.greater(0), a!.sqrt(), 0),
      where(a!.greater(0), divide(multiply(0.5, t!), a!.sqrt()), 0),
    ],
  );
  expectClose(grad((a: Tensor) => sum(safe(a)))(tensor([4, 0, -1], float64)), [0.25, 0, 0]);
});

describe.each(Object.keys(ways))("%s among transforms", (name) => {
  const f = ways[name]!;
  const f1: Fn = (a) => f(a, sin(a));
  const raw1: Fn = (a) => raw(a, sin(a));

  test("that a tape is in", () => {
    const slope = (g: Fn) => (a: Tensor) =>
      tape((t) => {
        const b = multiply(1, a);
        t.watch(b);
        return t.gradient(g(b), b, { seed: y })!;
      });
    expectClose(jvp(slope(f1), [x], [y])[1], jvp(slope(raw1), [x], [y])[1]);
    expectClose(jacobian(slope(f1))(x), jacobian(slope(raw1))(x));
  });

  test("that an accumulator is in", () => {
    const push = (g: Fn) => (a: Tensor) => {
      const b = multiply(1, a);
      return forward({ primals: b, tangents: y }, (acc) => acc.jvp(g(b))!);
    };
    expectClose(jvp(push(f1), [x], [y])[1], jvp(push(raw1), [x], [y])[1]);
    expectClose(jacobian(push(f1))(x), jacobian(push(raw1))(x));
  });
});

test("customGradient gives the pullback of vjp", () => {
  const f = customGradient((a: Tensor) => vjp(square, a) as never) as Fn;
  const twice = customGradient((a: Tensor) => vjp(f, a) as never) as Fn;
  for (const g of [f, twice]) {
    expectClose(vjp(g, x)[1](y)[0], multiply(multiply(2, x), y));
    expectClose(jacobian(g, { mode: "fwd" })(x), jacobian(square)(x));
    expectClose(hessian((a: Tensor) => sum(g(a)))(x), hessian((a: Tensor) => sum(square(a)))(x));
    const w = tensor([0.3, -1.1, 2], { dtype: "float64", requiresGrad: true });
    sum(vmap((a: Tensor) => g(a))(w)).backward();
    expectClose(w.grad, multiply(2, x));
  }
});
