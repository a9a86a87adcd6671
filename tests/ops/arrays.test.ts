// The array functions against NumPy: values, shapes and dtypes from tests/reference/arrays,
// derivatives in both modes against differences, float32, strided operands, vmap against a loop.

import * as tapegrad from "tapegrad";
import {
  checkGrads,
  isTensor,
  jacobian,
  jvp,
  stack,
  tensor,
  vjp,
  vmap,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import {
  arrayOperands as operands,
  ARRAY_CASES as CASES,
  callArray as call,
  type ArrayCase,
} from "./array-cases.js";
import { direction, flat, inner } from "./measure.js";
import { expectNear, FLOATS, numbers, shareOf, type Float } from "./support.js";

/** The same values, not contiguous: every other element of both directions of a larger tensor. */
function strided(x: Tensor): Tensor {
  if (x.ndim === 0) return x;
  const wide = stack([x, tapegrad.full(x.shape, 99, { dtype: x.dtype })], -1);
  const all = x.shape.map((): [null, null, number] => [null, null, 1]);
  const turned = wide.slice([...all.slice(0, -1), [null, null, -1], 0]);
  return turned.slice([...all.slice(0, -1), [null, null, -1]]);
}

function expectValues(got: unknown[], row: ArrayCase, rtol: number, float: Float): void {
  const want = Array.isArray(row.want) ? row.want : [row.want];
  expect(got.length, "number of results").toBe(want.length);
  want.forEach((w, i) => {
    const y = isTensor(got[i]) ? got[i] : tensor(got[i] as number[]);
    expect(y.shape).toEqual(w.shape);
    // What is made from numbers alone has the default dtype.
    const free = w.dtype === "float64" && row.operands.length === 0;
    if (isTensor(got[i]) && !free) expect(y.dtype).toBe(w.dtype === "float64" ? float : w.dtype);
    expectNear(numbers(y), w.data.map(Number), row.op, rtol, rtol);
  });
}

const tensors = (list: unknown[]): Tensor[] => list.filter(isTensor) as Tensor[];
const floats = (list: unknown[]): Tensor[] =>
  tensors(list).filter((x) => x.dtype.startsWith("float"));
const smooth = CASES.filter(([, row]) => row.smooth && row.operands.length > 0);
const mapped = CASES.filter(([, row]) => row.mapped && row.operands.length > 0);

describe("values as in NumPy", () => {
  describe.each(FLOATS)("in %s", (dtype) => {
    test.each(shareOf(CASES, 2, FLOATS.indexOf(dtype)))("%s", (_, row) => {
      expectValues(call(row, operands(row, dtype)), row, dtype === "float64" ? 1e-12 : 2e-5, dtype);
    });
  });

  test.each(shareOf(CASES, 2))("%s: strided operands", (_, row) => {
    expectValues(call(row, operands(row).map(strided)), row, 1e-12, "float64");
  });
});

describe("derivatives", () => {
  test.each(shareOf(smooth, 2, 1))("%s: both modes to order 2 against differences", (_, row) => {
    checkGrads((...x: Tensor[]) => floats(call(row, x)), operands(row), { order: 2, eps: 1e-4 });
  });

  test.each(smooth)("%s: ⟨w, jvp⟩ is ⟨vjp, v⟩", (_, row) => {
    const x = operands(row);
    const f = (...args: Tensor[]): Tensor[] => floats(call(row, args));
    const v = direction(x, 3);
    const [y, tangent] = jvp(f, x, v) as unknown as [Tensor[], Tensor[]];
    const w = direction(y, 4);
    const back = vjp(f, ...x)[1](w) as unknown as Tensor[];
    const scale = 1 + flat(tangent).reduce((sum, t) => sum + Math.abs(t), 0);
    expectNear([inner(back, v)], [inner(w, tangent)], row.op, 1e-12, 1e-12 * scale);
  });

  const small = smooth.filter(([, row]) => row.operands.every((x) => x.data.length <= 12));
  // A Jacobian has the axes of the result and of the operand: at most 8.
  const few = small.filter(([, row]) =>
    row.operands.every((x) => x.shape.length + [row.want].flat()[0]!.shape.length <= 8),
  );
  test.each(shareOf(few, 4, 2))("%s: of Jacobians, which map over a basis", (_, row) => {
    const f = (...x: Tensor[]): Tensor => floats(call(row, x))[0]!;
    row.operands.forEach((_operand, argnums) => {
      checkGrads(jacobian(f, { argnums }), operands(row), { order: 1, eps: 1e-4 });
    });
  });

  test.each(shareOf(smooth, 4, 3))("%s: float32 is float64 rounded", (_, row) => {
    const at = (dtype: Float): number[] => {
      const x = operands(row, dtype);
      const f = (...args: Tensor[]): Tensor[] => floats(call(row, args));
      const y = f(...x);
      const back = vjp(f, ...x)[1](direction(y, 4)) as unknown as Tensor[];
      for (const g of back) expect(g.dtype).toBe(dtype);
      return flat(back);
    };
    expectNear(at("float32"), at("float64"), row.op, 5e-5, 1e-5);
  });
});

describe("vmap is a loop", () => {
  test.each(shareOf(mapped, 2))("%s", (_, row) => {
    const one = operands(row);
    const two = one.map((x) => x.multiply(0.75));
    const both = one.map((x, i) => stack([x, two[i]!]));
    const f = (...x: Tensor[]): Tensor[] => tensors(call(row, x));
    const got = vmap(f)(...both) as unknown as Tensor[];
    const loop = [f(...one), f(...two)];
    got.forEach((y, i) => {
      const want = stack([loop[0]![i]!, loop[1]![i]!]);
      expect(y.shape).toEqual(want.shape);
      expectNear(numbers(y), numbers(want), row.op, 1e-13, 1e-13);
    });
    if (!row.smooth) return;
    const slope = (...x: Tensor[]): Tensor[] => {
      const [y, pull] = vjp((...args: Tensor[]) => floats(call(row, args)), ...x);
      return pull(y.map((v) => v.multiply(0.5).add(1)) as never) as unknown as Tensor[];
    };
    const slopes = vmap(slope)(...both) as unknown as Tensor[];
    const wanted = [slope(...one), slope(...two)];
    slopes.forEach((g, i) => {
      expectNear(
        numbers(g),
        numbers(stack([wanted[0]![i]!, wanted[1]![i]!])),
        `${row.op}, derivative`,
        1e-12,
        1e-12,
      );
    });
  });
});
