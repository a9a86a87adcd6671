// Random programs: 200 expressions of up to a dozen ops, each measured by differences, and each
// derivative taken forward, in reverse, mixed, nested, batched, and in the imperative style.

import fc from "fast-check";
import * as tg from "tapegrad";
import { jvp, tensor, vmap, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { direction, flat, forward, inner, reverse, slope, type Multi } from "./measure.js";
import { expectNear, f64, numbers, randomFrom, shaped, uniform } from "./support.js";

/** A step makes a new value of those that there are. Values stay small, so that chains stay tame. */
type Step = { name: string; call: (x: Tensor, y: Tensor) => Tensor };

const column = (x: Tensor): Tensor => tg.mean(x, 1, { keepdims: true });
const row = (x: Tensor): Tensor => tg.mean(x, 0);

/** All values have shape [2, 3]. */
const STEPS: Step[] = [
  { name: "add", call: (x, y) => tg.add(x, tg.multiply(y, 0.5)) },
  { name: "subtract row", call: (x, y) => tg.subtract(x, row(y)) },
  { name: "multiply", call: (x, y) => tg.multiply(tg.tanh(x), y) },
  { name: "multiply column", call: (x, y) => tg.multiply(x, tg.tanh(column(y))) },
  { name: "divide", call: (x, y) => tg.divide(x, tg.add(2, tg.square(y))) },
  { name: "power", call: (x, y) => tg.power(tg.add(1, tg.square(x)), tg.tanh(y)) },
  { name: "square", call: (x) => tg.multiply(tg.square(x), 0.5) },
  { name: "sqrt", call: (x) => tg.sqrt(tg.add(0.5, tg.square(x))) },
  { name: "reciprocal", call: (x) => tg.reciprocal(tg.add(1.5, tg.square(x))) },
  { name: "exp", call: (x) => tg.exp(tg.tanh(x)) },
  { name: "expm1", call: (x, y) => tg.expm1(tg.multiply(0.3, tg.sin(tg.add(x, y)))) },
  { name: "log", call: (x) => tg.log(tg.add(1, tg.square(x))) },
  { name: "log1p", call: (x) => tg.log1p(tg.square(x)) },
  { name: "sin", call: (x) => tg.sin(x) },
  { name: "cos", call: (x, y) => tg.cos(tg.subtract(x, y)) },
  { name: "tanh", call: (x) => tg.tanh(x) },
  { name: "sigmoid", call: (x, y) => tg.sigmoid(tg.multiply(x, y)) },
  { name: "softplus", call: (x) => tg.softplus(x) },
  { name: "atan", call: (x) => tg.atan(x) },
  { name: "sinh", call: (x) => tg.sinh(tg.tanh(x)) },
  { name: "negative", call: (x) => tg.negative(x) },
  { name: "matmul", call: (x, y) => tg.matmul(tg.matmul(x, tg.transpose(y)), x).multiply(0.2) },
  {
    name: "outer",
    call: (x, y) =>
      tg.matmul(tg.sum(x, 1, { keepdims: true }), tg.expandDims(row(y), 0)).multiply(0.3),
  },
  { name: "rows reversed", call: (x) => tg.slice(x, [[null, null, -1]]) },
  {
    name: "columns joined",
    call: (x, y) => tg.concatenate([tg.slice(x, [null, [1]]), tg.slice(y, [null, [0, 1]])], 1),
  },
  { name: "stack", call: (x, y) => tg.mean(tg.stack([x, y, x], 1), 1) },
  { name: "fold", call: (x) => tg.transpose(tg.reshape(x, [3, 2])) },
  {
    name: "swap",
    call: (x, y) => tg.swapaxes(tg.add(tg.swapaxes(x, 0, 1), tg.transpose(y)), 0, 1),
  },
  { name: "spread", call: (x) => tg.broadcastTo(tg.sum(tg.multiply(x, 0.3), 0), [2, 3]) },
  {
    name: "product",
    call: (x, y) =>
      tg.multiply(tg.broadcastTo(tg.prod(tg.tanh(x), 1, { keepdims: true }), [2, 3]), y),
  },
  { name: "where", call: (x, y) => tg.where(MASK, x, y) },
  { name: "squeeze", call: (x) => tg.squeeze(tg.expandDims(x, [0, 2]), [0, 2]) },
];
const MASK = tensor([
  [true, false, true],
  [false, false, true],
]);

type Program = (readonly [step: number, x: number, y: number])[];

/** The value of a program: operands are counted back from the last value. */
function run(program: Program, inputs: readonly Tensor[]): Tensor {
  const values = [...inputs];
  for (const [step, x, y] of program) {
    const pick = (i: number): Tensor => values[values.length - 1 - (i % values.length)]!;
    values.push(STEPS[step]!.call(pick(x), pick(y)));
  }
  return tg.sum(
    tg.multiply(
      values.at(-1)!,
      f64([
        [1, -0.5, 0.25],
        [0.75, 0.5, -1],
      ]),
    ),
  );
}

const random = randomFrom(77);
const point = (): Tensor[] => [0, 1].map(() => shaped(uniform(random, 6, -1, 1), [2, 3]));

const programs = fc.sample(
  fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(3), fc.nat(5)), {
    minLength: 2,
    maxLength: 12,
  }),
  { seed: 42, numRuns: 200 },
) as Program[];
const named = programs.map((p, i): [string, Program] => [
  `${i}: ${p.map(([step]) => STEPS[step]!.name).join(", ")}`,
  p,
]);

test.each(named)("%s", (_, program) => {
  const x = point();
  const f: Multi = (args) => [run(program, args)];
  const [u, v] = [direction(x, 1), direction(x, 2)];
  const one = [f64(1)];
  const gradient = reverse(f, one);
  const push = forward(f, v);

  // First order: measured, forward, reverse.
  const measured = slope(f, x, v, 0.01);
  const scale = Math.max(1, ...flat(gradient(x)).map(Math.abs));
  const near = (got: number[], want: number[], what: string): void =>
    expectNear(got, want, what, 1e-11, 1e-11 * scale);
  expectNear(flat(push(x)), measured, "jvp against differences", 1e-7, 1e-7 * scale);
  near([inner(gradient(x), v)], flat(push(x)), "vjp against jvp");

  // Second order: measured, then all four mixes of modes. The Hessian is symmetric.
  const hv = forward(gradient, v)(x);
  expectNear(
    flat(hv),
    slope(gradient, x, v, 0.01),
    "Hessian · v against differences",
    1e-6,
    1e-6 * scale,
  );
  const bigger = Math.max(scale, ...flat(hv).map(Math.abs));
  const same = (got: number[], want: number[], what: string): void =>
    expectNear(got, want, what, 1e-10, 1e-10 * bigger);
  same(flat(reverse(push, one)(x)), flat(hv), "vjp of jvp");
  same(flat(reverse(gradient, v)(x)), flat(hv), "vjp of vjp");
  same(flat(forward(push, u)(x)), [inner(hv, u)], "jvp of jvp");

  // grad, elementwise loops over vmap, and backward() say the same.
  const g = tg.grad((a: Tensor, b: Tensor) => run(program, [a, b]), { argnums: [0, 1] })(
    ...(x as [Tensor, Tensor]),
  );
  near(flat(g), flat(gradient(x)), "grad");
  const leaves = x.map((xi) => tensor(xi, { requiresGrad: true }));
  run(program, leaves).backward();
  near(
    leaves.flatMap((leaf) => (leaf.grad ? numbers(leaf.grad) : Array<number>(6).fill(0))),
    flat(gradient(x)),
    "backward()",
  );
  const others = [x, point(), point()];
  const batch = [0, 1].map((i) => tg.stack(others.map((p) => p[i]!)));
  const mapped = vmap((a: Tensor, b: Tensor) => gradient([a, b]))(
    ...(batch as [Tensor, Tensor]),
  ) as Tensor[];
  near(
    flat(mapped),
    [0, 1].flatMap((i) => others.flatMap((p) => numbers(gradient(p)[i]!))),
    "vmap of grad",
  );
  const tangents = vmap(
    (d: Tensor) => jvp((a: Tensor) => run(program, [a, x[1]!]), [x[0]!], [d])[1],
  )(tg.eye(6, 6, { dtype: "float64" }).reshape([6, 2, 3]));
  near(numbers(tangents), numbers(gradient(x)[0]!), "vmap of jvp over the basis");
});

test("the programs use every step", () => {
  const used = new Set(programs.flat().map(([step]) => step));
  expect(used.size).toBe(STEPS.length);
});
