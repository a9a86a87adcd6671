// "#wasm" in Node, browsers, bundlers, Deno and Bun: bytes that come with the JavaScript are compiled
// synchronously.

import {
  fetchBytes,
  packedCore,
  readBytes,
  unpackBytes,
  unpackerBytes,
  type Bytes,
  type Packed,
} from "./wasm.bytes.js";

/** The compiled module of this build, the whole or without its parts; throws where a policy forbids compiling bytes. */
export function compile(): WebAssembly.Module {
  if (typeof WebAssembly === "undefined") {
    throw new Error("tapegrad: this runtime has no WebAssembly (it may be switched off by a flag)");
  }
  const bytes = readBytes();
  return bytes ? compileBytes(bytes) : compilePart(packedCore);
}

/** The module of a part of the core, or of the rest. */
export function compilePart(part: Packed): WebAssembly.Module {
  return compileBytes(unpackBytes(compileBytes(unpackerBytes()), part));
}

/** The module of a further build, if it can be had and this runtime takes it. */
export async function compileBuild(build: string): Promise<WebAssembly.Module | undefined> {
  try {
    const bytes = await fetchBytes(build);
    return bytes && (await WebAssembly.compile(bytes));
  } catch {
    return undefined;
  }
}

function compileBytes(source: Bytes): WebAssembly.Module {
  try {
    return new WebAssembly.Module(source);
  } catch (cause) {
    throw new Error(explain(source, cause), { cause });
  }
}

function explain(source: Bytes, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (!WebAssembly.validate(source)) {
    return `tapegrad: this runtime cannot run its WebAssembly, SIMD is probably missing (${reason})`;
  }
  return (
    "tapegrad: a policy of this host forbids compiling WebAssembly from bytes. In a page, add " +
    "'wasm-unsafe-eval' to script-src of its Content-Security-Policy; in a worker or edge runtime, " +
    'bundle with the "workerd" or "edge-light" condition, or import "tapegrad/tapegrad.wasm" ' +
    `yourself and hand it to useModule() before the first call (${reason})`
  );
}
