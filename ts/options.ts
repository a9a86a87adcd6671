// What functions are given last: an object of options, each with a name that the function knows.
import { describe } from "./convert.js";
import { isTypedArray, type TypedArray } from "./dtype.js";
import { isHandle } from "./handle.js";
import type { Tensor } from "./tensor.js";

/** True for a plain object, which no operand is. */
export function isOptions(x: unknown): x is object {
  if (typeof x !== "object" || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return prototype === null || prototype === Object.prototype;
}

/** What an argument is if it is no object of options. */
type Placed<P> = P extends readonly unknown[] | TypedArray | Tensor
  ? P
  : P extends object
    ? never
    : P;

/**
 * The last arguments of a function, options behind all others. They may stand earlier, in the place of an
 * argument that is left out: who takes `(x, axis, options)` is called `(x, options)` as well. With other
 * ones behind them they stay, and the function refuses them as an argument.
 */
export function trailing<P extends unknown[], O extends object>(
  ...given: [...P, O | undefined]
): [...{ [K in keyof P]: Placed<P[K]> }, O | undefined];
export function trailing(...given: unknown[]): unknown[] {
  const last = given.length - 1;
  const early = given.findIndex(isOptions);
  if (early >= 0 && early < last && given.slice(early + 1).every((x) => x === undefined)) {
    given[last] = given[early];
    given[early] = undefined;
  }
  return given;
}

/**
 * Throws if `options` are given and are no object, or have a name that is not among `names`, which are
 * separated by spaces.
 */
export function checkOptions(options: object | null | undefined, who: string, names: string): void {
  if (options !== undefined) check(options, who, names);
}

function check(options: unknown, who: string, names: string): void {
  if (
    typeof options !== "object" ||
    options === null ||
    Array.isArray(options) ||
    isTypedArray(options) ||
    isHandle(options)
  ) {
    const what = Array.isArray(options) ? "an array" : describe(options);
    const all = names.replaceAll(" ", ", ");
    throw new TypeError(`${who}: options are an object, { ${all} }, not ${what}`);
  }
  for (const key of Object.keys(options)) {
    if (!` ${names} `.includes(` ${key} `)) {
      throw new TypeError(`${who}: unknown option ${key} (${meant(key, names.split(" "))})`);
    }
  }
}

/** The name that was probably meant, as a question, or all there are. */
function meant(key: string, known: readonly string[]): string {
  const best = known.reduce((a, b) => (distance(key, b) < distance(key, a) ? b : a));
  return distance(key, best) <= Math.max(1, Math.min(3, key.length >> 1))
    ? `${best}?`
    : `known: ${known.join(", ")}`;
}

/** The number of letters to insert, leave out or replace, whatever their case; "_" counts nothing. */
function distance(a: string, b: string): number {
  const [from, to] = [a, b].map((x) => x.toLowerCase().replaceAll("_", "")) as [string, string];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[to.length]!;
}
