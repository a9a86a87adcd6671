// What a caller may pass by mistake, in the place of any argument of any function.

import { ones, tensor, zeros } from "tapegrad";

/** An argument that is wrong almost everywhere. */
export interface BadValue {
  name: string;
  /** Tried in every place; of the others every sixth, other ones in each. */
  common: boolean;
  /** Made anew for each call: functions may keep it. */
  make: () => unknown;
}

class Stranger {
  readonly value = 1;
}

function disposed(): unknown {
  const x = tensor([1, 2]);
  x.dispose();
  return x;
}

const values: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  "the empty string": () => "",
  "a string": () => "nonsense",
  true: () => true,
  NaN: () => NaN,
  infinity: () => Infinity,
  "a negative integer": () => -3,
  "a fraction": () => 1.5,
  "a huge integer": () => 2 ** 31,
  "a huger integer": () => 1e13,
  "a hugely negative integer": () => -(2 ** 53),
  "a bigint": () => 10n,
  "a symbol": () => Symbol("s"),
  "a function": () => () => "nonsense",
  "an empty object": () => ({}),
  "an object": () => ({ nonsense: 1 }),
  "an object without a prototype": () => Object.assign(Object.create(null) as object, { a: null }),
  "an object of a class": () => new Stranger(),
  "a date": () => new Date(0),
  "a map": () => new Map([[1, 2]]),
  "an empty list": () => [],
  "a list of an empty list": () => [[]],
  "a list of a number": () => [0],
  "a list of a fraction": () => [1.5],
  "a list of huge integers": () => [2 ** 31, 2 ** 31, 2 ** 31],
  "a list of negative integers": () => [-7, -7],
  "a list of NaN": () => [NaN],
  "a list of null": () => [null],
  "a list of undefined": () => [undefined],
  "a list of strings": () => ["a", "b"],
  "a list of functions": () => [() => 1],
  "a list of symbols": () => [Symbol("s")],
  "a ragged list": () => [[1, 2], [3]],
  "a list that is ragged deep inside": () => [[[1]], [[2]], [[[3]]]],
  "a list with holes": () => new Array(2),
  "a list of tensors": () => [tensor([1, 2]), tensor([1, 2, 3])],
  "a list of 20 numbers": () => Array.from({ length: 20 }, (_, i) => i),
  "lists nested deep": () => JSON.parse("[".repeat(40) + "1" + "]".repeat(40)) as unknown,
  "an empty typed array": () => new Float64Array(0),
  "a typed array": () => new Float64Array([1.5, NaN]),
  "typed integers": () => new Int32Array([7, -9]),
  "a typed array of bigints": () => new BigInt64Array(2),
  "a 0-d tensor": () => tensor(1.5),
  "a vector": () => tensor([1, 2, 3]),
  "a tensor of many axes": () => ones([1, 2, 1, 2, 1, 2]),
  "an empty tensor": () => zeros([0]),
  "a tensor without rows": () => zeros([0, 3]),
  "an int32 tensor": () => tensor([5, -6], { dtype: "int32" }),
  "a bool tensor": () => tensor([true, false, true]),
  "a tensor of NaN": () => tensor([[NaN]], { dtype: "float64" }),
  "a disposed tensor": disposed,
};

const COMMON = new Set([
  "undefined",
  "null",
  "a string",
  "a symbol",
  "a list of symbols",
  "a disposed tensor",
]);

export const BAD_VALUES: readonly BadValue[] = Object.entries(values).map(([name, make]) => ({
  name,
  common: COMMON.has(name),
  make,
}));
