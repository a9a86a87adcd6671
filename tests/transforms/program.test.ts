// makeProgram(), evalShape(), tap(): functions looked at.

import {
  add,
  compile,
  concatenate,
  evalShape,
  exp,
  grad,
  jacobian,
  makeProgram,
  trace,
  matmul,
  max,
  mean,
  multiply,
  noGrad,
  ones,
  sin,
  softmax,
  square,
  sum,
  tanh,
  tap,
  tensor,
  valueAndGrad,
  vmap,
  where,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const f64 = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64" });

describe("trace", () => {
  test("of a function is its program, of a matrix the sum of its diagonal", () => {
    const p = trace((x: Tensor) => sum(multiply(sin(x), 2)), f64([1, 2, 3]));
    const same = makeProgram((x: Tensor) => sum(multiply(sin(x), 2)), f64([1, 2, 3]));
    expect(p.toString()).toBe(same.toString());
    const y: Tensor = p.run(f64([0, 1, 2]));
    expect(y.item()).toBeCloseTo(2 * (Math.sin(1) + Math.sin(2)), 12);
    const x = f64([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(trace(x).item()).toBe(6);
    expect(trace(x, 1).item()).toBe(8);
    expect(trace(x, { offset: -1 }).item()).toBe(4);
    expect(trace(zeros([2, 3, 4]), 0, 1, 2).shape).toEqual([2]);
    const dx = grad((m: Tensor) => trace(m, 1))(x);
    expect(dx.toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(() => trace([1, 2])).toThrow(/^trace: /);
    expect(() => grad((a: Tensor) => trace(sin, a).run(a))(f64(1))).toThrow(
      /^trace: not inside a transform/,
    );
  });
});

describe("makeProgram", () => {
  const f = (x: Tensor, w: Tensor): Tensor => sum(tanh(matmul(x, w)));

  test("runs as the function does, gradients included", () => {
    const [x, w] = [f64([[1, 2]]), f64([0.3, -0.2])];
    const p = makeProgram(valueAndGrad(f) as (x: Tensor, w: Tensor) => [Tensor, Tensor], x, w);
    const other = f64([[0.5, -1]]);
    const [y, g] = p.run(other, w);
    const [want, slope] = valueAndGrad(f)(other, w);
    expectClose([y, g], [want.item(), slope.toArray()], 0);
  });

  test("lists its values", () => {
    const p = makeProgram((x: Tensor) => sum(multiply(sin(x), 2)), f64([1, 2, 3]));
    const text = String(p);
    expect(text).toMatch(/%0 = argument: float64\[3\]/);
    expect(text).toMatch(/%\d = sin %0: float64\[3\]/);
    expect(text).toMatch(/%\d = multiply %\d, %\d: float64\[3\]/);
    expect(text).toMatch(/return %\d/);
    const dot = p.toDot();
    expect(dot).toMatch(/^digraph program \{/);
    expect(dot).toMatch(/label="sin\\nfloat64\[3\]"/);
    expect(dot).toMatch(/v0 -> v\d;/);
    expect(dot.match(/\{|\}/g)).toEqual(["{", "}"]);
    p.dispose();
    expect(String(p)).toBe("program (disposed)");
    for (const what of ["toDot", "cost"] as const) {
      expect(() => p[what]()).toThrow(`Program.${what}: this program was disposed of`);
    }
    expect(() => p.run(f64([1, 2, 3]))).toThrow(/^Program.run: this program was disposed of/);
  });

  test("tells what it costs", () => {
    const p = makeProgram(
      (x: Tensor, w: Tensor) => sum(exp(matmul(x, w))),
      zeros([4, 5], { dtype: "float64" }),
      zeros([5, 6], { dtype: "float64" }),
    );
    const cost = p.cost();
    expect(cost.ops["matmul"]).toEqual({
      count: 1,
      flops: 2 * 4 * 5 * 6,
      bytes: 8 * (20 + 30 + 24),
    });
    expect(cost.ops["exp"]).toEqual({ count: 1, flops: 24, bytes: 8 * 48 });
    expect(cost.ops["sum"]).toEqual({ count: 1, flops: 24, bytes: 8 * 25 });
    expect(cost.flops).toBe(240 + 48);
    expect(Object.keys(cost.ops)).toEqual(["matmul", "exp", "sum"]);
    expect(cost.bytes).toBe(8 * (74 + 48 + 25));
    expect([cost.peakBytes, p.peakBytes > 0]).toEqual([p.peakBytes, true]);
    const lines = makeProgram((x: Tensor) => softmax(x.transpose()), zeros([3, 4])).cost();
    expect(lines.flops).toBe(4 * 12);
    expect(lines.ops["transpose"]).toEqual({ count: 1, flops: 0, bytes: 0 });
  });

  test("assigns to what it finds outside", () => {
    const [count, w] = [f64(0), tensor(2, { dtype: "float64", requiresGrad: true })];
    const p = makeProgram((x: Tensor) => {
      count.assignAdd(1);
      const y = multiply(x, square(w));
      y.backward();
      noGrad(() => w.assignSub(multiply(0.1, w.grad!)));
      w.grad = null;
      return y;
    }, f64(1));
    const runs = count.item();
    const at = w.item();
    expectClose(p.run(f64(1)), at ** 2);
    expectClose([count, w], [runs + 1, at - 0.2 * at]);
    expect(String(p)).toMatch(/:= %/);
  });

  test("says what does not suit", () => {
    const p = makeProgram((x: Tensor, list: number[]) => multiply(x, list[0]!), f64([1, 2]), [3]);
    expectClose(p.run(f64([1, 2]), [5]), [5, 10]);
    expect(() => p.run(f64([1, 2, 3]), [5])).toThrow(
      /^Program.run: input 0 is float64\[3\]; the program was traced for float64\[2\]/,
    );
    expect(() => p.run(ones([2]), [5])).toThrow(/input 0 is float32\[2\]/);
    expect(() => p.run(f64([1, 2]), [5, 6])).toThrow(/argument 1 has another form/);
    expect(() => (p.run as (x: Tensor) => Tensor)(f64([1, 2]))).toThrow(/1 arguments instead of 2/);
  });

  test("says what cannot be recorded", () => {
    expect(() => makeProgram((x: Tensor) => (x.item() > 0 ? x : square(x)), f64(1))).toThrow(
      /^item: compile: a value was read/,
    );
    expect(() => (makeProgram as (f: unknown) => unknown)(3)).toThrow(
      /^makeProgram: needs a function/,
    );
    expect(() => grad((x: Tensor) => makeProgram(sin, x).run(x))(f64(1))).toThrow(
      /^makeProgram: not inside a transform/,
    );
    const w = tensor(2, { requiresGrad: true });
    expect(() => makeProgram(sin, square(w))).toThrow(/^makeProgram: an argument is computed from/);
    expect(() => makeProgram((x: Tensor) => multiply(x, w), f64(1))).toThrow(
      /^makeProgram: no program can do/,
    );
  });
});

describe("evalShape", () => {
  const spec = (shape: number[], dtype = "float32"): { shape: number[]; dtype: string } => ({
    shape,
    dtype,
  });

  test("is what the function would return, without computing it", () => {
    const big = spec([100_000, 50_000]);
    const start = performance.now();
    expect(evalShape((x: Tensor) => matmul(x, x.transpose()), big)).toEqual(
      spec([100_000, 100_000]),
    );
    expect(evalShape((x: Tensor) => ({ y: [mean(x, 1)], big: x.greater(0) }), big)).toEqual({
      y: [spec([100_000])],
      big: spec([100_000, 50_000], "bool"),
    });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each<[string, (x: Tensor) => unknown]>([
    ["reductions without identity", (x) => max(x, 0)],
    ["all of it", (x) => max(x)],
    ["softmax", (x) => softmax(x)],
    ["where", (x) => where(x.greater(0), x, 0)],
    ["joining", (x) => concatenate([x, ones([2, 4])], 0)],
    ["slices", (x) => x.at("1:", [0, 2, 2])],
    ["argsort", (x) => x.argsort(0)],
    ["cumsum", (x) => x.cumsum(1)],
    ["promotion", (x) => add(x, f64([1, 2, 3, 4]))],
    ["reshape", (x) => x.reshape([2, -1])],
    ["gradients", (x) => grad((v: Tensor) => sum(exp(v)))(x)],
    ["Jacobians", (x) => jacobian((v: Tensor) => sum(v, 0))(x)],
    ["vmap", (x) => vmap((row: Tensor) => sum(row))(x)],
    ["layer normalisation", (x) => x.subtract(mean(x, 1, { keepdims: true }))],
    ["numbers", () => 3],
  ])("%s", (_, f) => {
    const x = ones([3, 4]);
    const own = f(x);
    const want =
      typeof own === "number"
        ? spec([], "float64")
        : spec((own as Tensor).shape, (own as Tensor).dtype);
    expect(evalShape(f, x)).toEqual(want);
    expect(evalShape(f, spec([3, 4]))).toEqual(want);
  });

  test("takes trees, numbers, typed arrays", () => {
    const f = (p: { w: Tensor; b: Tensor[] }, k: number, a: Tensor): Tensor =>
      add(add(multiply(p.w, k), p.b[0]!), a);
    expect(evalShape(f, { w: spec([2, 3]), b: [f64(1)] }, 2, new Float64Array(3))).toEqual(
      spec([2, 3], "float64"),
    );
  });

  test("throws what the function throws", () => {
    expect(() => evalShape(matmul, spec([2, 3]), spec([2, 3]))).toThrow(/inner sizes differ/);
    expect(() => evalShape((x: Tensor) => x.item(), spec([]))).toThrow(/^item: /);
    expect(() => evalShape(sin, spec([2], "float16"))).toThrow(/^evalShape: /);
    expect(() => evalShape(() => undefined)).toThrow(/returned undefined/);
  });
});

describe("tap", () => {
  test("shows values and lets derivatives through", () => {
    const seen: number[] = [];
    const f = (x: Tensor): Tensor =>
      multiply(
        tap(square(x), (v) => seen.push(v.item())),
        x,
      );
    expectClose(f(f64(3)), 27);
    expect(seen).toEqual([9]);
    expectClose(grad(f)(f64(2)), 12);
    expect(seen).toEqual([9, 4]);
    tap(5, (v) => seen.push(v.item()));
    expect(seen).toEqual([9, 4, 5]);
    expect(() => vmap(f)(f64([1, 2]))).toThrow(/^tap: not inside vmap/);
    expect(() => tap(1, 2 as never)).toThrow(/^tap: needs a function/);
  });

  test("in programs: at every call", () => {
    const seen: unknown[] = [];
    const f = compile((x: Tensor) => {
      tap(x, (v) => seen.push(v.toArray()));
      return grad((v: Tensor) =>
        sum(
          multiply(
            tap(square(v), (s) => seen.push(s.toArray())),
            v,
          ),
        ),
      )(x);
    });
    expectClose(f(f64([1, 2])), [3, 12]);
    expectClose(f(f64([2, 3])), [12, 27]);
    expectClose(f(f64([0, 1])), [0, 3]);
    expect(seen).toEqual([
      [1, 2],
      [1, 4],
      [2, 3],
      [4, 9],
      [0, 1],
      [0, 1],
    ]);
    expect(f.programs.length).toBe(1);
    expect(String(f.programs[0])).toMatch(/tap %/);
    const number = compile((x: number) => tap(multiply(x, 2), (v) => seen.push(v.item())));
    expect([number(1).item(), number(2).item(), number(3).item()]).toEqual([2, 4, 6]);
    expect(seen.slice(-3)).toEqual([2, 4, 6]);
  });
});
