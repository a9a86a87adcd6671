// Pairs of operations that have a kernel together: outer(inner(x, y), z) in one pass. A region uses it
// where nothing else needs the inner result. Each operation is rounded for itself, so the bits are
// those of two kernels one after the other.
//
//   entry   0 outer   2 inner   4 which operands of outer inner's result may be (bits)
//           5 whether inner's operands come last   8 kernels of float32, float64
import { DType } from "../shared/dtype";

const BYTES: usize = 16;
const MOST: u32 = 32;
const compounds = memory.data(32 * 16, 16);
let count: u32 = 0;

/** Adds a pair of op codes: inner's result is one of those operands of outer. */
export function addCompound(
  outer: u32,
  inner: u32,
  operands: u32,
  innerLast: bool,
  f32s: u32,
  f64s: u32,
): void {
  if (count == MOST) unreachable();
  const at = compounds + <usize>count * BYTES;
  store<u16>(at, <u16>outer);
  store<u16>(at, <u16>inner, 2);
  store<u8>(at, <u8>operands, 4);
  store<u8>(at, u8(innerLast), 5);
  store<u32>(at, f32s, 8);
  store<u32>(at, f64s, 12);
  count++;
}

/** The entry of a pair, 0 if it has none. */
export function findCompound(outer: u32, inner: u32, operand: u32): usize {
  for (let i: u32 = 0; i < count; i++) {
    const at = compounds + <usize>i * BYTES;
    const fits = (load<u8>(at, 4) >> (<u8>operand)) & 1;
    if (fits && load<u16>(at) == outer && load<u16>(at, 2) == inner) return at;
  }
  return 0;
}

/** True if the kernel takes the outer operation's other operand first. */
export function isInnerLast(compound: usize): bool {
  return load<u8>(compound, 5) != 0;
}
/** The kernel for a float dtype. */
export function compoundKernel(compound: usize, dtype: DType): u32 {
  return dtype == DType.Float32 ? load<u32>(compound, 8) : load<u32>(compound, 12);
}
