// Runs one example: the quick start, or the one that is named (`npm start -- NAME [arguments]`).

import { existsSync } from "node:fs";
import { argv, execPath } from "node:process";
import { ensure } from "./ensure.js";
import { Failure, run, script } from "./lib/run.js";
import { transpileFolder } from "./lib/transpile.js";
import { at, files } from "./lib/tree.js";

await script(async () => {
  const [name = "quickstart", ...args] = argv.slice(2);
  const stem = name.replace(/^(\.\/)?examples\//, "").replace(/\.ts$/, "");
  if (!existsSync(at(`examples/${stem}.ts`))) {
    const names = files("examples").flatMap(
      (path) => /^examples\/([^/]+)\.ts$/.exec(path)?.[1] ?? [],
    );
    throw new Failure(
      `There is no example "${stem}"; there are: ${names.join(", ") || "none yet"}.`,
    );
  }
  await ensure();
  const out = await transpileFolder("examples");
  return run(execPath, ["--enable-source-maps", `${out}/${stem}.js`, ...args]);
});
