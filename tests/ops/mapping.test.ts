// applyAlongAxis, applyOverAxes and piecewise: functions of parts.

import {
  applyAlongAxis,
  applyOverAxes,
  checkGrads,
  cumsum,
  grad,
  log,
  multiply,
  negative,
  outer,
  piecewise,
  sort,
  sqrt,
  square,
  sum,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const x = (): Tensor => tensor(new Float64Array([3, 1, 2, 6, 5, 4])).reshape([2, 3]);

describe("applyAlongAxis", () => {
  test("what f gives stands where the axis was, whatever its shape", () => {
    expect(applyAlongAxis((v) => sum(square(v)), 1, x()).toArray()).toEqual([14, 77]);
    expect(applyAlongAxis((v) => sort(v), -1, x()).toArray()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(applyAlongAxis((v) => cumsum(v), 0, x()).toArray()).toEqual([
      [3, 1, 2],
      [9, 6, 6],
    ]);
    const squares = applyAlongAxis((v) => outer(v, v), 0, x());
    expect(squares.shape).toEqual([2, 2, 3]);
    expect(squares.at(0, 1).toArray()).toEqual([18, 5, 8]);
    expect(applyAlongAxis(() => 1, 0, x()).toArray()).toEqual([1, 1, 1]);
  });

  test("it has derivatives, and may be mapped", () => {
    const f = (y: Tensor): Tensor => sum(applyAlongAxis((v) => multiply(v, sum(square(v))), 1, y));
    checkGrads(f, [x()], { order: 2 });
    expect(vmap((y: Tensor) => applyAlongAxis((v) => sum(v), 0, y))(x()).toArray()).toEqual([
      6, 15,
    ]);
  });

  test("wrong input", () => {
    expect(() => applyAlongAxis((v) => v, 2, x())).toThrow(/^applyAlongAxis: /);
    expect(() => applyAlongAxis(1 as never, 0, x())).toThrow(/^applyAlongAxis: f is the number 1/);
  });
});

describe("applyOverAxes", () => {
  test("axes stay, with size 1 where f drops them", () => {
    expect(applyOverAxes((y, axis) => sum(y, axis), x(), [0, -1]).toArray()).toEqual([[21]]);
    expect(applyOverAxes((y, axis) => cumsum(y, axis), x(), 1).toArray()).toEqual([
      [3, 4, 6],
      [6, 11, 15],
    ]);
    checkGrads((y) => sum(square(applyOverAxes((z, axis) => sum(z, axis), y, [0]))), [x()]);
    expect(() => applyOverAxes((y) => sum(y), x(), [0])).toThrow(
      /^applyOverAxes: f gave 0 axes of 2/,
    );
  });
});

describe("piecewise", () => {
  test("as NumPy: the last condition that holds, a function more for the rest, else 0", () => {
    const y = tensor(new Float64Array([-2, -1, 0, 1, 4]));
    const below = y.less(0);
    const large = y.greater(3);
    expect(piecewise(y, [below], [negative, sqrt]).toArray()).toEqual([2, 1, 0, 1, 2]);
    expect(piecewise(y, [below, large], [-1, 1]).toArray()).toEqual([-1, -1, 0, 0, 1]);
    expect(piecewise(y, [true, large], [7, square]).toArray()).toEqual([7, 7, 7, 7, 16]);
    expect(piecewise([-1.5, 2], [[true, false]], [0.5]).toArray()).toEqual([0.5, 0]);
  });

  test("only the chosen piece has a derivative", () => {
    const f = (z: Tensor): Tensor => sum(piecewise(z, [z.greater(0)], [log, square]));
    expect(grad(f)(tensor(new Float64Array([-1, 0, 2]))).toArray()).toEqual([-2, 0, 0.5]);
    checkGrads(f, [tensor(new Float64Array([-1, 2]))], { order: 2 });
  });

  test("wrong input", () => {
    expect(() => piecewise([1], [[true]], [1, 2, 3])).toThrow(
      /^piecewise: 3 functions for 1 conditions/,
    );
  });
});
