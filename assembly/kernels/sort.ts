// Order along the middle axis of [outer, n, inner]. NaN comes after everything else, and equal
// elements keep their order. Results are places, int32.

/** Bytes that `argsort` works in: two lists of keys and two of places, which take turns. */
export function sortBytes(n: u32): usize {
  return <usize>n * 24;
}

/** So few elements are inserted one by one. */
const FEW: u32 = 24;
const counts = memory.data(256 * 4, 16);

/** An unsigned number in the order of the element at p. */
export function keyAt<T, K>(p: usize): K {
  if (!isFloat<T>()) return <K>(load<u32>(p) ^ 0x80000000);
  // The sum turns -0 into 0. Negative numbers have all bits turned, others the first.
  const value = load<T>(p) + <T>0;
  if (value != value) return <K>-1;
  const bits = sizeof<T>() == 8 ? <K>reinterpret<u64>(<f64>value) : <K>reinterpret<u32>(<f32>value);
  const top: K = <K>(sizeof<K>() * 8 - 1);
  return bits ^ ((<K>0 - (bits >> top)) | ((<K>1) << top));
}

/** Places of the elements in rising order: by insertion or, of many, by the bytes of their keys. */
export function argsort<T, K>(
  x: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
  area: usize,
): void {
  const row = <usize>inner * sizeof<T>();
  const places = area + 2 * ((<usize>n) << 3);
  for (let o: u32 = 0; o < outer; o++) {
    for (let i: u32 = 0; i < inner; i++) {
      const first = <usize>(o * n * inner + i);
      let p = x + first * sizeof<T>();
      for (let j: u32 = 0; j < n; j++, p += row) {
        store<K>(area + <usize>j * sizeof<K>(), keyAt<T, K>(p));
        store<u32>(places + ((<usize>j) << 2), j);
      }
      let sorted = places;
      if (n > FEW) sorted = sortMany<K>(area, n, places);
      else sortFew<K>(area, n, places);
      let q = out + (first << 2);
      for (let j: u32 = 0; j < n; j++, q += (<usize>inner) << 2) {
        store<u32>(q, load<u32>(sorted + ((<usize>j) << 2)));
      }
    }
  }
}

function sortFew<K>(keys: usize, n: u32, places: usize): void {
  for (let j: u32 = 1; j < n; j++) {
    const key = load<K>(keys + <usize>j * sizeof<K>());
    let i = j;
    for (; i; i--) {
      const before = load<K>(keys + <usize>(i - 1) * sizeof<K>());
      if (before <= key) break;
      store<K>(keys + <usize>i * sizeof<K>(), before);
      store<u32>(places + ((<usize>i) << 2), load<u32>(places + ((<usize>(i - 1)) << 2)));
    }
    store<K>(keys + <usize>i * sizeof<K>(), key);
    store<u32>(places + ((<usize>i) << 2), j);
  }
}

/** Sorts by one byte of the keys after the other, the lowest first; returns where the places are then. */
function sortMany<K>(keys: usize, n: u32, places: usize): usize {
  let to = keys + ((<usize>n) << 3);
  let toPlaces = places + ((<usize>n) << 2);
  for (let shift: u32 = 0; shift < sizeof<K>() * 8; shift += 8) {
    memory.fill(counts, 0, 1024);
    for (let j: u32 = 0; j < n; j++) {
      const c = counts + digitAt<K>(keys, j, shift);
      store<u32>(c, load<u32>(c) + 1);
    }
    // A byte in which all agree changes nothing.
    if (load<u32>(counts + digitAt<K>(keys, 0, shift)) == n) continue;
    let sum: u32 = 0;
    for (let c = counts; c < counts + 1024; c += 4) {
      const count = load<u32>(c);
      store<u32>(c, sum);
      sum += count;
    }
    for (let j: u32 = 0; j < n; j++) {
      const c = counts + digitAt<K>(keys, j, shift);
      const at = load<u32>(c);
      store<u32>(c, at + 1);
      store<K>(to + <usize>at * sizeof<K>(), load<K>(keys + <usize>j * sizeof<K>()));
      store<u32>(toPlaces + ((<usize>at) << 2), load<u32>(places + ((<usize>j) << 2)));
    }
    let t = keys;
    keys = to;
    to = t;
    t = places;
    places = toPlaces;
    toPlaces = t;
  }
  return places;
}

/** Offset of the counter for a byte of key j. */
function digitAt<K>(keys: usize, j: u32, shift: u32): usize {
  const key = load<K>(keys + <usize>j * sizeof<K>());
  return ((<usize>(key >> (<K>shift))) & 255) << 2;
}

/**
 * Places along the middle axis of [outer, n, inner] where the largest elements, or the smallest, stand
 * first: `best` has them, or NaN where there is one.
 */
export function placesOf<T>(
  x: usize,
  best: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
): void {
  if (inner == 1) {
    for (; outer; outer--, x += <usize>n * sizeof<T>(), best += sizeof<T>(), out += 4) {
      store<u32>(out, placeIn<T>(x, n, load<T>(best)));
    }
    return;
  }
  const row = <usize>inner * sizeof<T>();
  for (; outer; outer--, x += <usize>n * row, best += row, out += (<usize>inner) << 2) {
    // From the end, so that the first one stays.
    for (let j = n; j;) {
      j--;
      const from = x + <usize>j * row;
      for (let c: u32 = 0; c < inner;) {
        const to = out + ((<usize>c) << 2);
        const o = <usize>c * sizeof<T>();
        if (c + 4 > inner) {
          if (Hits.one<T>(load<T>(from + o), load<T>(best + o))) store<u32>(to, j);
          c++;
          continue;
        }
        let hits = Hits.of<T>(v128.load(from + o), v128.load(best + o));
        if (sizeof<T>() == 8) {
          const more = Hits.of<T>(v128.load(from + o, 16), v128.load(best + o, 16));
          hits = v128.shuffle<i32>(hits, more, 0, 2, 4, 6);
        }
        v128.store(to, v128.bitselect(i32x4.splat(j), v128.load(to), hits));
        c += 4;
      }
    }
  }
}

class Hits {
  /** Where x is the best: the same, or NaN, of which there is none unless the best is NaN. */
  @inline static of<T>(x: v128, best: v128): v128 {
    return v128.or(v128.eq<T>(x, best), v128.ne<T>(x, x));
  }
  @inline static one<T>(x: T, best: T): bool {
    return x == best || x != x;
  }
}

/** The place of the best of n elements that lie in a row. */
function placeIn<T>(x: usize, n: u32, best: T): u32 {
  const lanes: u32 = 16 / sizeof<T>();
  const all = v128.splat<T>(best);
  let j: u32 = 0;
  for (; j + lanes <= n; j += lanes, x += 16) {
    if (v128.any_true(Hits.of<T>(v128.load(x), all))) break;
  }
  for (; j < n - 1; j++, x += sizeof<T>()) if (Hits.one<T>(load<T>(x), best)) break;
  return j;
}
