// Random compositions of transforms over small functions of vectors, and what they must give, which dual
// numbers of plain JavaScript find out: they know no tape.

import * as tg from "tapegrad";
import type { Tensor } from "tapegrad";

/** Length of all vectors. */
export const N = 2;

// --- the reference: numbers with nested tangents ---

/** A number, or a dual number: value, tangent, and which derivative the tangent belongs to. */
type Num = number | Dual;
class Dual {
  constructor(
    readonly v: Num,
    readonly d: Num,
    readonly tag: number,
  ) {}
}

const tagOf = (x: Num): number => (typeof x === "number" ? 0 : x.tag);
const valueIn = (x: Num, tag: number): Num => (x instanceof Dual && x.tag === tag ? x.v : x);
const tangentIn = (x: Num, tag: number): Num => (x instanceof Dual && x.tag === tag ? x.d : 0);

function plus(a: Num, b: Num): Num {
  if (typeof a === "number" && typeof b === "number") return a + b;
  const tag = Math.max(tagOf(a), tagOf(b));
  const d = plus(tangentIn(a, tag), tangentIn(b, tag));
  return new Dual(plus(valueIn(a, tag), valueIn(b, tag)), d, tag);
}

function times(a: Num, b: Num): Num {
  if (typeof a === "number" && typeof b === "number") return a * b;
  const tag = Math.max(tagOf(a), tagOf(b));
  const [va, vb] = [valueIn(a, tag), valueIn(b, tag)];
  const d = plus(times(tangentIn(a, tag), vb), times(va, tangentIn(b, tag)));
  return new Dual(times(va, vb), d, tag);
}

const chain =
  (f: (x: number) => number, slope: (x: Num) => Num) =>
  (x: Num): Num =>
    typeof x === "number" ? f(x) : new Dual(chain(f, slope)(x.v), times(slope(x.v), x.d), x.tag);

const sine: (x: Num) => Num = chain(Math.sin, (x) => sine(plus(x, Math.PI / 2)));
const exponential: (x: Num) => Num = chain(Math.exp, (x) => exponential(x));
const inverse: (x: Num) => Num = chain(
  (x) => 1 / x,
  (x) => times(-1, times(inverse(x), inverse(x))),
);
const tangent: (x: Num) => Num = chain(Math.tanh, (x) => {
  const y = tangent(x);
  return plus(1, times(-1, times(y, y)));
});

type Nums = Num[];
const total = (x: Nums): Num => x.reduce(plus, 0);
const dotted = (a: Nums, b: Nums): Num => total(a.map((x, i) => times(x, b[i]!)));

let tags = 0;
/** f's derivative at x along v. */
function along(f: (x: Nums) => Nums, x: Nums, v: Nums): Nums {
  const tag = ++tags;
  return f(x.map((xi, i) => new Dual(xi, v[i]!, tag))).map((y) => tangentIn(y, tag));
}
const unit = (i: number): Nums => Array.from({ length: N }, (_, j) => Number(i === j));
const against = (f: (x: Nums) => Nums, x: Nums, v: Nums): Nums =>
  x.map((_, i) => dotted(along(f, x, unit(i)), v));

// --- functions of a vector and of the vectors around them ---

interface Both {
  plain(x: Nums, env: Nums[]): Nums;
  taped(x: Tensor, env: Tensor[]): Tensor;
}

const M = [
  [0.6, -0.4],
  [0.3, 0.5],
];

export const BASES: Record<string, Both> = {
  sin: { plain: (x) => x.map(sine), taped: (x) => tg.sin(x) },
  tanh: { plain: (x) => x.map(tangent), taped: (x) => tg.tanh(x) },
  bell: {
    plain: (x) => x.map((v) => exponential(times(-0.5, times(v, v)))),
    taped: (x) => tg.exp(tg.multiply(-0.5, tg.square(x))),
  },
  rational: {
    plain: (x) => x.map((v) => inverse(plus(2, times(v, v)))),
    taped: (x) => tg.divide(1, tg.add(2, tg.multiply(x, x))),
  },
  linear: {
    plain: (x) => M.map((row) => dotted(row, x)),
    taped: (x) => tg.matmul(tg.tensor(M, { dtype: "float64" }), x),
  },
  mixed: {
    plain: (x) => x.map((v) => times(v, sine(total(x)))),
    taped: (x) => tg.multiply(x, tg.sin(tg.sum(x))),
  },
  turned: { plain: (x) => [...x].reverse(), taped: (x) => tg.flip(x) },
  softmax: {
    plain: (x) => {
      const e = x.map(exponential);
      const all = inverse(total(e));
      return e.map((v) => times(v, all));
    },
    taped: (x) => tg.softmax(x),
  },
  cumsum: {
    plain: (x) => x.map((_, i) => total(x.slice(0, i + 1))),
    taped: (x) => tg.cumsum(x),
  },
  indexed: {
    plain: (x) => [times(x[0]!, x[1]!), x[0]!],
    taped: (x) => tg.stack([tg.multiply(x.at(0), x.at(1)), x.at(0)]),
  },
  "times what is around": {
    plain: (x, env) => x.map((v, i) => times(v, sine((env.at(-1) ?? x)[i]!))),
    taped: (x, env) => tg.multiply(x, tg.sin(env.at(-1) ?? x)),
  },
  "plus the outermost": {
    plain: (x, env) => x.map((v, i) => plus(sine(v), times(v, (env[0] ?? x)[1 - i]!))),
    taped: (x, env) => tg.add(tg.sin(x), tg.multiply(x, tg.flip(env[0] ?? x))),
  },
  only_around: {
    plain: (x, env) => x.map((_, i) => times(0.5, (env.at(-1) ?? x)[i]!)),
    taped: (x, env) => tg.multiply(0.5, env.at(-1) ?? x),
  },
};

type F = (x: Tensor, env: Tensor[]) => Tensor;

/** The same function in another way. */
export const WRAPPERS: Record<string, (f: F) => F> = {
  checkpoint: (f) => (x, env) => tg.checkpoint((y: Tensor, e: Tensor[]) => f(y, e))(x, env),
  "checkpoint that captures": (f) => (x, env) => tg.checkpoint((y: Tensor) => f(y, env))(x),
  compile: (f) => (x, env) => tg.compile((y: Tensor, e: Tensor[]) => f(y, e))(x, env),
  customVjp: (f) => (x, env) =>
    tg.customVjp((y: Tensor, e: Tensor[]) => f(y, e), {
      fwd: (y: Tensor, e: Tensor[]) => [f(y, e), { y, e }],
      bwd: ({ y, e }: { y: Tensor; e: Tensor[] }, g: Tensor) => tg.vjp(f, y, e)[1](g) as unknown,
    })(x, env),
  "customVjp by jacfwd": (f) => (x, env) => {
    const call = tg.customVjp((y: Tensor, e: Tensor[]) => f(y, e), {
      fwd: (y: Tensor, e: Tensor[]) => [call(y, e), [y, e]],
      bwd: ([y, e]: [Tensor, Tensor[]], g: Tensor) => [
        tg.matmul(g, tg.jacfwd((z: Tensor) => f(z, e))(y)),
        e.map((_, i) =>
          tg.matmul(
            g,
            tg.jacfwd((z: Tensor) => f(y, [...e.slice(0, i), z, ...e.slice(i + 1)]))(e[i]!),
          ),
        ),
      ],
    });
    return call(x, env);
  },
  customJvp: (f) => (x, env) =>
    tg.customJvp(
      (y: Tensor, e: Tensor[]) => f(y, e),
      ([y, e]: [Tensor, Tensor[]], [dy, de]: [Tensor, Tensor[]]) => tg.jvp(f, [y, e], [dy, de]),
    )(x, env),
  customGradient: (f) => (x, env) =>
    tg.customGradient((y: Tensor, e: Tensor[]): [Tensor, F] => tg.vjp(f, y, e) as never)(x, env),
  scan: (f) => (x, env) =>
    tg.scan((c: Tensor) => [f(c, env), 0], x, null as never, { length: 1 })[0],
  "scan over xs": (f) => (x, env) =>
    tg
      .scan((c: Tensor, y: Tensor) => [tg.add(c, 1), f(y, env)], 0, tg.stack([tg.sin(x), x]))[1]
      .at(1) as Tensor,
  "scan over xs, reversed": (f) => (x, env) =>
    tg
      .scan((c: Tensor, y: Tensor) => [c, f(y, env)], 0, tg.stack([x, tg.sin(x)]), {
        reverse: true,
      })[1]
      .at(0) as Tensor,
  fori: (f) => (x, env) => tg.fori(0, 1, (_, c: Tensor) => f(c, env), x),
  whileLoop: (f) => (x, env) =>
    tg.whileLoop(
      ([k]: [Tensor, Tensor]) => tg.less(k, 1),
      ([k, c]: [Tensor, Tensor]) => [tg.add(k, 1), f(c, env)] as [Tensor, Tensor],
      [tg.tensor(0, { dtype: "int32" }), x] as [Tensor, Tensor],
    )[1],
  cond: (f) => (x, env) =>
    tg.cond(
      tg.greater(tg.sum(x), 0),
      (y: Tensor) => f(y, env),
      (y: Tensor) => f(y, env),
      x,
    ),
  switchCase: (f) => (x, env) =>
    tg.switchCase(1, [(y: Tensor) => tg.sin(y), (y: Tensor) => f(y, env)], x),
  vmap: (f) => (x, env) =>
    tg
      .vmap((y: Tensor) => f(y, env))(tg.stack([tg.sin(x), x]))
      .at(1) as Tensor,
  "vmap along columns": (f) => (x, env) =>
    tg
      .vmap((y: Tensor, e: Tensor[]) => f(y, e), { inAxes: [1, null], outAxes: 1 })(
        tg.stack([tg.cos(x), x, x], 1),
        env,
      )
      .slice([null, 1]) as Tensor,
  mapOver: (f) => (x, env) =>
    tg.mapOver((y: Tensor) => f(y, env), tg.stack([x, tg.sin(x)])).at(0) as Tensor,
  linearSolve: (f) => (x, env) =>
    tg.linearSolve(
      (v: Tensor) => tg.multiply(v, tg.add(2, tg.square(x))),
      tg.multiply(f(x, env), tg.add(2, tg.square(x))),
      (_, b: Tensor) => tg.divide(b, tg.add(2, tg.square(tg.stopGradient(x)))),
      { symmetric: true },
    ),
  fixedPoint: (f) => (x, env) =>
    tg.fixedPoint(
      (a: Tensor, y: Tensor) => tg.add(tg.multiply(0.875, f(a, env)), tg.multiply(0.125, y)),
      x,
      tg.zeros([N], { dtype: "float64" }),
      { tol: 1e-15 },
    ),
};

type G = (x: Tensor) => Tensor;

/** J(x) v. */
export const PUSHES: Record<string, (f: G, x: Tensor, v: Tensor) => Tensor> = {
  jvp: (f, x, v) => tg.jvp(f, [x], [v])[1],
  jvpViaVjp: (f, x, v) => tg.jvpViaVjp(f, [x], [v])[1],
  jacfwd: (f, x, v) => tg.matmul(tg.jacfwd(f)(x), v),
  jacrev: (f, x, v) => tg.matmul(tg.jacrev(f)(x), v),
  linearize: (f, x, v) => tg.linearize(f, x)[1](v),
  "transposed pullback": (f, x, v) => {
    const pull = (g: Tensor): Tensor => tg.vjp(f, x)[1](g)[0];
    return tg.linearTranspose(pull, tg.zerosLike(x))(v)[0];
  },
  forward: (f, x, v) => {
    const y = tg.multiply(1, x);
    return tg.forward({ primals: y, tangents: v }, (acc) => acc.jvp(f(y)) ?? tg.zerosLike(x));
  },
  "vmap of jvp": (f, x, v) =>
    tg
      .vmap((w: Tensor) => tg.jvp(f, [x], [w])[1])(tg.stack([x, v]))
      .at(1) as Tensor,
};

/** vᵀ J(x). */
export const PULLS: Record<string, (f: G, x: Tensor, v: Tensor) => Tensor> = {
  vjp: (f, x, v) => tg.vjp(f, x)[1](v)[0],
  grad: (f, x, v) => tg.grad((y: Tensor) => tg.sum(tg.multiply(f(y), v)))(x),
  valueAndGrad: (f, x, v) => tg.valueAndGrad((y: Tensor) => tg.sum(tg.multiply(f(y), v)))(x)[1],
  jacfwd: (f, x, v) => tg.matmul(v, tg.jacfwd(f)(x)),
  jacrev: (f, x, v) => tg.matmul(v, tg.jacrev(f)(x)),
  vjpFn: (f, x, v) => tg.vjpFn(f)(x, v) as Tensor,
  "transposed linearize": (f, x, v) =>
    tg.linearTranspose(tg.linearize(f, x)[1] as G, tg.zerosLike(x))(v)[0],
  "vmap of vjp": (f, x, v) =>
    tg
      .vmap((w: Tensor) => tg.vjp(f, x)[1](w)[0])(tg.stack([v, x]))
      .at(0) as Tensor,
  "vmap of a pullback": (f, x, v) => {
    const [, pull] = tg.vjp(f, x);
    return tg
      .vmap((w: Tensor) => pull(w)[0])(tg.stack([v, x]))
      .at(0) as Tensor;
  },
  Tape: (f, x, v) =>
    tg.tape((t) => {
      const y = tg.multiply(1, x);
      t.watch(y);
      return t.gradient(f(y), y, { seed: v, unconnected: "zero" });
    }),
};

/** The second derivative of <f, v> along w. */
export const CURVES: Record<string, (f: G, x: Tensor, v: Tensor, w: Tensor) => Tensor> = {
  hvp: (f, x, v, w) => tg.hvp((y: Tensor) => tg.sum(tg.multiply(f(y), v)))(x, w) as Tensor,
  hessian: (f, x, v, w) => tg.matmul(tg.hessian((y: Tensor) => tg.sum(tg.multiply(f(y), v)))(x), w),
  "grad of grad": (f, x, v, w) => {
    const slope = tg.grad((y: Tensor) => tg.sum(tg.multiply(f(y), v)));
    return tg.grad((y: Tensor) => tg.sum(tg.multiply(slope(y), w)))(x);
  },
  makeHvp: (f, x, v, w) => {
    return tg.makeHvp((y: Tensor) => tg.sum(tg.multiply(f(y), v)))(x)(w) as Tensor;
  },
};

export type Expr =
  | { kind: "base"; name: string }
  | { kind: "then"; f: Expr; g: Expr }
  | { kind: "wrap"; name: string; f: Expr }
  | { kind: "push" | "pull"; name: string; f: Expr; fixed: boolean }
  | { kind: "curve"; name: string; f: Expr };

const V = [0.7, -1.1];
const W = [-0.4, 0.9];
const vector = (x: number[]): Tensor => tg.tensor(x, { dtype: "float64" });

export function plain(e: Expr): (x: Nums, env: Nums[]) => Nums {
  if (e.kind === "base") return BASES[e.name]!.plain;
  const f = plain(e.f);
  if (e.kind === "wrap") return f;
  if (e.kind === "then") {
    const g = plain(e.g);
    return (x, env) => g(f(x, env), env);
  }
  return (x, env) => {
    const inside = (y: Nums): Nums => f(y, [...env, x]);
    if (e.kind === "curve") return along((y) => against(inside, y, V), x, W);
    const v = e.fixed ? V : x.map(sine);
    return e.kind === "push" ? along(inside, x, v) : against(inside, x, v);
  };
}

export function taped(e: Expr): F {
  if (e.kind === "base") return BASES[e.name]!.taped;
  const f = taped(e.f);
  if (e.kind === "wrap") return WRAPPERS[e.name]!(f);
  if (e.kind === "then") {
    const g = taped(e.g);
    return (x, env) => g(f(x, env), env);
  }
  return (x, env) => {
    const inside = (y: Tensor): Tensor => f(y, [...env, x]);
    if (e.kind === "curve") return CURVES[e.name]!(inside, x, vector(V), vector(W));
    const v = e.fixed ? vector(V) : tg.sin(x);
    return (e.kind === "push" ? PUSHES : PULLS)[e.name]!(inside, x, v);
  };
}

/** The expression in short. */
export function text(e: Expr): string {
  if (e.kind === "base") return e.name;
  if (e.kind === "then") return `${text(e.f)} → ${text(e.g)}`;
  const v = "fixed" in e ? (e.fixed ? " v" : " sin(x)") : "";
  return `${e.kind}[${e.name}${v}](${text(e.f)})`;
}
