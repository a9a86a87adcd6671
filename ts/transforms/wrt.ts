// Derivatives with respect to named parts of an argument that is an object: what else it holds is constant.
import { describe } from "../convert.js";
import { isPlainContainer, openNode } from "../tree.js";
import { toArgnums } from "./scope.js";

type Fn = (...args: never[]) => unknown;

/** A function of the parts of one argument in its place, and the arguments it gets. */
export interface PartsCall {
  call: Fn;
  args: readonly unknown[];
  /** Which argument it is. */
  argnum: number;
}

/** f as a function of the parts that `wrt` names. */
export function partsOf(
  who: string,
  f: Fn,
  given: readonly unknown[],
  argnums: number | readonly number[] | undefined,
  wrt: string | readonly string[],
): PartsCall {
  if (typeof argnums === "object") {
    throw new TypeError(`${who}: wrt names parts of one argument, but argnums is a list`);
  }
  const [n] = toArgnums(argnums, given, who) as [number];
  const node = openNode(given[n]);
  const whole = node === undefined ? given[n] : node.children;
  if (!isPlainContainer(whole) || Array.isArray(whole)) {
    throw new TypeError(
      `${who}: wrt names parts of an object, but argument ${n} is ${describe(given[n])}`,
    );
  }
  const names = typeof wrt === "string" ? [wrt] : wrt;
  for (const name of names) {
    if (typeof name === "string" && Object.hasOwn(whole, name)) continue;
    const known = Object.keys(whole).join(", ");
    throw new RangeError(
      `${who}: wrt holds ${describe(name)}, but the parts of argument ${n} are ${known || "none"}`,
    );
  }
  const parts = Object.fromEntries(names.map((name) => [name, whole[name]]));
  const call = (...args: unknown[]): unknown => {
    const all = { ...whole, ...(args[n] as object) };
    args[n] = node === undefined ? all : node.kind.unflatten(all, node.aux);
    return f(...(args as never[]));
  };
  return { call, args: given.map((arg, i) => (i === n ? parts : arg)), argnum: n };
}
