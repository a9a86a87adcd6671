// What of the core travels by itself in JavaScript (scripts/lib/split.js), so that programs which do not
// use it do not carry it: rows, by the file of assembly/ops/ that has their class, and exports.

import { readFileSync, readdirSync } from "node:fs";
import { at } from "./tree.js";

/**
 * @typedef {object} Part
 * @property {string[]} files or, with a slash at the end, folders
 * @property {string[]} exports
 */

/** @type {Record<string, Part>} */
export const PARTS = {
  activations: { files: ["activations.ts"], exports: [] },
  fourier: { files: ["fourier.ts", "bitwise.ts"], exports: ["dft"] },
  images: { files: ["convolution.ts", "pooling.ts"], exports: ["convolution", "pooling"] },
  matrices: { files: ["linalg/"], exports: ["linalg"] },
  networks: { files: ["normalization.ts", "pick.ts"], exports: ["normalize", "pick"] },
  tallies: { files: ["tallies.ts"], exports: [] },
  random: { files: ["random.ts"], exports: ["randomBits"] },
  special: {
    files: ["bessel.ts", "gamma.ts", "entropy.ts", "incomplete.ts", "normal.ts"],
    exports: [],
  },
  programs: { files: [], exports: ["programCapture", "programReplay"] },
};

/** The part that an export goes along with. @param {string} name */
export function partOfExport(name) {
  return Object.keys(PARTS).find((part) => PARTS[part].exports.includes(name));
}

/** The parts of rows that are in one, by the names of their classes. */
export function partsOfRows() {
  /** @type {Map<string, string>} */
  const parts = new Map();
  const folder = at("assembly/ops");
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const part = Object.keys(PARTS).find((name) =>
      PARTS[name].files.some((own) => (own.endsWith("/") ? file.startsWith(own) : file === own)),
    );
    if (!part || !file.endsWith(".ts")) continue;
    const source = readFileSync(`${folder}/${file}`, "utf8");
    for (const [, name] of source.matchAll(/^(?:export )?class (\w+)/gm)) parts.set(name, part);
  }
  return parts;
}
