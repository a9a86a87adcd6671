// A list of the nodes that come onto the tape while somebody wants to number them: also of those that leave
// it before that. Who begins remembers where; the list is emptied when the last one ends.
//
//     0 creation number   8 mask   16 bytes each
import { allocate, blockSize, releaseBlock } from "../memory/heap";
import { maskOf, orderOf, Tensor } from "../tensor/node";

const ENTRY_BYTES: usize = 16;
let open: u32 = 0;
let list: usize = 0;
let length: u32 = 0;
/** No memory was left for it: what it says since is of no use. */
let lost: bool = false;

/** Begins a list; returns where. */
export function beginNumbers(): u32 {
  open++;
  return length;
}
/** Ends one. */
export function endNumbers(): void {
  if (--open) return;
  if (list) releaseBlock(list);
  list = 0;
  length = 0;
  lost = false;
}
/** How many entries there are; 0 if memory was too short for them. */
export function numbersLength(): u32 {
  return lost ? 0 : length;
}
/** The address of the first entry. */
export function numbersAt(): usize {
  return list;
}

/** Notes a node that comes onto the tape. */
export function noteNumber(x: Tensor): void {
  if (!open || lost) return;
  const bytes = (<usize>length + 1) * ENTRY_BYTES;
  if (!list || bytes > blockSize(list)) {
    const larger = allocate(max(bytes << 1, 1024));
    if (!larger) {
      lost = true;
      return;
    }
    if (list) {
      memory.copy(larger, list, bytes - ENTRY_BYTES);
      releaseBlock(list);
    }
    list = larger;
  }
  const entry = list + bytes - ENTRY_BYTES;
  store<f64>(entry, <f64>orderOf(x));
  store<f64>(entry, <f64>maskOf(x), 8);
  length++;
}
