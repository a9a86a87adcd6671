// Each method that tapegrad/methods adds is the function of its name: values and derivatives, at every
// case that the tests of functions have.

import * as tapegrad from "tapegrad";
import { grad, isTensor, sum, Tensor, tensor, tree, vmap } from "tapegrad";
import { describe, expect, test } from "vitest";
import { ARRAY_CASES, arrayCall, arrayOperands } from "../ops/array-cases.js";
import { CASES, operands } from "../ops/cases.js";
import { toTensor } from "../ops/ndarray.js";
import { f64, isPublic } from "../ops/support.js";

type Call = (...args: unknown[]) => unknown;
type Methods = Record<string, Call>;

const before = Object.getOwnPropertyNames(Tensor.prototype);
await import("tapegrad/methods");
const added = Object.getOwnPropertyNames(Tensor.prototype).filter((name) => !before.includes(name));
const properties = added.filter(
  (name) => Object.getOwnPropertyDescriptor(Tensor.prototype, name)!.get !== undefined,
);

const methods = added.filter((name) => !properties.includes(name));
const functions = { ...tapegrad.linalg, ...tapegrad.special, ...tapegrad } as Record<
  string,
  unknown
>;

/** Where the tensor is not the first argument of the function: how the method is called. */
const TURNED: Record<string, Call> = {
  choSolve: (factor, b) => (b as Tensor).choSolve(factor as [Tensor, boolean]),
  extract: (condition, x) => (x as Tensor).extract(condition as Tensor),
  luSolve: (factors, b) => (b as Tensor).luSolve(factors as [Tensor, Tensor]),
  polygamma: (n, x) => (x as Tensor).polygamma(n as Tensor),
  where: (condition, x, y) => (x as Tensor).where(condition as Tensor, y as Tensor),
};

const asMethod =
  (name: string): Call =>
  (...args) =>
    name in TURNED
      ? TURNED[name]!(...args)
      : (args[0] as Methods)[name]!.apply(args[0], args.slice(1));

interface Pair {
  title: string;
  name: string;
  free: Call;
  args: (x: Tensor[]) => unknown[];
  operands: () => Tensor[];
}

/** Cases of functions with a method that was added. */
const pairs: Pair[] = [];
const last = (path: string): string => path.replace(/^(linalg|special)\./, "");
for (const [title, row] of ARRAY_CASES) {
  const name = last(row.op);
  if (!methods.includes(name) || name === "resize" || !isPublic(row.op)) continue;
  const { call } = arrayCall(row, arrayOperands(row));
  const own = (x: Tensor[]): unknown[] => arrayCall(row, x).args;
  pairs.push({ title, name, free: call, args: own, operands: () => arrayOperands(row) });
}
/** What the cases of rows call otherwise than with their operands. */
const FURTHER: [string, ...unknown[]][] = [
  ["betainc", f64([0.5, 2]), f64([1, 3]), f64([0.25, 0.5])],
  ["floatPower", f64([0.5, 2, 3]), f64([2, -1, 0.5])],
  ["floatPower", tensor([2, 3], { dtype: "int32" }), -1],
  ["multigammaln", f64([2.5, 4]), 3],
  ["polygamma", 2, f64([0.5, 2])],
  ["zeta", f64([2, 3.5]), 1.5],
];
const apart = new Set(FURTHER.map(([name]) => name));
for (const row of CASES) {
  const name = last(row.op);
  if (!methods.includes(name) || name === "resize" || apart.has(name)) continue;
  const free = (functions[name] ?? functions[row.op]) as Call;
  const of = (): Tensor[] => operands(row).map((x) => toTensor(x));
  const title = `${row.op}, ${row.label}`;
  pairs.push({ title, name, free, args: (x) => x, operands: of });
}
for (const [name, ...given] of FURTHER) {
  const free = functions[name] as Call;
  const place = given.findIndex(isTensor);
  const args = ([x]: Tensor[]): unknown[] => given.map((one, i) => (i === place ? x : one));
  const title = `${name}, further`;
  pairs.push({ title, name, free, args, operands: () => [given[place] as Tensor] });
}

/** In a form that compares: every bit of every element. */
const plain = (y: unknown): unknown =>
  tree.map((part: unknown) => (isTensor(part) ? [part.dtype, part.shape, part.data()] : part), y);

/** The receiver is a tensor in most cases; others are of the function alone. */
const usable = pairs.filter(({ name, args, operands }) => {
  const all = args(operands());
  if (name === "where") return all.length === 3 && isTensor(all[1]);
  return isTensor(all[name in TURNED ? 1 : 0]);
});

describe("as a method", () => {
  test.each(usable.map((pair) => [pair.title, pair] as const))("%s", (_, pair) => {
    const { name, free, args, operands } = pair;
    expect(plain(asMethod(name)(...args(operands())))).toEqual(plain(free(...args(operands()))));
  });

  const weighed = (y: unknown): Tensor =>
    (tree.leaves(y) as unknown[])
      .filter((part): part is Tensor => isTensor(part) && part.dtype.startsWith("float"))
      .reduce((total, part, i) => total.add(sum(part).multiply(i + 0.5)), f64(0));

  test.each(usable.map((pair) => [pair.title, pair] as const))("gradient of %s", (_, pair) => {
    const of = (call: Call): unknown => {
      try {
        return plain(grad((x: Tensor[]) => weighed(call(...pair.args(x))))(pair.operands()));
      } catch (error) {
        // What has no derivative, or reads values, says the same.
        return (error as Error).message;
      }
    };
    expect(of(asMethod(pair.name))).toEqual(of(pair.free));
  });

  test("goes under vmap", () => {
    const f = (x: Tensor): Tensor => x.median(0).cov(x.at(0)).det().add(x.svd()[1].amax()).lgamma();
    const x = f64([
      [1, 2, 4],
      [3, 1, 5],
      [7, 2, 2],
    ]);
    const both = tapegrad.stack([x, x.multiply(2)]);
    const slopes = vmap(grad(f))(both) as Tensor;
    const want = (grad(f)(x.multiply(2)) as Tensor).toArray() as number[][];
    (slopes.at(1).toArray() as number[][]).forEach((row, i) =>
      row.forEach((value, j) => expect(value).toBeCloseTo(want[i]![j]!, 10)),
    );
  });
});

describe("what is added", () => {
  /** Tested below. */
  const APART = ["H", "imag", "mH", "real", "resize"];
  /** Second names of rows. */
  const SECOND = { lgamma: "gammaln", loggamma: "gammaln", psi: "digamma" };

  test("all of it is tested", () => {
    const tested = new Set([...usable.map(({ name }) => name), ...APART, ...Object.keys(SECOND)]);
    expect(added.filter((name) => !tested.has(name))).toEqual([]);
    expect(added.length).toBeGreaterThan(100);
  });

  test.each(Object.entries(SECOND))("%s is %s", (name, first) => {
    const x = f64([0.5, 2, 3.25]) as unknown as Methods;
    expect(plain(x[name]!())).toEqual(plain(x[first]!()));
  });

  test("hides nothing that Tensor had, and is not enumerable", () => {
    const above = Object.getPrototypeOf(Tensor.prototype) as object;
    expect(added.filter((name) => name in above)).toEqual([]);
    const x = tensor([1]);
    const seen: string[] = [];
    for (const name in x) seen.push(name);
    expect(added.filter((name) => seen.includes(name))).toEqual([]);
  });

  test("parts of numbers that are real are properties", () => {
    expect(properties.sort()).toEqual(["H", "imag", "mH", "real"]);
    const x = f64([
      [1, 2],
      [3, 4],
    ]);
    expect(x.real.toArray()).toEqual(x.toArray());
    expect(plain(x.imag)).toEqual(plain(tapegrad.imag(x)));
    expect(plain(x.H)).toEqual(plain(x.T));
    const three = tapegrad.stack([x, x.add(1), x.multiply(3)]);
    expect(plain(three.mH)).toEqual(plain(three.mT));
    expect(() => three.H).toThrow("H: needs a matrix, got [3,2,2]; mH takes the last axes");
  });

  test("resize is NumPy's method: zeros where there are no elements", () => {
    const x = f64([
      [1, 2],
      [3, 4],
    ]);
    expect(x.resize([3, 2]).toArray()).toEqual([
      [1, 2],
      [3, 4],
      [0, 0],
    ]);
    expect(x.resize(3).toArray()).toEqual([1, 2, 3]);
    expect(x.resize([2, 1, 2]).toArray()).toEqual([[[1, 2]], [[3, 4]]]);
    expect(x.resize([0]).toArray()).toEqual([]);
    const whole = tensor([7], { dtype: "int32" }).resize([2]);
    expect([whole.dtype, whole.toArray()]).toEqual(["int32", [7, 0]]);
    expect(f64([]).resize(2).toArray()).toEqual([0, 0]);
    const slope = grad((t: Tensor) => t.resize([5]).square().sum())(x) as Tensor;
    expect(slope.toArray()).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect(() => x.resize(-1)).toThrow(/^resize: /);
    expect(() => x.resize([1.5])).toThrow(/^resize: /);
  });

  test("errors speak in the name of the function", () => {
    expect(() => f64([1, 2]).det()).toThrow(/^linalg\.det: /);
    expect(() => f64([1, 2]).cross([1, 2, 3, 4])).toThrow(/^cross: /);
    expect(() => f64([1, 2]).fliplr()).toThrow(/^fliplr: /);
    expect(() => f64([1, 2]).quantile(2)).toThrow(/^quantile: /);
    expect(() => f64([1, 2]).where([true, false, true], 0)).toThrow(/^where: /);
  });
});
