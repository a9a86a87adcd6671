// TypeScript to JavaScript without type checking, for programs that are run from this folder.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "./run.js";
import { at, files } from "./tree.js";

/**
 * JavaScript of one TypeScript program, with the map for stack traces in it.
 * @param {string} source
 * @param {string} name for error messages
 */
export async function transpile(source, name) {
  const { default: ts } = await import("typescript");
  const { outputText, diagnostics = [] } = ts.transpileModule(source, {
    fileName: name,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  const [first] = diagnostics;
  if (first)
    throw new Failure(`${name}: ${ts.flattenDiagnosticMessageText(first.messageText, "\n")}`);
  return outputText;
}

/**
 * Transpiles a folder into build/, where "tapegrad" still means this package; other files are
 * copied.
 * @param {string} folder relative to the top folder
 * @returns {Promise<string>} the folder below build/ that holds the result
 */
export async function transpileFolder(folder) {
  const out = `build/${folder}`;
  rmSync(at(out), { recursive: true, force: true });
  for (const name of files(folder)) {
    const content = readFileSync(at(name));
    const target = at(`build/${name}`);
    mkdirSync(dirname(target), { recursive: true });
    if (/(?<!\.d)\.ts$/.test(name)) {
      writeFileSync(target.replace(/\.ts$/, ".js"), await transpile(content.toString(), name));
    } else {
      writeFileSync(target, content);
    }
  }
  return out;
}
