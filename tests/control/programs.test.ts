// Short whole programs that need several transforms at once: against closed forms and finite differences.

import {
  add,
  cg,
  checkGrads,
  compile,
  divide,
  exp,
  fori,
  ggnvp,
  gmres,
  grad,
  hessian,
  hvp,
  jacfwd,
} from "tapegrad";
import {
  log,
  logsumexp,
  matmul,
  mean,
  multiply,
  power,
  scan,
  sin,
  sqrt,
  square,
  stack,
  subtract,
} from "tapegrad";
import { sum, tanh, tensor, trace, tree, vmap, type Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);
const dot = (x: Tensor, y: Tensor): Tensor => sum(multiply(x, y));

interface Net {
  w: Tensor;
  v: Tensor;
}
const net = (): Net => ({ w: f64(pattern(4, 1)), v: f64(pattern(1, 4, 2)) });
const predict = (p: Net, x: Tensor): Tensor => matmul(p.v, tanh(matmul(p.w, x)));

test("MAML: the gradient of the loss after a step of gradient descent", () => {
  const loss = (p: Net, x: Tensor, y: Tensor): Tensor => mean(square(subtract(predict(p, x), y)));
  const xs = f64([[-1, -0.3, 0.4, 1]]);
  const phases = f64([0.2, 1.1]);
  const meta = (w: Tensor, v: Tensor): Tensor =>
    mean(
      vmap((phase: Tensor) => {
        const y = sin(add(xs, phase));
        const g = grad(loss)({ w, v }, xs, y);
        const adapted = tree.map((p, d) => subtract(p, multiply(0.1, d)), { w, v }, g);
        return loss(adapted, add(xs, 0.1), y);
      })(phases),
    );
  checkGrads(meta, [net().w, net().v], { order: 1 });
  const step = compile((w: Tensor, v: Tensor) => grad(meta, { argnums: [0, 1] })(w, v));
  for (let i = 0; i < 2; i++) {
    expectClose(step(net().w, net().v), grad(meta, { argnums: [0, 1] })(net().w, net().v));
  }
});

const x6 = f64(pattern(6, 3));
const y6 = f64(pattern(6, 1, 4)).reshape([6]);

test("a hypergradient through an inner optimisation agrees with the implicit one", () => {
  const inner = (w: Tensor, penalty: Tensor): Tensor =>
    add(mean(square(subtract(matmul(x6, w), y6))), multiply(penalty, sum(square(w))));
  const validation = (w: Tensor): Tensor => sum(square(subtract(w, f64([0.1, 0.2, 0.3]))));
  const unrolled = (penalty: Tensor): Tensor =>
    validation(
      fori(0, 200, (_, w) => subtract(w, multiply(0.3, grad(inner)(w, penalty))), f64([0, 0, 0])),
    );
  const implicit = (penalty: Tensor): Tensor => {
    const normal = (w: Tensor): Tensor =>
      add(divide(matmul(x6.transpose(), matmul(x6, w)), 6), multiply(penalty, w));
    return validation(cg(normal, divide(matmul(x6.transpose(), y6), 6)));
  };
  const at = tensor(0.3, float64);
  expectClose(unrolled(at), implicit(at), 1e-10);
  expectClose(grad(unrolled)(at), grad(implicit)(at), 1e-9);
  checkGrads(implicit, [at], { order: 2 });
});

test("ridge regression: dw/dλ = -(XᵀX + λ)⁻¹ w", () => {
  const normal = (penalty: Tensor | number) => (w: Tensor) =>
    add(matmul(x6.transpose(), matmul(x6, w)), multiply(penalty, w));
  const fit = (penalty: Tensor): Tensor => cg(normal(penalty), matmul(x6.transpose(), y6));
  const w = fit(tensor(0.5, float64));
  const want = multiply(-1, gmres(normal(0.5), w));
  expectClose(jacfwd(fit)(tensor(0.5, float64)), want, 1e-10);
});

test("gradient penalty: derivatives of the norm of a gradient", () => {
  const critic = (w: Tensor, x: Tensor): Tensor => sum(tanh(matmul(w, x)));
  const penalty = (w: Tensor, xs: Tensor): Tensor => {
    const slopes = vmap((x: Tensor) => grad(critic, { argnums: 1 })(w, x))(xs);
    return mean(square(subtract(sqrt(sum(square(slopes), 1)), 1)));
  };
  checkGrads(penalty, [f64(pattern(4, 3)), f64(pattern(5, 3, 2))], { order: 1 });
});

test("the forward algorithm of a hidden Markov model sums over all paths", () => {
  const start = f64([0.5, -0.2]);
  const moves = f64(pattern(2, 2));
  const emits = f64(pattern(5, 2, 3));
  const likelihood = (p: { start: Tensor; moves: Tensor; emits: Tensor }): Tensor => {
    const rest = p.emits.slice([[1, null]]);
    const [last] = scan(
      (a, e) => [add(e, logsumexp(add(a.expandDims(1), p.moves), 0)), null],
      add(p.start, p.emits.slice([0])),
      rest,
    );
    return logsumexp(last);
  };
  const paths = Array.from({ length: 32 }, (_, i) =>
    [...i.toString(2).padStart(5, "0")].map(Number),
  );
  const enumerated = (p: { start: Tensor; moves: Tensor; emits: Tensor }): Tensor =>
    logsumexp(
      stack(
        paths.map((path) =>
          path
            .map((s, t) =>
              add(p.emits.at(t, s), t === 0 ? p.start.at(s) : p.moves.at(path[t - 1]!, s)),
            )
            .reduce((a, b) => add(a, b)),
        ),
      ),
    );
  const p = { start, moves, emits };
  expectClose(likelihood(p), enumerated(p));
  // The gradients are posterior probabilities, those of one step add up to 1.
  const g = grad(likelihood)(p);
  expectClose(g, grad(enumerated)(p));
  expectClose(sum(g.emits, 1), [1, 1, 1, 1, 1]);
});

test("Newton-CG with products of the Hessian finds the minimum of Rosenbrock's function", () => {
  const f = (x: Tensor): Tensor => {
    const [a, b] = [x.slice([[0, -1]]), x.slice([[1, null]])];
    return sum(add(multiply(100, square(subtract(b, square(a)))), square(subtract(1, a))));
  };
  let x = f64([0.5, 0.6, 0.4, 0.2]);
  for (let i = 0; i < 25; i++) {
    const g = grad(f)(x);
    // Damped until the Hessian is positive: the step shall go downhill.
    let damping = 0;
    let step = cg((v: Tensor) => hvp(f)(x, v), g);
    while (!(f(subtract(x, step)).item() <= f(x).item()) && damping < 1e8) {
      damping = damping === 0 ? 1e-3 : damping * 10;
      step = cg((v: Tensor) => add(hvp(f)(x, v), multiply(damping, v)), g);
    }
    x = subtract(x, step);
  }
  expectClose(x, [1, 1, 1, 1], 1e-8);
});

test("Gauss-Newton with ggnvp fits a curve", () => {
  const t = f64([0, 0.5, 1, 1.5, 2]);
  const model = (p: Tensor): Tensor => multiply(p.at(0), exp(multiply(p.at(1), t)));
  const data = model(f64([2, -0.7]));
  const residuals = (p: Tensor): Tensor => subtract(model(p), data);
  const half = (r: Tensor): Tensor => multiply(0.5, sum(square(r)));
  let p = f64([1.5, -0.4]);
  for (let i = 0; i < 12; i++) {
    const g = grad((q: Tensor) => half(residuals(q)))(p);
    p = subtract(
      p,
      cg((v: Tensor) => ggnvp(residuals, half)(p, v), g),
    );
  }
  expectClose(p, [2, -0.7], 1e-10);
});

test("a neural ODE by Runge and Kutta: gradients of the last state", () => {
  const rk4 = (f: (y: Tensor) => Tensor, y0: Tensor, h: number, steps: number): Tensor =>
    scan(
      (y) => {
        const k1 = f(y);
        const k2 = f(add(y, multiply(h / 2, k1)));
        const k3 = f(add(y, multiply(h / 2, k2)));
        const k4 = f(add(y, multiply(h, k3)));
        const slope = add(add(k1, multiply(2, k2)), add(multiply(2, k3), k4));
        return [add(y, multiply(h / 6, slope)), null];
      },
      y0,
      null,
      { length: steps },
    )[0];
  const decay = (a: Tensor): Tensor =>
    sum(rk4((y) => multiply(multiply(-1, a), y), f64([1]), 0.02, 50));
  expectClose(grad(decay)(1.5), -Math.exp(-1.5), 1e-7);
  expectClose(hessian(decay)(1.5), Math.exp(-1.5), 1e-6);
  const last = (w: Tensor): Tensor => sum(rk4((y) => tanh(matmul(w, y)), f64([1, -1]), 0.1, 8));
  checkGrads(last, [f64(pattern(2, 2))], { order: 2 });
});

test("Laplace's approximation is exact for a Gaussian", () => {
  const a = f64([[2, 0.3], [0.3, 1]]); // prettier-ignore
  const b = f64([0.5, -1]);
  const energy = (x: Tensor): Tensor => subtract(multiply(0.5, dot(x, matmul(a, x))), dot(b, x));
  const h = hessian(energy)(f64([0, 0]));
  const mode = gmres((v: Tensor) => matmul(h, v), multiply(-1, grad(energy)(f64([0, 0]))));
  const [p, q, r, s] = h.data() as Float64Array as unknown as [number, number, number, number];
  const evidence = Math.log(2 * Math.PI) - 0.5 * Math.log(p * s - q * r) - energy(mode).item();
  const det = 2 * 1 - 0.3 * 0.3;
  const quadratic = (0.25 * 1 + 2 * 0.5 * 0.3 + 2) / det;
  expectClose(evidence, Math.log(2 * Math.PI) - 0.5 * Math.log(det) + 0.5 * quadratic);
});

test("score matching: the trace of the Jacobian of a score", () => {
  const xs = f64(pattern(7, 2));
  const objective = (precision: Tensor): Tensor => {
    const score = (x: Tensor): Tensor => multiply(-1, matmul(precision, x));
    const each = (x: Tensor): Tensor =>
      add(trace(jacfwd(score)(x)), multiply(0.5, sum(square(score(x)))));
    return mean(vmap(each)(xs));
  };
  const precision = f64([[2, 0.3], [0.3, 1]]); // prettier-ignore
  const second = divide(matmul(xs.transpose(), xs), 7);
  // -tr P + ½ tr(P S P)
  const closed = (m: Tensor): Tensor =>
    subtract(multiply(0.5, trace(matmul(m, matmul(second, m.transpose())))), trace(m));
  expectClose(objective(precision), closed(precision));
  expectClose(grad(objective)(precision), grad(closed)(precision));
  checkGrads(objective, [precision], { order: 1 });
});

test("a Kalman filter: the likelihood of the joint Gaussian", () => {
  // x₀ ~ N(0, 1), x′ = a x + N(0, q), y = x + N(0, r)
  const filter = (p: { a: Tensor; q: Tensor; r: Tensor }, ys: Tensor): Tensor => {
    const [{ l }] = scan(
      ({ m, v, l: sofar }, y) => {
        const s = add(v, p.r);
        const e = subtract(y, m);
        const density = multiply(-0.5, add(log(multiply(2 * Math.PI, s)), divide(square(e), s)));
        const gain = divide(v, s);
        const [filtered, left] = [add(m, multiply(gain, e)), multiply(v, subtract(1, gain))];
        const next = add(multiply(square(p.a), left), p.q);
        return [{ m: multiply(p.a, filtered), v: next, l: add(sofar, density) }, null];
      },
      { m: tensor(0, float64), v: tensor(1, float64), l: tensor(0, float64) },
      ys,
    );
    return l;
  };
  const joint = (p: { a: Tensor; q: Tensor; r: Tensor }, ys: Tensor): Tensor => {
    const one = tensor(1, float64);
    const [k00, k01] = [add(one, p.r), p.a];
    const k11 = add(add(square(p.a), p.q), p.r);
    const det = subtract(multiply(k00, k11), square(k01));
    const [y0, y1] = [ys.at(0), ys.at(1)];
    const form = subtract(
      add(multiply(k11, square(y0)), multiply(k00, square(y1))),
      multiply(2, multiply(k01, multiply(y0, y1))),
    );
    const scale = multiply(power(tensor(2 * Math.PI, float64), 2), det);
    return multiply(-0.5, add(log(scale), divide(form, det)));
  };
  const p = { a: tensor(0.9, float64), q: tensor(0.2, float64), r: tensor(0.5, float64) };
  const ys = f64([0.7, -0.4]);
  expectClose(filter(p, ys), joint(p, ys));
  expectClose(grad(filter)(p, ys), grad(joint)(p, ys));
  expectClose(hessian(filter)(p, ys), hessian(joint)(p, ys), 1e-11);
  expect(vmap(filter, { inAxes: [null, 0] })(p, f64(pattern(3, 9))).shape).toEqual([3]);
});
