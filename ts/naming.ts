// Functions that are made of others speak in their own name.
//
// Only of what the library itself refuses: the build (scripts/lib/naming.js) has every `new RangeError(…)`
// of its modules, and the like, construct one of the kinds below, which remember what they made. An error of
// a user's own, which comes from a callback, a registered class or a getter, passes as it is.

/** The errors that this library made. */
const made = /* @__PURE__ */ new WeakSet<object>();

/** A kind of error as it was, whose errors are known as ours. */
function ours<Kind extends ErrorConstructor>(kind: Kind): Kind {
  return new Proxy<Kind>(kind, { construct });
}

interface V8Error {
  captureStackTrace?: (error: Error, below: unknown) => void;
}

function construct(kind: ErrorConstructor, args: unknown[], as: new () => Error): Error {
  const error = Reflect.construct(kind, args, as) as Error;
  made.add(error);
  // Stacks begin where it was thrown, not here; V8 alone has this.
  (Error as V8Error).captureStackTrace?.(error, construct);
  return error;
}

export const OurError = /* @__PURE__ */ ours(Error);
export const OurRangeError = /* @__PURE__ */ ours(RangeError);
export const OurSyntaxError = /* @__PURE__ */ ours(SyntaxError);
export const OurTypeError = /* @__PURE__ */ ours(TypeError);

/** What speaks for itself, whoever calls it. */
const OWN = /^(internal|tensor|detectAnomaly)$/;

/**
 * The error that an inner function threw, said of `who`, which is made of it. The build has every public
 * function that is made of others pass what it throws here.
 */
export function saidOf(who: string, error: unknown): unknown {
  if (!made.has(error as object)) return error;
  const ours = error as Error;
  const { message, stack } = ours;
  const name = /^([\w.]+): /.exec(message)?.[1];
  if (name === undefined || name === who || OWN.test(name)) return error;
  const said = who + message.slice(name.length);
  // Somebody may have frozen it on its way: then it stays as it is.
  if (!Reflect.set(ours, "message", said)) return error;
  // V8 has printed the message there already.
  if (stack?.includes(message) === true) ours.stack = stack.replace(message, () => said);
  return error;
}
