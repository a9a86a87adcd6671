// The types of what functions of sets return, by their options.

import { intersect1d, unique, type Tensor } from "tapegrad";
import { expect, expectTypeOf, test } from "vitest";

test("unique returns a tensor, or as many as were asked for", () => {
  const x = [3, 1, 3];
  expectTypeOf(unique(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(unique(x, {})).toEqualTypeOf<Tensor>();
  expectTypeOf(unique(x, { axis: 0, returnIndex: false })).toEqualTypeOf<Tensor>();
  const two = unique(x, { returnCounts: true });
  expectTypeOf(two).toEqualTypeOf<[Tensor, Tensor]>();
  expect(two.map((y) => y.toArray())).toEqual([
    [1, 3],
    [1, 2],
  ]);
  const four = unique(x, { returnIndex: true, returnInverse: true, returnCounts: true });
  expectTypeOf(four).toEqualTypeOf<[Tensor, Tensor, Tensor, Tensor]>();
  expect(four).toHaveLength(4);
  const some = x.length > 1;
  expectTypeOf(unique(x, { returnIndex: some })).toEqualTypeOf<Tensor | [Tensor, ...Tensor[]]>();
});

test("intersect1d returns a tensor, or three", () => {
  expectTypeOf(intersect1d([1], [1])).toEqualTypeOf<Tensor>();
  expectTypeOf(intersect1d([1], [1], { returnIndices: false })).toEqualTypeOf<Tensor>();
  const three = intersect1d([3, 1, 2], [2, 3, 5], { returnIndices: true });
  expectTypeOf(three).toEqualTypeOf<[Tensor, Tensor, Tensor]>();
  expect(three.map((y) => y.toArray())).toEqual([
    [2, 3],
    [2, 0],
    [0, 1],
  ]);
});
