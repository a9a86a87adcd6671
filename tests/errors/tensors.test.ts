// Unfit use of a Tensor's own methods, and of tensors that were disposed of.

import * as tg from "tapegrad";
import { add, grad, multiply, ones, square, sum, tensor, tidy, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact, expectRefusal } from "./canary.js";

const any = (x: unknown): never => x as never;
const gone = tensor([1, 2]);
gone.dispose();
const live = tensor([1, 2]);
const leaf = tensor([1, 2], { requiresGrad: true });

describe("backward", () => {
  const used = square(tensor(3, { requiresGrad: true }));
  used.backward();
  type Case = [string, () => unknown, RegExp];
  const cases: Case[] = [
    ["twice", () => used.backward(), /^backward: .*already used up.*retainGraph/],
    ["of no leaf", () => live.backward(), /^backward: .*requiresGrad/],
    ["of a vector without seed", () => square(leaf).backward(), /^backward: .*\[2\].*seed/],
    [
      "a seed's shape",
      () => square(leaf).backward(ones([3])),
      /^backward: the seed has shape \[3\].*\[2\]/,
    ],
    ["a seed that is text", () => square(leaf).backward(any("1")), /^backward: .*"1"/],
    ["a seed that is null", () => square(leaf).backward(any(null)), /^backward: .*null/],
    ["of a noGrad result", () => tg.noGrad(() => sum(leaf)).backward(), /^backward: .*noGrad/],
    ["of an integer", () => sum(leaf).astype("int32").backward(), /^backward: /],
    ["a disposed seed", () => square(leaf).backward(gone), /disposed/],
  ];
  test.each(cases)("%s", (_name, call, message) => {
    expectRefusal(call, message);
    expect(leaf.grad).toBe(null);
  });
});

describe("values", () => {
  test("item of many elements", () => {
    expectRefusal(() => live.item(), /^item: .*\[2\] has 2 elements/);
    expectRefusal(() => tg.zeros([0]).item(), /^item: .*\[0\] has 0 elements/);
  });

  test("assign of something unfit", () => {
    const w = tensor([1, 2]);
    expectRefusal(() => w.assign(any("x")), /^assign: .*"x"/);
    expectRefusal(() => w.assign([1, 2, 3]), /^assign: .*\[3\].*\[2\]/);
    expectRefusal(() => w.assignAdd(gone), /disposed/);
    expect(w.toArray()).toEqual([1, 2]);
  });

  test("grad takes tensors and null only", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    expect(() => (w.grad = any(5))).toThrow(/^grad: /);
    expect(() => (w.grad = any(undefined))).toThrow(/^grad: /);
    expectIntact();
  });
});

describe("a disposed tensor", () => {
  const uses: Record<string, () => unknown> = {
    "left operand": () => add(gone, live),
    "right operand": () => add(live, gone),
    "beside a number": () => add(gone, 1),
    "after a number": () => add(1, gone),
    unary: () => tg.exp(gone),
    method: () => gone.exp(),
    condition: () => tg.where(gone, 1, 2),
    branch: () => tg.where(live, gone, live),
    reduction: () => sum(gone),
    view: () => gone.reshape([2, 1]),
    joined: () => tg.stack([live, gone]),
    matmul: () => tg.matmul(live, gone),
    astype: () => gone.astype("float64"),
    "tensor(…)": () => tensor(gone),
    zerosLike: () => tg.zerosLike(gone),
    item: () => gone.item(),
    data: () => gone.data(),
    toArray: () => gone.toArray(),
    JSON: () => JSON.stringify(gone),
    shape: () => gone.shape,
    ndim: () => gone.ndim,
    size: () => gone.size,
    dtype: () => gone.dtype,
    requiresGrad: () => gone.requiresGrad,
    "setting requiresGrad": () => (gone.requiresGrad = true),
    isLeaf: () => gone.isLeaf,
    backward: () => gone.backward(),
    detach: () => gone.detach(),
    stopGradient: () => tg.stopGradient(gone),
    "assign to it": () => gone.assign([1, 2]),
    "assign it": () => live.assign(gone),
    "argument of grad": () => grad(sum)(gone),
    "leaf of a tree": () => grad((p: { a: Tensor }) => sum(p.a))({ a: gone }),
    "captured in grad": () => grad((x: Tensor) => sum(multiply(x, gone)))(live),
    "result of grad": () => grad((_x: Tensor) => gone)(live),
    "result of vjp": () => tg.vjp((_x: Tensor) => gone, live),
    "result of jvp": () => tg.jvp((_x: Tensor) => gone, [live], [live]),
    "result of vmap": () => tg.vmap((_x: Tensor) => gone)(live),
    "argument of vmap": () => tg.vmap((x: Tensor) => x)(gone),
    "captured in vmap": () => tg.vmap((x: Tensor) => add(x, gone))(live),
    tangent: () => tg.jvp((x: Tensor) => square(x), [live], [gone]),
    cotangent: () => tg.vjp((x: Tensor) => square(x), live)[1](gone),
    jacobian: () => tg.jacobian((x: Tensor) => square(x))(gone),
    "in an array of checkGrads": () => tg.checkGrads((x: Tensor) => x, [gone]),
  };
  test.each(Object.keys(uses))("as %s explains itself", (name) => {
    expectRefusal(uses[name]!, /disposed of.*dispose\(\)/s);
  });

  test("its name is in the message", () => {
    const named = tensor([1]);
    named.name = "weights";
    named.dispose();
    expect(() => add(named, 1)).toThrow(/"weights" was disposed/);
  });

  test("prints and disposes again without an error", () => {
    expect(String(gone)).toBe("Tensor(disposed)");
    gone.dispose();
    expectIntact();
  });

  test("after tidy, and after the end of a using block", () => {
    let inside: Tensor | undefined;
    tidy(() => {
      inside = ones([2]);
    });
    expectRefusal(() => add(inside!, 1), /tidy/);
    const used = ones([2]);
    {
      using inner = used;
      expect(inner.size).toBe(2);
    }
    expectRefusal(() => add(used, 1), /using/);
  });

  test("the slot's next tenant is not harmed", () => {
    const first = tensor([1, 2, 3]);
    first.dispose();
    const second = tensor([4, 5, 6]);
    first.dispose();
    expect(() => first.data()).toThrow(/disposed/);
    expect(second.toArray()).toEqual([4, 5, 6]);
  });

  test("disposing operands does not harm what was recorded with them", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const x = tensor([3, 4]);
    const y = multiply(w, x);
    x.dispose();
    const loss = sum(square(y));
    y.dispose();
    loss.backward();
    expect(w.grad!.toArray()).toEqual([18, 64]);
    const f = (v: Tensor): Tensor => {
      const u = square(v);
      const z = sum(u);
      u.dispose();
      return z;
    };
    expect(grad(f)(live).toArray()).toEqual([2, 4]);
  });

  test("views outlive what they show", () => {
    const whole = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const part = whole.slice([1]);
    whole.dispose();
    expect(part.toArray()).toEqual([4, 5, 6]);
  });
});
