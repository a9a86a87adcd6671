// The build step "pack": writes the wasm into a TypeScript file, packed (scripts/lib/pack.js), with
// what unpacks it, and makes sure that the very same bytes come out again.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { argv } from "node:process";
import { pack } from "./lib/pack.js";
import { stampOf } from "./lib/stamp.js";

const [wasmFile = "", unpackFile = "", outFile = "", ...further] = argv.slice(2);
const wasm = readFileSync(wasmFile);
const unpacker = readFileSync(unpackFile);
const digits = pack(wasm);

/** The rows of a build: what the generated functions name by number. @param {Buffer} wasm */
function rowsOf(wasm) {
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const imports = { env: { memory, abort() {} }, heap: { grown() {} }, mark: { mark() {} } };
  const core = /** @type {any} */ (
    new WebAssembly.Instance(new WebAssembly.Module(wasm), imports).exports
  );
  return Array.from({ length: core.opCount() }, (_, op) => {
    const at = core.opName(op);
    if (!at) return "";
    const { buffer } = core.memory;
    const length = new Uint32Array(buffer, at - 4, 1)[0] >>> 1;
    return String.fromCharCode(...new Uint16Array(buffer, at, length));
  }).join();
}

const stamps = Object.fromEntries(
  further.map((file) => {
    const other = readFileSync(file);
    const name = file.replace(/^.*tapegrad\.|\.wasm$/g, "");
    if (WebAssembly.validate(other) && rowsOf(other) !== rowsOf(wasm)) {
      throw new Error(`pack: ${file} has other rows than ${wasmFile}`);
    }
    return [name, stampOf(other)];
  }),
);

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
/** The same of the further builds, by name. */
export const stamps: Record<string, string> = ${JSON.stringify(stamps)};
`,
);
