// A digest of the wasm, as its last section: by it JavaScript knows the file that it was built with.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const NAME = Buffer.from("stamp");
const BYTES = 8;

/**
 * Appends the section to a wasm file.
 * @param {string} path
 */
export function stamp(path) {
  const wasm = readFileSync(path);
  const digest = createHash("sha256").update(wasm).digest().subarray(0, BYTES);
  const custom = [0, 1 + NAME.length + BYTES, NAME.length, ...NAME, ...digest];
  writeFileSync(path, Buffer.concat([wasm, Buffer.from(custom)]));
}

/**
 * The digest, in hexadecimal digits.
 * @param {Buffer} wasm
 */
export function stampOf(wasm) {
  return wasm.subarray(-BYTES).toString("hex");
}
