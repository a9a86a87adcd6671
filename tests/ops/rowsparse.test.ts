// RowSparse: gradients of tables by rows, against the dense ones.

import {
  add,
  checkpoint,
  grad,
  gradients,
  hvp,
  jvp,
  matmul,
  memory,
  multiply,
  noGrad,
} from "tapegrad";
import {
  ones,
  resetPeakMemory,
  RowSparse,
  square,
  sum,
  tanh,
  tensor,
  valueAndGrad,
  vmap,
} from "tapegrad";
import { zeros, type Tensor } from "tapegrad";
import { embedding } from "tapegrad/nn";
import * as optim from "tapegrad/optim";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const int32 = { dtype: "int32" } as const;
const table = tensor(pattern(6, 3), float64);
const at = tensor([[4, 1], [4, -2]], int32); // prettier-ignore

type Loss = (w: Tensor) => Tensor;
const loss =
  (sparse: boolean): Loss =>
  (w) =>
    sum(square(tanh(embedding(at, w, { sparse }))));
const asRows = (x: unknown): RowSparse => {
  expect(x).toBeInstanceOf(RowSparse);
  return x as RowSparse;
};

describe("grad of an embedding", () => {
  const dense = grad(loss(false))(table);

  test("has the rows that were taken, and the values of the dense gradient", () => {
    const g = asRows(grad(loss(true))(table));
    expect(g.indices.toArray()).toEqual([4, 1, 4, -2]);
    expect([g.shape, g.values.shape, g.dtype]).toEqual([[6, 3], [4, 3], "float64"]);
    expectClose(g.toDense(), dense);
    const once = g.coalesce();
    expect(once.indices.toArray()).toEqual([1, 4]);
    expectClose(once.toDense(), dense);
    expect(String(g)).toBe("RowSparse(float64[6,3], 4 rows)");
  });

  test("in trees, with aux, several lookups, several tables, by name", () => {
    const f = ({ e, w }: { e: Tensor; w: Tensor }) =>
      [add(sum(matmul(embedding([0, 2], e, { sparse: true }), w)), loss(true)(e)), "aux"] as [Tensor, string]; // prettier-ignore
    const plain = ({ e, w }: { e: Tensor; w: Tensor }) =>
      add(sum(matmul(embedding([0, 2], e), w)), loss(false)(e));
    const p = { e: table, w: tensor(pattern(3, 2), float64) };
    const [[value, aux], g] = valueAndGrad(f, { hasAux: true })(p);
    const want = grad(plain)(p);
    expect([aux, asRows(g.e).indices.size]).toEqual(["aux", 6]);
    expectClose([value, asRows(g.e).toDense(), g.w], [plain(p), want.e, want.w]);
    expectClose(asRows(grad(plain2, { wrt: "e" })(p)).toDense(), want.e);
    function plain2({ e, w }: { e: Tensor; w: Tensor }) {
      return f({ e, w })[0];
    }
    const two = grad((a: Tensor, b: Tensor) => add(loss(true)(a), multiply(2, loss(true)(b))), { argnums: [0, 1] })(table, multiply(table, 2)); // prettier-ignore
    expectClose(two.map((x) => asRows(x).toDense()), [dense, multiply(2, grad(loss(false))(multiply(table, 2)))]); // prettier-ignore
  });

  test("is dense where the table is used otherwise too", () => {
    const f = (sparse: boolean) => (w: Tensor) => add(loss(sparse)(w), sum(square(w)));
    expectClose(grad(f(true))(table), grad(f(false))(table));
    const scaled = (sparse: boolean) => (w: Tensor) => loss(sparse)(multiply(w, 2));
    expectClose(grad(scaled(true))(table), grad(scaled(false))(table));
  });

  test("is dense in other transforms, which it does not disturb", () => {
    const [s, d] = [loss(true), loss(false)];
    expectClose(jvp(s, [table], [table]), jvp(d, [table], [table]));
    expectClose(hvp(s)(table, table), hvp(d)(table, table));
    const many = tensor(pattern(12, 3), float64).reshape([2, 6, 3]);
    expectClose(vmap(grad(s))(many), vmap(grad(d))(many));
    expectClose(grad(checkpoint(s))(table), dense);
    expectClose(grad((w: Tensor) => checkpoint(() => s(w))())(table), dense);
    const leaf = tensor(pattern(6, 3), { ...float64, requiresGrad: true });
    s(leaf).backward();
    expectClose(leaf.grad, dense);
    expectClose(gradients(s(leaf), leaf), dense);
    // Of an outer gradient, a row is a function of the table like others.
    const outer = (f: Loss) => grad((w: Tensor) => sum(square((x => x instanceof RowSparse ? x.toDense() : x)(grad(f)(w)))))(table); // prettier-ignore
    const own = outer(s) as unknown;
    expectClose(own instanceof RowSparse ? own.toDense() : own, outer(d));
  });

  test("padding, no indices, no rows used", () => {
    const f = (w: Tensor) => sum(embedding([1, 2, 1], w, { sparse: true, paddingIdx: 1 }));
    expectClose(asRows(grad(f)(ones([4, 2]))).toDense(), [[0, 0], [0, 0], [1, 1], [0, 0]]); // prettier-ignore
    const none = grad((w: Tensor) => sum(embedding(zeros([0], int32), w, { sparse: true })));
    expect(
      asRows(none(ones([4, 2])))
        .toDense()
        .toArray(),
    ).toEqual(zeros([4, 2]).toArray());
    const unused = grad((w: Tensor) => (embedding([1], w, { sparse: true }), sum(multiply(0, w))));
    expectClose(unused(ones([2, 2])), zeros([2, 2]));
  });

  test("takes memory for the rows, not for the table", () => {
    const big = ones([50_000, 16]);
    const peak = (sparse: boolean) => {
      resetPeakMemory();
      const before = memory().residentBytes;
      grad((w: Tensor) => sum(square(embedding([7, 9], w, { sparse }))))(big);
      return memory().peakBytes - before;
    };
    const f = peak(true);
    expect(f).toBeLessThan(100_000);
    expect(peak(false)).toBeGreaterThan(3_000_000);
  });
});

describe("RowSparse", () => {
  const rows = (indices: number[], values: number[][]) =>
    new RowSparse([4, 2], tensor(indices, int32), tensor(values, float64));

  test("sums, multiples, sums with tensors", () => {
    const [a, b] = [rows([0, 3], [[1, 2], [3, 4]]), rows([3], [[10, 20]])]; // prettier-ignore
    expectClose(a.add(b).toDense(), add(a.toDense(), b.toDense()));
    expectClose(a.multiply(2).toDense(), multiply(2, a.toDense()));
    expectClose(a.addTo(ones([4, 2], float64), -1), add(1, multiply(-1, a.toDense())));
    expectClose(a.add(ones([4, 2], float64)), add(1, a.toDense()));
  });

  test("assignTo changes rows in place, unless somebody holds the old value", () => {
    const w = tensor(pattern(4, 2), { ...float64, requiresGrad: true });
    const want = add(w.detach(), rows([1, 1], [[1, 2], [3, 4]]).multiply(-0.5).toDense()); // prettier-ignore
    noGrad(() => rows([1, 1], [[1, 2], [3, 4]]).assignTo(w, -0.5)); // prettier-ignore
    expectClose(w, want);
    expect([w.requiresGrad, w.isLeaf]).toEqual([true, true]);
    const old = w.reshape([8]);
    const y = sum(square(w));
    noGrad(() => rows([-1], [[5, 5]]).assignTo(w));
    expectClose(old, want.reshape([8]));
    expectClose(w, add(want, rows([3], [[5, 5]]).toDense()));
    y.backward();
    expectClose(w.grad, multiply(2, want));
    const z = zeros([4, 2]);
    rows([2], [[1, 1]]).assignTo(z);
    expect(z.toArray()).toEqual([[0, 0], [0, 0], [1, 1], [0, 0]]); // prettier-ignore
    expect(z.dtype).toBe("float32");
    const c = tensor([1, 1, 1, 1])
      .reshape([4, 1])
      .add(zeros([4, 2]));
    const block = checkpoint((a: Tensor) => sum(multiply(c, a)));
    const v = ones([4, 2], { requiresGrad: true });
    const later = block(v);
    rows([2], [[1, 1]]).assignTo(c);
    later.backward();
    expect(v.grad!.toArray()).toEqual(ones([4, 2]).toArray());
  });

  test("a row-wise adagrad is the dense one", () => {
    const f = loss(true);
    let [w, s] = [table, zeros([6, 3], float64)];
    let [v, q] = [table, zeros([6, 3], float64)];
    for (let i = 0; i < 5; i++) {
      const g = asRows(grad(f)(w)).coalesce();
      s = s.addAt([g.indices], square(g.values));
      w = new RowSparse(g.shape, g.indices, g.values.divide(s.at(g.indices).sqrt().add(1e-10))).addTo(w, -0.1); // prettier-ignore
      const d = grad(loss(false))(v);
      q = q.add(square(d));
      v = v.subtract(d.divide(q.sqrt().add(1e-10)).multiply(0.1));
      expectClose([w, s], [v, q]);
    }
  });

  test("optimisers take it", () => {
    const of = (sparse: boolean) => optim.adam(grad(({ w }: { w: Tensor }) => loss(sparse)(w)), { w: table }, { numIters: 3, stepSize: 0.1 }); // prettier-ignore
    expectClose(of(true), of(false));
    expectClose(optim.sgd(grad(loss(true)), table, { numIters: 3 }), optim.sgd(grad(loss(false)), table, { numIters: 3 })); // prettier-ignore
  });

  test("errors", () => {
    expect(() => new RowSparse([4], ones([2]), ones([2]))).toThrow("RowSparse: indices are int32 [n], not float32[2]"); // prettier-ignore
    expect(() => new RowSparse([4, 3], tensor([1], int32), ones([2, 3]))).toThrow("RowSparse: values have shape [2,3], not [1,3], for 1 rows of [4,3]"); // prettier-ignore
    const a = rows([0], [[1, 2]]);
    expect(() => a.add(new RowSparse([5, 2], a.indices, a.values))).toThrow("add: shapes do not broadcast: [4,2] and [5,2]"); // prettier-ignore
    expect(() => a.addTo(ones([3]))).toThrow(
      "RowSparse.addTo: the tensor has shape [3], not [4,2]",
    );
    expect(() => a.assignTo(ones([4, 2], { requiresGrad: true }))).toThrow("RowSparse.assignTo: a tensor with requiresGrad changes under noGrad"); // prettier-ignore
    const outside = new RowSparse([4, 2], tensor([9], int32), ones([1, 2]));
    const w = ones([4, 2]).add(1);
    expect(() => outside.assignTo(w)).toThrow("index 9 is out of bounds");
    expect(() => outside.toDense()).toThrow("9");
    expectClose(w, ones([4, 2]).multiply(2));
    expectIntact();
  });
});
