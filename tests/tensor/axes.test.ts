// Ways to write shapes and axes, and tensors as lists of their parts along the first axis.

import {
  add,
  arange,
  broadcastTo,
  compile,
  expandDims,
  grad,
  isTensor,
  multiply,
  ones,
  reshape,
  squeeze,
  sum,
  tensor,
  transpose,
  tree,
  vmap,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const x = arange(24).astype("float64").reshape([2, 3, 4]);

describe("sizes and axes one by one", () => {
  test.each([
    ["reshape", reshape(x, 4, -1), x.reshape([4, -1])],
    ["x.reshape", x.reshape(4, 3, 2), x.reshape([4, 3, 2])],
    ["reshape of one size", x.reshape(24), x.reshape([24])],
    ["transpose", transpose(x, 0, 2, 1), x.transpose([0, 2, 1])],
    ["x.transpose", x.transpose(2, 0, 1), x.transpose([2, 0, 1])],
    ["negative axes", x.transpose(-1, 0, 1), x.transpose([-1, 0, 1])],
    ["broadcastTo", broadcastTo([1, 2], 3, 2), broadcastTo([1, 2], [3, 2])],
    ["x.broadcastTo", x.broadcastTo(5, 2, 3, 4), x.broadcastTo([5, 2, 3, 4])],
    ["expandDims", expandDims(x, 0, -1), expandDims(x, [0, -1])],
    ["squeeze", squeeze(ones([1, 2, 1]), 0, 2), squeeze(ones([1, 2, 1]))],
  ])("%s", (_, got, want) => {
    expect(got.shape).toEqual(want.shape);
    expect(got.toArray()).toEqual(want.toArray());
  });

  test("derivatives pass, programs too", () => {
    const f = (v: Tensor): Tensor => sum(multiply(v.reshape(4, 6).transpose(1, 0), 2));
    expect(grad(f)(x).toArray()).toEqual(multiply(ones([2, 3, 4]), 2).toArray());
    expect(compile(f)(x).item()).toBe(f(x).item());
    expect(vmap((v: Tensor) => v.reshape(2, -1))(x).shape).toEqual([2, 2, 6]);
  });

  test("are not mixed with lists", () => {
    const call = x.reshape.bind(x) as (...args: unknown[]) => unknown;
    expect(() => call([2], 12)).toThrow("reshape: pass one list, or numbers: argument 1 is [2]");
    expect(() => call(2, "12")).toThrow(/^reshape: pass one list, .* argument 2 is the string/);
    expect(() => x.transpose(0, 1)).toThrow(/^transpose: axes .*0,1.* are not an order of 3 axes/);
    expect(() => x.reshape(5, 5)).toThrow(/^reshape: /);
  });

  test("new tensors take a list, and say so", () => {
    expect(() => zeros(2, 3 as never)).toThrow("zeros: pass the shape as a list: zeros([2, 3, …])");
    expect(() => ones(2, 3 as never)).toThrow("ones: pass the shape as a list: ones([2, 3, …])");
  });
});

describe("the first axis", () => {
  test("destructuring, for … of, spreading", () => {
    const [a, b] = x;
    expect(a!.toArray()).toEqual(x.at(0).toArray());
    expect(b!.toArray()).toEqual(x.at(1).toArray());
    const rows: unknown[] = [];
    for (const row of tensor([1, 2, 3])) rows.push(row.item());
    expect(rows).toEqual([1, 2, 3]);
    expect([...zeros([0, 3])]).toEqual([]);
    expect(Array.from(x, (part) => part.shape)).toEqual([
      [3, 4],
      [3, 4],
    ]);
    expect(x.length).toBe(2);
    expect(zeros([0, 3]).length).toBe(0);
  });

  test("derivatives pass", () => {
    const f = (v: Tensor): Tensor => {
      const [a, b] = v;
      return multiply(a!, b!);
    };
    expect(grad(f)(tensor([3, 5])).toArray()).toEqual([5, 3]);
    expect(
      vmap(f)(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ).toArray(),
    ).toEqual([2, 12]);
    expect(compile(f)(tensor([3, 5])).item()).toBe(15);
    let total: Tensor = tensor(0);
    const w = tensor([1, 2], { requiresGrad: true });
    for (const part of w) total = add(total, multiply(part, part));
    total.backward();
    expect(w.grad!.toArray()).toEqual([2, 4]);
  });

  test("of a scalar there is none", () => {
    const scalar = tensor(1);
    expect(() => [...scalar]).toThrow("for … of: a 0-d tensor has no axis to go along");
    expect(() => scalar.length).toThrow("length: a 0-d tensor has no axis to go along");
  });

  test("tensors are leaves of trees all the same", () => {
    const leaves = tree.leaves({ a: x, b: [x] });
    expect(leaves.length).toBe(2);
    expect(leaves.every(isTensor)).toBe(true);
  });
});

describe("T and mT", () => {
  test("are transposes", () => {
    expect(x.T.shape).toEqual([4, 3, 2]);
    expect(x.T.toArray()).toEqual(x.transpose().toArray());
    expect(x.mT.toArray()).toEqual(x.transpose([0, 2, 1]).toArray());
    expect(tensor(1).T.item()).toBe(1);
    expect(grad((v: Tensor) => sum(multiply(v.mT, x.mT)))(x).toArray()).toEqual(x.toArray());
  });

  test("mT needs a matrix", () => {
    expect(() => tensor([1]).mT).toThrow("mT: needs two axes");
  });
});
