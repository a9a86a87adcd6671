// How bytes, copies and numbers become bits. assembly/unpack reads what is written here.

/** A number is its slot (its highest two bits and their place), then the bits below. */
const NUMBER = 64 + 64 * 16;

/** Where the models of each decision begin. There is one for each of 8 histories. */
const Model = { again: 0, other: 8, longer: 16, third: 24, fourth: 32 };
/** Whether a copy follows, and what byte if none does, is also told by the kind of byte before. */
const COPY = 40;
const LENGTH = COPY + 8 * 8;
const LENGTH_AGAIN = LENGTH + NUMBER;
const DISTANCE = LENGTH_AGAIN + NUMBER;
const LITERAL = DISTANCE + 4 * NUMBER;
export const MODELS = LITERAL + 8 * 768;

/**
 * @typedef {{ bit(model: number, bit: number): void }} Writer
 *
 * @typedef {object} Step
 * @property {number} length 1 and more
 * @property {number} distance of a copy, less one
 * @property {number} kind 0 a literal byte, 1 a copy, 2 to 5 a copy over one of the last four distances
 */

/** What a step leaves behind for the next ones: the last distances, latest first, and three kinds. */
export const BEGINNING = { recent: [0, 0, 0, 0], history: 0 };

/**
 * The state after a step.
 * @param {typeof BEGINNING} state
 * @param {number} kind
 * @param {number} distance
 */
export function after({ recent, history }, kind, distance) {
  if (kind === 0) return { recent, history: (history << 1) & 7 };
  const rest = kind === 1 ? recent.slice(0, 3) : recent.filter((_, i) => i !== kind - 2);
  return { recent: [distance, ...rest], history: ((history << 1) | 1) & 7 };
}

/**
 * Kinds of byte, as they are in WebAssembly's code: what gets a local, what sets one, what goes to
 * memory, an integer constant, the prefix of SIMD; else small or not.
 * @param {Uint8Array} data
 * @param {number} at
 */
function kindBefore(data, at) {
  const byte = at ? data[at - 1] : 0;
  if (byte === 0x20) return 1;
  if (byte === 0x21 || byte === 0x22) return 2;
  if (byte >= 0x28 && byte < 0x3f) return 3;
  if (byte === 0x41) return 4;
  if (byte === 0xfd) return 5;
  return byte < 0x20 ? 0 : byte < 0x80 ? 6 : 7;
}

/**
 * @param {Writer} to
 * @param {number} first
 * @param {number} bits
 * @param {number} value
 */
function tree(to, first, bits, value) {
  let node = 1;
  for (let i = bits - 1; i >= 0; i--) {
    const bit = (value >>> i) & 1;
    to.bit(first + node, bit);
    node = 2 * node + bit;
  }
}

/**
 * @param {Writer} to
 * @param {number} first
 * @param {number} value
 */
function number(to, first, value) {
  const below = Math.max(30 - Math.clz32(value), 0);
  const slot = value < 2 ? value : 2 * below + (value >>> below);
  tree(to, first, 6, slot);
  for (let i = below - 1; i >= 0; i--) to.bit(first + 64 + 16 * slot + i, (value >>> i) & 1);
}

/**
 * A byte. After a copy, the byte that would have gone on with it stands beside it until they differ.
 * @param {Writer} to
 * @param {Uint8Array} data
 * @param {number} at
 * @param {typeof BEGINNING} state
 */
function literal(to, data, at, { recent, history }) {
  const first = LITERAL + 768 * kindBefore(data, at);
  let beside = history & 1 ? data[at - recent[0] - 1] | 0x100 : 0;
  let node = 1;
  for (let i = 7; i >= 0; i--) {
    const bit = (data[at] >>> i) & 1;
    const guess = (beside >>> i) & 1;
    to.bit(first + node + (beside ? 256 << guess : 0), bit);
    if (guess !== bit) beside = 0;
    node = 2 * node + bit;
  }
}

/**
 * @param {Writer} to
 * @param {number} kind 2 to 5
 * @param {number} history
 */
function writeAgain(to, kind, history) {
  to.bit(Model.again + history, 1);
  to.bit(Model.other + history, kind > 2 ? 1 : 0);
  if (kind === 2) return;
  to.bit(Model.third + history, kind > 3 ? 1 : 0);
  if (kind > 3) to.bit(Model.fourth + history, kind > 4 ? 1 : 0);
}

/**
 * @param {Writer} to
 * @param {number} length
 * @param {number} distance
 */
function writeDistance(to, length, distance) {
  number(to, DISTANCE + NUMBER * Math.min(length - 2, 3), distance);
}

/**
 * @param {Writer} to
 * @param {number} length
 * @param {boolean} again
 */
export function writeLength(to, length, again) {
  number(to, again ? LENGTH_AGAIN : LENGTH, length - 2);
}

/**
 * @param {Writer} to
 * @param {Uint8Array} data
 * @param {number} at
 * @param {Step} step
 * @param {typeof BEGINNING} state
 */
export function writeStep(to, data, at, { kind, length, distance }, state) {
  const { history } = state;
  to.bit(COPY + 8 * kindBefore(data, at) + history, kind ? 1 : 0);
  if (kind === 0) literal(to, data, at, state);
  else if (kind === 1) {
    to.bit(Model.again + history, 0);
    writeLength(to, length, false);
    writeDistance(to, length, distance);
  } else {
    writeAgain(to, kind, history);
    if (kind === 2) to.bit(Model.longer + history, length > 1 ? 1 : 0);
    if (length > 1) writeLength(to, length, true);
  }
}
