// A tensor of another copy of the library is recognised and refused.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
// The browser file holds a core of its own.
import * as other from "tapegrad/browser";
import { describe, expect, test } from "vitest";
import { expectIntact, expectRefusal } from "./canary.js";

const foreign = other.tensor([1, 2]) as unknown as Tensor;
const own = tensor([1, 2]);
const leaf = tensor([1, 2], { requiresGrad: true });

test("the other copy is another one", () => {
  expect(other.tensor).not.toBe(tg.tensor);
  expect(other.add(foreign as never, 1).toArray()).toEqual([2, 3]);
});

describe("refused", () => {
  const uses: Record<string, () => unknown> = {
    "left operand": () => tg.add(foreign, own),
    "right operand": () => tg.add(own, foreign),
    "beside a number": () => tg.add(foreign, 1),
    unary: () => tg.exp(foreign),
    reduction: () => tg.sum(foreign),
    condition: () => tg.where(foreign, 1, 2),
    joined: () => tg.stack([own, foreign]),
    "tensor(…)": () => tensor(foreign),
    "in an array": () => tensor([foreign as never]),
    isTensor: () => tg.isTensor(foreign),
    "argument of grad": () => tg.grad((x: Tensor) => tg.sum(x))(foreign),
    "in a tree": () => tg.grad((p: { a: Tensor }) => tg.sum(p.a))({ a: foreign }),
    "captured in grad": () => tg.grad((x: Tensor) => tg.sum(tg.multiply(x, foreign)))(own),
    "result of grad": () => tg.grad((_x: Tensor) => foreign)(own),
    "argument of vmap": () => tg.vmap((x: Tensor) => x)(foreign),
    "result of vmap": () => tg.vmap((_x: Tensor) => foreign)(own),
    tangent: () => tg.jvp((x: Tensor) => x, [own], [foreign]),
    cotangent: () => tg.vjp((x: Tensor) => x, own)[1](foreign),
    seed: () => tg.square(leaf).backward(foreign),
    assigned: () => own.assign(foreign),
  };
  test.each(Object.keys(uses))("as %s", (name) => {
    expectRefusal(uses[name]!, /another copy of tapegrad.*load the library once/s);
  });
});

test("both copies work side by side", () => {
  expect(other.grad((x) => other.multiply(x, x))(3)).toBe(6);
  expectIntact();
});
