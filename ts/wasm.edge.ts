// "#wasm" under the "edge-light" condition: `?module` asks the host for a WebAssembly.Module.

import module from "../tapegrad.wasm?module";

/** The compiled module of this build. */
export function compile(): WebAssembly.Module {
  // An edge host may hand over a module of another realm: good, but no `instanceof` of ours, which
  // is what the loader asks for.
  if (!(module instanceof WebAssembly.Module)) {
    Object.setPrototypeOf(module, WebAssembly.Module.prototype);
  }
  return module;
}

/** The module is the whole. */
export function compilePart(): never {
  throw new Error("internal: a part of the whole");
}

/** No further build comes with a deployment. */
export function compileBuild(): Promise<undefined> {
  return Promise.resolve(undefined);
}
