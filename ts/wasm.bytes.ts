// Where the bytes of the WebAssembly module come from: in Node the file beside this one, else they
// travel inside the JavaScript, packed, and a small module of their own unpacks them.

import { digits, size, stamp, unpacker } from "../build/generated/bytes.js";

export type Bytes = Uint8Array<ArrayBuffer>;

/** What only some hosts have. */
interface Host {
  Deno?: unknown;
  process?: {
    getBuiltinModule?(name: "node:fs"): { readFileSync(path: URL): Bytes } | undefined;
  };
}

/**
 * The file, if this host is Node and it is the file that belongs to this build: code that was bundled
 * lies elsewhere. (Deno has the same means, but would ask its user for permission.)
 */
export function readBytes(): Bytes | undefined {
  const { Deno, process } = globalThis as Host;
  if (Deno) return undefined;
  try {
    // Put together here, for some bundlers copy what `new URL("…", import.meta.url)` names.
    const path = new URL(import.meta.url.replace(/[^/]*$/, "tapegrad.wasm"));
    const bytes = process?.getBuiltinModule?.("node:fs")?.readFileSync(path);
    return bytes && stampOf(bytes) === stamp ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function stampOf(bytes: Bytes): string {
  return Array.from(bytes.subarray(-8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The small module's bytes. */
export function unpackerBytes(): Bytes {
  return Uint8Array.from(atob(unpacker), (c) => c.charCodeAt(0));
}

/** The bytes that travel with the JavaScript, unpacked by the small module. */
export function unpackBytes(module: WebAssembly.Module): Bytes {
  const { memory, reserve, unpack } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory;
    reserve: (digits: number, size: number) => number;
    unpack: (digits: number, size: number) => number;
  };
  const from = reserve(digits.length, size);
  new TextEncoder().encodeInto(digits, new Uint8Array(memory.buffer, from));
  return new Uint8Array(memory.buffer, unpack(digits.length, size), size);
}
