// More than memory holds, where that is 256 MB: the build with another maximum. What does not fit waits
// outside, what must stay is refused, and nothing that was there is lost.

import { readFileSync } from "node:fs";
import {
  add,
  exp,
  full,
  grad,
  memory,
  multiply,
  setFusion,
  sum,
  tensor,
  useModule,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import { expect, test } from "vitest";
import { at } from "../../../scripts/lib/tree.js";
import { expectIntact } from "../../errors/canary.js";

const MB = 2 ** 20;
const MOST = 256 * MB;
const options = { timeout: 60_000 };

/** The build, whose memory may have no more than MOST bytes. */
function smaller(): WebAssembly.Module {
  const bytes = readFileSync(at("build/lib/tapegrad.wasm"));
  // The section of memories: 1 of them, with a maximum, of 4 to 65,536 pages.
  const section = Buffer.from([5, 6, 1, 1, 4, 0x80, 0x80, 4]);
  const pages = MOST / 65536;
  const found = bytes.indexOf(section);
  if (found < 0 || found !== bytes.lastIndexOf(section)) throw new Error("no memory was found");
  bytes.set([(pages & 127) | 128, ((pages >> 7) & 127) | 128, pages >> 14], found + 5);
  return new WebAssembly.Module(bytes);
}

useModule(smaller());

const head = (x: Tensor): unknown => x.slice([[0, 2]]).toArray();
const tail = (x: Tensor): unknown => x.slice([[-2, null]]).toArray();

test("a working set of 1.2 times as much, round after round", options, () => {
  const count = 30;
  const n = 2.5 * MB; // 10 MB each
  let tensors = Array.from({ length: count }, (_, i) => full([n], i + 1));
  for (const parity of [0, 1]) {
    tensors = tensors.map((x, i) => (i % 2 === parity ? multiply(x, 2) : x));
  }
  tensors.forEach((x, i) => {
    expect([head(x), tail(x)]).toEqual([
      [2 * i + 2, 2 * i + 2],
      [2 * i + 2, 2 * i + 2],
    ]);
  });
  for (let i = 0; i + 15 < count; i += 5) {
    expect(tail(add(tensors[i]!, tensors[i + 15]!))).toEqual([4 * i + 34, 4 * i + 34]);
  }
  expect(memory().wasmBytes).toBeLessThanOrEqual(MOST);
  expect(memory().evictedBytes).toBeGreaterThan(0);
  tensors.forEach((x) => x.dispose());
  expectIntact();
});

const n = 12.5 * MB; // 50 MB each

test("a graph, which must stay: an error, and everything is as it was", options, () => {
  // Pending products would take no room.
  const fusion = setFusion(Infinity);
  const leaf = tensor([2], { requiresGrad: true });
  const small = tensor([1, 2, 3]);
  const constant = full([n], 3);
  const held: Tensor[] = [];
  const grow = (): unknown => held.push(multiply(leaf, constant));
  expect(() => {
    for (let i = 0; i < 8; i++) grow();
  }).toThrow(/^multiply: out of memory: 50.0 MB .*nothing was lost/s);
  expect(held.length).toBeGreaterThan(2);
  const { nodes } = memory();
  for (let i = 0; i < 10; i++) expect(grow).toThrow(/^multiply: out of memory/);
  expect(memory().nodes).toBeLessThanOrEqual(nodes);
  expect(small.toArray()).toEqual([1, 2, 3]);
  expect(grad((x: Tensor) => multiply(x, x))(3)).toBe(6);
  // What can be freed is freed, what was recorded is still differentiable.
  const last = held.pop()!;
  held.forEach((x) => x.dispose());
  expect(tail(last)).toEqual([6, 6]);
  last.slice([[-1, null]]).backward();
  expect(leaf.grad!.toArray()).toEqual([3]);
  setFusion(fusion);
  last.dispose();
  constant.dispose();
  expectIntact();
});

test("inside a transform: it is left, and its room is free again", options, () => {
  const f = (v: Tensor): Tensor => {
    let y = v;
    for (let i = 0; i < 8; i++) y = exp(multiply(y, full([n], 0)));
    return sum(y);
  };
  expect(() => grad(f)(tensor([2]))).toThrow(/^(exp|multiply|full): out of memory/);
  expectIntact();
  const again = [full([n], 1), full([n], 2), full([n], 3)];
  expect(again.map(tail)).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  again.forEach((x) => x.dispose());
});
