// Images in frames of zeros, as convolutions read them: no window of theirs reaches over an edge then.
// Where windows step by s columns, every s-th column stands together, so that neighbouring windows
// find their elements side by side: column q of a row is at (q mod s) · run + q / s. Sizes are in
// elements.

import { copyElement } from "./gemm";

let height: i32 = 0;
let width: i32 = 0;
let top: i32 = 0;
let left: i32 = 0;
let step: i32 = 1;
let rows: i32 = 0;
let run: i32 = 0;

/**
 * Frames of images [ownHeight, ownWidth] hold `needRows` × `needColumns` places, `above` rows and
 * `before` columns of them before the image.
 */
export function setFrame(
  ownHeight: i32,
  ownWidth: i32,
  above: i32,
  before: i32,
  needRows: i32,
  needColumns: i32,
  columnStep: i32,
): void {
  height = ownHeight;
  width = ownWidth;
  top = above;
  left = before;
  step = columnStep;
  rows = needRows;
  run = (needColumns + step - 1) / step;
}

/** From one row of a frame to the next. */
export function frameRow(): u32 {
  return <u32>(run * step);
}
/** From one frame to the next. */
export function framePlane(): u32 {
  return <u32>rows * frameRow();
}
/** Where column q stands in its row. */
export function frameColumn(q: u32): u32 {
  return (q % <u32>step) * <u32>run + q / <u32>step;
}
/** Bytes of so many frames. A last vector may be read past their end. */
export function frameBytes(size: u32, planes: u32): usize {
  return ((<usize>planes * framePlane() * size + 15) & ~15) + 32;
}

/** The same without a limit: long steps make large frames of small images. */
export function frameSize(planes: i32): f64 {
  return <f64>planes * <f64>rows * <f64>run * <f64>step;
}

/** Fills an area for frames with zeros, before the first of them. */
export function clearFrame(size: u32, planes: u32, area: usize): void {
  memory.fill(area, 0, frameBytes(size, planes));
}

/** Puts images into frames. */
export function frame(size: u32, images: usize, planes: u32, area: usize): void {
  const last = min(height, rows - top);
  const bytes = <usize>min(width, run * step - left) * size;
  const whole = step == 1 ? bytes & ~15 : 0;
  for (let plane = area; planes; planes--) {
    let to = plane + <usize>top * frameRow() * size;
    for (let y = 0; y < last; y++, to += frameRow() * size) {
      const from = images + <usize>(y * width) * size;
      const side = to + <usize>left * size;
      for (let o: usize = 0; o < whole; o += 16) v128.store(side + o, v128.load(from + o));
      for (let o = whole; o < bytes; o += size) {
        const q = <u32>(left + <i32>(o / size));
        copyElement(size, from + o, to + <usize>frameColumn(q) * size);
      }
    }
    plane += framePlane() * size;
    images += <usize>(height * width) * size;
  }
}
