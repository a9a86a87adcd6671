// Random numbers: the words against the definition of Threefry, distributions against their moments
// and quantiles, keys inside transforms.

import * as tg from "tapegrad";
import { compile, grad, stack, tensor, vmap, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import * as random from "tapegrad/random";
import { describe, expect, test } from "vitest";
import { expectNear, FLOATS, numbers } from "../ops/support.js";

/** Threefry2x32 with 20 rounds, as the paper defines it. */
function threefry(key: [number, number], counter: [number, number]): [number, number] {
  const distances = [13, 15, 26, 6, 17, 29, 16, 24];
  const keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bda];
  let x = (counter[0] + keys[0]!) | 0;
  let y = (counter[1] + keys[1]!) | 0;
  for (let round = 0; round < 20; round++) {
    const d = distances[round % 8]!;
    x = (x + y) | 0;
    y = ((y << d) | (y >>> (32 - d))) ^ x;
    if (round % 4 === 3) {
      const i = (round + 1) / 4;
      x = (x + keys[i % 3]!) | 0;
      y = (y + keys[(i + 1) % 3]! + i) | 0;
    }
  }
  return [x, y];
}

const hex = (words: number[]): string =>
  words.map((w) => (w >>> 0).toString(16).padStart(8, "0")).join(" ");

describe("words", () => {
  test("the definition has the authors' test vectors", () => {
    expect(hex(threefry([0, 0], [0, 0]))).toBe("6b200159 99ba4efe");
    expect(hex(threefry([-1, -1], [-1, -1]))).toBe("1cb996fc bb002be7");
    expect(hex(threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]))).toBe(
      "c4923a9c 483df7a0",
    );
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 29, 100])("%d of them are its", (n) => {
    for (const seed of [0, 7, 2 ** 40 + 12345, Number.MAX_SAFE_INTEGER]) {
      const key = random.key(seed);
      const [high, low] = numbers(key) as [number, number];
      const want = Array.from({ length: n }, (_, i) => threefry([high, low], [i >> 1, 0])[i & 1]!);
      expect(numbers(random.bits(key, n))).toEqual(want);
    }
  });

  test("keys of keys are streams of their own", () => {
    const key = random.key(3);
    const [a, b, c] = random.split(key, 3).map(numbers);
    expect([a, b, c]).toEqual([0, 1, 2].map((i) => threefry([0, 3], [i, 1])));
    expect(numbers(random.foldIn(key, 9))).toEqual(threefry([0, 3], [9, 2]));
    expect(numbers(random.foldIn(key, 4294967295))).toEqual(threefry([0, 3], [-1, 2]));
  });

  test("many keys at once, and inside transforms", () => {
    const keys = stack(random.split(random.key(1), 3));
    const each = [0, 1, 2].map((i) => numbers(random.bits(keys.slice([i]), 7)));
    expect(numbers(vmap((k: Tensor) => random.bits(k, 7))(keys))).toEqual(each.flat());
    expect(numbers(vmap((k: Tensor) => random.bits(k, 7))(keys.transpose().transpose()))).toEqual(
      each.flat(),
    );
    const f = (k: Tensor): Tensor => random.uniform(k, 5);
    const compiled = compile(f);
    for (const seed of [1, 2, 3]) {
      const key = random.key(seed);
      expect(numbers(compiled(key))).toEqual(numbers(f(key)));
    }
    expect(
      numbers(compile((k: Tensor) => random.uniform(random.split(k)[1]!, 2))(random.key(5))),
    ).toEqual(numbers(random.uniform(random.split(random.key(5))[1]!, 2)));
  });
});

describe.each(FLOATS)("distributions in %s", (dtype) => {
  const n = 40000;
  const moments = (x: number[]): [number, number, number] => {
    const mean = x.reduce((a, b) => a + b, 0) / n;
    const central = (k: number): number => x.reduce((a, b) => a + (b - mean) ** k, 0) / n;
    return [mean, central(2), central(4)];
  };

  test("uniform", () => {
    const x = random.uniform(random.key(1), n, { dtype });
    expect(x.dtype).toBe(dtype);
    const list = numbers(x);
    expect(list.every((v) => v >= 0 && v < 1)).toBe(true);
    const [mean, variance, fourth] = moments(list);
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002);
    expect(Math.abs(fourth - 1 / 80)).toBeLessThan(0.0005);
    // The largest distance of the distribution functions (Kolmogorov), at 99.9 %.
    list.sort((a, b) => a - b);
    expect(Math.max(...list.map((v, i) => Math.abs(v - (i + 0.5) / n)))).toBeLessThan(
      1.95 / Math.sqrt(n),
    );
    const between = numbers(random.uniform(random.key(1), 100, { dtype, minval: -3, maxval: 5 }));
    expect(between.every((v) => v >= -3 && v <= 5)).toBe(true);
  });

  test("normal", () => {
    const x = random.normal(random.key(2), n, { dtype });
    expect(x.dtype).toBe(dtype);
    const list = numbers(x);
    const [mean, variance, fourth] = moments(list);
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(fourth - 3)).toBeLessThan(0.25);
    expect(list.every(Number.isFinite)).toBe(true);
    list.sort((a, b) => a - b);
    const ranks = numbers(tg.ndtr(tensor(list, { dtype: "float64" })));
    expect(Math.max(...ranks.map((v, i) => Math.abs(v - (i + 0.5) / n)))).toBeLessThan(
      1.95 / Math.sqrt(n),
    );
  });
});

test("bernoulli, randint, permutation", () => {
  const n = 40000;
  for (const p of [0.1, 0.5, 0.9]) {
    const share = numbers(random.bernoulli(random.key(3), p, n)).reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
  }
  expect(random.bernoulli(random.key(3), 0.5, [2, 3]).dtype).toBe("bool");
  expect(numbers(random.bernoulli(random.key(3), tensor([0, 1]), [2, 2]))).toEqual([0, 1, 0, 1]);
  const dice = numbers(random.randint(random.key(4), n, 1, 7));
  for (let face = 1; face <= 6; face++) {
    const share = dice.filter((d) => d === face).length / n;
    expect(Math.abs(share - 1 / 6)).toBeLessThan(0.01);
  }
  expect(dice.every((d) => d >= 1 && d <= 6)).toBe(true);
  expect(
    numbers(random.randint(random.key(4), 20, -(2 ** 31), 2 ** 31)).every(Number.isInteger),
  ).toBe(true);
  const order = numbers(random.permutation(random.key(5), 100));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(order).not.toEqual([...order].sort((a, b) => a - b));
  const rows = tensor([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(numbers(random.permutation(random.key(6), rows)).sort()).toEqual([1, 1, 2, 2, 3, 3]);
  expect(random.permutation(random.key(5), 0).shape).toEqual([0]);
  expect(random.uniform(random.key(5), [0, 3]).shape).toEqual([0, 3]);
  expect(random.normal(random.key(5), []).shape).toEqual([]);
});

describe("dropout", () => {
  const x = tg.ones([200, 100], { dtype: "float64" });
  const key = random.key(11);

  test("drops its share, keeps the mean, follows the key", () => {
    const y = nn.dropout(x, 0.3, { key });
    const list = numbers(y);
    expect(list.every((v) => v === 0 || v === 1 / 0.7)).toBe(true);
    expect(Math.abs(list.filter((v) => v === 0).length / 20000 - 0.3)).toBeLessThan(0.015);
    expect(numbers(nn.dropout(x, 0.3, { key }))).toEqual(list);
    expect(numbers(nn.dropout(x, 0.3, { key: random.key(12) }))).not.toEqual(list);
    expect(nn.dropout(x, 0.3, { training: false }) === x).toBe(false);
    expect(numbers(nn.dropout(x, 1, { key })).every((v) => v === 0)).toBe(true);
    const slopes = grad((v: Tensor) => tg.sum(nn.dropout(v, 0.3, { key })))(x);
    expect(numbers(slopes)).toEqual(list);
    const spoiled = tensor([NaN, Infinity], { dtype: "float64" });
    expect(numbers(nn.dropout(spoiled, 1, { key }))).toEqual([0, 0]);
    expect(numbers(grad((v: Tensor) => tg.sum(nn.dropout(v, 1, { key })))(spoiled))).toEqual([
      0, 0,
    ]);
  });

  test("whole channels", () => {
    const images = tg.ones([20, 30, 2, 3]);
    const y = nn.dropout2d(images, 0.5, { key });
    const sums = numbers(y.sum([2, 3]));
    expect(sums.every((s) => s === 0 || s === 12)).toBe(true);
    expect(nn.dropout1d(tg.ones([4, 5, 6]), 0.5, { key }).shape).toEqual([4, 5, 6]);
    expect(nn.dropout3d(tg.ones([5, 2, 2, 2]), 0.5, { key }).shape).toEqual([5, 2, 2, 2]);
  });

  test("alphaDropout keeps mean and variance", () => {
    const y = nn.alphaDropout(random.normal(random.key(1), 40000), 0.2, { key });
    expect(Math.abs(tg.mean(y).item())).toBeLessThan(0.03);
    expect(Math.abs(tg.variance(y).item() - 1)).toBeLessThan(0.03);
  });

  test("in compiled steps each key gives its own", () => {
    const step = compile((v: Tensor, k: Tensor) => nn.dropout(v, 0.5, { key: k }));
    const small = tg.ones(50);
    for (const seed of [1, 2, 1]) {
      const k = random.key(seed);
      expect(numbers(step(small, k))).toEqual(numbers(nn.dropout(small, 0.5, { key: k })));
    }
    const keys = stack(random.split(key, 3));
    const each = [0, 1, 2].map((i) => numbers(nn.dropout(small, 0.5, { key: keys.slice([i]) })));
    expect(numbers(vmap((k: Tensor) => nn.dropout(small, 0.5, { key: k }))(keys))).toEqual(
      each.flat(),
    );
  });

  test("of attention", () => {
    const [q, k, v] = [tg.ones([2, 3]), tg.ones([50, 3]), tg.ones([50, 1])];
    const y = nn.scaledDotProductAttention(q, k, v, { dropoutP: 0.5, dropoutKey: key });
    expect(numbers(y).every((w) => w > 0.5 && w < 1.5 && w !== 1)).toBe(true);
  });

  test("rrelu and gumbelSoftmax", () => {
    const y = numbers(nn.rrelu(tg.full([100], -1), { training: true, key }));
    expect(y.every((v) => v >= -1 / 3 && v <= -1 / 8)).toBe(true);
    expect(new Set(y).size).toBeGreaterThan(90);
    const p = [0.2, 0.5, 0.3];
    const logits = tg.broadcastTo(tg.log(tensor(p, { dtype: "float64" })), [40000, 3]);
    const hard = nn.gumbelSoftmax(logits, { key, hard: true });
    expectNear(numbers(hard.mean(0)), p, "shares", 0.05, 0.01);
    const slope = grad((z: Tensor) => tg.sum(tg.square(nn.gumbelSoftmax(z, { key, tau: 0.1 }))))(
      logits,
    );
    expect(numbers(slope).every(Number.isFinite)).toBe(true);
  });
});

test("each error is one sentence", () => {
  expect(() => random.key(-1)).toThrow(
    /^key: a seed is a whole number from 0 to 2\^53 - 1, not -1/,
  );
  expect(() => random.key(1.5)).toThrow(/^key: a seed/);
  expect(() => random.uniform(7 as unknown as Tensor, 3)).toThrow(
    /^uniform: the number 7 is not a key/,
  );
  expect(() => random.normal(tensor([1, 2]), 3)).toThrow(
    /^normal: a key is an int32 tensor of shape \[2\], not float32/,
  );
  expect(() => random.split(random.key(1), -1)).toThrow(
    /^split: the number -1 is not a number of keys/,
  );
  expect(() => random.foldIn(random.key(1), -1)).toThrow(/^foldIn: the number -1/);
  expect(() => random.uniform(random.key(1), 3, { dtype: "int32" })).toThrow(/^uniform: dtype is/);
  expect(() => random.randint(random.key(1), 3, 5, 5)).toThrow(
    /^randint: no number from 5 to below 5/,
  );
  expect(() => nn.dropout([1], 0.5)).toThrow(/^dropout: in training it needs a key/);
  expect(() => nn.dropout([1], 2)).toThrow(/^dropout: p is 2, no probability/);
  expect(() => nn.dropout2d([1], 0.5)).toThrow(/^dropout2d: x has shape \[1\]/);
  expect(() => nn.rrelu([1], { lower: 2 })).toThrow(/^rrelu: lower 2 is above upper/);
  expect(() => nn.gumbelSoftmax([1])).toThrow(/^gumbelSoftmax: it needs a key/);
  expect(() => nn.gumbelSoftmax([1], { tau: 0 })).toThrow(/^gumbelSoftmax: tau is 0/);
});
