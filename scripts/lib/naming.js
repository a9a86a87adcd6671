// Functions that are made of others speak in their own name: a plugin of rollup that puts
//
//   try { … } catch (error) { throw saidOf("nanmax", error) }
//
// around the body of every public function of the folders below, so that what an inner function refuses
// is said of the one that was called. Written by hand it would stand some five hundred times. Public is
// what has an example in its doc comment, which tests/node/doc-comments.test.ts demands of all. Left out
// is who calls functions of users: what these throw is their own.

import { readFileSync } from "node:fs";
import { dirname, relative, sep } from "node:path";

/** Modules below build/js/ts whose functions are made of others. */
const MADE_OF_OTHERS = /^(ops|nn|linalg|fft|stats|random)\/|^(clipping|elementwise|special)\.js$/;
/** Folders whose functions say where they are, and those where a bare name says too little. */
const SPOKEN = /^(linalg|stats)\//;
const ALIKE = /^stats\//;

/** A doc comment with an example, and the function behind it, in what tsc wrote of its type. */
const PUBLIC =
  /\/\*\*(?:(?!\*\/)[^])*?@example(?:(?!\*\/)[^])*?\*\/\s*export declare function (\w+)/g;

/**
 * What a function calls itself in its messages: as it stands in its body, or after its folder.
 * @param {string} name
 * @param {string} body
 * @param {string} path
 */
function nameOf(name, body, path) {
  const said = new RegExp(`"((?:\\w+\\.)${ALIKE.test(path) ? "+" : "*"}${name})"`).exec(body)?.[1];
  const place = (ALIKE.test(path) ? path.replace(/\.js$/, "") : dirname(path)).replaceAll(sep, ".");
  return said ?? (SPOKEN.test(path) ? `${place}.${name}` : name);
}

/**
 * @param {string} root the folder of what tsc wrote of ts/
 * @returns {import("rollup").Plugin}
 */
export function ownNames(root) {
  return {
    name: "own-names",
    transform(code, id) {
      const path = relative(root, id);
      if (!MADE_OF_OTHERS.test(path)) return null;
      const types = readFileSync(id.replace(/\.js$/, ".d.ts"), "utf8");
      const names = new Set(Array.from(types.matchAll(PUBLIC), ([, name]) => name));
      /** What comes where, last first. @type {[number, string][]} */
      const insertions = [];
      for (const node of this.parse(code).body) {
        const f = node.type === "ExportNamedDeclaration" ? node.declaration : null;
        if (f?.type !== "FunctionDeclaration" || !names.has(f.id.name)) continue;
        const { name } = f.id;
        if (new RegExp(`function ${name}\\b[^;]*=>`).test(types)) continue;
        const { start, end } = /** @type {any} */ (f.body);
        const who = JSON.stringify(nameOf(name, code.slice(start, end), path));
        insertions.unshift([start + 1, " try {"]);
        insertions.unshift([end - 1, `} catch (error) { throw saidOf(${who}, error); } `]);
      }
      if (insertions.length === 0) return null;
      let text = code;
      for (const [at, inserted] of insertions) text = text.slice(0, at) + inserted + text.slice(at);
      const naming = relative(dirname(id), `${root}/naming.js`).replaceAll(sep, "/");
      const specifier = JSON.stringify(naming.startsWith(".") ? naming : `./${naming}`);
      return { code: `import { saidOf } from ${specifier};\n${text}`, map: null };
    },
  };
}
