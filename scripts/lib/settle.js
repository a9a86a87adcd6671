// What the start function of the wasm does is done at build time: it fills the op table, always alike.
// The module gets the memory and the globals that it leaves behind, and no start function. Values that
// never change from there on become constants of the code: op codes, and places in the function table,
// which the language reads from objects in memory. What then refers to nothing any more is left out.

import binaryen from "binaryen";

const ROW_BYTES = 48;
/** Where a row has places of the function table. */
const SLOTS = [8, 12, 16, 20, 24, 28, 32, 36, 40];
const CLASSES_BYTES = 4096;
/** An object of the language has a header: 20 bytes, the last 8 of which are class and size. */
const HEADER = 20;
const STRING = 2;

/** A load from a fixed address, in the text of a module. */
const LOAD = /\((i32\.load(?:16_u)?)(?: offset=(\d+))?\s+\(i32\.const (\d+)\)\s*\)/g;
const NUMBER = /(?:i32\.const |offset=)(\d+)/g;
const CALL = /\((?:return_)?call (\$[^\s()]+)/g;

/**
 * What the functions of the module name, for scripts/lib/split.js.
 *
 * @typedef {object} Names
 * @property {{ name: string, slots: number[] }[]} rows by number: classes, and places in the table
 * @property {{ name: string, target: string }[]} exports
 * @property {Map<number, string>} table functions by place
 * @property {Map<string, { calls: string[], slots: number[], ops: number[] }>} functions
 */

/**
 * The same module with its start behind it.
 * @param {binaryen.Module} module which is disposed of
 * @returns {{ module: binaryen.Module, names: Names }}
 */
export function settle(module) {
  const features = module.getFeatures();
  const text = module.emitText();
  module.dispose();
  const { memory, globals, opRows, opClasses, opCount } = start(text, features);
  const view = new DataView(memory);
  const word = (/** @type {number} */ at) => view.getUint32(at, true);
  /** True if a function object is there: a place in the table, and nothing that it captured. */
  const isFunction = (/** @type {number} */ at) =>
    at > HEADER &&
    at + 8 <= memory.byteLength &&
    (word(at - 20) & ~3) === 28 &&
    word(at - 16) === 0 &&
    word(at - 12) === 0 &&
    word(at - 8) > STRING &&
    word(at - 4) === 8 &&
    word(at + 4) === 0;
  const isClass = (/** @type {number} */ at) => at >= opClasses && at < opClasses + CLASSES_BYTES;

  const names = namesOf(text, word, opRows, opCount);
  const settled = text
    .replace(/^ \(start .*$/m, "")
    .replace(/^ \(export "(?:opRows|opClasses)".*$/gm, "")
    .replace(/^ \(global (\S+) \(mut i(32|64)\) .*$/gm, (line, name, bits) => {
      const value = globals.get(name);
      return value === undefined
        ? line
        : ` (global ${name} (mut i${bits}) (i${bits}.const ${value}))`;
    })
    .replace(/^ \(func (\$\S+)[^]*?^ \)$/gm, (lines, name) => {
      // One of two may be chosen by its address: it is named without being loaded from there.
      const places = Array.from(lines.matchAll(NUMBER), (match) => Number(match[1]));
      names.functions.set(name, {
        calls: Array.from(lines.matchAll(CALL), (match) => match[1]),
        slots: places.filter(isFunction).map(word),
        ops: places.filter(isClass).map((at) => view.getUint16(at, true)),
      });
      return lines.replace(LOAD, (whole, load, offset, base) => {
        const at = Number(offset ?? 0) + Number(base);
        if (load === "i32.load") return isFunction(at) ? `(i32.const ${word(at)})` : whole;
        return isClass(at) ? `(i32.const ${view.getUint16(at, true)})` : whole;
      });
    });

  const rest = parse(settled, features);
  rest.runPasses(["remove-unused-module-elements"]);
  const code = rest.emitText();
  rest.dispose();

  const functions = code.replace(/^ \(data .*$/gm, "");
  const used = new Set(Array.from(functions.matchAll(NUMBER), (match) => Number(match[1])));
  const bytes = new Uint8Array(memory);
  for (let at = 24; at < memory.byteLength; at += 4) {
    if (!isFunction(at)) continue;
    let free = true;
    for (let i = at - HEADER; i < at + 8; i++) free &&= !used.has(i);
    if (free) bytes.fill(0, at - HEADER, at + 8);
  }
  // Of two classes, one may be chosen by its address.
  if (![...used].some(isClass)) bytes.fill(0, opClasses, opClasses + CLASSES_BYTES);
  // Of a name, only what it says and how long it is.
  for (let op = 1; op < opCount; op++) {
    const name = word(opRows + op * ROW_BYTES);
    bytes.fill(0, name - HEADER, name - 4);
  }
  return { module: parse(withData(code, bytes), features), names };
}

/**
 * @param {string} text
 * @param {(at: number) => number} word
 * @param {number} opRows
 * @param {number} opCount
 * @returns {Names}
 */
function namesOf(text, word, opRows, opCount) {
  const [, first, list] = /^ \(elem \$\S+ \(i32\.const (\d+)\) (.*)\)$/m.exec(text) ?? [];
  if (!list || /\(ref\.func|\(table\.set/.test(text)) {
    throw new Error("settle: the function table is not as it was");
  }
  const rows = Array.from({ length: opCount }, (_, op) => {
    const row = opRows + op * ROW_BYTES;
    const at = word(row);
    const length = op ? word(at - 4) >>> 1 : 0;
    const letters = Array.from({ length }, (_, i) => word(at + 2 * i) & 0xffff);
    const slots = SLOTS.map((field) => word(row + field)).filter((slot) => slot);
    return { name: String.fromCharCode(...letters), slots };
  });
  return {
    rows,
    exports: Array.from(text.matchAll(/^ \(export "(\w+)" \(func (\$\S+)\)\)$/gm), (match) => ({
      name: match[1],
      target: match[2],
    })),
    table: new Map(list.split(" ").map((name, i) => [i + Number(first), name])),
    functions: new Map(),
  };
}

/**
 * @param {string} text
 * @param {number} features
 */
function parse(text, features) {
  const module = binaryen.parseText(text);
  module.setFeatures(features);
  return module;
}

/**
 * Runs the start function, of a module that has nothing else.
 * @param {string} text
 * @param {number} features
 */
function start(text, features) {
  const names = Array.from(
    text.matchAll(/^ \(global (\S+) \(mut (\w+)\) \(\w+\.const (\S+)\)\)$/gm),
  );
  const alone = text
    .replace(/^ \(export "(?!memory"|op(?:Rows|Classes|Count)").*$/gm, "")
    .replace(/^ \(elem .*$/gm, "")
    .replace(/^ \(start /m, (begin) => {
      const exports = names.map(([, name], i) => ` (export "g${i}" (global ${name}))\n`);
      return exports.join("") + begin;
    });
  const module = parse(alone, features);
  module.runPasses(["remove-unused-module-elements"]);
  const compiled = new WebAssembly.Module(module.emitBinary());
  module.dispose();
  const imported = /\(memory \S+ (\d+) (\d+) shared\)/.exec(alone);
  const shared =
    imported &&
    new WebAssembly.Memory({
      initial: Number(imported[1]),
      maximum: Number(imported[2]),
      shared: true,
    });
  const nothing = () => undefined;
  const imports = {
    env: { memory: shared, abort: nothing },
    heap: { grown: nothing },
    mark: { mark: nothing },
  };
  const { exports } = new WebAssembly.Instance(compiled, /** @type {any} */ (imports));
  const { opRows, opClasses, opCount, memory: own } = /** @type {any} */ (exports);
  /** @type {Map<string, number | bigint>} Those that the start function has set. */
  const globals = new Map();
  names.forEach(([, name, type, initial], i) => {
    const { value } = /** @type {any} */ (exports)[`g${i}`];
    if (String(value) === initial) return;
    if (type.startsWith("i")) globals.set(name, value);
    else if (value !== Number(initial)) throw new Error(`settle: the start function sets ${name}`);
  });
  const memory = new Uint8Array((own ?? shared).buffer).slice().buffer;
  return { memory, globals, opRows: opRows(), opClasses: opClasses(), opCount: opCount() };
}

/**
 * The module with these bytes for data.
 * @param {string} text
 * @param {Uint8Array} bytes
 */
function withData(text, bytes) {
  let end = bytes.length;
  while (end && !bytes[end - 1]) end--;
  let begin = 0;
  while (!bytes[begin]) begin++;
  const digits = Array.from(
    bytes.subarray(begin, end),
    (byte) => "\\" + byte.toString(16).padStart(2, "0"),
  );
  let first = true;
  // Binaryen cuts it where there are zeros.
  return text.replace(/^ \(data .*\n/gm, () => {
    const line = first ? ` (data $0 (i32.const ${begin}) "${digits.join("")}")\n` : "";
    first = false;
    return line;
  });
}
