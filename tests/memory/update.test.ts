// assignAdd and assignSub: in place where nothing else holds the value, as any assignment elsewhere.
import { describe, expect, test } from "vitest";
import {
  grad,
  mean,
  memory,
  multiply,
  noGrad,
  ones,
  square,
  sum,
  tensor,
  zeros,
  type Tensor,
} from "tapegrad";

describe("assignSub", () => {
  test("leaves no handle of its own", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    const step = tensor([0.5, 0.5, 0.5]);
    const before = memory().tensors;
    noGrad(() => {
      for (let i = 0; i < 10; i++) x.assignSub(step);
    });
    expect(memory().tensors).toBe(before);
    expect(x.toArray()).toEqual([-4, -3, -2]);
    expect(x.requiresGrad).toBe(true);
  });

  test("of itself, of a view of itself, and of what is computed from it", () => {
    const x = tensor([1, 2, 3]);
    const view = x.reshape([3]);
    const double = multiply(x, 2);
    expect(x.assignSub(view).toArray()).toEqual([0, 0, 0]);
    expect(view.toArray()).toEqual([1, 2, 3]);
    expect(x.assignAdd(double).toArray()).toEqual([2, 4, 6]);
    expect(x.assignSub(x).toArray()).toEqual([0, 0, 0]);
  });

  test("of values that wait, to a value that waits", () => {
    const x = multiply(ones([5000]), 3).detach();
    for (let i = 0; i < 3; i++) x.assignSub(multiply(ones([5000]), 0.5));
    expect(x.at(4999).item()).toBe(1.5);
    const waiting = multiply(ones([5000]), 3);
    waiting.assignSub(multiply(ones([5000]), 0.5));
    expect(waiting.at(4999).item()).toBe(2.5);
  });

  test("keeps the dtype and the shape, also where operands have others", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    noGrad(() => x.assignAdd(tensor([1, 2], { dtype: "float64" })));
    expect([x.dtype, x.toArray()]).toEqual(["float32", [2, 4]]);
    noGrad(() => x.assignAdd(tensor(1)));
    expect(x.toArray()).toEqual([3, 5]);
    const n = tensor([1, 2], { dtype: "int32" });
    expect([n.assignSub(tensor([3, 3], { dtype: "int32" })).toArray(), n.dtype]).toEqual([
      [-2, -1],
      "int32",
    ]);
    const empty = zeros([0]);
    expect(empty.assignAdd(zeros([0])).toArray()).toEqual([]);
    expect(tensor(NaN).assignSub(tensor(1)).item()).toBeNaN();
  });

  test("leaves alone what does not fit, and says so", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(() => x.assignSub(tensor([1, 1]))).toThrow(/^assignSub: a tensor with requiresGrad/);
    noGrad(() => {
      expect(() => x.assignSub(tensor([1, 1, 1]))).toThrow(/^assignSub: shapes do not broadcast/);
      expect(() => x.assignSub(ones([2, 2]))).toThrow(/^assignSub: a value of shape/);
    });
    const y = tensor([1, 1]);
    expect(() => y.assignAdd(multiply(x, 2))).toThrow(/^assignAdd/);
    expect(x.toArray()).toEqual([1, 2]);
    expect(y.toArray()).toEqual([1, 1]);
  });

  test("while a graph still needs the old value", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const loss = sum(square(w));
    noGrad(() => w.assignSub(tensor([1, 1])));
    loss.backward();
    expect(w.grad!.toArray()).toEqual([2, 4]);
    expect(w.toArray()).toEqual([0, 1]);
  });
});

test("a scalar leaf is its own output: its gradient is no weak number", () => {
  const x = tensor(2, { dtype: "float64", requiresGrad: true });
  x.backward();
  expect(x.grad!.item()).toBe(1);
  expect(x.grad!.add(tensor([1])).dtype).toBe("float64");
});

test("scalars of reductions that were kept from inside a transform", () => {
  const kept: Tensor[] = [];
  const slope = grad((w: Tensor) => {
    const loss = mean(multiply(w, w));
    kept.push(loss, loss.multiply(2));
    return loss;
  });
  for (let i = 0; i < 1500; i++) slope(tensor([i, 2]));
  for (let i = 0; i < 1500; i += 7) {
    expect(kept[2 * i]!.item()).toBe(Math.fround((i * i + 4) / 2));
    expect(kept[2 * i + 1]!.add(1).item()).toBe(Math.fround(Math.fround(i * i + 4) + 1));
  }
});
