// The wasm as it travels in JavaScript: a text of base 64 digits, a good fifth smaller than what gzip
// makes of the bytes. Repeated stretches become copies, and a range coder with adaptive models writes
// the decisions, much as in LZMA; assembly/unpack undoes it. The cheapest way to write the bytes is
// searched for in several passes, each of which takes its prices from the one before.

import { Coder, Scale } from "./pack/coder.js";
import { BEGINNING, MODELS, after, writeLength, writeStep } from "./pack/format.js";

const PASSES = 4;
const LONGEST = 300;
/** Earlier places that are looked at for a copy. */
const TRIES = 4000;

/** @typedef {import("./pack/format.js").Step} Step */

/**
 * @param {Uint8Array} data
 * @returns {string} digits
 */
export function pack(data) {
  const copies = findCopies(data);
  let best = "";
  let scale = new Scale([new Uint8Array(MODELS), new Uint8Array(MODELS)]);
  for (let pass = 0; pass < PASSES; pass++) {
    const coder = new Coder(MODELS);
    let state = BEGINNING;
    let at = 0;
    for (const step of cheapest(data, copies, scale)) {
      writeStep(coder, data, at, step, state);
      state = after(state, step.kind, step.distance);
      at += step.length;
    }
    const digits = coder.end();
    if (!best || digits.length < best.length) best = digits;
    scale = new Scale(/** @type {[Float64Array, Float64Array]} */ (coder.seen));
  }
  return best;
}

/**
 * @param {Uint8Array} data
 * @param {number} at
 * @param {number} from
 */
function common(data, at, from) {
  const most = Math.min(LONGEST, data.length - at);
  let length = 0;
  while (length < most && data[at + length] === data[from + length]) length++;
  return length;
}

/**
 * For each place the nearest copy of every length, as [length, distance] with growing lengths.
 * @param {Uint8Array} data
 */
function findCopies(data) {
  /** @type {Map<number, number>} */
  const latest = new Map();
  const before = new Int32Array(data.length).fill(-1);
  return Array.from(data, (byte, at) => {
    const pair = byte | (data[at + 1] << 8);
    before[at] = latest.get(pair) ?? -1;
    latest.set(pair, at);
    /** @type {[number, number][]} */
    const found = [];
    let longest = 1;
    for (let from = before[at], tries = TRIES; from >= 0 && tries; from = before[from], tries--) {
      if (data[from + longest] !== data[at + longest]) continue;
      const length = common(data, at, from);
      if (length > longest) found.push([(longest = length), at - from - 1]);
    }
    return found;
  });
}

/**
 * The steps whose prices add up to the least.
 * @param {Uint8Array} data
 * @param {[number, number][][]} copies
 * @param {Scale} scale
 */
function cheapest(data, copies, scale) {
  const lengths = [false, true].map((again) =>
    Array.from({ length: LONGEST + 1 }, (_, length) =>
      length < 2 ? 0 : scale.of((to) => writeLength(to, length, again)),
    ),
  );
  /** The best way to each place: what it costs, its last step, the state behind it. */
  const ways = Array.from({ length: data.length + 1 }, () => ({
    cost: Infinity,
    step: /** @type {Step | undefined} */ (undefined),
    state: BEGINNING,
  }));
  ways[0].cost = 0;
  for (let at = 0; at < data.length; at++) {
    const { cost, state } = ways[at];
    const price = (kind, length, distance) =>
      scale.of((to) => writeStep(to, data, at, { kind, length, distance }, state));
    const offer = (price, kind, length, distance) => {
      const way = ways[at + length];
      if (cost + price >= way.cost) return;
      way.cost = cost + price;
      way.step = { kind, length, distance };
      way.state = after(state, kind, distance);
    };
    /** Offers the lengths from n to `most`; all but their own price is that of the first. */
    const offerAll = (kind, n, most, distance) => {
      const prices = lengths[kind === 1 ? 0 : 1];
      const rest = price(kind, n, distance) - prices[n];
      for (; n <= most; n++) offer(rest + prices[n], kind, n, distance);
    };

    offer(price(0, 1, 0), 0, 1, 0);
    state.recent.forEach((distance, i) => {
      const length = distance < at ? common(data, at, at - distance - 1) : 0;
      if (length && i === 0) offer(price(2, 1, distance), 2, 1, distance);
      if (length > 1) offerAll(2 + i, 2, length, distance);
    });
    let n = 2;
    for (const [length, distance] of copies[at]) {
      // How a distance is written depends on lengths below 5.
      for (; n < Math.min(length, 5); n++) offerAll(1, n, n, distance);
      offerAll(1, n, length, distance);
      n = length + 1;
    }
  }
  /** @type {Step[]} */
  const steps = [];
  for (let at = data.length; at > 0; at -= steps[steps.length - 1].length) {
    steps.push(/** @type {Step} */ (ways[at].step));
  }
  return steps.reverse();
}
