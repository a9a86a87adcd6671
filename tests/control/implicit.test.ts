// Derivatives of solutions: against closed forms, the loop itself, and finite differences.

import {
  add,
  cg,
  checkGrads,
  compile,
  cos,
  divide,
  exp,
  fixedPoint,
  fori,
  gmres,
  grad,
  hessian,
  implicitRoot,
} from "tapegrad";
import {
  jacfwd,
  jacrev,
  jvp,
  linearSolve,
  matmul,
  multiply,
  sin,
  square,
  stack,
  subtract,
  sum,
} from "tapegrad";
import { tanh, tensor, vjp, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "../transforms/close.js";

const float64 = { dtype: "float64" } as const;
const f64 = (x: number[] | number[][]): Tensor => tensor(x, float64);

/** Diagonally dominant, not symmetric. */
const a3 = add(f64(pattern(3, 3)), multiply(3, f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]]))); // prettier-ignore
const spd = matmul(a3, a3.transpose());
const b3 = f64([1, -2, 0.5]);

describe("fixedPoint", () => {
  const heron = (a: Tensor): Tensor =>
    fixedPoint((p, x) => multiply(0.5, add(x, divide(p, x))), a, 1);

  test("square roots, to third order in both modes", () => {
    expectClose(heron(tensor(2, float64)), Math.SQRT2);
    expectClose(grad(heron)(9), 1 / 6);
    expectClose(jvp(heron, [9], [1])[1], 1 / 6);
    expectClose(grad(grad(heron))(4), -1 / 32);
    expectClose(grad(grad(grad(heron)))(4), 3 / 256);
    expectClose(jacfwd(jacrev(heron))(4), -1 / 32);
    expectClose(jacrev(jacfwd(heron))(4), -1 / 32);
    checkGrads(heron, [tensor(3, float64)], { order: 3 });
  });

  test("the value is that of the iteration, differentiated or not", () => {
    const at = tensor(7, float64);
    expect(vjp(heron, at)[0].item()).toBe(heron(at).item());
  });

  test("systems and trees, parameters in closures too", () => {
    const w = f64(pattern(3, 3)).multiply(0.3);
    const f = (bias: Tensor, scale: Tensor): Tensor => {
      const { u, v } = fixedPoint(
        (p, x) => ({
          u: tanh(add(matmul(w, x.u), p.bias)),
          v: multiply(0.5, cos(multiply(x.v, scale))),
        }),
        { bias },
        { u: f64([0, 0, 0]), v: 0 },
      );
      return add(sum(square(u)), multiply(v, u.at(0)));
    };
    const looped = (bias: Tensor, scale: Tensor): Tensor => {
      let u: Tensor = f64([0, 0, 0]);
      let v: Tensor = tensor(0, float64);
      for (let i = 0; i < 80; i++) {
        u = tanh(add(matmul(w, u), bias));
        v = multiply(0.5, cos(multiply(v, scale)));
      }
      return add(sum(square(u)), multiply(v, u.at(0)));
    };
    const at = [b3, tensor(0.8, float64)] as const;
    const both = { argnums: [0, 1] } as const;
    expectClose(f(...at), looped(...at), 1e-11);
    expectClose(grad(f, both)(...at), grad(looped, both)(...at), 1e-10);
    expectClose(hessian(f, both)(...at), hessian(looped, both)(...at), 1e-9);
  });

  test("inside vmap every example settles for itself", () => {
    const as = f64([2, 100, 1e-4]);
    expectClose(vmap(heron)(as), [Math.SQRT2, 10, 0.01]);
    expectClose(vmap(grad(heron))(as), [1 / (2 * Math.SQRT2), 1 / 20, 50], 1e-9);
    expectClose(
      grad((x: Tensor) => sum(vmap(heron)(x)))(as),
      [1 / (2 * Math.SQRT2), 1 / 20, 50],
      1e-9,
    );
    expectClose(vmap(grad(grad(heron)))(as).at(1), -1 / 4000, 1e-9);
  });

  test("leaves, float32, constants", () => {
    const leaf = tensor(9, { requiresGrad: true, dtype: "float64" });
    heron(leaf).backward();
    expectClose(leaf.grad, 1 / 6);
    const single = heron(tensor(2));
    expect(single.dtype).toBe("float32");
    expectClose(grad(heron)(tensor(2)), 1 / (2 * Math.SQRT2), 1e-6);
    const three = (): Tensor => fixedPoint(() => 3, 1, 0);
    expectClose(grad((x: Tensor) => multiply(x, three()))(5), 3);
    expectClose(grad((x: Tensor) => fixedPoint((a, y) => multiply(0.5, add(a, y)), x, 0))(5), 1);
  });

  test("errors", () => {
    expect(() => fixedPoint((_a, x) => multiply(x, 2), 1, 1, { maxIter: 5 })).toThrow(
      "fixedPoint: not settled after 5 steps",
    );
    expect(() => fixedPoint((_a, x) => multiply(x, NaN), 1, 1, { maxIter: 5 })).toThrow(
      "not settled",
    );
    expect(() => fixedPoint((_a, x) => stack([x, x]), 1, 1)).toThrow(
      "fixedPoint: the body changed",
    );
    expect(() => fixedPoint((_a, x) => x, 1, 1, { maxIter: 0 })).toThrow("fixedPoint: maxIter is");
    expect(() => grad((a: Tensor) => fixedPoint(() => { throw new Error("inside"); }, a, 1))(1)).toThrow("inside"); // prettier-ignore
    expectIntact();
  });
});

describe("implicitRoot", () => {
  /** Newton's method, which would be a bad thing to differentiate through. */
  const newton = (f: (x: Tensor) => Tensor, x0: Tensor): Tensor =>
    fori(0, 30, (_, x) => subtract(x, divide(f(x), jvp(f, [x], [add(multiply(x, 0), 1)])[1])), x0);

  test("roots by closures, to third order", () => {
    // x eˣ = a: Lambert's W, W′ = W / (a (1 + W))
    const lambert = (a: Tensor): Tensor =>
      implicitRoot((x: Tensor) => subtract(multiply(x, exp(x)), a), newton, 0.5);
    const w = lambert(tensor(2, float64)).item();
    expectClose(w * Math.exp(w), 2);
    expectClose(grad(lambert)(2), w / (2 * (1 + w)));
    checkGrads(lambert, [tensor(2, float64)], { order: 3 });
    const as = f64([0.5, 2, 9]);
    expectClose(
      vmap(grad(lambert))(as),
      stack([0.5, 2, 9].map((a) => grad(lambert)(tensor(a, float64)))),
    );
  });

  test("a system with a solver of its own for tangents", () => {
    let solved = 0;
    const f = (a: Tensor): Tensor =>
      implicitRoot(
        (x: Tensor) => subtract(add(matmul(a3, x), multiply(0.1, sin(x))), multiply(a, b3)),
        (g, x0) => fori(0, 60, (_, x) => subtract(x, multiply(0.2, g(x))), x0),
        f64([0, 0, 0]),
        { tangentSolve: (product, b) => (solved++, gmres(product, b)) },
      );
    const x = f(tensor(1, float64));
    expectClose(add(matmul(a3, x), multiply(0.1, sin(x))), b3, 1e-10);
    checkGrads(f, [tensor(1, float64)], { order: 2 });
    expect(solved).toBeGreaterThan(0);
  });

  test("errors", () => {
    const zero = (x: Tensor): Tensor => x;
    expect(() => implicitRoot(zero, () => f64([1]), 1)).toThrow(
      "implicitRoot: the body changed the carry",
    );
    expect(() => implicitRoot(() => undefined, (_, x) => x, 1)).toThrow("implicitRoot: the function returned undefined"); // prettier-ignore
    expect(() => implicitRoot(1 as never, (_, x) => x, 1)).toThrow(
      "implicitRoot: needs a function",
    );
    expectIntact();
  });
});

describe("linearSolve, cg, gmres", () => {
  test("gmres goes on to its last step unharmed", () => {
    for (const dtype of ["float64", "float32"] as const) {
      const [a, b] = [a3.astype(dtype), b3.astype(dtype)];
      const by = (options: object) => (b: Tensor) => gmres((x: Tensor) => matmul(a, x), b, options);
      const tolerance = dtype === "float32" ? 1e-5 : 1e-13;
      for (const f of [by({}), by({ tol: 0 }), by({ tol: 0, maxIter: 200 })]) {
        expectClose(matmul(a, f(b)), b, tolerance);
        // A program goes through all of them.
        expectClose(matmul(a, compile(f)(b)), b, tolerance);
        expectClose(
          vmap((b: Tensor) => matmul(a, f(b)))(stack([b, multiply(b, 0)])).at(0),
          b,
          tolerance,
        );
      }
    }
  });

  test("derivatives of what equations say, in compiled functions", () => {
    const root = (a: Tensor) =>
      implicitRoot(
        (x: Tensor) => subtract(add(x, multiply(0.3, sin(x))), a),
        (f, x0) => fori(0, 30, (_, x: Tensor) => subtract(x, multiply(0.8, f(x))), x0),
        f64([0, 0, 0]),
      );
    const slope = (a: Tensor) => grad((a: Tensor) => sum(square(root(a))))(a);
    const compiled = compile(slope);
    for (let i = 0; i < 2; i++) expectClose(compiled(b3), slope(b3));
  });

  test("gmres: any regular matrix, also where others break down", () => {
    expectClose(
      matmul(
        a3,
        gmres((x: Tensor) => matmul(a3, x), b3),
      ),
      b3,
    );
    const turn = f64([[0, 1], [-1, 0]]); // prettier-ignore
    expectClose(
      gmres((x: Tensor) => matmul(turn, x), f64([1, 2])),
      [-2, 1],
    );
    const n = 100;
    const big = add(f64(pattern(n, n)), multiply(8, tensor(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j))), float64))); // prettier-ignore
    const b = f64(pattern(1, n)[0]!);
    expectClose(
      matmul(
        big,
        gmres((x: Tensor) => matmul(big, x), b),
      ),
      b,
      1e-10,
    );
    expectClose(
      gmres((x: Tensor) => matmul(a3, x), multiply(b3, 0)),
      [0, 0, 0],
    );
  });

  test("cg: symmetric positive definite; trees", () => {
    expectClose(
      matmul(
        spd,
        cg((x: Tensor) => matmul(spd, x), b3),
      ),
      b3,
      1e-10,
    );
    for (const solver of [cg, gmres]) {
      for (const size of [1e-300, 1e-170, 1e-80, 1e170, 1e300]) {
        const x = divide(
          solver((x: Tensor) => matmul(spd, x), multiply(b3, size)),
          size,
        );
        expectClose(
          x,
          solver((x: Tensor) => matmul(spd, x), divide(multiply(b3, size), size)),
          1e-9,
        );
      }
      const small = multiply(b3.astype("float32"), 2 ** -100);
      const single = solver((x: Tensor) => matmul(spd.astype("float32"), x), small);
      expectClose(
        multiply(single, 2 ** 100),
        solver((x: Tensor) => matmul(spd, x), b3),
        1e-5,
      );
      // A residual that is short enough is one at any size.
      const rough = { atol: 1e200 };
      expect(sum(solver((x: Tensor) => matmul(spd, x), multiply(b3, 1e170), rough)).item()).toBe(0);
    }
    const { p, q } = cg((x) => ({ p: multiply(2, x.p), q: add(x.q, multiply(0.5, x.q)) }), {
      p: b3,
      q: 3,
    });
    expectClose({ p, q }, { p: divide(b3, 2), q: 2 });
    const single = cg((x: Tensor) => matmul(spd.astype("float32"), x), b3.astype("float32"));
    expect(single.dtype).toBe("float32");
  });

  test("cg: indefinite matrices are solved or not, but never silently by 0", () => {
    // Eigenvalues of both signs, and a right-hand side with bᵀAb < 0, so that the first step goes up.
    const m = f64([[-2, 1, 0], [1, 3, -1], [0, -1, -4]]); // prettier-ignore
    const by = (m: Tensor, b: Tensor, o = {}): Tensor => cg((x: Tensor) => matmul(m, x), b, o);
    for (const options of [{}, { tol: 0 }, { tol: 1e-14 }, { maxIter: 40 }]) {
      expectClose(matmul(m, by(m, b3, options)), b3, 1e-11);
    }
    expectClose(matmul(spd, by(spd, b3, { tol: 0, maxIter: 500 })), b3, 1e-11);
    expectClose(compile((b: Tensor) => matmul(m, by(m, b, { maxIter: 20 })))(b3), b3, 1e-11);
    // By another road: the matrix is symmetric whatever s is.
    const loss = (s: Tensor): Tensor =>
      sum(square(by(add(multiply(s, m), multiply(square(s), spd)), b3)));
    checkGrads(loss, [tensor(-0.3, float64)], { order: 2 });
    // The second one ends after a step.
    const ms = stack([m, multiply(3, f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]])), spd]); // prettier-ignore
    const one = (m: Tensor): Tensor => sum(square(by(add(m, m.transpose()), b3)));
    const looped = (f: (m: Tensor) => Tensor): Tensor => stack([0, 1, 2].map((i) => f(ms.at(i))));
    expectClose(vmap(one)(ms), looped(one), 1e-11);
    expectClose(vmap(grad(one))(ms), looped(grad(one)), 1e-10);
    expectClose(grad((x: Tensor) => sum(vmap(one)(x)))(ms), looped(grad(one)), 1e-10);
    // pᵀAp = 0 at once, nothing to go by.
    for (const dtype of ["float64", "float32"] as const) {
      const swap = tensor([[0, 1], [1, 0]], { dtype }); // prettier-ignore
      expect(by(swap, tensor([1, 0], { dtype })).toArray()).toEqual([NaN, NaN]);
      expect(by(swap, tensor([0, 0], { dtype })).toArray()).toEqual([0, 0]);
      const none = multiply(swap, NaN);
      expect(by(none, tensor([1, 0], { dtype })).toArray()).toEqual([NaN, NaN]);
    }
  });

  test("derivatives by matrix and right-hand side, both modes, to second order", () => {
    const by = (m: Tensor, b: Tensor): Tensor => gmres((x: Tensor) => matmul(m, x), b);
    checkGrads(by, [a3, b3], { order: 2, atol: 1e-5 });
    const inverse = jacfwd((b: Tensor) => by(a3, b))(b3);
    expectClose(matmul(a3, inverse), [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 1e-11); // prettier-ignore
    expectClose(jacrev((b: Tensor) => by(a3, b))(b3), inverse, 1e-11);
    // dx = -A⁻¹ dA x
    const dm = f64(pattern(3, 3, 5));
    const x = by(a3, b3);
    expectClose(
      jvp((m: Tensor) => by(m, b3), [a3], [dm])[1],
      multiply(-1, matmul(inverse, matmul(dm, x))),
      1e-11,
    );
    const symmetric = (s: Tensor): Tensor =>
      sum(square(cg((v: Tensor) => matmul(multiply(s, spd), v), b3)));
    checkGrads(symmetric, [tensor(1.5, float64)], { order: 2 });
  });

  test("inside vmap, over matrices and over right-hand sides", () => {
    const ms = stack([a3, multiply(2, a3), a3.transpose()]);
    const bs = f64(pattern(3, 3));
    const by = (m: Tensor, b: Tensor): Tensor => gmres((x: Tensor) => matmul(m, x), b);
    expectClose(
      vmap(by)(ms, bs),
      stack([0, 1, 2].map((i) => by(ms.slice([i]), bs.slice([i])))),
      1e-11,
    );
    const loss = (m: Tensor, b: Tensor): Tensor => sum(square(by(m, b)));
    expectClose(
      vmap(grad(loss))(ms, bs),
      stack([0, 1, 2].map((i) => grad(loss)(ms.slice([i]), bs.slice([i])))),
      1e-10,
    );
  });

  test("a solver of the user's is not differentiated, and solves the transposed system too", () => {
    const seen: string[] = [];
    const inverse = jacfwd((b: Tensor) => gmres((x: Tensor) => matmul(a3, x), b))(b3);
    const f = (b: Tensor): Tensor =>
      linearSolve(
        (x: Tensor) => matmul(a3, x),
        b,
        (_, y) => (seen.push("forth"), matmul(inverse, y)),
        {
          transposeSolve: (_, y) => (seen.push("back"), matmul(inverse.transpose(), y)),
        },
      );
    expectClose(grad((b: Tensor) => sum(f(b)))(b3), sum(inverse, 0), 1e-11);
    expect(seen).toContain("back");
    expectClose(f(b3), matmul(inverse, b3));
  });

  test("errors", () => {
    expect(() => gmres((x: Tensor) => x.slice([[0, 1]]), b3)).toThrow(
      "linearSolve: 1 numbers for 3 unknowns; the matrix must be square",
    );
    expect(() => cg((x) => [x], b3)).toThrow("linearSolve: the product has another form");
    expect(() => linearSolve((x) => x, b3, 1 as never)).toThrow("linearSolve: needs a function");
    expectIntact();
  });
});
