// Programs whose results must have the same bits on any number of threads.

import * as tg from "tapegrad";
import { conv2d, avgPool2d, maxPool2d } from "tapegrad/nn";
import type { Dtype, Tensor } from "tapegrad";

/** Some numbers without pattern, the same everywhere. */
export function numbers(shape: number[], dtype: Dtype = "float32", seed = 1): Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const data = new Float64Array(n);
  let state = seed;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state / 2 ** 31 - 1;
  }
  return tg.tensor(data).astype(dtype).reshape(shape);
}

/** A hash of a tensor's bits; NaNs, whose bits WebAssembly leaves open, are all one. */
function bitsOf(x: Tensor): number {
  const data = x.data();
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >>> 2);
  const wide = data instanceof Float64Array;
  let hash = words.length;
  for (let i = 0; i < words.length; i++) {
    const nan = Number.isNaN(data[wide ? i >>> 1 : i]!);
    hash = (Math.imul(hash, 31) + (nan ? 1 : words[i]!)) | 0;
  }
  return hash;
}

const floats: Dtype[] = ["float32", "float64"];

/** Every program by name; each gives the tensors to compare. */
export const programs: Record<string, () => Tensor[]> = {};

for (const dtype of floats) {
  const add = (name: string, program: () => Tensor[]): void => {
    programs[`${name}, ${dtype}`] = program;
  };

  add("a chain and its gradient", () => {
    const x = numbers([70_001], dtype);
    const f = (x: Tensor): Tensor =>
      tg.sum(
        tg
          .exp(x)
          .mul(tg.sin(x.mul(40)))
          .sub(x.square()),
      );
    const [y, dx] = tg.valueAndGrad(f)(x);
    return [y, dx];
  });

  add("several outputs, broadcasts and casts", () => {
    const x = numbers([301, 257], dtype);
    const row = numbers([257], dtype, 2);
    const column = numbers([301, 1], dtype, 3);
    const y = tg.tanh(x.mul(row)).add(column);
    const above = tg.greater(y, 0);
    const z = tg.where(above, y, y.mul(0.25));
    return [y, above, z, z.sum(), z.sum(1), above.sum(), z.transpose().mul(2), z.astype("int32")];
  });

  add("hard points", () => {
    const x = numbers([66_000], dtype).mul(1e9);
    const hard = tg.concatenate([x, tg.tensor([NaN, Infinity, -Infinity, 0, -0]).astype(dtype)]);
    return [tg.sin(hard), tg.exp(hard), tg.log(hard), tg.sqrt(hard), hard.max(), hard.sum()];
  });

  add("one operation over much", () => {
    const x = numbers([100_003], dtype);
    return [tg.exp(x), x.add(1), x.mul(x), tg.log(tg.abs(x)), tg.greater(x, 0.5)];
  });

  add("sums of everything", () =>
    [1, 1023, 1024, 1025, 65_536, 65_537, 200_000, 1_000_003].flatMap((n) => {
      const x = numbers([n], dtype, n);
      return [x.sum(), x.max(), x.add(1).sum(), x.mul(x).sum(0, { keepdims: true })];
    }),
  );

  add("sums over axes", () =>
    [
      [3, 70_001],
      [700, 301],
      [256, 1024],
      [70_001, 3],
      [37, 41, 53],
    ].flatMap((shape) => {
      const x = numbers(shape, dtype);
      const y = x.mul(1.5);
      const last = shape.length - 1;
      return [x.sum(0), x.sum(last), x.min(0), y.sum(last), y.sum(), y.max(last)];
    }),
  );

  add("sums of views", () => {
    const x = numbers([61, 47, 53], dtype);
    const turned = x.transpose([2, 0, 1]);
    const cut = x.slice([
      [1, 60],
      [null, null, 2],
    ]);
    return [turned.sum(0), turned.sum([0, 2]), x.sum(1), x.sum([0, 2]), cut.sum(), cut.sum(1)];
  });

  add("matrix products", () =>
    [
      [1, 1, 1],
      [65, 67, 69],
      [129, 1, 300],
      [300, 257, 1],
      [1, 400, 300],
      [64, 784, 250],
      [5, 600, 2000],
      [130, 260, 515],
      [515, 260, 5],
    ].flatMap(([m, k, n]) => {
      const a = numbers([m!, k!], dtype);
      const b = numbers([k!, n!], dtype, 2);
      const at = numbers([k!, m!], dtype, 3).transpose();
      const bt = numbers([n!, k!], dtype, 4).transpose();
      const [da, db] = tg.grad((a: Tensor, b: Tensor) => tg.sum(tg.square(tg.matmul(a, b))), {
        argnums: [0, 1],
      })(a, b);
      return [tg.matmul(a, b), tg.matmul(at, b), tg.matmul(a, bt), tg.matmul(at, bt), da, db];
    }),
  );

  add("batched matrix products", () => {
    const a = numbers([7, 3, 40, 50], dtype);
    const b = numbers([3, 50, 45], dtype, 2);
    const one = numbers([50, 45], dtype, 3);
    const large = numbers([3, 150, 160], dtype, 4);
    const turned = a.transpose([1, 0, 3, 2]);
    return [
      tg.matmul(a, b),
      tg.matmul(a, one),
      tg.matmul(large, large.transpose([0, 2, 1])),
      tg.matmul(turned, numbers([3, 1, 40, 9], dtype, 5)),
      tg.matmul(numbers([500, 3, 3], dtype, 6), numbers([500, 3, 1], dtype, 7)),
    ];
  });

  add("convolutions and pools", () =>
    [
      { images: [9, 3, 19, 17], filters: [10, 3, 3, 3], options: { padding: 1 } },
      { images: [5, 8, 20, 21], filters: [12, 4, 3, 2], options: { stride: 2, groups: 2 } },
      { images: [4, 6, 16, 16], filters: [7, 6, 1, 1], options: {} },
      { images: [1, 8, 30, 30], filters: [8, 1, 5, 5], options: { dilation: 2, groups: 8 } },
    ].flatMap(({ images, filters, options }) => {
      const x = numbers(images, dtype);
      const w = numbers(filters, dtype, 2);
      const f = (x: Tensor, w: Tensor): Tensor => {
        const y = tg.maximum(conv2d(x, w, options), 0);
        return tg.sum(tg.square(maxPool2d(y, 2))).add(tg.sum(avgPool2d(y, 2).mul(3)));
      };
      const [y, [dx, dw]] = tg.valueAndGrad(f, { argnums: [0, 1] })(x, w);
      return [y, dx, dw];
    }),
  );

  add("a compiled function, called again", () => {
    const step = tg.compile((x: Tensor, row: Tensor, one: Tensor) => {
      const y = tg.tanh(x.mul(row).add(one));
      return [
        tg.sum(y),
        tg.sum(y, -1),
        tg.exp(y.sub(x)),
        tg.grad((v: Tensor) => tg.sum(v.mul(row).square()))(x),
      ];
    });
    return [1, 2, 3].flatMap((seed) =>
      step(
        numbers([240, 250], dtype, seed),
        numbers([250], dtype, seed + 3),
        numbers([1], dtype, seed),
      ),
    );
  });

  add("steps of training", () => {
    let parameters = [
      numbers([100, 64], dtype, 1),
      numbers([64], dtype, 2),
      numbers([64, 10], dtype, 3),
      numbers([10], dtype, 4),
    ];
    const x = numbers([256, 100], dtype, 5);
    const target = numbers([256, 10], dtype, 6);
    const loss = ([w1, b1, w2, b2]: Tensor[]): Tensor => {
      const hidden = tg.tanh(tg.matmul(x, w1!).mul(0.1).add(b1!));
      return tg.matmul(hidden, w2!).add(b2!).sub(target).square().mean();
    };
    for (let step = 0; step < 5; step++) {
      const slopes = tg.grad(loss)(parameters);
      parameters = parameters.map((p, i) => p.sub(slopes[i]!.mul(0.1)));
    }
    return [...parameters, loss(parameters)];
  });
}

/** Hashes of the results of every program; it leaves no tensors behind. */
export function runAll(): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(programs).map(([name, program]) => {
      let hashes: number[] = [];
      tg.tidy(() => {
        hashes = program().map(bitsOf);
      });
      return [name, hashes];
    }),
  );
}
