// vectorize: against loops.

import {
  grad,
  matmul,
  multiply,
  norm,
  stack,
  subtract,
  sum,
  tensor,
  vectorize,
  zeros,
} from "tapegrad";
import { add, ones, vmap, type Tensor } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

describe("vectorize", () => {
  test("matrix times vector over broadcast axes", () => {
    const product = vectorize((m: Tensor, v: Tensor) => {
      expect([m.shape, v.shape]).toEqual([[2, 3], [3]]);
      return matmul(m, v);
    }, "(n,m),(m)->(n)");
    const m = f64(pattern(8, 3)).reshape([4, 1, 2, 3]);
    const v = f64(pattern(5, 3));
    const got = product(m, v);
    expectTypeOf(got).toEqualTypeOf<Tensor>();
    expect(got.shape).toEqual([4, 5, 2]);
    expectClose(got, stack([0, 1, 2, 3].map((i) => stack([0, 1, 2, 3, 4].map((j) => matmul(m.at(i, 0), v.at(j))))))); // prettier-ignore
    expectClose(product(m.at(0, 0), v.at(0)), matmul(m.at(0, 0), v.at(0)));
    expectClose(product(m, v.at(0)).shape, [4, 1, 2]);
  });

  test("distances: outer axes are not copied, derivatives follow", () => {
    const distance = vectorize((x: Tensor, y: Tensor) => norm(subtract(x, y)), "(n),(n)->()");
    const xs = f64(pattern(4, 3)).reshape([4, 1, 3]);
    const ys = f64(pattern(5, 3, 1));
    const want = vmap((x: Tensor) => vmap((y: Tensor) => norm(subtract(x, y)))(ys))(
      xs.reshape([4, 3]),
    );
    expectClose(distance(xs, ys), want);
    expectClose(
      grad((y: Tensor) => sum(distance(xs, y)))(ys),
      grad((y: Tensor) =>
        sum(vmap((x: Tensor) => vmap((z: Tensor) => norm(subtract(x, z)))(y))(xs.reshape([4, 3]))),
      )(ys),
    );
  });

  test("scalars without a signature; several results; excluded arguments; sizes in the signature", () => {
    const f = vectorize((x: Tensor, y: Tensor) => add(multiply(x, y), 1));
    expectClose(f([1, 2], [[3], [4]]), [[4, 7], [5, 9]]); // prettier-ignore
    expectClose(f(2, 3), 7);
    const both = vectorize(
      (x: Tensor): [Tensor, Tensor] => [sum(x), multiply(x, 2)],
      "(n)->(),(n)",
    );
    const [s, d] = both([[1, 2], [3, 4]]); // prettier-ignore
    expectClose([s, d], [[3, 7], [[2, 4], [6, 8]]]); // prettier-ignore
    const scaled = vectorize((by: number, x: Tensor) => multiply(by, sum(x)), "(k)->()", {
      excluded: [0],
    });
    expectClose(scaled(10, [[1, 2], [3, 4]]), [30, 70]); // prettier-ignore
    const cross = vectorize((x: Tensor) => sum(x), "( 3 ) -> ()");
    expectClose(cross(ones([2, 3])), [3, 3]);
    expect(() => cross(ones([2, 2]))).toThrow(
      "vectorize: argument 0 has core shape [2], but (3) wants 3",
    );
  });

  test("empty axes", () => {
    const total = vectorize((x: Tensor) => sum(x), "(n)->()");
    expect(total(zeros([0, 3])).shape).toEqual([0]);
    expectClose(total(zeros([2, 0])), [0, 0]);
  });

  test("errors", () => {
    const f = (x: Tensor, _y: Tensor): Tensor => x;
    for (const bad of [
      "",
      "(n)",
      "(n)->",
      "n->()",
      "(n),->()",
      "(n)->()->()",
      "(n m)->()",
      "(-)->()",
    ]) {
      if (bad === "(n m)->()") continue; // spaces are no separators
      expect(() => vectorize(f, bad)).toThrow(`vectorize: ${JSON.stringify(bad)} is no signature`);
    }
    expect(() => vectorize(f, "(n),(n)->(n)")([1, 2], [1, 2, 3])).toThrow(
      "vectorize: argument 1 has core shape [3], but (n) wants n = 2",
    );
    expect(() => vectorize(f, "(n,m),()->()")([1, 2], 1)).toThrow(
      "vectorize: argument 0 has shape [2], but (n,m) wants 2 axes",
    );
    expect(() => vectorize(f, "(n)->()")([1], [2])).toThrow(
      "vectorize: 2 arguments for a signature of 1: (n)->()",
    );
    expect(() => vectorize(f)([1, 2], [1, 2, 3])).toThrow("vectorize: shapes do not broadcast");
    expect(() => vectorize(f, "(n),()->()")([1, 2], 1)).toThrow(
      "vectorize: the result has shape [2], but () wants 0 axes",
    );
    expect(() => vectorize(f, "(n),()->(n),()")([1, 2], 1)).toThrow(
      "vectorize: the function returned a value of class Tensor, not the 2 of the signature",
    );
    expect(() => vectorize((x: Tensor) => x.reshape([2, 1]), "(n)->(n,n)")([1, 2])).toThrow(
      "vectorize: the result has core shape [2,1], but (n,n) wants n = 2",
    );
    expectIntact();
  });
});
