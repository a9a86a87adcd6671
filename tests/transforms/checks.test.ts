// The smaller checks: one mode, combinations of arguments, equality of trees, finite values.

import {
  assertFinite,
  checkEquivalent,
  checkJvp,
  checkVjp,
  comboCheck,
  compile,
  customJvp,
  customVjp,
  divide,
  grad,
  log,
  multiply,
  sin,
  square,
  sum,
  tensor,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;

describe("one mode", () => {
  const wrongBack = customVjp((x: Tensor) => sin(x), {
    fwd: (x: Tensor) => [sin(x), x],
    bwd: (x: Tensor, g: Tensor) => [multiply(g, x)],
  });
  const wrongForth = customJvp(
    (x: Tensor) => sin(x),
    ([x]: Tensor[], [dx]: Tensor[]) => [sin(x!), multiply(dx!, x!)],
  );

  test("accepts what is right", () => {
    checkVjp((x: Tensor) => sin(x), [0.7]);
    checkJvp((x: Tensor) => sin(x), [0.7]);
    checkVjp((x: Tensor) => sin(x), [tensor([0.1, 2])], { order: 2 });
  });

  test("rejects what is wrong", () => {
    expect(() => checkVjp(wrongBack, [0.3])).toThrow("checkGrads: the vjp differs");
    expect(() => checkJvp(wrongForth, [0.3])).toThrow("checkGrads: the jvp differs");
  });
});

describe("comboCheck", () => {
  const arrays = [tensor([[1, 2, 4]], f64), tensor([[3], [5]], f64)];

  test("goes through all combinations", () => {
    const seen: string[] = [];
    const f = (x: Tensor, axis: number | null, options: { keepdims: boolean }) => {
      seen.push(`${x.shape.join()}:${axis}:${options.keepdims}`);
      return sum(square(x), axis ?? undefined, options);
    };
    comboCheck(f, [0], [arrays, [null, 0, 1]], { keepdims: [false, true] }, { order: 1 });
    const combinations = new Set(seen);
    expect(combinations.size).toBe(12);
    expect(combinations).toContain("2,1:1:true");
  });

  test("gives no options object where there are no keywords", () => {
    const counts: number[] = [];
    const f = (...args: Tensor[]) => {
      counts.push(args.length);
      return multiply(args[0]!, args[1]!);
    };
    comboCheck(f, [0, 1], [[2, 3], [5]], {}, { order: 1 });
    expect(new Set(counts)).toEqual(new Set([2]));
  });

  test("names the combination that fails", () => {
    const f = (x: Tensor, { wrong }: { wrong: boolean }) =>
      wrong
        ? customJvp(
            (y: Tensor) => sin(y),
            ([y]: Tensor[]) => [sin(y!), y!],
          )(x)
        : sin(x);
    expect(() => comboCheck(f, [0], [[0.3]], { wrong: [false, true] })).toThrow(
      /^comboCheck: at \(.*0\.3.*, wrong: true\): checkGrads: the jvp differs/,
    );
    expect(() => comboCheck(sin, [1], [[0.3]])).toThrow(RangeError);
  });
});

describe("checkEquivalent", () => {
  test("accepts equal trees, with NaN and rounding", () => {
    checkEquivalent({ a: tensor([1, NaN]), b: [2, "x"] }, { b: [2, "x"], a: tensor([1, NaN]) });
    checkEquivalent(tensor([1]), tensor([1 + 1e-6]));
    checkEquivalent(tensor([]), tensor([]));
    checkEquivalent(1, 1.1, { rtol: 0.2 });
  });

  test.each([
    ["values", tensor([1, 2]), tensor([1, 3]), /leaf 0 is .*3/],
    ["shapes", tensor([1, 2]), tensor([[1, 2]]), /float32\[2\] and float32\[1,2\]/],
    ["dtypes", tensor([1]), tensor([1], f64), /float32\[1\] and float64\[1\]/],
    ["NaN", tensor([NaN]), tensor([1]), /leaf 0/],
    ["forms", { a: 1 }, { b: 1 }, /the trees differ/],
  ])("rejects other %s", (_, x, y, message) => {
    expect(() => checkEquivalent(x, y)).toThrow(message);
  });
});

describe("assertFinite", () => {
  test("hands on what it gets", () => {
    const x = { w: tensor([1, 2]), list: [3, Float64Array.of(4)], name: "m" };
    const y = assertFinite(x);
    checkEquivalent(y, x);
    expect(y.list).toEqual([3, Float64Array.of(4)]);
    expect(assertFinite(tensor([1, 2], { dtype: "int32" })).dtype).toBe("int32");
    expect(assertFinite(tensor([])).size).toBe(0);
  });

  test("names what is not finite", () => {
    expect(() =>
      assertFinite(
        tensor([
          [1, 2],
          [3, NaN],
        ]),
      ),
    ).toThrow("assertFinite: the value has NaN at [1,1] (element 3 of 4)");
    expect(() => assertFinite({ w: [1, -Infinity] }, "parameters")).toThrow(
      /^assertFinite: parameters at w.*1.* has -Infinity at its only element$/,
    );
  });

  test("lets derivatives pass, and looks inside of transforms", () => {
    expect(grad((x: Tensor) => multiply(assertFinite(square(x)), 2))(3)).toBe(12);
    expect(() => grad((x: Tensor) => assertFinite(log(x)))(0)).toThrow("has -Infinity");
    expect(() => vmap((x: Tensor) => assertFinite(x))(tensor([1, 2]))).toThrow(/vmap/);
  });

  test("looks at every call of a compiled function", () => {
    const f = compile((x: Tensor) => assertFinite(divide(1, x), "1 / x"));
    expect(f(tensor([2])).toArray()).toEqual([0.5]);
    expect(() => f(tensor([0]))).toThrow("assertFinite: 1 / x has Infinity");
    expect(f(tensor([4])).toArray()).toEqual([0.25]);
  });
});
