// Every op of the table, recorded and replayed: values, and both modes of differentiation.

import { jvp, vjp, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectSame } from "../transforms/recorded.js";
import { CASES, operands } from "./cases.js";
import { toTensor } from "./ndarray.js";

describe("compiled", () => {
  test.each(CASES.map((row) => [`${row.op}, ${row.label}`, row] as const))("%s", (_, row) => {
    const f = (...x: Tensor[]): unknown => {
      const y = row.call(...x);
      if (!row.smooth) return y;
      const call = (...x: Tensor[]) => row.call(...x);
      return [y, vjp(call, ...x)[1](y), jvp(call, x, x)];
    };
    const inputs = (seed: number) => () => operands(row, seed).map((x) => toTensor(x));
    expect(expectSame(() => ({ f }), [inputs(1), inputs(2), inputs(3)])).toBeGreaterThan(0);
  });
});
