// What an inner function refuses is said of the one that was called; errors of users pass as they are.

import * as tg from "tapegrad";
import { clipGlobalNorm, globalNorm, matmul, nanmax, ones, registerNode } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";

/** What f throws. */
function thrownBy(f: () => unknown): unknown {
  try {
    f();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Holds the error that whoever opens it is to get. */
class Refusing {
  constructor(readonly error: unknown) {}
}
registerNode(Refusing, {
  flatten(x): [unknown[], null] {
    throw x.error;
  },
  unflatten: (): Refusing => new Refusing(undefined),
});

const withoutSetter = Object.create(Error.prototype, {
  message: { get: () => "add: read only" },
}) as unknown;

describe("an error of a user's own", () => {
  test.each([
    ["an error", new RangeError("add: of mine")],
    ["a frozen one", Object.freeze(new Error("sum: of mine"))],
    ["one whose message cannot be set", withoutSetter],
    ["no error at all", "multiply: a string"],
    ["nothing", undefined],
  ])("%s, from a callback among options", (_, error) => {
    const x = ones([2, 3]);
    const distanceFunction = () => {
      throw error;
    };
    const before = (error as Error | undefined)?.message;
    expect(thrownBy(() => nn.tripletMarginWithDistanceLoss(x, x, x, { distanceFunction }))).toBe(
      error,
    );
    expect((error as Error | undefined)?.message).toBe(before);
  });

  test.each([
    ["an error", new TypeError("globalNorm: of mine")],
    ["a frozen one", Object.freeze(new TypeError("globalNorm: of mine"))],
    ["one whose message cannot be set", withoutSetter],
  ])("%s, from a registered class", (_, error) => {
    const { message } = error as Error;
    for (const f of [globalNorm, (x: unknown) => clipGlobalNorm(x, 1)]) {
      expect(thrownBy(() => f([new Refusing(error)]))).toBe(error);
    }
    expect((error as Error).message).toBe(message);
  });

  test("from an option that is a getter", () => {
    const error = new Error("sum: of mine");
    const options = {
      get keepdims(): boolean {
        throw error;
      },
    };
    expect(thrownBy(() => nanmax([1, 2], null, options))).toBe(error);
    expect(error.message).toBe("sum: of mine");
  });
});

test("what is refused inside a callback speaks for itself", () => {
  const x = ones([2, 3]);
  const distanceFunction = () => matmul(x, x);
  expect(() => nn.tripletMarginWithDistanceLoss(x, x, x, { distanceFunction })).toThrow(
    /^matmul: inner sizes differ/,
  );
});

describe("an error of the library", () => {
  test("is said of the function that was called, in its stack too", () => {
    const round: unknown[] = [];
    round.push(round);
    expect(() => clipGlobalNorm(round, 1)).toThrow(/^clipGlobalNorm: containers are nested/);
    const said = thrownBy(() => nanmax([1, 2], 3)) as Error;
    expect(said.message).toMatch(/^nanmax: /);
    expect(said.stack).toContain("nanmax: ");
  });

  test("is of a kind that everybody knows", () => {
    const said = thrownBy(() => nanmax([1, 2], 3)) as Error;
    expect(said).toBeInstanceOf(RangeError);
    expect(said.constructor).toBe(RangeError);
    expect(Object.keys(said)).toEqual([]);
    // No frame of how it was made.
    expect(said.stack).not.toMatch(/construct/);
    const odd = thrownBy(() => tg.detectAnomaly(() => tg.grad((x: tg.Tensor) => tg.sqrt(x))(-1)));
    expect(odd).toBeInstanceOf(tg.AnomalyError);
    expect(odd).toBeInstanceOf(Error);
  });
});
