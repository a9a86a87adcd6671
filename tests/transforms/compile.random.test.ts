// compile(): functions put together at random, in every style and at every fusion.

import fc from "fast-check";
import {
  add,
  concatenate,
  floor,
  grad,
  greater,
  jvp,
  matmul,
  max,
  maximum,
  mean,
  multiply,
  noGrad,
  setFusion,
  sin,
  subtract,
  sum,
  tanh,
  tensor,
  valueAndGrad,
  vmap,
  where,
  zerosLike,
  type Dtype,
  type Tensor,
} from "tapegrad";
import { expect, test } from "vitest";
import { expectSame, type World } from "./recorded.js";

type Step = (u: Tensor, v: Tensor, a: Tensor | number) => Tensor;

const STEPS: Step[] = [
  add,
  multiply,
  (u) => sin(u),
  (u, v, a) => subtract(u, multiply(v, a)),
  maximum,
  (u, v) => where(greater(u, v), u, v),
  (u, v) => multiply(u, sum(v)),
  (u, v) => add(u, max(v, 1, { keepdims: true })),
  (u, v) => matmul(matmul(u, v.transpose()), u),
  (u) => u.slice([[null, null, -1]]),
  (u, v) => concatenate([u.slice([[0, 1]]), v.slice([[1, null]])], 0),
  (u) => u.transpose().reshape(u.shape),
  (u) => vmap((z: Tensor) => multiply(z, sum(z)))(u),
  (u, v) => grad((z: Tensor) => sum(multiply(sin(z), v)))(u),
  (u, v) => jvp((z: Tensor) => multiply(z, tanh(z)), [u], [v])[1],
  (u, v) => add(multiply(u.greater(0).astype(v.dtype), v), floor(v)),
  (u) => mean(u, 0, { keepdims: true }).broadcastTo(u.shape),
];

interface Plan {
  steps: [number, number, number][];
  shape: [number, number];
  dtype: Dtype;
  style: number;
}

const plans = fc.record<Plan>({
  steps: fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.nat(), fc.nat()), {
    minLength: 2,
    maxLength: 10,
  }),
  shape: fc.tuple(fc.constantFrom(1, 2, 3, 5, 40), fc.constantFrom(1, 3, 4, 30)),
  dtype: fc.constantFrom<Dtype>("float32", "float64"),
  style: fc.nat(3),
});

function filled({ shape: [n, m], dtype }: Plan, phase: number): Tensor {
  const data = Array.from({ length: n * m }, (_, i) => Math.sin(3 * i + phase));
  return tensor(data, { dtype }).reshape([n, m]);
}

/** A world of this plan: functional, imperative with and without state, or of a number. */
function world(plan: Plan): World {
  const body = (x: Tensor, w: Tensor, a: Tensor | number): Tensor => {
    const values = [x, w];
    for (const [step, i, k] of plan.steps) {
      const [u, v] = [values[i % values.length]!, values[k % values.length]!];
      values.push(tanh(STEPS[step]!(u, v, a)));
    }
    return values.reduce((total, v) => add(total, sum(multiply(v, v))), tensor(0.5));
  };
  const plain = filled(plan, 1);
  const w = tensor(plain, { requiresGrad: true });
  const speed = zerosLike(plain);
  const state = () => [w, w.grad, speed];
  const backward = (x: Tensor, a: number): Tensor => {
    const loss = body(x, w, a);
    loss.backward();
    return loss;
  };
  switch (plan.style) {
    case 0: {
      const both = (x: Tensor, a: number) =>
        valueAndGrad((x: Tensor, w: Tensor) => body(x, w, a), { argnums: [0, 1] })(x, plain);
      return { f: both };
    }
    case 1:
      return {
        f(x: Tensor, a: number) {
          const loss = backward(x, a);
          noGrad(() => w.assignSub(multiply(a, w.grad!)));
          w.grad = null;
          return loss;
        },
        state,
      };
    case 2:
      return {
        f(x: Tensor, a: number) {
          const loss = backward(x, a);
          noGrad(() => {
            speed.assign(add(multiply(speed, 0.9), w.grad!));
            w.assignSub(multiply(a, speed));
          });
          return [loss, w.grad];
        },
        state,
      };
    default:
      return { f: (x: Tensor, a: number) => grad((a: Tensor) => body(x, plain, a))(a) };
  }
}

test("random functions", () => {
  const before = setFusion(4096);
  try {
    fc.assert(
      fc.property(plans, fc.constantFrom(0, 64, 4096, Infinity), (plan, fusion) => {
        setFusion(fusion);
        const calls = [1, 2, 3].map((k) => () => [filled(plan, k), k / 10]);
        expect(expectSame(() => world(plan), calls)).toBe(1);
      }),
      { numRuns: 150 },
    );
  } finally {
    setFusion(before);
  }
});
