// The types of the methods that tapegrad/methods adds.

import { tensor, type Tensor } from "tapegrad";
import "tapegrad/methods";
import { expect, expectTypeOf, test } from "vitest";

const x = tensor([
  [4, 1],
  [1, 3],
]);

test("methods return what their functions do", () => {
  expectTypeOf(x.median(0)).toEqualTypeOf<Tensor>();
  expectTypeOf(x.allclose(x, { atol: 1 })).toEqualTypeOf<boolean>();
  expectTypeOf(x.slogdet()).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(x.svd({ fullMatrices: false })).toEqualTypeOf<[Tensor, Tensor, Tensor]>();
  expectTypeOf(x.split(2)).toEqualTypeOf<Tensor[]>();
  expectTypeOf(x.cummax(0)).toEqualTypeOf<[values: Tensor, indices: Tensor]>();
  expectTypeOf(x.lgamma().gammainc(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(x.real).toEqualTypeOf<Tensor>();
  expect(x.real.shape).toEqual([2, 2]);
});

test("overloads stay", () => {
  expectTypeOf(x.qr()).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(x.qr("complete")).toEqualTypeOf<[Tensor, Tensor]>();
  expectTypeOf(x.qr("r")).toEqualTypeOf<Tensor>();
  expectTypeOf(x.unique()).toEqualTypeOf<Tensor>();
  expectTypeOf(x.unique({ returnCounts: true })).toEqualTypeOf<[Tensor, Tensor]>();
  expect(x.unique({ returnCounts: true })).toHaveLength(2);
  expect(x.qr("r").shape).toEqual([2, 2]);
});

test("wrong calls do not compile", () => {
  // @ts-expect-error: an option that there is not
  expect(() => x.allclose(x, { tolerance: 1 })).toThrow("tolerance");
  // @ts-expect-error: two arguments
  expect(() => x.where([true, false])).toThrow();
  // @ts-expect-error: the method of tensors alone
  expectTypeOf(x.median.call([1, 2])).toEqualTypeOf<Tensor>();
});
