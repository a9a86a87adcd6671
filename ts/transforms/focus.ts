// A function of several arguments as one of those that are differentiated.
import { toArgnums } from "./scope.js";

/** Position of an argument, or positions of several. */
export type Argnums = number | readonly number[];

/** The argument at `argnums` (a list of them for a list), and f as a function of it. */
export function focus(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  argnums: Argnums | undefined,
  who: string,
): { x: unknown; f: (x: unknown) => unknown } {
  const list = toArgnums(argnums, args, who);
  const several = typeof argnums === "object";
  const call = (x: unknown): unknown => {
    const all = [...args];
    list.forEach((n, i) => (all[n] = several ? (x as unknown[])[i] : x));
    return f(...(all as never[]));
  };
  return { x: several ? list.map((n) => args[n]) : args[list[0]!], f: call };
}

/** The arguments of a call whose last one is a vector: `(...args, v)`. */
export function withVector(all: readonly unknown[], who: string): [unknown[], unknown] {
  if (all.length < 2) {
    throw new TypeError(`${who}: needs the function's arguments and then a vector`);
  }
  return [all.slice(0, -1), all[all.length - 1]];
}
