// Fourier transforms where NumPy's reference cases do not reach: accuracy and lengths of every kind,
// laws, errors.

import { fft, jvp, stack, tensor, vjp, vmap, zeros } from "tapegrad";
import { describe, expect, test } from "vitest";
import { numbers } from "./support.js";

/** Numbers between -0.5 and 0.5, the same ones each time. */
function noise(n: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 32;
  });
}

/** Sums with angles reduced by whole turns. */
function direct(re: number[], im: number[]): [number[], number[]] {
  const n = re.length;
  const cos = re.map((_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = re.map((_, k) => Math.sin((2 * Math.PI * k) / n));
  const a: number[] = [];
  const b: number[] = [];
  for (let k = 0; k < n; k++) {
    let [x, y] = [0, 0];
    for (let j = 0; j < n; j++) {
      const at = (j * k) % n;
      x += re[j]! * cos[at]! + im[j]! * sin[at]!;
      y += im[j]! * cos[at]! - re[j]! * sin[at]!;
    }
    a.push(x);
    b.push(y);
  }
  return [a, b];
}

/** The largest difference beside the largest number. */
function distance(got: number[][], want: number[][]): number {
  const most = (list: number[]): number => list.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return most(want.flatMap((w, i) => w.map((v, k) => v - got[i]![k]!))) / most(want.flat());
}

describe("lengths of every kind", () => {
  const lengths = [
    ...Array.from({ length: 40 }, (_, i) => i + 1),
    ...[45, 49, 59, 60, 61, 64, 67, 71, 77, 97, 100, 121, 127, 128, 134, 143, 169, 200, 211, 243],
    ...[255, 256, 257, 360, 512, 521, 625, 729, 1000, 1024, 1031],
  ];
  test.each(lengths)("%i", (n) => {
    const [re, im] = [noise(n, 1), noise(n, 2)];
    const want = direct(re, im);
    const pair = [tensor(re, { dtype: "float64" }), tensor(im, { dtype: "float64" })] as const;
    const y = fft.fft(pair);
    // The direct sum itself is the less exact one.
    expect(distance(y.map(numbers), want)).toBeLessThan(1e-13);
    expect(distance(fft.ifft(y).map(numbers), [re, im])).toBeLessThan(2e-15);
    const short = fft.fft([tensor(re, { dtype: "float32" }), tensor(im, { dtype: "float32" })]);
    expect(short[0].dtype).toBe("float32");
    expect(distance(short.map(numbers), want)).toBeLessThan(1e-6);
  });
});

test("large lines come back: stages, and the chirp's convolution", () => {
  for (const n of [1 << 16, 60000, 3 ** 10, 65537]) {
    const [re, im] = [noise(n, 3), noise(n, 4)];
    const back = fft.ifft(fft.fft([tensor(new Float64Array(re)), tensor(new Float64Array(im))]));
    expect(distance(back.map(numbers), [re, im])).toBeLessThan(n === 65537 ? 1e-14 : 2e-15);
  }
});

test("a wave has one frequency", () => {
  for (const [n, k] of [
    [1024, 100],
    [1009, 7],
    [1000, 999],
  ] as const) {
    const wave = (f: (x: number) => number) =>
      tensor(Float64Array.from({ length: n }, (_, j) => f((2 * Math.PI * ((j * k) % n)) / n)));
    const [re, im] = fft.fft([wave(Math.cos), wave(Math.sin)]).map(numbers) as [number[], number[]];
    re.forEach((x, i) => {
      expect(Math.abs(x - (i === k ? n : 0))).toBeLessThan(1e-12 * n);
    });
    im.forEach((x) => expect(Math.abs(x)).toBeLessThan(1e-12 * n));
  }
});

test("many lengths in turn: what is kept for one does not disturb another", () => {
  const lengths = [64, 67, 71, 73, 79, 64, 83, 67, 12, 15, 67, 64];
  const once = lengths.map((n) => numbers(fft.fft(tensor(noise(n, n), { dtype: "float64" }))[0]));
  const again = lengths.map((n) => numbers(fft.fft(tensor(noise(n, n), { dtype: "float64" }))[0]));
  expect(again).toEqual(once);
});

test("integers, bools and an operand without lines", () => {
  expect(fft.fft(tensor([1, 2, 3, 4], { dtype: "int32" }))[0].toArray()).toEqual([10, -2, -2, -2]);
  expect(fft.fft([true, false])[0].toArray()).toEqual([1, 1]);
  expect(fft.fft(zeros([0, 4])).map((x) => x.shape)).toEqual([
    [0, 4],
    [0, 4],
  ]);
  expect(fft.rfft(zeros([0, 5]))[1].shape).toEqual([0, 3]);
});

test("a constant is the same under vmap", () => {
  const x = tensor([1, 2, 3]);
  const both = vmap((y: typeof x) => stack(fft.fft([x, y])))(
    tensor([
      [0, 1, 2],
      [5, 6, 8],
    ]),
  );
  expect(both.at(1).toArray()).toEqual(stack(fft.fft([x, tensor([5, 6, 8])])).toArray());
});

test("the transform is its own tangent, and the transform back its cotangent", () => {
  const [re, im] = [tensor([1, 2, 3, 4]), tensor([0, 1, 0, 2])];
  const [, tangent] = jvp((x: typeof re) => fft.fft([x, im]), [re], [tensor([1, 0, 0, 0])]);
  expect(tangent.map((t) => t.toArray())).toEqual([
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ]);
  const [, pull] = vjp((x: typeof re) => fft.rfft(x), re);
  const [g] = pull([tensor([1, 1, 1]), tensor([0, 0, 0])]);
  expect(g.toArray()).toEqual([3, 0, 1, 0]);
});

describe("wrong input", () => {
  const cases: [() => unknown, string][] = [
    [() => fft.fft([1, 2], 0), "fft: the number of elements is 0, not a whole number from 1 up"],
    [
      () => fft.ifft([1, 2], 1.5),
      "ifft: the number of elements is 1.5, not a whole number from 1 up",
    ],
    [
      () => fft.fft(zeros([2, 0])),
      "fft: the number of elements is 0, not a whole number from 1 up",
    ],
    [
      () => fft.irfft(zeros([1])),
      "irfft: the number of elements is 0, not a whole number from 1 up",
    ],
    [() => fft.fft(zeros(new Array(8).fill(1))), "fft: at most 7 axes are possible, got 8"],
    [() => fft.fft(3), "fft: needs at least one axis, got a 0-d tensor"],
    [() => fft.fft([1, 2], null, 1), "fft: no axis 1: a tensor of 1 axes has axes -1 to 0"],
    [
      () => fft.fft([1, 2], { norm: "both" as never }),
      'fft: norm must be "backward", "ortho" or "forward", not the string "both"',
    ],
    [
      () =>
        fft.fft([
          [1, 2],
          [1, 2, 3],
        ]),
      "fft: real and imaginary part differ in shape: [2] and [3]",
    ],
    [
      () => fft.fftn(zeros([2, 3]), [2, 2], [0]),
      "fftn: sizes and axes differ in number: [2,2] and [0]",
    ],
    [
      () => fft.rfft([zeros([2]), zeros([2])] as never),
      "rfft: a tensor inside an array at [0]; join tensors with stack()",
    ],
    [() => fft.fftfreq(0), "fftfreq: the number of elements is 0, not a whole number from 1 up"],
    [() => fft.fftshift([1, 2], 2), "fftshift: no axis 2: a tensor of 1 axes has axes -1 to 0"],
  ];
  test.each(cases)("%#", (f, message) => {
    expect(f).toThrow(message);
  });
});
