// RowSparse: what is computed from gradients by rows, what scopes keep of them, and what never changes.
import {
  add,
  clipGradNorm,
  clipGradValue,
  compile,
  forward,
  grad,
  gradients,
  multiply,
  noGrad,
  ones,
  RowSparse,
  square,
  sum,
  tape,
  tensor,
  tidy,
  valueAndGrad,
  variable,
  zeros,
  type Dtype,
  type Tensor,
} from "tapegrad";
import { embedding } from "tapegrad/nn";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const int32 = { dtype: "int32" } as const;
const at = tensor([2, 0, -1], int32);
const table = (): Tensor => variable(tensor(pattern(3, 2), float64));
const loss = (w: Tensor, sparse = true): Tensor =>
  sum(multiply(square(embedding(at, w, { sparse })), w.dtype === "float64" ? 0.5 : 1));
const rows = (dtype: Dtype = "float64"): RowSparse =>
  new RowSparse([3, 2], at, tensor([[1, 2], [3, 4], [5, 6]], { dtype })); // prettier-ignore
const dense = (dtype: Dtype = "float64"): Tensor =>
  tensor([[3, 4], [0, 0], [6, 8]], { dtype }); // prettier-ignore

describe("scopes", () => {
  test("tidy keeps the rows, and the whole, of what it returns", () => {
    const w = tensor(pattern(3, 2), float64);
    const [, g] = tidy(() => valueAndGrad((w: Tensor) => loss(w))(w));
    expect(g).toBeInstanceOf(RowSparse);
    const want = grad((w: Tensor) => loss(w, false))(w);
    expectClose(g.multiply(2), multiply(2, want));
    expectClose(g, want);
    const seen = tidy(() => {
      const r = rows();
      r.toArray();
      return { r };
    }).r;
    expectClose([seen, seen.negative(), seen.values.at(0)], [dense(), dense().negative(), [1, 2]]);
    expectClose(tidy(() => rows().coalesce()).values, [[3, 4], [6, 8]]); // prettier-ignore
    const made = tidy(() => {
      const part = tensor([[7, 7]], float64);
      return new RowSparse([3, 2], tensor([1], int32), part);
    });
    expectClose(made, [[0, 0], [7, 7], [0, 0]]); // prettier-ignore
  });

  test("gradients that were clipped or set inside of tidy stay", () => {
    for (const sparse of [true, false]) {
      const [w, v] = [table(), table()];
      loss(v, false).backward();
      tidy(() => {
        loss(w, sparse).backward();
        clipGradNorm([w], 0.1);
      });
      clipGradNorm([v], 0.1);
      expectClose(w.grad!.toArray(), v.grad!);
      tidy(() => clipGradValue([w], 0.01));
      clipGradValue([v], 0.01);
      expectClose(w.grad!.multiply(1), v.grad!);
      tidy(() => (w.grad = sparse ? rows().multiply(2) : dense().multiply(2)));
      expectClose(w.grad, multiply(2, dense()));
    }
  });
});

describe("derivatives with respect to it pass its own methods", () => {
  const other = tensor(pattern(3, 2), float64).add(2);
  const methods: Record<string, (g: Tensor) => Tensor> = {
    multiply: (g) => g.multiply(2),
    "multiply by a vector": (g) => g.multiply(tensor([2, 3], float64)),
    "multiply by a table": (g) => g.multiply(other),
    divide: (g) => g.divide(other),
    negative: (g) => g.negative(),
    add: (g) => g.add(other),
    "add a number": (g) => g.add(3),
    "add rows": (g) => g.add(rows()),
    "add to rows": (g) => rows().add(g as RowSparse),
    "add to itself": (g) => g.add(g),
    addTo: (g) => (g instanceof RowSparse ? g.addTo(other, -3) : other.add(g.multiply(-3))),
    toDense: (g) => (g instanceof RowSparse ? g.toDense() : g.multiply(1)),
  };
  const of = (f: (g: Tensor) => Tensor) => (g: Tensor) => sum(square(add(f(g), 1)));

  test.each(Object.entries(methods))("%s", (name, method) => {
    const f = of(method);
    const want = grad(f)(dense());
    // A gradient that was recorded: with respect to it, and through it.
    const [w, v] = [table(), table()];
    const [g] = gradients(loss(w), [w], { createGraph: true }) as [Tensor];
    const [d] = gradients(loss(v, false), [v], { createGraph: true }) as [Tensor];
    expect(g).toBeInstanceOf(RowSparse);
    if (name !== "add" && name !== "add a number" && name !== "addTo" && name !== "toDense")
      expect(method(g)).toBeInstanceOf(RowSparse);
    expectClose(method(g), method(d));
    expectClose(gradients(f(g), [g, w]), gradients(f(d), [d, v]));
    // A leaf, whether its whole was known before or not.
    const leaf = rows();
    leaf.requiresGrad = true;
    f(leaf).backward();
    expectClose(leaf.grad, want);
    // What is watched, and an argument.
    const x = rows();
    const [y, z] = [rows(), dense()];
    expectClose(tape((t) => (t.watch(x), t.gradient(f(x), x))), want); // prettier-ignore
    expectClose(grad(f)(rows()), want);
    const along = (x: Tensor) => forward({ primals: x, tangents: other }, (acc) => acc.jvp(f(x))!);
    expectClose(along(y), along(z));
    expectClose(f(rows()), f(dense()));
  });

  test("rows that nothing is recorded of stay rows, and the whole is not computed", () => {
    const w = table();
    loss(w).backward({ createGraph: true });
    const g = w.grad as RowSparse;
    expect(g).toBeInstanceOf(RowSparse);
    noGrad(() => expect(g.multiply(2).indices.size).toBe(3));
    expect((g as unknown as { cells(): unknown[] }).cells()).toHaveLength(2);
    loss(w).backward({ createGraph: true });
    expectClose(w.grad, multiply(2, g));
    expect((w.grad as RowSparse).add(rows())).toBeInstanceOf(RowSparse);
  });

  test("coalesce: those of the rows that are there", () => {
    const [w, v] = [table(), table()];
    const [g] = gradients(loss(w), [w], { createGraph: true }) as [Tensor];
    const [d] = gradients(loss(v, false), [v], { createGraph: true }) as [Tensor];
    const once = (g as RowSparse).coalesce();
    expect(once.indices.toArray()).toEqual([0, 2]);
    expectClose(gradients(sum(square(once)), [g, w]), gradients(sum(square(d)), [d, v]));
  });

  test("in compile", () => {
    const f = (v: Tensor) => sum(square(new RowSparse([3, 2], at, v).multiply(2)));
    const v = tensor([[1, 2], [3, 4], [5, 6]], float64); // prettier-ignore
    const want = [[48, 64], [24, 32], [48, 64]]; // prettier-ignore
    expectClose([grad(f)(v), compile(grad(f))(v)], [want, want]);
  });
});

test("neither the whole nor the rows change", () => {
  const r = rows();
  const says = "a RowSparse does not change; make another one, or take toDense()";
  expect(() => r.assign(dense())).toThrow(`assign: ${says}`);
  expect(() => r.assignAdd(1)).toThrow(`assignAdd: ${says}`);
  expect(() => r.assignSub(r)).toThrow(`assignSub: ${says}`);
  expect(() => rows().assignTo(r)).toThrow(`RowSparse.assignTo: ${says}`);
  expect(() => r.values.assign(0)).toThrow("assign: this tensor is part of a RowSparse, which does not change"); // prettier-ignore
  expect(() => r.values.assignAdd(ones([3, 2], float64))).toThrow("assignAdd: this tensor is part of a RowSparse"); // prettier-ignore
  expect(() => r.indices.assign(0)).toThrow("assign: this tensor is part of a RowSparse");
  expectClose([r, r.multiply(1), r.toDense()], [dense(), dense(), dense()]);
  // What is assigned to what it was made of is not its matter, whenever the whole is computed.
  const [index, values] = [tensor([1], int32), ones([1, 2], float64)];
  const [early, late] = [0, 1].map(() => new RowSparse([3, 2], index, values)) as [RowSparse, RowSparse]; // prettier-ignore
  const want = [[0, 0], [1, 1], [0, 0]]; // prettier-ignore
  early.toArray();
  values.assign(9);
  index.assign(0);
  values.dispose();
  for (const x of [early, late]) expectClose([x, x.multiply(2), x.toDense()], [want, multiply(2, want), want]); // prettier-ignore
  // A compiled function sees the values of each call.
  const v = variable(ones([1, 2], float64));
  const doubled = compile(() => new RowSparse([3, 2], tensor([1], int32), v).multiply(2).add(0));
  expectClose(doubled(), multiply(2, want));
  noGrad(() => v.assign(3));
  expectClose(doubled(), multiply(6, want));
  expectIntact();
});

describe("dtypes are those of the dense sum", () => {
  const dtypes = ["bool", "int32", "float32", "float64"] as const;
  const halves = (dtype: Dtype) =>
    new RowSparse([2, 2], tensor([0, 0], int32), tensor([[0.5, 1.5], [0.5, 1]]).multiply(dtype.startsWith("float") ? 1 : 2).astype(dtype)); // prettier-ignore
  test.each(dtypes.flatMap((a) => dtypes.map((b) => [a, b] as const)))("%s and %s", (a, b) => {
    const x = tensor([[1, 0], [1, 1]], { dtype: a }); // prettier-ignore
    const r = halves(b);
    expect(r.dtype).toBe(r.toDense().dtype);
    const same = (got: Tensor, want: Tensor) => {
      expect([got.dtype, got.toArray()]).toEqual([want.dtype, want.toArray()]);
    };
    same(r.add(x), add(r.toDense(), x));
    same(r.addTo(x), add(r.toDense(), x));
    same(r.add(halves(a)), add(r.toDense(), halves(a).toDense()));
    for (const minus of [false, true]) {
      const copy = () => x.multiply(1).astype(a).detach();
      const [mine, theirs] = [copy(), copy()];
      if (minus) same(mine.assignSub(r), theirs.assignSub(r.toDense()));
      else same(mine.assignAdd(r), theirs.assignAdd(r.toDense()));
    }
    const [mine, theirs] = [x.detach(), x.detach()];
    r.assignTo(mine, 0.5);
    same(mine, theirs.assignAdd(multiply(r.toDense(), 0.5)));
  });
});

test("sums of rows are by rows, also where shapes broadcast", () => {
  const wide = rows().add(new RowSparse([1, 2], tensor([0], int32), ones([1, 2], float64)));
  expectTypeOf(wide).toEqualTypeOf<RowSparse>();
  expect(wide).toBeInstanceOf(RowSparse);
  expectClose([wide, wide.coalesce()], [add(dense(), 1), add(dense(), 1)]);
  expect(() => rows().add(new RowSparse([5, 2], tensor([0], int32), ones([1, 2])))).toThrow("add: shapes do not broadcast: [3,2] and [5,2]"); // prettier-ignore
});

test("errors speak in the name of what was called", () => {
  const r = rows();
  expect(() => r.multiply("x" as never)).toThrow(/^multiply: the string "x" is not a tensor/);
  expect(() => r.divide("x" as never)).toThrow(/^divide: the string "x" is not a tensor/);
  expect(() => r.add("x" as never)).toThrow(/^add: the string "x" is not a tensor/);
  expect(() => r.multiply(ones([4, 2]))).toThrow(/^multiply: shapes do not broadcast/);
  const outside = () => new RowSparse([3, 2], tensor([1, 7], int32), ones([2, 2]));
  expect(() => outside().coalesce()).toThrow("RowSparse.coalesce: index 7 is out of bounds: the axis has size 3"); // prettier-ignore
  expect(() => outside().multiply(ones([3, 2]))).toThrow(/^multiply: index 7 is out of bounds/);
  expect(() => outside().add(1)).toThrow(/^add: index 7 is out of bounds/);
  expect(() => outside().multiply(ones([1, 1, 1]))).toThrow(/^multiply: index 7/);
  expect(() => outside().sum()).toThrow("index 7 is out of bounds");
  const below = new RowSparse([3, 2], tensor([-4], int32), ones([1, 2]));
  expect(() => below.coalesce()).toThrow("index -4 is out of bounds");
  const w = zeros([3, 2]);
  expect(() => w.assignAdd(outside())).toThrow(/^assignAdd: index 7 is out of bounds/);
  expect(w.toArray()).toEqual(zeros([3, 2]).toArray());
  expectIntact();
});
