// Derivatives where they are easily lost: singular matrices, equal values, choices of vectors.

import {
  checkGrads,
  grad,
  hessian,
  linalg,
  matmul,
  multiply,
  norm,
  sum,
  tensor,
  vjp,
  vmap,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { randoms } from "./matrices.js";

const f64 = (x: number[][]): Tensor => tensor(x, { dtype: "float64" });
const turned = (x: Tensor): Tensor => linalg.matrixTranspose(x);
const distance = (x: Tensor, y: Tensor): number => x.subtract(y).abs().max().item();
/** The sum of rank products: a matrix of this rank. */
const ofRank = (n: number, rank: number): Tensor => matmul(randoms(n, rank), randoms(rank, n));
const both = { order: 2, eps: 1e-4 };

describe("determinants of singular matrices", () => {
  test.each([
    [3, 2],
    [4, 3],
    [5, 4],
    [5, 3],
    [5, 2],
    [6, 1],
    [5, 0],
  ])("size %i of rank %i: cofactors, to order 2", (n, rank) => {
    const x = rank === 0 ? zeros([n, n], { dtype: "float64" }) : ofRank(n, rank);
    checkGrads(linalg.det, [x], both);
  });

  test("to order 3 if two ranks are missing", () => {
    checkGrads(linalg.det, [ofRank(4, 2)], { order: 3, eps: 1e-3 });
    checkGrads(linalg.det, [ofRank(5, 4)], { order: 3, eps: 1e-3 });
  });

  test("the adjugate of [[1, 2], [2, 4]]", () => {
    const g = grad(linalg.det)(
      f64([
        [1, 2],
        [2, 4],
      ]),
    );
    expect(g.toArray()).toEqual([
      [4, -2],
      [-2, 1],
    ]);
  });
});

describe("slogdet", () => {
  const x = randoms(4, 4);

  test("cotangents of both results count", () => {
    const [y, pull] = vjp((a: Tensor) => linalg.slogdet(a), x);
    expect(y.length).toBe(2);
    const g = pull([tensor(3, { dtype: "float64" }), tensor(2, { dtype: "float64" })])[0] as Tensor;
    expect(distance(g, turned(linalg.inv(x)).multiply(2))).toBeLessThan(1e-12);
    // The sign alone has derivative 0, at singular matrices too.
    const sign = (a: Tensor): Tensor => linalg.slogdet(a)[0];
    expect(grad(sign)(ofRank(4, 2)).abs().max().item()).toBe(0);
  });

  test("mixed with other functions, to order 2", () => {
    checkGrads((a: Tensor) => multiply(linalg.slogdet(a)[1], linalg.det(a)), [x], both);
  });
});

describe("equal eigenvalues and singular values", () => {
  const q = linalg.qr(randoms(4, 4))[0];
  const s = tensor([3, 2, 2, 1], { dtype: "float64" });
  const twice = matmul(q.multiply(s), turned(q));

  test("sums of eigenvalues: the trace, to order 2", () => {
    checkGrads((x: Tensor) => sum(linalg.eigvalsh(x)), [twice], both);
    const g = grad((x: Tensor) => sum(linalg.eigvalsh(x)))(
      linalg.inv(
        f64([
          [2, 0],
          [0, 2],
        ]),
      ),
    );
    expect(g.toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("symmetric functions of them, to order 1", () => {
    checkGrads((x: Tensor) => sum(linalg.eigvalsh(x).exp()), [twice], { order: 1 });
    checkGrads((x: Tensor) => sum(linalg.svdvals(x).square()), [twice], { order: 1 });
  });

  test("projectors: vectors as a whole, to order 2", () => {
    const projector = (x: Tensor): Tensor => {
      const v = linalg.eigh(x)[1].slice([null, [1, 3]]);
      return matmul(v, turned(v));
    };
    checkGrads(projector, [twice], both);
  });

  test("the orthogonal factor u · vh, to order 2, also of the unit matrix", () => {
    const polar = (x: Tensor): Tensor => {
      const [u, , vh] = linalg.svd(x, { fullMatrices: false });
      return matmul(u, vh);
    };
    checkGrads(polar, [twice], both);
    checkGrads(
      polar,
      [
        f64([
          [1, 0],
          [0, 1],
        ]),
      ],
      both,
    );
    checkGrads(
      polar,
      [
        f64([
          [1, 0],
          [0, 1],
          [0, 0],
        ]),
      ],
      both,
    );
  });

  test("the nuclear norm, to order 2", () => {
    const nuclear = (x: Tensor): Tensor => norm(x, "nuc", [0, 1]);
    checkGrads(nuclear, [twice], both);
    checkGrads(nuclear, [matmul(twice, q)], both);
    // At 0, a kink, it is 0; so are parts that belong to singular values 0.
    expect(grad(nuclear)(zeros([2, 3])).toArray()).toEqual(zeros([2, 3]).toArray());
    expect(
      grad(nuclear)(
        f64([
          [2, 0],
          [0, 0],
        ]),
      ).toArray(),
    ).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  test("the largest shares its derivative", () => {
    const g = grad((x: Tensor) => norm(x, 2, [0, 1]))(
      f64([
        [1, 0],
        [0, 1],
      ]),
    );
    expect(g.toArray()).toEqual([
      [0.5, 0],
      [0, 0.5],
    ]);
  });
});

describe("choices that results do not depend on", () => {
  const x = randoms(5, 3);

  test("complete qr and full svd: projectors, to order 2", () => {
    const ofQr = (a: Tensor): Tensor => {
      const rest = linalg.qr(a, "complete")[0].slice([null, [3, 5]]);
      return matmul(rest, turned(rest));
    };
    const ofSvd = (a: Tensor): Tensor => {
      const rest = linalg.svd(a)[0].slice([null, [3, 5]]);
      return matmul(rest, turned(rest));
    };
    const ofTurned = (a: Tensor): Tensor => {
      const rest = linalg.svd(turned(a))[2].slice([[3, 5]]);
      return matmul(turned(rest), rest);
    };
    expect(distance(ofQr(x), ofSvd(x))).toBeLessThan(1e-14);
    for (const f of [ofQr, ofSvd, ofTurned]) checkGrads(f, [x], both);
  });
});

describe("rank held", () => {
  test("pinv along matrices of rank 2, to order 2", () => {
    const [a, b] = [randoms(4, 2), randoms(2, 3)];
    checkGrads((p: Tensor, q: Tensor) => linalg.pinv(matmul(p, q)), [a, b], both);
  });

  test("lstsq: the shortest of many", () => {
    const a = ofRank(4, 2);
    const b = randoms(4);
    const [x, , rank] = linalg.lstsq(a, b);
    expect(rank.item()).toBe(2);
    expect(distance(x, matmul(linalg.pinv(a), b))).toBeLessThan(1e-12);
    // Normal equations.
    expect(matmul(turned(a), matmul(a, x).subtract(b)).abs().max().item()).toBeLessThan(1e-12);
  });

  test("a column of singular lu", () => {
    const a = f64([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    const [p, l, u] = linalg.lu(a);
    expect(distance(matmul(p, matmul(l, u)), a)).toBeLessThan(1e-15);
  });
});

test("cholesky: a symmetric derivative", () => {
  const a = randoms(3, 3);
  const x = matmul(a, turned(a)).add(
    f64([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]),
  );
  const g = grad((y: Tensor) => sum(linalg.cholesky(y).sin()))(x);
  expect(distance(g, turned(g))).toBe(0);
});

test("third derivatives, and through vmap", () => {
  const x = randoms(3, 3).add(
    f64([
      [3, 0, 0],
      [0, 3, 0],
      [0, 0, 3],
    ]),
  );
  for (const f of [linalg.inv, linalg.expm, linalg.pinv, linalg.sqrtm]) {
    checkGrads(f, [x], { order: 3, eps: 1e-3, atol: 1e-5 });
  }
  const many = randoms(3, 3, 3);
  const one = (a: Tensor): Tensor => hessian((y: Tensor) => linalg.slogdet(y)[1])(a) as Tensor;
  const all = vmap(one)(many) as Tensor;
  for (let i = 0; i < 3; i++) {
    const part = all.slice([i]);
    expect(distance(part, one(many.slice([i])))).toBeLessThan(
      1e-11 * (1 + part.abs().max().item()),
    );
  }
});
