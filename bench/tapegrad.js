// The library as built: this folder has a package.json of its own, so its name does not lead here.
export * from "../build/lib/index.js";
