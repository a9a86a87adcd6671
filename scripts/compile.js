// Compiles one build of the core: a target of asconfig.json. The release is also cut into the pieces that
// travel in JavaScript (scripts/lib/split.js).

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { optimize } from "./lib/optimize.js";
import { Failure, capture, script, tool } from "./lib/run.js";
import { stamp } from "./lib/stamp.js";
import { at } from "./lib/tree.js";

const target = argv[2] ?? "release";

await script(async () => {
  const config = JSON.parse(readFileSync(at("asconfig.json"), "utf8"));
  const { outFile, enable = [] } = config.targets[target];
  // Workers call what the entry of their own exports.
  const entries = enable.includes("threads") ? ["assembly/threads.ts"] : [];
  // Names (`--debug`) tell optimize() what to inline.
  const options = ["--config", "asconfig.json", "--target", target, "--debug"];
  if (target === "release") options.push("--transform", "./scripts/lib/extents.js");
  const { code, output } = await capture(process.execPath, [tool.asc, ...entries, ...options]);
  if (code !== 0) throw new Failure(output.trim());
  if (output.trim()) console.error(output.trim()); // warnings
  const pieces = optimize(at(outFile), enable, target === "release");
  stamp(at(outFile));
  if (target !== "release") return;
  rmSync(at("build/wasm/pieces"), { recursive: true, force: true });
  mkdirSync(at("build/wasm/pieces"), { recursive: true });
  for (const [name, wasm] of Object.entries(pieces)) {
    writeFileSync(at(`build/wasm/pieces/${name}.wasm`), wasm);
  }
});
