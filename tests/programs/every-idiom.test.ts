// Small programs of many kinds in every idiom and mixture of modes.

import {
  add,
  cond,
  cumsum,
  customVjp,
  divide,
  exp,
  expandDims,
  fixedPoint,
  fori,
  grad,
  greater,
  linalg,
  logSoftmax,
  logsumexp,
  matmul,
  mean,
  multiply,
  scan,
  sin,
  square,
  subtract,
  sum,
  tanh,
  vmap,
  zeros,
  eye,
  sigmoid,
  checkpoint,
  norm,
  implicitRoot,
  whileLoop,
  less,
  tensor,
  customJvp,
  cg,
  sort,
  relu,
  softmax,
  jacobian,
  hessian,
  trace,
  fft,
  customGradient,
  defineOp,
  switchCase,
  associativeScan,
  mapOver,
  ravelTree,
  stopGradient,
  interp,
  einsum,
  cumprod,
  convolve,
  logcumsumexp,
  quantile,
  cos,
  diagonal,
  log,
  where,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { test } from "vitest";
import { data, f64 } from "./support.js";
import { agreeInEveryIdiom } from "./idioms.js";
const float64 = { dtype: "float64" } as const;
const programs: Record<string, [(...xs: Tensor[]) => Tensor, Tensor[]]> = {
  mlp: [
    (w, b, v) => sum(square(matmul(tanh(add(matmul(data(5, [4, 3]), w), b)), v))),
    [data(1, [3, 4]), data(2, [4]), data(3, [4, 2])],
  ],
  rnn: [
    (w, u) =>
      sum(
        square(
          scan(
            (h: Tensor, x: Tensor) => {
              const n = tanh(add(matmul(h, w), matmul(x, u)));
              return [n, n];
            },
            zeros([3], float64),
            data(9, [5, 2]),
          )[1],
        ),
      ),
    [data(1, [3, 3]), data(2, [2, 3])],
  ],
  "rnn checkpointed": [
    (w, u) =>
      sum(
        square(
          scan(
            (h: Tensor, x: Tensor) => {
              const n = tanh(add(matmul(h, w), matmul(x, u)));
              return [n, n];
            },
            zeros([3], float64),
            data(9, [5, 2]),
            { checkpoint: 2 },
          )[1],
        ),
      ),
    [data(1, [3, 3]), data(2, [2, 3])],
  ],
  hmm: [
    (a, e) => {
      const la = logSoftmax(a, 1);
      return logsumexp(
        scan(
          (al: Tensor, x: Tensor) => [add(logsumexp(add(expandDims(al, 1), la), 0), x), null],
          e.at(0),
          e.at("1:"),
        )[0],
      );
    },
    [data(1, [3, 3]), data(2, [6, 3])],
  ],
  gp: [
    (t) => {
      const x = data(1, [5, 2]);
      const d = sum(square(subtract(expandDims(x, 1), x)), -1);
      const k = add(
        multiply(exp(t.at(0)), exp(multiply(d, multiply(-1, exp(t.at(1)))))),
        multiply(exp(t.at(2)), eye(5, 5, float64)),
      );
      const y = data(2, [5]);
      return add(multiply(0.5, matmul(y, linalg.solve(k, y))), multiply(0.5, linalg.slogdet(k)[1]));
    },
    [f64([0.1, 0.2, -0.5])],
  ],
  chol: [
    (m) => {
      const k = add(matmul(m, m.transpose()), eye(3, 3, float64));
      const l = linalg.cholesky(k);
      return add(
        sum(log(diagonal(l))),
        sum(square(linalg.solveTriangular(l, data(3, [3]), { lower: true }))),
      );
    },
    [data(1, [3, 3])],
  ],
  eigh: [
    (m) => {
      const [w, v] = linalg.eigh(add(m, m.transpose()));
      return add(sum(exp(w)), square(matmul(v.at(":", 2), data(4, [3]))));
    },
    [data(1, [3, 3])],
  ],
  svd: [
    (m) => {
      const [, s] = linalg.svd(m);
      return sum(square(s)).add(s.at(0));
    },
    [data(1, [3, 2])],
  ],
  deq: [
    (w, b) =>
      sum(
        square(
          fixedPoint(
            ([w, b]: Tensor[], z: Tensor) => tanh(add(matmul(w!, z), b!)),
            [w, b],
            zeros([3], float64),
            { tol: 1e-15 },
          ),
        ),
      ),
    [multiply(0.4, data(1, [3, 3])), data(2, [3])],
  ],
  root: [
    (a) =>
      sum(
        implicitRoot(
          (x: Tensor) => subtract(add(x, multiply(0.3, sin(x))), a),
          (f, x0) => fori(0, 30, (_, x: Tensor) => subtract(x, multiply(0.8, f(x))), x0),
          zeros([3], float64),
        ),
      ).add(sum(square(a))),
    [data(1, [3])],
  ],
  cg: [
    (m, b) => {
      const a = add(matmul(m, m.transpose()), multiply(2, eye(3, 3, float64)));
      return sum(square(cg((v: Tensor) => matmul(a, v), b, { tol: 1e-15 })));
    },
    [data(1, [3, 3]), data(2, [3])],
  ],
  maml: [
    (w) => {
      const loss = (w: Tensor, x: Tensor) => mean(square(sin(matmul(x, w))));
      const x = data(3, [4, 3]);
      let f = w;
      for (let i = 0; i < 2; i++) f = subtract(f, multiply(0.2, grad(loss)(f, x)));
      return loss(f, data(4, [4, 3]));
    },
    [data(1, [3])],
  ],
  "gradient penalty": [
    (w, v) =>
      mean(
        square(
          subtract(
            vmap((x: Tensor) => norm(grad((x: Tensor) => matmul(tanh(matmul(x, w)), v))(x)))(
              data(5, [4, 3]),
            ),
            1,
          ),
        ),
      ),
    [data(1, [3, 4]), data(2, [4])],
  ],
  cond: [
    (x) =>
      vmap((y: Tensor) =>
        cond(
          greater(y, 0),
          (y: Tensor) => sin(y),
          (y: Tensor) => multiply(y, exp(y)),
          y,
        ),
      )(x).sum(),
    [data(1, [5])],
  ],
  while: [
    (x) =>
      sum(
        whileLoop(
          ([i]: [Tensor, Tensor]) => less(i, 4),
          ([i, y]: [Tensor, Tensor]) =>
            [add(i, 1), multiply(0.7, sin(add(y, x)))] as [Tensor, Tensor],
          [tensor(0, { dtype: "int32" }), x] as [Tensor, Tensor],
        )[1],
      ),
    [data(1, [3])],
  ],
  "while in vmap": [
    (x) =>
      sum(
        vmap((y: Tensor) =>
          whileLoop(
            (z: Tensor) => less(z, 3),
            (z: Tensor) => add(multiply(z, 1.5), exp(multiply(-1, y))),
            y,
          ),
        )(x),
      ),
    [f64([0.5, 1.1, 2.7])],
  ],
  "custom vjp": [
    (x, y) =>
      sum(
        customVjp((a: Tensor, b: Tensor) => multiply(sin(a), b), {
          fwd: (a: Tensor, b: Tensor) => [multiply(sin(a), b), [a, b]],
          bwd: ([a, b]: Tensor[], g: Tensor) => [
            multiply(g, multiply(cos(a!), b!)),
            multiply(g, sin(a!)),
          ],
        })(square(x), y),
      ),
    [data(1, [3]), data(2, [3])],
  ],
  "custom jvp": [
    (x, y) =>
      sum(
        customJvp(
          (a: Tensor, b: Tensor) => multiply(sin(a), b),
          ([a, b]: [Tensor, Tensor], [da, db]: [Tensor, Tensor]) => [
            multiply(sin(a), b),
            add(multiply(da, multiply(cos(a), b)), multiply(db, sin(a))),
          ],
        )(square(x), y),
      ),
    [data(1, [3]), data(2, [3])],
  ],
  "custom gradient": [
    (x) =>
      sum(customGradient((a: Tensor) => [exp(a), (g: Tensor) => multiply(g, exp(a))])(x) as Tensor),
    [data(1, [3])],
  ],
  "define op": [
    (x, y) =>
      sum(
        defineOp({
          name: "f",
          forward: (a: Tensor, b: Tensor) => multiply(a, square(b)),
          ops: true,
          vjp: (g: Tensor, { inputs: [a, b] }) => [
            multiply(g, square(b as Tensor)),
            multiply(g, multiply(2, multiply(a as Tensor, b as Tensor))),
          ],
        })(x, y) as Tensor,
      ),
    [data(1, [3]), data(2, [3])],
  ],
  "define op by jvp": [
    (x) =>
      sum(
        defineOp({
          name: "f",
          forward: (a: Tensor) => sin(a),
          ops: true,
          jvp: [(t: Tensor, { inputs: [a] }) => multiply(t, cos(a as Tensor))],
        })(x) as Tensor,
      ),
    [data(1, [3])],
  ],
  "checkpoints in a vmap": [
    (w) =>
      sum(
        vmap((x: Tensor) =>
          checkpoint((x: Tensor) =>
            tanh(matmul(w, checkpoint((x: Tensor) => sin(matmul(w, x)))(x))),
          )(x),
        )(data(3, [4, 3])),
      ),
    [data(1, [3, 3])],
  ],
  attention: [
    (q, k) => sum(square(nn.scaledDotProductAttention(q, k, data(3, [4, 3]), { isCausal: true }))),
    [data(1, [4, 3]), data(2, [4, 3])],
  ],
  conv: [
    (k) => sum(square(nn.conv2d(data(2, [1, 2, 5, 5]), k, { padding: 1 }))).add(sum(tanh(k))),
    [data(1, [2, 2, 3, 3])],
  ],
  batchnorm: [
    (x) => sum(multiply(nn.batchNorm(x, null, null, { training: true }), data(3, [5, 2]))),
    [data(1, [5, 2])],
  ],
  layernorm: [(x) => sum(multiply(nn.layerNorm(x, [3]), data(3, [4, 3]))), [data(1, [4, 3])]],
  "log-det of a jacobian": [
    (w) => linalg.slogdet(jacobian((x: Tensor) => add(x, tanh(matmul(w, x))))(data(2, [3])))[1],
    [multiply(0.5, data(1, [3, 3]))],
  ],
  "hessian trace": [
    (w) => trace(hessian((x: Tensor) => sum(tanh(matmul(w, x))))(data(2, [3]))),
    [data(1, [3, 3])],
  ],
  fft: [
    (x) => {
      const [re, im] = fft.fft(x) as [Tensor, Tensor];
      return sum(multiply(square(re), square(im)));
    },
    [data(1, [6])],
  ],
  sorted: [
    (x) =>
      sum(multiply(sort(x), data(2, [5])))
        .add(sum(cumprod(x)))
        .add(quantile(x, 0.3)),
    [data(1, [5])],
  ],
  sinkhorn: [
    (x) => {
      const c = square(subtract(expandDims(x, 1), data(2, [4])));
      let g: Tensor = zeros([4], float64);
      let f: Tensor = zeros([3], float64);
      for (let i = 0; i < 8; i++) {
        f = multiply(-0.3, logsumexp(divide(subtract(g, c), 0.3), 1));
        g = multiply(-0.3, logsumexp(divide(subtract(expandDims(f, 1), c), 0.3), 0));
      }
      return sum(multiply(exp(divide(subtract(add(expandDims(f, 1), g), c), 0.3)), c));
    },
    [data(1, [3])],
  ],
  "associative scan": [
    (x) => sum(square(associativeScan((a: Tensor, b: Tensor) => matmul(a, b), x))),
    [data(1, [4, 2, 2])],
  ],
  "map over": [(x) => sum(mapOver((r: Tensor) => sin(sum(square(r))), x)), [data(1, [4, 2])]],
  switch: [
    (x) =>
      vmap((i: Tensor, y: Tensor) =>
        switchCase(i, [(y: Tensor) => sin(y), (y: Tensor) => exp(y), (y: Tensor) => square(y)], y),
      )(tensor([0, 1, 2, 1], { dtype: "int32" }), x).sum(),
    [data(1, [4])],
  ],
  ravel: [
    (x, y) => {
      const [v, un] = ravelTree({ x, y });
      const { x: a, y: b } = un(sin(v));
      return sum(multiply(a, sum(b)));
    },
    [data(1, [3]), data(2, [2, 2])],
  ],
  einsum: [
    (x, y) => sum(square(einsum("ij,jk,ik->i", x, y, data(3, [3, 4])))),
    [data(1, [3, 2]), data(2, [2, 4])],
  ],
  interp: [(x, y) => sum(interp(x, f64([-1, 0, 1]), y)), [data(1, [4]), data(2, [3])]],
  convolve: [(x, y) => sum(square(convolve(x, y))), [data(1, [5]), data(2, [3])]],
  logcumsumexp: [(x) => sum(square(logcumsumexp(x))), [data(1, [5])]],
  expm: [(m) => sum(multiply(linalg.expm(m), data(2, [3, 3]))), [data(1, [3, 3])]],
  "where and stop": [
    (x) => sum(where(greater(x, 0), multiply(x, stopGradient(x)), sigmoid(x))).add(sum(relu(x))),
    [data(1, [5])],
  ],
  lstsq: [(a, b) => sum(square(linalg.lstsq(a, b)[0])), [data(1, [4, 2]), data(2, [4])]],
  qr: [
    (a) => {
      const [q, r] = linalg.qr(a);
      return sum(multiply(q, data(2, [3, 2]))).add(sum(square(r)));
    },
    [data(1, [3, 2])],
  ],
  softmax: [
    (x) => sum(multiply(softmax(x), data(3, [2, 3]))).add(sum(cumsum(x, 1)).square()),
    [data(1, [2, 3])],
  ],
};
for (const [name, [f, args]] of Object.entries(programs)) {
  test(name, () => agreeInEveryIdiom(f, args));
}
