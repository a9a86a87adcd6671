// Work areas of the op files. They stand apart because op files name each other in circles, and a
// static must be declared before any of them is compiled. None keeps anything between calls.

/** elementwise: the broadcast shape, and three handles. */
export const elementwiseShape = memory.data(64, 16);
export const ternaryInputs = memory.data(16, 16);
/** elementwise: the product of two numbers. */
export const product = memory.data(8, 16);
/** movement: the shape and strides of the view in the making. */
export const viewDims = memory.data(128, 16);
export const viewStrides = memory.data(128, 16);
/** movement: ranges of a slice along one axis. */
export const axisStarts = memory.data(64, 16);
export const axisSteps = memory.data(64, 16);
export const axisCounts = memory.data(64, 16);
/** reduction: the reduced shape. */
export const reducedShape = memory.data(64, 16);
/** product: handles of the tree's levels, a shape. */
export const treeLevels = memory.data(33 * 4, 16);
export const treeShape = memory.data(128, 16);
/** join: the joined shape, two handles. */
export const joinedShape = memory.data(64, 16);
export const joinedPair = memory.data(8, 16);
/** matmul: the result's shape, a folded shape. */
export const matmulShape = memory.data(64, 16);
export const matmulRows = memory.data(64, 16);
/** gather: the result's shape. */
export const gatherShape = memory.data(128, 16);
/** scan, order: a shape. */
export const alongShape = memory.data(64, 16);
/** creation: up to two sizes. */
export const createdShape = memory.data(8, 16);
/** scope: sizes of batch axes. */
export const batchSizes = memory.data(64, 16);
/** convolution, pooling: the result's shape, the geometry of the op in the making. */
export const convShape = memory.data(64, 16);
export const convGeometry = memory.data(64, 16);
/** linalg: the result's shape, operands' handles, and the shape of a mask. */
export const matrixShape = memory.data(64, 16);
export const matrixInputs = memory.data(16, 16);
export const maskShape = memory.data(8, 16);
