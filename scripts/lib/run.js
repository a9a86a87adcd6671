// Running another program.

import { spawn } from "node:child_process";
import { ROOT, at } from "./tree.js";

/** A step that failed; its message says what to do. */
export class Failure extends Error {}

/**
 * Runs a program to its end, with our own terminal as its terminal.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>} its exit code
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: "inherit", ...options });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a program quietly: what it prints is returned.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
      ...options,
    });
    let output = "";
    child.stdout?.on("data", (chunk) => (output += chunk));
    child.stderr?.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The programs of our development packages, as arguments of `node`. */
export const tool = {
  asc: at("node_modules/assemblyscript/bin/asc.js"),
  eslint: at("node_modules/eslint/bin/eslint.js"),
  prettier: at("node_modules/prettier/bin/prettier.cjs"),
  rollup: at("node_modules/rollup/dist/bin/rollup"),
  tsc: at("node_modules/typescript/bin/tsc"),
  typedoc: at("node_modules/typedoc/bin/typedoc"),
  vitest: at("node_modules/vitest/vitest.mjs"),
};

/**
 * Calls the main function of a script; a failure is told in one line, without a stack.
 * @param {() => unknown} main returns an exit code, or nothing
 */
export async function script(main) {
  try {
    process.exitCode = Number((await main()) ?? 0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
