// compile(): what it refuses, and what is left after an exception.

import {
  add,
  compile,
  grad,
  memory,
  multiply,
  noGrad,
  sin,
  sum,
  tensor,
  valueAndGrad,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "./canary.js";

const x = () => tensor([1, 2, 3]);

describe("values are not read while a function is recorded", () => {
  const reads: Record<string, (x: Tensor) => unknown> = {
    item: (x) => (sum(x).item() > 0 ? x : multiply(x, 2)),
    data: (x) => x.data(),
    toArray: (x) => multiply(x, 2).toArray(),
    "item in a transform": (x) => grad((y: Tensor) => multiply(sum(y), sum(y).item()))(x),
    "data of what is detached": (x) => x.detach().data(),
    "item of a bool": (x) => x.greater(0).slice([0]).item(),
  };
  for (const [name, f] of Object.entries(reads)) {
    test(name, () => {
      const compiled = compile(f);
      for (let i = 0; i < 2; i++) {
        expect(() => compiled(x())).toThrow(/^(item|data): compile: a value was read while/);
      }
    });
  }

  test("of a leaf from outside", () => {
    const w = tensor(2, { requiresGrad: true });
    expect(() => compile(() => w.item())()).toThrow(/a value was read/);
    expect(w.item()).toBe(2);
  });

  test("constants can be read, and everything be printed", () => {
    const c = x();
    const f = compile((x: Tensor) => [multiply(x, sum(c).item()), String(sin(x))] as const);
    expect(f(x())[1]).toBe("Tensor(float32, shape [3] inside compile)");
    expect(f(x())[0].toArray()).toEqual([6, 12, 18]);
  });
});

describe("exceptions", () => {
  test("leave everything as it was, and later calls work", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    let fails = true;
    const f = compile((x: Tensor) => {
      const y = sum(multiply(w, multiply(x, x)));
      y.backward();
      noGrad(() => w.assignSub(w.grad!));
      w.grad = null;
      if (fails) throw new RangeError("no");
      return y;
    });
    expect(() => f(x())).toThrow("no");
    expect(w.toArray()).toEqual([0, -2, -6]);
    expect([w.grad, w.requiresGrad, w.isLeaf]).toEqual([null, true, true]);
    expect(grad((x: Tensor) => sum(multiply(x, x)))(x()).toArray()).toEqual([2, 4, 6]);
    fails = false;
    for (const want of [-62, -160]) expect(f(x()).item()).toBe(want);
    expect(w.toArray()).toEqual([-2, -10, -24]);
  });

  test("of ops name the op, and nothing is left behind", () => {
    const f = compile((x: Tensor, y: Tensor) => multiply(sin(x), y));
    const y = tensor([1, 2]);
    expect(() => f(x(), y)).toThrow(/multiply: shapes do not broadcast/);
    const before = memory().nodes;
    for (let i = 0; i < 3000; i++) expect(() => f(x(), y)).toThrow(/multiply/);
    expect(memory().nodes).toBeLessThan(before + 3000);
  });

  test("of disposed tensors", () => {
    const f = compile((x: Tensor) => multiply(x, 2));
    f(x());
    const gone = x();
    gone.dispose();
    expect(() => f(gone)).toThrow(/disposed/);
    expect(f(x()).toArray()).toEqual([2, 4, 6]);
  });
});

test("what is no function, returns a promise, or is named wrongly", () => {
  expect(() => compile(3 as never)).toThrow(/^compile: needs a function/);
  expect(() => compile(() => Promise.resolve(1))()).toThrow(
    /^compile: the function returned a promise/,
  );
  expect(() => compile(() => 1, { static: -1 })).toThrow(/^compile: static names argument -1/);
});

test("a function that calls itself, compiled", () => {
  const f: (x: Tensor, n: string) => Tensor = compile((x: Tensor, n: string) =>
    n === "" ? x : multiply(2, f(x, n.slice(1))),
  );
  for (let i = 0; i < 2; i++) expect(f(x(), "aaa").toArray()).toEqual([8, 16, 24]);
});

test("objects of classes are returned, never kept", () => {
  class Box {
    constructor(readonly value: Tensor) {}
  }
  const f = compile((x: Tensor) => new Box(multiply(x, 2)));
  expect(f(x()).value.toArray()).toEqual([2, 4, 6]);
  expect(f(tensor([3])).value.toArray()).toEqual([6]);
  expect(f(tensor([4])).value.toArray()).toEqual([8]);
  expect(f(x()).value.toArray()).toEqual([2, 4, 6]);
});

test("a program says what it does", () => {
  const w = tensor([[1, 2]], { requiresGrad: true });
  w.name = "w";
  const f = compile((x: Tensor, rate: number) => {
    sum(multiply(w, x)).backward();
    noGrad(() => w.assignSub(multiply(w.grad!, rate)));
    w.grad = null;
  });
  f(tensor([[3, 4]]), 0.1);
  const text = String(f.programs[0]);
  expect(text).toMatch(/^program \(.*B\)|^program/);
  for (const part of [
    "= argument: float32[1,2]",
    "= argument: float64[]",
    "w := %",
    "w.grad := null",
  ])
    expect(text).toContain(part);
  f.dispose();
  expect(valueAndGrad((x: Tensor) => sum(x))(x())[0].item()).toBe(6);
});

test("arguments cannot be assigned to", () => {
  const onto = (x: Tensor): Tensor => x.assign(add(x, 1));
  for (const argument of [tensor([1, 2]), 1, Float64Array.of(1, 2)]) {
    const f = compile(onto as (x: unknown) => Tensor);
    for (let i = 0; i < 2; i++) {
      expect(() => f(argument)).toThrow(/^assign: compile: an argument was assigned to/);
    }
  }
  const leaf = tensor([1, 2], { requiresGrad: true });
  const g = compile((x: Tensor) => noGrad(() => x.assignAdd(1)));
  for (let i = 0; i < 3; i++) g(leaf);
  expect(leaf.toArray()).toEqual([4, 5]);
  expectIntact();
});
