// How compiled functions are tested: one of two equal worlds is compiled, the other one is not, and
// after every call results and state have the same bits.

import { compile, isTensor, type CompileOptions } from "tapegrad";
import { expect } from "vitest";

/** A function and the tensors from outside that it changes. */
export interface World {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  f: (...args: any[]) => unknown;
  state?: () => unknown;
}

/** A tree as it can be compared: tensors with dtype, shape and elements. */
export function seen(x: unknown): unknown {
  if (isTensor(x)) return { dtype: x.dtype, shape: x.shape, data: Array.from(x.data()) };
  if (ArrayBuffer.isView(x)) return [x.constructor.name, ...(x as Float64Array)];
  if (Array.isArray(x)) return x.map(seen);
  if (typeof x === "object" && x !== null) {
    return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, seen(value)]));
  }
  return x;
}

/** Fails unless a compiled world goes as one that is not; returns how many programs it took. */
export function expectSame(
  make: () => World,
  calls: readonly (() => unknown[])[],
  options?: CompileOptions,
): number {
  const [plain, recorded] = [make(), make()];
  const compiled = compile(recorded.f, options);
  for (const call of calls) {
    const want = seen(plain.f(...call()));
    expect(seen(compiled(...call()))).toEqual(want);
    if (plain.state) expect(seen(recorded.state!())).toEqual(seen(plain.state()));
  }
  const { length } = compiled.programs;
  compiled.dispose();
  return length;
}

/** The same call several times. */
export const times = (n: number, call: () => unknown[]): (() => unknown[])[] =>
  Array.from({ length: n }, () => call);
