// JavaScript's operators on tensors: arithmetic and comparison throw, text is readable.

import { tensor, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectRefusal } from "./canary.js";

const [x, y] = [tensor(3), tensor([1, 2])];
// What TypeScript forbids, JavaScript lets through.
const [a, b] = [x, y] as unknown as [number, number];

describe("throws and names the cure", () => {
  const cases: Record<string, () => unknown> = {
    "x * y": () => a * b,
    "x * 2": () => a * 2,
    "x + y": () => a + b,
    "x + 1": () => a + 1,
    "x - y": () => a - b,
    "x / y": () => a / b,
    "x ** 2": () => a ** 2,
    "x % 2": () => a % 2,
    "-x": () => -a,
    "+x": () => +a,
    "x > 0": () => a > 0,
    "x < y": () => a < b,
    "x >= 1": () => a >= 1,
    "x == 1": () => (a as unknown) == 1, // eslint-disable-line eqeqeq
    "x++": () => {
      let c = a;
      c++;
      return c;
    },
    "x += 1": () => {
      let c = a;
      c += 1;
      return c;
    },
    "x & 1": () => a & 1,
    "Math.sin(x)": () => Math.sin(a),
    "Number(x)": () => Number(x),
    "isNaN(x)": () => isNaN(a),
    "[2, x].sort": () => [a, 2].sort((p, q) => p - q),
    "x + text": () => (x as unknown as string) + "!",
    "new Float32Array([x])": () => new Float32Array([a]),
  };
  test.each(Object.keys(cases))("%s", (name) => {
    expectRefusal(cases[name]!, /^tensor: .*operators.*multiply\(x, y\).*item\(\)/s);
  });
});

test("text: templates, String, join", () => {
  expect(`${x}`).toBe("Tensor(float32) 3");
  expect(String(y)).toBe("Tensor(float32) [1., 2.]");
  expect([x, x].join(" ")).toBe("Tensor(float32) 3 Tensor(float32) 3");
});

test("identity, not value: ===, Map, Set, truth", () => {
  expect(x === x).toBe(true);
  expect((tensor(3) as Tensor) === x).toBe(false);
  expect(new Set([x, x, y]).size).toBe(2);
  expect(Boolean(tensor(0))).toBe(true);
});
