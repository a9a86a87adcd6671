// Where the project is, what lies in it, and whether it changed.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * An absolute path from one relative to the top folder.
 * @param {string[]} parts
 */
export const at = (...parts) => join(ROOT, ...parts);

/**
 * Every file below a path, or the file itself; relative to the top folder, sorted, none if absent.
 * @param {string} path relative to the top folder
 * @returns {string[]}
 */
export function files(path) {
  const stat = statSync(at(path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  return readdirSync(at(path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
    .map((name) => name.split(sep).join("/"))
    .filter((name) => !name.includes("node_modules/"))
    .sort();
}

/**
 * One hash of the names and contents of all files below some paths.
 * @param {string[]} paths relative to the top folder
 */
export function hash(paths) {
  const sum = createHash("sha256");
  for (const name of paths.flatMap(files)) sum.update(`${name}\0`).update(readFileSync(at(name)));
  return sum.digest("hex");
}
