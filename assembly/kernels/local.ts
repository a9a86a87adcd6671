// Work areas of kernels that may run on several threads at once: every thread has its own set. A
// global belongs to one instance of the module, so to one thread; where there are no threads nobody
// sets it, and the compiler takes its value for a constant.

/** Where each area begins. */
export const enum Local {
  /** tile: one at the edge. */
  Edge = 0,
  /** reduce: the cursor; fold: a gathered block, results of blocks. */
  Cursor = 128,
  Block = 336,
  Partials = 8528,
  /** columns: axes; accumulators, one in passing, results of blocks; rows of a block. */
  OuterAxes = 9040,
  ReducedAxes = 9232,
  Lanes = 9424,
  Passing = 25808,
  BlockTiles = 26832,
  RowOffsets = 61648,
  /** matmul: an odometer. */
  Index = 65744,
  /** pool: places in windows. */
  Found = 65808,
  /** math/jet: coefficients. */
  Jets = 65824,
  /** map: a repeated element. */
  Twice = 67104,
}
/** Bytes of a set. */
export const LOCAL_BYTES: i32 = 67136;

let base: usize = memory.data(67136, 16);

/** Address of this thread's own area. */
export function local(area: Local): usize {
  return base + <usize>area;
}

/** Gives this thread another set. */
export function moveLocal(to: usize): void {
  base = to;
}
