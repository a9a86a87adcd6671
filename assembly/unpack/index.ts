// A module of its own, and the first one that runs in a page: it makes the bytes of tapegrad.wasm of
// the digits that travel in JavaScript. scripts/lib/pack.js writes them; every model here has the
// place that it has in scripts/lib/pack/format.js.
//
//     0 models, 16 bits each: what a chance differs from a half   then the digits   then the bytes

const DIGIT: u32 = 1 << 24;
const NUMBER: u32 = 64 + 64 * 16;

const AGAIN: u32 = 0;
const OTHER: u32 = 8;
const LONGER: u32 = 16;
const THIRD: u32 = 24;
const FOURTH: u32 = 32;
const COPY: u32 = 40;
const LENGTH: u32 = COPY + 8 * 8;
const LENGTH_AGAIN: u32 = LENGTH + NUMBER;
const DISTANCE: u32 = LENGTH_AGAIN + NUMBER;
const LITERAL: u32 = DISTANCE + 4 * NUMBER;
const MODELS: u32 = LITERAL + 8 * 768;

let range: u32 = (1 << 30) - 1;
let code: u32 = 0;
let next: usize = 0;

/** Makes room for so many digits, and bytes made of them; gives the place of the digits. */
export function reserve(digits: u32, size: u32): usize {
  const pages = <i32>((2 * MODELS + digits + size + 0xffff) >> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
  return 2 * MODELS;
}

function shift(): void {
  const c = <u32>load<u8>(next++);
  const digit = c < 48 ? 0 : c < 65 ? c - 47 : c < 95 ? c - 54 : c < 97 ? 37 : c - 59;
  code = (code << 6) | digit;
}

function bit(model: u32): u32 {
  const at = (<usize>model) << 1;
  const chance = 2048 + <u32>load<i16>(at);
  const bound = (range >> 12) * chance;
  const one = code >= bound;
  if (one) {
    code -= bound;
    range -= bound;
    store<u16>(at, chance - (chance >> 4) - 2048);
  } else {
    range = bound;
    store<u16>(at, chance + ((4096 - chance) >> 4) - 2048);
  }
  while (range < DIGIT) {
    range <<= 6;
    shift();
  }
  return <u32>one;
}

function number(first: u32): u32 {
  let slot: u32 = 1;
  while (slot < 64) slot = 2 * slot + bit(first + slot);
  slot -= 64;
  if (slot < 2) return slot;
  let below = (slot >> 1) - 1;
  let value = 2 | (slot & 1);
  first += 64 + 16 * slot;
  while (below--) value = 2 * value + bit(first + below);
  return value;
}

function kindOf(byte: u32): u32 {
  if (byte == 0x20) return 1;
  if (byte == 0x21 || byte == 0x22) return 2;
  if (byte >= 0x28 && byte < 0x3f) return 3;
  if (byte == 0x41) return 4;
  if (byte == 0xfd) return 5;
  return byte < 0x20 ? 0 : byte < 0x80 ? 6 : 7;
}

function literal(kind: u32, beside: u32): u32 {
  const first = LITERAL + 768 * kind;
  let node: u32 = 1;
  while (node < 256) {
    const guess = (beside >> 7) & 1;
    const read = bit(first + node + (beside ? 256 << guess : 0));
    beside = guess == read ? beside << 1 : 0;
    node = 2 * node + read;
  }
  return node;
}

/** Unpacks `size` bytes; gives their address. */
export function unpack(digits: u32, size: u32): usize {
  let history: u32 = 0;
  let d0: u32 = 0;
  let d1: u32 = 0;
  let d2: u32 = 0;
  let d3: u32 = 0;
  next = 2 * MODELS;
  const out = next + digits;
  const end = out + size;
  let to = out;
  for (let i = 0; i < 5; i++) shift();
  while (to < end) {
    const kind = kindOf(to > out ? <u32>load<u8>(to - 1) : 0);
    if (!bit(COPY + 8 * kind + history)) {
      // The marker above the byte goes on being there while it is shifted: 0 means nothing beside.
      const beside = history & 1 ? (<u32>load<u8>(to - d0 - 1)) | 0x100 : 0;
      store<u8>(to++, literal(kind, beside));
      history = (history << 1) & 7;
      continue;
    }
    let length: u32 = 1;
    if (!bit(AGAIN + history)) {
      length = 2 + number(LENGTH);
      d3 = d2;
      d2 = d1;
      d1 = d0;
      d0 = number(DISTANCE + NUMBER * min(length - 2, 3));
    } else if (bit(OTHER + history)) {
      let d = d1;
      if (bit(THIRD + history)) {
        d = d2;
        if (bit(FOURTH + history)) {
          d = d3;
          d3 = d2;
        }
        d2 = d1;
      }
      d1 = d0;
      d0 = d;
      length = 2 + number(LENGTH_AGAIN);
    } else if (bit(LONGER + history)) {
      length = 2 + number(LENGTH_AGAIN);
    }
    while (length--) {
      store<u8>(to, load<u8>(to - d0 - 1));
      to++;
    }
    history = ((history << 1) | 1) & 7;
  }
  return out;
}
