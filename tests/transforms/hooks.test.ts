// What backward() calls on its way.

import {
  add,
  cos,
  customVjp,
  grad,
  multiply,
  noGrad,
  onGrads,
  sin,
  square,
  sum,
  tensor,
} from "tapegrad";
import { gradients, memory, tape, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const leaf = (data: number[]) => tensor(data, { dtype: "float64", requiresGrad: true });

describe("onGrad", () => {
  test("sees the gradient of a leaf and of what is computed", () => {
    const x = leaf([1, 2]);
    const y = square(x);
    const seen: unknown[] = [];
    y.onGrad((g) => void seen.push(["y", g.toArray()]));
    x.onGrad((g) => void seen.push(["x", g.toArray()]));
    sum(multiply(y, add(y, 1))).backward();
    expect(seen).toEqual([
      ["y", [3, 9]],
      ["x", [6, 36]],
    ]);
    expectClose(x.grad, [6, 36]);
  });

  test("sees the sum of all ways, once", () => {
    const x = leaf([1, 2]);
    const y = sin(x);
    let calls = 0;
    y.onGrad((g) => {
      calls++;
      expectClose(g, add(multiply(2, sin(x.detach())), 3));
    });
    sum(add(multiply(y, y), multiply(3, y))).backward();
    expect(calls).toBe(1);
  });

  test("replaces it, one after the other, until it is ended", () => {
    const x = leaf([1, 2]);
    const first = x.onGrad((g) => multiply(g, 10));
    x.onGrad((g) => add(g, 1));
    sum(x).backward();
    expectClose(x.grad, [11, 11]);
    first();
    x.grad = null;
    sum(x).backward();
    expectClose(x.grad, [2, 2]);
    const y = multiply(x, 2);
    y.onGrad(() => tensor([5, 6], { dtype: "float32" }));
    x.grad = null;
    sum(y).backward();
    expectClose(x.grad, [11, 13]);
  });

  test("of a scalar, and of the output itself", () => {
    const x = leaf([3]);
    const y = sum(square(x));
    y.onGrad((g) => multiply(g, 7));
    y.backward();
    expectClose(x.grad, [42]);
  });

  test("of a leaf that was assigned to", () => {
    const x = leaf([1, 2]);
    x.onGrad((g) => multiply(g, 10));
    const before = sum(square(x));
    noGrad(() => x.assign([5, 5]));
    before.backward();
    expectClose(x.grad, [20, 40]);
    x.grad = null;
    sum(square(x)).backward();
    expectClose(x.grad, [100, 100]);
  });

  test("beside functions with rules of their own", () => {
    const f = customVjp((a: Tensor) => sin(a), {
      fwd: (a: Tensor) => [sin(a), a],
      bwd: (a: Tensor, g: Tensor) => [multiply(g, cos(a))],
    });
    const x = leaf([1, 2]);
    const y = f(x);
    y.onGrad((g) => multiply(g, 3));
    sum(y).backward();
    expectClose(x.grad, multiply(3, cos(x.detach())));
  });

  test("is nobody's business in other transforms, and may use them", () => {
    const x = leaf([1, 2]);
    let calls = 0;
    x.onGrad((g) => {
      calls++;
      return multiply(g, grad((a: Tensor) => square(a))(3 as never));
    });
    expectClose(grad((a: Tensor) => sum(square(a)))(x), [2, 4]);
    expect(calls).toBe(0);
    sum(x).backward();
    expectClose(x.grad, [6, 6]);
    expect(calls).toBe(1);
  });

  test("an exception leaves all as it was", () => {
    const x = leaf([1, 2]);
    const y = square(x);
    const end = y.onGrad(() => {
      throw new Error("own");
    });
    const loss = sum(y);
    expect(() => loss.backward()).toThrow("own");
    expect(x.grad).toBe(null);
    end();
    loss.backward();
    expectClose(x.grad, [2, 4]);
  });

  test("errors", () => {
    const x = leaf([1, 2]);
    expect(() => tensor([1]).onGrad(() => undefined)).toThrow("onGrad: backward() never comes to");
    expect(() => x.onGrad(3 as never)).toThrow("onGrad: needs a function, not the number 3");
    const end = x.onGrad((g) => sum(g));
    expect(() => sum(x).backward()).toThrow(
      "onGrad: the hook returned shape [] for a gradient of shape [2]",
    );
    end();
    x.onGrad(() => 3 as never);
    expect(() => sum(x).backward()).toThrow("onGrad: the hook returned the number 3, not a tensor");
  });
});

test("onAccumulate comes after all gradients are there", () => {
  const x = leaf([1, 2]);
  const w = leaf([3, 4]);
  const seen: unknown[] = [];
  const end = x.onAccumulate((t) => {
    expect(t).toBe(x);
    seen.push(x.grad!.toArray(), w.grad!.toArray());
    // An optimiser step in the backward pass.
    noGrad(() => x.assignSub(multiply(0.5, x.grad!)));
    x.grad = null;
  });
  sum(multiply(x, w)).backward();
  expect(seen).toEqual([
    [3, 4],
    [1, 2],
  ]);
  expectClose(x, [-0.5, 0]);
  sum(w).backward();
  expect(seen.length).toBe(2);
  end();
  sum(x).backward();
  expectClose(x.grad, [1, 1]);
  expect(() => square(x).onAccumulate(() => undefined)).toThrow("onAccumulate: only leaves");
});

test("onGrads waits for all that are reached", () => {
  const x = leaf([1, 2]);
  const y = square(x);
  const other = leaf([5]);
  const seen: unknown[] = [];
  const end = onGrads([x, other, y], (list) => seen.push(list.map((g) => g && g.toArray())));
  sum(multiply(y, 3)).backward();
  expect(seen).toEqual([[[6, 12], null, [3, 3]]]);
  sum(other).backward();
  expect(seen[1]).toEqual([null, [1], null]);
  end();
  sum(square(x)).backward();
  expect(seen.length).toBe(2);
  expect(() => onGrads([], () => undefined)).toThrow(
    "onGrads: needs a list of at least one tensor",
  );
  expect(() => onGrads([3 as never], () => undefined)).toThrow(
    "onGrads: the number 3 is not a tensor",
  );
});

test("retainGrad keeps the gradient of what is no leaf", () => {
  const x = leaf([1, 2]);
  const y = square(x);
  y.retainGrad();
  expect(y.grad).toBe(null);
  expect([x.isLeaf, y.isLeaf]).toEqual([true, false]);
  const loss = sum(multiply(y, y));
  loss.backward(undefined, { retainGraph: true });
  expectClose(y.grad, [2, 8]);
  loss.backward();
  expectClose(y.grad, [4, 16]);
  x.grad = null;
  x.retainGrad();
  sum(x).backward();
  expectClose(x.grad, [1, 1]);
});

test("what backward() is asked for is accumulated once, retained or not", () => {
  const x = leaf([1, 2]);
  const y = square(x);
  y.retainGrad();
  sum(multiply(y, y)).backward({ inputs: y, retainGraph: true });
  expectClose(y.grad, [2, 8]);
  sum(y).backward({ inputs: [x, y], retainGraph: true });
  expectClose(y.grad, [3, 9]);
  expectClose(x.grad, [2, 4]);
  // What is not asked for but on the way is kept.
  const z = multiply(y, 3);
  z.retainGrad();
  sum(z).backward({ inputs: x });
  expectClose(z.grad, [1, 1]);
});

test("gradients and tapes change no .grad, retained or not", () => {
  const x = leaf([1, 2]);
  const y = square(x);
  y.retainGrad();
  const loss = sum(multiply(y, y));
  expectClose(gradients(loss, x, { retainGraph: true }), [4, 32]);
  expectClose(gradients(loss, y, { retainGraph: true }), [2, 8]);
  expectClose(
    tape({ persistent: true }, (t) => t.gradient(loss, x)),
    [4, 32],
  );
  expect([x.grad, y.grad]).toEqual([null, null]);
});

test("a hook sees all of the gradient of a leaf that was assigned to on the way, once", () => {
  const x = leaf([1, 2]);
  const seen: unknown[] = [];
  x.onGrad((g) => {
    seen.push(g.toArray());
    return multiply(g, 10);
  });
  onGrads([x], ([g]) => seen.push(["all", g!.toArray()]));
  const before = square(x);
  noGrad(() => x.assign([5, 6]));
  sum(add(before, multiply(3, x))).backward();
  expect(seen).toEqual([
    [5, 7],
    ["all", [50, 70]],
  ]);
  expectClose(x.grad, [50, 70]);
  // One of its values alone.
  const other = multiply(x, 2);
  noGrad(() => x.assign([0, 0]));
  sum(other).backward();
  expect(seen.slice(2)).toEqual([
    [2, 2],
    ["all", [20, 20]],
  ]);
});

test("hooks leave no memory behind", () => {
  const x = leaf([1, 2]);
  const most = (n: number) => {
    let top = 0;
    for (let i = 0; i < n; i++) {
      const y = square(x);
      y.onGrad((g) => multiply(g, 2));
      y.retainGrad();
      x.grad = null;
      sum(y).backward();
      top = Math.max(top, memory().nodes);
    }
    return top;
  };
  const first = most(3000);
  expect(most(3000)).toBeLessThan(1.5 * first + 1000);
});
