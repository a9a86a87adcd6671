// Threefry2x32 with 20 rounds (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011): two
// words out of a key and a counter of two words each, four counters at once.

function turned(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits));
}

/** Stores the first n lanes. */
function storeLanes(to: usize, x: v128, n: u32): void {
  if (n >= 4) {
    v128.store(to, x);
    return;
  }
  store<i32>(to, i32x4.extract_lane(x, 0));
  if (n > 1) store<i32>(to, i32x4.extract_lane(x, 1), 4);
  if (n > 2) store<i32>(to, i32x4.extract_lane(x, 2), 8);
}

/** n words of the key's stream `domain`, those of counters from `first` on. */
export function threefry(key: usize, out: usize, n: u32, first: u32, domain: u32): void {
  const k0 = load<i32>(key);
  const k1 = load<i32>(key, 4);
  const keys0 = i32x4.splat(k0);
  const keys1 = i32x4.splat(k1);
  const keys2 = i32x4.splat(k0 ^ k1 ^ 0x1bd11bda);
  let counter = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  for (let done: u32 = 0; done < n; done += 8, out += 32) {
    let x = i32x4.add(counter, keys0);
    let y = i32x4.add(i32x4.splat(domain), keys1);
    for (let i = 1; i <= 5; i++) {
      // Two sets of distances take turns.
      const odd = (i & 1) != 0;
      for (let j = 0; j < 4; j++) {
        const bits = <i32>(((odd ? 0x061a0f0d : 0x18101d11) >> (j << 3)) & 31);
        x = i32x4.add(x, y);
        y = v128.xor(turned(y, bits), x);
      }
      const r = i % 3;
      x = i32x4.add(x, r == 0 ? keys0 : r == 1 ? keys1 : keys2);
      const after = r == 0 ? keys1 : r == 1 ? keys2 : keys0;
      y = i32x4.add(y, i32x4.add(after, i32x4.splat(i)));
    }
    const low = v128.shuffle<i32>(x, y, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(x, y, 2, 6, 3, 7);
    storeLanes(out, low, n - done);
    if (n - done > 4) storeLanes(out + 16, high, n - done - 4);
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}
