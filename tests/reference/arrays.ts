/// <reference types="vite/client" />
// The cases that tests/reference/arrays.py wrote, of all families.

const families = import.meta.glob<{ op: string }[]>("./arrays/*.json", {
  eager: true,
  import: "default",
});

export const ARRAYS = Object.values(families).flat();
