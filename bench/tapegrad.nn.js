// The same for tapegrad/nn.
export * from "../build/lib/nn.js";
