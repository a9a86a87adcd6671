// scan, mapOver, associativeScan: against plain loops, in every transform.

import {
  add,
  associativeScan,
  checkGrads,
  compile,
  concatenate,
  cumsum,
  exp,
  flip,
  grad,
} from "tapegrad";
import {
  hessian,
  jacobian,
  jvp,
  mapOver,
  matmul,
  maximum,
  multiply,
  ones,
  scan,
  sin,
  square,
} from "tapegrad";
import {
  stack,
  subtract,
  sum,
  tanh,
  tensor,
  tidy,
  vmap,
  zeros,
  memory,
  type Tensor,
} from "tapegrad";
import { describe, expect, expectTypeOf, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);
const xs = f64(pattern(5, 2));
const w = f64(pattern(2, 2, 1));

/** A recurrent network. */
const cell = (h: Tensor, x: Tensor): [Tensor, Tensor] => {
  const next = tanh(add(matmul(w, h), x));
  return [next, multiply(next, next)];
};

function plainScan(h0: Tensor, list: Tensor[]): [Tensor, Tensor] {
  let h = h0;
  const ys = list.map((x) => {
    const [next, y] = cell(h, x);
    h = next;
    return y;
  });
  return [h, stack(ys)];
}

describe("scan", () => {
  const rows = (x: Tensor): Tensor[] => Array.from({ length: x.shape[0]! }, (_, i) => x.slice([i]));

  test("equals the plain loop, with all its derivatives", () => {
    const h0 = f64([0.1, -0.2]);
    expectClose(scan(cell, h0, xs), plainScan(h0, rows(xs)));
    const loss = (h: Tensor, x: Tensor): Tensor => {
      const [last, ys] = scan(cell, h, x);
      return add(sum(last), sum(multiply(ys, ys)));
    };
    const plain = (h: Tensor, x: Tensor): Tensor => {
      const [last, ys] = plainScan(h, rows(x));
      return add(sum(last), sum(multiply(ys, ys)));
    };
    expectClose(grad(loss, { argnums: [0, 1] })(h0, xs), grad(plain, { argnums: [0, 1] })(h0, xs));
    expectClose(hessian(loss)(h0, xs), hessian(plain)(h0, xs));
    expectClose(jvp(loss, [h0, xs], [h0, xs]), jvp(plain, [h0, xs], [h0, xs]));
    checkGrads(loss, [h0, xs], { order: 1 });
    const many = f64(pattern(3, 2));
    expectClose(
      vmap(grad(loss), { inAxes: [0, null] })(many, xs),
      stack([0, 1, 2].map((i) => grad(plain)(many.slice([i]), xs))),
    );
    const compiled = compile((h: Tensor, x: Tensor) => grad(loss)(h, x));
    for (let i = 0; i < 2; i++) expectClose(compiled(h0, xs), grad(plain)(h0, xs));
  });

  test("trees, numbers, reverse, length, no xs, no ys", () => {
    const [c, ys] = scan(
      (carry, x) => [
        { n: add(carry.n, 1), s: add(carry.s, x.a) },
        { twice: multiply(x.a, 2), x: x.b[0]! },
      ],
      { n: 0, s: zeros([2], float64) },
      { a: xs, b: [Float64Array.of(1, 2, 3, 4, 5)] },
    );
    expectTypeOf(c).toEqualTypeOf<{ n: Tensor; s: Tensor }>();
    expectTypeOf(ys).toEqualTypeOf<{ twice: Tensor; x: Tensor }>();
    expectClose(c, { n: 5, s: sum(xs, 0) });
    expectClose(ys, { twice: multiply(xs, 2), x: [1, 2, 3, 4, 5] });
    const [, back] = scan((s, x) => [add(s, x), add(s, x)], 0, f64([1, 2, 3]), { reverse: true });
    expectClose(back, [6, 5, 3]);
    const [last, none] = scan((s) => [multiply(s, 2), null], 1, null, { length: 10 });
    expectClose(last, 1024);
    expect(none).toBeNull();
    const [, powers] = scan((s: Tensor) => [multiply(s, 2), s], tensor(1), null, { length: 3 });
    expectClose(powers, [1, 2, 4]);
  });

  test("of no steps: empty results of the right shape", () => {
    const [c, ys] = scan((s, x) => [add(s, sum(x)), { y: exp(x) }], 7, zeros([0, 3], float64));
    expectClose(c, 7);
    expect([ys.y.shape, ys.y.dtype]).toEqual([[0, 3], "float64"]);
    expect(mapOver((x) => stack([x, x]), zeros([0, 3])).shape).toEqual([0, 2, 3]);
  });

  test("of many steps", () => {
    const n = 3000;
    const f = (a: Tensor): Tensor => {
      const [, ys] = scan((c, x) => [multiply(c, a), multiply(c, x)], 1, ones([n], float64));
      return sum(ys);
    };
    // Σ aᵏ and Σ k aᵏ⁻¹
    expectClose(f(tensor(0.5, float64)), 2);
    expectClose(grad(f)(0.5), 4, 1e-12);
  });

  test("errors", () => {
    const f = (c: Tensor, x: Tensor): [Tensor, Tensor] => [c, x];
    expect(() => scan(f, 1, [zeros([2]), zeros([3])] as never)).toThrow(
      "scan: lengths differ: 2 and 3",
    );
    expect(() => scan(f, 1, zeros([2]), { length: 3 })).toThrow("scan: lengths differ: 3 and 2");
    expect(() => scan(f, 1, tensor(1))).toThrow("scan: xs holds a tensor without axes");
    expect(() => scan((c) => [c, 1], 1, null)).toThrow(
      "scan: xs has no leaves, so { length } must say",
    );
    expect(() => scan((c) => [c, 1], 1, null, { length: -1 })).toThrow(
      "scan: length is the number -1",
    );
    expect(() => scan((c) => c as never, 1, zeros([2]))).toThrow(
      "scan: the function returns [carry, y]",
    );
    expect(() => scan((c, x) => [stack([c, c]), x], 1, zeros([2]))).toThrow("scan: the body changed the carry from float64[] to float64[2]"); // prettier-ignore
    let n = 1;
    expect(() => scan((c) => [c, zeros([n++])], 1, zeros([2]))).toThrow("scan: step 1 returned float32[2], step 0 float32[1]"); // prettier-ignore
    expectIntact();
  });

  test("an exception in a step leaves nothing behind", () => {
    let n = 0;
    const bad = (h: Tensor): Tensor =>
      scan((c, x) => { if (n++ % 3 === 2) throw new Error("step"); return cell(c, x); }, h, xs)[0]; // prettier-ignore
    const call = (): void => tidy(() => { expect(() => jacobian(bad)(f64([1, 2]))).toThrow("step"); n = 0; }); // prettier-ignore
    call();
    const before = memory().nodes;
    for (let i = 0; i < 5; i++) call();
    expect(memory().nodes).toBe(before);
    expectIntact();
  });
});

describe("mapOver", () => {
  test("equals vmap, whatever the batch size; derivatives too", () => {
    const f = (x: Tensor): { s: Tensor; m: Tensor[] } => ({ s: sum(square(x)), m: [sin(x)] });
    const want = vmap(f)(xs);
    for (const batchSize of [1, 2, 3, 5, 9]) expectClose(mapOver(f, xs, { batchSize }), want);
    const loss = (x: Tensor, batchSize: number): Tensor =>
      sum(mapOver((r) => sum(square(r)), x, { batchSize }));
    for (const batchSize of [1, 2]) {
      expectClose(grad((x: Tensor) => loss(x, batchSize))(xs), multiply(2, xs));
    }
    expectClose(
      mapOver(({ a, b }) => multiply(a, b), { a: f64([1, 2]), b: f64([3, 4]) }),
      [3, 8],
    );
    // Values can be read.
    expectClose(
      mapOver((x) => (x.item() > 2 ? x : multiply(x, 0)), f64([1, 2, 3])),
      [0, 0, 3],
    );
    expectClose(vmap((x: Tensor) => mapOver((y) => multiply(y, y), x))(xs), square(xs));
  });

  test("errors", () => {
    expect(() => mapOver((x) => x, xs, { batchSize: 0 })).toThrow(
      "mapOver: batchSize is the number 0",
    );
    expect(() => mapOver((x) => x, {})).toThrow("mapOver: xs has no leaves");
    expect(() => mapOver(() => undefined, xs)).toThrow("mapOver: the function returned undefined");
  });
});

describe("associativeScan", () => {
  test.each([0, 1, 2, 3, 4, 5, 7, 8, 13])("of %i elements: sums, maxima, products", (n) => {
    const x = f64(pattern(Math.max(n, 1), 3)).slice([[0, n]]);
    expectClose(
      associativeScan((a, b) => add(a, b), x),
      cumsum(x, 0),
    );
    expectClose(
      associativeScan((a, b) => add(a, b), x.transpose(), { axis: -1 }),
      cumsum(x, 0).transpose(),
    );
    expectClose(
      associativeScan((a, b) => add(a, b), x, { reverse: true }),
      flip(cumsum(flip(x, 0), 0), 0),
    );
    const rows = Array.from({ length: n }, (_, i) => x.slice([[i, i + 1]]));
    const most = rows.map((_, i) => rows.slice(0, i + 1).reduce((a, b) => maximum(a, b)));
    if (n > 0)
      expectClose(
        associativeScan((a, b) => maximum(a, b), x),
        concatenate(most, 0),
      );
  });

  test("a linear recurrence h = a h + b as a scan of trees, with its derivatives", () => {
    const a = f64([0.5, -1, 2, 0.3, 0.7]);
    const b = f64([1, 2, 3, 4, 5]);
    const fast = (p: { a: Tensor; b: Tensor }): Tensor =>
      associativeScan((x, y) => ({ a: multiply(x.a, y.a), b: add(multiply(y.a, x.b), y.b) }), p).b;
    const slow = (p: { a: Tensor; b: Tensor }): Tensor =>
      scan((h, x) => [add(multiply(x.a, h), x.b), add(multiply(x.a, h), x.b)], 0, p)[1];
    expectClose(fast({ a, b }), slow({ a, b }));
    expectClose(jacobian(fast)({ a, b }), jacobian(slow)({ a, b }));
    expectClose(vmap((s: Tensor) => fast({ a: multiply(a, s), b }))(f64([1, 2])), stack([1, 2].map((s) => slow({ a: multiply(a, s), b })))); // prettier-ignore
  });

  test("matrices do not commute: the order stays; in reverse the later one is first", () => {
    const ms = f64(pattern(14, 2)).reshape([7, 2, 2]);
    const products = associativeScan((x, y) => matmul(x, y), ms);
    const back = associativeScan((x, y) => matmul(x, y), ms, { reverse: true });
    let p = ms.slice([0]);
    let q = ms.slice([6]);
    for (let i = 1; i < 7; i++) {
      p = matmul(p, ms.slice([i]));
      q = matmul(q, ms.slice([6 - i]));
      expectClose(products.slice([i]), p);
      expectClose(back.slice([6 - i]), q);
    }
  });

  test("calls f some 2 log n times", () => {
    let calls = 0;
    associativeScan((a, b) => (calls++, subtract(add(a, b), 0)), ones([1000]));
    expect(calls).toBeLessThan(20);
  });

  test("errors", () => {
    expect(() => associativeScan((a) => a, { a: zeros([2]), b: zeros([3]) })).toThrow("associativeScan: lengths differ: 2, 3"); // prettier-ignore
    expect(() => associativeScan((a) => sum(a), zeros([4]))).toThrow("associativeScan: the function made [] of [2]"); // prettier-ignore
    expect(() => associativeScan((a) => [a] as never, zeros([4]))).toThrow("associativeScan: the function changed the form"); // prettier-ignore
    expectIntact();
  });
});
