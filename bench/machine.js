// What it was measured on.

import os from "node:os";

export const machine = {
  cpu: os.cpus()[0]?.model.trim() ?? "unknown processor",
  cores: os.cpus().length,
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
  v8: process.versions.v8,
};
