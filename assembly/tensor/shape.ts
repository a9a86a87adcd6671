// Shapes as lists of 32-bit numbers in memory, and what broadcasting makes of two of them.

/** Entry i of a list. */
export function at(list: usize, i: u32): u32 {
  return load<u32>(list + ((<usize>i) << 2));
}

/** Sets entry i of a list. */
export function put(list: usize, i: u32, value: u32): void {
  store<u32>(list + ((<usize>i) << 2), value);
}

/** True if two lists of n entries agree. */
export function same(a: usize, b: usize, n: u32): bool {
  return memory.compare(a, b, (<usize>n) << 2) == 0;
}

/** Writes the broadcast of two right-aligned shapes; returns its rank, or -1 if they do not fit. */
export function broadcastShapes(rankX: u32, x: usize, rankY: u32, y: usize, out: usize): i32 {
  const rank = max(rankX, rankY);
  for (let i: u32 = 1; i <= rank; i++) {
    const a = i <= rankX ? at(x, rankX - i) : 1;
    const b = i <= rankY ? at(y, rankY - i) : 1;
    if (a != b && a != 1 && b != 1) return -1;
    put(out, rank - i, a == 1 ? b : a);
  }
  return <i32>rank;
}
