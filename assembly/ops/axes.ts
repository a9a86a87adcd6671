// Orders of axes: entry i, four bits, is the axis that comes to place i.

/** The axes of a shape, those in `mask` last. */
export function axesLast(rank: u32, mask: u32): u64 {
  let order: u64 = 0;
  let place: u32 = 0;
  for (let pass: u32 = 0; pass < 2; pass++) {
    for (let i: u32 = 0; i < rank; i++) {
      if (((mask >> i) & 1) != pass) continue;
      order |= <u64>i << (place << 2);
      place++;
    }
  }
  return order;
}

/** The order that undoes one. */
export function inverseOrder(order: u64, rank: u32): u64 {
  let inverse: u64 = 0;
  for (let i: u32 = 0; i < rank; i++) inverse |= <u64>i << (((order >> (i << 2)) & 15) << 2);
  return inverse;
}
