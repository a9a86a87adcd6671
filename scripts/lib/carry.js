// Which static data travel with which piece of the wasm (scripts/lib/split.js): those that one part alone
// refers to go along with it, the rest with the core.

import { readFileSync } from "node:fs";
import { EXTENTS, segments } from "./extents.js";
import { at } from "./tree.js";

const NUMBER = /(?:i32\.const |offset=)(\d+)/g;
/** An address may have been moved by a constant that the compiler has taken into it: bytes. */
const MARGIN = 64;

/**
 * The segments that each piece has, as text.
 * @param {import("binaryen").default.Module} whole
 * @param {string[]} parts
 * @param {{ lines: string, piece: string }[]} functions with the pieces they are in
 * @returns {Map<string, string[]>}
 */
export function carry(whole, parts, functions) {
  const bytes = memoryOf(whole);
  const words = new Uint32Array(bytes.buffer);
  /** @type {Map<number, Set<string>>} pieces that name an address */
  const users = new Map();
  const note = (/** @type {number} */ address, /** @type {string} */ piece) => {
    if (address >= bytes.length + MARGIN) return;
    users.set(address, (users.get(address) ?? new Set()).add(piece));
  };
  for (const { lines, piece } of functions) {
    for (const [, address] of lines.matchAll(NUMBER)) note(Number(address), piece);
  }
  for (const word of words) note(word, "core");

  const carried = new Map(["core", ...parts].map((piece) => [piece, new Uint8Array(bytes.length)]));
  carried.get("core")?.set(bytes);
  /** @type {[number, number][]} */
  const extents = JSON.parse(readFileSync(at(EXTENTS), "utf8"));
  for (const [begin, end] of extents) {
    const takers = new Set();
    for (let address = begin - MARGIN; address < end + MARGIN; address++) {
      users.get(address)?.forEach((piece) => takers.add(piece));
    }
    const [piece] = takers;
    if (takers.size !== 1 || piece === "core") continue;
    carried.get(piece)?.set(bytes.subarray(begin, end), begin);
    carried.get("core")?.fill(0, begin, end);
  }
  return new Map(Array.from(carried, ([piece, own]) => [piece, runs(own)]));
}

/** Between segments lie more zeros than this: a further segment costs less than they do. */
const GAP = 8;

/** The segments that have all bytes which are not zero. @param {Uint8Array} bytes */
function runs(bytes) {
  const lines = [];
  for (let begin = 0; begin < bytes.length; begin++) {
    if (!bytes[begin]) continue;
    let last = begin;
    for (let i = begin; i <= last + GAP; i++) if (bytes[i]) last = i;
    const digits = Array.from(bytes.subarray(begin, last + 1), (byte) => {
      return "\\" + byte.toString(16).padStart(2, "0");
    });
    lines.push(` (data $d${begin} (i32.const ${begin}) "${digits.join("")}")`);
    begin = last;
  }
  return lines;
}

/** @param {import("binaryen").default.Module} whole */
function memoryOf(whole) {
  const all = segments(whole);
  const end = Math.max(...all.map(({ offset, data }) => offset + data.byteLength));
  const bytes = new Uint8Array((end + 3) & ~3);
  for (const { offset, data } of all) bytes.set(new Uint8Array(data), offset);
  return bytes;
}
