// Gradients by rows in the imperative style, on tapes, and through checkpoints.
import {
  add,
  checkpoint,
  clipGlobalNorm,
  clipGradNorm,
  clipGradValue,
  compile,
  detectAnomaly,
  forward,
  globalNorm,
  grad,
  gradients,
  isfinite,
  jacrev,
  memory,
  multiply,
  noGrad,
  ones,
  policies,
  resetPeakMemory,
  RowSparse,
  scan,
  setDefaultDtype,
  square,
  sum,
  tanh,
  tape,
  tensor,
  tidy,
  tree,
  variable,
  zeroGrad,
  zeros,
  type Tensor,
} from "tapegrad";
import { embedding, embeddingBag } from "tapegrad/nn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectClose, pattern } from "../transforms/close.js";

beforeAll(() => setDefaultDtype("float64"));
afterAll(() => setDefaultDtype("float32"));

const int32 = { dtype: "int32" } as const;
const at = tensor([4, 1, 4, -2], int32);
const table = (): Tensor => variable(tensor(pattern(6, 3)));
const loss = (w: Tensor, sparse = true, index: Tensor = at): Tensor =>
  sum(square(tanh(embedding(index, w, { sparse }))));
const want = (w: Tensor, f = (w: Tensor) => loss(w, false)): Tensor => grad(f)(w.detach());
const asRows = (x: unknown): RowSparse => {
  expect(x).toBeInstanceOf(RowSparse);
  return x as RowSparse;
};

describe("backward()", () => {
  test("leaves rows in .grad, which add up", () => {
    const w = table();
    loss(w).backward();
    expect(asRows(w.grad).indices.toArray()).toEqual([4, 1, 4, -2]);
    expectClose(w.grad, want(w));
    const before = w.grad;
    loss(w, true, tensor([0], int32)).backward();
    expect(asRows(w.grad).indices.toArray()).toEqual([4, 1, 4, -2, 0]);
    expectClose(
      w.grad,
      add(
        before!,
        want(w, (w) => loss(w, false, tensor([0], int32))),
      ),
    );
    // No more rows than the table has, however often.
    for (let i = 0; i < 10; i++) loss(w).backward();
    expect(asRows(w.grad).indices.size).toBeLessThanOrEqual(6);
    expectClose(w.grad, add(multiply(11, want(w)), want(w, (w) => loss(w, false, tensor([0], int32))))); // prettier-ignore
    zeroGrad(w);
    expect(w.grad).toBe(null);
  });

  test("several lookups, several tables, dense uses before, beside and after", () => {
    const [w, v] = [table(), table()];
    add(loss(w), add(loss(v, true, tensor([1], int32)), loss(w, true, tensor([0, 0], int32)))).backward(); // prettier-ignore
    expect(asRows(w.grad).indices.size).toBe(6);
    expect(asRows(v.grad).indices.size).toBe(1);
    const two = (w: Tensor) => add(loss(w, false), loss(w, false, tensor([0, 0], int32)));
    expectClose(w.grad, want(w, two));
    zeroGrad(w);
    const mixed = (sparse: boolean) => (w: Tensor) => add(loss(w, sparse), sum(tanh(w)));
    mixed(true)(w).backward();
    expect(w.grad).not.toBeInstanceOf(RowSparse);
    expectClose(w.grad, want(w, mixed(false)));
    loss(w).backward();
    expectClose(w.grad, add(want(w, mixed(false)), want(w)));
    zeroGrad(w);
    loss(w).backward();
    sum(w).backward();
    expectClose(w.grad, add(want(w), 1));
    zeroGrad(w, { setToNone: false });
    loss(w).backward();
    expectClose(w.grad, want(w));
  });

  test("of what is computed from a leaf, and with hooks, gradients are whole", () => {
    const w = table();
    loss(multiply(w, 2)).backward();
    expect(w.grad).not.toBeInstanceOf(RowSparse);
    expectClose(
      w.grad,
      want(w, (w) => loss(multiply(w, 2), false)),
    );
    const seen: Tensor[] = [];
    const v = table();
    const off = v.onGrad((g) => {
      seen.push(g);
      return g.multiply(10);
    });
    loss(v).backward();
    off();
    expectClose([seen[0], v.grad], [want(v), multiply(10, want(v))]);
  });

  test("padding, no rows, indices of a scope that ends, float32", () => {
    const w = table();
    sum(embedding([1, 2, 1], w, { sparse: true, paddingIdx: 1 })).backward();
    expectClose(w.grad, [[0, 0, 0], [0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]); // prettier-ignore
    zeroGrad(w);
    sum(embedding(zeros([0], int32), w, { sparse: true })).backward();
    expect(asRows(w.grad).indices.size).toBe(0);
    expectClose(w.grad, zeros([6, 3]));
    zeroGrad(w);
    const y = tidy(() => loss(w, true, tensor([2, 3], int32)));
    y.backward();
    expect(asRows(w.grad).indices.toArray()).toEqual([2, 3]);
    tidy(() => loss(w).backward());
    expectClose(
      w.grad,
      add(
        want(w),
        want(w, (w) => loss(w, false, tensor([2, 3], int32))),
      ),
    );
    const f = variable(ones([3, 2], { dtype: "float32" }));
    loss(f, true, tensor([2], int32)).backward();
    expect(asRows(f.grad).dtype).toBe("float32");
    expect(f.grad!.toArray()).toEqual(want(f, (f) => loss(f, false, tensor([2], int32))).toArray());
  });

  test("the graph may stay, and the way back be recorded", () => {
    const w = table();
    const y = loss(w);
    y.backward({ retainGraph: true });
    y.backward();
    expectClose(w.grad, multiply(2, want(w)));
    expect(() => y.backward()).toThrow("used up");
    zeroGrad(w);
    loss(w).backward({ createGraph: true });
    const g = asRows(w.grad);
    w.grad = null;
    const twice = (f: (w: Tensor) => Tensor) => grad((w: Tensor) => sum(square(grad(f)(w))));
    sum(square(g)).backward();
    expectClose(w.grad, twice((w) => loss(w, false))(w.detach()));
    // By its rows, each of which is there once but 4, as well.
    const h = asRows(gradients(loss(w), w, { createGraph: true })).coalesce();
    zeroGrad(w);
    sum(square(h.values)).backward();
    expectClose(w.grad, twice((w) => loss(w, false))(w.detach()));
  });

  test("of bags", () => {
    for (const mode of ["sum", "mean", "max"] as const) {
      const bags = (w: Tensor, sparse: boolean) =>
        sum(square(embeddingBag([1, 0, 1, 5], w, { offsets: [0, 3], mode, sparse })));
      const w = table();
      bags(w, true).backward();
      expect(asRows(w.grad).indices.toArray()).toEqual([1, 0, 1, 5]);
      expectClose(
        w.grad,
        want(w, (w) => bags(w, false)),
      );
    }
  });

  test("after an assignment, rows of both values belong to the leaf", () => {
    const w = table();
    const [old, y] = [w.detach().multiply(1), loss(w)];
    noGrad(() => w.assignAdd(1));
    add(y, loss(w)).backward();
    expectClose(w.grad, add(want(old), want(w)));
  });

  test("memory is that of the rows, in a loop that trains, with assignSub", () => {
    const w = variable(ones([50_000, 16]));
    const idx = tensor([7, 9], int32);
    const step = () => {
      sum(square(embedding(idx, w, { sparse: true }))).backward();
      noGrad(() => w.assignSub((w.grad as RowSparse).multiply(0.1)));
      zeroGrad(w);
    };
    step();
    resetPeakMemory();
    const before = memory().residentBytes;
    for (let i = 0; i < 20; i++) step();
    expect(memory().peakBytes - before).toBeLessThan(200_000);
    expectClose([w.at(7, 0), w.at(8, 0)], [0.8 ** 21, 1]);
  });
});

describe("gradients, tapes, accumulators", () => {
  test("give rows for what is asked", () => {
    const w = table();
    const f = () => add(loss(w), loss(multiply(w, 1)));
    const [g] = [gradients(loss(w), { w }).w];
    expect(asRows(g).indices.size).toBe(4);
    expectClose(g, want(w));
    expectClose(gradients(f(), w), multiply(2, want(w)));
    const x = tensor(pattern(6, 3));
    const h = tape((t) => {
      t.watch(x);
      return t.gradient(loss(x), [x, w], { unconnected: "zero" });
    });
    expectClose(asRows(h[0]), want(x));
    expectClose(h[1], zeros([6, 3]));
    // The table is computed: what is further back is asked for as well.
    const [a, b] = tape((t) => {
      const z = multiply(w, 2);
      return t.gradient(loss(z), [z, w]);
    });
    expectClose([a, b], [want(multiply(w, 2)), multiply(2, want(multiply(w, 2)))]);
    const jacobian = tape((t) => t.jacobian(tanh(embedding([0, 2], w, { sparse: true })), w));
    expectClose(jacobian, jacrev((w: Tensor) => tanh(embedding([0, 2], w)))(w.detach()));
  });

  test("forward mode goes through", () => {
    const w = table();
    const t = tensor(pattern(6, 3)).multiply(0.3);
    const dy = forward({ primals: w, tangents: t }, (acc) => acc.jvp(loss(w))!);
    expectClose(dy, sum(multiply(want(w), t)));
  });

  test("in compile, and where anomalies are looked for, nothing changes", () => {
    const w = table();
    const step = compile(() => {
      loss(w).backward();
      const g = w.grad!;
      w.grad = null;
      return g;
    });
    expectClose([step(), step()], [want(w), want(w)]);
    detectAnomaly(() => loss(w).backward());
    expectClose(w.grad, want(w));
    expectClose(
      detectAnomaly(() => asRows(grad((w: Tensor) => loss(w))(w.detach()))),
      want(w),
    );
  });
});

describe("compiled functions whose results are by rows", () => {
  const two = tensor([2], int32);
  const outside = () => new RowSparse([4], two, tensor([5]));
  const [scaled, read] = [outside(), outside()];
  type Rows = (v: Tensor) => unknown;
  const functions: Record<string, Rows> = {
    "made of an argument": (v) => new RowSparse([4], two, v),
    "in objects and lists": (v) => ({ g: [new RowSparse([4], two, v)], v }),
    multiplied: (v) => new RowSparse([4], two, v).multiply(2).negative().divide(v),
    "read inside": (v) => {
      const rows = new RowSparse([4], two, v);
      return [add(rows, 1), rows, rows.toDense(), rows.values];
    },
    "of outside, multiplied": (v) => scaled.multiply(v),
    "of outside, as they are": (v) => [read, multiply(read, v)],
    "with another index": (v) => new RowSparse([4], v.astype("int32"), tensor([7])),
    "with rows that are computed and differentiated": (v) =>
      new RowSparse([4], two, grad((v: Tensor) => sum(multiply(v, square(v))))(v)),
    "sums of rows": (v) => new RowSparse([4], two, v).add(new RowSparse([4], two, v)),
  };
  test.each(Object.entries(functions))("%s: as without it, each time", (_, f) => {
    const compiled = compile(f);
    for (const n of [1, 2, 3]) expectSameRows(compiled(tensor([n])), f(tensor([n])));
  });

  test("rows as arguments, multiplied and returned", () => {
    const f = (rows: Tensor) => [rows.multiply(3), rows, rows.negative()];
    const compiled = compile(f);
    for (const n of [1, 2, 3]) {
      const rows = new RowSparse([4], two, tensor([n]));
      expectClose(compiled(rows), f(rows));
    }
  });

  function expectSameRows(x: unknown, y: unknown): void {
    expect(kinds(x)).toEqual(kinds(y));
    expectClose(x, y);
  }
  const kinds = (x: unknown) => tree.leaves(x).map((leaf: unknown) => leaf instanceof RowSparse);
});

describe("checkpoint", () => {
  const blocks: Record<string, (w: Tensor) => Tensor> = {
    "of an argument": checkpoint((w: Tensor) => loss(w)),
    "of a captured table": (w) => checkpoint(() => loss(w))(),
    "inside another": (w) => checkpoint(() => checkpoint((w: Tensor) => loss(w))(w))(),
    "of a scan": (w) => scan((c: Tensor, i: Tensor) => [add(c, loss(w, true, i.reshape([1]))), null], tensor(0), tensor([4, 1, 4, 4], int32))[0], // prettier-ignore
  };
  test.each(Object.entries(blocks))("%s: rows in both styles", (_, f) => {
    const w = table();
    const dense = want(w);
    expectClose(asRows(grad(f)(w.detach())), dense);
    f(w).backward();
    expectClose(asRows(w.grad), dense);
    expectClose(asRows(gradients(f(w), w)), dense);
  });

  test("with a policy the gradient is whole", () => {
    const w = table();
    checkpoint(() => loss(w), { policy: policies.dotsSaveable })().backward();
    expectClose(w.grad, want(w));
  });
});

describe("a gradient by rows as a tensor", () => {
  const rows = () =>
    new RowSparse([4, 2], tensor([3, 0, 3], int32), tensor([[1, 2], [3, 4], [5, 6]])); // prettier-ignore
  const dense = tensor([[3, 4], [0, 0], [0, 0], [6, 8]]); // prettier-ignore

  test("goes wherever tensors go", () => {
    expect([rows().shape, rows().ndim, rows().size, rows().length]).toEqual([[4, 2], 2, 8, 4]);
    expectClose(add(rows(), 1), add(dense, 1));
    expectClose(multiply(2, rows()).at(3), [12, 16]);
    expectClose(tree.map((x: Tensor) => x.sum(), { g: rows() }).g, 21);
    expectClose(grad((x: Tensor) => sum(square(x)))(rows()), multiply(2, dense));
    expectClose(
      tidy(() => rows().T),
      dense.T,
    );
    const kept = rows();
    tidy(() => expectClose(sum(kept), 21));
    expectClose(kept, dense);
    kept.dispose();
    expect(() => kept.sum()).toThrow("disposed");
    const unused = rows();
    unused.dispose();
    expect(() => unused.sum()).toThrow("disposed");
    expectClose(checkpoint((x: Tensor) => sum(multiply(x, kept.values.sum())))(tensor(2)), 42);
  });

  test("multiples, quotients and negatives are by rows where they can be", () => {
    const w = tensor(pattern(4, 2)).add(3);
    for (const factor of [2, tensor(2), tensor([2, 3]), tensor([[2, 3]]), w]) {
      expectClose(asRows(rows().multiply(factor)), multiply(dense, factor));
      expectClose(asRows(rows().divide(factor)), dense.divide(factor));
    }
    expectClose(asRows(rows().negative()), dense.negative());
    expectClose(rows().multiply(ones([3, 1, 1])), multiply(dense, ones([3, 1, 1])));
    expectClose(rows().multiply(ones([4, 1])), dense);
    expectClose(rows().add(ones([2])), add(dense, 1));
    expect(() => rows().multiply(ones([3, 1]))).toThrow("broadcast");
  });

  test("is clipped by rows", () => {
    const w = table();
    const d = variable(w.detach());
    const both = (f: (x: Tensor) => void) => {
      for (const [x, sparse] of [
        [w, true],
        [d, false],
      ] as const) {
        // prettier-ignore
        zeroGrad(x);
        loss(x, sparse).backward();
        f(x);
      }
      expectClose(asRows(w.grad), d.grad);
    };
    for (const normType of [1, 2, Infinity]) both((x) => clipGradNorm([x], 0.1, { normType }));
    both((x) => clipGradValue([x], 0.01));
    loss(w).backward();
    expectClose(globalNorm([w.grad]), globalNorm([w.grad!.add(0)]));
    const [[clipped]] = clipGlobalNorm([w.grad!], 0.1);
    expectClose(globalNorm([asRows(clipped)]), 0.1);
    expect(isfinite(clipped!).data().every(Boolean)).toBe(true);
  });

  test("assignAdd and assignSub change rows in place", () => {
    const w = variable(ones([4, 2]));
    noGrad(() => w.assignSub(rows()).assignAdd(rows().multiply(2)));
    expectClose(w, add(dense, 1));
    const view = w.reshape([8]);
    noGrad(() => w.assignSub(rows()));
    expectClose([w, view], [ones([4, 2]), add(dense, 1).reshape([8])]);
    expect(() => w.assignSub(rows())).toThrow("assignSub: a tensor with requiresGrad changes under noGrad"); // prettier-ignore
    expect(() => noGrad(() => variable(ones([5, 2])).assignSub(rows()))).toThrow(
      "shapes do not broadcast",
    );
    const outside = new RowSparse([4, 2], tensor([9], int32), ones([1, 2]));
    expect(() => outside.sum()).toThrow("9");
    expect(() => noGrad(() => w.assignSub(outside))).toThrow("index 9 is out of bounds");
    expectClose(w, ones([4, 2]));
    const step = compile(() => noGrad(() => void w.assignSub(rows())));
    step();
    step();
    expectClose(w, add(1, multiply(-2, dense)));
  });
});
