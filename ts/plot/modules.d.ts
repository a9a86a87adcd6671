// Without this, tsc would read the peer's own declarations, which need @types/d3.
declare module "@observablehq/plot";
