// Factors multiply back to what they came from, for sizes that small references do not reach.

import { eye, isTensor, linalg, matmul, tensor, tril, triu, vmap, type Tensor } from "tapegrad";
import { describe, expect, test } from "vitest";
import { randoms } from "./matrices.js";

const turned = (x: Tensor): Tensor => linalg.matrixTranspose(x);
const distance = (x: Tensor, y: Tensor): number => x.subtract(y).abs().max().item();
const unit = (n: number): Tensor => eye(n, n, { dtype: "float64" });
const SHAPES = [
  [40, 40],
  [57, 31],
  [31, 57],
  [3, 20, 20],
];

describe.each(SHAPES.map((shape) => [shape]))("%j", (shape) => {
  const x = randoms(...shape);
  const [m, n] = shape.slice(-2) as [number, number];

  test("qr", () => {
    for (const mode of ["reduced", "complete"] as const) {
      const [q, r] = linalg.qr(x, mode);
      expect(distance(matmul(q, r), x)).toBeLessThan(1e-13);
      expect(distance(matmul(turned(q), q), unit(q.shape.at(-1)!))).toBeLessThan(1e-13);
      expect(distance(triu(r), r)).toBe(0);
    }
  });

  test("lu", () => {
    const [p, l, u] = linalg.lu(x);
    expect(distance(matmul(p, matmul(l, u)), x)).toBeLessThan(1e-13);
    expect(distance(tril(l), l)).toBe(0);
    expect(l.abs().max().item()).toBe(1);
  });

  test("svd", () => {
    const [u, s, vh] = linalg.svd(x);
    expect(u.shape.at(-1)).toBe(m);
    expect(vh.shape.at(-1)).toBe(n);
    expect(distance(matmul(turned(u), u), unit(m))).toBeLessThan(1e-13);
    expect(distance(matmul(turned(vh), vh), unit(n))).toBeLessThan(1e-13);
    const [a, t, b] = linalg.svd(x, { fullMatrices: false });
    expect(distance(matmul(a.multiply(t.expandDims(-2)), b), x)).toBeLessThan(1e-13);
    expect(distance(s, linalg.svdvals(x))).toBe(0);
  });

  test("pinv: the four equations of Penrose", () => {
    const y = linalg.pinv(x);
    const [xy, yx] = [matmul(x, y), matmul(y, x)];
    expect(distance(matmul(xy, x), x)).toBeLessThan(1e-11);
    expect(distance(matmul(yx, y), y)).toBeLessThan(1e-11 * y.abs().max().item());
    expect(distance(xy, turned(xy))).toBeLessThan(1e-11);
    expect(distance(yx, turned(yx))).toBeLessThan(1e-11);
  });
});

describe("square matrices", () => {
  const x = randoms(60, 60);
  const positive = matmul(x, turned(x)).add(unit(60));

  test("solve, inv, luSolve, choSolve", () => {
    const b = randoms(60, 3);
    expect(distance(matmul(x, linalg.solve(x, b)), b)).toBeLessThan(1e-12);
    expect(distance(matmul(x, linalg.inv(x)), unit(60))).toBeLessThan(1e-11);
    expect(distance(linalg.luSolve(linalg.luFactor(x), b), linalg.solve(x, b))).toBeLessThan(1e-13);
    const y = linalg.choSolve([linalg.cholesky(positive), true], b);
    expect(distance(matmul(positive, y), b)).toBeLessThan(1e-12);
  });

  test("luSolve of batches, and under vmap", () => {
    const many = randoms(2, 4, 4);
    const b = randoms(3, 2, 4, 2);
    expect(distance(linalg.luSolve(linalg.luFactor(many), b), linalg.solve(many, b))).toBeLessThan(
      1e-12,
    );
    const each = vmap((a: Tensor) => linalg.luSolve(linalg.luFactor(a), b.slice([0, 0])));
    expect(distance(each(many) as Tensor, linalg.solve(many, b.slice([0, 0])))).toBeLessThan(1e-12);
  });

  test("one matrix for many right-hand sides, under vmap", () => {
    const b = randoms(5, 60);
    const each = vmap((y: Tensor) => linalg.solve(x, y))(b) as Tensor;
    expect(distance(turned(each), linalg.solve(x, turned(b)))).toBeLessThan(1e-12);
  });

  test("det is the product of what slogdet says", () => {
    const [sign, log] = linalg.slogdet(x);
    const det = linalg.det(x).item();
    expect(Math.abs(sign.item() * Math.exp(log.item()) - det)).toBeLessThan(1e-11 * Math.abs(det));
  });

  test("eigh and eig", () => {
    const [w, v] = linalg.eigh(positive);
    expect(distance(matmul(positive, v), v.multiply(w))).toBeLessThan(1e-11);
    expect(distance(matmul(turned(v), v), unit(60))).toBeLessThan(1e-13);
    const [z, u] = linalg.eig(positive);
    expect(distance(z, w)).toBeLessThan(1e-10);
    expect(distance(matmul(positive, u), u.multiply(z))).toBeLessThan(1e-10);
  });

  test("expm, sqrtm, solveSylvester", () => {
    const product = matmul(linalg.expm(x), linalg.expm(x.negative()));
    expect(distance(product, unit(60))).toBeLessThan(1e-9);
    const root = linalg.sqrtm(positive);
    expect(distance(matmul(root, root), positive)).toBeLessThan(1e-11);
    const c = randoms(60, 60);
    const y = linalg.solveSylvester(positive, positive.add(x), c);
    const back = matmul(positive, y).add(matmul(y, positive.add(x)));
    expect(distance(back, c)).toBeLessThan(1e-11);
  });

  test("sizes of elements from 1e-200 to 1e200", () => {
    for (const scale of [1e-200, 1e200]) {
      const y = x.multiply(scale);
      const [q, r] = linalg.qr(y);
      expect(distance(matmul(q, r.divide(scale)), x)).toBeLessThan(1e-13);
      const relative = distance(linalg.svdvals(y).divide(scale), linalg.svdvals(x));
      expect(relative).toBeLessThan(1e-13);
      const [w] = linalg.eigh(positive.multiply(scale));
      expect(distance(w.divide(scale), linalg.eigvalsh(positive))).toBeLessThan(1e-11);
    }
  });
});

test("what is not finite gives NaN, and ends", () => {
  const bad = tensor([
    [1, NaN],
    [2, Infinity],
  ]);
  const results = [
    linalg.eigh(bad),
    linalg.svd(bad),
    linalg.pinv(bad),
    linalg.eig(bad),
    linalg.sqrtm(bad),
    linalg.expm(bad),
    linalg.qr(bad, "r"),
    linalg.solve(bad, [1, 1]),
  ].flat();
  for (const x of results) expect(isTensor(x) && Number.isNaN(x.sum().item())).toBe(true);
});
