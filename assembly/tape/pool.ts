// Nodes made in passing. Whatever an op creates starts with one reference that belongs to the pool;
// whoever wants to keep it retains it. `settle` at the end of a call lets the rest go, so rules read
// as formulas and free nothing.
import { Fault } from "../shared/fault";
import { allocate, blockSize, releaseBlock } from "../memory/heap";
import { fail } from "../tensor/fault";
import { Tensor } from "../tensor/node";
import { release } from "./tape";

let block: usize = 0;
let top: usize = 0;
let end: usize = 0;

function growPool(): bool {
  const bytes = block ? blockSize(block) : 0;
  const larger = allocate(bytes ? bytes << 1 : 4096);
  if (!larger) return false;
  const filled = top - block;
  if (block) {
    memory.copy(larger, block, filled);
    releaseBlock(block);
  }
  block = larger;
  top = block + filled;
  end = block + blockSize(block);
  return true;
}

/** Hands a fresh, otherwise unheld node to the pool. */
export function pooled(x: Tensor): Tensor {
  if (!x) return 0;
  if (top == end && !growPool()) {
    release(x);
    return fail(Fault.OutOfMemory, 4096);
  }
  store<u32>(top, <u32>x);
  top += 4;
  return x;
}

/** How much is in the pool now. */
export function poolMark(): usize {
  return top - block;
}

/** Lets go of everything that came in since `mark`. */
export function settle(mark: usize): void {
  while (top - block > mark) {
    top -= 4;
    release(<usize>load<u32>(top));
  }
}

/** As `settle`, but `kept` survives with one reference for the caller. */
export function settleKeeping(mark: usize, kept: Tensor): void {
  if (kept && top - block == mark + 4 && <usize>load<u32>(top - 4) == kept) {
    top -= 4;
    return;
  }
  if (kept) store<u32>(kept, load<u32>(kept, 20) + 1, 20);
  settle(mark);
}
