// One function differentiated in every idiom and mixture of modes: all must agree.

import {
  add,
  checkpoint,
  compile,
  forward,
  grad,
  gradients,
  jacfwd,
  jvp,
  linearize,
  multiply,
} from "tapegrad";
import { stack, sum, tape, Tape, tensor, tree, vjp, vmap, type Tensor } from "tapegrad";
import { agree, data } from "./support.js";

type F = (...args: Tensor[]) => Tensor;

const dot = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((x, i) => sum(multiply(x, b[i]!))).reduce((s, x) => add(s, x));

/** Gradients of a scalar function of tensors, and products of its Hessian with a direction. */
export function agreeInEveryIdiom(f: F, args: Tensor[], tolerance = 1e-9): void {
  const all = { argnums: args.map((_, i) => i) };
  const slopes = (...xs: Tensor[]): Tensor[] => grad(f, all)(...xs);
  const v = args.map((x, i) => data(90 + i, x.shape));
  const g = slopes(...args);
  const h = grad((...xs: Tensor[]) => dot(slopes(...xs), v), all)(...args);
  const leaves = () => args.map((x) => tensor(x, { requiresGrad: true }));
  const ways: Record<string, () => void> = {
    jvp: () => agree(jvp(f, args, v)[1], dot(g, v), tolerance),
    vjp: () => agree(vjp(f, ...args)[1](1), g, tolerance),
    linearize: () => agree(linearize(f, ...args)[1](...v), dot(g, v), tolerance),
    "backward()": () => {
      const xs = leaves();
      f(...xs).backward();
      agree(
        xs.map((x) => x.grad),
        g,
        tolerance,
      );
    },
    "backward() twice": () => {
      const xs = leaves();
      f(...xs).backward({ createGraph: true });
      const first = xs.map((x) => x.grad!);
      for (const x of xs) x.grad = null;
      dot(first, v).backward();
      agree([first, xs.map((x) => x.grad)], [g, h], tolerance);
    },
    gradients: () => {
      const xs = leaves();
      const first = gradients(f(...xs), xs, { createGraph: true });
      agree([first, gradients(dot(first, v), xs)], [g, h], tolerance);
    },
    tapes: () => {
      const second = tape((outer) => {
        outer.watch(args);
        using inner = new Tape();
        inner.watch(args);
        const first = inner.gradient(f(...args), args) as Tensor[];
        return [first, outer.gradient(dot(first, v), args)] as const;
      });
      agree(second, [g, h], tolerance);
    },
    "a persistent tape": () => {
      using t = new Tape({ persistent: true });
      t.watch(args);
      const first = t.gradient(f(...args), args) as Tensor[];
      agree([first, t.gradient(dot(first, v), args)], [g, h], tolerance);
    },
    "forward around a tape": () => {
      const product = forward({ primals: args, tangents: v }, (acc) =>
        tape((t) => {
          t.watch(args);
          return acc.jvp(t.gradient(f(...args), args) as Tensor[]);
        }),
      );
      agree(product, h, tolerance);
    },
    "jvp of grad": () => agree(jvp(slopes, args, v)[1], h, tolerance),
    "grad of jvp": () =>
      agree(grad((...xs: Tensor[]) => jvp(f, xs, v)[1], all)(...args), h, tolerance),
    "vjp of grad": () => agree(vjp(slopes, ...args)[1](v), h, tolerance),
    "grad of a leaf's grad": () => {
      const xs = leaves();
      dot(slopes(...xs), v).backward();
      agree(
        xs.map((x) => x.grad),
        h,
        tolerance,
      );
    },
    checkpoint: () => {
      const c = grad(checkpoint(f), all);
      agree([c(...args), jvp((...xs: Tensor[]) => c(...xs), args, v)[1]], [g, h], tolerance);
      agree(grad((...xs: Tensor[]) => dot(c(...xs), v), all)(...args), h, tolerance);
    },
    vmap: () => {
      const near = args.map((x) => multiply(x, 1.01));
      const both = args.map((x, i) => stack([x, near[i]!]));
      const each = vmap(slopes)(...both);
      agree(
        each,
        tree.map((a: Tensor, b: Tensor) => stack([a, b]), g, slopes(...near)),
        tolerance,
      );
      const outside = grad((...xs: Tensor[]) => sum(vmap(f)(...xs)), all)(...both);
      agree(outside, each, tolerance);
      const product = jvp(
        vmap(slopes),
        both,
        v.map((x) => stack([x, x])),
      )[1] as Tensor[];
      agree(
        product.map((x) => x.at(0)),
        h,
        tolerance,
      );
    },
    compile: () => {
      const step = compile((...xs: Tensor[]) => [slopes(...xs), jvp(slopes, xs, v)[1]]);
      for (let i = 0; i < 2; i++) agree(step(...args), [g, h], tolerance);
    },
    "compiled backward()": () => {
      const xs = leaves();
      const step = compile(() => {
        for (const x of xs) x.grad = null;
        f(...xs).backward();
      });
      for (let i = 0; i < 2; i++) {
        step();
        agree(
          xs.map((x) => x.grad),
          g,
          tolerance,
        );
      }
    },
    jacfwd: () => {
      const small = args.findIndex((x) => x.size < 20);
      if (small < 0) return;
      const one = (x: Tensor) => f(...args.map((y, i) => (i === small ? x : y)));
      agree(jacfwd(one)(args[small]!), g[small]!, tolerance);
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    try {
      way();
    } catch (error) {
      // A program has a fixed number of steps.
      if (/^\w+: compile: the number of steps depends/.test((error as Error).message)) continue;
      throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}
