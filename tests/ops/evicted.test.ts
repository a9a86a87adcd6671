// Operands that have left WebAssembly come back when they are used: in every op, as values, in both
// modes of differentiation, and as what a recorded graph still needs.

import { memory, onesLike, sum, tensor, transpose, zeros, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { CASES, operands } from "./cases.js";
import { direction, flat, forward, reverse, type Multi } from "./measure.js";
import { toTensor, transpose as transposed } from "./ndarray.js";

/** Makes and drops enough to push everything else out. */
function flood(): void {
  for (let i = 0; i < 200; i++) zeros([100_000], { dtype: "float64" }).add(i);
}

/** Each operand once plain and once as a view. */
function prepared(): { x: Tensor[]; views: Tensor[] }[] {
  return CASES.map((row) => {
    const given = operands(row);
    const reversed = (shape: number[]): number[] => shape.map((_, axis) => shape.length - 1 - axis);
    return {
      x: given.map((nd) => toTensor(nd)),
      views: given.map((nd) => transpose(toTensor(transposed(nd, reversed(nd.shape))))),
    };
  });
}

test("every op on operands that were evicted", () => {
  const here = prepared();
  const gone = prepared();
  flood();
  expect(memory().evictedBytes).toBeGreaterThan(0);
  CASES.forEach((row, i) => {
    const f: Multi = (x) => [row.call(...x)];
    const name = `${row.op}, ${row.label}`;
    for (const kind of ["x", "views"] as const) {
      const [plain, evicted] = [here[i]![kind], gone[i]![kind]];
      expect(flat(f(evicted)), name).toEqual(flat(f(plain)));
      expect(flat(evicted), name).toEqual(flat(plain));
    }
  });
  // Once more out, then straight into the derivatives.
  flood();
  CASES.forEach((row, i) => {
    if (!row.smooth) return;
    const f: Multi = (x) => [row.call(...x)];
    const w = direction(f(here[i]!.x), 1);
    const v = direction(here[i]!.x, 2);
    expect(flat(reverse(f, w)(gone[i]!.x))).toEqual(flat(reverse(f, w)(here[i]!.x)));
    expect(flat(forward(f, v)(gone[i]!.views))).toEqual(flat(forward(f, v)(here[i]!.views)));
  });
});

test("a graph recorded before, differentiated after", () => {
  const rows = CASES.filter((row) => row.smooth);
  const graphs = [false, true].map(() =>
    rows.map((row) => {
      const leaves = operands(row).map((nd) => tensor(toTensor(nd), { requiresGrad: true }));
      const y = row.call(...leaves);
      return { leaves, loss: sum(y.multiply(onesLike(y).multiply(0.5))) };
    }),
  );
  const [before, after] = graphs as [(typeof graphs)[0], (typeof graphs)[0]];
  const gradients = (graph: (typeof before)[0]): (number[] | undefined)[] => {
    graph.loss.backward();
    return graph.leaves
      .map((leaf) => leaf.grad && Array.from(leaf.grad.data()))
      .map((g) => g ?? undefined);
  };
  const want = before.map((graph) => (graph.loss.requiresGrad ? gradients(graph) : []));
  flood();
  const got = after.map((graph) => (graph.loss.requiresGrad ? gradients(graph) : []));
  expect(got).toEqual(want);
});
