// Derivatives checked for all combinations of arguments.
import { toList } from "./arguments.js";
import { checkOptions } from "./options.js";
import { checkGrads, type CheckOptions } from "./check.js";
import { describe } from "./convert.js";
import { checkFunction } from "./transforms/scope.js";

/** All choices of one element from each list, the last list changing fastest. */
function choices(lists: readonly (readonly unknown[])[]): unknown[][] {
  return lists.reduce<unknown[][]>(
    (found, list) => found.flatMap((before) => list.map((x) => [...before, x])),
    [[]],
  );
}

/**
 * {@link checkGrads} for every combination of candidates: `args` has a list of them per argument,
 * `keywords` one per property of the trailing options object (which f gets if there is any). Derivatives
 * are taken with respect to the arguments `argnums`. (HIPS combo_check.)
 *
 * @example
 * ```ts
 * // 2 · 3 · 2 checks of sum, with respect to its first argument
 * const arrays = [tensor([[1, 2]], { dtype: "float64" }), tensor([[3], [4]], { dtype: "float64" })];
 * comboCheck(sum, [0], [arrays, [null, 0, 1]], { keepdims: [false, true] });
 * ```
 * @throws the error of checkGrads, with the combination it belongs to; if argnums are no positions
 */
export function comboCheck(
  // `any`: parameters of an unannotated callback get no type otherwise.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  f: (...args: any[]) => unknown,
  argnums: readonly number[],
  args: readonly (readonly unknown[])[],
  keywords: Readonly<Record<string, readonly unknown[]>> = {},
  options?: CheckOptions,
): void {
  const who = "comboCheck";
  checkOptions(options, who, "modes order eps atol rtol");
  checkFunction(f, who);
  toList(args, "the list of arguments", who).forEach((choice, i) => {
    toList(choice, `the list for argument ${i}`, who);
  });
  if (typeof keywords !== "object" || keywords === null) {
    throw new TypeError(`${who}: keywords are ${describe(keywords)}, not an object`);
  }
  for (const name of Object.keys(keywords)) toList(keywords[name]!, `the list for ${name}`, who);
  for (const i of toList(argnums, "argnums", who)) {
    if (Number.isInteger(i) && i >= 0 && i < args.length) continue;
    throw new RangeError(`${who}: there is no argument ${describe(i)} among ${args.length}`);
  }
  const names = Object.keys(keywords);
  for (const values of choices([...args, ...names.map((name) => keywords[name]!)])) {
    const given = values.slice(0, args.length);
    const last = Object.fromEntries(names.map((name, i) => [name, values[args.length + i]]));
    const moving = (...moved: unknown[]): unknown => {
      const all = [...given];
      argnums.forEach((position, i) => (all[position] = moved[i]));
      return names.length === 0 ? f(...all) : f(...all, last);
    };
    try {
      checkGrads(
        moving,
        argnums.map((i) => given[i]),
        options,
      );
    } catch (error) {
      const text = [
        ...given.map(describe),
        ...names.map((name) => `${name}: ${String(last[name])}`),
      ];
      const said = error instanceof Error ? error.message : String(error);
      throw new Error(`${who}: at (${text.join(", ")}): ${said}`, { cause: error });
    }
  }
}
