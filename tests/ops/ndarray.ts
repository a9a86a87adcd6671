// A plain n-dimensional array in JavaScript: slow, obvious, and written without looking at the
// library. The reference for shapes, movements, reductions and products.

import { tensor, type Dtype, type Tensor } from "tapegrad";

/** Numbers in row-major order, and their shape. */
export interface Nd {
  shape: number[];
  data: number[];
}

/** All indices of a shape, in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, d) => all.flatMap((index) => Array.from({ length: d }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The element at an index. */
export function at(x: Nd, index: readonly number[]): number {
  return x.data[index.reduce((sum, i, axis) => sum * x.shape[axis]! + i, 0)]!;
}

/** An array from a formula of the index. */
export function build(shape: readonly number[], f: (index: number[]) => number): Nd {
  return { shape: [...shape], data: indices(shape).map(f) };
}

export function toNd(x: Tensor): Nd {
  return { shape: x.shape, data: Array.from(x.data()) };
}

export function toTensor(x: Nd, dtype: Dtype = "float64"): Tensor {
  return tensor(x.data, { dtype }).reshape(x.shape);
}

/** The shape that shapes broadcast to. */
export function broadcastShape(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((d) => d !== 1) ?? 1;
  });
}

/** x repeated to a shape. */
export function broadcast(x: Nd, shape: readonly number[]): Nd {
  const missing = shape.length - x.shape.length;
  return build(shape, (index) =>
    at(
      x,
      x.shape.map((d, axis) => (d === 1 ? 0 : index[axis + missing]!)),
    ),
  );
}

/** f of the elements of all arrays, broadcast. */
export function zip(f: (...x: number[]) => number, ...arrays: Nd[]): Nd {
  const shape = broadcastShape(...arrays.map((x) => x.shape));
  const all = arrays.map((x) => broadcast(x, shape));
  const data = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    f(...all.map((x) => x.data[i]!)),
  );
  return { shape, data };
}

export function transpose(x: Nd, axes: readonly number[]): Nd {
  const shape = axes.map((axis) => x.shape[axis]!);
  return build(shape, (index) => {
    const from: number[] = [];
    axes.forEach((axis, i) => (from[axis] = index[i]!));
    return at(x, from);
  });
}

/** f of the elements along the given axes (in order), for each index of the others. */
export function reduce(
  x: Nd,
  axes: readonly number[],
  f: (elements: number[]) => number,
  keepdims = false,
): Nd {
  const kept = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d));
  const folded = x.shape.map((d, axis) => (axes.includes(axis) ? d : 1));
  const out = build(kept, (outer) =>
    f(
      indices(folded).map((inner) =>
        at(
          x,
          outer.map((i, axis) => i + inner[axis]!),
        ),
      ),
    ),
  );
  return keepdims ? out : { ...out, shape: x.shape.filter((_, axis) => !axes.includes(axis)) };
}

/** f of the elements along the given axes (in order), put back in their places. */
export function along(x: Nd, axes: readonly number[], f: (elements: number[]) => number[]): Nd {
  const folded = x.shape.map((d, axis) => (axes.includes(axis) ? d : 1));
  const inner = indices(folded);
  const out: Nd = { shape: x.shape, data: new Array<number>(x.data.length) };
  const place = (index: number[]): number =>
    index.reduce((p, i, axis) => p * x.shape[axis]! + i, 0);
  for (const outer of indices(x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d)))) {
    const places = inner.map((index) => place(index.map((i, axis) => i + outer[axis]!)));
    const line = f(places.map((p) => x.data[p]!));
    places.forEach((p, i) => (out.data[p] = line[i]!));
  }
  return out;
}

/** The elements of every axis at the given places. */
export function take(x: Nd, places: readonly (readonly number[])[]): Nd {
  return build(
    places.map((list) => list.length),
    (index) =>
      at(
        x,
        index.map((i, axis) => places[axis]![i]!),
      ),
  );
}

export function concatenate(arrays: readonly Nd[], axis: number): Nd {
  const shape = [...arrays[0]!.shape];
  shape[axis] = arrays.reduce((sum, x) => sum + x.shape[axis]!, 0);
  return build(shape, (index) => {
    const inner = [...index];
    let which = 0;
    while (inner[axis]! >= arrays[which]!.shape[axis]!)
      inner[axis]! -= arrays[which++]!.shape[axis]!;
    return at(arrays[which]!, inner);
  });
}

/** NumPy's matmul, from its definition. */
export function matmul(x: Nd, y: Nd): Nd {
  const a = x.shape.length === 1 ? { ...x, shape: [1, ...x.shape] } : x;
  const b = y.shape.length === 1 ? { ...y, shape: [...y.shape, 1] } : y;
  const outer = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const wideA = broadcast(a, [...outer, m, k]);
  const wideB = broadcast(b, [...outer, k, n]);
  const out = build([...outer, m, n], (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    const prefix = index.slice(0, -2);
    let sum = 0;
    for (let i = 0; i < k; i++)
      sum += at(wideA, [...prefix, row, i]) * at(wideB, [...prefix, i, column]);
    return sum;
  });
  const drop = [
    ...outer,
    ...(x.shape.length === 1 ? [] : [m]),
    ...(y.shape.length === 1 ? [] : [n]),
  ];
  return { ...out, shape: drop };
}
