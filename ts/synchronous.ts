// Functions of users run within a scope, which ends when they return: what they return is no promise.

/** True for whatever `await` would wait for. */
export function isPromise(x: unknown): boolean {
  return typeof (x as { then?: unknown } | null | undefined)?.then === "function";
}

/** Throws if a function returned a promise: it would go on after its scope has ended. */
export function checkSynchronous(
  result: unknown,
  who: string,
  why = "no scope spans an await",
): void {
  if (isPromise(result)) throw new TypeError(`${who}: the function returned a promise; ${why}`);
}
