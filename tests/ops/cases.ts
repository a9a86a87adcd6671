// One line per op: how it is called, on which operands, and what it should give by plain JavaScript.
// No derivative is written in any of these files: those are measured.

import type { Tensor } from "tapegrad";
import { ELEMENTWISE } from "./cases/elementwise.js";
import { LINES } from "./cases/lines.js";
import { SPECIAL } from "./cases/special.js";
import { SHAPING } from "./cases/shaping.js";
import { build, type Nd } from "./ndarray.js";
import { count, randomFrom, uniform } from "./support.js";

/** Values of an operand. */
export type Range = readonly [low: number, high: number];

/** One way to call an op. */
export interface OpCase {
  op: string;
  label: string;
  call: (...x: Tensor[]) => Tensor;
  reference: (...x: Nd[]) => Nd;
  shapes: readonly (readonly number[])[];
  /** Values of each operand: a range, away from kinks and edges. */
  domains: readonly Range[];
  /** Allowed error of values, in ulps. */
  limit: number;
  /** True if it has a derivative worth measuring. */
  smooth: boolean;
  /** True if it works element by element. */
  elementwise: boolean;
  /** True if its reference takes long. */
  costly?: boolean;
  /** True if it is no method of tensors, or not called with its operands alone. */
  free?: boolean;
}

/** Every case. */
export const CASES: readonly OpCase[] = [...ELEMENTWISE, ...SPECIAL, ...SHAPING, ...LINES];

/** Operands of a case: random, the same in every run, no two of one operand closer than 1/50. */
export function operands(row: OpCase, seed = 1): Nd[] {
  const random = randomFrom(seed);
  return row.shapes.map((shape, i) => {
    const [low, high] = row.domains[i]!;
    const n = count(shape);
    const offsets = uniform(random, n, 0, 1);
    const order = offsets.map((_, k) => k).sort((a, b) => offsets[a]! - offsets[b]!);
    const data = order.map((k) =>
      Math.fround(low + ((high - low) * (k + 0.5 * offsets[k]!)) / Math.max(n, 1)),
    );
    return build(shape, () => data.shift()!);
  });
}
