// A Chromium for the tests: $CHROMIUM, or one that the system has.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * The path of a Chromium, if there is one.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const given = process.env["CHROMIUM"];
  if (given) return given;
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...PLACES].find((path) => existsSync(path));
}

const browser = findBrowser();

/**
 * How playwright is to start it.
 * @type {import("playwright").LaunchOptions}
 */
export const launchOptions = {
  headless: true,
  ...(browser ? { executablePath: browser } : {}),
  args: [
    // Chromium refuses its sandbox to root, as in most containers.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

/** Machines that test every change must have one; a user's machine need not. */
export const browserRequired = Boolean(process.env["CI"]) && process.env["CI"] !== "false";
