// Methods that are no rows of the op table: each is the function of its name with the tensor in front.

import * as tapegrad from "tapegrad";
import { checkGrads, grad, isTensor, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";

const x = tensor(Float64Array.from([3, -1, 0.5, 2, 7, -4, 1, 0, 9, 2.5, -2, 6])).reshape([3, 4]);
const rising = tensor([1, 2, 4], { dtype: "float64" });

type Call = (...args: unknown[]) => unknown;

const CASES: [string, Tensor, unknown[], string?][] = [
  ["all", x, [0]],
  ["all", x, [null, { where: tensor([true, false, true, false]) }]],
  ["any", x, [1, { keepdims: true }]],
  ["argpartition", x, [1]],
  ["argwhere", x, []],
  ["compress", x, [[true, false, true], 0]],
  ["countNonzero", x, [1]],
  ["diag", x, [1]],
  ["diag", rising, []],
  ["diagonal", x, [1]],
  ["diagonal", x, [{ offset: -1 }]],
  ["dot", x, [[1, 2, 3, 4]]],
  ["flatten", x, []],
  ["flip", x, [0]],
  ["logSoftmax", x, []],
  ["moveaxis", x, [0, -1]],
  ["nonzero", x, []],
  ["partition", x, [2, 0]],
  ["ptp", x, [1]],
  ["ravel", x, []],
  ["repeat", x, [2, 1]],
  ["roll", x, [3]],
  ["roll", x, [[1, 2], [0, 1]]], // prettier-ignore
  ["searchsorted", rising, [[0, 2, 5], "right"]],
  ["softmax", x, [0]],
  ["sort", x, []],
  ["sort", x, [0, { descending: true }]],
  ["std", x, [0, { ddof: 1 }]],
  ["tile", x, [[2, 1]]],
  ["topK", x, [2]],
  ["topK", x, [1, 0]],
  ["trace", x, []],
  ["tril", x, []],
  ["triu", x, [1]],
  ["var", x, [1, { keepdims: true }], "variance"],
];

/** Compress wants its condition first. */
function asFunction(name: string, own: Tensor, args: unknown[]): unknown {
  const call = (tapegrad as unknown as Record<string, Call>)[name]!;
  return name === "compress" ? call(args[0], own, ...args.slice(1)) : call(own, ...args);
}

const plain = (y: unknown): unknown =>
  isTensor(y) ? { dtype: y.dtype, values: y.toArray() } : (y as Tensor[]).map(plain);

describe("as a method", () => {
  test.each(CASES)("%s", (name, own, args, free = name) => {
    const method = (own as unknown as Record<string, Call>)[name]!;
    expect(plain(method.apply(own, args))).toEqual(plain(asFunction(free, own, args)));
  });

  test("has derivatives, and goes under vmap", () => {
    const f = (t: Tensor): Tensor => t.sort(0).diagonal().std().add(t.ravel().ptp()).add(t.trace());
    checkGrads(f, [x], { order: 2, eps: 1e-4 });
    const both = tapegrad.stack([x, x.multiply(2)]);
    const slopes = vmap(grad(f))(both) as Tensor;
    expect(slopes.at(1).toArray()).toEqual((grad(f)(x.multiply(2)) as Tensor).toArray());
  });
});
