// Where array functions have kinks, ties or nothing to work on; and what reads values inside vmap.

import * as tg from "tapegrad";
import { grad, hessian, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectNear, f64, numbers } from "./support.js";

const slopes = (f: (x: Tensor) => Tensor, x: Tensor): number[] => numbers(grad(f)(x) as Tensor);

describe("derivatives where there is none, or several", () => {
  test("a standard deviation of equal elements has slope 0, at every order", () => {
    for (const f of [tg.std, tg.nanstd]) {
      expect(slopes((x) => f(x), f64([3, 3, 3]))).toEqual([0, 0, 0]);
      expect(numbers(hessian((x: Tensor) => f(x))(f64([3, 3])) as Tensor)).toEqual([0, 0, 0, 0]);
    }
  });

  test("what is left out has slope 0", () => {
    const x = f64([1, NaN, 3]);
    expect(slopes((v) => tg.nansum(v.square()), x)).toEqual([2, 0, 6]);
    expect(slopes((v) => tg.nanmean(v), x)).toEqual([0.5, 0, 0.5]);
    expect(slopes((v) => tg.nanmax(v), x)).toEqual([0, 0, 1]);
    expect(slopes((v) => tg.nanmedian(v), x)).toEqual([0.5, 0, 0.5]);
    expect(slopes((v) => tg.nanvar(v), x)).toEqual([-1, 0, 1]);
    expect(slopes((v) => tg.nanprod(v), x)).toEqual([3, 0, 1]);
    expect(slopes((v) => tg.nansum(v), f64([NaN, NaN]))).toEqual([0, 0]);
  });

  test("ties of a largest element share its slope, as in max", () => {
    expect(slopes((v) => tg.ptp(v), f64([1, 4, 4]))).toEqual([-1, 0.5, 0.5]);
  });

  test("sorted ties keep their order, and so do their slopes", () => {
    const weights = f64([1, 2, 3]);
    expect(slopes((v) => tg.sort(v).multiply(weights).sum(), f64([5, 5, 1]))).toEqual([2, 3, 1]);
  });

  test("repeated elements add up their slopes; of a set value the last one counts", () => {
    const x = f64([1, 2, 3]);
    expect(slopes((v) => v.at([0, 0, 2]).sum(), x)).toEqual([2, 0, 1]);
    expect(slopes((v) => x.set([[1, 1]], v.slice([[0, 2]])).sum(), x)).toEqual([0, 1, 0]);
    expect(slopes((v) => v.set(1, 9).sum(), x)).toEqual([1, 0, 1]);
  });

  test("cumulative products of zeros, to order 3", () => {
    const f = (x: Tensor): Tensor => tg.cumprod(x).slice([-1]);
    expect(slopes(f, f64([0, 2, 3]))).toEqual([6, 0, 0]);
    expect(slopes(f, f64([0, 0, 3]))).toEqual([0, 0, 0]);
    expect(numbers(hessian(f)(f64([0, 0, 3])) as Tensor)).toEqual([0, 3, 0, 3, 0, 0, 0, 0, 0]);
    const third = (x: Tensor): Tensor => (hessian(f)(x) as Tensor).at(0, 1);
    expect(slopes(third, f64([0, 0, 0]))).toEqual([0, 0, 1]);
  });

  test("infinite neighbours of a quantile give no NaN", () => {
    expect(tg.median(f64([1, Infinity, Infinity, Infinity])).item()).toBe(Infinity);
    expect(tg.median(f64([-Infinity, -Infinity, 1])).item()).toBe(-Infinity);
  });
});

describe("least squares", () => {
  test("polyfit finds the coefficients of values, of a high degree, too", () => {
    const c = f64([0.5, -1, 2, 0.25, -3, 1, 0.125]);
    const x = tg.linspace(-1, 3, 30, { dtype: "float64" });
    expectNear(numbers(tg.polyfit(x, tg.polyval(c, x), 6)), numbers(c), "polyfit", 1e-10);
  });
});

describe("dtypes", () => {
  test("resultType follows promotion", () => {
    expect(tg.resultType("int32", "float32")).toBe("float32");
    expect(tg.resultType("float32", f64([1]))).toBe("float64");
    expect(tg.resultType("float32", 2.5)).toBe("float32");
    expect(tg.resultType("bool", "int32")).toBe("int32");
    expect(tg.resultType("bool", "bool")).toBe("bool");
    expect(tg.resultType(tensor(1, { dtype: "float64" }), "float32")).toBe("float64");
  });

  test("values take the dtype of what they are put into", () => {
    expect(tensor([1, 2], { dtype: "int32" }).set(0, 7).dtype).toBe("int32");
    expect(f64([1, 2]).set(0, 0.1).toArray()).toEqual([0.1, 2]);
    expect(tensor([1, 2]).set(0, f64(0.1)).dtype).toBe("float32");
    expect(tensor([true, false]).set(1, true).toArray()).toEqual([true, true]);
  });

  test("numbers stay weak when they are taken by index", () => {
    const scaled = (a: Tensor): Tensor =>
      tg
        .stack([a, a])
        .at([1, 0])
        .multiply(tensor([1, 2]));
    expect((tg.jvp(scaled, [2 as never], [1 as never])[0] as Tensor).dtype).toBe("float32");
  });

  test("bools move as bools", () => {
    const mask = tensor([[true, false, true]]);
    expect(tg.flip(mask).dtype).toBe("bool");
    expect(tg.take(mask, [0, 2], 1).toArray()).toEqual([[true, true]]);
    expect(tg.diag(tensor([true, true])).dtype).toBe("bool");
    expect(tg.tril(tensor([[true, true]])).toArray()).toEqual([[true, false]]);
    expect(tg.tile(mask, [2, 1]).dtype).toBe("bool");
    expect(
      tg
        .pad(mask, [
          [0, 0],
          [0, 1],
        ])
        .toArray(),
    ).toEqual([[true, false, true, false]]);
  });
});

describe("inside vmap", () => {
  const x = f64([
    [1, 2, 3],
    [3, 2, 1],
  ]);

  test("indices may be mapped, too", () => {
    const i = tensor(
      [
        [0, 0],
        [2, -1],
      ],
      { dtype: "int32" },
    );
    const taken = vmap((v: Tensor, k: Tensor) => v.at(k))(x, i) as Tensor;
    expect(taken.toArray()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    const changed = vmap((v: Tensor, k: Tensor) => v.addAt([k], 1).set([k], v.at(k)))(
      x,
      i,
    ) as Tensor;
    expect(changed.toArray()).toEqual(x.toArray());
    const table = f64([10, 20, 30]);
    const looked = vmap((k: Tensor) => grad((t: Tensor) => t.at(k).sum())(table))(i) as Tensor;
    expect(looked.toArray()).toEqual([
      [2, 0, 0],
      [0, 0, 2],
    ]);
  });

  test("of two levels, each with its own operand", () => {
    const i = tensor(
      [
        [0, 2],
        [1, 1],
      ],
      { dtype: "int32" },
    );
    const sums = (v: Tensor): Tensor => vmap((k: Tensor) => v.at(k).square().sum())(i) as Tensor;
    const slopes2 = vmap((v: Tensor) => grad((u: Tensor) => sums(u).sum())(v))(x) as Tensor;
    expect(slopes2.toArray()).toEqual([
      [2, 8, 6],
      [6, 8, 2],
    ]);
    const scans = (v: Tensor): Tensor =>
      vmap((w: Tensor) => grad((u: Tensor) => tg.cumprod(u).multiply(w).sum())(v))(x) as Tensor;
    const loop = (v: Tensor): Tensor =>
      tg.stack(
        [0, 1].map((r) => grad((u: Tensor) => tg.cumprod(u).multiply(x.at(r)).sum())(v) as Tensor),
      );
    expect((vmap(scans)(x) as Tensor).toArray()).toEqual(
      tg.stack([loop(x.at(0)), loop(x.at(1))]).toArray(),
    );
  });

  test("what would need values says so", () => {
    const refused: [string, (v: Tensor) => unknown][] = [
      ["nonzero", (v) => tg.nonzero(v)],
      ["where", (v) => tg.where(v)],
      ["unique", (v) => tg.unique(v)],
      ["histogram", (v) => tg.histogram(v)],
      ["at", (v) => v.at(tg.greater(v, 1))],
      ["bincount", (v) => tg.bincount(v.astype("int32"))],
      ["digitize", (v) => tg.digitize(1, v)],
      ["argwhere", (v) => tg.argwhere(v)],
      ["flatnonzero", (v) => tg.flatnonzero(v)],
    ];
    for (const [name, f] of refused) {
      expect(() => vmap(f as (v: Tensor) => Tensor)(x), name).toThrow(
        new RegExp(`^${name}: .*vmap`),
      );
    }
  });
});
