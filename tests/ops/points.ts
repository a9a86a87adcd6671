// Values and derivatives at single points, in both dtypes and every mix of modes.

import { jvp, onesLike, tensor, vjp, type Tensor } from "tapegrad";
import { expect } from "vitest";
import { FLOATS, numbers } from "./support.js";

export type Unary = (x: Tensor) => Tensor;
/** What f and its derivatives are at x. */
export type Points = readonly (readonly [
  x: number,
  value: number,
  first?: number,
  second?: number,
])[];

export const INF = Infinity;

/** The derivative along 1 by jvp, or by vjp. */
export const modes = {
  jvp:
    (f: Unary): Unary =>
    (x) =>
      jvp(f, [x], [onesLike(x)])[1],
  vjp:
    (f: Unary): Unary =>
    (x) => {
      const [y, pullback] = vjp(f, x);
      return pullback(onesLike(y))[0] as Tensor;
    },
};
const pairs = Object.values(modes).flatMap((outer) =>
  Object.values(modes).map((inner) => (f: Unary) => outer(inner(f))),
);

/** Checks f, f' and f'' (where given) at points, in float32 and float64. */
export function check(f: Unary, points: Points): void {
  for (const dtype of FLOATS) {
    const x = tensor(
      points.map((row) => row[0]),
      { dtype },
    );
    const expectAll = (y: Tensor, column: 1 | 2 | 3, what: string): void => {
      const got = numbers(y);
      points.forEach((row, i) => {
        const want = row[column];
        if (want === undefined) return;
        const rounded = dtype === "float32" ? Math.fround(want) : want;
        // The sign of a zero derivative means nothing.
        const same = column === 1 ? Object.is(got[i], rounded) : got[i]! + 0 === rounded + 0;
        if (same || (Number.isNaN(got[i]) && Number.isNaN(rounded))) return;
        expect.fail(`${what} at ${row[0]} in ${dtype} is ${got[i]}, should be ${rounded}`);
      });
    };
    expectAll(f(x), 1, "the value");
    for (const [name, mode] of Object.entries(modes)) expectAll(mode(f)(x), 2, name);
    for (const twice of pairs) expectAll(twice(f)(x), 3, "the second derivative");
  }
}
