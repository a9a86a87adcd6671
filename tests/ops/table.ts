// docs/ops.md: what every function can do, found by calling it. Nothing here is written by hand: values
// and derivatives are tried on the operands of the cases, errors are those against references of many
// digits, and what happens at special points is what happens.

import * as tapegrad from "tapegrad";
import { elementwiseGrad, isTensor, tensor, type Tensor } from "tapegrad";
import elementary from "../reference/elementary.json" with { type: "json" };
import special from "../reference/special.json" with { type: "json" };
import { ARRAY_CASES, arrayOperands, callArray } from "./array-cases.js";
import { CASES, operands } from "./cases.js";
import { direction, flat, forward, inner, reverse, slope, type Multi } from "./measure.js";
import { toTensor } from "./ndarray.js";
import { FLOATS, numbers, shaped, ulps, type Float } from "./support.js";

/** One way to call a function: on these operands, and whether that gave what it should. */
interface Trial {
  f: Multi;
  x: Tensor[];
  right(): boolean;
  smooth: boolean;
}

/** Trials by function. */
function allTrials(): Map<string, Trial[]> {
  const trials = new Map<string, Trial[]>();
  const put = (op: string, trial: Trial): void => {
    trials.set(op, [...(trials.get(op) ?? []), trial]);
  };
  for (const row of CASES) {
    const given = operands(row);
    const x = given.map((xi) => toTensor(xi));
    const right = (): boolean => {
      const want = row.reference(...given).data;
      const got = numbers(row.call(...x));
      return got.every((y, i) => ulps(y, want[i]!, "float64") <= row.limit);
    };
    put(row.op, { f: (args) => [row.call(...args)], x, right, smooth: row.smooth });
  }
  for (const [, row] of ARRAY_CASES) {
    const x = arrayOperands(row);
    const floats = (list: unknown[]): Tensor[] =>
      list.filter((y) => isTensor(y) && y.dtype.startsWith("float")) as Tensor[];
    const right = (): boolean => {
      const want = (Array.isArray(row.want) ? row.want : [row.want]).flatMap((y) => y.data);
      const got = callArray(row, x).flatMap((y) => (isTensor(y) ? numbers(y) : [y as number]));
      return got.flat(9).every((y, i) => closeTo(Number(y), Number(want[i]), 1e-11));
    };
    const smooth = row.smooth && x.length > 0;
    put(row.op, { f: (args) => floats(callArray(row, args)), x, right, smooth });
  }
  return trials;
}

const closeTo = (got: number, want: number, tolerance: number): boolean =>
  got === want ||
  (Number.isNaN(got) && Number.isNaN(want)) ||
  Math.abs(got - want) <= tolerance * (1 + Math.abs(want));

const agree = (got: number[], want: number[], tolerance: number): boolean => {
  const scale = 1 + want.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  return got.every((y, i) => Math.abs(y - want[i]!) <= tolerance * scale);
};

/** ✓, or of how many trials it is true. */
function mark(trials: readonly Trial[], holds: (trial: Trial) => boolean): string {
  if (trials.length === 0) return "";
  const good = trials.filter(holds).length;
  return good === trials.length ? "✓" : `${good} of ${trials.length}`;
}

/** Values, vjp, jvp and second derivatives. */
function marks(trials: readonly Trial[]): string[] {
  const smooth = trials.filter((trial) => trial.smooth && trial.f(trial.x).length > 0);
  return [
    mark(trials, (trial) => trial.right()),
    mark(smooth, ({ f, x }) => {
      const [v, w] = [direction(x, 1), direction(f(x), 2)];
      const along = slope(f, x, v, 1e-3).reduce((sum, d, i) => sum + d * flat(w)[i]!, 0);
      return agree([inner(reverse(f, w)(x), v)], [along], 1e-6);
    }),
    mark(smooth, ({ f, x }) => {
      const v = direction(x, 1);
      return agree(flat(forward(f, v)(x)), slope(f, x, v, 1e-3), 1e-6);
    }),
    mark(smooth, ({ f, x }) => {
      const v = direction(x, 1);
      const gradient = reverse(f, direction(f(x), 2));
      return agree(flat(forward(gradient, v)(x)), slope(gradient, x, v, 1e-3), 1e-5);
    }),
  ];
}

type Rows = readonly (readonly number[])[];

/** Points and values of 17 digits, by function: so many operands, then the value. */
const REFERENCE = new Map<string, [operands: number, rows: Rows]>();
for (const group of [elementary, special.unary] as unknown as Record<string, Rows>[]) {
  for (const [name, rows] of Object.entries(group)) {
    REFERENCE.set(name, [name === "power" ? 2 : 1, rows]);
  }
}
for (const group of [special.binary, special.second] as unknown as Record<string, Rows>[]) {
  for (const [name, rows] of Object.entries(group)) REFERENCE.set(name, [2, rows]);
}
REFERENCE.set("betainc", [3, special.betainc]);

type Call = (...x: Tensor[]) => Tensor;

/** What "special.gamma" is. */
function named(path: string): Call {
  let found: unknown = tapegrad;
  for (const name of path.split(".")) found = (found as Record<string, unknown>)[name];
  return found as Call;
}

/** The largest error at the points of the reference, in ulps. */
function worst(name: string, dtype: Float): string {
  const known = REFERENCE.get(name);
  if (!known) return "";
  const [given, all] = known;
  const normal = (y: number): boolean =>
    dtype === "float64" || y === 0 || (Math.abs(y) < 1e38 && Math.abs(y) > 1e-37);
  const rows = all.filter((row) => row.slice(0, given + 1).every(normal));
  const x = Array.from({ length: given }, (_, i) =>
    shaped(
      rows.map((row) => row[i]!),
      undefined,
      dtype,
    ),
  );
  const got = numbers(named(name)(...x));
  return Math.max(...got.map((y, i) => ulps(y, rows[i]![given]!, dtype))).toFixed(1);
}

const POINTS = [0, Infinity, -Infinity, NaN];
const sign = (y: number): string =>
  Object.is(y, -0) ? "-0" : String(+y.toPrecision(4)).replace("Infinity", "∞");

/** Value and derivative at the special points; nothing for what does not work element by element. */
function specials(name: string): string[] {
  const row = CASES.find(
    (each) => each.op === name && each.elementwise && each.domains.length === 1,
  );
  if (!row) return POINTS.map(() => "");
  return POINTS.map((x) => {
    const at = tensor([x], { dtype: "float64" });
    const [y] = numbers(row.call(at));
    if (!row.smooth) return sign(y!);
    const [d] = numbers(elementwiseGrad(row.call)(at) as unknown as Tensor);
    return `${sign(y!)}; ${sign(d!)}`;
  });
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const HEAD = ["function", "cases", "value", "vjp", "jvp", "order 2", "float32", "float64"];

/** Names of the functions that the document has a row for. */
export const OPS = [...allTrials().keys()].sort((a, b) => (a < b ? -1 : 1));

/** The document. `rows` are the functions of the wasm's own table. */
export function document(rows: ReadonlySet<string>): string {
  const trials = allTrials();
  const head = [...HEAD, ...POINTS.map((x) => `at ${sign(x)}`)];
  const table = (names: readonly string[]): string =>
    [
      line(head),
      line(head.map(() => "---")),
      ...names.map((name) => {
        const own = trials.get(name)!;
        const errors = FLOATS.map((dtype) => worst(name, dtype));
        return line([
          `\`${name}\``,
          String(own.length),
          ...marks(own),
          ...errors,
          ...specials(name),
        ]);
      }),
    ].join("\n");
  return `# Functions

What every function can do, found by calling it: \`npm run ops\` writes this file, and no cell by hand.

- **cases**: calls that the tests have for it (\`tests/ops/cases\`, \`tests/reference/arrays\`); further tests do not count here
- **value**: ✓ if all cases give what plain JavaScript or NumPy gives
- **vjp**, **jvp**, **order 2**: ✓ if derivatives in reverse, forward, and forward over reverse agree with
  differences in all cases that have a derivative; nothing where it has none (integers, bools, steps)
- **float32**, **float64**: the largest error at the points of \`tests/reference\` (mpmath), in units in the
  last place; [accuracy.md](accuracy.md) has errors over whole domains
- **at 0, ∞, -∞, NaN**: value; derivative of functions of one operand. Derivatives at kinks are 0, as documented,
  and a derivative that does not exist is NaN

## Rows of the table

Kernels in wasm with rules of their own, the base of everything else.

${table(OPS.filter((name) => rows.has(name)))}

## Composed of rows

Their derivatives are those of the rows.

${table(OPS.filter((name) => !rows.has(name)))}
`;
}
