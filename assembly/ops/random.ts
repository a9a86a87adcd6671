// Random words: a function of a key, as everything else here. The same key gives the same words.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { releaseBlock } from "../memory/heap";
import { setOp } from "../tensor/fault";
import {
  dataOf,
  dimsOf,
  inputOf,
  isContiguous,
  newNode,
  permOf,
  rankOf,
  setPerm,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { put } from "../tensor/shape";
import { threefry } from "../kernels/random";
import { record1 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { row } from "./families/linear";
import { coreSize, outerOffset } from "./families/outer";
import { alongShape } from "./scratch";

/** n words, int32, for each key [..., 2]: those of counters from `first` on in the stream `domain`. */
export function randomBits(key0: Tensor, n: u32, first: u32, domain: u32): Tensor {
  const op = opCode<RandomBits>();
  const key = cast(key0, DType.Int32);
  if (!key) return 0;
  setOp(op);
  const rank = rankOf(key);
  memory.copy(alongShape, dimsOf(key), <usize>rank << 2);
  put(alongShape, rank - 1, n);
  const out = newNode(DType.Int32, rank, alongShape);
  if (out) setPerm(out, <u64>first | (<u64>domain << 32));
  return record1(out, op, key);
}

/** Words of keys. */
class RandomBits {
  run(out: Tensor): void {
    const n = coreSize(out, 1);
    if (!sizeOf(out)) return;
    const key = inputOf(out, 0);
    const keys = flat(key);
    if (!keys) return;
    const order = permOf(out);
    for (let i: u32 = 0, all = sizeOf(out) / n; i < all; i++) {
      const from = keys + (outerOffset(key, out, i, 1) << 2);
      threefry(from, dataOf(out) + ((<usize>i * n) << 2), n, <u32>order, <u32>(order >> 32));
    }
    if (!isContiguous(key)) releaseBlock(keys);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return 0; }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return 0; }
}
row<RandomBits>(Family.Inner, 1, Trait.Constant | Trait.Hidden);
