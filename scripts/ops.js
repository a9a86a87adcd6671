// Tries every function, and writes docs/ops.md: see tests/ops/table.ts.

import { env, execPath } from "node:process";
import { ensure } from "./ensure.js";
import { run, script, tool } from "./lib/run.js";

await script(async () => {
  await ensure();
  env["OPS_WRITE"] = "1";
  const file = "tests/node/ops-document.test.ts";
  return run(execPath, [tool.vitest, "run", "--project=node", file]);
});
