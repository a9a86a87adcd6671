// "#wasm" under the "workerd" condition: compiled at deployment, imported as a WebAssembly.Module.

import module from "../tapegrad.wasm";

/** The compiled module of this build. */
export function compile(): WebAssembly.Module {
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
