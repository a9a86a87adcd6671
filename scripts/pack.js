// The build step "pack": writes the wasm into a TypeScript file, packed (scripts/lib/pack.js), with
// what unpacks it, and makes sure that the very same bytes come out again.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { argv } from "node:process";
import { pack } from "./lib/pack.js";
import { stampOf } from "./lib/stamp.js";

const [wasmFile = "", unpackFile = "", outFile = ""] = argv.slice(2);
const wasm = readFileSync(wasmFile);
const unpacker = readFileSync(unpackFile);
const digits = pack(wasm);

const { exports } = new WebAssembly.Instance(new WebAssembly.Module(unpacker));
const { memory, reserve, unpack } = /** @type {any} */ (exports);
const from = reserve(digits.length, wasm.length);
new TextEncoder().encodeInto(digits, new Uint8Array(memory.buffer, from));
const out = new Uint8Array(memory.buffer, unpack(digits.length, wasm.length), wasm.length);
if (!wasm.equals(out)) throw new Error("pack: assembly/unpack does not undo scripts/lib/pack.js");

mkdirSync(dirname(outFile), { recursive: true });
writeFileSync(
  outFile,
  `/** What unpacks the WebAssembly module, in base64. */
export const unpacker: string =
  "${unpacker.toString("base64")}";
/** The WebAssembly module, packed. */
export const digits: string =
  "${digits}";
/** Its bytes. */
export const size: number = ${wasm.length};
/** Its last 8 bytes, in hexadecimal digits. */
export const stamp: string = "${stampOf(wasm)}";
`,
);
