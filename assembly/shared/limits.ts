// Bounds that both sides of the border know.

/** Axes of a tensor as the user sees it. */
export const MAX_RANK = 8;
/** Axes of a node: batch axes of vmap and basis axes of Hessians come on top. */
export const MAX_PHYSICAL_RANK = 16;
/** Live transforms at a time: bit 0 is the imperative style, bit 31 traces, the others transforms. */
export const MAX_LEVEL = 30;
/** A slot (one node header) is 2 ** SLOT_SHIFT bytes; a handle is the slot's address / 128. */
export const SLOT_SHIFT = 7;
/** Slots per slab, as a shift: 64 KiB slabs. */
export const SLAB_SHIFT = 9;
/** 32-bit words of the area through which lists of numbers cross the border. */
export const SCRATCH_WORDS = 4096;
/** Scalars that leave wasm in one call when a level ends: their records fit into that area. */
export const DEPARTURES = 1024;
/** Bits below the handle in a result of the border; `packed` in assembly/border/results.ts tells what they say. */
export const RESULT_SHIFT = 3;
export const RESULT_PRESSURE = 1;
export const RESULT_TAPED = 2;
export const RESULT_LIGHT = 4;
/** Small values leave wasm in chunks of so many bytes, which they share outside too. */
export const GATHERED_CHUNK = 65536;
