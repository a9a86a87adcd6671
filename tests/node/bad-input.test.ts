// Whatever a function is given in the place of an argument: a result, or one sentence that begins with
// its name. Afterwards the library works as before, and keeps nothing.

import { getDefaultDtype, isGradEnabled, isTensor, memory, tidy } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { goodCalls, uncalled, type GoodCall } from "./bad-input/calls.js";
import { BAD_VALUES } from "./bad-input/values.js";

const calls = goodCalls();

/** What a message may begin with: any name of the function, or of a namespace that it is in. */
const namesOf = new Map<unknown, Set<string>>();
for (const { name, call } of calls) {
  const names = namesOf.get(call) ?? new Set<string>();
  namesOf.set(call, names);
  const parts = name.replace("()", "").split(".");
  for (let i = 0; i < parts.length; i++) {
    names.add(parts.slice(i).join("."));
    names.add(parts.slice(0, i + 1).join("."));
  }
  if (parts[0] === "Tensor") names.add(`linalg.${parts[1]}`);
}
const everyName = new Set([...namesOf.values()].flatMap((names) => [...names]));

/** Their messages begin with the first name. */
const SECOND_NAMES = new Set(
  (
    "absolute amax amin arccos arccosh arcsin arcsinh arctan arctan2 arctanh concat degrees div " +
    "emptyLike expit fix lgamma loggamma mod mul neg pow psi radians rint sub trueDivide " +
    "Tensor.amax Tensor.amin Tensor.lgamma Tensor.loggamma Tensor.psi Tensor.trueDivide " +
    "Tensor.arctan2 Tensor.div Tensor.mod Tensor.mul Tensor.pow Tensor.rint Tensor.sub Tensor.var " +
    "nn.klDivLoss special.expit special.psi ravelTree() fixedPoint implicitRoot"
  ).split(" "),
);

/** Which call functions of the user: those speak in whatever name they like. */
const calling = new Set(
  calls.filter(({ name, args }) => name.endsWith("()") || tidy(() => args().some(hasFunction))),
);

function hasFunction(x: unknown): boolean {
  if (typeof x === "function") return true;
  return typeof x === "object" && x !== null && !isTensor(x) && Object.values(x).some(hasFunction);
}

/** What is wrong with what a call threw; undefined if nothing is. */
function fault(error: unknown, good: GoodCall): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  const { message } = error;
  const name = /^([\w.]+): /.exec(message)?.[1];
  const any = SECOND_NAMES.has(good.name) || calling.has(good) || name === "tensor";
  if (name === undefined || !(any ? everyName : namesOf.get(good.call)!).has(name)) {
    return `threw "${message}"`;
  }
  if (message.length > 400 || message.includes("\n")) return `said too much: "${message}"`;
  return undefined;
}

// Thousands of errors are thrown, of which only the message is read.
Error.stackTraceLimit = 0;

let turn = 0;

/** Everything that may stand in a place: one argument replaced, or the rest left out. */
function* attempts({ args, never }: GoodCall): Generator<[string, () => unknown[]]> {
  const count = tidy(() => args().length);
  turn++;
  for (let i = 0; i < count; i++) yield [`${i} arguments`, () => args().slice(0, i)];
  for (let i = 0; i <= count; i++) {
    for (const [k, { name, common, make }] of BAD_VALUES.entries()) {
      if (never?.has(name) === true || !(common || (k + i + turn) % 6 === 0)) continue;
      const list = (): unknown[] => {
        const all = args();
        all[i] = make();
        return all;
      };
      yield [`${name} as argument ${i}`, list];
    }
  }
}

/** The options that a function knows, as it tells who passes another one. */
function optionsOf({
  call,
  args,
}: GoodCall): readonly [place: number, names: string[]] | undefined {
  const count = tidy(() => args().length);
  for (let i = Math.max(0, count - 1); i <= count; i++) {
    try {
      tidy(() => {
        call(...args().slice(0, i), { unknownToAnybody: 1 });
      });
    } catch (error) {
      const known = /unknown option unknownToAnybody \(known: (.*)\)$/.exec(
        (error as Error).message,
      );
      if (known) return [i, known[1]!.split(", ")];
    }
  }
  return undefined;
}

/** Every option of the function, with values that are wrong almost everywhere. */
function* optionAttempts(good: GoodCall): Generator<[string, () => unknown[]]> {
  if (calling.has(good)) return;
  const options = optionsOf(good);
  for (const option of options?.[1] ?? []) {
    if (option === "requiresGrad") continue; // Leaves stay.
    for (const [k, { name, common, make }] of BAD_VALUES.entries()) {
      // Flags take anything for true or false, but the language wants no symbols and the like there.
      if (good.never?.has(name) === true || /symbol|bigint|prototype/.test(name)) continue;
      if (!common && (k + turn) % 6 !== 0) continue;
      const list = (): unknown[] => [...good.args().slice(0, options![0]), { [option]: make() }];
      yield [`${name} as ${option}`, list];
    }
  }
}

async function sweep(good: GoodCall): Promise<string[]> {
  const faults: string[] = [];
  for (const [what, args] of [...attempts(good), ...optionAttempts(good)]) {
    try {
      let result: unknown;
      tidy(() => {
        result = good.call(...args());
      });
      await (result as Promise<unknown>);
    } catch (error) {
      const found = fault(error, good);
      if (found !== undefined) faults.push(`${good.name}: ${what}: ${found}`);
    }
  }
  return faults;
}

/** tidy() leaves leaves alone, and programs stay with their function: garbage collection takes both. */
const KEEPING = new Set(
  "clipGradNorm clipGradValue compile() explain gradients makeProgram onGrads trace variable zeroGrad".split(
    " ",
  ),
);

/** By the first part of the name, so that a failure says where. */
const families = new Map<string, GoodCall[]>();
for (const good of calls) {
  const parts = good.name.split(".");
  const family = parts.length > 1 ? parts.slice(0, -1).join(".") : `functions in ${good.name[0]!}`;
  families.set(family, [...(families.get(family) ?? []), good]);
}

test("no public function is left out", () => {
  expect(uncalled(calls)).toEqual([]);
  expect(calls.length).toBeGreaterThan(900);
});

describe.each([...families])("%s", (_, list) => {
  test("refuses what it cannot use in one sentence, and keeps nothing", async () => {
    const faults: string[] = [];
    for (const good of list) {
      const before = memory().nodes;
      const start = turn;
      faults.push(...(await sweep(good)));
      const once = memory().nodes;
      // Constants may have been cached the first time.
      if (once > before) {
        turn = start;
        await sweep(good);
      }
      const more = memory().nodes - once;
      if (more > 0 && !KEEPING.has(good.name))
        faults.push(`${good.name}: ${more} nodes are left each time`);
    }
    expect(faults).toEqual([]);
    expect(getDefaultDtype()).toBe("float32");
    expect(isGradEnabled()).toBe(true);
    expectIntact();
  });
});
