// The last fault: a code, three numbers and two shapes, read by ts/errors.ts.
import { Fault } from "../shared/fault";

//  0 code   4 op   8 f64 a   16 f64 b   24 rank A   28 dims A [16]   92 rank B   96 dims B [16]
const area = memory.data(160, 16);
let currentOp: u32 = 0;

/** Where the last fault is written. */
export function faultArea(): usize {
  return area;
}

/** Says which op is at work, for the sentence. */
export function setOp(op: u32): void {
  currentOp = op;
}

/** Notes a fault (the first one stands) and returns 0, "no tensor". */
export function fail(code: Fault, a: f64 = 0, b: f64 = 0): usize {
  if (!load<u32>(area)) {
    store<u32>(area, code);
    store<u32>(area, currentOp, 4);
    store<f64>(area, a, 8);
    store<f64>(area, b, 16);
    store<u32>(area, 0, 24);
    store<u32>(area, 0, 92);
  }
  return 0;
}

/** As `fail`, with two shapes. */
export function failShapes(
  code: Fault,
  dimsA: usize,
  rankA: u32,
  dimsB: usize,
  rankB: u32,
  a: f64 = 0,
  b: f64 = 0,
): usize {
  if (!load<u32>(area)) {
    fail(code, a, b);
    store<u32>(area, rankA, 24);
    memory.copy(area + 28, dimsA, (<usize>rankA) << 2);
    store<u32>(area, rankB, 92);
    memory.copy(area + 96, dimsB, (<usize>rankB) << 2);
  }
  return 0;
}

/** True after a fault that nobody has read yet. */
export function failed(): bool {
  return load<u32>(area) != 0;
}

/** Forgets the fault. */
export function clearFault(): void {
  store<u32>(area, 0);
}
