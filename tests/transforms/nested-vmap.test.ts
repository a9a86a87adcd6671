// Derivatives inside of two vmaps, of functions whose operands are mapped by different ones: each
// example must get what a loop gives.

import * as tg from "tapegrad";
import { tensor, vmap, type Tensor } from "tapegrad";
import { describe, test } from "vitest";
import { expectClose, pattern } from "./close.js";

/** Functions of a vector that is differentiated and of one that is not. */
const FUNCTIONS: Record<string, (y: Tensor, x: Tensor) => Tensor> = {
  multiply: (y, x) => tg.multiply(y, x),
  "multiply, broadcast": (y, x) => tg.multiply(tg.expandDims(y, 1), x),
  divide: (y, x) => tg.divide(x, tg.add(3, y)),
  maximum: (y, x) => tg.maximum(y, x),
  where: (y, x) => tg.where(tg.greater(x, 0), tg.sin(y), x),
  matmul: (y, x) => tg.matmul(tg.expandDims(y, 1), tg.expandDims(x, 0)),
  "matmul of vectors": (y, x) => tg.matmul(x, y),
  outer: (y, x) => tg.outer(x, y),
  concatenate: (y, x) => tg.concatenate([x, y, x]),
  stack: (y, x) => tg.stack([y, x, y]),
  take: (y, x) => tg.take(y, tg.argsort(x)),
  sort: (y, x) => tg.sort(tg.add(y, x)),
  interp: (y, x) => tg.interp(y, tg.tensor([-9, 0, 9]), x),
  solve: (y, x) => tg.linalg.solve(tg.add(tg.eye(3), tg.multiply(0.1, tg.outer(x, x))), y),
  softmax: (y, x) => tg.multiply(tg.softmax(y), tg.softmax(x)),
  cumprod: (y, x) => tg.cumprod(tg.add(y, x)),
  convolve: (y, x) => tg.convolve(y, x),
  hypot: (y, x) => tg.hypot(y, x),
  power: (y, x) => tg.power(tg.exp(y), x),
  logaddexp: (y, x) => tg.logaddexp(y, x),
  scan: (y, x) => tg.scan((c: Tensor, e: Tensor) => [tg.sin(tg.add(c, e)), c], tg.sum(x), y)[1],
};

const xs = tensor(pattern(4, 3), { dtype: "float64" });
const ws = tensor(pattern(2, 3, 1), { dtype: "float64" });

/** f for all pairs, as vmaps and as loops. */
function compare(f: (x: Tensor, w: Tensor) => Tensor): void {
  const pairs = Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: 2 }, (_, j) => f(xs.at(i) as Tensor, ws.at(j) as Tensor)),
  );
  expectClose(vmap((x: Tensor) => vmap((w: Tensor) => f(x, w))(ws))(xs), pairs);
  const turned = pairs[0]!.map((_, j) => pairs.map((row) => row[j]));
  expectClose(vmap((w: Tensor) => vmap((x: Tensor) => f(x, w))(xs))(ws), turned);
}

describe.each(Object.entries(FUNCTIONS))("%s", (_, f) => {
  test("jvp along a mapped tangent", () => {
    compare((x, w) => tg.jvp((y: Tensor) => f(y, x), [x], [w])[1]);
    compare((x, w) => tg.jvp((y: Tensor) => f(y, x), [w], [x])[1]);
    compare((x, w) => tg.jvp((y: Tensor) => f(x, y), [w], [w])[1]);
  });

  test("vjp of a mapped argument", () => {
    const slope = (g: (y: Tensor) => Tensor, y: Tensor): Tensor =>
      tg.grad((z: Tensor) => tg.sum(tg.sin(g(z))))(y);
    compare((x, w) => slope((y) => f(y, x), w));
    compare((x, w) => slope((y) => f(x, y), w));
  });

  test("jvp of vjp", () => {
    const slope = (x: Tensor) => tg.grad((z: Tensor) => tg.sum(tg.sin(f(z, x))));
    compare((x, w) => tg.jvp(slope(x), [w], [x])[1]);
  });
});
