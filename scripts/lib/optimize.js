// A second optimisation of the wasm: small functions are inlined more eagerly than asc's
// --shrinkLevel does it, for the path of an op is made of many of them. Values do not change.

import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

/** Largest function (in Binaryen's size units) that is inlined always, and if it calls nothing. */
const ALWAYS = 20;
const LEAF = 40;
const ONE_CALLER = 200;

/**
 * Optimises a wasm file in place.
 * @param {string} path
 */
export function optimize(path) {
  const module = binaryen.readBinary(readFileSync(path));
  const { MVP, SIMD128, BulkMemory, BulkMemoryOpt, CallIndirectOverlong } = binaryen.Features;
  const { SignExt, NontrappingFPToInt, MutableGlobals } = binaryen.Features;
  module.setFeatures(
    MVP |
      SIMD128 |
      BulkMemory |
      BulkMemoryOpt |
      CallIndirectOverlong |
      SignExt |
      NontrappingFPToInt |
      MutableGlobals,
  );
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(1);
  binaryen.setAlwaysInlineMaxSize(ALWAYS);
  binaryen.setFlexibleInlineMaxSize(LEAF);
  binaryen.setOneCallerInlineMaxSize(ONE_CALLER);
  module.optimize();
  module.optimize();
  if (!module.validate()) throw new Error("optimize: Binaryen made an invalid module");
  writeFileSync(path, module.emitBinary());
  module.dispose();
}
