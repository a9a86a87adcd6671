// Equations in time and space, in several idioms: against PyTorch's numbers.

import {
  add,
  checkpoint,
  compile,
  concatenate,
  cos,
  customVjp,
  diag,
  divide,
  exp,
  eye,
  expandDims,
  fixedPoint,
  fori,
} from "tapegrad";
import {
  grad,
  gradients,
  hessian,
  hvp,
  jacfwd,
  jacobian,
  jacrev,
  jvp,
  linalg,
  linspace,
  matmul,
  mean,
  multiply,
  negative,
} from "tapegrad";
import {
  noGrad,
  ones,
  scan,
  sin,
  sqrt,
  square,
  stack,
  subtract,
  sum,
  tanh,
  tape,
  tensor,
  trace,
  valueAndGrad,
  variable,
} from "tapegrad";
import {
  vjp,
  vmap,
  zeros,
  full,
  checkpointSequential,
  Tape,
  zerosLike,
  derivative,
  tree,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { softplus } from "tapegrad/nn";
import { describe, test } from "vitest";
import { agree, data, f64, leaf } from "./support.js";
import oracle from "./oracle/dynamics.json" with { type: "json" };

const float64 = { dtype: "float64" } as const;

type Field = (t: Tensor | number, y: Tensor) => Tensor;
function rk4(f: Field, y: Tensor, t: Tensor | number, h: number): Tensor {
  const k1 = f(t, y);
  const k2 = f(add(t, h / 2), add(y, multiply(h / 2, k1)));
  const k3 = f(add(t, h / 2), add(y, multiply(h / 2, k2)));
  const k4 = f(add(t, h), add(y, multiply(h, k3)));
  const slope = add(add(k1, multiply(2, k2)), add(multiply(2, k3), k4));
  return add(y, multiply(h / 6, slope));
}

describe("a neural differential equation", () => {
  type Path = (w1: Tensor, w2: Tensor, y0: Tensor) => Tensor;
  const field =
    (w1: Tensor, w2: Tensor): Field =>
    (t, y) =>
      matmul(tanh(add(matmul(y, w1), t)), w2);
  const step = (w1: Tensor, w2: Tensor) => (y: Tensor, i: Tensor) => {
    const next = rk4(field(w1, w2), y, multiply(i, 0.1), 0.1);
    return [next, next] as [Tensor, Tensor];
  };
  const times = f64(Array.from({ length: 20 }, (_, i) => i));
  const ways: Record<string, Path> = {
    loop: (w1, w2, y0) => {
      const path: Tensor[] = [];
      let y = y0;
      for (let i = 0; i < 20; i++) path.push((y = rk4(field(w1, w2), y, i * 0.1, 0.1)));
      return stack(path);
    },
    scan: (w1, w2, y0) => scan(step(w1, w2), y0, times)[1],
    "scan, checkpointed": (w1, w2, y0) => scan(step(w1, w2), y0, times, { checkpoint: true })[1],
    "checkpointed steps": (w1, w2, y0) => {
      const path: Tensor[] = [];
      let y = y0;
      for (let i = 0; i < 20; i++) {
        path.push((y = checkpoint((y: Tensor) => rk4(field(w1, w2), y, i * 0.1, 0.1))(y)));
      }
      return stack(path);
    },
    compile: (w1, w2, y0) => compile(ways["scan"]!)(w1, w2, y0),
  };
  const at = (): [Tensor, Tensor, Tensor] => [data(1, [3, 5]), data(2, [5, 3]), data(3, [3])];
  for (const [name, path] of Object.entries(ways)) {
    test(name, () => {
      const loss: Path = (w1, w2, y0) => sum(square(path(w1, w2, y0)));
      const g = grad(loss, { argnums: [0, 1, 2] });
      const second = grad(
        (w1: Tensor, w2: Tensor, y0: Tensor) => sum(multiply(g(w1, w2, y0)[2], data(4, [3]))),
        {
          argnums: [0, 2],
        },
      );
      agree(
        { end: path(...at()).at(-1), grads: g(...at()), second: second(...at()) },
        oracle.neural_ode,
      );
      const leaves = [leaf(1, [3, 5]), leaf(2, [5, 3]), leaf(3, [3])] as const;
      const first = gradients(loss(...leaves), leaves, { createGraph: true });
      sum(multiply(first[2], data(4, [3]))).backward();
      agree(
        [first, leaves[0].grad, leaves[2].grad],
        [oracle.neural_ode.grads, oracle.neural_ode.second],
      );
    });
  }

  test("the adjoint equation as a rule of its own", () => {
    // Backwards in time: the state, its adjoint, and the gradient by the parameters, by reverse steps of RK4
    // of the augmented system. It agrees as far as RK4 does.
    const f = (y: Tensor, w1: Tensor, w2: Tensor) => matmul(tanh(matmul(y, w1)), w2);
    const n = 40;
    const h = 0.05;
    const forward = (y0: Tensor, w1: Tensor, w2: Tensor) =>
      fori(0, n, (_, y: Tensor) => rk4((_, y) => f(y, w1, w2), y, 0, h), y0);
    const solve = customVjp(forward, {
      fwd: (y0: Tensor, w1: Tensor, w2: Tensor) => {
        const y = forward(y0, w1, w2);
        return [y, { y, w1, w2 }];
      },
      bwd: ({ y, w1, w2 }: { y: Tensor; w1: Tensor; w2: Tensor }, g: Tensor) => {
        type State = { y: Tensor; a: Tensor; g1: Tensor; g2: Tensor };
        const slope = ({ y, a }: State): State => {
          const [dy, pull] = vjp(f, y, w1, w2);
          const [ay, a1, a2] = pull(a);
          return { y: negative(dy), a: ay, g1: a1, g2: a2 };
        };
        const moved = (s: State, k: State, by: number): State =>
          tree.map((x: Tensor, dx: Tensor) => add(x, multiply(by, dx)), s, k) as State;
        const end = fori(
          0,
          n,
          (_, s: State) => {
            const k1 = slope(s);
            const k2 = slope(moved(s, k1, h / 2));
            const k3 = slope(moved(s, k2, h / 2));
            const k4 = slope(moved(s, k3, h));
            return [k1, k2, k3, k4].reduce(
              (s, k, i) => moved(s, k, (h / 6) * (i % 3 === 0 ? 1 : 2)),
              s,
            );
          },
          { y, a: g, g1: zerosLike(w1), g2: zerosLike(w2) },
        );
        return [end.a, end.g1, end.g2];
      },
    });
    const at = [data(3, [3]), data(1, [3, 5]), data(2, [5, 3])] as const;
    const loss = (run: typeof forward) => (y0: Tensor, w1: Tensor, w2: Tensor) =>
      sum(square(run(y0, w1, w2)));
    const all = { argnums: [0, 1, 2] } as const;
    agree(grad(loss(solve), all)(...at), grad(loss(forward), all)(...at), 1e-6);
    // Inside vmap, and differentiated again.
    const each = (run: typeof forward) =>
      vmap(grad(loss(run), { argnums: 0 }), { inAxes: [0, null, null] })(
        data(7, [4, 3]),
        at[1],
        at[2],
      );
    agree(each(solve), each(forward), 1e-6);
    const again = (run: typeof forward) =>
      grad((w1: Tensor) => sum(grad(loss(run))(at[0], w1, at[2])))(at[1]);
    agree(again(solve), again(forward), 1e-4);
  });
});

describe("sensitivities of Lotka and Volterra's equations", () => {
  const end = (q: Tensor) => {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => q.at(i)) as [Tensor, Tensor, Tensor, Tensor];
    const f: Field = (_, z) => {
      const [x, y] = [z.at(0), z.at(1)];
      const xy = multiply(x, y);
      return stack([
        subtract(multiply(a, x), multiply(b, xy)),
        subtract(multiply(d, xy), multiply(c, y)),
      ]);
    };
    return fori(0, 30, (_, y: Tensor) => rk4(f, y, 0, 0.1), f64([1, 0.6]));
  };
  const q = f64([1.1, 0.7, 0.9, 0.5]);
  const modes: Record<string, typeof jacrev> = { jacfwd, jacrev };
  for (const [one, first] of Object.entries(modes)) {
    for (const [two, second] of Object.entries(modes)) {
      test(`${two} of ${one}`, () => {
        const j = first(end) as (q: Tensor) => Tensor;
        agree({ end: end(q), first: j(q), second: second(j)(q) }, oracle.lotka_volterra);
      });
    }
  }
  test("the variational equation along the path, by jvp in the field", () => {
    const f = (z: Tensor, q: Tensor) =>
      stack([
        subtract(multiply(q.at(0), z.at(0)), multiply(q.at(1), multiply(z.at(0), z.at(1)))),
        subtract(multiply(q.at(3), multiply(z.at(0), z.at(1))), multiply(q.at(2), z.at(1))),
      ]);
    const slope: Field = (_, s) => {
      const [z, j] = [s.at(":", 0), s.at(":", "1:")];
      const columns = vmap((dz: Tensor, dq: Tensor) => jvp(f, [z, q], [dz, dq])[1], {
        inAxes: [1, 0],
        outAxes: 1,
      });
      return concatenate([expandDims(f(z, q), 1), columns(j, eye(4, 4, float64))], 1);
    };
    let s = concatenate([expandDims(f64([1, 0.6]), 1), zeros([2, 4], float64)], 1);
    for (let i = 0; i < 30; i++) s = rk4(slope, s, 0, 0.1);
    agree(
      [s.at(":", 0), s.at(":", "1:")],
      [oracle.lotka_volterra.end, oracle.lotka_volterra.first],
    );
  });
});

test("a continuous normalising flow", () => {
  const z0 = data(3, [5, 2]);
  const f = (w1: Tensor, w2: Tensor) => (z: Tensor) => matmul(tanh(matmul(z, w1)), w2);
  const traces: ((g: (z: Tensor) => Tensor) => (z: Tensor) => Tensor)[] = [
    (g) => (z) => trace(jacobian(g)(z)),
    (g) => (z) =>
      sum(vmap((e: Tensor) => sum(multiply(e, jvp(g, [z], [e])[1])))(eye(2, 2, float64))),
  ];
  for (const by of traces) {
    const flow = (w1: Tensor, w2: Tensor): [Tensor, Tensor] => {
      let z = z0;
      let logp: Tensor = zeros([5], float64);
      for (let k = 0; k < 6; k++) {
        logp = subtract(logp, multiply(0.2, vmap(by(f(w1, w2)))(z)));
        z = add(z, multiply(0.2, f(w1, w2)(z)));
      }
      return [z, logp];
    };
    const loss = (w1: Tensor, w2: Tensor) => {
      const [z, logp] = flow(w1, w2);
      return [mean(add(logp, multiply(0.5, sum(square(z), 1)))), logp] as [Tensor, Tensor];
    };
    const [grads, logp] = grad(loss, { argnums: [0, 1], hasAux: true })(
      data(1, [2, 4]),
      data(2, [4, 2]),
    );
    agree({ logp, grads }, oracle.continuous_flow);
  }
});

type Lagrangian = (q: Tensor, v: Tensor) => Tensor;
const acceleration = (lagrangian: Lagrangian) => (q: Tensor, v: Tensor) => {
  const gq = grad(lagrangian)(q, v);
  const hvv = hessian(lagrangian, { argnums: 1 })(q, v);
  const hvq = jacobian(grad(lagrangian, { argnums: 1 }), { argnums: 0 })(q, v);
  return linalg.solve(hvv, subtract(gq, matmul(hvq, v)));
};

test("a double pendulum from its Lagrangian", () => {
  const lagrangian: Lagrangian = (q, v) => {
    const [q0, q1, v0, v1] = [q.at(0), q.at(1), v.at(0), v.at(1)];
    const [vx1, vy1] = [multiply(v0, cos(q0)), multiply(v0, sin(q0))];
    const [vx2, vy2] = [add(vx1, multiply(v1, cos(q1))), add(vy1, multiply(v1, sin(q1)))];
    const speed = add(add(square(vx1), square(vy1)), add(square(vx2), square(vy2)));
    const height = subtract(multiply(2, negative(cos(q0))), cos(q1));
    return subtract(multiply(0.5, speed), multiply(9.8, height));
  };
  const a = acceleration(lagrangian);
  const field: Field = (_, s) => concatenate([s.at("2:"), a(s.at(":2"), s.at("2:"))]);
  const end = (s: Tensor) => fori(0, 5, (_, s: Tensor) => rk4(field, s, 0, 0.05), s);
  const s = f64([0.5, -0.3, 0.1, 0.2]);
  const result = { acceleration: a(s.at(":2"), s.at("2:")), end: end(s) };
  agree({ ...result, jacobian: jacrev(end)(s) }, oracle.double_pendulum);
  agree(jacfwd(end)(s), oracle.double_pendulum.jacobian);
  const many = vmap(a)(stack([s.at(":2"), s.at("2:")]), stack([s.at("2:"), s.at(":2")]));
  agree(many.at(0), oracle.double_pendulum.acceleration);
});

test("a Lagrangian network: third derivatives through a solve", () => {
  const [q, v, target] = [1, 2, 3].map((k) =>
    stack([0, 1, 2].map((i) => data(10 * k + i, [2]))),
  ) as [Tensor, Tensor, Tensor];
  const loss = (w1: Tensor, w2: Tensor) => {
    const lagrangian: Lagrangian = (q, v) =>
      add(matmul(softplus(matmul(concatenate([q, v]), w1)), w2), sum(square(v)));
    return sum(square(subtract(vmap(acceleration(lagrangian))(q, v), target)));
  };
  const [value, grads] = valueAndGrad(loss, { argnums: [0, 1] })(data(1, [4, 6]), data(2, [6]));
  agree({ loss: value, grads }, oracle.lagrangian_network);
  const compiled = compile((w1: Tensor, w2: Tensor) =>
    valueAndGrad(loss, { argnums: [0, 1] })(w1, w2),
  );
  for (let i = 0; i < 2; i++)
    agree(compiled(data(1, [4, 6]), data(2, [6])), oracle.lagrangian_network);
});

describe("a network that solves an equation of the fourth order", () => {
  const [t, x] = [data(4, [6]), data(5, [6])];
  type Net = [Tensor, Tensor, Tensor];
  const u =
    ([w1, b1, w2]: Net) =>
    (t: Tensor, x: Tensor) =>
      matmul(tanh(add(matmul(stack([t, x]), w1), b1)), w2);
  type U = (t: Tensor, x: Tensor) => Tensor;
  const ways: Record<string, (f: U, i: 0 | 1) => U> = {
    grad: (f, i) => grad(f, { argnums: i }),
    jvp: (f, i) => (t, x) => {
      const one = f64(1);
      return i === 0
        ? jvp((t: Tensor) => f(t, x), [t], [one])[1]
        : jvp((x: Tensor) => f(t, x), [x], [one])[1];
    },
    derivative: (f, i) => (t, x) =>
      i === 0 ? derivative((t: Tensor) => f(t, x))(t) : derivative((x: Tensor) => f(t, x))(x),
  };
  const params = (): Net => [data(1, [2, 7]), data(2, [7]), data(3, [7])];
  for (const [name, by] of Object.entries(ways)) {
    test(name, () => {
      const residual = (p: Net) => {
        const f = u(p);
        const fx = by(f, 1);
        const fxx = by(fx, 1);
        const fxxxx = by(by(fxx, 1), 1);
        return vmap((t: Tensor, x: Tensor) =>
          add(
            add(by(f, 0)(t, x), multiply(f(t, x), fx(t, x))),
            subtract(multiply(0.01, fxxxx(t, x)), multiply(0.1, fxx(t, x))),
          ),
        )(t, x);
      };
      const grads = grad((p: Net) => mean(square(residual(p))))(params());
      agree({ residual: residual(params()), grads }, oracle.pinn);
    });
  }
  test("imperative", () => {
    const [w1, b1, w2] = [leaf(1, [2, 7]), leaf(2, [7]), leaf(3, [7])];
    const [tt, xx] = [tensor(t, { requiresGrad: true }), tensor(x, { requiresGrad: true })];
    const y = matmul(tanh(add(matmul(stack([tt, xx], 1), w1), b1)), w2);
    const by = (y: Tensor, x: Tensor) => gradients(sum(y), x, { createGraph: true });
    const [ut, ux] = [by(y, tt), by(y, xx)];
    const uxx = by(ux, xx);
    const uxxxx = by(by(uxx, xx), xx);
    const residual = add(
      add(ut, multiply(y, ux)),
      subtract(multiply(0.01, uxxxx), multiply(0.1, uxx)),
    );
    mean(square(residual)).backward();
    // Only the last backward() has written gradients.
    agree({ residual, grads: [w1.grad, b1.grad, w2.grad] }, oracle.pinn);
  });
  test("tapes", () => {
    const [w1, b1, w2] = params().map((w) => variable(w)) as Net;
    using outer = new Tape();
    using second = new Tape({ persistent: true });
    second.watch([t, x]);
    const y = matmul(tanh(add(matmul(stack([t, x], 1), w1), b1)), w2);
    const ut = second.gradient(y, t, { seed: ones([6], float64) })!;
    const ux = second.gradient(y, x, { seed: ones([6], float64) })!;
    const uxx = second.gradient(ux, x, { seed: ones([6], float64) })!;
    const uxxx = second.gradient(uxx, x, { seed: ones([6], float64) })!;
    const uxxxx = second.gradient(uxxx, x, { seed: ones([6], float64) })!;
    const residual = add(
      add(ut, multiply(y, ux)),
      subtract(multiply(0.01, uxxxx), multiply(0.1, uxx)),
    );
    agree({ residual, grads: outer.gradient(mean(square(residual)), [w1, b1, w2]) }, oracle.pinn);
  });
});

test("a pendulum's optimal control", () => {
  const cost = (u: Tensor) => {
    const step = (s: Tensor, uk: Tensor): [Tensor, Tensor] => {
      const f: Field = (_, z) =>
        stack([z.at(1), add(subtract(negative(sin(z.at(0))), multiply(0.1, z.at(1))), uk)]);
      const next = rk4(f, s, 0, 0.2);
      return [next, add(multiply(0.01, square(uk)), multiply(0.1, subtract(1, cos(next.at(0)))))];
    };
    const [end, costs] = scan(step, f64([3, 0]), u);
    return add(sum(costs), square(end.at(1)));
  };
  const [u, v] = [data(1, [12]), data(2, [12])];
  agree({ cost: cost(u), grad: grad(cost)(u), hvp: hvp(cost)(u, v) }, oracle.control);
  agree(matmul(hessian(cost)(u), v), oracle.control.hvp);
  agree(jvp(grad(cost), [u], [v])[1], oracle.control.hvp);
  agree(grad((u: Tensor) => jvp(cost, [u], [v])[1])(u), oracle.control.hvp);
});

test("a regulator's Riccati equation", () => {
  const value = (a: Tensor, b: Tensor) => {
    let p = eye(3, 3, float64);
    let k = zeros([2, 3], float64);
    for (let i = 0; i < 8; i++) {
      const pb = matmul(b.transpose(), p);
      k = linalg.solve(add(multiply(0.5, eye(2, 2, float64)), matmul(pb, b)), matmul(pb, a));
      p = add(eye(3, 3, float64), matmul(matmul(a.transpose(), p), subtract(a, matmul(b, k))));
    }
    return [trace(p), k] as [Tensor, Tensor];
  };
  const [[v, gain], grads] = valueAndGrad(value, { argnums: [0, 1], hasAux: true })(
    data(1, [3, 3]),
    data(2, [3, 2]),
  );
  agree({ value: v, gain, grads }, oracle.lqr);
});

describe("an equilibrium layer", () => {
  const x = data(4, [4, 3]);
  type Layer = (w: Tensor, u: Tensor, b: Tensor) => Tensor;
  const step = ([w, u, b]: [Tensor, Tensor, Tensor], z: Tensor) =>
    tanh(add(add(matmul(z, w), matmul(x, u)), b));
  const start = () => zeros([4, 5], float64);
  const ways: Record<string, Layer> = {
    unrolled: (w, u, b) => fori(0, 150, (_, z: Tensor) => step([w, u, b], z), start()),
    implicit: (w, u, b) =>
      fixedPoint(step, [w, u, b] as [Tensor, Tensor, Tensor], start(), { tol: 1e-15 }),
    checkpointed: (w, u, b) =>
      checkpointSequential(
        Array.from({ length: 150 }, () => (z: Tensor) => step([w, u, b], z)),
        10,
        start(),
      ),
    "per example": (w, u, b) =>
      vmap((x: Tensor) =>
        fixedPoint(
          (_: null, z: Tensor) => tanh(add(add(matmul(z, w), matmul(x, u)), b)),
          null,
          zeros([5], float64),
          { tol: 1e-15 },
        ),
      )(x),
  };
  for (const [name, layer] of Object.entries(ways)) {
    test(name, () => {
      const at = (): [Tensor, Tensor, Tensor] => [
        data(1, [5, 5], 0.3),
        data(2, [3, 5]),
        data(3, [5]),
      ];
      const loss: Layer = (w, u, b) => sum(square(layer(w, u, b)));
      const g = grad(loss, { argnums: [0, 1, 2] });
      const second = grad(
        (w: Tensor, u: Tensor, b: Tensor) => sum(multiply(g(w, u, b)[2], data(5, [5]))),
        { argnums: [0, 2] },
      );
      agree({ z: layer(...at()), grads: g(...at()), second: second(...at()) }, oracle.equilibrium);
      const leaves = at().map((x) => variable(x)) as [Tensor, Tensor, Tensor];
      const first = gradients(loss(...leaves), leaves, { createGraph: true });
      sum(multiply(first[2], data(5, [5]))).backward();
      agree(
        [first, leaves[0].grad, leaves[2].grad],
        [oracle.equilibrium.grads, oracle.equilibrium.second],
      );
    });
  }
});

test("a diffusivity found by descent through an implicit solver", () => {
  const n = 10;
  const off = diag(ones([n - 1], float64), 1);
  const lap = add(add(off, off.transpose()), multiply(-2, eye(n, n, float64)));
  const solve = (k: Tensor) => {
    let u = sin(linspace(0, 3, n, float64));
    for (let i = 0; i < 5; i++) {
      u = linalg.solve(subtract(eye(n, n, float64), multiply(0.1, matmul(diag(k), lap))), u);
    }
    return u;
  };
  const target = solve(full([n], 1.5, float64));
  const k = tensor(ones([n], float64), { requiresGrad: true });
  const losses: Tensor[] = [];
  for (let i = 0; i < 5; i++) {
    const loss = sum(square(subtract(solve(k), target)));
    loss.backward();
    losses.push(loss);
    noGrad(() => k.assignSub(multiply(5, k.grad!)));
    k.grad = null;
  }
  agree({ losses, k }, oracle.heat);
});

test("particles: the end by masses and stiffness", () => {
  const [x0, v0] = [data(1, [4, 2]), data(2, [4, 2])];
  const run = (m: Tensor, k: Tensor) => {
    const potential = (x: Tensor) => {
      const diff = subtract(expandDims(x, 1), x);
      const dist = sqrt(add(sum(square(diff), -1), 0.01));
      const springs = multiply(multiply(0.25, k), sum(square(subtract(dist, 0.5))));
      return add(springs, multiply(9.8, sum(multiply(m, x.at(":", 1)))));
    };
    let [x, v] = [x0, v0];
    for (let i = 0; i < 15; i++) {
      v = subtract(v, divide(multiply(0.02, grad(potential)(x)), expandDims(m, 1)));
      x = add(x, multiply(0.02, v));
    }
    return [add(sum(square(x)), sum(multiply(v, expandDims(m, 1)))), x] as [Tensor, Tensor];
  };
  const at = [f64([1, 2, 0.5, 1.5]), f64(3)] as const;
  const [grads, x] = grad(run, { argnums: [0, 1], hasAux: true })(...at);
  agree({ x, grads }, oracle.particles);
  const g = tape((t) => {
    t.watch(at);
    return t.gradient(run(...at)[0], at);
  });
  agree(g, oracle.particles.grads);
  agree(exp(f64(0)), [1]);
});
