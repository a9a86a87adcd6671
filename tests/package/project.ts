// The package as its users get it: packed, and installed into an empty project.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { at } from "../../scripts/lib/tree.js";

/** The blog post's tanh, differentiated at 1: the same number everywhere. */
export const EXPECTED = 0.419974341614026;

export const PROGRAM = `
const tanh = (x) => {
  const t = exp(multiply(-2, x));
  return divide(subtract(1, t), add(1, t));
};
const result = grad(tanh)(1.0);
`;

const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** The environment without what the calling npm and vitest left in it. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VITEST|VITE_|NODE_OPTIONS|NODE_ENV|TEST$|CI$)/i.test(name),
  ),
);

export interface Project {
  folder: string;
  tarball: string;
  /** Writes files into the project, by their paths. */
  write(files: Record<string, string>): void;
  /** Runs a program there and gives what it printed. */
  run(command: string, ...args: string[]): string;
  remove(): void;
}

/** Packs the package and installs the tarball into an empty project, without any registry. */
export function installPacked(type: "module" | "commonjs" = "module"): Project {
  const root = mkdtempSync(join(tmpdir(), "tapegrad-"));
  const folder = join(root, "app");
  const run = (command: string, args: string[], cwd: string): string =>
    execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const write = (files: Record<string, string>): void => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  };
  run(npm, ["pack", "--ignore-scripts", "--silent", "--pack-destination", root], at());
  const tarball = join(
    root,
    readdirSync(root).find((name) => name.endsWith(".tgz"))!,
  );
  write({ "package.json": JSON.stringify({ name: "app", private: true, type }) });
  run(npm, ["install", tarball, "--offline", "--no-audit", "--no-fund", "--silent"], folder);
  return {
    folder,
    tarball,
    write,
    run: (command, ...args) => run(command, args, folder),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** A static server of a folder on this machine; `headers` go with every answer. */
export async function serve(
  folder: string,
  headers: Record<string, string> = {},
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    readFile(join(folder, path)).then(
      (content) => {
        const type = types[extname(path)] ?? "application/octet-stream";
        response.writeHead(200, { "Content-Type": type, ...headers }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
