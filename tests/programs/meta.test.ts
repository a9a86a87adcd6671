// Derivatives through derivatives and through optimisation, in every idiom: against PyTorch's numbers.

import {
  abs,
  add,
  cg,
  diag,
  divide,
  exp,
  fori,
  ggnvp,
  grad,
  gradients,
  hessian,
  hvp,
} from "tapegrad";
import {
  implicitRoot,
  jacfwd,
  jacobian,
  jacrev,
  jvp,
  linalg,
  linspace,
  log,
  logSoftmax,
  matmul,
} from "tapegrad";
import {
  mean,
  memory,
  minimum,
  multiply,
  negative,
  noGrad,
  norm,
  power,
  prod,
  scan,
  sign,
} from "tapegrad";
import {
  square,
  stack,
  subtract,
  sum,
  tanh,
  tape,
  Tape,
  tree,
  valueAndGrad,
  variable,
  vjp,
  vmap,
} from "tapegrad";
import {
  clipGlobalNorm,
  eye,
  globalNorm,
  sin,
  stopGradient,
  tensor,
  zeros,
  zerosLike,
  compile,
  checkpoint,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { softplus } from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { agree, data, f64, leaf } from "./support.js";
import oracle from "./oracle/meta.json" with { type: "json" };

type Params = Tensor[];
const mlp = ([w1, b1, w2, b2]: Params, x: Tensor): Tensor =>
  add(matmul(tanh(add(matmul(x, w1!), b1!)), w2!), b2!);
const mlpParams = (inputs = 1, hidden = 5, make = data): Params => [
  make(1, [inputs, hidden]),
  make(2, [hidden]),
  make(3, [hidden, 1]),
  make(4, [1]),
];
const mse = (p: Params, x: Tensor, y: Tensor): Tensor => mean(square(subtract(mlp(p, x), y)));

describe("MAML", () => {
  const task = (i: number) => {
    const [x, xq] = [data(10 + i, [6, 1], 3), data(20 + i, [6, 1], 3)];
    return { x, y: sin(add(x, i)), xq, yq: sin(add(xq, i)) };
  };
  const tasks = [0, 1, 2].map(task);

  test("functional", () => {
    const outer = (params: Params): Tensor =>
      tasks
        .map(({ x, y, xq, yq }) => {
          let fast = params;
          for (let k = 0; k < 3; k++) {
            const g = grad(mse)(fast, x, y);
            fast = tree.map((w: Tensor, gw: Tensor) => subtract(w, multiply(0.1, gw)), fast, g);
          }
          return mse(fast, xq, yq);
        })
        .reduce((a, b) => add(a, b));
    const [loss, grads] = valueAndGrad(outer)(mlpParams());
    agree({ loss, grads }, oracle.maml);
    const compiled = compile((p: Params) => valueAndGrad(outer)(p));
    agree(compiled(mlpParams()), oracle.maml);
    agree(compiled(mlpParams()), oracle.maml);
  });

  test("functional, vmapped over tasks, the inner loop a checkpointed scan", () => {
    const all = tree.map((...xs: Tensor[]) => stack(xs), tasks[0]!, tasks[1]!, tasks[2]!);
    const one = (params: Params, { x, y, xq, yq }: typeof all): Tensor => {
      const [fast] = scan(
        (p: Params, _: null) => {
          const g = grad(mse)(p, x, y);
          return [p.map((w, i) => subtract(w, multiply(0.1, g[i]!))), null];
        },
        params,
        null,
        { length: 3, checkpoint: true },
      );
      return mse(fast, xq, yq);
    };
    const outer = (params: Params) => sum(vmap(one, { inAxes: [null, 0] })(params, all));
    const [loss, grads] = valueAndGrad(outer)(mlpParams());
    agree({ loss, grads }, oracle.maml);
  });

  test("imperative", () => {
    const before = memory();
    const params = mlpParams(1, 5, leaf);
    let total: Tensor = f64(0);
    for (const { x, y, xq, yq } of tasks) {
      let fast: Params = params;
      for (let k = 0; k < 3; k++) {
        const g = gradients(mse(fast, x, y), fast, { createGraph: true });
        fast = fast.map((w, i) => subtract(w, multiply(0.1, g[i]!)));
      }
      total = add(total, mse(fast, xq, yq));
    }
    total.backward();
    agree({ loss: total, grads: params.map((w) => w.grad!) }, oracle.maml);
    expect(before).toBeDefined();
  });

  test("imperative, the inner gradients by backward()", () => {
    const params = mlpParams(1, 5, leaf);
    let total: Tensor = f64(0);
    for (const { x, y, xq, yq } of tasks) {
      let fast: Params = params;
      for (let k = 0; k < 3; k++) {
        fast.forEach((w) => (w.isLeaf ? (w.grad = null) : w.retainGrad()));
        mse(fast, x, y).backward({ createGraph: true, inputs: fast });
        fast = fast.map((w) => subtract(w, multiply(0.1, w.grad!)));
      }
      total = add(total, mse(fast, xq, yq));
    }
    params.forEach((w) => (w.grad = null));
    total.backward();
    agree({ loss: total, grads: params.map((w) => w.grad!) }, oracle.maml);
  });

  test("tapes", () => {
    const params = mlpParams(1, 5, (s, shape) => variable(data(s, shape)));
    const { loss, grads } = tape((outer) => {
      let total: Tensor = f64(0);
      for (const { x, y, xq, yq } of tasks) {
        let fast: Params = params;
        for (let k = 0; k < 3; k++) {
          using inner = new Tape();
          inner.watch(fast);
          const g = inner.gradient(mse(fast, x, y), fast);
          fast = fast.map((w, i) => subtract(w, multiply(0.1, g[i]!)));
        }
        total = add(total, mse(fast, xq, yq));
      }
      return { loss: total, grads: outer.gradient(total, params) };
    });
    agree({ loss, grads }, oracle.maml);
  });
});

describe("meta-SGD", () => {
  const [x, y] = [data(10, [6, 1]), data(11, [6, 1])];
  const outer = (fast: Params) => sum(power(abs(subtract(mlp(fast, y), x)), 1.5));
  const adapt = (params: Params, rates: Params): Params => {
    let fast = params;
    for (let k = 0; k < 4; k++) {
      const g = grad((p: Params) => mse(p, x, y))(fast);
      fast = fast.map((w, i) => subtract(w, multiply(rates[i]!, g[i]!)));
    }
    return fast;
  };
  const rates = (): Params => mlpParams().map((w) => add(zerosLike(w), 0.05));

  test("functional", () => {
    const [params, byRates] = grad((p: Params, r: Params) => outer(adapt(p, r)), {
      argnums: [0, 1],
    })(mlpParams(), rates());
    const first = grad(outer)(adapt(mlpParams(), rates()));
    agree({ params, rates: byRates, first }, oracle.meta_sgd);
  });

  test("imperative, inner steps by backward, grads read and cleared", () => {
    const params = mlpParams(1, 5, leaf);
    const byRates = rates().map((r) => variable(r));
    let fast = params;
    for (let k = 0; k < 4; k++) {
      for (const w of fast) w.retainGrad();
      mse(fast, x, y).backward({ createGraph: true, inputs: fast });
      const next = fast.map((w, i) => subtract(w, multiply(byRates[i]!, w.grad!)));
      for (const w of fast) w.grad = null;
      fast = next;
    }
    outer(fast).backward();
    agree(
      [params.map((w) => w.grad), byRates.map((w) => w.grad)],
      [oracle.meta_sgd.params, oracle.meta_sgd.rates],
    );
  });
});

describe("hypergradients through 25 steps of momentum", () => {
  const [x, y, xv, yv] = [data(1, [12, 4]), data(2, [12]), data(3, [8, 4]), data(4, [8])];
  const inner = (w: Tensor, pen: Tensor) =>
    add(mean(square(subtract(matmul(x, w), y))), multiply(exp(pen), sum(square(w))));
  const val = (w: Tensor) => mean(square(subtract(matmul(xv, w), yv)));

  test("functional: fori, scan with checkpoints", () => {
    const run = (step: (lr: Tensor, mom: Tensor, pen: Tensor) => Tensor) => {
      const first = (lr: Tensor, mom: Tensor, pen: Tensor) =>
        grad(step, { argnums: [0, 1, 2] })(lr, mom, pen);
      const second = grad(
        (lr: Tensor, mom: Tensor, pen: Tensor) => first(lr, mom, pen).reduce((a, b) => add(a, b)),
        { argnums: [0, 1, 2] },
      );
      const at = [-1.5, 0.8, -2].map(f64) as [Tensor, Tensor, Tensor];
      agree(
        { value: step(...at), first: first(...at), second: second(...at) },
        oracle.hypergradient,
      );
    };
    run((lr, mom, pen) => {
      const [w] = fori(
        0,
        25,
        (_, [w, v]: [Tensor, Tensor]) => {
          const next = subtract(multiply(mom, v), multiply(exp(lr), grad(inner)(w, pen)));
          return [add(w, next), next] as [Tensor, Tensor];
        },
        [zeros([4], { dtype: "float64" }), zeros([4], { dtype: "float64" })] as [Tensor, Tensor],
      );
      return val(w);
    });
    run((lr, mom, pen) => {
      const [{ w }] = scan(
        ({ w, v }: { w: Tensor; v: Tensor }) => {
          const next = subtract(multiply(mom, v), multiply(exp(lr), grad(inner)(w, pen)));
          return [{ w: add(w, next), v: next }, null];
        },
        { w: zeros([4], { dtype: "float64" }), v: zeros([4], { dtype: "float64" }) },
        null,
        { length: 25, checkpoint: true },
      );
      return val(w);
    });
  });

  test("imperative, twice", () => {
    const [lr, mom, pen] = [-1.5, 0.8, -2].map((v) => variable(v, { dtype: "float64" })) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    let w: Tensor = zeros([4], { dtype: "float64", requiresGrad: true });
    let v: Tensor = zeros([4], { dtype: "float64" });
    for (let i = 0; i < 25; i++) {
      const g = gradients(inner(w, pen), w, { createGraph: true });
      v = subtract(multiply(mom, v), multiply(exp(lr), g));
      w = add(w, v);
    }
    const value = val(w);
    const first = gradients(value, [lr, mom, pen], { createGraph: true });
    const second = gradients(
      first.reduce((a, b) => add(a, b)),
      [lr, mom, pen],
    );
    agree({ value, first, second }, oracle.hypergradient);
  });

  test("tapes, twice", () => {
    const at = [-1.5, 0.8, -2].map((v) => variable(v, { dtype: "float64" })) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const [lr, mom, pen] = at;
    using second = new Tape();
    using first = new Tape();
    let w: Tensor = zeros([4], { dtype: "float64" });
    let v: Tensor = zeros([4], { dtype: "float64" });
    for (let i = 0; i < 25; i++) {
      const g = tape((t) => {
        t.watch(w);
        return t.gradient(inner(w, pen), w)!;
      });
      v = subtract(multiply(mom, v), multiply(exp(lr), g));
      w = add(w, v);
    }
    const value = val(w);
    const g = first.gradient(value, at);
    const gg = second.gradient(
      g.reduce<Tensor>((a, b) => add(a, b!), f64(0)),
      at,
    );
    agree({ value, first: g, second: gg }, oracle.hypergradient);
  });
});

describe("gradient penalty", () => {
  const params = (make = data): Params => [
    make(1, [4, 8]),
    make(2, [8]),
    make(3, [8, 1]),
    make(4, [1]),
  ];
  const x = data(5, [7, 4]);

  test("functional", () => {
    const critic = (p: Params, x: Tensor) => sum(mlp(p, x));
    const penalty = (p: Params) => {
      const norms = vmap((x: Tensor) => norm(grad(critic, { argnums: 1 })(p, x)))(x);
      return mean(square(subtract(norms, 1)));
    };
    const loss = (p: Params) => add(mean(mlp(p, x)), multiply(10, penalty(p)));
    const g = grad(loss)(params());
    agree(
      { penalty: penalty(params()), grads: g.slice(0, 3), bias: g[3] },
      oracle.gradient_penalty,
    );
  });

  test("imperative", () => {
    const p = params(leaf);
    const xs = tensor(x, { requiresGrad: true });
    const scores = mlp(p, xs);
    const gx = gradients(sum(scores), xs, { createGraph: true });
    const penalty = mean(square(subtract(norm(gx, 2, 1), 1)));
    add(mean(scores), multiply(10, penalty)).backward();
    agree(
      { penalty, grads: p.slice(0, 3).map((w) => w.grad), bias: p[3]!.grad },
      oracle.gradient_penalty,
    );
  });

  test("tapes", () => {
    const p = params((s, shape) => variable(data(s, shape)));
    using outer = new Tape();
    const gx = tape((t) => {
      t.watch(x);
      return t.gradient(sum(mlp(p, x)), x)!;
    });
    const penalty = mean(square(subtract(norm(gx, 2, 1), 1)));
    const g = outer.gradient(add(mean(mlp(p, x)), multiply(10, penalty)), p);
    agree({ penalty, grads: g.slice(0, 3), bias: g[3] }, oracle.gradient_penalty);
  });
});

test("implicit differentiation of a minimiser", () => {
  const [x, y, xv, yv] = [data(1, [12, 4]), data(2, [12]), data(3, [8, 4]), data(4, [8])];
  const objective = (w: Tensor, logs: Tensor) =>
    add(sum(square(subtract(matmul(x, w), y))), sum(multiply(exp(logs), square(w))));
  const logs = data(5, [4]);
  const solvers: Record<string, (logs: Tensor) => Tensor> = {
    closed: (logs) =>
      linalg.solve(add(matmul(x.transpose(), x), diag(exp(logs))), matmul(x.transpose(), y)),
    implicit: (logs) =>
      implicitRoot(
        (w: Tensor) => grad(objective)(w, logs),
        (f, w0) => subtract(w0, linalg.solve(jacobian(f)(w0) as Tensor, f(w0))),
        zeros([4], { dtype: "float64" }),
      ),
    "conjugate gradients": (logs) =>
      cg(
        (v: Tensor) => add(matmul(x.transpose(), matmul(x, v)), multiply(exp(logs), v)),
        matmul(x.transpose(), y),
        {
          tol: 1e-14,
        },
      ),
  };
  for (const [name, solve] of Object.entries(solvers)) {
    const outer = (logs: Tensor) => sum(square(subtract(matmul(xv, solve(logs)), yv)));
    try {
      agree(grad(outer)(logs), oracle.implicit_ridge.grad, 1e-9);
      agree(hessian(outer)(logs), oracle.implicit_ridge.hessian, 1e-9);
      const l = tensor(logs, { requiresGrad: true });
      outer(l).backward();
      agree(l.grad, oracle.implicit_ridge.grad, 1e-9);
    } catch (error) {
      throw new Error(name, { cause: error });
    }
  }
});

const logistic = (w: Tensor, x: Tensor, y: Tensor, penalty: Tensor | number): Tensor =>
  add(
    sum(softplus(multiply(negative(y), matmul(x, w)))),
    multiply(multiply(0.5, penalty), sum(square(w))),
  );
const newton = (x: Tensor, y: Tensor, penalty: Tensor | number): Tensor => {
  const f = (w: Tensor) => logistic(w, x, y, penalty);
  let w = zeros([3], { dtype: "float64" });
  for (let i = 0; i < 30; i++) w = subtract(w, linalg.solve(hessian(f)(w), grad(f)(w)));
  return w;
};

test("influence functions", () => {
  const [x, y] = [data(1, [10, 3]), sign(data(2, [10]))];
  const w = newton(x, y, 0.7);
  const h = hessian((v: Tensor) => logistic(v, x, y, 0.7))(w);
  const one = (w: Tensor, x: Tensor, y: Tensor) =>
    logistic(w, x.reshape([1, 3]), y.reshape([1]), 0);
  const each = vmap(grad(one), { inAxes: [null, 0, 0] })(w, x, y);
  const at = grad((v: Tensor) => logistic(v, data(3, [2, 3]), f64([1, -1]), 0))(w);
  agree({ w, influence: negative(matmul(each, linalg.solve(h, at))) }, oracle.influence);
  // By conjugate gradients over products with the Hessian.
  const f = (v: Tensor) => logistic(v, x, y, 0.7);
  const solved = cg((v: Tensor) => hvp(f)(w, v), at, { tol: 1e-14 });
  agree(negative(matmul(each, solved)), oracle.influence.influence, 1e-9);
});

test("Laplace's evidence, differentiated through the mode", () => {
  const [x, y] = [data(1, [10, 3]), sign(data(2, [10]))];
  const evidence = (solve: (a: Tensor) => Tensor) => (a: Tensor) => {
    const w = solve(a);
    const h = hessian((v: Tensor) => logistic(v, x, y, a))(w);
    return subtract(
      add(negative(logistic(w, x, y, a)), multiply(1.5, log(a))),
      multiply(0.5, linalg.slogdet(h)[1]),
    );
  };
  const unrolled = evidence((a) => newton(x, y, a));
  const implicit = evidence((a) =>
    implicitRoot(
      (w: Tensor) => grad((v: Tensor) => logistic(v, x, y, a))(w),
      () => newton(x, y, stopGradient(a)),
      zeros([3], { dtype: "float64" }),
    ),
  );
  for (const f of [unrolled, implicit]) {
    const [value, slope] = valueAndGrad(f)(f64(0.7));
    agree(value, oracle.laplace.value);
    agree(slope, oracle.laplace.slope, 1e-8);
  }
});

test("Fisher information, natural gradient, elastic weight consolidation", () => {
  const x = data(1, [9, 3]);
  const labels = tensor([0, 2, 1, 1, 0, 2, 2, 0, 1], { dtype: "int32" });
  const w = data(2, [3, 3]);
  const nll = (w: Tensor, x: Tensor, label: Tensor) => negative(logSoftmax(matmul(x, w)).at(label));
  const g = vmap(grad(nll), { inAxes: [null, 0, 0] })(w, x, labels).reshape([9, 9]);
  const fisher = divide(matmul(g.transpose(), g), 9);
  const natural = linalg.solve(
    add(fisher, multiply(0.1, eye(9, 9, { dtype: "float64" }))),
    mean(g, 0),
  );
  const ewc = grad((w: Tensor) =>
    add(
      mean(vmap(nll, { inAxes: [null, 0, 0] })(w, x, labels)),
      multiply(
        5,
        sum(multiply(diag(fisher).reshape([3, 3]), square(subtract(w, data(3, [3, 3]))))),
      ),
    ),
  )(w);
  agree({ fisher, natural, ewc }, oracle.fisher);
});

test("gradients per example, clipped", () => {
  const params: Params = [data(1, [4, 8]), data(2, [8]), data(3, [8, 1]), data(4, [1])];
  const [x, y] = [data(5, [7, 4]), data(6, [7, 1])];
  const one = (p: Params, x: Tensor, y: Tensor) => sum(square(subtract(mlp(p, x), y)));
  const each = vmap(grad(one), { inAxes: [null, 0, 0] })(params, x, y);
  const norms = vmap((g: Params) => globalNorm(g))(each);
  const [clipped] = vmap((g: Params) => clipGlobalNorm(g, 1))(each) as [Params, Tensor];
  const grads = clipped.map((g) => mean(g, 0));
  agree({ norms, grads }, oracle.private);
  // By hand, with broadcasting.
  const factor = minimum(1, divide(1, norms));
  const byHand = each.map((g) =>
    mean(multiply(g, factor.reshape([7, ...g.shape.slice(1).map(() => 1)])), 0),
  );
  agree(byHand, oracle.private.grads);
  // One after the other, by backward().
  const p = params.map((w) => variable(w));
  const sums = params.map((w) => zerosLike(w));
  for (let i = 0; i < 7; i++) {
    one(p, x.at(i), y.at(i)).backward();
    const n = globalNorm(p.map((w) => w.grad!));
    noGrad(() =>
      p.forEach((w, k) => (sums[k] = add(sums[k]!, multiply(w.grad!, minimum(1, divide(1, n)))))),
    );
    for (const w of p) w.grad = null;
  }
  agree(
    sums.map((s) => divide(s, 7)),
    oracle.private.grads,
  );
});

test("Levenberg and Marquardt", () => {
  const t = linspace(0, 2, 15, { dtype: "float64" });
  const y = add(add(multiply(2.5, exp(multiply(-1.3, t))), 0.5), multiply(0.01, data(1, [15])));
  const model = (q: Tensor) => add(multiply(q.at(0), exp(multiply(negative(q.at(1)), t))), q.at(2));
  const residual = (q: Tensor) => subtract(model(q), y);
  const path: Tensor[] = [];
  let q = f64([1, 1, 0]);
  for (let k = 0; k < 8; k++) {
    const [r, pull] = vjp(residual, q);
    const j = jacobian(residual)(q);
    const a = add(matmul(j.transpose(), j), multiply(0.01, eye(3, 3, { dtype: "float64" })));
    const byProducts = cg(
      (v: Tensor) =>
        add(
          ggnvp(residual, (r: Tensor) => multiply(0.5, sum(square(r))))(q, v) as Tensor,
          multiply(0.01, v),
        ),
      pull(r)[0],
      { tol: 1e-15 },
    );
    const step = linalg.solve(a, pull(r)[0]);
    agree(byProducts, step, 1e-8);
    q = subtract(q, step);
    path.push(q);
  }
  agree(path, oracle.gauss_newton);
});

test("Newton's method by conjugate gradients", () => {
  const f = (x: Tensor) => {
    const [a, b] = [x.at("1:"), x.at(":-1")];
    return sum(add(multiply(100, square(subtract(a, square(b)))), square(subtract(1, b))));
  };
  let x = f64([0.8, 0.7, 0.9, 0.6, 0.5]);
  const path: Tensor[] = [];
  for (let k = 0; k < 6; k++) {
    const at = x;
    x = subtract(
      x,
      cg((v: Tensor) => add(hvp(f)(at, v), multiply(100, v)), grad(f)(x), { tol: 1e-15 }),
    );
    path.push(f(x));
  }
  agree({ path, x }, oracle.newton_cg, 1e-9);
});

test("second and third derivatives in every mixture of modes", () => {
  const w = data(1, [3, 3]);
  const f = (x: Tensor): Tensor => add(sum(multiply(tanh(matmul(w, x)), exp(x))), prod(x));
  const x = data(2, [3]);
  const by: Record<string, typeof jacrev> = { jacfwd, jacrev, jacobian };
  const d1: Record<string, (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor> = {
    grad,
    jacfwd: (f) => jacfwd(f),
    jacrev: (f) => jacrev(f),
    byJvp: (f: (x: Tensor) => Tensor) => (x: Tensor) =>
      vmap((v: Tensor) => jvp(f, [x], [v])[1])(eye(3, 3, { dtype: "float64" })),
  };
  for (const [n1, first] of Object.entries(d1)) {
    for (const [n2, second] of Object.entries(by)) {
      try {
        const h = second(first(f) as (x: Tensor) => Tensor) as (x: Tensor) => Tensor;
        agree(h(x), oracle.mixed.hessian);
        for (const third of Object.values(by)) agree(third(h)(x), oracle.mixed.third);
        agree(
          grad((x: Tensor) => sum(multiply(h(x), data(9, [3, 3]))))(x),
          sum(multiply(f64(oracle.mixed.third as never), data(9, [3, 3, 1])), [0, 1]),
        );
        agree(checkpoint(h)(x), oracle.mixed.hessian);
        agree(compile(h)(x), oracle.mixed.hessian);
      } catch (error) {
        throw new Error(`${n2} of ${n1}`, { cause: error });
      }
    }
  }
});
