// The discrete Fourier transform of complex lines [2, n], real part first, along the last two axes. It is
// linear, and its transpose is the transform back (neither is scaled): every derivative is one of both.
import { DType } from "../shared/dtype";
import { Family } from "../shared/family";
import { Fault } from "../shared/fault";
import { releaseBlock } from "../memory/heap";
import { fail, setOp } from "../tensor/fault";
import {
  attrOf,
  dataOf,
  dimsOf,
  dtypeOf,
  inputOf,
  isContiguous,
  newNode,
  rankOf,
  setAttr,
  sizeOf,
  Tensor,
} from "../tensor/node";
import { at } from "../tensor/shape";
import { beginFourier, fourier, fourierBytes } from "../kernels/fourier";
import { packingArea } from "../kernels/packing";
import { parallel, threadCount } from "../kernels/parallel";
import { record1 } from "../tape/record";
import { opCode, Trait } from "../tape/rows";
import { cast } from "./cast";
import { flat } from "./convolution";
import { row } from "./families/linear";
import { computeDType } from "./families/promote";

/** Elements of all lines that are worth another thread. */
const GRAIN: u32 = 4096;

/** The transform of x [..., 2, n], or the one back. */
export function dft(x0: Tensor, inverse: bool): Tensor {
  if (!x0) return 0;
  const op = opCode<Dft>();
  setOp(op);
  const x = cast(x0, computeDType(op, dtypeOf(x0)));
  if (!x) return 0;
  const out = newNode(dtypeOf(x), rankOf(x), dimsOf(x));
  if (out) setAttr(out, u32(inverse));
  return record1(out, op, x);
}

//   job   0 to 15 kernels/fourier.ts   16 x   20 y   24 back   28 work areas   32 bytes of one, per thread
const job = memory.data(48, 16);

function runLines<T>(job: usize, from: u32, to: u32, thread: u32): void {
  const plane = <usize>load<u32>(job) * sizeof<T>();
  const first: usize = load<u32>(job, 24) ? plane : 0;
  const step: usize = first ? 0 - plane : plane;
  const x = <usize>load<u32>(job, 16) + first;
  const y = <usize>load<u32>(job, 20) + first;
  const area = <usize>(load<u32>(job, 28) + thread * load<u32>(job, 32));
  for (let i = from; i < to; i++) {
    const at = (plane << 1) * <usize>i;
    fourier<T>(x + at, step, y + at, step, job, area);
  }
}

function runAll<T>(out: Tensor, x: usize, n: u32): void {
  const one = fourierBytes(n, sizeof<T>());
  const bytes = one * <f64>threadCount();
  const area = bytes < 4294967296 ? packingArea(<usize>bytes) : 0;
  if (!area || !beginFourier<T>(n, job, area)) {
    fail(Fault.OutOfMemory, bytes);
    return;
  }
  store<u32>(job, <u32>x, 16);
  store<u32>(job, <u32>dataOf(out), 20);
  store<u32>(job, attrOf(out), 24);
  store<u32>(job, <u32>area, 28);
  store<u32>(job, <u32>one, 32);
  const kernel = ((job: usize, from: u32, to: u32, thread: u32): void =>
    runLines<T>(job, from, to, thread)).index;
  parallel(kernel, sizeOf(out) / n / 2, GRAIN / min(n, GRAIN), job);
}

/** A complex Fourier transform, not scaled. */
class Dft {
  run(out: Tensor): void {
    if (!sizeOf(out)) return;
    const x = inputOf(out, 0);
    const n = at(dimsOf(out), rankOf(out) - 1);
    const data = flat(x);
    if (!data) return;
    if (dtypeOf(out) == DType.Float64) runAll<f64>(out, data, n);
    else runAll<f32>(out, data, n);
    if (!isContiguous(x)) releaseBlock(data);
  }
  vjp(node: Tensor, g: Tensor, i: u32): Tensor { return dft(g, !attrOf(node)); }
  jvp(node: Tensor, t: Tensor, i: u32): Tensor { return dft(t, attrOf(node) != 0); }
}
row<Dft>(Family.Inner, 1, Trait.Hidden | Trait.Floating);
