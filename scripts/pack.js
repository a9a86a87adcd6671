// The build step "pack": writes the pieces of the wasm into TypeScript files, packed
// (scripts/lib/pack.js), with what unpacks them, and makes sure that the very same bytes come out again.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { pack } from "./lib/pack.js";
import { PARTS } from "./lib/parts.js";
import { stampOf } from "./lib/stamp.js";

const [wasmFile = "", unpackFile = "", outFile = "", ...further] = argv.slice(2);
const wasm = readFileSync(wasmFile);
const unpacker = readFileSync(unpackFile);
/** What unpacks them. */
const unpacking = new WebAssembly.Module(unpacker);

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

/**
 * The digits of a piece, and its size.
 * @param {string} name
 */
function packed(name) {
  const piece = readFileSync(join(dirname(wasmFile), "pieces", `${name}.wasm`));
  const digits = pack(piece);
  const { exports } = new WebAssembly.Instance(unpacking);
  const { memory, reserve, unpack } = /** @type {any} */ (exports);
  const from = reserve(digits.length, piece.length);
  new TextEncoder().encodeInto(digits, new Uint8Array(memory.buffer, from));
  const at = unpack(digits.length, piece.length);
  if (!piece.equals(new Uint8Array(memory.buffer, at, piece.length))) {
    throw new Error("pack: assembly/unpack does not undo scripts/lib/pack.js");
  }
  return { digits, size: piece.length };
}

const partsFolder = join(dirname(outFile), "parts");
rmSync(partsFolder, { recursive: true, force: true });
mkdirSync(partsFolder, { recursive: true });
for (const name of Object.keys(PARTS)) {
  const { digits, size } = packed(name);
  writeFileSync(
    join(partsFolder, `${name}.ts`),
    `import type { Part } from "../../../ts/wasm.js";

/** A part of the core, packed. */
export const ${name}Part: Part = {
  digits:
    "${digits}",
  size: ${size},
  core: undefined,
  exports: undefined,
};
`,
  );
}
const { digits, size } = packed("core");
writeFileSync(
  outFile,
  `/** What unpacks WebAssembly, in base64. */
export const unpacker: string =
  "${unpacker.toString("base64")}";
/** The WebAssembly module without its parts, packed. */
export const digits: string =
  "${digits}";
/** Its bytes. */
export const size: number = ${size};
/** The last 8 bytes of the whole, a file, in hexadecimal digits. */
export const stamp: string = "${stampOf(wasm)}";
/** The same of the further builds, by name. */
export const stamps: Record<string, string> = ${JSON.stringify(stamps)};
`,
);
