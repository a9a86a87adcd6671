// Models of probability, in several idioms: against PyTorch's numbers.

import {
  add,
  associativeScan,
  concatenate,
  cos,
  diagonal,
  divide,
  exp,
  expandDims,
  fixedPoint,
  fori,
  grad,
  gradients,
} from "tapegrad";
import {
  hessian,
  hvp,
  jacobian,
  jacrev,
  jvp,
  linalg,
  log,
  logSoftmax,
  logsumexp,
  matmul,
  mean,
  multiply,
  negative,
  sigmoid,
} from "tapegrad";
import {
  sign,
  scan,
  square,
  stack,
  stopGradient,
  subtract,
  sum,
  tanh,
  tensor,
  tril,
  valueAndGrad,
  variable,
  vjp,
  vmap,
} from "tapegrad";
import {
  tape,
  Tape,
  checkpoint,
  compile,
  eye,
  whileLoop,
  less,
  zeros,
  stats,
  trace,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { binaryCrossEntropyWithLogits } from "tapegrad/nn";
import { describe, test } from "vitest";
import { agree, data, f64, leaf } from "./support.js";
import oracle from "./oracle/models.json" with { type: "json" };

const float64 = { dtype: "float64" } as const;

test("a Gaussian process: evidence, its gradient and Hessian by logs of hyperparameters", () => {
  const [x, y] = [data(1, [9, 2], 2), data(2, [9])];
  const nlml = (theta: Tensor): Tensor => {
    const [length, amp, noise] = [0, 1, 2].map((i) => exp(theta.at(i))) as [Tensor, Tensor, Tensor];
    const sq = sum(square(subtract(expandDims(x, 1), x)), -1);
    const k = add(
      multiply(square(amp), exp(divide(multiply(-0.5, sq), square(length)))),
      multiply(noise, eye(9, 9, float64)),
    );
    const l = linalg.cholesky(k);
    const a = linalg.choSolve([l, true], y);
    return add(multiply(0.5, matmul(y, a)), sum(log(diagonal(l))));
  };
  const theta = f64([0.1, 0.3, -1]);
  agree(
    { value: nlml(theta), grad: grad(nlml)(theta), hessian: hessian(nlml)(theta) },
    oracle.gaussian_process,
  );
  const t = tensor(theta, { requiresGrad: true });
  nlml(t).backward();
  agree(t.grad, oracle.gaussian_process.grad);
});

test("a flow of affine couplings", () => {
  const params = [2, 3, 4, 5].map((s) => data(s, [2, 4]));
  const x = data(1, [6, 4]);
  const flow = (params: Tensor[], x: Tensor): [Tensor, Tensor] => {
    let z = x;
    let logdet: Tensor = zeros([], float64);
    for (let i = 0; i < 2; i++) {
      const [a, b] = [z.at(":2"), z.at("2:")];
      const net = tanh(matmul(a, params[2 * i]!));
      const scale = tanh(matmul(net, params[2 * i + 1]!.transpose()));
      const shift = multiply(matmul(a, params[2 * i]!.at(":", ":2")), 0.5);
      z = concatenate([add(multiply(b, exp(scale)), shift), a]);
      logdet = add(logdet, sum(scale));
    }
    return [z, logdet];
  };
  const logp = (params: Tensor[], x: Tensor) => {
    const [z, logdet] = flow(params, x);
    return add(sum(stats.norm.logpdf(z)), logdet);
  };
  const byFormula = (params: Tensor[]) => vmap(logp, { inAxes: [null, 0] })(params, x);
  agree(
    { logp: byFormula(params), grads: grad((p: Tensor[]) => mean(byFormula(p)))(params) },
    oracle.real_nvp,
  );
  // The same volume by the Jacobian.
  const byJacobian = (params: Tensor[]) =>
    vmap((x: Tensor) => {
      const f = (x: Tensor) => flow(params, x)[0];
      return add(sum(stats.norm.logpdf(f(x))), linalg.slogdet(jacobian(f)(x))[1]);
    })(x);
  agree(
    { logp: byJacobian(params), grads: grad((p: Tensor[]) => mean(byJacobian(p)))(params) },
    oracle.real_nvp,
  );
});

test("a variational autoencoder", () => {
  const [x, eps] = [sigmoid(data(1, [5, 6], 3)), data(2, [5, 2])];
  const loss = ([enc, dec]: [Tensor, Tensor]) => {
    const h = matmul(x, enc);
    const [mu, logvar] = [h.at(":", ":2"), h.at(":", "2:")];
    const z = add(mu, multiply(exp(multiply(0.5, logvar)), eps));
    const bce = binaryCrossEntropyWithLogits(matmul(z, dec), x, { reduction: "sum" });
    const kl = multiply(-0.5, sum(subtract(subtract(add(1, logvar), square(mu)), exp(logvar))));
    return add(bce, kl);
  };
  const [value, grads] = valueAndGrad(loss)([data(3, [6, 4]), data(4, [2, 6])]);
  agree({ elbo: negative(value), grads }, oracle.vae);
});

describe("hidden Markov models", () => {
  const at = (): [Tensor, Tensor, Tensor] => [data(1, [3, 3]), data(2, [3]), data(3, [8, 3], 2)];
  const step =
    (la: Tensor) =>
    (alpha: Tensor, e: Tensor): [Tensor, null] => [
      add(logsumexp(add(expandDims(alpha, 1), la), 0), e),
      null,
    ];
  type F = (a: Tensor, pi: Tensor, e: Tensor) => Tensor;
  const ways: Record<string, F> = {
    loop: (a, pi, e) => {
      const la = logSoftmax(a, 1);
      let alpha: Tensor = add(logSoftmax(pi), e.at(0));
      for (let t = 1; t < 8; t++) alpha = step(la)(alpha, e.at(t))[0];
      return logsumexp(alpha);
    },
    scan: (a, pi, e) =>
      logsumexp(scan(step(logSoftmax(a, 1)), add(logSoftmax(pi), e.at(0)), e.at("1:"))[0]),
    "scan, checkpointed": (a, pi, e) =>
      logsumexp(
        scan(step(logSoftmax(a, 1)), add(logSoftmax(pi), e.at(0)), e.at("1:"), {
          checkpoint: true,
        })[0],
      ),
    whileLoop: (a, pi, e) => {
      const la = logSoftmax(a, 1);
      const [, alpha] = whileLoop(
        ([t]: [Tensor, Tensor]) => less(t, 8),
        ([t, alpha]: [Tensor, Tensor]) =>
          [add(t, 1), step(la)(alpha, e.at(t))[0]] as [Tensor, Tensor],
        [tensor(1, { dtype: "int32" }), add(logSoftmax(pi), e.at(0))] as [Tensor, Tensor],
      );
      return logsumexp(alpha);
    },
    associativeScan: (a, pi, e) => {
      const la = logSoftmax(a, 1);
      const m = add(la, expandDims(e.at("1:"), 1));
      const all = associativeScan(
        (x: Tensor, y: Tensor) => logsumexp(add(expandDims(x, -1), expandDims(y, -3)), -2),
        m,
      );
      return logsumexp(add(expandDims(add(logSoftmax(pi), e.at(0)), 1), all.at(-1)));
    },
    compile: (a, pi, e) => compile(ways["scan"]!)(a, pi, e),
  };
  for (const [name, f] of Object.entries(ways)) {
    test(name, () => {
      const value = f(...at());
      const g = grad(f, { argnums: [0, 1, 2] });
      const second = grad(
        (a: Tensor, pi: Tensor, e: Tensor) => sum(multiply(g(a, pi, e)[2], data(4, [8, 3]))),
        {
          argnums: [0, 2],
        },
      );
      agree({ value, grads: g(...at()), second: second(...at()) }, oracle.hmm);
      const leaves = at().map((x) => tensor(x, { requiresGrad: true })) as [Tensor, Tensor, Tensor];
      const z = f(...leaves);
      const first = gradients(z, leaves, { createGraph: true });
      sum(multiply(first[2], data(4, [8, 3]))).backward();
      agree([first, leaves[0].grad, leaves[2].grad], [oracle.hmm.grads, oracle.hmm.second]);
    });
  }
});

test("a conditional random field", () => {
  const path = [0, 2, 1, 3, 3, 0];
  const loss = (tr: Tensor, em: Tensor) => {
    const [alpha] = scan(
      (alpha: Tensor, e: Tensor) => [add(logsumexp(add(expandDims(alpha, 1), tr), 0), e), null],
      em.at(0),
      em.at("1:"),
    );
    const score = add(
      sum(em.at([0, 1, 2, 3, 4, 5], path)),
      sum(tr.at(path.slice(0, -1), path.slice(1))),
    );
    return subtract(logsumexp(alpha), score);
  };
  const [value, grads] = valueAndGrad(loss, { argnums: [0, 1] })(data(1, [4, 4]), data(2, [6, 4]));
  agree({ loss: value, grads }, oracle.crf);
});

describe("a Kalman filter", () => {
  const ys = data(3, [10, 1]);
  type F = (f: Tensor, h: Tensor, q: Tensor, r: Tensor) => Tensor;
  const step =
    (f: Tensor, h: Tensor, q: Tensor, r: Tensor) =>
    ([m0, c0]: [Tensor, Tensor], y: Tensor): [[Tensor, Tensor], Tensor] => {
      const m = matmul(f, m0);
      const c = add(matmul(matmul(f, c0), f.transpose()), multiply(exp(q), eye(2, 2, float64)));
      const s = add(matmul(matmul(h, c), h.transpose()), multiply(exp(r), eye(1, 1, float64)));
      const v = subtract(y, matmul(h, m));
      const gain = linalg.solve(s, matmul(h, c)).transpose();
      const ll = multiply(-0.5, add(matmul(v, linalg.solve(s, v)), linalg.slogdet(s)[1]));
      return [
        [add(m, matmul(gain, v)), subtract(c, matmul(matmul(gain, s), gain.transpose()))],
        ll,
      ];
    };
  const start = (): [Tensor, Tensor] => [zeros([2], float64), eye(2, 2, float64)];
  const ways: Record<string, F> = {
    loop: (f, h, q, r) => {
      let state = start();
      let total: Tensor = f64(0);
      for (let t = 0; t < 10; t++) {
        const [next, ll] = step(f, h, q, r)(state, ys.at(t));
        state = next;
        total = add(total, ll);
      }
      return total;
    },
    scan: (f, h, q, r) => sum(scan(step(f, h, q, r), start(), ys)[1]),
    "scan, checkpointed": (f, h, q, r) =>
      sum(scan(step(f, h, q, r), start(), ys, { checkpoint: true })[1]),
    compile: (f, h, q, r) => compile(ways["scan"]!)(f, h, q, r),
  };
  const at = (): [Tensor, Tensor, Tensor, Tensor] => [
    data(1, [2, 2]),
    data(2, [1, 2]),
    f64(-1),
    f64(-0.5),
  ];
  for (const [name, way] of Object.entries(ways)) {
    test(name, () => {
      const g = grad(way, { argnums: [0, 1, 2, 3] });
      const second = grad(
        (f: Tensor, h: Tensor, q: Tensor, r: Tensor) => add(g(f, h, q, r)[2], g(f, h, q, r)[3]),
        { argnums: [0, 2, 3] },
      );
      agree({ value: way(...at()), grads: g(...at()), second: second(...at()) }, oracle.kalman);
      const leaves = at().map((x) => variable(x)) as [Tensor, Tensor, Tensor, Tensor];
      way(...leaves).backward();
      agree(
        leaves.map((x) => x.grad),
        oracle.kalman.grads,
      );
    });
  }
});

test("a mixture of Gaussians with full covariances", () => {
  const x = data(1, [8, 2], 2);
  const value = (w: Tensor, mu: Tensor, raw: Tensor) => {
    const each = vmap(
      (mu: Tensor, raw: Tensor) => {
        const l = add(tril(raw, -1), multiply(exp(raw), eye(2, 2, float64)));
        const z = linalg.solveTriangular(l, subtract(x, mu).transpose(), { lower: true });
        return subtract(multiply(-0.5, sum(square(z), 0)), sum(log(diagonal(l))));
      },
      { outAxes: 1 },
    )(mu, raw);
    return sum(logsumexp(add(logSoftmax(w), each), 1));
  };
  const [v, grads] = valueAndGrad(value, { argnums: [0, 1, 2] })(
    data(2, [3]),
    data(3, [3, 2]),
    data(4, [3, 2, 2]),
  );
  agree({ value: v, grads }, oracle.mixture);
});

test("Hamiltonian Monte Carlo: the end of a trajectory by its step size and start", () => {
  const energy = (q: Tensor) =>
    add(multiply(0.5, square(q.at(0))), multiply(2, square(subtract(q.at(1), square(q.at(0))))));
  const end = (q: Tensor, eps: Tensor) => {
    const force = grad(energy);
    let z = q;
    let v = subtract(data(2, [2]), multiply(multiply(0.5, eps), force(z)));
    for (let i = 0; i < 10; i++) {
      z = add(z, multiply(eps, v));
      v = subtract(v, multiply(multiply(i < 9 ? 1 : 0.5, eps), force(z)));
    }
    return concatenate([z, v]);
  };
  const [q, eps] = [data(1, [2]), f64(0.1)];
  agree(end(q, eps), oracle.hamiltonian_monte_carlo.end);
  const [byQ, byEps] = jacobian(end, { argnums: [0, 1] })(q, eps);
  agree({ end: end(q, eps), by_q: byQ, by_eps: byEps }, oracle.hamiltonian_monte_carlo);
  agree(jvp((e: Tensor) => end(q, e), [eps], [f64(1)])[1], oracle.hamiltonian_monte_carlo.by_eps);
  const body = checkpoint((q: Tensor, eps: Tensor) => end(q, eps));
  agree(jacrev(body, { argnums: [0, 1] })(q, eps), [byQ, byEps]);
});

test("Sinkhorn's transport, unrolled and implicit", () => {
  const [x, y] = [data(1, [5, 2]), data(2, [6, 2])];
  const eps = 0.2;
  const costs = (x: Tensor) => sum(square(subtract(expandDims(x, 1), y)), -1);
  const update = (cost: Tensor, [, g]: [Tensor, Tensor]): [Tensor, Tensor] => {
    const f = multiply(eps, subtract(-Math.log(5), logsumexp(divide(subtract(g, cost), eps), 1)));
    const next = multiply(
      eps,
      subtract(-Math.log(6), logsumexp(divide(subtract(expandDims(f, 1), cost), eps), 0)),
    );
    return [f, next];
  };
  const start = (): [Tensor, Tensor] => [zeros([5], float64), zeros([6], float64)];
  const value = (potentials: (cost: Tensor) => [Tensor, Tensor]) => (x: Tensor) => {
    const cost = costs(x);
    const [f, g] = potentials(cost);
    return sum(multiply(exp(divide(subtract(add(expandDims(f, 1), g), cost), eps)), cost));
  };
  const unrolled = value((cost) =>
    fori(0, 50, (_, fg: [Tensor, Tensor]) => update(cost, fg), start()),
  );
  agree({ value: unrolled(x), grad: grad(unrolled)(x) }, oracle.sinkhorn);
  const long = value((cost) =>
    fori(0, 400, (_, fg: [Tensor, Tensor]) => update(cost, fg), start()),
  );
  // The potentials are known up to a constant: the mean of g is taken out.
  const centred = (cost: Tensor, fg: [Tensor, Tensor]): [Tensor, Tensor] => {
    const [f, g] = update(cost, fg);
    return [add(f, mean(g)), subtract(g, mean(g))];
  };
  const implicit = value((cost) => fixedPoint(centred, cost, start(), { tol: 1e-14 }));
  agree(implicit(x), long(x));
  agree(grad(implicit)(x), grad(long)(x), 1e-9);
});

test("soft dynamic time warping, scalar by scalar", () => {
  const value = (x: Tensor, y: Tensor) => {
    const r: (Tensor | undefined)[][] = Array.from({ length: 7 }, () => []);
    r[0]![0] = f64(0);
    for (let i = 1; i < 7; i++) {
      for (let j = 1; j < 6; j++) {
        const near = [r[i - 1]![j - 1], r[i - 1]![j], r[i]![j - 1]].filter((v) => v !== undefined);
        const soft = multiply(-0.3, logsumexp(divide(negative(stack(near)), 0.3)));
        r[i]![j] = add(square(subtract(x.at(i - 1), y.at(j - 1))), soft);
      }
    }
    return r[6]![5]!;
  };
  const [x, y] = [data(1, [6]), data(2, [5])];
  const [v, grads] = valueAndGrad(value, { argnums: [0, 1] })(x, y);
  agree(
    { value: v, grads, hvp: hvp((z: Tensor) => value(z, y))(x, data(3, [6])) },
    oracle.soft_dtw,
  );
  // A table with infinities around it, row by row.
  const table = (x: Tensor, y: Tensor) => {
    const inf = f64(Infinity);
    const [last] = scan(
      (above: Tensor, xi: Tensor) => {
        const row: Tensor[] = [inf];
        for (let j = 1; j < 6; j++) {
          const near = stack([above.at(j - 1), above.at(j), row[j - 1]!]);
          row.push(
            add(
              square(subtract(xi, y.at(j - 1))),
              multiply(-0.3, logsumexp(divide(negative(near), 0.3))),
            ),
          );
        }
        return [stack(row), null];
      },
      f64([0, Infinity, Infinity, Infinity, Infinity, Infinity]),
      x,
    );
    return last.at(5);
  };
  agree(
    {
      value: table(x, y),
      grads: grad(table, { argnums: [0, 1] })(x, y),
      hvp: hvp((z: Tensor) => table(z, y))(x, data(3, [6])),
    },
    oracle.soft_dtw,
  );
});

describe("score matching", () => {
  const [x, probe] = [data(3, [5, 3]), sign(data(4, [5, 3]))];
  const energy = (w1: Tensor, w2: Tensor) => (z: Tensor) =>
    negative(matmul(tanh(matmul(z, w1)), w2));
  const at = (): [Tensor, Tensor] => [data(1, [3, 6]), data(2, [6])];
  const exact = (w1: Tensor, w2: Tensor) =>
    sum(
      vmap((z: Tensor) => {
        const s = grad(energy(w1, w2));
        return add(multiply(0.5, sum(square(s(z)))), trace(jacobian(s)(z)));
      })(x),
    );
  const probed =
    (push: (s: (z: Tensor) => Tensor, z: Tensor, v: Tensor) => Tensor) =>
    (w1: Tensor, w2: Tensor) =>
      sum(
        vmap((z: Tensor, v: Tensor) => {
          const s = grad(energy(w1, w2));
          return add(multiply(0.5, sum(square(s(z)))), sum(multiply(v, push(s, z, v))));
        })(x, probe),
      );
  const pushes = {
    jvp: (s: (z: Tensor) => Tensor, z: Tensor, v: Tensor) => jvp(s, [z], [v])[1],
    vjp: (s: (z: Tensor) => Tensor, z: Tensor, v: Tensor) => vjp(s, z)[1](v)[0],
    "grad of grad": (s: (z: Tensor) => Tensor, z: Tensor, v: Tensor) =>
      grad((z: Tensor) => sum(multiply(s(z), v)))(z),
  };
  test("exact", () => {
    const [v, g] = valueAndGrad(exact, { argnums: [0, 1] })(...at());
    agree([v, g], [oracle.score_matching.exact, oracle.score_matching.exact_grads]);
  });
  for (const [name, push] of Object.entries(pushes)) {
    test(`Hutchinson's estimate by ${name}`, () => {
      const [v, g] = valueAndGrad(probed(push), { argnums: [0, 1] })(...at());
      agree([v, g], [oracle.score_matching.sliced, oracle.score_matching.sliced_grads]);
    });
  }
  test("imperative", () => {
    const [w1, w2] = [leaf(1, [3, 6]), leaf(2, [6])];
    const z = tensor(x, { requiresGrad: true });
    const s = gradients(sum(energy(w1, w2)(z)), z, { createGraph: true });
    const hv = gradients(sum(multiply(s, probe)), z, { createGraph: true });
    const loss = add(multiply(0.5, sum(square(s))), sum(multiply(hv, probe)));
    loss.backward();
    agree(
      [loss, w1.grad, w2.grad],
      [oracle.score_matching.sliced, oracle.score_matching.sliced_grads],
    );
  });
  test("tapes", () => {
    const [w1, w2] = [variable(data(1, [3, 6])), variable(data(2, [6]))];
    const { loss, g } = tape((outer) => {
      const hv = tape((middle) => {
        middle.watch(x);
        using inner = new Tape();
        inner.watch(x);
        const s = inner.gradient(sum(energy(w1, w2)(x)), x)!;
        return [s, middle.gradient(sum(multiply(s, probe)), x)!] as const;
      });
      const loss = add(multiply(0.5, sum(square(hv[0]))), sum(multiply(hv[1], probe)));
      return { loss, g: outer.gradient(loss, [w1, w2]) };
    });
    agree([loss, g], [oracle.score_matching.sliced, oracle.score_matching.sliced_grads]);
  });
});

test("policy gradients", () => {
  const [s, rewards] = [data(3, [6, 4]), data(4, [6])];
  const actions = tensor([0, 1, 2, 2, 1, 0], { dtype: "int32" });
  const [, returns] = scan(
    (acc: Tensor, r: Tensor) => {
      const next = add(r, multiply(0.9, acc));
      return [next, next];
    },
    f64(0),
    rewards,
    { reverse: true },
  );
  const loss = (w: Tensor, v: Tensor) => {
    const logp = logSoftmax(matmul(s, w), 1);
    const value = matmul(s, v);
    const adv = stopGradient(subtract(returns, value));
    const entropy = negative(sum(multiply(exp(logp), logp), 1));
    const chosen = logp.at([0, 1, 2, 3, 4, 5], actions);
    return subtract(
      add(
        negative(mean(multiply(chosen, adv))),
        multiply(0.5, mean(square(subtract(returns, value)))),
      ),
      multiply(0.01, mean(entropy)),
    );
  };
  const [value, grads] = valueAndGrad(loss, { argnums: [0, 1] })(data(1, [4, 3]), data(2, [4]));
  agree({ loss: value, grads }, oracle.reinforce);
});

test("Stein's variational gradient descent, differentiated", () => {
  const logp = (q: Tensor) => add(negative(sum(square(q))), cos(q.at(0)));
  const run = (x: Tensor) => {
    const kernel = (a: Tensor, b: Tensor) => exp(multiply(-0.5, sum(square(subtract(a, b)))));
    let z = x;
    for (let k = 0; k < 3; k++) {
      const particles = z;
      const phi = vmap((zi: Tensor) => {
        const each = vmap((zj: Tensor) =>
          add(multiply(kernel(zj, zi), grad(logp)(zj)), grad(kernel)(zj, zi)),
        )(particles);
        return divide(sum(each, 0), 5);
      })(particles);
      z = add(z, multiply(0.1, phi));
    }
    return z;
  };
  const x = data(1, [5, 2]);
  agree({ end: run(x), grad: grad((x: Tensor) => sum(square(run(x))))(x) }, oracle.svgd);
});
