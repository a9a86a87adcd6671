// Functions that are made of others speak in their own name.

/** What speaks for itself, whoever calls it. */
const OWN = /^(internal|tensor|detectAnomaly)$/;

/**
 * The error that an inner function threw, said of `who`, which is made of it. The build
 * (scripts/lib/naming.js) has every public function that is made of others pass what it throws here.
 */
export function saidOf(who: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = error;
  const name = /^([\w.]+): /.exec(message)?.[1];
  if (name === undefined || name === who || OWN.test(name)) return error;
  error.message = who + message.slice(name.length);
  // V8 has printed the message there already.
  if (stack?.includes(message) === true) error.stack = stack.replace(message, () => error.message);
  return error;
}
