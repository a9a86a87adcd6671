// Whatever NumPy's arrays or torch's tensors have as a method, and the library as a function, is a method
// here, by the name that the function has. A new function cannot be forgotten.

import * as tapegrad from "tapegrad";
import { Tensor } from "tapegrad";
import "tapegrad/methods";
import { describe, expect, test } from "vitest";
import NAMES from "../reference/methods.json" with { type: "json" };
import { isPublic } from "../ops/support.js";

/** What torch and NumPy call otherwise: their name, and ours. */
const OTHERWISE: Record<string, string> = {
  adjoint: "mH",
  bitwiseLeftShift: "leftShift",
  bitwiseRightShift: "rightShift",
  bmm: "matmul",
  choleskySolve: "choSolve",
  chunk: "arraySplit",
  clamp: "clip",
  conjPhysical: "conj",
  dim: "ndim",
  eq: "equal",
  expand: "broadcastTo",
  ge: "greaterEqual",
  ger: "outer",
  gt: "greater",
  igamma: "gammainc",
  igammac: "gammaincc",
  indexAdd: "addAt",
  indexPut: "set",
  indexSelect: "take",
  inverse: "inv",
  isComplex: "iscomplexobj",
  le: "lessEqual",
  lt: "less",
  maskedScatter: "place",
  maskedSelect: "extract",
  matrixExp: "expm",
  mm: "matmul",
  movedim: "moveaxis",
  mv: "matvec",
  mvlgamma: "multigammaln",
  ndimension: "ndim",
  ne: "notEqual",
  nelement: "size",
  numel: "size",
  permute: "transpose",
  pinverse: "pinv",
  registerHook: "onGrad",
  repeatInterleave: "repeat",
  scatter: "putAlongAxis",
  sgn: "sign",
  swapdims: "swapaxes",
  symeig: "eigh",
  takeAlongDim: "takeAlongAxis",
  tensorSplit: "arraySplit",
  tolist: "toArray",
  topk: "topK",
  triangularSolve: "solveTriangular",
  type: "astype",
  unbind: "unstack",
  unsqueeze: "expandDims",
  view: "reshape",
};

/** Functions of ours that mean something else than the method of their name. */
const ELSEWHERE: Record<string, string> = {
  bernoulli: "stats.bernoulli is a distribution; random.bernoulli takes a key",
  indices: "the indices of a grid; torch's are those of a sparse tensor",
  select: "NumPy's function, whose first argument is a list; torch's method is x.at",
  t: "stats.t is a distribution; torch's method is x.T",
  unflatten: "tree.unflatten makes trees",
};

const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Every public function, by its last name. */
const functions = new Set<string>();
for (const [name, value] of Object.entries<unknown>(tapegrad)) {
  if (!isPublic(name)) continue;
  if (typeof value === "function") functions.add(name);
  else if (typeof value === "object") for (const inner in value) functions.add(inner);
}

const wanted = (list: readonly string[]): string[] =>
  list.map(camelCase).filter((name) => functions.has(name) && !(name in ELSEWHERE));

describe.each(["numpy.ndarray", "torch.Tensor"] as const)("%s", (library) => {
  test("what is a function here is a method, too", () => {
    expect(wanted(NAMES[library]).length).toBeGreaterThan(library === "numpy.ndarray" ? 30 : 150);
    expect(wanted(NAMES[library]).filter((name) => !(name in Tensor.prototype))).toEqual([]);
  });
});

test("what has another name here is a method by that name", () => {
  const theirs = new Set([...NAMES["torch.Tensor"], ...NAMES["numpy.ndarray"]].map(camelCase));
  expect(Object.keys(OTHERWISE).filter((name) => !theirs.has(name))).toEqual([]);
  expect(Object.values(OTHERWISE).filter((name) => !(name in Tensor.prototype))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((name) => !functions.has(name))).toEqual([]);
});
