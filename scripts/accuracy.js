// Measures every float function of the built library against a 60-digit reference, in both dtypes, and
// writes docs/accuracy.md. Fails if a function passes its bound or a special value is wrong.
//
//   npm run accuracy                    about a minute
//   npm run accuracy -- --quick         fewer points; does not write the document
//   npm run accuracy -- sin cos         only these; does not write the document
//   --evaluate=file.js                  measure that module's `evaluate(name, dtype, columns)` instead

import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { measure } from "./accuracy/measure.js";
import { domains, pairPoints, powerPoints, unaryPoints } from "./accuracy/points.js";
import { screen } from "./accuracy/reference.js";
import { failures, specials } from "./accuracy/specials.js";
import { sums } from "./accuracy/sums.js";

/** Functions with SIMD kernels of the library's own: tighter bounds, in ulp. */
const OWN = new Set(
  (
    "exp log sin cos tanh sigmoid erf exp2 expm1 log1p softplus sinh cosh asin acos atan " +
    "asinh acosh atanh tan log2 log10 hypot atan2"
  ).split(" "),
);
const EXACT = new Set(["sqrt", "reciprocal"]);
const OWN_BOUND = { float32: 2, float64: 1.5 };
const BOUND = 2.5;
const EXACT_BOUND = 0.5;
/** Functions whose terms cancel somewhere, as digamma's below 1, or that have many. */
const LOOSE = {
  betaln: 4,
  digamma: 3,
  i0e: 3,
  i1e: 3,
  logNdtr: 3,
  ndtri: 4,
  trigamma: 3,
  zeta: 3,
};
/** References that take long are asked for fewer points. */
const COSTLY = { zeta: 20, erfinv: 4, erfcinv: 4, ndtri: 4, i0e: 2, i1e: 2, betaln: 2 };

const loose = Object.entries(LOOSE)
  .map((entry) => entry.join(" "))
  .join(", ");

const options = process.argv.slice(2);
const quick = options.includes("--quick");
const chosen = options.filter((option) => !option.startsWith("--"));
const module = options.find((option) => option.startsWith("--evaluate="))?.slice(11);
const library = module ? undefined : await import("tapegrad");
const evaluate = library
  ? evaluateWith(library)
  : (await import(pathToFileURL(module).href)).evaluate;

/**
 * The library's value of a function at columns of arguments.
 * @param {Record<string, Function>} library
 */
function evaluateWith(library) {
  return (name, dtype, columns) =>
    (library[name] ?? library.special[name])(
      ...columns.map((column) => library.tensor(column)),
    ).data();
}

/** The bound of a function, in ulp. */
function boundOf(name, dtype) {
  if (EXACT.has(name)) return EXACT_BOUND;
  if (dtype === "float64" && name in LOOSE) return LOOSE[name];
  return OWN.has(name) ? OWN_BOUND[dtype] : BOUND;
}

/** How a function is computed, for the table. */
function methodOf(name) {
  if (EXACT.has(name)) return "one SIMD instruction";
  return OWN.has(name) ? "own SIMD" : "lane by lane";
}

/** Measures one function in one dtype. */
function run(name, dtype) {
  // float32 is screened in float64, so that points cost next to nothing.
  const all = dtype === "float32" ? 200_000 : 12_000 / (COSTLY[name] ?? 1);
  const count = all / (quick ? 10 : 1);
  const columns =
    name === "power"
      ? powerPoints(dtype, count)
      : name in domains
        ? unaryPoints(name, dtype, count)
        : pairPoints(name, dtype, count);
  const finer =
    dtype === "float32" && !(name in screen)
      ? evaluate(
          name,
          "float64",
          columns.map((column) => Float64Array.from(column)),
        )
      : undefined;
  return measure(name, dtype, columns, evaluate(name, dtype, columns), finer);
}

const rows = [];
const problems = [];
for (const name of Object.keys(specials)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const cells = [name];
  const worst = [];
  for (const dtype of ["float32", "float64"]) {
    const { max, mean, worst: at } = run(name, dtype);
    const bound = boundOf(name, dtype);
    // Half an ulp is reached, not passed, by a correctly rounded result; 1e-9 forgives the division.
    if (!(max <= bound + 1e-9)) {
      problems.push(
        `${name} in ${dtype}: ${max.toFixed(3)} ulp at ${at.join(", ")} (bound ${bound})`,
      );
    }
    cells.push(max.toFixed(2), mean.toFixed(2));
    worst.push(at.join(", "));
    problems.push(...failures(name, dtype, evaluate));
  }
  cells.push(...worst, methodOf(name));
  rows.push(cells);
  console.log(cells.slice(0, 5).join("\t"));
}

let section = "";
if (library && chosen.length === 0) {
  const measured = sums(library);
  section = measured.section;
  problems.push(...measured.problems);
}

const head = ["function", "float32 max", "mean", "float64 max", "mean"];
head.push("worst x (float32)", "worst x (float64)", "computed");
const line = (cells) => `| ${cells.join(" | ")} |`;
const table = [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
const document = `# Accuracy

Errors in units in the last place (ulp) of the result, against a 60-digit reference (decimal.js), over the
whole domain: sampled evenly in the exponent (subnormal and nearly overflowing numbers included), evenly on
the interesting intervals, and closely around the hard points (multiples of pi/2 for sin, cos and tan, up to
1e300). float64: 12,000 points per function. float32: 200,000 points, screened in float64; the worst
of them are measured against the reference. The points are the same in every run. \`logaddexp\` is measured
where an operand is positive, \`betaln\` where both are on one side of 1: elsewhere their terms may cancel.
Fewer points are those of float64 for \`zeta\` (600), \`erfinv\`, \`erfcinv\`, \`ndtri\` (3,000), \`betaln\`, \`i0e\` and
\`i1e\` (6,000).

${table}

Bounds: own SIMD at most 2 ulp in float32 and 1.5 in float64, lane by lane at most 2.5 (${loose}), one instruction 0.5
(correctly rounded). Special values (signed zeros, infinities, NaN, and the table of C99 for \`power\`) are checked
bit for bit. Results do not depend on the host, nor on an element's position in its tensor: nothing is
computed by the host's \`Math\`, and no multiplication is fused with an addition.

${section}
To measure again and rewrite this file: \`npm run accuracy\` (\`npm run accuracy -- --quick\` only checks).
`;

if (!quick && !module && chosen.length === 0) {
  mkdirSync(new URL("../docs/", import.meta.url), { recursive: true });
  writeFileSync(new URL("../docs/accuracy.md", import.meta.url), document);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log("every bound and every special value holds");
