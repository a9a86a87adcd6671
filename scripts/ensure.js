// What every other script begins with: packages installed, build up to date. Silent when they are.

import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { build } from "./build.js";
import { install } from "./lib/install.js";
import { script } from "./lib/run.js";

/** Installs and builds what is missing or out of date. */
export async function ensure() {
  await install();
  await build();
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) await script(ensure);
