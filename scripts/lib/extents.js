// A transform of asc: writes down where each static object lies, before asc's optimiser cuts them at
// their zeros. By that scripts/lib/carry.js knows which of them parts can carry.

/** @typedef {{ offset: number, data: ArrayBuffer }} Segment */

/** The file it writes: a begin and an end of each. */
export const EXTENTS = "build/wasm/extents.json";

export default class {
  /** @param {any} module what asc has compiled, of Binaryen */
  afterCompile(module) {
    const extents = segments(module).map(({ offset, data }) => [offset, offset + data.byteLength]);
    /** @type {any} */ (this).writeFile(EXTENTS, JSON.stringify(extents), ".");
  }
}

/**
 * Static data of a module.
 * @param {any} module of Binaryen, whose types do not know of this
 * @returns {Segment[]}
 */
export function segments(module) {
  return Array.from({ length: module.getNumDataSegments() }, (_, i) =>
    module.getDataSegmentInfo(module.getDataSegmentByIndex(i)),
  );
}
