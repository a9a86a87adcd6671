// What transforms refuse, and what exceptions inside them leave behind: nothing.

import {
  add,
  elementwiseGrad,
  exp,
  full,
  grad,
  hessian,
  jacobian,
  jvp,
  memory,
  multiply,
  noGrad,
} from "tapegrad";
import {
  ones,
  sin,
  square,
  sum,
  tensor,
  tidy,
  valueAndGrad,
  vjp,
  vmap,
  zeros,
  type Tensor,
} from "tapegrad";
import { describe, expect, test } from "vitest";
import { expectIntact, expectRefusal } from "./canary.js";

const any = (x: unknown): never => x as never;
const x = tensor([1, 2], { dtype: "float64" });
const ints = tensor([1, 2], { dtype: "int32" });
type Case = [string, () => unknown, RegExp];

/** Each transform applied to a function at x. */
const transforms: Record<string, (f: (v: Tensor) => unknown) => unknown> = {
  grad: (f) => grad(any(f))(x),
  valueAndGrad: (f) => valueAndGrad(any(f))(x),
  elementwiseGrad: (f) => elementwiseGrad(any(f))(x),
  jacobian: (f) => jacobian(any(f))(x),
  hessian: (f) => hessian(any(f))(x),
  vjp: (f) => vjp(any(f), x),
  jvp: (f) => jvp(any(f), [x], [x]),
  vmap: (f) => vmap(any(f))(x),
};
const names = Object.keys(transforms);

describe.each(names)("%s", (name) => {
  const run = transforms[name]!;
  const starts = (rest: string): RegExp => new RegExp(`^${name}: .*${rest}`);

  test("of something that is no function", () => {
    for (const [what, words] of [
      [undefined, "undefined"],
      [null, "null"],
      [x, "a value of class Tensor"],
      ["sin", 'the string "sin"'],
      [{}, "an object"],
    ] as const) {
      expectRefusal(() => run(any(what)), starts(`function, not ${words}`));
    }
  });

  test("a function that returns nothing or a promise", () => {
    expectRefusal(() => run(() => undefined), starts("undefined.*return"));
    expectRefusal(() => run((v) => void square(v)), starts("undefined"));
    expectRefusal(() => run((v) => Promise.resolve(sum(v))), starts("promise.*synchronous"));
    expectRefusal(() => run(async (v) => sum(v)), starts("promise"));
    expectRefusal(() => run(() => ({ then: () => 5 })), starts("promise"));
  });

  test("an exception of the function passes through unchanged", () => {
    const error = new RangeError("mine");
    let depth = 0;
    const failing = (v: Tensor): Tensor => {
      exp(v);
      if (depth++ >= 0) throw error;
      return v;
    };
    try {
      run(failing);
      expect.unreachable();
    } catch (caught) {
      expect(caught).toBe(error);
    }
    expectRefusal(() => run(failing), "mine");
  });

  test("an error of an op inside", () => {
    expectRefusal(() => run((v) => v.reshape([7])), /^reshape: .*7/);
  });
});

describe("results", () => {
  const cases: Case[] = [
    [
      "a vector",
      () => grad(any((v: Tensor) => square(v)))(x),
      /^grad: .*shape \[2\].*not a scalar/,
    ],
    [
      "one element in an axis",
      () => grad((v: Tensor) => sum(v, 0, { keepdims: true }))(x),
      /^grad: .*\[1\]/,
    ],
    ["an integer", () => grad((v: Tensor) => sum(v).astype("int32"))(x), /^grad: .*int32/],
    ["a bool", () => grad((v: Tensor) => sum(v).greater(1))(x), /^grad: .*bool/],
    ["a string", () => grad(any(() => "text"))(x), /^grad: .*the string "text"/],
    ["null", () => grad(any(() => null))(x), /^grad: .*null/],
    ["an array", () => grad(any((v: Tensor) => [sum(v)]))(x), /^grad: .*Array/],
    ["an object", () => grad(any((v: Tensor) => ({ loss: sum(v) })))(x), /^grad: .*object/],
    [
      "valueAndGrad of a vector",
      () => valueAndGrad((v: Tensor) => square(v))(x),
      /^valueAndGrad: .*\[2\]/,
    ],
    ["hessian of a vector", () => hessian((v: Tensor) => square(v))(x), /^hessian: .*\[2\]/],
    [
      "jacobian of an integer",
      () => jacobian((v: Tensor) => v.astype("int32"))(x),
      /^jacobian: .*int32/,
    ],
    ["jacobian of a string", () => jacobian(() => "text")(...any([x])), /^jacobian: /],
    [
      "vjp of a string",
      () =>
        vjp(
          any(() => "text"),
          x,
        ),
      /^vjp: /,
    ],
    [
      "vjp of no tensor",
      () =>
        vjp(
          any(() => []),
          x,
        ),
      /^vjp: .*no tensor/,
    ],
    [
      "elementwiseGrad of a sum",
      () => elementwiseGrad((v: Tensor) => sum(v))(x),
      /^elementwiseGrad: .*\[\].*\[2\]/,
    ],
    [
      "no aux",
      () =>
        grad(
          any((v: Tensor) => sum(v)),
          { hasAux: true },
        )(x),
      /^grad: .*\[value, aux\]/,
    ],
    [
      "three of them",
      () =>
        grad(
          any((v: Tensor) => [v, 1, 2]),
          { hasAux: true },
        )(x),
      /^grad: .*\[value, aux\]/,
    ],
    [
      "aux without a value",
      () =>
        grad(
          any(() => [undefined, 1]),
          { hasAux: true },
        )(x),
      /^grad: .*undefined/,
    ],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("arguments", () => {
  const f = (v: Tensor): Tensor => sum(square(v));
  const cases: Case[] = [
    ["integers", () => grad(f)(ints), /^grad: argument 0 is int32.*float/],
    ["bools", () => grad(f)(tensor([true])), /^grad: argument 0 is bool/],
    ["integers in a tree", () => grad(any(f))({ a: [ints] }), /^grad: argument 0\.a\[0\] is int32/],
    ["an Int32Array", () => grad(f)(Int32Array.of(1)), /^grad: argument 0 is int32/],
    [
      "elementwiseGrad of integers",
      () => elementwiseGrad(f)(ints),
      /^elementwiseGrad: argument 0 is int32/,
    ],
    [
      "elementwiseGrad of a tree",
      () => elementwiseGrad(any((p: { a: Tensor }) => p.a))({ a: x }),
      /^elementwiseGrad: /,
    ],
    ["hessian of integers", () => hessian(f)(ints), /^hessian: argument 0 is int32/],
    ["jvp of integers", () => jvp(f, [ints], [ints]), /^jvp: argument 0 is int32/],
    ["no argument", () => grad(any(f))(), /^grad: argnums names argument 0, but there are 0/],
    [
      "argnums too large",
      () => grad(f, any({ argnums: 1 }))(x),
      /^grad: argnums names argument 1, but there are 1/,
    ],
    [
      "argnums too negative",
      () => grad(f, any({ argnums: -2 }))(x),
      /^grad: argnums names argument -2/,
    ],
    ["argnums of a fraction", () => grad(f, any({ argnums: 0.5 }))(x), /^grad: argnums .*0.5/],
    ["argnums of text", () => grad(f, any({ argnums: ["0"] }))(x), /^grad: argnums .*"0"/],
    ["jacobian argnums", () => jacobian(f, any({ argnums: 3 }))(x), /^jacobian: argnums/],
    [
      "elementwiseGrad argnums",
      () => elementwiseGrad(f, any({ argnums: 3 }))(x),
      /^elementwiseGrad: argnums/,
    ],
    ["a bigint", () => grad(any(f))(1n), /bigint/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});

describe("tangents and cotangents", () => {
  const [, pullback] = vjp((v: Tensor) => [square(v), sum(v)], x);
  const cases: Case[] = [
    ["tangents that are no list", () => jvp(any(sin), any(x), any(x)), /^jvp: .*lists.*Tensor/],
    ["too few tangents", () => jvp(any(sin), [x], any([])), /^jvp: 0 tangents for 1 value/],
    [
      "a tangent's shape",
      () => jvp(any(sin), [x], [ones([3])]),
      /^jvp: the tangent has shape \[3\].*\[2\]/,
    ],
    ["a tangent that is none", () => jvp(any(sin), any([x]), any(["x"])), /^jvp: 0 tangents/],
    ["too few cotangents", () => pullback(any([x])), /^vjp: 1 cotangents? for 2 values/],
    ["no cotangent", () => pullback(any(undefined)), /^vjp: 0 cotangents? for 2 values/],
    [
      "a cotangent's shape",
      () => pullback([ones([3]), ones([])]),
      /^vjp: the cotangent has shape \[3\].*\[2\]/,
    ],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));

  test("a pullback after the transform around its vjp", () => {
    let kept: (c: Tensor) => unknown = () => 0;
    grad((v: Tensor) => {
      kept = vjp((u: Tensor) => sum(u), v)[1];
      return sum(v);
    })(x);
    expectRefusal(() => kept(tensor(1)), /^vjp: this pullback was used after/);
    let again: unknown;
    grad((v: Tensor) => {
      expectThrows(() => (again = kept(tensor(1))), /^vjp: /);
      return sum(v);
    })(x);
    expect(again).toBe(undefined);
  });
});

function expectThrows(call: () => unknown, message: RegExp): void {
  expect(call).toThrow(message);
}

describe("vmap", () => {
  const id = (v: Tensor): Tensor => v;
  const m = ones([2, 3]);
  const cases: Case[] = [
    [
      "different sizes",
      () => vmap((a: Tensor, _b: Tensor) => a)(m, ones([4])),
      /^vmap: .*different sizes: 2 and 4/,
    ],
    ["nothing mapped", () => vmap(id, { inAxes: null })(m), /^vmap: nothing is mapped/],
    ["only numbers", () => vmap(id)(3), /^vmap: nothing is mapped/],
    ["no axis of a scalar", () => vmap(id)(tensor(1)), /^vmap: no axis 0/],
    ["no such axis", () => vmap(id, { inAxes: 2 })(m), /^vmap: no axis 2/],
    ["no such axis of the result", () => vmap(id, { outAxes: 2 })(m), /^vmap: no axis 2/],
    [
      "too few inAxes",
      () => vmap((a: Tensor, _b: Tensor) => a, { inAxes: [0] })(m, m),
      /^vmap: inAxes has 1 entr.* 2/,
    ],
    ["a tree of axes for a leaf", () => vmap(id, { inAxes: [[0]] })(m), /^vmap: inAxes/],
    ["text as axis", () => vmap(id, { inAxes: any("0") })(m), /^vmap: /],
    ["a fraction as axis", () => vmap(id, { inAxes: 0.5 })(m), /^vmap: axis .*0.5/],
    ["item inside", () => vmap((v: Tensor) => v.item())(x), /^item: .*inside vmap/],
    ["data inside", () => vmap((v: Tensor) => v.data())(m), /^data: .*inside vmap/],
    ["toArray inside", () => vmap((v: Tensor) => v.toArray())(m), /inside vmap/],
    [
      "backward inside",
      () => vmap((v: Tensor) => (sum(v).backward(), v))(m),
      /^backward: not inside vmap/,
    ],
    ["a string as result", () => vmap(any(() => undefined))(m), /^vmap: .*undefined/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));

  test("too many axes", () => {
    const eight = ones([1, 1, 1, 1, 1, 1, 1, 1]);
    const axis = (levels: number): ((v: Tensor) => Tensor) =>
      levels === 0
        ? (v) => add(v, eight)
        : (v) => vmap((u: Tensor) => add(u, axis(levels - 1)(v)))(ones([1]));
    expectRefusal(() => axis(9)(tensor(1)), /axes.*more than 16/);
  });
});

describe("levels", () => {
  test("more than 30 transforms inside each other", () => {
    let g: (v: number) => number = any((v: Tensor) => exp(v));
    for (let i = 0; i < 32; i++) g = grad(any(g)) as never;
    expectRefusal(() => g(1), /^grad: more than 30 transforms/);
    const nest = (n: number): Tensor => (n === 0 ? x : vmap((_v: Tensor) => nest(n - 1))(x));
    expect(() => nest(20)).toThrow(/more than/);
    expectIntact();
  });

  test("runaway recursion of the user's function", () => {
    const forever = (v: Tensor): Tensor => forever(exp(v));
    expect(() => grad(forever)(1)).toThrow(RangeError);
    expectIntact();
    const nested = (v: Tensor): Tensor => grad(nested)(v) as Tensor;
    expectRefusal(() => grad(nested)(1), /^grad: more than 30/);
  });
});

describe("exceptions at any depth", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const wraps: Record<string, (inner: () => unknown) => unknown> = {
    grad: (inner) => grad((v: Tensor) => (exp(v), inner(), sum(v)))(x),
    jvp: (inner) => jvp((v: Tensor) => (exp(v), inner(), v), [x], [x]),
    vjp: (inner) => vjp((v: Tensor) => (exp(v), inner(), v), x),
    vmap: (inner) => vmap((v: Tensor) => (exp(v), inner(), v))(x),
    jacobian: (inner) => jacobian((v: Tensor) => (exp(v), inner(), v))(x),
    noGrad: (inner) => noGrad(inner),
    tidy: (inner) => tidy(inner),
  };
  const all = Object.keys(wraps);
  const triples = all.flatMap((a) => all.flatMap((b) => all.map((c) => [a, b, c] as const)));

  test("in every nesting of three", () => {
    const calls = triples.map((triple) =>
      triple.reduce<() => unknown>((inner, name) => () => wraps[name]!(inner), boom),
    );
    const once = (): number => {
      tidy(() => calls.forEach((call, i) => expect(call, triples[i]!.join()).toThrow("boom")));
      return memory().nodes;
    };
    const before = once();
    expect(once()).toBe(before);
    expectIntact();
  });

  test("caught inside, the transforms around go on", () => {
    for (const name of all) {
      const f = (v: Tensor): Tensor => {
        try {
          wraps[name]!(boom);
        } catch {
          // The function goes on.
        }
        return sum(square(v));
      };
      expect((grad(f)(x) as Tensor).toArray(), name).toEqual([2, 4]);
      expect(vmap(grad(f))(full([2, 2], 1)).toArray(), name).toEqual([
        [2, 2],
        [2, 2],
      ]);
    }
    expectIntact();
  });

  test("a wrong cotangent inside another transform", () => {
    const f = (v: Tensor): Tensor => {
      const [y, pullback] = vjp((u: Tensor) => square(u), v);
      expect(() => pullback(zeros([7]))).toThrow(/^vjp: /);
      return sum(multiply(y, pullback(y)[0]));
    };
    // y · 2 v y = 2 v⁵
    expect((grad(f)(x) as Tensor).toArray()).toEqual([10, 160]);
  });

  test("getters and proxies that throw in trees", () => {
    const tree = {
      get a(): Tensor {
        throw new Error("boom");
      },
    };
    expectRefusal(() => grad(any((p: typeof tree) => p.a))(tree), "boom");
    expectRefusal(() => vmap(any((p: typeof tree) => p.a))(tree), "boom");
    expectRefusal(() => grad(any(() => new Proxy({}, { get: boom })))(1), "boom");
  });
});

describe("scopes", () => {
  const cases: Case[] = [
    ["noGrad of a promise", () => noGrad(async () => 1), /^noGrad: .*promise/],
    ["noGrad of no function", () => noGrad(any(1)), /^noGrad: needs a function/],
    ["tidy of a promise", () => tidy(async () => 1), /^tidy: .*promise/],
    ["tidy of no function", () => tidy(any(undefined)), /^tidy: needs a function/],
  ];
  test.each(cases)("%s", (_name, call, message) => expectRefusal(call, message));
});
