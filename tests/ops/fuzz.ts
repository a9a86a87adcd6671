// Random programs over the whole table. Whatever tests/ops/cases and tests/reference/arrays call, a
// program may call, on values of any shape: they are brought into the domain of what is called. So a
// new function is here as soon as it has a case.

import * as tg from "tapegrad";
import { tensor, type Tensor } from "tapegrad";
import { expect } from "vitest";
import { ARRAY_CASES, arrayOperands, callArray, type ArrayCase } from "./array-cases.js";
import { CASES, operands, type OpCase, type Range } from "./cases.js";
import { direction, flat, forward, inner, reverse, slope, type Multi } from "./measure.js";
import { toTensor } from "./ndarray.js";
import { count, expectNear, numbers, randomFrom, shaped, uniform, type Float } from "./support.js";

/** Makes a new value of those that there are; `choice` decides what is left open, such as an axis. */
interface Step {
  name: string;
  arity: number;
  call(x: readonly Tensor[], choice: number): Tensor;
}

/** Larger values are averaged along an axis. */
const MOST = 48;
/** How far operands of functions with cases of their own move: less than any two of them differ by. */
const REACH = 0.002;

// --- elementwise functions: any shapes that broadcast, squeezed into the domain ---

const within = (x: Tensor, [low, high]: Range): Tensor =>
  tg.add(tg.multiply(tg.tanh(x), 0.475 * (high - low)), (low + high) / 2);

const fits = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((_, i) => {
    const [m, n] = [a.at(-1 - i), b.at(-1 - i)];
    return m === n || m === 1 || n === 1 || n === undefined;
  });

/** The operands, of which those that do not broadcast give their mean. */
function broadcast(x: readonly Tensor[]): Tensor[] {
  let shape: readonly number[] = [];
  return x.map((v) => {
    if (!fits(shape, v.shape) || !fits(v.shape, shape)) return tg.mean(v);
    shape = tg.add(tg.zeros(shape), tg.zeros(v.shape)).shape;
    return v;
  });
}

const elementwise = (row: OpCase): Step => ({
  name: row.op,
  arity: row.domains.length,
  call: (x) => row.call(...broadcast(x).map((v, i) => within(v, row.domains[i]!))),
});

// --- functions that have shapes of their own: on operands near those of their case ---

/** The elements of x, again and again, in another shape. */
function filling(x: Tensor, shape: readonly number[]): Tensor {
  const n = count(shape);
  const line = x.reshape([-1]);
  if (n === 0) return tg.zeros(shape, { dtype: x.dtype });
  const copies = Array<Tensor>(Math.ceil(n / x.size)).fill(line);
  return tg
    .concatenate(copies, 0)
    .slice([[0, n]])
    .reshape([...shape]);
}

/** What `call` gives near operands `at`, less what it gives there, magnified. */
function near(
  at: (dtype: Float) => Tensor[],
  call: (x: Tensor[]) => Tensor,
): (x: readonly Tensor[]) => Tensor {
  return (x) => {
    const dtype = x[0]!.dtype as Float;
    const base = at(dtype);
    const moved = base.map((b, i) =>
      tg.add(b, tg.multiply(tg.tanh(filling(x[i % x.length]!, b.shape)), REACH)),
    );
    return tg.multiply(tg.subtract(call(moved), call(base)), 1 / REACH);
  };
}

const shaping = (row: OpCase): Step => ({
  name: `${row.op} (${row.label})`,
  arity: row.shapes.length,
  call: near(
    (dtype) => operands(row).map((x) => toTensor(x, dtype)),
    (x) => row.call(...x),
  ),
});

/** All results that are floats, in one tensor. */
function together(results: readonly unknown[]): Tensor {
  const floats = results.filter(
    (y) => tg.isTensor(y) && y.dtype.startsWith("float") && y.size > 0,
  ) as Tensor[];
  return floats.length === 1
    ? floats[0]!
    : tg.concatenate(
        floats.map((y) => y.reshape([-1])),
        0,
      );
}

const array = (row: ArrayCase): Step => ({
  name: `${row.op}(${row.label})`,
  arity: row.operands.length,
  call: near(
    (dtype) => arrayOperands(row, dtype),
    (x) => together(callArray(row, x)),
  ),
});

// --- shapes, integers, bools: on values as they are ---

const last = (x: Tensor): Tensor => (x.ndim === 0 ? x.reshape([1]) : x);
const square = (x: Tensor): Tensor => tg.matmul(x, tg.transpose(x));
const axisOf = (x: Tensor, choice: number): number => choice % x.ndim;

/** Free of kinks, and defined for tensors of every shape with an axis. */
const PLAIN: Record<string, (x: Tensor, choice: number, y: Tensor) => Tensor> = {
  sum: (x, c) => tg.sum(x, axisOf(x, c)),
  mean: (x, c) => tg.mean(x, axisOf(x, c), { keepdims: true }),
  prod: (x, c) => tg.prod(x, axisOf(x, c), { keepdims: c % 2 === 0 }),
  transpose: (x) => tg.transpose(x),
  swapaxes: (x, c) => tg.swapaxes(x, axisOf(x, c), -1),
  ravel: (x) => tg.reshape(x, [-1]),
  column: (x) => tg.reshape(x, [-1, 1]),
  expandDims: (x, c) => (x.ndim > 3 ? x : tg.expandDims(x, axisOf(x, c))),
  squeeze: (x) => tg.squeeze(x),
  backwards: (x) => tg.slice(x, [[null, null, -1]]),
  "every other one": (x) => tg.slice(x, [[null, null, 2]]),
  broadcastTo: (x, c) => (x.ndim > 3 ? x : tg.broadcastTo(x, [2 + (c % 2), ...x.shape])),
  concatenate: (x, c) => tg.concatenate([x, tg.negative(x)], axisOf(x, c)),
  stack: (x) => tg.stack([x, tg.multiply(x, 0.5)], -1),
  matmul: (x) => square(x.ndim > 2 ? x.reshape([x.shape[0]!, -1]) : x),
  cumsum: (x, c) => tg.cumsum(x, axisOf(x, c)),
  cumprod: (x, c) => tg.cumprod(tg.tanh(x), axisOf(x, c)),
  softmax: (x, c) => tg.softmax(x, axisOf(x, c)),
  logSoftmax: (x, c) => tg.logSoftmax(x, axisOf(x, c)),
  logsumexp: (x, c) => tg.logsumexp(x, axisOf(x, c)),
  "times integers": (x) =>
    tg.multiply(x, tg.arange(0, x.size, 1, { dtype: "int32" }).reshape(x.shape)),
  "plus a bool": (x) => tg.add(x, tg.equal(tg.arange(x.shape.at(-1)!), 0)),
  where: (x, c, y) =>
    tg.where(tg.greater(tg.arange(x.shape.at(-1)!), c % 2), x, tg.mean(tg.square(y))),
  "as integers": (x, _, y) =>
    tg.add(x, tg.multiply(tg.mean(y), tg.sum(tg.ones(x.shape, { dtype: "int32" })))),
};

const plain = ([name, f]: [string, (typeof PLAIN)[string]]): Step => ({
  name,
  arity: 2,
  call: ([x, y], choice) => f(last(x!), choice, y!),
});

/** Steps by function: each function is as likely as any other, however many cases it has. */
const STEPS: Step[][] = ((): Step[][] => {
  const byName = new Map<string, Step[]>();
  const put = (name: string, step: Step): void => {
    byName.set(name, [...(byName.get(name) ?? []), step]);
  };
  for (const row of CASES) {
    if (!row.smooth || row.op === "astype") continue;
    if (!row.elementwise) put(row.op, shaping(row));
    else if (row.label === "one shape") put(row.op, elementwise(row));
  }
  for (const [, row] of ARRAY_CASES) {
    const size = (list: { data: unknown[] }[]): number =>
      list.reduce((sum, x) => sum + x.data.length, 0);
    const given = size(row.operands);
    const results = size(Array.isArray(row.want) ? row.want : [row.want]);
    if (row.smooth && given > 0 && given <= 40 && results > 0) put(row.op, array(row));
  }
  for (const row of Object.entries(PLAIN)) put(`plain ${row[0]}`, plain(row));
  return [...byName.values()];
})();

/** Number of functions that programs are made of. */
export const FUNCTIONS = STEPS.length;

/** Shapes of the inputs, and steps: function, case, operands counted back from the last value. */
export interface Program {
  shapes: number[][];
  steps: (readonly [name: number, row: number, x: number, y: number, z: number])[];
  seed: number;
}

const stepOf = ([name, row]: Program["steps"][number]): Step => {
  const rows = STEPS[name % STEPS.length]!;
  return rows[row % rows.length]!;
};

/** What a program calls, for messages. */
export function describe({ shapes, steps, seed }: Program): string {
  const inputs = shapes.map((shape) => `[${shape}]`).join(" ");
  return `${inputs}, seed ${seed}: ${steps.map((step) => stepOf(step).name).join(" → ")}`;
}

/** All values of a program; `scales` keep them near 1, and are found if there are none yet. */
function run({ steps }: Program, inputs: readonly Tensor[], scales: number[]): Tensor {
  const values = [...inputs];
  steps.forEach((step, i) => {
    const [, row, ...picks] = step;
    const { arity, call } = stepOf(step);
    const pick = (k: number): Tensor => values[values.length - 1 - (k % values.length)]!;
    const x = Array.from({ length: arity }, (_, k) => pick(picks[k % 3]! + Math.floor(k / 3)));
    let y = call(x, row);
    while (y.size > MOST) y = tg.mean(y, 0);
    if (y.size === 0) y = tg.add(tg.sum(y), tg.mean(x[0]!));
    const scale = (scales[i] ??= 1 / Math.max(1, ...numbers(y).map(Math.abs)));
    values.push(tg.multiply(y, scale));
  });
  const result = values.at(-1)!;
  const weights = shaped(uniform(randomFrom(5), result.size, -1, 1), result.shape);
  return tg.sum(tg.multiply(result, weights.astype(result.dtype)));
}

/** Fails unless all modes agree with each other, with differences, and nearly with float32. */
export function check(program: Program): void {
  const random = randomFrom(program.seed);
  const x = program.shapes.map((shape) => shaped(uniform(random, count(shape), -1, 1), shape));
  const scales: number[] = [];
  const value = run(program, x, scales).item();
  expect(Number.isFinite(value), `the value is ${value}`).toBe(true);
  const f: Multi = (args) => [run(program, args, scales)];
  const [u, v] = [direction(x, 1), direction(x, 2)];
  const one = [tensor(1, { dtype: "float64" })];
  const gradient = reverse(f, one);
  const push = forward(f, v);

  const g = gradient(x);
  const scale = Math.max(1, ...flat(g).map(Math.abs));
  expectNear(flat(push(x)), slope(f, x, v, 0.01), "jvp against differences", 1e-6, 1e-6 * scale);
  expectNear([inner(g, v)], flat(push(x)), "vjp against jvp", 1e-10, 1e-10 * scale);

  const hv = flat(forward(gradient, v)(x));
  const bigger = Math.max(scale, ...hv.map(Math.abs));
  const measured = slope(gradient, x, v, 0.01);
  expectNear(hv, measured, "jvp of vjp against differences", 1e-5, 1e-5 * bigger);
  const same = (got: number[], want: number[], what: string): void =>
    expectNear(got, want, what, 1e-9, 1e-9 * bigger);
  same(flat(reverse(push, one)(x)), hv, "vjp of jvp");
  same(flat(reverse(gradient, v)(x)), hv, "vjp of vjp");
  const along = flat(u).reduce((sum, ui, i) => sum + ui * hv[i]!, 0);
  same(flat(forward(push, u)(x)), [along], "jvp of jvp");

  const rounded = x.map((xi) => xi.astype("float32"));
  const [y] = f(rounded);
  expect(y!.dtype, "dtype in float32").toBe("float32");
  expectNear([y!.item()], [value], "value in float32", 0.02, 0.02);
}
