// gradients(), backward()'s options, recording scopes, variables, clipping, dual numbers, x.node.

import {
  add,
  clipGlobalNorm,
  clipGradNorm,
  clipGradValue,
  divide,
  dual,
  dualLevel,
  enableGrad,
  exp,
  globalNorm,
  grad,
  gradients,
  hessian,
  inferenceMode,
  isGradEnabled,
  jvp,
  matmul,
  memory,
  mean,
  multiply,
  noGrad,
  ones,
  onesLike,
  power,
  setGradEnabled,
  sin,
  square,
  subtract,
  sum,
  tanh,
  Tape,
  tensor,
  undual,
  variable,
  vmap,
  zeroGrad,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const leaf = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64", requiresGrad: true });
const f64 = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64" });

describe("gradients", () => {
  const f = (x: Tensor, w: Tensor): Tensor => sum(tanh(matmul(x, w)));
  const data = f64([
    [0.3, -0.2],
    [1.1, 0.7],
  ]);

  test("are those of grad, and leave .grad alone", () => {
    const w = leaf([0.5, -0.4]);
    const g = gradients(f(data, w), w);
    expectClose(g, grad((v: Tensor) => f(data, v))(f64([0.5, -0.4])).toArray());
    expect(w.grad).toBe(null);
    expect(g.requiresGrad).toBe(false);
  });

  test("trees of xs come back as such, the same tensor as often as it is there", () => {
    const [a, b] = [leaf(2), leaf(3)];
    const g = gradients(multiply(a, multiply(a, b)), { a, list: [b, a] } as const);
    expectClose([g.a, g.list[0], g.list[1]], [12, 4, 12]);
  });

  test("several outputs are summed, with seeds in their containers", () => {
    const x = leaf(2);
    const ys = { s: square(x), c: power(x, 3) };
    expectClose(gradients(ys, x, { retainGraph: true }), 4 + 12);
    expectClose(gradients(ys, x, { seed: { s: 10, c: 1 } }), 40 + 12);
    const v = leaf([1, 2]);
    expectClose(gradients(square(v), v, { seed: [1, 10] }), [2, 40]);
    expectClose(gradients([square(v), v], v, { seed: [f64([1, 1]), f64([5, 6])] }), [7, 10]);
  });

  test("values on the way, and a value and what it was made from at once", () => {
    const x = leaf(0.7);
    const h = sin(x);
    const y = multiply(exp(h), h);
    const [dh, dx] = gradients(y, [h, x]);
    const want = Math.exp(Math.sin(0.7)) * (1 + Math.sin(0.7));
    expectClose([dh, dx], [want, want * Math.cos(0.7)]);
    const z = leaf([1, 2]);
    const own = square(z);
    expectClose(gradients(own, own, { seed: [3, 4] }), [3, 4]);
  });

  test("only what leads to xs is used up", () => {
    const x = leaf(0.7);
    const h = sin(x);
    const y = square(h);
    const dh = gradients(y, h);
    // The graph below h is as it was: backward goes on by hand.
    h.backward(dh);
    expectClose(x.grad, 2 * Math.sin(0.7) * Math.cos(0.7));
    expect(() => gradients(y, h)).toThrow(/^gradients: .*used up/s);
    const z = leaf(2);
    const [p, q] = [square(z), leaf(3)];
    const both = multiply(p, q);
    expectClose(gradients(both, q), 4);
    expectClose(gradients(p, z), 4);
  });

  test("createGraph to order 4 agrees with nested grad", () => {
    const x = leaf(0.6);
    let y: Tensor = multiply(sin(x), exp(x));
    let f: (x: Tensor) => Tensor = (v) => multiply(sin(v), exp(v));
    for (let order = 1; order <= 4; order++) {
      y = gradients(y, x, { createGraph: true });
      const inner = f;
      f = (v) => grad(inner)(v);
      expectClose(y, f(f64(0.6)).item());
    }
    expect(y.requiresGrad).toBe(true);
    // Also under noGrad, as the option says.
    const z = leaf(3);
    const cube = power(z, 3);
    const dz = noGrad(() => gradients(cube, z, { createGraph: true }));
    expectClose(gradients(dz, z), 18);
  });

  test("a Hessian by rows agrees with hessian", () => {
    const x = leaf([0.4, -0.3, 0.8]);
    const loss = (v: Tensor): Tensor => sum(multiply(exp(v), power(sum(v), 2)));
    const g = gradients(loss(x), x, { createGraph: true });
    const rows = [0, 1, 2].map((i) => gradients(g.slice([i]), x, { retainGraph: true }).toArray());
    expectClose(f64(rows as number[][]), hessian(loss)(f64([0.4, -0.3, 0.8])).toArray());
  });

  test("what y does not depend on: an error, zeros or null", () => {
    const [x, other] = [leaf(2), leaf([1, 2])];
    const plain = f64(3);
    expect(() => gradients(square(x), [x, other])).toThrow(
      /^gradients: .*x\[1\].*does not depend/s,
    );
    expect(() => gradients(square(x), plain)).toThrow(/^gradients: .*no requiresGrad/s);
    other.name = "bias";
    expect(() => gradients(square(x), { other })).toThrow(/"bias"/);
    const y = square(x);
    expect(() => gradients(y, [x, other])).toThrow(/unused/);
    // The failed call has used nothing up.
    const [dx, none] = gradients(y, [x, other], { unused: "none" });
    expectClose(dx, 4);
    expect(none).toBe(null);
    const zeros = gradients(square(x), [other, plain], { unused: "zero" });
    expectClose(zeros, [[0, 0], 0]);
    expectClose(gradients(multiply(x.detach(), x), x), 2);
    expect(gradients(square(x.detach()), x, { unused: "none" })).toBe(null);
  });

  test("says what is wrong", () => {
    const x = leaf([1, 2]);
    expect(() => gradients(square(x), x)).toThrow(/^gradients: the output has shape \[2\]/);
    expect(() => gradients(square(x), x, { seed: [1, 2, 3] })).toThrow(/seed has shape \[3\]/);
    expect(() => gradients([sum(x)], x, { seed: [1, 2] })).toThrow(/2 seeds for 1 outputs/);
    expect(() => gradients(sum(x), 3 as never)).toThrow(/^gradients: xs is the number 3/);
    expect(() => gradients(sum(x), { a: [x, "b"] } as never)).toThrow(/xs\.a\[1\] is the string/);
    expect(() => gradients(sum(x), x, { unused: "maybe" as never })).toThrow(/unused is/);
    const y = sum(x);
    y.backward();
    expect(() => gradients(y, x)).toThrow(/^gradients: .*used up/s);
    expect(() => vmap((v: Tensor) => gradients(sum(multiply(v, x)), x))(ones([2, 2]))).toThrow(
      /^gradients: not inside vmap/,
    );
  });

  test("inside grad they are differentiated", () => {
    const w = leaf(2);
    // d/dx of d(x w²)/dw = 2 x w
    const g = grad((x: Tensor) => gradients(multiply(x, square(w)), w))(f64(5));
    expectClose(g, 4);
  });

  test("of a leaf that has been assigned to meanwhile: at the value that was used", () => {
    const w = leaf([1, 2]);
    const y = sum(square(w));
    noGrad(() => w.assign([5, 5]));
    const z = sum(power(w, 3));
    noGrad(() => w.assign([7, 7]));
    expectClose(gradients(add(y, z), w), [2 + 75, 4 + 75]);
    expect(() => gradients(sum(square(w)), w)).not.toThrow();
    using t = new Tape();
    const loss = sum(square(w));
    noGrad(() => w.assignSub(1));
    expectClose(t.gradient(loss, w), [14, 14]);
  });

  test("memory stays flat in a synchronous loop", () => {
    const w = leaf([
      [0.1, 0.2],
      [0.3, 0.4],
    ]);
    const before = memory().nodes;
    for (let i = 0; i < 3000; i++) {
      const g = gradients(sum(tanh(matmul(w, w))), w);
      noGrad(() => w.assignSub(multiply(0.01, g)));
    }
    expect(memory().nodes - before).toBeLessThan(6000);
  });
});

describe("backward", () => {
  test("createGraph: the gradient has a graph", () => {
    const x = leaf(2);
    power(x, 3).backward({ createGraph: true });
    expectClose(x.grad, 12);
    const first = x.grad!;
    x.grad = null;
    first.backward();
    expectClose(x.grad, 12);
    // A gradient penalty, accumulated onto a first gradient.
    const w = leaf([1, 2]);
    sum(power(w, 3)).backward({ createGraph: true });
    const penalty = sum(square(w.grad!));
    w.grad = null;
    penalty.backward();
    expectClose(w.grad, [36, 288]);
  });

  test("inputs: only these, also values on the way", () => {
    const [a, b] = [leaf(2), leaf(3)];
    const h = multiply(a, b);
    const y = square(h);
    y.backward({ inputs: [a, h] });
    expectClose([a.grad, h.grad], [36, 12]);
    expect(b.grad).toBe(null);
    expect(() => square(a).backward({ inputs: f64(1) })).toThrow(/^backward: one of the inputs/);
    const c = leaf(1);
    square(a).backward({ inputs: { c } });
    expect(c.grad).toBe(null);
    expectClose(a.grad, 36);
  });

  test("retainGraph follows createGraph", () => {
    const x = leaf(3);
    const y = square(x);
    y.backward({ createGraph: true });
    y.backward({ createGraph: true, retainGraph: false });
    expect(() => y.backward()).toThrow(/used up/);
    expectClose(x.grad, 12);
  });
});

describe("recording scopes", () => {
  test("enableGrad undoes noGrad, inferenceMode does not let it", () => {
    const w = leaf(2);
    const tracked = (): boolean => square(w).requiresGrad;
    expect(tracked()).toBe(true);
    expect(noGrad(tracked)).toBe(false);
    expect(noGrad(() => enableGrad(tracked))).toBe(true);
    expect(noGrad(() => enableGrad(() => noGrad(tracked)))).toBe(false);
    expect(noGrad(() => noGrad(() => enableGrad(tracked)))).toBe(true);
    expect(inferenceMode(tracked)).toBe(false);
    expect(inferenceMode(() => enableGrad(tracked))).toBe(false);
    expect(enableGrad(tracked)).toBe(true);
    expect(setGradEnabled(false, tracked)).toBe(false);
    expect(noGrad(() => setGradEnabled(true, tracked))).toBe(true);
    expect([isGradEnabled(), noGrad(isGradEnabled)]).toEqual([true, false]);
    expect(tracked()).toBe(true);
  });

  test("for transforms too, and their own levels are not touched", () => {
    expect(grad((x: Tensor) => noGrad(() => enableGrad(() => square(x))))(f64(3)).item()).toBe(6);
    expect(
      grad((x: Tensor) =>
        multiply(
          x,
          noGrad(() => square(x)),
        ),
      )(f64(3)).item(),
    ).toBe(9);
    expect(noGrad(() => grad((x: Tensor) => square(x))(f64(3)).item())).toBe(6);
    expect(inferenceMode(() => grad((x: Tensor) => square(x))(f64(3)).item())).toBe(6);
    const batch = vmap((x: Tensor) => noGrad(() => enableGrad(() => multiply(x, x))));
    expectClose(batch(f64([1, 2])), [1, 4]);
  });

  test("exceptions restore them, promises are refused", () => {
    for (const scope of [enableGrad, inferenceMode, noGrad]) {
      expect(() =>
        scope(() => {
          throw new Error("mine");
        }),
      ).toThrow("mine");
      expect(isGradEnabled()).toBe(true);
      expect(() => scope(() => Promise.resolve(1))).toThrow(/returned a promise/);
      expect(isGradEnabled()).toBe(true);
    }
  });
});

describe("variables", () => {
  test("are leaves of their own", () => {
    const data = f64([1, 2]);
    const w = variable(data, { name: "w" });
    expect([w.isLeaf, w.trainable, w.requiresGrad, w.name]).toEqual([true, true, true, "w"]);
    noGrad(() => w.assignAdd([1, 1]).assignSub(0.5).assign(multiply(w, 2)));
    expectClose(w, [3, 5]);
    expectClose(data, [1, 2]);
    expect(square(w).trainable).toBe(false);
  });

  test("may be no part of the graph", () => {
    const steps = variable(tensor([3], { dtype: "int32" }));
    expect(steps.trainable).toBe(false);
    expect(steps.assignAdd(1).toArray()).toEqual([4]);
    const fixed = variable([1.5], { trainable: false, dtype: "float64" });
    expect([fixed.trainable, fixed.dtype]).toEqual([false, "float64"]);
    fixed.trainable = true;
    sum(square(fixed)).backward();
    expectClose(fixed.grad, [3]);
    expect(() => variable(tensor([1], { dtype: "int32" }), { trainable: true })).toThrow(
      /only floats/,
    );
  });

  test("zeroGrad clears trees", () => {
    const tree = { a: leaf([1, 2]), b: [leaf(3)] };
    add(sum(square(tree.a)), square(tree.b[0]!)).backward();
    zeroGrad(tree.a, { setToNone: false });
    expectClose([tree.a.grad, tree.b[0]!.grad], [[0, 0], 6]);
    zeroGrad(tree);
    expect([tree.a.grad, tree.b[0]!.grad]).toEqual([null, null]);
    zeroGrad(tree, { setToNone: false });
    expect(tree.a.grad).toBe(null);
    expect(() => zeroGrad([1] as never)).toThrow(/^zeroGrad: the tree\[0\] is the number 1/);
  });
});

describe("clipping", () => {
  const withGrad = (...grads: number[][]): Tensor[] =>
    grads.map((g) => {
      const w = leaf(g.map(() => 0));
      w.grad = f64(g);
      return w;
    });

  test("clipGradNorm scales all of them by one factor", () => {
    const tree = withGrad([3, 0], [0, 4]);
    expectClose(clipGradNorm(tree, 1), 5);
    const scale = 1 / (5 + 1e-6);
    expectClose(tree[0]!.grad, [3 * scale, 0]);
    expectClose(tree[1]!.grad, [0, 4 * scale]);
    const small = withGrad([0.3, 0.4]);
    expectClose(clipGradNorm(small, 1), 0.5);
    expectClose(small[0]!.grad, [0.3, 0.4]);
    const other = withGrad([3, -7], [2, 1]);
    expectClose(clipGradNorm(other, 3.5, { normType: Infinity }), 7);
    expectClose(other[1]!.grad, [2 * (3.5 / (7 + 1e-6)), 3.5 / (7 + 1e-6)]);
    expectClose(clipGradNorm(withGrad([3, -7], [2, 1]), 1, { normType: 1 }), 13);
  });

  test("at hard points", () => {
    const none = leaf([1]);
    expectClose(clipGradNorm([none], 1), 0);
    expect(none.grad).toBe(null);
    expectClose(clipGradNorm([], 1), 0);
    const zero = withGrad([0, 0]);
    expectClose(clipGradNorm(zero, 1), 0);
    expectClose(zero[0]!.grad, [0, 0]);
    expect(() => clipGradNorm(withGrad([NaN]), 1, { errorIfNonfinite: true })).toThrow(/is NaN/);
    expect(() => clipGradNorm([], -1)).toThrow(/^clipGradNorm: the bound is the number -1/);
    const mixed = [leaf([1]), tensor([1], { requiresGrad: true })];
    add(sum(multiply(mixed[0]!, 3)), sum(multiply(mixed[1]!, 4))).backward();
    expectClose(clipGradNorm(mixed, 1), 5);
    expect(mixed.map((w) => w.grad!.dtype)).toEqual(["float64", "float32"]);
    expect(mixed.map((w) => w.grad!.requiresGrad)).toEqual([false, false]);
  });

  test("clipGradValue", () => {
    const tree = withGrad([3, -4, 0.5]);
    clipGradValue(tree, 1);
    expectClose(tree[0]!.grad, [1, -1, 0.5]);
    expect(() => clipGradValue(tree, NaN)).toThrow(/^clipGradValue: /);
  });

  test("clipGlobalNorm keeps containers, and is differentiable", () => {
    const [clipped, norm] = clipGlobalNorm({ a: f64([3]), b: [4, new Float32Array([12])] }, 6.5);
    expectClose(norm, 13);
    expectClose(clipped.a, [1.5]);
    expect(clipped.b).toEqual([2, Float32Array.of(6)]);
    const [same, one] = clipGlobalNorm([f64([0.6, 0.8])], 1);
    expectClose([same, one], [[[0.6, 0.8]], 1]);
    expectClose(clipGlobalNorm([f64([3, 4])], 1, 10)[0], [[0.3, 0.4]]);
    expect(clipGlobalNorm([f64([Infinity, 1])], 1)[0][0]!.toArray()).toEqual([NaN, NaN]);
    expectClose(clipGlobalNorm([f64([0, 0])], 0)[0], [[0, 0]]);
    expectClose(globalNorm([]), 0);
    const f = (x: Tensor): Tensor => sum(multiply(clipGlobalNorm([x], 1)[0][0]!, [1, 2]));
    const want = grad((x: Tensor) => divide(sum(multiply(x, [1, 2])), power(sum(square(x)), 0.5)));
    expectClose(grad(f)(f64([3, 4])), want(f64([3, 4])).toArray());
  });
});

describe("dual numbers", () => {
  test("agree with jvp", () => {
    const f = (x: Tensor): Tensor => multiply(sin(x), exp(x));
    const [y, dy] = jvp(f, [f64([0.3, 0.7])], [f64([1, -2])]);
    const { primal, tangent } = dualLevel(() => undual(f(dual(f64([0.3, 0.7]), [1, -2]))));
    expectClose([primal, tangent], [y.toArray(), dy.toArray()]);
    dualLevel(() => {
      const [a, b] = [dual(f64(2), 1), dual(f64(3), 10)];
      expectClose(undual(multiply(a, b)).tangent, 3 + 20);
      expectClose(undual(a).tangent, 1);
      expectClose(undual(f64(4)).tangent, 0);
      expectClose(undual(multiply(undual(a).primal, 3)).tangent, 0);
      expectClose(undual(a.greater(0)).tangent, false);
    });
  });

  test("nest, and are differentiated", () => {
    const second = dualLevel(() => {
      const x = dual(f64(0.5), 1);
      const inner = dualLevel(() => undual(power(dual(x, 1), 4)).tangent);
      return undual(inner).tangent;
    });
    expectClose(second, 12 * 0.25);
    const g = grad((x: Tensor) => dualLevel(() => undual(power(dual(x, 1), 3)).tangent))(f64(2));
    expectClose(g, 12);
    const inside = dualLevel(
      () => undual(grad((x: Tensor) => power(x, 3))(dual(f64(2), 1))).tangent,
    );
    expectClose(inside, 12);
    const w = leaf(2);
    dualLevel(() => undual(power(dual(w, 1), 3)).tangent).backward();
    expectClose(w.grad, 12);
  });

  test("say what is wrong", () => {
    expect(() => dual(1, 1)).toThrow(/^dual: only inside dualLevel/);
    expect(() => undual(tensor(1))).toThrow(/^undual: only inside dualLevel/);
    dualLevel(() => {
      const x = dual(f64(1), 1);
      expect(() => dual(multiply(x, 2), 1)).toThrow(/has a tangent already/);
      expect(() => dual(f64([1, 2]), 1)).toThrow(/^dual: the tangent has shape/);
      expect(() => dual(tensor([1], { dtype: "int32" }), [1])).toThrow(/^dual: int32/);
    });
    expect(() => dualLevel(() => Promise.resolve(1))).toThrow(/returned a promise/);
    expect(() => dual(1, 1)).toThrow(/only inside/);
  });
});

describe("x.node", () => {
  test("shows the graph", () => {
    const w = leaf([1, 2]);
    w.name = "w";
    const y = sum(multiply(square(w), 3));
    const top = y.node!;
    expect([top.name, top.shape, top.dtype]).toEqual(["sum", [], "float64"]);
    const product = top.inputs[0]!;
    expect(product.inputs.map((n) => n.name)).toEqual(["square", "constant"]);
    const [own] = product.inputs[0]!.inputs;
    expect([own!.name, own!.meta.leaf, own!.meta.name]).toEqual(["leaf", true, "w"]);
    expect(own!.inputs).toEqual([]);
    expect(String(own)).toBe('leaf float64[2] "w"');
    expect(top.meta.levels).toEqual([0]);
    expect(product.meta.order).toBeLessThan(top.meta.order);
    expect(f64(1).node).toBe(null);
    grad((x: Tensor) => {
      const node = multiply(x, x).node!;
      expect(node.inputs.map((n) => n.name)).toEqual(["input", "input"]);
      return mean(x);
    })(f64(1));
  });

  test("says when the graph is gone", () => {
    const w = leaf(1);
    const y = exp(square(w));
    const { node } = y;
    y.backward();
    expect(y.node).toBe(null);
    expect(() => node!.inputs).toThrow(/^node: the graph of this exp is not there any more/);
    expectClose(subtract(onesLike(y), 1), 0);
  });
});
