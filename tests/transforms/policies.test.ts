// What checkpoints keep: which operations run again, and that derivatives are the same whatever is kept.

import {
  add,
  checkpoint,
  checkpointName,
  compile,
  exp,
  grad,
  hessian,
  jvp,
  matmul,
} from "tapegrad";
import { multiply, ones, packSaved, policies, profile, saveOnCpu, savedResiduals } from "tapegrad";
import {
  scan,
  sin,
  square,
  sum,
  tanh,
  tensor,
  vjp,
  vmap,
  type Policy,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact } from "../errors/canary.js";
import { expectClose, pattern } from "./close.js";

const float64 = { dtype: "float64" } as const;
const w = tensor(pattern(3, 3), float64);
const x = tensor(pattern(4, 3, 1), float64);
const v = tensor([0.3, -1, 2], float64);

/** Two layers with names, a vector product, a reduction, a reshape, an inner transform. */
const f = (w: Tensor, x: Tensor): Tensor => {
  const h = tanh(checkpointName(matmul(x, w), "h"));
  const g = checkpointName(sin(add(matmul(h, w), exp(x))), "g");
  const u = checkpointName(matmul(w, v), "u");
  const slope = grad((a: Tensor) => sum(multiply(sin(multiply(a, w)), w)))(w);
  return add(multiply(sum(square(g)), sum(u)), sum(multiply(slope.reshape([9]), w.reshape([9]))));
};

const all: Record<string, Policy> = {
  everything: policies.everythingSaveable,
  "everything, one by one": () => true,
  nothing: policies.nothingSaveable,
  dots: policies.dotsSaveable,
  "dots without batches": policies.dotsWithNoBatchDimsSaveable,
  names: policies.saveOnlyTheseNames("h", "u"),
  "other names": policies.saveAnyNamesButThese("h"),
  "all but names": policies.saveAnythingExceptTheseNames("g", "u"),
  both: policies.saveFromBothPolicies(policies.dotsSaveable, policies.saveOnlyTheseNames("g")),
  "an own one": ({ op, bytes }) => op === "sin" && bytes > 50,
};

type Fn = (w: Tensor, x: Tensor) => Tensor;
const uses: Record<string, (f: Fn) => unknown> = {
  grad: (f) => grad(f, { argnums: [0, 1] })(w, x),
  captured: (f) => grad((a: Tensor) => f(multiply(a, w), sin(a)))(w),
  jvp: (f) => jvp(f, [w, x], [multiply(w, w), x]),
  hessian: (f) => hessian(f)(w, x),
  "a pullback, twice": (f) => {
    const [y, back] = vjp(f, w, x);
    return [y, back(1), back(2)];
  },
  "vmap of grad": (f) => vmap(grad(f), { inAxes: [null, 0] })(w, tensor(pattern(6, 3), float64).reshape([2, 3, 3])), // prettier-ignore
  "grad around vmap": (f) => grad((w: Tensor) => sum(vmap((y: Tensor) => f(w, y))(tensor(pattern(6, 3), float64).reshape([2, 3, 3]))))(w), // prettier-ignore
  "in a scan": (f) => grad((w: Tensor) => sum(scan((c, y) => [add(c, f(w, y)), null], 0, tensor(pattern(9, 3), float64).reshape([3, 3, 3]))[0]))(w), // prettier-ignore
  compiled: (f) => compile((w: Tensor) => grad(f)(w, x))(w),
  backward: (f) => {
    const a = tensor(w.toArray() as number[][], { ...float64, requiresGrad: true });
    f(a, x).backward();
    return a.grad;
  },
};

describe.each(Object.keys(uses))("%s", (use) => {
  const plain = uses[use]!(f);
  test.each(Object.keys(all))("%s", (name) => {
    expectClose(uses[use]!(checkpoint(f, { policy: all[name]! })), plain, 1e-10);
  });
  test("packed", () => {
    const packed: Fn = (w, x) =>
      packSaved(
        (a) => [a.data(), a.shape] as const,
        ([data, shape]) => tensor(data).reshape(shape),
        () => f(w, x),
      );
    expectClose(uses[use]!(packed), plain, 1e-10);
    expectClose(
      uses[use]!((w, x) => saveOnCpu(() => f(w, x))),
      plain,
      1e-10,
    );
  });
});

describe("what is computed again", () => {
  const big = tensor(pattern(40, 40));
  const layer = (w: Tensor, x: Tensor): Tensor => {
    const h = checkpointName(matmul(x, w), "h");
    return sum(tanh(matmul(sin(h), w)));
  };
  /** How often the op runs for a gradient. */
  const runs = (op: string, policy: Policy): number => {
    const g = grad(checkpoint(layer, { policy }));
    const table = profile(() => g(big, big)).rows;
    return table.filter((row) => row.op === op).reduce((n, row) => n + row.count, 0);
  };

  test("products stay with dotsSaveable", () => {
    // Forward 2, backward 2 for w and 1 for h.
    const [least, most] = [
      runs("matmul", policies.dotsSaveable),
      runs("matmul", policies.nothingSaveable),
    ];
    expect([least, most]).toEqual([5, 7]);
    expect(runs("matmul", policies.saveOnlyTheseNames("h"))).toBe(6);
    expect(runs("matmul", policies.everythingSaveable)).toBe(5);
  });

  test("savedResiduals tells what stays", () => {
    const kept = (policy?: Policy) =>
      savedResiduals(policy ? checkpoint(layer, { policy }) : layer, big, big).map((r) => r.op);
    expect(kept(policies.nothingSaveable)).toEqual(["argument", "argument"]);
    expect(kept(policies.dotsSaveable)).toEqual(["matmul", "matmul", "argument", "argument"]);
    const named = savedResiduals(checkpoint(layer, { policy: policies.saveOnlyTheseNames("h") }), big, big); // prettier-ignore
    expect(named[0]).toEqual({ op: "matmul", names: ["h"], shape: [40, 40], dtype: "float32", bytes: 6400 }); // prettier-ignore
    expect(kept().sort()).toEqual(["argument", "argument", "matmul", "matmul", "sin", "tanh"]);
    const c = tensor([1, 2, 3, 4, 5]);
    expect(savedResiduals((x: Tensor) => sum(multiply(x, c)), c).map((r) => r.op)).toEqual(["multiply", "argument", "constant"]); // prettier-ignore
  });
});

describe("packSaved", () => {
  test("derivatives follow from what unpack returns", () => {
    const a = tensor([0.1, 0.2, 0.3], float64);
    const rough = grad((a: Tensor) =>
      packSaved(
        (x) => x.astype("float32"),
        (x) => x.astype("float64"),
        () => sum(square(exp(a))),
      ),
    )(a);
    const error = Math.abs(rough.at(0).item() / (2 * Math.exp(0.2)) - 1);
    expect(error).toBeGreaterThan(1e-12);
    expect(error).toBeLessThan(1e-7);
  });

  test("errors", () => {
    const bad = (g: (x: Tensor) => Tensor) =>
      grad((a: Tensor) => packSaved((x) => x, g, () => sum(exp(sin(a)))))(ones([5])); // prettier-ignore
    expect(() => bad((x) => x.slice([[0, 2]]))).toThrow(
      "packSaved: unpack returned float32[2] for what was float32[5]",
    );
    expect(() => bad(() => { throw new Error("own"); })).toThrow("own"); // prettier-ignore
    expect(() => packSaved(1 as never, (x) => x as never, () => 1)).toThrow("packSaved: pack: needs a function"); // prettier-ignore
    expect(() => checkpointName(1, 2 as never)).toThrow("checkpointName: the name is the number 2, not a string"); // prettier-ignore
    expect(() => checkpoint(sin, { policy: "dots" as never })).toThrow("checkpoint: policy: needs a function"); // prettier-ignore
    expectIntact();
    expectClose(grad((a: Tensor) => saveOnCpu(() => sum(exp(a))))(ones([2])), exp(ones([2])));
  });
});
