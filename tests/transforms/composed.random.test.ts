// 200 random compositions of transforms, the same in every run (tests/transforms/composed.ts): by
// themselves, inside a vmap, of a leaf, and their gradients. COMPOSED_RUNS and COMPOSED_SEED try others.

import fc from "fast-check";
import * as tg from "tapegrad";
import { grad, multiply, stack, sum, tanh, tensor, vmap, type Tensor } from "tapegrad";
import { test } from "vitest";
import {
  BASES,
  CURVES,
  plain,
  PULLS,
  PUSHES,
  taped,
  text,
  WRAPPERS,
  type Expr,
} from "./composed.js";

const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;
const runs = Number(environment?.["COMPOSED_RUNS"] ?? 200);
const seed = Number(environment?.["COMPOSED_SEED"] ?? 1);
const DEPTH = 4;

const nameIn = (of: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(of));
const base: fc.Arbitrary<Expr> = fc.record({ kind: fc.constant("base"), name: nameIn(BASES) });

function expression(depth: number): fc.Arbitrary<Expr> {
  if (depth <= 0) return base;
  const f = expression(depth - 1);
  const kind = <K extends string>(k: K) => fc.constant(k);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: base },
    { weight: 4, arbitrary: fc.record({ kind: kind("then"), f, g: base }) },
    { weight: 7, arbitrary: fc.record({ kind: kind("wrap"), name: nameIn(WRAPPERS), f }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: kind("push"), name: nameIn(PUSHES), f, fixed: fc.boolean() }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: kind("pull"), name: nameIn(PULLS), f, fixed: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: kind("curve"),
        name: nameIn(CURVES),
        f: expression(depth - 2),
      }),
    },
  );
}

const near = (got: readonly number[], want: readonly number[], tolerance: number): boolean => {
  const scale = Math.max(1, ...want.map(Math.abs));
  return (
    got.length === want.length && got.every((x, i) => Math.abs(x - want[i]!) <= tolerance * scale)
  );
};

/** Derivatives by tapes and accumulators are not seen by level 0. */
const hasTape = (e: Expr): boolean =>
  (e.kind !== "base" && "name" in e && (e.name === "Tape" || e.name === "forward")) ||
  ("f" in e && hasTape(e.f)) ||
  ("g" in e && hasTape(e.g));
/** What is not possible: a tape inside vmap, or in a rule of another one; a program of any number of steps. */
const REFUSED =
  /^(Tape|forward): not inside vmap|: the function uses a tensor that is being|^\w+: compile: the number of steps depends/;

function check(e: Expr, at: [number, number]): void {
  const f = (x: Tensor): Tensor => taped(e)(x, []);
  const exact = (x: number[]): number[] => plain(e)(x, []) as number[];
  const want = exact(at);
  const x = tensor(at, { dtype: "float64" });
  const leaf = tensor(at, { dtype: "float64", requiresGrad: true });
  const ways: Record<string, () => Tensor> = {
    plain: () => f(x),
    "of a leaf": () => f(leaf),
    vmap: () => vmap(f)(stack([multiply(x, -1), x])).at(1) as Tensor,
  };
  for (const [name, way] of Object.entries(ways)) {
    try {
      const got = way().toArray() as number[];
      if (!near(got, want, 1e-9)) throw new Error(`${String(got)}, not ${String(want)}`);
    } catch (error) {
      const { message } = error as Error;
      if (REFUSED.test(message)) return;
      throw new Error(`${name}: ${text(e)} at ${String(at)}: ${message}`, { cause: error });
    }
  }
  if (!hasTape(e)) {
    const v = [0.3, 1.3];
    const along = (p: number[]): number => exact(p).reduce((s, y, i) => s + y * v[i]!, 0);
    const slopes = at.map((_, j) => {
      const moved = (h: number) => along(at.map((p, i) => (i === j ? p + h : p)));
      return (8 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3;
    });
    const g = tg.gradients(sum(multiply(f(leaf), v)), leaf, { unused: "zero", createGraph: true });
    // The differences have an error of the fourth order.
    if (!near(g.toArray() as number[], slopes, 1e-5 * Math.max(1, ...want.map(Math.abs)))) {
      throw new Error(
        `gradients: ${text(e)} at ${String(at)}: ${String(g.toArray())}, not ${String(slopes)}`,
      );
    }
  }
  // Nothing is left behind.
  if (Math.abs((grad(tanh)(1) as unknown as number) - 0.419974341614026) > 1e-15) {
    throw new Error(`state: ${text(e)}`);
  }
}

test(`${runs} compositions of transforms`, { timeout: 1000 * 60 * 60 }, () => {
  const number = fc.double({ min: -1.2, max: 1.2, noNaN: true });
  const property = fc.property(expression(DEPTH), fc.tuple(number, number), check);
  fc.assert(property, { seed, numRuns: runs });
});
