// Where in the user's source values were made. Only while somebody wants to know: every op costs a
// stack trace then.
import * as wasm from "../wasm.js";

interface Origin {
  order: number;
  error: Error;
}

/** Origins that are kept at most. */
const MOST = 200_000;
const FRAMES = 40;
/** The place in a line of a stack trace, of V8, SpiderMonkey and JavaScriptCore. */
const PLACE = /((?:[a-z][a-z+.-]*:\/\/|\/|[A-Z]:[\\/]|node:)[^\s()]*?):(\d+):(\d+)\)?$/;

let origins: Origin[] = [];

function traced(): Error {
  const limited = Error as { stackTraceLimit?: number };
  const before = limited.stackTraceLimit;
  if (before !== undefined) limited.stackTraceLimit = FRAMES;
  const error = new Error();
  if (before !== undefined) limited.stackTraceLimit = before;
  return error;
}

/** Notes who makes the value with this creation number: the code that is running. */
export function noteOrigin(order: number): void {
  if (origins.length >= MOST) origins = origins.slice(MOST / 2);
  origins.push({ order, error: traced() });
}

/** Forgets all of them. */
export function forgetOrigins(): void {
  origins = [];
}

/**
 * The line that made a value; undefined if that is not known. A value without tensor, which a function
 * of the library has made on its way, belongs to the one that came next.
 */
export function originOf(at: number): string | undefined {
  return originOfOrder(wasm.core().tensorOrder(at));
}

function originOfOrder(order: number): string | undefined {
  let low = 0;
  let high = origins.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (origins[middle]!.order < order) low = middle + 1;
    else high = middle;
  }
  const origin = origins[low];
  return origin === undefined ? undefined : userLine(origin.error);
}

/** The line that the library was called from just now. */
export function lineNow(): string | undefined {
  return userLine(traced());
}

/** The innermost place of a stack trace outside of the library's folder. */
function userLine(error: Error): string | undefined {
  const places = (error.stack ?? "").split("\n").flatMap((line) => {
    const match = PLACE.exec(line.trim());
    return match === null ? [] : [{ file: match[1]!, text: `${match[1]}:${match[2]}:${match[3]}` }];
  });
  // The first place is this very file: its folder is the library's.
  const own = places[0]?.file.replace(/[^/\\]*$/, "");
  const outside = places.find(({ file }) => !file.startsWith(own ?? ""));
  return (outside ?? places.at(-1))?.text;
}
