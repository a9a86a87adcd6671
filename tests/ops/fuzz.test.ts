// Random programs over the whole table, the same in every run: 300, or 100 where they are repeated; `npm run fuzz` tries 10,000 others.

import fc from "fast-check";
import { expect, test } from "vitest";
import { repeated } from "./support.js";
import { check, describe as described, FUNCTIONS, type Program } from "./fuzz.js";

const environment = (globalThis as { process?: { env: Record<string, string | undefined> } })
  .process?.env;
const runs = Number(environment?.["FUZZ_RUNS"] ?? (repeated ? 100 : 300));
const seed = Number(environment?.["FUZZ_SEED"] ?? 1);

const shape = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
const step = fc.tuple(fc.nat(9999), fc.nat(9999), fc.nat(3), fc.nat(5), fc.nat(5));
const program: fc.Arbitrary<Program> = fc.record({
  shapes: fc.array(shape, { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  seed: fc.nat(9999),
});

test(`${runs} programs`, { timeout: 1000 * 60 * 60 }, () => {
  const names = new Set<number>();
  const attempt = (each: Program): void => {
    for (const [name] of each.steps) names.add(name % FUNCTIONS);
    try {
      check(each);
    } catch (error) {
      throw new Error(`${described(each)}\n${(error as Error).message}`, { cause: error });
    }
  };
  fc.assert(fc.property(program, attempt), { seed, numRuns: runs });
  // Nearly every function had its turn.
  if (!repeated) expect(names.size).toBeGreaterThan(0.8 * FUNCTIONS);
});
