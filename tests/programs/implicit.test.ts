// Programs that put several transforms together: implicit models, filters, natural gradients, and tables
// whose gradients are rows, against closed forms and finite differences.
import {
  add,
  cg,
  checkGrads,
  compile,
  divide,
  exp,
  fixedPoint,
  grad,
  gradients,
  hvp,
  jvp,
  linearize,
  logSoftmax,
  logsumexp,
  matmul,
  multiply,
  ones,
  scan,
  softmax,
  square,
  stack,
  subtract,
  sum,
  tanh,
  tensor,
  variable,
  vjp,
  vmap,
  zeros,
  type Tensor,
} from "tapegrad";
import { embedding } from "tapegrad/nn";
import { expect, test } from "vitest";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (rows: number, columns: number): Tensor => tensor(pattern(rows, columns), float64);

test("a hidden Markov model: the gradient of the likelihood is the posterior", () => {
  const step = logSoftmax(f64(3, 3), -1);
  const likelihood = (b: Tensor): Tensor => {
    const forward = (a: Tensor, e: Tensor) =>
      [add(logsumexp(add(a.expandDims(1), step), 0), e), null] as const;
    return logsumexp(scan(forward, b.at(0), b.slice([[1, null]]))[0]);
  };
  const b = f64(7, 3);
  checkGrads(likelihood, [b], { order: 2 });
  const posterior = grad(likelihood)(b);
  expectClose(sum(posterior, 1), ones([7]));
  expectClose(compile(grad(likelihood))(b), posterior);
});

test("an equilibrium model, in every transform, and in compile with a bound", () => {
  const x = f64(4, 1).reshape([4]);
  const loss = (maxIter?: number) => (w: Tensor) =>
    sum(
      square(
        fixedPoint(
          (w, z) => tanh(add(matmul(w, z), x)),
          w,
          zeros([4], float64),
          maxIter === undefined ? {} : { maxIter },
        ),
      ),
    );
  const w = multiply(f64(4, 4), 0.2);
  checkGrads(loss(), [w], { order: 1 });
  const g = grad(loss())(w);
  expectClose(vmap(grad(loss()))(stack([w, multiply(w, 0.5)])).at(0), g);
  expectClose(compile(grad(loss(80)))(w), g, 1e-10);
  expectClose(jvp(grad(loss()), [w], [w])[1], hvp(loss())(w, w));
});

test("a natural gradient: products with the Fisher matrix, forth and back, in conjugate gradients", () => {
  const xs = f64(9, 3);
  const net = (w: Tensor): Tensor => softmax(matmul(xs, w), -1);
  const w = f64(3, 2);
  const [p, along] = linearize(net, w);
  const [, back] = vjp(net, w);
  const fisher = (v: Tensor): Tensor => add(back(divide(along(v), p))[0], multiply(v, 1e-3));
  const g = grad((w: Tensor) => sum(square(net(w))))(w);
  expectClose(fisher(cg(fisher, g)), g, 1e-9);
});

test("a penalty on the gradient of a table, and a step that is differentiated, by rows", () => {
  const at = tensor([4, 1, 4], { dtype: "int32" });
  const loss = (sparse: boolean) => (w: Tensor) => sum(exp(tanh(embedding(at, w, { sparse }))));
  const penalty = (w: Tensor): Tensor => sum(square(grad(loss(false))(w)));
  const w = variable(f64(6, 3));
  sum(square(gradients(loss(true)(w), w, { createGraph: true }))).backward();
  expectClose(w.grad, grad(penalty)(w.detach()));
  const after = (sparse: boolean) => (w: Tensor) =>
    loss(sparse)(subtract(w, multiply(0.1, grad(loss(sparse))(w))));
  expectClose(grad(after(true))(w.detach()), grad(after(false))(w.detach()));
  expect(after(true)(w).item()).toBe(after(false)(w).item());
});
