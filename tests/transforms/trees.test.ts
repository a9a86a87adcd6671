// Trees: the namespace `tree`, vectors of trees, and classes that are containers.

import {
  add,
  checkGrads,
  compile,
  grad,
  hessian,
  jacobian,
  jvp,
  multiply,
  ravelTree,
} from "tapegrad";
import {
  registerNode,
  sin,
  square,
  stopGradient,
  sum,
  tensor,
  tidy,
  tree,
  valueAndGrad,
  vjp,
  vmap,
} from "tapegrad";
import { customVjp, gradients, isTensor, memory, zeroGrad, type Tensor } from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, plain } from "./close.js";

const float64 = { dtype: "float64" } as const;

class Line {
  readonly slope: Tensor;
  readonly offset: Tensor;
  readonly name: string;
  constructor(slope: Tensor, offset: Tensor, name: string) {
    this.slope = slope;
    this.offset = offset;
    this.name = name;
  }
  at(x: Tensor | number): Tensor {
    return add(multiply(this.slope, x), this.offset);
  }
}
registerNode(Line, {
  flatten: (x) => [[x.slope, x.offset] as const, x.name],
  unflatten: ([slope, offset], name) => new Line(slope, offset, name),
});

class Pair<T> {
  first: T;
  second: T;
  constructor(first: T, second: T) {
    this.first = first;
    this.second = second;
  }
}
registerNode(Pair<unknown>, {
  flatten: ({ first, second }) => [{ first, second }],
  unflatten: ({ first, second }) => new Pair(first, second),
});

const line = (): Line => new Line(tensor([2, 3], float64), tensor([1, 1], float64), "l");

describe("tree", () => {
  test("map", () => {
    const doubled = tree.map((x) => x * 2, { a: 1, b: [2, 3], name: "n", none: null });
    expectTypeOf(doubled.a).toEqualTypeOf<number>();
    expectTypeOf(doubled.name).toEqualTypeOf<string>();
    expect(doubled).toEqual({ a: 2, b: [4, 6], name: "n", none: null });
    const params = { w: tensor([1, 2], float64), b: tensor(3, float64) };
    const shapes = tree.map((x) => x.shape, params);
    expectTypeOf(shapes.w).toEqualTypeOf<number[]>();
    expect(shapes).toEqual({ w: [2], b: [] });
    const moved = tree.map((w, g) => add(w, g), params, { b: 10, w: tensor([1, 1], float64) });
    expectTypeOf(moved.w).toEqualTypeOf<Tensor>();
    expectClose(moved, { w: [2, 3], b: 13 });
    expect(tree.map((x: number) => x, [] as number[])).toEqual([]);
    expect(tree.map((x) => x + 1, 1)).toBe(2);
  });

  test("map of trees of different form says where they differ", () => {
    const f = (): number => 0;
    expect(() => tree.map(f, { a: [1, 2] }, { a: [1] })).toThrow(
      "tree.map: tree 1 has another form: [*, *] against [*] at a",
    );
    expect(() => tree.map(f, { a: 1 }, { b: 1 })).toThrow(
      "tree.map: tree 1 has another form: {a: *} against {b: *}",
    );
    expect(() => tree.map(f, [1], [2], [[3]])).toThrow(
      "tree 2 has another form: * against [*] at [0]",
    );
    expect(() => tree.map(f, ["x"], ["y"])).toThrow('"x" against "y" at [0]');
    expect(() => tree.map(undefined as never, 1)).toThrow(
      "tree.map: needs a function, not undefined",
    );
  });

  test("flatten and unflatten", () => {
    const given = { b: [1, "x", Float32Array.of(2)], a: { c: 3 }, e: [] as number[] };
    const [leaves, structure] = tree.flatten(given);
    expect(leaves).toEqual([1, Float32Array.of(2), 3]);
    expect(String(structure)).toBe('{b: [*, "x", *], a: {c: *}, e: []}');
    expect(structure.leafCount).toBe(3);
    expect(tree.unflatten(structure, leaves)).toEqual(given);
    const named = tree.unflatten(structure, ["p", "q", "r"]);
    expectTypeOf(named.a.c).toEqualTypeOf<string>();
    expect(named).toEqual({ b: ["p", "x", "q"], a: { c: "r" }, e: [] });
    expect(() => tree.unflatten(structure, [1])).toThrow(
      "tree.unflatten: 1 leaves for a structure of 3: {b:",
    );
    expect(() => tree.unflatten({} as never, [])).toThrow("tree.unflatten: needs a structure");
    expect(tree.leaves({ a: true, b: 1 })).toEqual([1]);
    expect(tree.leaves({ a: true, b: 1 }, { isLeaf: (x) => x === true })).toEqual([true, 1]);
    expect(tree.leaves(null)).toEqual([]);
  });

  test("structures are compared by containers, keys and constants", () => {
    const s = tree.structure({ a: 1, b: ["x"] });
    expect(s.equals(tree.structure({ b: ["x"], a: tensor([1, 2]) }))).toBe(true);
    expect(s.equals(tree.structure({ b: ["y"], a: 1 }))).toBe(false);
    expect(s.equals(tree.structure({ a: 1, b: ["x"], c: 1 }))).toBe(false);
    expect(tree.structure(line()).equals(tree.structure(line()))).toBe(true);
    const other = new Line(tensor(1), tensor(1), "other");
    expect(tree.structure(line()).equals(tree.structure(other))).toBe(false);
    expect(String(tree.structure(line()))).toBe("Line([*, *])");
  });

  test("transpose", () => {
    const outer = tree.structure([0, 0]);
    const inner = tree.structure({ a: 0, b: 0 });
    const turned = tree.transpose(outer, inner, [
      { a: 1, b: 2 },
      { b: 4, a: 3 },
    ]);
    expect(turned).toEqual({ a: [1, 3], b: [2, 4] });
    expect(tree.transpose(inner, outer, turned as never)).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(() => tree.transpose(outer, inner, [{ a: 1 }] as never)).toThrow(
      "tree.transpose: the tree is not of form inner inside outer",
    );
  });

  test("reduce and all", () => {
    const t = { a: 1, b: [2, 3] };
    expect(tree.reduce((total, x) => total + x, t, 0)).toBe(6);
    expect(tree.reduce((total, x) => total * x, t)).toBe(6);
    expect(tree.reduce((total: string, x) => total + String(x), t, "")).toBe("123");
    expect(tree.reduce((a: number) => a, [] as number[], 7)).toBe(7);
    expect(() => tree.reduce((a: number) => a, [] as number[])).toThrow(
      "tree.reduce: a tree without leaves",
    );
    expect(tree.all({ a: true, b: [1, tensor([1, 2])] })).toBe(true);
    expect(tree.all([true, { a: false }])).toBe(false);
    expect(tree.all([tensor([1, 0])])).toBe(false);
    expect(tree.all([])).toBe(true);
  });
});

describe("ravelTree", () => {
  const given = (): { a: Tensor; b: Tensor[]; c: number; n: string } => ({
    a: tensor([[1, 2]], float64),
    b: [tensor(3, float64), tensor([], float64)],
    c: 4,
    n: "name",
  });

  test("there and back", () => {
    const [vec, unravel] = ravelTree(given());
    expectClose(vec, [1, 2, 3, 4]);
    const back = unravel(multiply(vec, 10));
    expectTypeOf(back.c).toEqualTypeOf<number>();
    expect(back.c).toBe(40);
    expect(back.n).toBe("name");
    expectClose(back, { a: [[10, 20]], b: [30, []], c: 40, n: "name" });
    expect(() => unravel(tensor([1, 2]))).toThrow(
      "unravel: needs a vector of 4 elements, not shape [2]",
    );
    const [none, bare] = ravelTree({});
    expect(none.shape).toEqual([0]);
    expect(bare(none)).toEqual({});
  });

  test("dtypes: the widest, and back to their own", () => {
    const [vec, unravel] = ravelTree({ i: tensor([1, 2], { dtype: "int32" }), f: tensor([0.5]) });
    expect(vec.dtype).toBe("float32");
    const back = unravel(vec);
    expect([back.i.dtype, back.f.dtype]).toEqual(["int32", "float32"]);
    const arrays = ravelTree([Float32Array.of(1), Float64Array.of(2, 3)]);
    expect(arrays[0].dtype).toBe("float64");
    expect(arrays[1](arrays[0])).toEqual([Float32Array.of(1), Float64Array.of(2, 3)]);
  });

  test("differentiable both ways, to second order", () => {
    const [vec, unravel] = ravelTree(given());
    checkGrads(
      (v: Tensor) => {
        const { a, b, c } = unravel(v);
        return multiply(sum(multiply(a, sin(a))), multiply(b[0]!, c));
      },
      [vec],
    );
    checkGrads(
      (a: Tensor, b: Tensor) => square(ravelTree({ a, b: [b] })[0]),
      [tensor([[1, 2]], float64), tensor(3, float64)],
    );
    const f = (p: ReturnType<typeof given>): Tensor => sum(square(ravelTree(p)[0]));
    expectClose(grad(f)(given()), { a: [[2, 4]], b: [6, []], c: 8, n: "name" });
  });

  test("inside vmap", () => {
    const rows = tensor([[1, 2], [3, 4]], float64); // prettier-ignore
    const f = (x: Tensor): Tensor => ravelTree({ x, y: square(x) })[0];
    expectClose(vmap(f)(rows), [
      [1, 2, 1, 4],
      [3, 4, 9, 16],
    ]);
  });

  test("of many leaves: going backward does not grow with their square", () => {
    const many = Array.from({ length: 300 }, (_, i) => tensor([i, 1], float64));
    const [vec, unravel] = ravelTree(many);
    const f = (v: Tensor): Tensor =>
      unravel(v).reduce((s, x) => add(s, sum(square(x))), tensor(0, float64));
    expectClose(grad(f)(vec), multiply(vec, 2));
  });
});

describe("registered classes", () => {
  const loss = (l: Line): Tensor => sum(square(l.at(3)));

  test("grad, vjp, jvp", () => {
    const g = grad(loss)(line());
    expect(g).toBeInstanceOf(Line);
    expect(g.name).toBe("l");
    expectClose(g.slope, [42, 60]);
    expectClose(g.offset, [14, 20]);
    const [y, pullback] = vjp((l: Line) => new Pair<unknown>(l.at(1), l), line());
    expect(y).toBeInstanceOf(Pair);
    expect(y.second).toBeInstanceOf(Line);
    const one = tensor([1, 1], float64);
    const [back] = pullback(new Pair<unknown>(one, line()) as never);
    expectClose(back.slope, [3, 4]);
    const [, dy] = jvp(loss, [line()], [line()]);
    expectClose(dy, 2 * (7 * 7 + 10 * 10));
  });

  test("jacobian and hessian: trees of blocks in objects of the class", () => {
    const j = jacobian((l: Line) => l.at(2))(line());
    expectClose((j as unknown as Line).slope, [
      [2, 0],
      [0, 2],
    ]);
    const h = hessian(loss)(line()) as unknown as { slope: Line; offset: Line };
    expectClose(h.slope.offset, [
      [6, 0],
      [0, 6],
    ]);
    expectClose(h.offset.offset, [
      [2, 0],
      [0, 2],
    ]);
  });

  test("vmap, with axes for the parts too", () => {
    const lines = new Line(tensor([[1, 2], [3, 4]], float64), tensor([1, 1], float64), "l"); // prettier-ignore
    const at2 = (l: Line): Tensor => l.at(2);
    const want = [
      [3, 5],
      [7, 9],
    ];
    // [2, 2] slopes, of which each is a vector; the offsets are the same for all.
    expectClose(vmap(at2, { inAxes: [[0, null]] })(lines), want);
    expectClose(
      vmap(at2, { inAxes: [new Line(0 as never, null as never, "l") as never] })(lines),
      want,
    );
    const both = vmap((x: Tensor) => new Pair(x, square(x)))(tensor([1, 2], float64));
    expect(both).toBeInstanceOf(Pair);
    expectClose(both.second, [1, 4]);
  });

  test("compile takes and gives them", () => {
    let runs = 0;
    const f = compile((l: Line) => {
      runs++;
      return new Line(l.at(1), l.slope, l.name);
    });
    for (let i = 0; i < 3; i++) {
      const y = f(new Line(tensor([i, 1], float64), tensor([1, 1], float64), "l"));
      expect(y).toBeInstanceOf(Line);
      expect(y.name).toBe("l");
      expectClose(y.slope, [i + 1, 2]);
    }
    expect(runs).toBe(1);
    expect(f(new Line(tensor([1], float64), tensor([1], float64), "m")).name).toBe("m");
    expect(runs).toBe(2);
    const step = compile((l: Line) => grad(loss)(l));
    expectClose(step(line()).slope, [42, 60]);
    expectClose(step(line()).slope, [42, 60]);
  });

  test("stopGradient, tidy, tree", () => {
    const g = grad((l: Line) => sum(multiply(l.slope, stopGradient(l).slope)))(line());
    expectClose(g.slope, [2, 3]);
    const kept = tidy(() => new Line(square(line().slope), line().offset, "kept"));
    expectClose(kept.slope, [4, 9]);
    const mapped = tree.map((x) => (isTensor(x) ? x.shape.length : -1), line());
    expect(mapped).toBeInstanceOf(Line);
    expect(mapped.slope).toBe(1);
    expect(tree.leaves(line()).length).toBe(2);
    expect(plain(ravelTree(line())[0])).toEqual([2, 3, 1, 1]);
  });

  test("what cannot be registered", () => {
    const kind = { flatten: () => [[]] as const, unflatten: () => ({}) };
    expect(() => registerNode(Line, kind as never)).toThrow(
      "registerNode: Line is registered already",
    );
    for (const type of [Object, Array, Float32Array]) {
      expect(() => registerNode(type as never, kind)).toThrow(
        /registerNode: objects of \w+ are known/,
      );
    }
    expect(() => registerNode(3 as never, kind)).toThrow("registerNode: needs a class");
    class Odd {}
    expect(() => registerNode(Odd, {} as never)).toThrow(
      "registerNode: Odd needs { flatten, unflatten }",
    );
    expect(() => registerNode(Odd, { ...kind, unflaten: 1 } as never)).toThrow(
      "registerNode: unknown option unflaten (unflatten?)",
    );
    registerNode(Odd, { flatten: () => 3 as never, unflatten: () => new Odd() });
    expect(() => tree.leaves(new Odd())).toThrow(
      "registerNode: flatten of Odd must return [children, aux]",
    );
  });

  test("rules of users see objects of the class", () => {
    const seen: string[] = [];
    const g = (line: Line) => sum(line.at(2));
    const f = customVjp((line: Line) => g(line), {
      fwd: (line: Line) => (seen.push(line.name), [g(line), line]),
      bwd: (kept: Line, d: Tensor) => {
        seen.push(kept.constructor.name, kept.name);
        return [new Line(multiply(d, tensor([2, 2], float64)), multiply(d, kept.at(0)), kept.name)];
      },
    });
    const slopes = grad(f as (line: Line) => Tensor)(line());
    expect([seen, slopes.constructor.name]).toEqual([["l", "Line", "l"], "Line"]);
    expectClose([slopes.slope, slopes.offset], [[2, 2], line().offset]);
    // A result of the class, and cotangents by keys as before.
    const twice = customVjp((x: Tensor) => new Line(x, square(x), "of x"), {
      fwd: (x: Tensor) => [new Line(x, square(x), "of x"), x],
      bwd: (x: Tensor, d: Line) => {
        seen.push(d.constructor.name);
        return [add(d.slope, multiply(d.offset, multiply(2, x)))];
      },
    });
    expect(grad((x: Tensor) => (twice(x) as Line).at(3))(tensor(5, float64)).item()).toBe(13);
    expect(seen.at(-1)).toBe("Line");
    const plainly = customVjp((line: Line) => g(line), {
      fwd: (line: Line) => [g(line), null],
      bwd: (_: null, d: Tensor) => {
        const both = multiply(d, tensor([1, 1], float64));
        return [{ slope: multiply(both, 2), offset: both, name: "l" } as unknown as Line];
      },
    });
    expectClose(grad(plainly as (line: Line) => Tensor)(line()).slope, [2, 2]);
  });

  test("a tree that contains itself is an error", () => {
    const round: Record<string, unknown> = { x: tensor(1) };
    round["self"] = [round];
    const say = "containers are nested more than 1000 deep; is there a cycle";
    const x = (p: { x: Tensor }) => p.x;
    expect(() => tree.leaves(round)).toThrow(`tree: ${say}`);
    expect(() => tree.map((x: unknown) => x, round)).toThrow(`tree: ${say}`);
    expect(() => grad(x)(round as never)).toThrow(`grad: ${say}`);
    expect(() => valueAndGrad(x)(round as never)).toThrow(`valueAndGrad: ${say}`);
    expect(() => vjp(x, round as never)).toThrow(`vjp: ${say}`);
    expect(() => jvp(x, [round as never], [round as never])).toThrow(`jvp: ${say}`);
    expect(() => jacobian(x)(round as never)).toThrow(`jacobian: ${say}`);
    expect(() => hessian(x)(round as never)).toThrow(`hessian: ${say}`);
    expect(() => gradients(tensor(1), round as never)).toThrow(`gradients: ${say}`);
    expect(() => zeroGrad(round as never)).toThrow(`zeroGrad: ${say}`);
    expect(() => vmap(x)(round as never)).toThrow(`vmap: ${say}`);
    expect(() => compile(x)(round as never)).toThrow(`compile: ${say}`);
    let deep: unknown = tensor(3, float64);
    for (let i = 0; i < 900; i++) deep = [deep];
    expect(tree.leaves(deep)).toHaveLength(1);
    expectIntact();
  });

  test("an exception in unflatten leaves nothing behind", () => {
    class Strict {
      readonly x: Tensor;
      constructor(x: Tensor) {
        if (!isTensor(x)) throw new Error("no tensor");
        this.x = x;
      }
    }
    registerNode(Strict, { flatten: (s) => [[s.x]], unflatten: ([x]) => new Strict(x!) });
    const f = (s: Strict): Tensor => square(s.x);
    const before = memory().nodes;
    tidy(() => {
      expect(() => jacobian((s: Strict) => [f(s), 1])(3 as never)).toThrow();
      expect(grad(f)(new Strict(tensor(3, float64))).x.item()).toBe(6);
    });
    expect(memory().nodes).toBe(before);
    expect(grad((x: Tensor) => square(x))(3)).toBe(6);
  });
});
