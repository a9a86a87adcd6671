// `check` (types), `lint` and `format`: the same commands for people and for `npm test`.

import { argv, execPath } from "node:process";
import { pathToFileURL } from "node:url";
import { ensure } from "./ensure.js";
import { install } from "./lib/install.js";
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
    cure: "What is named above has to be mended by hand.",
    commands: [
      [tool.eslint, "--fix", "."],
      [tool.prettier, "--write", "--log-level", "warn", "."],
    ],
  },
};

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await script(async () => {
    const check = checks[argv[2] ?? ""];
    if (!check) throw new Failure(`check.js: one of ${Object.keys(checks).join(", ")}, please.`);
    await (check === checks["format"] ? install() : ensure()); // a broken build may be formatted
    let failed = 0;
    for (const command of check.commands) failed |= await run(execPath, command);
    if (failed) console.error(check.cure);
    return failed ? 1 : 0;
  });
}
