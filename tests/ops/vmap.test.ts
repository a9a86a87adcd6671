// vmap is a loop: of every op, of its gradient and of its jvp, whichever axes are mapped.

import { stack, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { CASES, operands, type OpCase } from "./cases.js";
import { direction, flat, forward, reverse, type Multi } from "./measure.js";
import { toTensor } from "./ndarray.js";
import { expectNear, shareOf } from "./support.js";

const SIZE = 3;

/** Which axis of each operand is mapped; "last" is the last axis of the stacked operand. */
type Pattern = (i: number, n: number) => 0 | "last" | null;
const PATTERNS: Record<string, Pattern> = {
  "all along axis 0": () => 0,
  "all along the last axis": () => "last",
  "the first only": (i) => (i === 0 ? 0 : null),
  "the last only": (i, n) => (i === n - 1 ? "last" : null),
};

const every = CASES.map((row): [string, OpCase] => [`${row.op}, ${row.label}`, row]);

/** Examples of the operands: those that are not mapped are the same in each. */
function examples(row: OpCase, pattern: Pattern): Tensor[][] {
  const n = row.shapes.length;
  return Array.from({ length: SIZE }, (_, b) =>
    row.shapes.map((_, i) => {
      const seed = pattern(i, n) === null ? 1 : 10 + b;
      return toTensor(operands(row, seed)[i]!);
    }),
  );
}

/** The examples as one batch, with the axes to map. */
function batch(list: Tensor[][], pattern: Pattern): { x: Tensor[]; axes: (number | null)[] } {
  const n = list[0]!.length;
  const axes = list[0]!.map((x, i) => {
    const axis = pattern(i, n);
    return axis === "last" ? x.ndim : axis;
  });
  const x = axes.map((axis, i) => {
    const parts = list.map((example) => example[i]!);
    return axis === null ? parts[0]! : stack(parts, axis);
  });
  return { x, axes };
}

function same(f: Multi, list: Tensor[][], pattern: Pattern, what: string): void {
  const { x, axes } = batch(list, pattern);
  const mapped = vmap((...args: Tensor[]) => f(args), { inAxes: axes })(...x) as Tensor[];
  const looped = list.map((example) => f(example));
  mapped.forEach((got, i) => {
    const want = stack(looped.map((outputs) => outputs[i]!));
    expect(got.shape, what).toEqual(want.shape);
    expect(got.dtype, what).toBe(want.dtype);
    expectNear(flat([got]), flat([want]), what, 1e-14);
  });
}

describe.each(Object.entries(PATTERNS))("%s", (name, pattern) => {
  // With one operand the last two patterns say nothing new.
  const rows = every.filter(([, row]) => row.shapes.length > 1 || name.startsWith("all"));

  test.each(shareOf(rows, 2, Object.keys(PATTERNS).indexOf(name)))("%s", (_, row) => {
    const f: Multi = (x) => [row.call(...x)];
    const list = examples(row, pattern);
    same(f, list, pattern, "value");
    if (!row.smooth) return;
    const w = direction(f(list[0]!), 1);
    const v = direction(list[0]!, 2);
    same(reverse(f, w), list, pattern, "vjp");
    same(forward(f, v), list, pattern, "jvp");
    same(forward(reverse(f, w), v), list, pattern, "jvp of vjp");
    same(reverse(forward(f, v), w), list, pattern, "vjp of jvp");
  });
});

describe("two levels", () => {
  test.each(every)("%s", (_, row) => {
    const f: Multi = (x) => [row.call(...x)];
    // The inner level maps the last operand only, the outer one all of them.
    const last = row.shapes.length - 1;
    const inAxes = row.shapes.map((_, i) => (i === last ? 0 : null));
    const inner: Multi = (x) => vmap((...args: Tensor[]) => f(args), { inAxes })(...x) as Tensor[];
    const list = Array.from({ length: 2 }, (_, a) => {
      const inside = Array.from({ length: SIZE }, (_, b) =>
        toTensor(operands(row, 30 + 5 * a + b)[last]!),
      );
      return [
        ...operands(row, 20 + a)
          .slice(0, last)
          .map((x) => toTensor(x)),
        stack(inside),
      ];
    });
    same(inner, list, () => 0, "value");
    if (!row.smooth) return;
    const w = direction(inner(list[0]!), 3);
    same(reverse(inner, w), list, () => 0, "vjp outside the inner level");
    const each: Multi = (x) =>
      vmap((...args: Tensor[]) => reverse(f, direction(f(operandsOf(row)), 4))(args), { inAxes })(
        ...x,
      ) as Tensor[];
    same(each, list, () => 0, "vjp inside the inner level");
  });
});

function operandsOf(row: OpCase): Tensor[] {
  return operands(row).map((x) => toTensor(x));
}

describe("axes of results", () => {
  test.each([0, 1, 2, -1])("outAxes %i", (outAxes) => {
    const list = [0, 1, 2].map((b) => [
      toTensor(operands({ ...CASES[0]!, shapes: [[2, 4]] }, b)[0]!),
    ]);
    const got = vmap((x: Tensor) => x.multiply(2), { outAxes })(stack(list.map(([x]) => x!)));
    const want = stack(
      list.map(([x]) => x!.multiply(2)),
      outAxes,
    );
    expect(got.shape).toEqual(want.shape);
    expect(flat([got])).toEqual(flat([want]));
  });
});
