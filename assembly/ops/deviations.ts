// What variances are made of.
import { allocate, releaseBlock } from "../memory/heap";
import { Fault } from "../shared/fault";
import { loadNumber, storeNumber } from "../kernels/number";
import { attrOf, bytesOf, dtypeOf, inputOf, sizeOf, Tensor } from "../tensor/node";
import { fail } from "../tensor/fault";
import { opCode } from "../tape/rows";
import { scale, subtract } from "./arithmetic";
import { runTally, tally } from "./families/tally";
import { axesOf, mean, reduceTerms, Sum } from "./reduction";

/** The sum of the squared distances from the mean. */
class Deviations {
  centred: bool;
  @inline start<T>(): v128 { return i32x4.splat(0); }
  @inline v<T>(a: v128, b: v128): v128 { return v128.add<T>(a, b); }
  @inline s<T>(a: T, b: T): T { return <T>(a + b); }
  @inline term<T>(x: v128, c: v128): v128 {
    const d = v128.sub<T>(x, c);
    return v128.mul<T>(d, d);
  }
  /** What the mean changes by has no effect: distances from it add up to 0. */
  d(node: Tensor): Tensor {
    const x = inputOf(node, 0);
    return scale(2, subtract(x, mean(x, axesOf(node), true)));
  }
}
tally<Deviations>(((out: Tensor): void => runDeviations(out)).index);

function runDeviations(out: Tensor): void {
  const n = sizeOf(out);
  if (!n) return;
  const x = inputOf(out, 0);
  const dtype = dtypeOf(x);
  const size = <usize>bytesOf(dtype);
  const centres = allocate(<usize>n * size);
  if (!centres) {
    fail(Fault.OutOfMemory, <f64>n * <f64>size);
    return;
  }
  reduceTerms(opCode<Sum>(), dtype, opCode<Sum>(), x, attrOf(out) & 0xffff, centres, n, 0);
  const count = sizeOf(x) / n;
  // A quotient of two float32 in float64 is rounded to that in float32.
  for (let i: u32 = 0; i < n; i++) {
    const at = centres + <usize>i * size;
    storeNumber(at, dtype, loadNumber(at, dtype) / <f64>count);
  }
  runTally(out, centres);
  releaseBlock(centres);
}
