// Where elements lie in memory does not matter: views of every kind give what a plain copy gives.

import { broadcastTo, slice, tensor, transpose, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { CASES, operands, type OpCase } from "./cases.js";
import { direction, flat, reverse, type Multi } from "./measure.js";
import { build, take, toTensor, transpose as transposed, type Nd } from "./ndarray.js";
import {
  expectNear,
  expectUlps,
  FLOATS,
  numbers,
  randomFrom,
  shaped,
  shareOf,
  uniform,
} from "./support.js";

type Layout = (x: Nd, dtype: "float32" | "float64") => Tensor;

/** The same elements, laid out in other ways. */
const LAYOUTS: Record<string, Layout> = {
  transposed: (x, dtype) => {
    const axes = x.shape.map((_, axis) => x.shape.length - 1 - axis);
    return transpose(toTensor(transposed(x, axes), dtype));
  },
  "read backwards": (x, dtype) => {
    const places = x.shape.map((d) => Array.from({ length: d }, (_, i) => d - 1 - i));
    return slice(
      toTensor(take(x, places), dtype),
      x.shape.map(() => [null, null, -1] as const),
    );
  },
  "every other element of a larger tensor": (x, dtype) => {
    const wide = build(
      x.shape.map((d) => 2 * d + 1),
      (index) =>
        index.every((i) => i % 2 === 1)
          ? x.data[
              place(
                x.shape,
                index.map((i) => (i - 1) / 2),
              )
            ]!
          : NaN,
    );
    return slice(
      toTensor(wide, dtype),
      x.shape.map(() => [1, null, 2] as const),
    );
  },
  "a contiguous part, one element in": (x, dtype) =>
    slice(tensor([NaN, ...x.data, NaN], { dtype }), [[1, -1]]).reshape(x.shape),
};

function place(shape: readonly number[], index: readonly number[]): number {
  return index.reduce((sum, i, axis) => sum * shape[axis]! + i, 0);
}

const every = CASES.map((row): [string, OpCase] => [`${row.op}, ${row.label}`, row]);

describe.each(Object.entries(LAYOUTS))("%s", (name, layout) => {
  test.each(shareOf(every, 4, Object.keys(LAYOUTS).indexOf(name)))("%s", (_, row) => {
    const f: Multi = (x) => [row.call(...x)];
    for (const dtype of FLOATS) {
      const given = operands(row);
      const plain = given.map((x) => toTensor(x, dtype));
      const views = given.map((x) => layout(x, dtype));
      const [want, got] = [f(plain), f(views)];
      expect(got[0]!.shape).toEqual(want[0]!.shape);
      // Element by element the bits are the same; reductions may go in another order.
      if (row.elementwise) expect(flat(got)).toEqual(flat(want));
      else expectNear(flat(got), flat(want), "value", dtype === "float32" ? 1e-6 : 1e-14);
      // One operand a view, the other not.
      const mixed = views.map((x, i) => (i === 0 ? x : plain[i]!));
      expectNear(flat(f(mixed)), flat(want), "value, one view", dtype === "float32" ? 1e-6 : 1e-14);
      if (!row.smooth) continue;
      const w = direction(want, 2);
      expectNear(
        flat(reverse(f, w)(views)),
        flat(reverse(f, w)(plain)),
        "vjp",
        dtype === "float32" ? 1e-6 : 1e-14,
      );
    }
  });
});

const elementwise = every.filter(([, row]) => row.elementwise && row.label === "one shape");

/** Operands of a case in another shape. */
function withShape(row: OpCase, ...shapes: number[][]): OpCase {
  return { ...row, shapes: row.shapes.map((_, i) => shapes[i % shapes.length]!) };
}

function expectReference(
  row: OpCase,
  dtype: "float32" | "float64",
  tensors: Tensor[],
  given: Nd[],
): void {
  const got = row.call(...tensors);
  const want = row.reference(...given);
  expect(got.shape).toEqual(want.shape);
  expectUlps(numbers(got), want.data, row.limit, dtype, row.op);
}

describe.each(FLOATS)("sizes in %s", (dtype) => {
  const share = shareOf(elementwise, 2, FLOATS.indexOf(dtype));

  test.each(share)("%s: empty, 0-d, one element", (_, row) => {
    for (const shape of [[0], [2, 0], [0, 3, 1], [], [1], [1, 1, 1]]) {
      const given = operands(withShape(row, shape));
      expectReference(
        row,
        dtype,
        given.map((x) => toTensor(x, dtype)),
        given,
      );
    }
    // An axis of size 1 meets an empty one.
    if (row.shapes.length === 2) {
      const given = operands(withShape(row, [2, 1], [0]));
      expectReference(
        row,
        dtype,
        given.map((x) => toTensor(x, dtype)),
        given,
      );
    }
  });

  test.each(share)("%s: large, contiguous and not", (_, row) => {
    const [long, tall, wide] = row.costly ? [131, 11, 13] : [4099, 67, 65];
    for (const shape of [[long], [tall, wide]]) {
      const given = operands(withShape(row, shape));
      expectReference(
        row,
        dtype,
        given.map((x) => toTensor(x, dtype)),
        given,
      );
      if (shape.length === 1) continue;
      const views = given.map((x, i) =>
        i % 2 ? toTensor(x, dtype) : LAYOUTS["transposed"]!(x, dtype),
      );
      expectReference(row, dtype, views, given);
    }
    if (row.shapes.length === 1) return;
    for (const shapes of [
      [[tall, 1], [wide]],
      [[wide], [tall, 1]],
      [[], [long]],
      [[long], []],
    ]) {
      const given = operands(withShape(row, ...shapes));
      expectReference(
        row,
        dtype,
        given.map((x) => toTensor(x, dtype)),
        given,
      );
    }
  });

  test.each(share)("%s: every alignment and length gives the same bits", (_, row) => {
    const n = 24;
    const whole = operands(withShape(row, [n])).map((x) => toTensor(x, dtype));
    const want = numbers(row.call(...whole));
    for (let start = 0; start < 5; start++) {
      for (let length = 0; length <= n - start; length++) {
        const parts = whole.map((x) => slice(x, [[start, start + length]]));
        expect(numbers(row.call(...parts))).toEqual(want.slice(start, start + length));
      }
    }
  });
});

describe("broadcast views", () => {
  test.each(shareOf(elementwise, 2))(
    "%s: repeated elements give repeated results and summed derivatives",
    (_, row) => {
      const f: Multi = (x) => [row.call(...x)];
      const small = operands(withShape(row, [3, 1])).map((x) => toTensor(x));
      const spread: Multi = (x) => f(x.map((xi) => broadcastTo(xi, [2, 3, 4])));
      const copied: Multi = (x) =>
        f(x.map((xi) => shaped(numbers(broadcastTo(xi, [2, 3, 4])), [2, 3, 4])));
      expect(flat(spread(small))).toEqual(flat(copied(small)));
      if (!row.smooth) return;
      const w = direction(spread(small), 3);
      const got = reverse(spread, w)(small);
      const single = reverse(f, w)(small.map((x) => broadcastTo(x, [2, 3, 4])));
      got.forEach((g, i) => {
        expect(g.shape).toEqual([3, 1]);
        expectNear(numbers(g), numbers(single[i]!.sum([0, 2]).reshape([3, 1])), "vjp", 1e-13);
      });
    },
  );

  test("reading a view gives its elements in order", () => {
    const random = randomFrom(3);
    const x = shaped(uniform(random, 60, -1, 1), [3, 4, 5]);
    const view = slice(transpose(x, [2, 0, 1]), [
      [null, null, -2],
      [1, null],
      [null, null, 3],
    ]);
    const want = numbers(x);
    const expected = [4, 2, 0].flatMap((k) =>
      [1, 2].flatMap((i) => [0, 3].map((j) => want[i * 20 + j * 5 + k]!)),
    );
    expect(numbers(view)).toEqual(expected);
    expect(view.shape).toEqual([3, 2, 2]);
    expect(numbers(view.reshape([12]))).toEqual(expected);
  });
});
