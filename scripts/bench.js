// Benchmarks. The libraries compared with live in bench/package.json, never in the main install.

import { existsSync } from "node:fs";
import { argv, execPath } from "node:process";
import { ensure } from "./ensure.js";
import { install } from "./lib/install.js";
import { Failure, run, script } from "./lib/run.js";
import { at } from "./lib/tree.js";

await script(async () => {
  if (!existsSync(at("bench/run.js"))) throw new Failure("There is no bench/run.js yet.");
  await ensure();
  if (existsSync(at("bench/package-lock.json"))) await install("bench");
  return run(execPath, ["bench/run.js", ...argv.slice(2)]);
});
