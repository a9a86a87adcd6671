// Random programs over the whole table (tests/ops/fuzz.ts), others in each run:
//
//   npm run fuzz                    10,000 of them, some minutes
//   npm run fuzz -- 500             as many as one likes
//   npm run fuzz -- 500 123         from this seed, which every run names
//
// As they are, and with every value pending that can be. A program that fails is made as short as it can be.

import { argv, env, execPath } from "node:process";
import { ensure } from "./ensure.js";
import { Failure, run, script, tool } from "./lib/run.js";

await script(async () => {
  const [count = 10_000, seed = Math.floor(Math.random() * 2 ** 31)] = argv.slice(2).map(Number);
  if (!(Number.isInteger(count) && count > 0 && Number.isInteger(seed))) {
    throw new Failure("fuzz.js: a number of programs and a seed, please.");
  }
  await ensure();
  console.log(`Seed ${seed}`);
  env["FUZZ_RUNS"] = String(count);
  env["FUZZ_SEED"] = String(seed);
  const projects = ["--project=node", "--project=fused"];
  return run(execPath, [tool.vitest, "run", ...projects, "tests/ops/fuzz.test.ts"]);
});
