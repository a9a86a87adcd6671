// Where the bytes of the WebAssembly module come from: in Node the file beside this one, else they
// travel inside the JavaScript, packed, and a small module of their own unpacks them.

import { digits, size, stamp, stamps, unpacker } from "../build/generated/bytes.js";

export type Bytes = Uint8Array<ArrayBuffer>;

/** What only some hosts have. */
interface Host {
  Deno?: unknown;
  process?: {
    getBuiltinModule?(name: "node:fs"): { readFileSync(path: URL): Bytes } | undefined;
  };
}

/** Where a file beside this one is. Put together here, for some bundlers copy what `new URL("…", import.meta.url)` names. */
function beside(name: string): URL {
  return new URL(import.meta.url.replace(/[^/]*$/, name));
}

/** A file beside this one, in Node. (Deno has the same means, but would ask its user for permission.) */
function readFile(name: string): Bytes | undefined {
  const { Deno, process } = globalThis as Host;
  if (Deno) return undefined;
  try {
    return process?.getBuiltinModule?.("node:fs")?.readFileSync(beside(name));
  } catch {
    return undefined;
  }
}

/** The file in Node, if it belongs to this build: code that was bundled lies elsewhere. */
export function readBytes(): Bytes | undefined {
  const bytes = readFile("tapegrad.wasm");
  return bytes && stampOf(bytes) === stamp ? bytes : undefined;
}

/** The file of a further build, read or fetched; undefined if it is of another version. */
export async function fetchBytes(build: string): Promise<Bytes | undefined> {
  const name = `tapegrad.${build}.wasm`;
  const bytes = readFile(name) ?? new Uint8Array(await (await fetch(beside(name))).arrayBuffer());
  return stampOf(bytes) === stamps[build] ? bytes : undefined;
}

function stampOf(bytes: Bytes): string {
  return Array.from(bytes.subarray(-8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The small module's bytes. */
export function unpackerBytes(): Bytes {
  return Uint8Array.from(atob(unpacker), (c) => c.charCodeAt(0));
}

/** Bytes as they travel with the JavaScript. */
export interface Packed {
  readonly digits: string;
  readonly size: number;
}

/** The core without its parts. */
export const packedCore: Packed = { digits, size };

/** Bytes that travel with the JavaScript, unpacked by the small module. */
export function unpackBytes(module: WebAssembly.Module, { digits, size }: Packed): Bytes {
  const { memory, reserve, unpack } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory;
    reserve: (digits: number, size: number) => number;
    unpack: (digits: number, size: number) => number;
  };
  const from = reserve(digits.length, size);
  new TextEncoder().encodeInto(digits, new Uint8Array(memory.buffer, from));
  return new Uint8Array(memory.buffer, unpack(digits.length, size), size);
}
