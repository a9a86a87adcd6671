// Operations that users define: as right as those of the library wherever those are.

import {
  add,
  compile,
  cos,
  defineOp,
  elementwiseGrad,
  grad,
  hessian,
  jacobian,
  jvp,
  matmul,
} from "tapegrad";
import { multiply, sin, square, sum, tensor, vjp, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
type Fn = (x: Tensor) => Tensor;
type Two = (x: Tensor, y: Tensor) => Tensor;

const x = tensor([0.3, -1.1, 2], float64);
const y = tensor([0.7, 0.2, -0.4], float64);
const rows = tensor(pattern(4, 3), float64);
const raw: Two = (a, b) => multiply(sin(a), b);

/** sin(a) · b by a loop over typed arrays. */
function byHand(a: Tensor, b: Tensor): Tensor {
  const [p, q] = [a.data(), b.data()];
  return tensor(Float64Array.from(p, (v, i) => Math.sin(v) * q[i]!)).reshape(a.shape);
}

const ways: Record<string, Two> = {
  "a joint vjp": defineOp({
    name: "wave",
    forward: byHand,
    vjp: (g, { inputs: [a, b] }) => [
      multiply(g, multiply(cos(a as Tensor), b as Tensor)),
      multiply(g, sin(a as Tensor)),
    ],
    check: true,
  }),
  "a vjp per argument": defineOp({
    name: "wave",
    forward: byHand,
    vjp: [
      (g: Tensor, { inputs: [a, b] }) => multiply(g, multiply(cos(a as Tensor), b as Tensor)),
      (g: Tensor, { inputs: [a] }) => multiply(g, sin(a as Tensor)),
    ],
  }),
  "a joint jvp": defineOp({
    name: "wave",
    forward: byHand,
    jvp: ([s, t]: [Tensor, Tensor], { inputs: [a, b] }) =>
      add(multiply(s, multiply(cos(a as Tensor), b as Tensor)), multiply(t, sin(a as Tensor))),
    check: true,
  }),
  "a jvp per argument": defineOp({
    name: "wave",
    forward: byHand,
    jvp: [
      (s: Tensor, { inputs: [a, b] }) => multiply(s, multiply(cos(a as Tensor), b as Tensor)),
      (t: Tensor, { inputs: [a] }) => multiply(t, sin(a as Tensor)),
    ],
  }),
  "the same for a tangent": defineOp({
    name: "wave",
    forward: raw,
    ops: true,
    jvp: [
      (s: Tensor, { inputs: [a, b] }) => multiply(s, multiply(cos(a as Tensor), b as Tensor)),
      "same",
    ],
  }),
  "what is saved": defineOp({
    name: "wave",
    forward: byHand,
    save: ([a, b]: [Tensor, Tensor]) => ({ s: sin(a), slope: multiply(cos(a), b) }),
    vjp: (g, { saved }) => {
      const { s, slope } = saved as { s: Tensor; slope: Tensor };
      return [multiply(g as Tensor, slope), multiply(g as Tensor, s)];
    },
  }),
  operations: defineOp({ name: "wave", forward: raw, ops: true }),
  "operations with a rule": defineOp({
    name: "wave",
    forward: raw,
    ops: true,
    jvp: ([s, t]: [Tensor, Tensor], { inputs: [a, b] }) =>
      add(multiply(s, multiply(cos(a as Tensor), b as Tensor)), multiply(t, sin(a as Tensor))),
  }),
  "a vmap rule": defineOp({
    name: "wave",
    forward: byHand,
    vmap: ([a, b]: [Tensor, Tensor], axes) => {
      expect(axes).toContain(0);
      return raw(a, b);
    },
    vjp: (g, { inputs: [a, b] }) => [
      multiply(g, multiply(cos(a as Tensor), b as Tensor)),
      multiply(g, sin(a as Tensor)),
    ],
  }),
};

const uses: Record<string, (f: Two) => unknown> = {
  value: (f) => f(x, y),
  grad: (f) => grad((a, b) => sum(f(a, b)), { argnums: [0, 1] })(x, y),
  "to order 3": (f) => {
    let d: Fn = (a) => f(a, multiply(a, a));
    for (let i = 0; i < 3; i++) d = elementwiseGrad(d) as Fn;
    return d(x);
  },
  jvp: (f) => jvp(f, [x, y], [y, x]),
  "jvp of grad": (f) =>
    jvp(
      grad((a: Tensor) => sum(f(a, y))),
      [x],
      [y],
    ),
  vjp: (f) => vjp(f, x, y)[1](x),
  hessian: (f) => hessian((a: Tensor) => sum(f(a, square(a))))(x),
  jacobian: (f) => jacobian((a: Tensor) => f(a, multiply(a, y)))(x),
  vmap: (f) => vmap(f, { inAxes: [0, null] })(rows, y),
  "vmap of vmap": (f) =>
    vmap(vmap(f, { inAxes: [null, 0] }), { inAxes: [0, null] })(rows, rows.slice([[1, 3]])),
  "vmap of grad": (f) => vmap(grad((a: Tensor) => sum(f(a, y))))(rows),
  "grad of vmap": (f) =>
    grad((a, b) => sum(square(vmap(f, { inAxes: [0, null] })(a, b))), { argnums: [0, 1] })(rows, y),
  backward: (f) => {
    const a = tensor([0.3, -1.1, 2], { ...float64, requiresGrad: true });
    sum(f(a, square(a))).backward();
    return a.grad;
  },
  compiled: (f) => {
    const step = compile((a: Tensor) => grad((b: Tensor) => sum(f(b, y)))(a));
    return [step(x), step(y), step(x)];
  },
};

describe.each(Object.keys(ways))("%s", (name) => {
  test.each(Object.keys(uses))("%s", (use) => {
    expectClose(uses[use]!(ways[name]!), uses[use]!(raw), 1e-11);
  });
});

test("a linear operation is its own forward rule", () => {
  const w = tensor(pattern(3, 3), float64);
  const plain = (a: Tensor) => matmul(w, a);
  const f = defineOp<Fn>({
    name: "mix",
    linear: true,
    forward: (a: Tensor) => plain(a),
    vjp: (g: Tensor) => [matmul(w.transpose(), g)],
  });
  expectClose(jvp(f, [x], [y]), [plain(x), plain(y)]);
  expectClose(
    hessian((a: Tensor) => sum(square(f(a))))(x),
    hessian((a: Tensor) => sum(square(plain(a))))(x),
  );
  const derived = defineOp<Fn>({ name: "mix", linear: true, ops: true, forward: plain });
  expectClose(
    grad((a: Tensor) => sum(square(derived(a))))(x),
    grad((a: Tensor) => sum(square(plain(a))))(x),
  );
  const forwardOnly = defineOp<Fn>({ name: "mix", linear: true, forward: (a: Tensor) => plain(a) });
  expectClose(jvp(forwardOnly, [x], [y])[1], plain(y));
  expect(() => grad((a: Tensor) => sum(forwardOnly(a)))(x)).toThrow(
    "mix: has no derivative in reverse mode: give defineOp a vjp",
  );
});

test("the same for a tangent, forward mode alone", () => {
  const f = defineOp<Two>({ name: "wave", forward: byHand, jvp: [null, "same"] });
  expectClose(jvp((b: Tensor) => f(x, b), [y], [x])[1], raw(x, x));
  expectClose(jvp((a: Tensor) => f(a, y), [x], [y])[1], [0, 0, 0]);
  expect(() => grad((b: Tensor) => sum(f(x, b)))(y)).toThrow(
    "wave: has no derivative in reverse mode: give defineOp a vjp",
  );
});

test("an operation without derivative", () => {
  const f = defineOp<Fn>({
    name: "count",
    differentiable: false,
    forward: (a: Tensor) => a.data().filter((v) => v > 0).length,
  });
  expect(f(x).item()).toBe(2);
  expectClose(grad((a: Tensor) => sum(multiply(f(a), a)))(x), [2, 2, 2]);
  expectClose(vmap(f)(rows), rows.greater(0).sum(1));
});

test("several results, trees, integers and other arguments", () => {
  const f = defineOp<(p: { a: Tensor; i: Tensor }, how: string) => [Tensor, { n: Tensor }]>({
    name: "parts",
    forward: (p: { a: Tensor; i: Tensor }, how: string) => {
      expect(how).toBe("fast");
      return [multiply(p.a, 2), { n: p.i }];
    },
    vjp: ([g, { n }]: [Tensor, { n: null }]) => {
      expect(n).toBe(null);
      return [{ a: multiply(g, 2), i: null }, null];
    },
  });
  const i = tensor([1, 2], { dtype: "int32" });
  expect(f({ a: x, i }, "fast")[1].n.dtype).toBe("int32");
  expectClose(grad((a: Tensor) => sum(f({ a, i }, "fast")[0]))(x), [2, 2, 2]);
});

describe("errors", () => {
  const run = (definition: object) => () =>
    grad((a: Tensor) => sum(defineOp<Fn>({ name: "mine", ...definition } as never)(a)))(x);
  const forward = (a: Tensor) => tensor(a.data());
  test.each([
    [
      "no rule",
      { forward },
      "mine: has no derivative: give defineOp a vjp, a jvp or differentiable: false",
    ],
    [
      "wrong count",
      { forward, vjp: () => [] },
      "mine: vjp returned cotangents of 0 arguments, the call has 1",
    ],
    [
      "wrong rules",
      { forward, vjp: [null, null] },
      "mine: vjp has rules for 2 arguments, the call has 1",
    ],
    [
      "wrong shape",
      { forward, vjp: (g: Tensor) => [sum(g)] },
      "mine: the cotangent of argument 0 has shape [], the value itself [3]",
    ],
    [
      "wrong tangent",
      { forward, jvp: ([t]: Tensor[]) => sum(t!) },
      "mine: the tangent of the result has shape [], the value itself [3]",
    ],
    [
      "wrong rule",
      { forward, check: true, vjp: (g: Tensor) => [multiply(g, 2)] },
      "mine: the jvp differs from the finite difference",
    ],
    ["nothing", { forward: () => undefined, vjp: [null] }, "mine: the function returned undefined"],
    [
      "thrown",
      {
        forward: () => {
          throw new Error("own");
        },
        vjp: [null],
      },
      "own",
    ],
  ])("%s", (_, definition, message) => {
    expect(run(definition)).toThrow(message);
    expectClose(grad((a: Tensor) => sum(sin(a)))(x), cos(x));
  });

  test("definitions", () => {
    expect(() => defineOp(3 as never)).toThrow("defineOp: needs a definition, not the number 3");
    expect(() => defineOp({} as never)).toThrow("defineOp: needs a name, not undefined");
    expect(() => defineOp({ name: "mine" } as never)).toThrow(
      "defineOp: mine: forward: needs a function",
    );
  });
});
