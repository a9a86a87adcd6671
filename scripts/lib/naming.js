// Functions that are made of others speak in their own name: a plugin of rollup that puts
//
//   try { … } catch (error) { throw saidOf("nanmax", error) }
//
// around the body of every public function of the folders below, so that what an inner function refuses
// is said of the one that was called. Written by hand it would stand some five hundred times. Public is
// what has an example in its doc comment, which tests/node/doc-comments.test.ts demands of all. Left out
// is who calls functions of users, given as arguments or among options: what is refused in these speaks
// for itself. And errors that are not the library's own stay as they are: for this the modules construct
// theirs by the kinds of ts/naming.ts.

import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Modules below build/js/ts whose functions are made of others. */
const MADE_OF_OTHERS = /^(ops|nn|linalg|fft|stats|random)\/|^(clipping|elementwise|special)\.js$/;
/** Folders whose functions say where they are, and those where a bare name says too little. */
const SPOKEN = /^(linalg|stats)\//;
const ALIKE = /^stats\//;

/** A doc comment with an example, and the function behind it, in what tsc wrote of its type. */
const PUBLIC =
  /\/\*\*(?:(?!\*\/)[^])*?@example(?:(?!\*\/)[^])*?\*\/\s*export declare function (\w+)/g;
const COMMENT = /\/\*[^]*?\*\//g;
/** The type of what can be called: an arrow, a method, or a function by name. */
const CALLED = /=>|^\s+(?:readonly )?\w*\??(?:<.*>)?\(|\bFunction\b/m;
/** How errors are made. */
const MAKES = /\b(?:new|extends) ((?:Range|Syntax|Type)?Error)\b/g;

/**
 * What a function calls itself in its messages: as it stands in its body, or after its folder.
 * @param {string} name
 * @param {string} body
 * @param {string} path
 */
function nameOf(name, body, path) {
  const said = new RegExp(`"((?:\\w+\\.)${ALIKE.test(path) ? "+" : "*"}${name})"`).exec(body)?.[1];
  const place = (ALIKE.test(path) ? path.replace(/\.js$/, "") : dirname(path)).replaceAll("/", ".");
  return said ?? (SPOKEN.test(path) ? `${place}.${name}` : name);
}

/**
 * The interfaces and named types by which functions of users may come in, themselves or inside others.
 * @param {string} root
 */
function callingTypes(root) {
  /** @type {Map<string, string>} */
  const types = new Map();
  for (const file of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = readFileSync(join(root, file), "utf8").replace(COMMENT, "");
    for (const [all, name] of text.matchAll(
      /^(?:export )?(?:declare )?(?:interface|type) (\w+)[^]*?(?:^}|;$)(?=\n\S|\n*$)/gm,
    )) {
      types.set(name, `${types.get(name) ?? ""}${all}\n`);
    }
  }
  const calling = new Set(
    Array.from(types).flatMap(([name, text]) => (CALLED.test(text) ? name : [])),
  );
  for (let before = -1; before !== calling.size;) {
    before = calling.size;
    for (const [name, text] of types) {
      if ((text.match(/\w+/g) ?? []).some((word) => calling.has(word))) calling.add(name);
    }
  }
  return calling;
}

/**
 * @param {string} root the folder of what tsc wrote of ts/
 * @returns {import("rollup").Plugin}
 */
export function ownNames(root) {
  /** @type {Set<string> | undefined} */
  let calling;
  let found = 0;
  return {
    name: "own-names",
    buildStart() {
      calling = undefined;
      found = 0;
    },
    transform(code, id) {
      const path = relative(root, id).replaceAll(sep, "/");
      if (path.startsWith("..") || path === "naming.js") return null;
      const kinds = new Set(Array.from(code.matchAll(MAKES), ([, kind]) => kind));
      const imports = Array.from(kinds, (kind) => `Our${kind} as ${kind}`);
      /** What comes where, last first. @type {[number, string][]} */
      const insertions = [];
      if (MADE_OF_OTHERS.test(path)) {
        calling ??= callingTypes(root);
        const types = readFileSync(id.replace(/\.js$/, ".d.ts"), "utf8");
        const names = new Set(Array.from(types.matchAll(PUBLIC), ([, name]) => name));
        for (const node of this.parse(code).body) {
          const f = node.type === "ExportNamedDeclaration" ? node.declaration : null;
          if (f?.type !== "FunctionDeclaration" || !names.has(f.id.name)) continue;
          const { name } = f.id;
          if (takesFunctions(types, name, calling)) continue;
          const { start, end } = /** @type {any} */ (f.body);
          const who = JSON.stringify(nameOf(name, code.slice(start, end), path));
          insertions.unshift([start + 1, " try {"]);
          insertions.unshift([end - 1, `} catch (error) { throw saidOf(${who}, error); } `]);
        }
        if (insertions.length > 0) imports.push("saidOf");
        found += insertions.length / 2;
      }
      if (imports.length === 0) return null;
      let text = code;
      for (const [at, inserted] of insertions) text = text.slice(0, at) + inserted + text.slice(at);
      const naming = relative(dirname(id), join(root, "naming.js")).replaceAll(sep, "/");
      const specifier = JSON.stringify(naming.startsWith(".") ? naming : `./${naming}`);
      return { code: `import { ${imports.join(", ")} } from ${specifier};\n${text}`, map: null };
    },
    buildEnd(error) {
      if (!error && found === 0)
        this.error(`no public functions of ${root} were given their names`);
    },
  };
}

/**
 * Whether one of a function's overloads takes a function, or something that may have one inside.
 * @param {string} types what tsc wrote of its module
 * @param {string} name
 * @param {Set<string>} calling
 */
function takesFunctions(types, name, calling) {
  const overloads = types
    .replace(COMMENT, "")
    .matchAll(new RegExp(`function ${name}\\b[^;]*`, "g"));
  return Array.from(overloads).some(([text]) => {
    const given = text.slice(0, text.lastIndexOf("): "));
    return text.includes("=>") || (given.match(/\w+/g) ?? []).some((word) => calling.has(word));
  });
}
