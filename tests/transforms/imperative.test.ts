// The imperative style: requiresGrad, backward, .grad, detach, assign.

import {
  add,
  exp,
  grad,
  matmul,
  mean,
  multiply,
  noGrad,
  ones,
  onesLike,
  power,
  sin,
} from "tapegrad";
import { square, subtract, sum, tensor, vmap, zeros, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const leaf = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64", requiresGrad: true });

describe("backward", () => {
  test("accumulates over calls", () => {
    const w = leaf([1, 2]);
    expect(w.grad).toBe(null);
    sum(square(w)).backward();
    expectClose(w.grad, [2, 4]);
    sum(multiply(w, 10)).backward();
    expectClose(w.grad, [12, 14]);
    w.grad = null;
    sum(w).backward();
    expectClose(w.grad, [1, 1]);
  });

  test("a gradient taken earlier keeps its value when more is accumulated", () => {
    const w = leaf([1, 2]);
    sum(square(w)).backward();
    const first = w.grad!;
    sum(square(w)).backward();
    expectClose(first, [2, 4]);
    expectClose(w.grad, [4, 8]);
  });

  test("reaches every leaf, once per use", () => {
    const [a, b, c] = [leaf(2), leaf(3), leaf(5)];
    const y = add(multiply(a, b), multiply(a, a));
    multiply(y, 1).backward();
    expectClose([a.grad, b.grad], [7, 2]);
    expect(c.grad).toBe(null);
  });

  test("from a leaf itself, and from a view of it", () => {
    const w = leaf(3);
    w.backward();
    expectClose(w.grad, 1);
    const v = leaf([1, 2, 3]);
    v.slice([1]).backward();
    expectClose(v.grad, [0, 1, 0]);
  });

  test("a seed weighs the outputs", () => {
    const w = leaf([1, 2]);
    square(w).backward(tensor([1, 10]));
    expectClose(w.grad, [2, 40]);
    w.grad = null;
    square(w).backward([1, 10]);
    expectClose(w.grad, [2, 40]);
    w.grad = null;
    square(w).backward(Float32Array.of(1, 10));
    expectClose(w.grad, [2, 40]);
    w.grad = null;
    square(w).backward({ seed: onesLike(w) });
    expectClose(w.grad, [2, 4]);
    w.grad = null;
    square(w).backward(onesLike(w), { retainGraph: true });
    expectClose(w.grad, [2, 4]);
    w.grad = null;
    sum(w).backward(3);
    expectClose(w.grad, [3, 3]);
  });

  test("one element in any shape needs no seed", () => {
    const w = leaf([[3]]);
    square(w).backward();
    expectClose(w.grad, [[6]]);
  });

  test("gradients have the dtype and shape of the leaf", () => {
    const w = tensor([[1], [2]], { requiresGrad: true });
    sum(multiply(w, ones([2, 3], { dtype: "float64" }))).backward();
    expect([w.grad!.dtype, w.grad!.shape]).toEqual(["float32", [2, 1]]);
    expectClose(w.grad, [[3], [3]]);
  });

  test("twice through one graph is an error, not a wrong number", () => {
    const w = leaf(3);
    const y = square(w);
    y.backward();
    expect(() => y.backward()).toThrow(/^backward: .*used up.*retainGraph/s);
    expectClose(w.grad, 6);
  });

  test("retainGraph keeps the graph for another time", () => {
    const w = leaf(3);
    const y = power(w, 3);
    y.backward({ retainGraph: true });
    y.backward({ retainGraph: true });
    y.backward();
    expectClose(w.grad, 81);
    expect(() => y.backward()).toThrow(/^backward: /);
    expectClose(w.grad, 81);
  });

  test("a graph that is partly used up is an error as well", () => {
    const w = leaf(3);
    const shared = square(w);
    const [a, b] = [exp(shared), sin(shared)];
    a.backward();
    const before = w.grad!.item();
    expect(() => b.backward()).toThrow(/^backward: .*used up/s);
    expect(() => add(b, w).backward()).toThrow(/^backward: .*used up/s);
    expectClose(w.grad, before);
  });

  test("what is computed later from used up values is an error too", () => {
    const w = leaf(3);
    const y = square(w);
    y.backward();
    const later = multiply(y, w);
    expect(() => later.backward()).toThrow(/^backward: .*used up/s);
    expectClose(w.grad, 6);
    // Cut off, it is a plain value.
    multiply(y.detach(), w).backward();
    expectClose(w.grad, 6 + 9);
  });

  test("values of a used up graph stay readable", () => {
    const w = leaf([1, 2]);
    const hidden = exp(w);
    const loss = sum(square(hidden));
    loss.backward();
    expectClose(hidden, [Math.E, Math.E ** 2]);
    expectClose(loss, Math.E ** 2 + Math.E ** 4);
  });

  test("metrics beside the graph neither disturb it nor hold it", () => {
    const w = leaf([1, 2]);
    const y = square(w);
    const accuracy = mean(subtract(y, 1));
    const worst = y.max();
    sum(y).backward();
    expectClose([accuracy, worst, w.grad], [1.5, 4, [2, 4]]);
    expect(() => accuracy.backward()).toThrow(/^backward: .*used up/s);
  });

  test("two graphs over one leaf are independent", () => {
    const w = leaf(2);
    const [a, b] = [square(w), power(w, 3)];
    a.backward();
    b.backward();
    expectClose(w.grad, 4 + 12);
  });

  test("a leaf used in several graphs, some of them dropped", () => {
    const w = leaf(2);
    for (let i = 0; i < 100; i++) {
      exp(multiply(w, i));
      multiply(w, 3).backward();
    }
    expectClose(w.grad, 300);
  });

  test("graphs over several steps: a value carried on with its history", () => {
    const w = leaf(2);
    let state = tensor(1, { dtype: "float64" });
    for (let i = 0; i < 5; i++) state = multiply(state, w);
    state.backward();
    expectClose(w.grad, 5 * 2 ** 4);
  });

  test("a chain of 100,000 ops does not overflow the stack", () => {
    const w = leaf(1);
    let y: Tensor = w;
    for (let i = 0; i < 100_000; i++) y = multiply(y, 1.00001);
    y.backward();
    expectClose(w.grad, 1.00001 ** 100_000, 1e-9);
  });
});

describe("what is recorded", () => {
  test("requiresGrad is inherited, isLeaf is not", () => {
    const w = leaf(2);
    const y = square(w);
    expect([w.requiresGrad, w.isLeaf, y.requiresGrad, y.isLeaf]).toEqual([true, true, true, false]);
    const plain = tensor(1);
    expect([plain.requiresGrad, plain.isLeaf, add(plain, 1).isLeaf]).toEqual([false, true, true]);
  });

  test("detach and noGrad cut", () => {
    const w = leaf(2);
    expect(square(w).detach().requiresGrad).toBe(false);
    expect(noGrad(() => square(w)).requiresGrad).toBe(false);
    multiply(w, square(w).detach()).backward();
    expectClose(w.grad, 4);
    w.grad = null;
    multiply(
      w,
      noGrad(() => square(w)),
    ).backward();
    expectClose(w.grad, 4);
  });

  test("requiresGrad can be set and unset on leaves", () => {
    const w = tensor(2, { dtype: "float64" });
    w.requiresGrad = true;
    w.requiresGrad = true;
    square(w).backward();
    expectClose(w.grad, 4);
    w.requiresGrad = false;
    expect(square(w).requiresGrad).toBe(false);
    expect(() => (square(leaf(1)).requiresGrad = false)).toThrow(/^requiresGrad: .*detach/);
    expect(() => (tensor([1], { dtype: "int32" }).requiresGrad = true)).toThrow(/int32/);
    expect(() => tensor([true], { requiresGrad: true })).toThrow(/^requiresGrad: .*bool/);
  });

  test("creation functions make leaves", () => {
    const w = zeros([2], { requiresGrad: true });
    expect([w.requiresGrad, w.isLeaf]).toEqual([true, true]);
    const copy = tensor(square(w), { requiresGrad: true });
    sum(exp(copy)).backward();
    expectClose(copy.grad, [1, 1]);
    expect(w.grad).toBe(null);
  });
});

describe("assign", () => {
  test("gives a leaf another value, under noGrad", () => {
    const w = leaf([1, 2]);
    noGrad(() => {
      expect(w.assign([3, 4])).toBe(w);
      w.assignAdd(1);
      w.assignSub(tensor([2, 2]));
    });
    expectClose(w, [2, 3]);
    expect([w.requiresGrad, w.isLeaf, w.dtype]).toEqual([true, true, "float64"]);
    sum(square(w)).backward();
    expectClose(w.grad, [4, 6]);
  });

  test("outside noGrad it is an error for requiresGrad leaves, and allowed for plain ones", () => {
    const w = leaf([1, 2]);
    expect(() => w.assign([3, 4])).toThrow(/^assign: .*noGrad/);
    expect(() => w.assignAdd(1)).toThrow(/^assignAdd: .*noGrad/);
    expect(() => w.assignSub(1)).toThrow(/^assignSub: .*noGrad/);
    expectClose(w, [1, 2]);
    const plain = tensor([1, 2]);
    plain.assignAdd(1);
    expectClose(plain, [2, 3]);
  });

  test("computed tensors cannot be assigned to", () => {
    const y = square(leaf(2));
    expect(() => noGrad(() => y.assign(3))).toThrow(/^assign: only leaves/);
  });

  test("views and copies keep the old value", () => {
    const w = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const views = [w.transpose(), w.slice([0]), w.reshape([6]), w.detach(), w.slice([1, 2])];
    const before = views.map((v) => v.toArray());
    w.assign(zeros([2, 3]));
    w.assignAdd(7);
    expect(views.map((v) => v.toArray())).toEqual(before);
    expectClose(w, [
      [7, 7, 7],
      [7, 7, 7],
    ]);
  });

  test("the assigned tensor stays apart", () => {
    const [w, v] = [tensor([1, 2, 3, 4, 5]), tensor([6, 7, 8, 9, 10])];
    w.assign(v);
    w.assignAdd(1);
    expectClose(v, [6, 7, 8, 9, 10]);
    v.assignAdd(100);
    expectClose(w, [7, 8, 9, 10, 11]);
    w.assign(w.slice([[null, null, -1]]));
    expectClose(w, [11, 10, 9, 8, 7]);
  });

  test("recorded uses keep the old value", () => {
    for (const size of [1, 2, 100]) {
      const w = tensor(new Float64Array(size).fill(3), { requiresGrad: true });
      const y = sum(square(w));
      noGrad(() => w.assign(multiply(w, 0)));
      y.backward();
      expectClose(w.grad, new Float64Array(size).fill(6));
      w.grad = null;
      sum(power(w, 1)).backward();
      expectClose(w.grad, new Float64Array(size).fill(1));
    }
  });

  test("broadcasts the value and casts it to the leaf's dtype", () => {
    const w = zeros([2, 2], { requiresGrad: true });
    noGrad(() => w.assign(tensor([1, 2], { dtype: "float64" })));
    expect(w.dtype).toBe("float32");
    expectClose(w, [
      [1, 2],
      [1, 2],
    ]);
    expect(() => noGrad(() => w.assign(ones([3])))).toThrow(/^assign: .*\[3\].*\[2,2\]/);
    expect(() => noGrad(() => w.assignAdd(ones([3, 2, 2])))).toThrow(/^assignAdd: .*\[3,2,2\]/);
    expectClose(w, [
      [1, 2],
      [1, 2],
    ]);
  });

  test("a value that depends on a transform does not fit", () => {
    const w = tensor(1);
    expect(() =>
      grad((x: Tensor) => {
        w.assign(square(x));
        return x;
      })(2),
    ).toThrow(/^assign: /);
    expect(() => vmap((x: Tensor) => w.assign(x))(tensor([1, 2]))).toThrow(/^assign: /);
    expectClose(w, 1);
    grad((x: Tensor) => {
      w.assign(square(x).detach());
      return x;
    })(2);
    expectClose(w, 4);
  });
});

describe("beside the transforms", () => {
  test("a leaf inside grad is a constant there", () => {
    const w = leaf(5);
    expectClose(grad((x: Tensor) => multiply(w, square(x)))(3), 30);
    expect(w.grad).toBe(null);
  });

  test("grad with respect to a leaf does not touch .grad", () => {
    const w = leaf(5);
    expectClose(grad((x: Tensor) => square(x))(w), 10);
    expect(w.grad).toBe(null);
  });

  test("backward through grad: a gradient of a gradient", () => {
    const w = leaf(5);
    const slope = grad((x: Tensor) => multiply(w, power(x, 3)))(tensor(2, { dtype: "float64" }));
    square(slope as Tensor).backward(); // (12 w)²
    expectClose(w.grad, 2 * 144 * 5);
    w.grad = null;
    (grad((x: Tensor) => power(x, 3))(w) as Tensor).backward(); // 3 w²
    expectClose(w.grad, 30);
  });

  test("backward through vmap", () => {
    const w = leaf([1, 2, 3]);
    sum(vmap((x: Tensor) => power(x, 3))(w)).backward();
    expectClose(w.grad, [3, 12, 27]);
    w.grad = null;
    const xs = tensor(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { dtype: "float64" },
    );
    sum(vmap((x: Tensor) => matmul(x, w))(xs)).backward();
    expectClose(w.grad, [5, 7, 9]);
  });

  test("backward inside grad gives derivatives that grad sees", () => {
    const total = grad((x: Tensor) => {
      const w = leaf(3);
      multiply(x, square(w)).backward();
      return multiply(w.grad!, x); // 6 x²
    });
    expect(total(2)).toBe(24);
  });

  test("a backward inside grad leaves the outer graph whole", () => {
    const w = leaf(3);
    const outer = grad((x: Tensor) => {
      const y = multiply(x, w);
      square(w).backward();
      return square(y);
    })(2);
    expectClose(outer, 2 * 2 * 9);
    expectClose(w.grad, 6);
  });

  test("transforms in between do not consume a graph", () => {
    const w = leaf(3);
    const y = square(w);
    grad((x: Tensor) => multiply(x, y))(2);
    vmap((x: Tensor) => multiply(x, y))(tensor([1, 2]));
    y.backward();
    expectClose(w.grad, 6);
  });
});

test("a seed of ones made before the forward pass leaves the gradient a plain value", () => {
  for (const n of [5, 2000]) {
    const seed = tensor(1).broadcastTo([n]);
    const x = tensor(
      Float64Array.from({ length: n }, (_, i) => 1 + i / n),
      { requiresGrad: true },
    );
    const y = exp(x);
    y.backward(seed, { retainGraph: true });
    expect(x.grad!.requiresGrad).toBe(false);
    const w = tensor(2, { requiresGrad: true });
    sum(x.grad!.multiply(w)).backward();
    expect(x.grad!.data()[0]).toBeCloseTo(Math.E, 12);
    expect(w.grad!.item()).toBeCloseTo(sum(y).item(), 2);
  }
});
