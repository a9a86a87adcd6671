// A Python that has PyTorch, if there is one here. Nothing is installed for it.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CANDIDATES = ["python3", "/usr/bin/python3"];

const NONE =
  "no python3 here can import torch (Debian and Ubuntu have it in the package python3-torch)";

export const PROGRAM = fileURLToPath(new URL("measure.py", import.meta.url));

/** One thread, and no setting of this machine that slows its libraries. */
export const environment = () => {
  const { OPENBLAS_CORETYPE: _a, OPENBLAS_L2_SIZE: _b, ...rest } = process.env;
  return { ...rest, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };
};

let found;

/** @returns {{ python?: string, missing?: string }} */
export function findPython() {
  found ??= search();
  return found;
}

function search() {
  const imports = (python) =>
    spawnSync(python, ["-c", "import torch; torch.zeros(1)"], {
      env: environment(),
      timeout: 60_000,
    }).status === 0;
  const python = CANDIDATES.find(imports);
  return python ? { python } : { missing: NONE };
}
