// The packing area of matrix products, kept between them.
import { allocate, blockSize, releaseBlock } from "../memory/heap";

let area: usize = 0;

/** At least this many bytes; 0 if out of memory. */
export function packingArea(bytes: usize): usize {
  if (area && blockSize(area) >= bytes) return area;
  if (area) releaseBlock(area);
  area = allocate(bytes);
  return area;
}
