// Values that checkpoints keep find their place again: with operations that do not come onto the tape,
// with tensors that are let go of on the way, and with pullbacks of other checkpoints inside.

import * as tg from "tapegrad";
import { checkpoint, cos, exp, floor, grad, max, memory, multiply, sin, square } from "tapegrad";
import { sum, tensor, tidy, vjp, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { expectClose } from "./close.js";

const x = tensor([0.3, 1.7, 2.55, 3.9], { dtype: "float64" });
const all = { policy: () => true };

const functions: Record<string, (v: Tensor) => Tensor> = {
  "a rounded value": (v) => multiply(floor(v).add(1), exp(cos(v))),
  "an inner gradient of a maximum": (v) => multiply(grad((w: Tensor) => max(w))(v), exp(cos(v))),
  "a tensor that is disposed of": (v) => {
    sin(v).dispose();
    return multiply(exp(cos(v)), square(cos(v)));
  },
  "a scope that ends": (v) =>
    multiply(
      tidy(() => sin(sin(v)).detach()),
      exp(cos(sin(v))),
    ),
  remainder: (v) => multiply(tg.remainder(v, 0.7), sin(exp(cos(v)))),
  "singular values": (v) =>
    tg.linalg.svdvals(sin(v).reshape([2, 2])).add(exp(cos(v)).slice([[0, 2]])),
  interp: (v) => multiply(tg.interp(v, [0, 1, 5], [2, 0, 3]), sin(cos(v))),
};

test.each(Object.entries(functions))("%s", (_, f) => {
  const wanted = grad((v: Tensor) => sum(f(v)))(x);
  expectClose(grad((v: Tensor) => sum(checkpoint(f, all)(v)))(x), wanted);
  expectClose(
    grad((v: Tensor) => sum(grad((u: Tensor) => sum(checkpoint(f, all)(u)))(v)))(x),
    grad((v: Tensor) => sum(grad((u: Tensor) => sum(f(u)))(v)))(x),
  );
});

test("a pullback through another checkpoint inside leaves nothing behind", () => {
  const inner = checkpoint((v: Tensor) => sin(exp(v)), all);
  const step = (): Tensor => {
    const [, pull] = vjp(inner, x);
    const outer = checkpoint(
      (w: Tensor) => multiply((pull(exp(w)) as unknown as [Tensor])[0], cos(w)),
      all,
    );
    const g = grad((w: Tensor) => sum(outer(w)))(x);
    pull.dispose();
    return g;
  };
  const first = step();
  tidy(() => void step());
  const { nodes } = memory();
  for (let i = 0; i < 50; i++) tidy(() => void step());
  expect(memory().nodes).toBe(nodes);
  expectClose(step(), first);
});
