// "#wasm" in Node, browsers, bundlers, Deno and Bun: the bytes travel inside the JavaScript and are
// compiled synchronously. They travel as hexadecimal digits: twice the bytes, but once compressed a
// quarter less than base64, whose digits do not line up with the bytes that repeat.

import { bytes } from "../build/generated/bytes.js";

type Bytes = Uint8Array<ArrayBuffer>;

/** The fast ways to read digits: of new runtimes, and of Node. */
interface Readers {
  Uint8Array: { fromHex?(digits: string): Bytes };
  Buffer?: { from(digits: string, encoding: "hex"): Bytes };
}

function decode(digits: string): Bytes {
  const { Uint8Array: native, Buffer } = globalThis as unknown as Readers;
  if (native.fromHex) return native.fromHex(digits);
  if (Buffer) return Buffer.from(digits, "hex");
  const out = new Uint8Array(digits.length >> 1);
  for (let i = 0; i < out.length; i++) {
    out[i] = (value(digits.charCodeAt(2 * i)) << 4) | value(digits.charCodeAt(2 * i + 1));
  }
  return out;
}

/** The value of a digit, 0-9 or a-f, from its character code. */
function value(code: number): number {
  return (code & 15) + 9 * (code >> 6);
}

/** The compiled module of this build; throws where a policy forbids compiling bytes. */
export function compile(): WebAssembly.Module {
  if (typeof WebAssembly === "undefined") {
    throw new Error("tapegrad: this runtime has no WebAssembly (it may be switched off by a flag)");
  }
  const source = decode(bytes);
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
