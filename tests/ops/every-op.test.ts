// Every row of the op table: values against plain JavaScript, derivatives against measurement, and the
// laws that hold whatever the op is. A function that is exported and not listed here fails the suite.

import * as tapegrad from "tapegrad";
import { checkGrads, sum, Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { ARRAYS } from "../reference/arrays.js";
import { CASES, operands, type OpCase } from "./cases.js";
import { direction, flat, forward, inner, reverse, slope, type Multi } from "./measure.js";
import { toTensor, zip } from "./ndarray.js";
import { expectNear, expectSame, expectUlps, f64, FLOATS, isPublic, numbers } from "./support.js";

/** What the package exports beside ops. */
const OTHERS = new Set(
  (
    "Tensor arange eye fullLike getDefaultDtype isTensor ones onesLike setDefaultDtype " +
    "tensor zeros zerosLike grad valueAndGrad jvp vjp elementwiseGrad hessian jacobian " +
    "vmap compile noGrad stopGradient checkGrads memory resetPeakMemory tidy setFusion " +
    "useModule resultType registerNode ravelTree tree.all tree.flatten tree.leaves " +
    "tree.map tree.reduce tree.structure tree.transpose tree.unflatten " +
    "tree.TreeStructure gradAll batchJacobian jacfwd jacrev derivative jet taylor ggnvp " +
    "hvp makeHvp vhp jvpViaVjp linearize linearTranspose vjpFn vectorize profile Profile " +
    "setThreads setRelaxed threads floatPower customGradient customJvp customVjp " +
    "straightThrough gradients enableGrad inferenceMode isGradEnabled setGradEnabled " +
    "dual dualLevel undual variable zeroGrad clipGradNorm clipGradValue clipGlobalNorm " +
    "globalNorm tape Tape forward Accumulator makeProgram evalShape tap checkpoint " +
    "checkpointSequential checkpointName packSaved saveOnCpu savedResiduals RowSparse " +
    "policies.everythingSaveable policies.nothingSaveable policies.dotsSaveable " +
    "policies.dotsWithNoBatchDimsSaveable policies.saveOnlyTheseNames " +
    "policies.saveAnyNamesButThese policies.saveAnythingExceptTheseNames " +
    "policies.saveFromBothPolicies onGrads cond switchCase whileLoop fori scan mapOver " +
    "associativeScan odeint defineOp cg fixedPoint gmres implicitRoot linearSolve detectAnomaly " +
    "debug AnomalyError explain Explanation checkVjp checkJvp comboCheck checkEquivalent " +
    "assertFinite space Space histogramdd " +
    "applyAlongAxis applyOverAxes piecewise"
  ).split(" "),
);

/** Methods that are no functions. */
const METHODS = new Set(["at", "set", "addAt"]);

/** Second names. */
const ALIASES: Record<string, string> = {
  absolute: "abs",
  expit: "sigmoid",
  lgamma: "gammaln",
  loggamma: "gammaln",
  psi: "digamma",
  arccos: "acos",
  arccosh: "acosh",
  arcsin: "asin",
  arcsinh: "asinh",
  arctan: "atan",
  arctan2: "atan2",
  arctanh: "atanh",
  fix: "trunc",
  mod: "remainder",
  concat: "concatenate",
  div: "divide",
  mul: "multiply",
  neg: "negative",
  pow: "power",
  rint: "round",
  sub: "subtract",
};

/**
 * Names of what a module exports, those of its namespaces with a dot; what a namespace has from the
 * core is tested there.
 */
function exported(module: object, before = ""): string[] {
  return Object.entries(module).flatMap(([name, value]: [string, unknown]) => {
    if (before === "" && !isPublic(name)) return [];
    if (typeof value === "object" && value !== null) return exported(value, `${before}${name}.`);
    const own = before === "" || tapegrad[name as keyof typeof tapegrad] !== value;
    return own ? [before + name] : [];
  });
}

const every = CASES.map((row): [string, OpCase] => [`${row.op}, ${row.label}`, row]);
const smooth = every.filter(([, row]) => row.smooth);
const inputs = (row: OpCase, seed = 1): Tensor[] => operands(row, seed).map((x) => toTensor(x));
const listed =
  (row: OpCase): Multi =>
  (x) => [row.call(...x)];

describe("the table", () => {
  test("every exported function is tested", () => {
    const tested = new Set([...OTHERS, ...Object.keys(ALIASES), ...CASES.map((row) => row.op)]);
    // tests/ops/arrays.test.ts walks through these; methods alone have no export.
    for (const { op } of ARRAYS) if (!METHODS.has(op) && !op.startsWith("nn.")) tested.add(op);
    const names = exported(tapegrad);
    expect(names.filter((name) => !tested.has(name))).toEqual([]);
    expect([...tested].filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(Object.entries(ALIASES))("%s is %s", (alias, name) => {
    const row = CASES.find((other) => other.op === name)!;
    const call = tapegrad[alias as keyof typeof tapegrad] as (...x: unknown[]) => Tensor;
    const x = inputs(row);
    expectSame(name === "concatenate" ? call(x, 0) : call(...x), row.call(...x), alias);
  });

  const methods = every.filter(([, row]) => row.elementwise && row.op !== "where" && !row.free);
  test.each(methods)("%s: as a method", (_, row) => {
    const x = inputs(row);
    const [first, ...rest] = x as unknown as [
      Record<string, (...y: Tensor[]) => Tensor>,
      ...Tensor[],
    ];
    expectSame(first[row.op]!(...rest), row.call(...x), row.op);
  });
});

describe("values", () => {
  describe.each(FLOATS)("in %s", (dtype) => {
    test.each(every)("%s", (_, row) => {
      const given = operands(row);
      const want = row.reference(...given);
      const got = row.call(...given.map((x) => toTensor(x, dtype)));
      expect(got.shape).toEqual(want.shape);
      if (got.dtype !== "bool" && row.op !== "astype") expect(got.dtype).toBe(dtype);
      expectUlps(numbers(got), want.data, row.limit, dtype, row.op);
    });
  });
});

describe("derivatives", () => {
  test.each(smooth)("%s: measured to order 3 in every mix of modes", (_, row) => {
    const x = inputs(row);
    let level: [string, Multi][] = [["", listed(row)]];
    for (let order = 1; order <= 3; order++) {
      const next: [string, Multi][] = [];
      for (const [name, f] of level) {
        const v = direction(x, 10 + order);
        const w = direction(f(x), 20 + order);
        const measured = slope(f, x, v);
        const push: [string, Multi] = [`${name} jvp`, forward(f, v)];
        const pull: [string, Multi] = [`${name} vjp`, reverse(f, w)];
        const tangent = push[1](x);
        expectNear(flat(tangent), measured, push[0], 1e-8, 1e-9);
        const weights = flat(w);
        const along = measured.reduce((total, m, i) => total + m * weights[i]!, 0);
        const scale = measured.reduce((total, m, i) => total + Math.abs(m * weights[i]!), 1e-9);
        const cotangent = pull[1](x);
        expectNear([inner(cotangent, v)], [along], pull[0], 1e-8, 1e-8 * scale);
        // Against each other the modes are as exact as arithmetic allows.
        expectNear(
          [inner(cotangent, v)],
          [inner(w, tangent)],
          `${name} ⟨w, jvp⟩`,
          1e-12,
          1e-12 * scale,
        );
        next.push(push, pull);
      }
      level = next;
    }
  });

  test.each(smooth)("%s: checkGrads agrees", (_, row) => {
    checkGrads(row.call, inputs(row), { order: 2, eps: 1e-4 });
  });

  test.each(smooth)("%s: float32 is float64 rounded", (_, row) => {
    const given = operands(row);
    const at = (dtype: "float32" | "float64"): number[] => {
      const x = given.map((xi) => toTensor(xi, dtype));
      const f = listed(row);
      const first = reverse(f, direction(f(x), 3));
      const v = direction(x, 4);
      const push = forward(f, v)(x);
      const second = forward(first, v)(x);
      const g = first(x);
      // astype is called with "float64" whatever it is given.
      if (row.op !== "astype")
        for (const y of [...push, ...second, ...g]) expect(y.dtype).toBe(dtype);
      return [...flat(push), ...flat(g), ...flat(second)];
    };
    expectNear(at("float32"), at("float64"), "derivatives in float32", 2e-5, 1e-6);
  });

  test.each(every)("%s: constants pass nothing, and say so by zeros", (_, row) => {
    const x = inputs(row);
    const y = row.call(...x);
    if (y.dtype !== "bool") return;
    const one = f64(1);
    const f = (...args: Tensor[]): Tensor => sum(row.call(...args).astype("float64")).multiply(one);
    for (const g of reverse((args) => [f(...args)], [one])(x)) {
      expect(numbers(g).every((d) => d === 0)).toBe(true);
    }
  });
});

describe("one tensor as all operands", () => {
  const several = every.filter(
    ([, row]) => row.elementwise && row.shapes.length > 1 && row.label === "one shape",
  );
  test.each(several)("%s", (_, row) => {
    const [given] = operands({ ...row, domains: row.domains.map(() => [0.3, 2]) });
    const all = row.shapes.map(() => given!);
    const same = (x: Tensor): Tensor => row.call(...all.map(() => x));
    const x = toTensor(given!);
    expectUlps(
      numbers(same(x)),
      zip((...v) => row.reference(...v.map((s) => ({ shape: [], data: [s] }))).data[0]!, ...all)
        .data,
      Math.max(2, row.limit),
      "float64",
      row.op,
    );
    if (!row.smooth) return;
    const f: Multi = ([v]) => [same(v!)];
    const v = direction([x], 5);
    expectNear(flat(forward(f, v)([x])), slope(f, [x], v), "jvp", 1e-8, 1e-9);
    const w = direction(f([x]), 6);
    const measured = slope(f, [x], v);
    const along = measured.reduce((total, m, i) => total + m * w[0]!.data()[i]!, 0);
    expectNear([inner(reverse(f, w)([x]), v)], [along], "vjp", 1e-8, 1e-9);
  });
});
