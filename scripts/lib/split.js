// Cuts the wasm for its way: parts (scripts/lib/parts.js) become modules of their own, which share the
// memory and the function table of the rest, the core. Instantiated later, a part puts its functions
// at the places of the table that have been kept for it; rows are numbered as ever, and values are the
// same bits. Only JavaScript carries these pieces: the file tapegrad.wasm is the whole.

import binaryen from "binaryen";
import { carry } from "./carry.js";
import { PARTS, partOfExport, partsOfRows } from "./parts.js";

const CALL = /\((?:return_)?call (\$[^\s()]+)/g;
const GLOBAL = /\(global\.[gs]et (\$[^\s()]+)/g;

/**
 * @typedef {import("./settle.js").Names} Names
 * @typedef {{ name: string, lines: string, calls: string[], globals: string[] }} Function
 */

/**
 * The pieces as wasm: "core", and each part by name.
 * @param {binaryen.Module} whole
 * @param {Names} named what its functions named before they were optimised
 * @returns {Record<string, Uint8Array>}
 */
export function split(whole, named) {
  const features = whole.getFeatures();
  const form = read(whole.emitText());
  const partOfSlot = assign(named);

  /** Functions that each piece reaches from what is exported or in the table. */
  const roots = (/** @type {string | undefined} */ part) => [
    ...form.exports.filter(({ name }) => partOfExport(name) === part).map((e) => e.target),
    ...form.table.filter((_, i) => partOfSlot.get(form.first + i) === part),
  ];
  const names = Object.keys(PARTS);
  const reached = new Map(names.map((name) => [name, reach(form, roots(name))]));
  const kept = reach(form, roots(undefined));
  /** @type {Map<string, string>} */
  const partOf = new Map();
  for (const name of form.functions.keys()) {
    const takers = names.filter((part) => reached.get(part)?.has(name));
    if (takers.length === 1 && !kept.has(name)) partOf.set(name, takers[0]);
  }

  /** What parts need of the core: name in the text → name that it is exported by. */
  /** @type {Map<string, string>} */
  const shared = new Map();
  const share = (/** @type {string} */ name) => {
    if (!shared.has(name)) shared.set(name, shared.size.toString(36));
    return shared.get(name);
  };
  const isIn = (/** @type {string | undefined} */ part) => (/** @type {string} */ name) =>
    partOf.get(name) === part;

  /** @type {Map<string, string[]>} pieces that use a global */
  const users = new Map();
  for (const { name, globals } of form.functions.values()) {
    for (const global of globals) {
      users.set(global, [...new Set([...(users.get(global) ?? []), partOf.get(name) ?? "core"])]);
    }
  }
  const ownGlobal = (/** @type {string} */ global, /** @type {string} */ piece) => {
    const list = users.get(global);
    return list?.length === 1 && list[0] === piece;
  };

  const data = carry(
    whole,
    names,
    Array.from(form.functions.values(), ({ name, lines }) => ({
      lines,
      piece: partOf.get(name) ?? "core",
    })),
  );

  /** @type {Record<string, Uint8Array>} */
  const pieces = {};
  for (const part of names) {
    const mine = [...form.functions.values()].filter(({ name }) => isIn(part)(name));
    const calls = new Set(mine.flatMap((f) => f.calls).filter((name) => !isIn(part)(name)));
    const globals = new Set(mine.flatMap((f) => f.globals));
    const imports = [
      ` (import "core" "memory" ${form.memory})`,
      ` (import "core" "table" ${form.tableLine})`,
      ...form.imports.filter(({ name }) => calls.has(name)).map(({ line }) => line),
      ...[...calls]
        .filter((name) => form.functions.has(name))
        .map((name) => ` (import "core" "${share(name)}" ${signature(form, name)}))`),
      ...[...globals]
        .filter((name) => !ownGlobal(name, part))
        .map(
          (name) =>
            ` (import "core" "${share(name)}" (global ${name} ${form.globals.get(name)?.type}))`,
        ),
    ];
    pieces[part] = make(
      [
        ...form.types,
        ...imports,
        ...[...globals]
          .filter((name) => ownGlobal(name, part))
          .map((n) => form.globals.get(n)?.line),
        ...(data.get(part) ?? []),
        ...elements(form, (i) => partOf.get(form.table[i]) === part),
        ...form.exports.filter(({ name }) => partOfExport(name) === part).map(({ line }) => line),
        ...mine.map(({ lines }) => lines),
      ],
      features,
    );
  }
  pieces.core = make(
    [
      ...form.types,
      ...form.imports.map(({ line }) => line),
      ` ${form.memory}`,
      ...(data.get("core") ?? []),
      ` ${form.tableLine}`,
      ...[...form.globals]
        .filter(([n]) => names.every((part) => !ownGlobal(n, part)))
        .map(([, g]) => g.line),
      ...elements(form, (i) => !partOf.has(form.table[i])),
      ...form.exports.filter(({ name }) => !partOfExport(name)).map(({ line }) => line),
      ` (export "table" (table $0))`,
      ...[...shared].map(
        ([name, short]) =>
          ` (export "${short}" (${form.functions.has(name) ? "func" : "global"} ${name}))`,
      ),
      ...[...form.functions.values()]
        .filter(({ name }) => isIn(undefined)(name))
        .map((f) => f.lines),
    ],
    features,
  );
  return pieces;
}

/**
 * The top level of a module's text.
 * @param {string} text
 */
function read(text) {
  const all = (/** @type {RegExp} */ pattern) => Array.from(text.matchAll(pattern));
  /** @type {Map<string, Function>} */
  const functions = new Map();
  for (const [lines, name] of all(/^ \(func (\$\S+)[^]*?^ \)$/gm)) {
    const calls = [...new Set(Array.from(lines.matchAll(CALL), (m) => m[1]))];
    const globals = [...new Set(Array.from(lines.matchAll(GLOBAL), (m) => m[1]))];
    functions.set(name, { name, lines, calls, globals });
  }
  const [, first, list] = /^ \(elem \$\S+ \(i32\.const (\d+)\) (.*)\)$/m.exec(text) ?? [];
  return {
    functions,
    first: Number(first),
    table: list.split(" "),
    types: all(/^ \(type .*$/gm).map(([line]) => line),
    imports: all(/^ \(import "\S+" "\S+" \(func (\$\S+) .*$/gm).map(([line, name]) => ({
      line,
      name,
    })),
    exports: all(/^ \(export "(\w+)" \((\w+) (\$\S+)\)\)$/gm).map(([line, name, , target]) => ({
      line,
      name,
      target,
    })),
    globals: new Map(
      all(/^ \(global (\$\S+) (\(mut \w+\)) .*$/gm).map(([line, name, type]) => [
        name,
        { line, type },
      ]),
    ),
    memory: /^ (\(memory \$0 .*\))$/m.exec(text)?.[1],
    tableLine: /^ (\(table \$0 .*\))$/m.exec(text)?.[1],
  };
}

/**
 * The part of each place in the table: that of the rows and exports which need it, if it is one.
 * @param {Names} named
 * @returns {Map<number, string | undefined>}
 */
function assign({ rows, exports, table, functions }) {
  const parts = partsOfRows();
  /** What a piece needs: places and rows, those that rules make included. */
  const needs = (/** @type {string | undefined} */ part) => {
    const slots = new Set(
      rows.flatMap(({ name, slots }) => (parts.get(name) === part ? slots : [])),
    );
    const ops = new Set();
    const seen = new Set();
    const open = exports.flatMap(({ name, target }) =>
      partOfExport(name) === part ? [target] : [],
    );
    open.push(...Array.from(slots, (slot) => table.get(slot) ?? ""));
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const own = functions.get(name);
      if (!own || seen.has(name)) continue;
      seen.add(name);
      open.push(...own.calls);
      for (const op of own.ops) ops.add(op);
      for (const slot of own.slots) {
        slots.add(slot);
        open.push(table.get(slot) ?? "");
      }
    }
    return { slots, ops };
  };
  const pieces = [undefined, ...Object.keys(PARTS)].map((part) => ({ part, ...needs(part) }));
  for (const { part, ops } of pieces) {
    for (const op of ops) {
      const other = parts.get(rows[op].name);
      if (!other || other === part) continue;
      throw new Error(`split: ${part ?? "the core"} needs the row ${rows[op].name} of ${other}`);
    }
  }
  return new Map(
    Array.from(table.keys(), (slot) => {
      const takers = pieces.filter(({ slots }) => slots.has(slot));
      return [slot, takers.length === 1 ? takers[0].part : undefined];
    }),
  );
}

/**
 * @param {ReturnType<typeof read>} form
 * @param {string[]} from
 */
function reach(form, from) {
  /** @type {Set<string>} */
  const seen = new Set();
  const open = [...from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(form.functions.get(name)?.calls ?? []));
  }
  return seen;
}

/** The head of a function, without its locals. @param {ReturnType<typeof read>} form @param {string} name */
function signature(form, name) {
  return (form.functions.get(name)?.lines ?? "").split("\n", 1)[0].trim();
}

/**
 * Segments for the places that are chosen.
 * @param {ReturnType<typeof read>} form
 * @param {(i: number) => boolean} has
 */
function elements(form, has) {
  const lines = [];
  for (let i = 0; i < form.table.length; i++) {
    if (!has(i)) continue;
    let end = i;
    while (end < form.table.length && has(end)) end++;
    const list = form.table.slice(i, end).join(" ");
    lines.push(` (elem $e${i} (i32.const ${form.first + i}) ${list})`);
    i = end;
  }
  return lines;
}

/**
 * @param {(string | undefined)[]} forms
 * @param {number} features
 */
function make(forms, features) {
  const module = binaryen.parseText(["(module", ...forms, ")"].join("\n"));
  module.setFeatures(features);
  module.runPasses(["remove-unused-module-elements", "reorder-functions", "reorder-globals"]);
  if (!module.validate()) throw new Error("split: Binaryen made an invalid module");
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}
