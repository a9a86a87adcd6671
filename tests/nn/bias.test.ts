// The bias of a convolution stands before the options, as in torch, or among them.

import { grad, sum, type Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { normal, key } from "tapegrad/random";
import { describe, expect, test } from "vitest";

const draw = (seed: number, ...shape: number[]): Tensor =>
  normal(key(seed), shape, { dtype: "float64" });

const kinds = [
  ["conv1d", nn.conv1d, 1],
  ["conv2d", nn.conv2d, 2],
  ["conv3d", nn.conv3d, 3],
  ["convTranspose1d", nn.convTranspose1d, 1],
  ["convTranspose2d", nn.convTranspose2d, 2],
  ["convTranspose3d", nn.convTranspose3d, 3],
] as const;

describe.each(kinds)("%s", (name, conv, axes) => {
  const sizes = new Array<number>(axes).fill(4);
  const x = draw(1, 2, 3, ...sizes);
  const w = draw(2, 3, 3, ...sizes.map(() => 2));
  const b = draw(3, 3);

  test("takes it in either place", () => {
    const want = conv(x, w, { bias: b, padding: 1, stride: 2 }).toArray();
    expect(conv(x, w, b, { padding: 1, stride: 2 }).toArray()).toEqual(want);
    expect(conv(x, w, b.data(), { padding: 1, stride: 2 }).toArray()).toEqual(want);
    expect(conv(x, w, null, { bias: b, padding: 1, stride: 2 }).toArray()).toEqual(want);
    expect(conv(x, w, b).toArray()).toEqual(conv(x, w, { bias: b }).toArray());
    expect(conv(x, w, [1, 2, 3]).toArray()).toEqual(conv(x, w, { bias: [1, 2, 3] }).toArray());
    expect(conv(x, w, undefined, { padding: 1 }).toArray()).toEqual(
      conv(x, w, { padding: 1 }).toArray(),
    );
    const places = conv(x, w).size / 3;
    expect(grad((v: Tensor) => sum(conv(x, w, v)))(b).toArray()).toEqual([places, places, places]);
  });

  test("but not in both, nor options twice", () => {
    expect(() => conv(x, w, b, { bias: b })).toThrow(`${name}: bias is given twice`);
    expect(() => conv(x, w, { stride: 1 }, { padding: 1 })).toThrow(
      `${name}: options are given twice`,
    );
    expect(() => conv(x, w, { pading: 1 } as object)).toThrow(
      `${name}: unknown option pading (padding?)`,
    );
    expect(() => conv(x, w, b, { strides: 1 } as object)).toThrow(
      `${name}: unknown option strides (stride?)`,
    );
    expect(() => conv(x, w, 3)).toThrow(`${name}: bias has shape []`);
  });
});
