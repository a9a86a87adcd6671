// detectAnomaly() and debug(): the op, the line and the element of the first bad value.

import {
  AnomalyError,
  compile,
  debug,
  detectAnomaly,
  divide,
  exp,
  grad,
  gradients,
  jacobian,
  log,
  matmul,
  memory,
  multiply,
  noGrad,
  ones,
  square,
  sqrt,
  subtract,
  sum,
  tape,
  tensor,
  valueAndGrad,
  vjp,
  vmap,
  where,
  type MaskedFactor,
  type Tensor,
} from "tapegrad";
import { afterEach, describe, expect, test, vi } from "vitest";
import { expectClose } from "./close.js";

const f64 = (data: number | number[] | number[][]): Tensor =>
  tensor(data as number[], { dtype: "float64" });
const leaf = (data: number | number[]): Tensor =>
  tensor(data as number[], { dtype: "float64", requiresGrad: true });

/** What f throws. */
function thrown(f: () => unknown): AnomalyError {
  try {
    f();
  } catch (error) {
    if (error instanceof AnomalyError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const HERE = /anomaly\.test\.ts\S*:\d+:\d+$/;

afterEach(() => {
  debug({});
  vi.restoreAllMocks();
});

describe("forward", () => {
  test("names the op, the element, the operand and the line", () => {
    const x = leaf([4, -1, 9]);
    const error = thrown(() => detectAnomaly(() => sum(sqrt(multiply(x, 2)))));
    expect(error.message).toMatch(
      /^detectAnomaly: sqrt: the result has NaN at \[1\] \(element 1 of 3\), of operand -2, called at /,
    );
    expect([error.op, error.phase, error.value]).toEqual(["sqrt", "forward", NaN]);
    expect(error.line).toMatch(HERE);
    const two = thrown(() => detectAnomaly(() => divide(leaf([1, 0]), leaf([1, 0]))));
    expect(two.message).toMatch(/divide: .* at \[1\] .*of operands 0 and 0/);
    const matrix = thrown(() => detectAnomaly(() => matmul(f64([[1, Infinity]]), f64([[1], [0]]))));
    expect(matrix.message).toMatch(
      /^detectAnomaly: matmul: the result has NaN at \[0,0\]|its only/,
    );
  });

  test("scalars, large and mapped values, inside transforms", () => {
    expect(thrown(() => detectAnomaly(() => log(-1))).message).toMatch(/log: .*its only element/);
    expect(thrown(() => detectAnomaly(() => grad((x: Tensor) => log(x))(-1))).op).toBe("log");
    const large = ones([3000], { dtype: "float64" }).set([1234], -1);
    expect(thrown(() => detectAnomaly(() => sqrt(large))).message).toMatch(/\[1234\]/);
    expect(
      thrown(() => detectAnomaly(() => vmap((x: Tensor) => sqrt(x))(f64([[1], [-1]])))).op,
    ).toBe("sqrt");
  });

  test("data may have NaN; only fresh ones count, and infinities on demand", () => {
    const x = leaf([1, NaN]);
    detectAnomaly(() => sum(multiply(x, 2)));
    detectAnomaly(() => multiply(f64([NaN]), 2));
    expect(detectAnomaly(() => log(leaf(0))).item()).toBe(-Infinity);
    expect(thrown(() => detectAnomaly(() => log(leaf(0)), { infs: true })).message).toMatch(
      /^detectAnomaly: log: the result has -Infinity at its only element, of operand 0/,
    );
    detectAnomaly(() => sqrt(leaf(-1)), { forward: false });
  });

  test("hands back what f returns, and is over afterwards", () => {
    expect(detectAnomaly(() => 3)).toBe(3);
    expect(() => detectAnomaly(() => sqrt(leaf(-1)))).toThrow();
    expect(sqrt(leaf(-1)).item()).toBe(NaN);
    expect(() => detectAnomaly(() => Promise.resolve(1))).toThrow(/returned a promise/);
    expect(() => detectAnomaly(2 as never)).toThrow(/needs a function/);
    detectAnomaly(() => {
      expect(() => detectAnomaly(() => sqrt(leaf(-1)))).toThrow(/sqrt/);
      expect(() => sqrt(leaf(-1))).toThrow(/sqrt/);
    });
  });

  test("values and derivatives are the same bits with it", () => {
    const f = (x: Tensor): Tensor => sum(multiply(exp(x), sqrt(square(x).add(1))));
    const x = f64([0.3, -2, 5]);
    const [y, g] = valueAndGrad(f)(x);
    const [same, slope] = detectAnomaly(() => valueAndGrad(f)(x));
    expectClose([same, slope], [y.item(), g.toArray()], 0);
    const run = compile(f);
    expectClose(
      detectAnomaly(() => [run(x), run(x)]),
      [y.item(), y.item()],
      0,
    );
    const [, pull] = vjp(f, x);
    expectClose(
      detectAnomaly(() => pull(f64(1))[0]),
      g.toArray(),
      0,
    );
    expectClose(
      detectAnomaly(() => jacobian((v: Tensor) => square(v))(f64([1, 2]))),
      [
        [2, 0],
        [0, 4],
      ],
    );
  });

  test("leaves no memory behind", () => {
    const x = leaf([1, 2]);
    const before = memory().nodes;
    detectAnomaly(() => {
      for (let i = 0; i < 500; i++) gradients(sum(exp(x)), x);
    });
    expect(memory().nodes - before).toBeLessThan(4000);
  });
});

describe("backward", () => {
  // The value is finite, the derivative is not: 0 · ∞ where no zero factor masks it.
  const bad = (x: Tensor): Tensor => sum(multiply(sqrt(x), f64([1, -1])));

  test("names the op and its line", () => {
    const x = leaf([0, 1]);
    const loss = (v: Tensor): Tensor => {
      const root = sqrt(v);
      return sum(subtract(root, multiply(root, f64([2, 2]))));
    };
    const error = thrown(() =>
      detectAnomaly(() => loss(x).backward(), { infs: true, masked: "ignore" }),
    );
    expect(error.message).toMatch(
      /^detectAnomaly: sqrt: the derivative with respect to operand 0 has -Infinity at \[0\] \(element 0 of 2\), of operand 0, called at /,
    );
    expect([error.phase, error.value]).toEqual(["backward", -Infinity]);
    expect(error.line).toMatch(HERE);
    expect(x.grad).toBe(null);
    for (const run of [
      () => grad(loss)(f64([0, 1])),
      () => vjp(loss, f64([0, 1]))[1](f64(1)),
      () => gradients(loss(x), x),
      () => tape((t) => t.gradient(loss(x), x)),
      () => jacobian(loss)(f64([0, 1])),
      () => grad((v: Tensor) => sqrt(v))(0),
    ]) {
      expect(thrown(() => detectAnomaly((): unknown => run(), { infs: true })).op).toBe("sqrt");
    }
    expect(() => detectAnomaly(() => grad(bad)(f64([0, 1])))).not.toThrow();
  });

  test("NaN of a derivative, and not where it comes to afterwards", () => {
    // ∞ - ∞: the two ways meet at the argument of both.
    const f = (x: Tensor): Tensor => {
      const y = multiply(x, 1);
      return subtract(sqrt(y), sqrt(multiply(y, 4)));
    };
    const error = thrown(() => detectAnomaly(() => grad(f)(0), { masked: "ignore" }));
    expect([error.phase, Number.isNaN(error.value)]).toEqual(["backward", true]);
    expect(error.message).toMatch(/^detectAnomaly: (sqrt|multiply): the derivative/);
  });

  test("reports masked factors", () => {
    const f = (x: Tensor): Tensor => sum(where(x.greater(0), sqrt(x), 0));
    const found: MaskedFactor[] = [];
    const x = f64([4, 0, 1]);
    detectAnomaly(() => grad(f)(x), { masked: (factor) => void found.push(factor) });
    expect(found.length).toBe(1);
    const { op, operand, place, value, line } = found[0]!;
    expect([op, operand, place, value]).toEqual(["sqrt", 0, "[1] (element 1 of 3)", Infinity]);
    expect(line).toMatch(HERE);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    detectAnomaly(() => [grad(f)(x), grad(f)(x)]);
    expect(warn.mock.calls.length).toBe(1);
    expect(warn.mock.calls[0]![0]).toMatch(
      /^tapegrad: detectAnomaly: sqrt: a factor Infinity .* met a zero at \[1\]/,
    );
    expect(thrown(() => detectAnomaly(() => grad(f)(x), { masked: "throw" })).op).toBe("sqrt");
    detectAnomaly(() => grad(f)(x), { masked: "ignore" });
    expect(warn.mock.calls.length).toBe(1);
    // square(sqrt(x)) at 0, the case that the masking gets wrong.
    detectAnomaly(() => grad((v: Tensor) => square(sqrt(v)))(0), {
      masked: (factor) => void found.push(factor),
    });
    expect([found.length, found[1]!.op]).toEqual([2, "sqrt"]);
  });
});

describe("debug", () => {
  test("nans: everywhere, until it is switched off", () => {
    debug({ nans: true });
    expect(() => sqrt(leaf(-1))).toThrow(AnomalyError);
    debug({});
    expect(sqrt(leaf(-1)).item()).toBe(NaN);
    expect(() => debug({ nans: 1 as never })).toThrow(/^debug: nans is the number 1/);
  });

  test("saved: assignments to what is needed", () => {
    const w = leaf([1, 2]);
    w.name = "w";
    debug({ saved: true });
    const y = sum(square(w));
    expect(() => noGrad(() => w.assign([3, 4]))).toThrow(
      /^assign: a recorded computation still needs the value that "w" has now/,
    );
    y.backward();
    expectClose(w.grad, [2, 4]);
    noGrad(() => w.assignSub(w.grad!));
    expectClose(w, [-1, -2]);
    debug({});
    const z = sum(square(w));
    noGrad(() => w.assign([5, 5]));
    expectClose(gradients(z, w, { unused: "zero" }), [-2, -4]);
  });
});
