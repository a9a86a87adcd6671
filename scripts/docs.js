// The API reference, from the doc comments: build/docs.

import { execPath } from "node:process";
import { ensure } from "./ensure.js";
import { run, script, tool } from "./lib/run.js";

await script(async () => {
  await ensure();
  const code = await run(execPath, [tool.typedoc, "--logLevel", "Warn"]);
  if (code === 0) console.log("The reference is in build/docs/index.html");
  return code;
});
