// Rules where the way back is recorded at the level that it is for: gradients() with createGraph.

import {
  add,
  checkpoint,
  cos,
  customGradient,
  customJvp,
  customVjp,
  defineOp,
  gradients,
  multiply,
} from "tapegrad";
import { sin, square, sum, tensor, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

type Two = (x: Tensor, y: Tensor) => Tensor;

const raw: Two = (x, y) => add(multiply(sin(x), y), square(y));
const slopes = (x: Tensor, y: Tensor): [Tensor, Tensor] => [
  multiply(cos(x), y),
  add(sin(x), multiply(2, y)),
];

const ways: Record<string, Two> = {
  customVjp: customVjp(raw, {
    fwd: (x: Tensor, y: Tensor) => [raw(x, y), slopes(x, y)],
    bwd: ([dx, dy]: [Tensor, Tensor], g: Tensor) => [multiply(g, dx), multiply(g, dy)],
  }),
  customJvp: customJvp(raw, ([x, y]: [Tensor, Tensor], [s, t]: [Tensor, Tensor]) => {
    const [dx, dy] = slopes(x, y);
    return [raw(x, y), add(multiply(dx, s), multiply(dy, t))];
  }),
  customGradient: customGradient((x: Tensor, y: Tensor) => {
    const [dx, dy] = slopes(x, y);
    return [raw(x, y), (g: Tensor) => [multiply(g, dx), multiply(g, dy)]];
  }),
  checkpoint: checkpoint(raw),
  defineOp: defineOp({
    name: "mine",
    forward: raw,
    save: ([x, y]: [Tensor, Tensor]) => slopes(x, y),
    vjp: (g: Tensor, { saved }) => (saved as [Tensor, Tensor]).map((d) => multiply(g, d)),
  }),
};

const leaf = (data: number[]) => tensor(data, { dtype: "float64", requiresGrad: true });
const createGraph = { createGraph: true };

/** Derivatives of f to third order, one from the other. */
function three(f: Two): unknown {
  const [x, y] = [leaf([0.3, -1.1, 2]), leaf([0.7, 0.2, -0.4])];
  const first = gradients(sum(square(f(x, multiply(x, y)))), [x, y], createGraph);
  const second = gradients(sum(multiply(first[0]!, add(first[1]!, 1))), [x, y], createGraph);
  const third = gradients(sum(square(second[0]!)), [x, y]);
  return [first, second, third];
}

/** Of a shared argument inside a vmap that has ended. */
function mapped(f: Two): unknown {
  const y = leaf([0.7, 0.2, -0.4]);
  const rows = tensor(
    [
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
    ],
    { dtype: "float64" },
  );
  const total = sum(square(vmap((row: Tensor) => f(row, y))(rows)));
  const [first] = gradients(total, [y], createGraph);
  return [first, gradients(sum(square(first!)), [y])];
}

describe.each(Object.keys(ways))("%s", (name) => {
  test.each([three, mapped])("%o", (use) => {
    expectClose(use(ways[name]!), use(raw), 1e-11);
  });
});

test("what a checkpoint captures", () => {
  const twice = (wrap: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) => {
    const w = leaf([1, 2, 3]);
    const f = wrap((x) => raw(x, w));
    const [first] = gradients(sum(square(f(multiply(w, 2)))), [w], createGraph);
    return [first, gradients(sum(first!), [w])];
  };
  expectClose(
    twice(checkpoint),
    twice((f) => f),
    1e-11,
  );
});

test("a hook sees these gradients as well", () => {
  const x = leaf([1, 2]);
  const y = square(x);
  y.onGrad((g) => multiply(g, 3));
  expectClose(gradients(sum(y), x), [6, 12]);
  expect(x.grad).toBe(null);
});
