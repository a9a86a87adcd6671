// What a host that compiles WebAssembly itself gives for `import module from "./tapegrad.wasm"`.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
