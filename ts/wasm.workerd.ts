// "#wasm" under the "workerd" condition: compiled at deployment, imported as a WebAssembly.Module.

import module from "../tapegrad.wasm";

/** The compiled module of this build. */
export function compile(): WebAssembly.Module {
  return module;
}

/** No further build comes with a deployment. */
export function compileBuild(): Promise<undefined> {
  return Promise.resolve(undefined);
}
