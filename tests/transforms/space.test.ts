// The vector space of a tree.

import { add, checkGrads, jacobian, space, square, tensor, tree, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;
const example = { w: tensor([[1, 2]], f64), b: 3, list: [Float64Array.of(4, 5)], name: "m" };

describe("space", () => {
  const s = space(example);
  const flat = (x: unknown): number[] =>
    tree.leaves(x).flatMap((leaf) => {
      if (typeof leaf === "number") return [leaf];
      return [...(ArrayBuffer.isView(leaf) ? (leaf as Float64Array) : (leaf as Tensor).data())];
    });

  test("has zeros, ones and a basis in the form of the example", () => {
    expect(s.size).toBe(5);
    expect(flat(s.zeros())).toEqual([0, 0, 0, 0, 0]);
    expect(flat(s.ones())).toEqual([1, 1, 1, 1, 1]);
    const basis = [...s.basis()];
    expect(basis.map(flat)).toEqual(
      [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => +(i === j))),
    );
    expect(basis[0]!.name).toBe("m");
    expect(basis[0]!.list[0]).toBeInstanceOf(Float64Array);
    expect((basis[0]!.w as Tensor).dtype).toBe("float64");
  });

  test("adds, scales and multiplies", () => {
    const twice = s.scale(example, 2);
    expect(flat(twice)).toEqual([2, 4, 6, 8, 10]);
    expect(flat(s.add(example, twice))).toEqual([3, 6, 9, 12, 15]);
    expect(s.inner(example, twice).item()).toBe(2 * (1 + 4 + 9 + 16 + 25));
    // The coordinates of a vector are its products with the basis.
    expect([...s.basis()].map((e) => s.inner(e, example).item())).toEqual([1, 2, 3, 4, 5]);
  });

  test("has derivatives", () => {
    const v = space(tensor([1, 2], f64));
    checkGrads(
      (a: Tensor, b: Tensor) => v.inner(square(a), b),
      [tensor([0.5, 2], f64), tensor([1, -3], f64)],
    );
    const j = jacobian((a: Tensor) => v.add(v.scale(a, 3), a))(tensor([1, 2], f64)) as Tensor;
    expect(j.toArray()).toEqual([
      [4, 0],
      [0, 4],
    ]);
  });

  test("of nothing, and of single elements", () => {
    expect(space({}).size).toBe(0);
    expect([...space([]).basis()]).toEqual([]);
    expect([...space(2).basis()]).toEqual([1]);
    expect(space(tensor(2)).inner(tensor(3), tensor(4)).item()).toBe(12);
  });

  test("rejects vectors of other spaces", () => {
    const v = space({ a: tensor([[1, 2]]) });
    expect(() => v.add({ a: tensor([1, 2]) }, { a: tensor([[1, 2]]) })).toThrow(
      "space: a vector: leaf 0 has shape [2], not [1,2]",
    );
    expect(() => v.inner({ b: 1 }, { a: 1 })).toThrow("space: a vector of another form");
    expect(add(1, 1).item()).toBe(2);
  });
});
