// What values, pullbacks and flags live through: assignment, eviction, consumption, the end of a
// transform, tidy.

import {
  add,
  exp,
  grad,
  jacobian,
  jvp,
  memory,
  multiply,
  noGrad,
  ones,
  sin,
  stack,
  sum,
  tensor,
  tidy,
  vjp,
  zeros,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { pressSmall } from "../memory/press.js";

test("an assignment to a value that was to be computed again replaces it", () => {
  let kept = zeros([1]);
  grad((x: Tensor) => {
    kept = multiply(x, 3);
    return sum(kept);
  })(ones([2000]));
  kept.assign(zeros([2000]));
  expect(sum(kept).item()).toBe(0);
  grad((x: Tensor) => {
    kept = multiply(x, 3);
    return sum(kept);
  })(ones([2000]));
  kept.requiresGrad = true;
  noGrad(() => kept.assign(ones([2000])));
  sum(multiply(kept, kept)).backward();
  expect(kept.grad!.slice([[0, 2]]).toArray()).toEqual([2, 2]);
});

test("a pullback dies with the transform around it", () => {
  let leaked: ((g: number) => unknown) | undefined;
  grad((x: Tensor) => {
    const [y, pullback] = vjp((z: Tensor) => multiply(z, z), x);
    leaked = pullback as (g: number) => unknown;
    return y;
  })(3);
  expect(() => leaked!(1)).toThrow(/^vjp: this pullback was used after/);
});

describe("weak numbers", () => {
  const dtypeBeside = (x: Tensor): string => multiply(x, tensor([1, 2])).dtype;

  test("stay weak after a backward() from a 0-d float64 tensor", () => {
    const w = tensor(2, { dtype: "float64", requiresGrad: true });
    multiply(w, w).backward();
    expect(dtypeBeside(multiply(exp(2), 1))).toBe("float32");
  });

  test("stay weak through eviction, also with axes", () => {
    const spread = exp(2).broadcastTo([2]);
    const joined = stack([1, 2]);
    pressSmall();
    expect(dtypeBeside(spread)).toBe("float32");
    expect(dtypeBeside(joined)).toBe("float32");
  });

  test("astype ends it, for its result only", () => {
    const weak = exp(2);
    expect(dtypeBeside(weak.astype("float64"))).toBe("float64");
    expect(dtypeBeside(weak.astype("float32").astype("float64"))).toBe("float64");
    expect(dtypeBeside(weak)).toBe("float32");
  });
});

test("vjp leaves nothing behind once its pullback is disposed of", () => {
  const x = tensor([0.1, 0.2, 0.3]);
  const round = (): number => {
    for (let i = 0; i < 6000; i++) {
      const [, pullback] = vjp((v: Tensor) => exp(multiply(sin(multiply(v, v)), 2)), x);
      pullback(ones([3]));
      pullback.dispose();
    }
    return memory().nodes;
  };
  const first = round();
  expect(round()).toBeLessThan(first + 9000);
});

test("tidy leaves a leaf alone that was evicted meanwhile", () => {
  let leaf = zeros([1]);
  tidy(() => {
    leaf = tensor([1, 2, 3, 4, 5, 6], { requiresGrad: true });
    pressSmall();
    return 1;
  });
  expect(leaf.toArray()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a value whose graph is used up is a constant for other transforms", () => {
  const w = tensor(2, { requiresGrad: true });
  const used = multiply(w, w);
  used.backward();
  expect(grad((_x: Tensor) => used)(2)).toBe(0);
  const [, [dy, du]] = jvp((x: Tensor) => [multiply(x, x), add(used, 0)], [2], [1]) as unknown as [
    unknown,
    [number, number],
  ];
  expect([Number(dy), Number(du)]).toEqual([4, 0]);
});

test("jacobian names itself when its result would have too many axes", () => {
  const x = ones([1, 2, 1, 1, 1]);
  expect(() => jacobian((v: Tensor) => multiply(v, v))(x)).toThrow(
    /^jacobian: the result would have 10 axes, more than 8$/,
  );
  expect(jacobian((v: Tensor) => multiply(ones([1, 2, 1, 1, 1, 1, 1, 1]), v))(2)).toBeDefined();
});
