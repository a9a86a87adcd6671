// `check` (types), `lint` and `format`: the same commands for people and for `npm test`.

import { argv, execPath } from "node:process";
import { pathToFileURL } from "node:url";
import { ensure } from "./ensure.js";
import { Failure, run, script, tool } from "./lib/run.js";

/** @type {Record<string, { cure: string, commands: string[][] }>} */
export const checks = {
  types: {
    cure: "Mend the types; `npm run check` repeats this.",
    commands: [
      [tool.tsc, "-p", "tsconfig.json", "--noEmit"],
      [tool.tsc, "-p", "tsconfig.check.json"],
    ],
  },
  lint: {
    cure: "`npm run format` mends the layout; `npm run lint` repeats this.",
    commands: [
      [tool.eslint, "--max-warnings", "0", "."],
      [tool.prettier, "--check", "--log-level", "warn", "."],
    ],
  },
  format: {
    cure: "A file could not be parsed.",
    commands: [[tool.prettier, "--write", "--log-level", "warn", "."]],
  },
};

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await script(async () => {
    const check = checks[argv[2] ?? ""];
    if (!check) throw new Failure(`check.js: one of ${Object.keys(checks).join(", ")}, please.`);
    await ensure();
    let failed = 0;
    for (const command of check.commands) failed |= await run(execPath, command);
    if (failed) console.error(check.cure);
    return failed ? 1 : 0;
  });
}
