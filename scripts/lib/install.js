// Development packages: installed when they are missing or differ from the lock file.

import { existsSync, readFileSync } from "node:fs";
import { Failure, capture } from "./run.js";
import { at } from "./tree.js";

/**
 * Whether node_modules holds what the lock file says; npm keeps its own list of what it installed.
 * @param {string} folder relative to the top folder
 */
export function installed(folder) {
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(at(folder, name), "utf8"));
  const record = "node_modules/.package-lock.json";
  if (!existsSync(at(folder, record))) return false;
  const there = read(record).packages;
  for (const [path, wanted] of Object.entries(read("package-lock.json").packages)) {
    if (path === "" || wanted.link) continue;
    const found = there[path];
    if (found ? found.version !== wanted.version : !(wanted.optional || wanted.peer)) return false;
  }
  return true;
}

/**
 * Installs the packages of a folder, unless they are there.
 * @param {string} folder relative to the top folder
 */
export async function install(folder = ".") {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(
      `Developing tapegrad needs Node 20.19 or newer; this is ${process.versions.node}.`,
    );
  }
  if (installed(folder)) return;
  const where = folder === "." ? "" : ` of ${folder}/`;
  console.error(`Installing the development packages${where} …`);
  // Under `npm test` npm's own settings are in the environment; this one must start afresh.
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const windows = process.platform === "win32";
  const { code, output } = await capture(windows ? "npm.cmd" : "npm", args, {
    cwd: at(folder),
    shell: windows,
  });
  if (code !== 0) {
    throw new Failure(
      `${output.trim()}\n\nThe packages${where} could not be installed. Is the network there? ` +
        `Then run \`npm ci\`${folder === "." ? "" : ` in ${folder}/`} to see more, and try again.`,
    );
  }
}
