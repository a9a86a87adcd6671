// explain(): where a gradient comes from, and where it gets lost.

import {
  checkpoint,
  defineOp,
  detectAnomaly,
  exp,
  explain,
  Explanation,
  grad,
  matmul,
  multiply,
  negative,
  noGrad,
  relu,
  sigmoid,
  sqrt,
  square,
  sum,
  tape,
  tensor,
  variable,
  where,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectClose } from "./close.js";

const leaf = (data: number | number[]): Tensor => variable(data, { dtype: "float64" });
const f64 = (data: number | number[]): Tensor => tensor(data as number[], { dtype: "float64" });

describe("a way", () => {
  test("with the norm of the derivative at each node", () => {
    const w = leaf([3, 4]);
    w.name = "w";
    const h = square(w);
    const loss = sum(multiply(h, h));
    const e = explain(loss, w);
    expect(e).toBeInstanceOf(Explanation);
    expect([e.connected, e.nodes.map((n) => n.op)]).toEqual([
      true,
      ["sum", "multiply", "square", "leaf"],
    ]);
    expect(e.nodes.map((n) => n.inputs)).toEqual([[1], [2], [3], []]);
    const norm = (x: number[]): number => Math.hypot(...x);
    expectClose(
      e.nodes.map((n) => n.norm),
      [1, Math.SQRT2, norm([18, 32]), norm([4 * 27, 4 * 64])],
    );
    expect(e.nodes[3]!.name).toBe("w");
    expect(e.nodes.map((n) => n.event)).toEqual([undefined, undefined, undefined, undefined]);
    expect(e.findings).toEqual([
      `"w" is connected by 4 nodes; the norm of its gradient is ${norm([108, 256]).toPrecision(4)}`,
    ]);
    expect(String(e)).toMatch(/%0 +1\.000 +sum float64\[\] ← %1\n/);
    expect(String(e)).toMatch(/leaf "w" float64\[2\]/);
    // Nothing was used up.
    loss.backward();
    expectClose(w.grad, [108, 256]);
  });

  test("only the nodes that lead to x", () => {
    const [a, b] = [leaf(2), leaf(3)];
    const e = explain(multiply(exp(a), square(b)), b);
    expect(e.nodes.map((n) => n.op)).toEqual(["multiply", "square", "leaf"]);
    const [of, other] = explain(multiply(a, a), [a, b]) as Explanation[];
    expect([of!.connected, other!.connected]).toEqual([true, false]);
  });

  test("where it vanishes, explodes, shrinks or becomes NaN", () => {
    const w = leaf([1, 2]);
    const dead = explain(sum(square(relu(negative(w)))), w);
    expect(dead.findings[0]).toMatch(/^the gradient vanishes on the way back through/);
    expect(dead.nodes.some((n) => n.event === "vanishes")).toBe(true);
    const steep = explain(sum(multiply(w, 1e6)), w);
    expect(steep.findings).toEqual(["the gradient explodes on the way back through multiply (%1)"]);
    expect(explain(sigmoid(leaf(30)), leaf(1)).connected).toBe(false);
    const flat = leaf(30);
    expect(explain(sigmoid(flat), flat).findings[0]).toMatch(/shrinks .* through sigmoid/);
    const zero = leaf(0);
    expect(explain(sqrt(zero), zero).nodes[1]!.event).toBe("infinite");
    const twice = multiply(zero, 1);
    const nan = explain(sqrt(twice).subtract(sqrt(multiply(twice, 4))), zero);
    expect(nan.findings.join()).toMatch(/becomes NaN on the way back/);
    expect(nan.nodes.find((n) => n.event === "nan")!.norm).toBe(NaN);
  });

  test("with lines where they are known", () => {
    const w = leaf([1, 2]);
    detectAnomaly(() => {
      const e = explain(sum(square(w)), w);
      expect(e.nodes[1]!.line).toMatch(/explain\.test\.ts\S*:\d+/);
    });
  });

  test("of tapes and inside transforms; a seed", () => {
    const x = f64([1, 2]);
    tape((t) => {
      t.watch(x);
      expect(explain(sum(square(x)), x).nodes.map((n) => n.op)).toEqual(["sum", "square", "input"]);
    });
    grad((v: Tensor) => {
      const y = sum(square(v));
      expectClose(explain(y, v).nodes[2]!.norm, Math.hypot(2, 4));
      return y;
    })(x);
    const w = leaf([1, 2]);
    expect(() => explain(square(w), w)).toThrow(/^explain: the output has shape \[2\]/);
    expectClose(explain(square(w), w, { seed: [1, 0] }).nodes[1]!.norm, 2);
    expect(() => explain(3 as never, w)).toThrow(/^explain: the loss is the number 3/);
  });
});

describe("no way", () => {
  const why = (loss: Tensor, x: Tensor): string => {
    const e = explain(loss, x);
    expect([e.connected, e.nodes]).toEqual([false, []]);
    return e.findings.join("\n");
  };

  test("says why", () => {
    const [w, other] = [leaf([1, 2, 3, 4, 5, 6]), leaf(1)];
    expect(why(sum(w), f64(1))).toMatch(/^x is a constant: it has no requiresGrad/);
    expect(why(sum(w), tensor([1], { dtype: "int32" }))).toMatch(/^x is int32/);
    expect(why(f64(1), w)).toMatch(/^the loss is a constant/);
    expect(
      why(
        noGrad(() => sum(w)),
        w,
      ),
    ).toMatch(/^the loss is a constant/);
    expect(why(sum(w.greater(0)), w)).toMatch(/int32/);
    const cut = why(sum(multiply(w.detach(), other)), w);
    expect(cut).toMatch(/^the loss does not depend on x\nx itself was detached/);
    const step = where(w.greater(2), other, 0);
    expect(why(sum(step), w)).toMatch(/\(result of astype\) is an operand of where/);
    const sorted = leaf([1, 2, 3, 4, 5, 6]).at(w.argsort());
    expect(why(sum(sorted), w)).toMatch(/cut: int32\[6\] is an operand of gather; such pass no/);
    const hidden = noGrad(() => exp(w));
    hidden.name = "hidden";
    expect(why(sum(multiply(hidden, other)), w)).toMatch(
      /a constant "hidden" float64\[6\] \(result of exp\) is an operand of multiply/,
    );
    const used = sum(matmul(w, w));
    used.backward();
    expect(why(used, w)).toMatch(/used up by an earlier backward/);
  });
});

test("functions with rules of their own have their users' names", () => {
  const w = leaf([3, 4]);
  const cube = defineOp({
    name: "cube",
    forward: (x: Tensor) => multiply(x, square(x)),
    ops: true,
    vjp: (g: Tensor, { inputs: [x] }) => [multiply(g, multiply(3, square(x as Tensor)))],
  });
  const deep = checkpoint((x: Tensor) => sigmoid(exp(x)));
  const loss = sum(deep(cube(w) as Tensor));
  const { node } = loss;
  expect(node!.inputs.map((n) => n.name)).toEqual(["checkpoint"]);
  // The checkpoint has taken its argument by another handle.
  const argument = node!.inputs[0]!.inputs[0]!;
  expect([argument, ...argument.inputs].map((n) => n.name)).toContain("cube");
  const text = String(explain(loss, w));
  expect(text).toContain("cube");
  expect(text).toContain("checkpoint");
  expect(text).not.toContain("external");
});
