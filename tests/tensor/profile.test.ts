// profile(): what ran, how often, on how much; and that it changes nothing.

import {
  exp,
  grad,
  matmul,
  multiply,
  ones,
  profile,
  setFusion,
  sin,
  sum,
  tensor,
  valueAndGrad,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";

const rowOf = (p: { rows: readonly { op: string }[] }, op: string) =>
  p.rows.find((row) => row.op === op) as
    { op: string; count: number; elements: number; milliseconds: number } | undefined;

describe("profile", () => {
  test("counts whole ops and their elements", () => {
    const [a, b] = [ones([30, 20]), ones([20, 10])];
    const p = profile(() => {
      for (let i = 0; i < 5; i++) matmul(a, b);
      return sum(a).item();
    });
    expect(p.value).toBe(600);
    expect(rowOf(p, "matmul")).toMatchObject({ count: 5, elements: 5 * 300 });
    expect(rowOf(p, "sum")).toMatchObject({ count: 1, elements: 1 });
    expect(p.milliseconds).toBeGreaterThan(0);
    const inside = p.rows.reduce((ms, row) => ms + row.milliseconds, 0);
    expect(inside + p.outside).toBeCloseTo(p.milliseconds, 6);
    expect(p.outside).toBeGreaterThan(0);
  });

  test("tells ops of fused passes apart, tile by tile", () => {
    const x = ones([10_000]);
    const before = setFusion(4096);
    try {
      const p = profile(() => sum(exp(sin(x))).item());
      expect(rowOf(p, "pass")).toMatchObject({ count: 1, elements: 10_000 });
      for (const op of ["sin", "exp", "sum"]) {
        expect(rowOf(p, `${op}, in passes`)).toMatchObject({ count: 40, elements: 10_000 });
      }
      setFusion(Infinity);
      const alone = profile(() => sum(exp(sin(x))).item());
      expect(alone.value).toBe(p.value);
      expect(rowOf(alone, "exp")).toMatchObject({ count: 1, elements: 10_000 });
      expect(rowOf(alone, "pass")).toBeUndefined();
    } finally {
      setFusion(before);
    }
  });

  test("sees scalars, and gives the same bits", () => {
    const f = (x: Tensor): Tensor => multiply(exp(x), sin(multiply(x, 3)));
    const plain = [valueAndGrad(f)(0.7), grad(grad(f))(0.7)];
    const p = profile(() => [valueAndGrad(f)(0.7), grad(grad(f))(0.7)]);
    expect(p.value).toEqual(plain);
    const runs = (op: string) => rowOf(p, op) ?? rowOf(p, `${op}, in passes`);
    expect(runs("exp")!.count).toBeGreaterThanOrEqual(2);
    expect([valueAndGrad(f)(0.7), grad(grad(f))(0.7)]).toEqual(plain);
  });

  test("prints a table, and a trace that nests", () => {
    const p = profile(() => grad((x: Tensor) => sum(exp(x)))(ones([2000])).toArray());
    const lines = p.toString().split("\n");
    expect(lines[0]).toMatch(/^op\s+runs\s+elements\s+ms\s+share$/);
    expect(lines.at(-1)).toMatch(/^outside of kernels\s+[\d.]+\s+[\d.]+ %$/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    const { traceEvents } = JSON.parse(JSON.stringify(p.toChromeTrace())) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number }[];
    };
    expect(traceEvents.length).toBeGreaterThan(0);
    for (const { ph, ts, dur } of traceEvents) {
      expect(ph).toBe("X");
      expect(ts).toBeGreaterThanOrEqual(0);
      expect((ts + dur) / 1000).toBeLessThanOrEqual(p.milliseconds + 1);
    }
  });

  test("exceptions, promises and profiles within leave everything as it was", () => {
    const boom = (): never => {
      exp(tensor([1, 2]));
      throw new Error("boom");
    };
    expect(() => profile(boom)).toThrow("boom");
    expect(() => profile(async () => Promise.resolve(1))).toThrow(/profile: .* promise/);
    expect(() => profile(() => profile(() => 1))).toThrow(/profile: one is under way/);
    expect(() => profile(1 as never)).toThrow(/profile: needs a function, not the number 1/);
    expect(profile(() => exp(tensor([0])).toArray()).value).toEqual([1]);
    expectIntact();
  });
});
