// The border: every export, by subject; one line each where possible. A handle is the address of a
// node's slot divided by 128. Calls that make a tensor return the handle above three flags (`packed` in
// border/results.ts), or 0 after a fault. Lists of numbers cross through the scratch area.
import "./ops/index";

export * from "./border/table";
export * from "./border/tensors";
export * from "./border/pending";
export * from "./border/ops";
export * from "./border/levels";
export * from "./border/walks";
export * from "./border/external";
export * from "./border/programs";
export * from "./border/memory";
