// Gradients by rows among other leaves of a tree.
import { RowSparse } from "../rowsparse.js";
import { TreeStructure } from "./structure.js";

/** The same tree with whole tensors in the place of rows. */
export function withoutRows(tree: unknown): unknown {
  const isLeaf = (x: unknown) => x instanceof RowSparse;
  const [leaves, form] = TreeStructure.read(tree, { isLeaf });
  if (!leaves.some(isLeaf)) return tree;
  return form.build(
    leaves.map((x) => (x instanceof RowSparse ? x.toDense() : x)),
    "RowSparse.toDense",
  );
}
