// The namespace `tree`.
export { all, flatten, leaves, map, reduce, structure, transpose, unflatten } from "./functions.js";
export { TreeStructure, type FlattenOptions } from "./structure.js";
export type { LeafOf, LeavesOf, Mapped } from "./types.js";
