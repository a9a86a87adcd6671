// Order along the middle axis of [outer, n, inner]. NaN comes after everything else, and equal
// elements keep their order. Results are places, int32.

/** True if x belongs before y. */
export function before<T>(x: T, y: T): bool {
  if (isFloat<T>()) return x < y || (y != y && x == x);
  return x < y;
}

/** Bytes that `argsort` works in. */
export function sortBytes(n: u32): usize {
  return <usize>n * 24;
}

/**
 * Places of the elements in rising order. Merge sort of runs that double; keys travel with their
 * places, in two pairs of lists that take turns.
 */
export function argsort<T>(
  x: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
  area: usize,
): void {
  const keys = (<usize>n) << 3;
  const row = <usize>inner * sizeof<T>();
  for (let o: u32 = 0; o < outer; o++) {
    for (let i: u32 = 0; i < inner; i++) {
      let from = area;
      let to = area + keys;
      let places = area + 2 * keys;
      let toPlaces = places + ((<usize>n) << 2);
      const first = <usize>(o * n * inner + i);
      let p = x + first * sizeof<T>();
      for (let j: u32 = 0; j < n; j++, p += row) {
        store<T>(from + <usize>j * sizeof<T>(), load<T>(p));
        store<u32>(places + ((<usize>j) << 2), j);
      }
      for (let width: u32 = 1; width < n; width <<= 1) {
        for (let low: u32 = 0; low < n; low += width << 1) {
          merge<T>(
            from,
            places,
            to,
            toPlaces,
            low,
            min(low + width, n),
            min(low + (width << 1), n),
          );
        }
        let t = from;
        from = to;
        to = t;
        t = places;
        places = toPlaces;
        toPlaces = t;
      }
      let q = out + (first << 2);
      for (let j: u32 = 0; j < n; j++, q += (<usize>inner) << 2) {
        store<u32>(q, load<u32>(places + ((<usize>j) << 2)));
      }
    }
  }
}

/** Merges the sorted runs low … middle and middle … high. */
function merge<T>(
  x: usize,
  places: usize,
  to: usize,
  toPlaces: usize,
  low: u32,
  middle: u32,
  high: u32,
): void {
  let a = low;
  let b = middle;
  for (let k = low; k < high; k++) {
    let take = a;
    if (a == middle) take = b++;
    else if (
      b == high ||
      !before<T>(load<T>(x + <usize>b * sizeof<T>()), load<T>(x + <usize>a * sizeof<T>()))
    ) {
      a++;
    } else take = b++;
    store<T>(to + <usize>k * sizeof<T>(), load<T>(x + <usize>take * sizeof<T>()));
    store<u32>(toPlaces + ((<usize>k) << 2), load<u32>(places + ((<usize>take) << 2)));
  }
}

/** Places of the first largest (or smallest) elements; NaN counts as either. n is not 0. */
export function argbest<T>(
  x: usize,
  out: usize,
  outer: u32,
  n: u32,
  inner: u32,
  smallest: bool,
): void {
  const row = <usize>inner * sizeof<T>();
  for (let o: u32 = 0; o < outer; o++) {
    for (let i: u32 = 0; i < inner; i++, out += 4) {
      let p = x + <usize>(o * n * inner + i) * sizeof<T>();
      let best = load<T>(p);
      let place: u32 = 0;
      for (let j: u32 = 1; j < n && best == best; j++) {
        p += row;
        const value = load<T>(p);
        if ((smallest ? value < best : value > best) || value != value) {
          best = value;
          place = j;
        }
      }
      store<u32>(out, place);
    }
  }
}

/** For each of m values the number of the n sorted elements before it; with `right`, not after it. */
export function searchSorted<T>(
  sorted: usize,
  values: usize,
  out: usize,
  n: u32,
  m: u32,
  right: bool,
): void {
  for (let k: u32 = 0; k < m; k++) {
    const value = load<T>(values + <usize>k * sizeof<T>());
    let low: u32 = 0;
    let high = n;
    while (low < high) {
      const middle = (low + high) >> 1;
      const here = load<T>(sorted + <usize>middle * sizeof<T>());
      if (right ? !before<T>(value, here) : before<T>(here, value)) low = middle + 1;
      else high = middle;
    }
    store<u32>(out + ((<usize>k) << 2), low);
  }
}
