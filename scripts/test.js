// Everything that a change must pass, in one command:
//
//   install and build · types · lint · tests in Node, with all values pending that can be, and with
//   all work handed to threads that can be · tests in a Chromium page
//   · the packed package, the examples and the code of the documents
//
// `npm test -- FILTER …` runs only the test files whose path contains a filter.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { argv, execPath } from "node:process";
import { build } from "./build.js";
import { checks } from "./check.js";
import { browserRequired, findBrowser } from "./lib/browser.js";
import { install } from "./lib/install.js";
import { Failure, capture, run, script, tool } from "./lib/run.js";
import { at } from "./lib/tree.js";

const filters = argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const advice = [];

/** @param {boolean} ok */
function count(ok) {
  if (ok) total.passed++;
  else total.failed++;
}

/**
 * One check that is a program: a line when it passes, all it printed when it fails.
 * @param {string} label
 * @param {{ cure: string, commands: string[][] }} check
 */
async function program(label, { cure, commands }) {
  const results = await Promise.all(commands.map((command) => capture(execPath, command)));
  const ok = results.every(({ code }) => code === 0);
  for (const { code, output } of results) if (code !== 0) console.log(output.trim());
  console.log(`${ok ? "✓" : "✗"} ${label}`);
  if (!ok) advice.push(`${label}: ${cure}`);
  count(ok);
}

/**
 * One project of vitest.config.ts; its own report says how many tests there were.
 * @param {string} project
 * @param {boolean} [quiet] what it prints waits for its end
 */
async function tests(project, quiet = false) {
  const report = `build/test/${project}.json`;
  rmSync(at(report), { force: true });
  mkdirSync(at("build/test"), { recursive: true });
  const command = [
    tool.vitest,
    "run",
    `--project=${project}`,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    "--passWithNoTests",
    ...filters,
  ];
  const heading = `\nTests: ${project}`;
  if (!quiet) console.log(heading);
  const { code, output } = quiet
    ? await capture(execPath, command)
    : { code: await run(execPath, command), output: "" };
  if (quiet) console.log(`${heading}\n${output.trim()}`);
  const failedBefore = total.failed;
  try {
    const result = JSON.parse(readFileSync(at(report), "utf8"));
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests;
    total.skipped += result.numPendingTests + result.numTodoTests;
    // A file that could not be loaded has no tests to count, but it failed.
    for (const { status, assertionResults } of result.testResults) {
      if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
        total.failed++;
      }
    }
  } catch {
    if (code === 0) advice.push(`${project}: vitest wrote no report; nothing was counted.`);
  }
  if (code !== 0 && total.failed === failedBefore) total.failed++;
  if (total.failed > failedBefore) {
    advice.push(`${project}: \`npx vitest --project ${project} NAME\` repeats one file.`);
  }
}

/** A page keeps one processor busy: it runs beside the others. */
async function browserTests() {
  if (findBrowser()) return tests("chromium", true);
  if (browserRequired) {
    count(false);
    advice.push("chromium: no browser was found. Install chromium, or set CHROMIUM to its path.");
  } else {
    console.log(
      "\nTests: chromium skipped, no browser was found (install one, or set CHROMIUM to its path)",
    );
  }
}

async function testsOfNode() {
  for (const project of ["node", "fused", "threads", "package"]) await tests(project);
}

await script(async () => {
  try {
    await install();
    await build();
    count(true);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    count(false);
    advice.push(error.message);
  }
  if (total.failed === 0) {
    if (filters.length === 0) {
      // Together they keep the processors busy to the end.
      await Promise.all(
        ["types", "lint"].map((name) => program(name, /** @type {any} */ (checks[name]))),
      );
    }
    await Promise.all([browserTests(), testsOfNode()]);
  }
  for (const line of advice) console.error(`\n${line}`);
  if (total.skipped > 0) console.log(`\n${total.skipped} skipped`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
});
