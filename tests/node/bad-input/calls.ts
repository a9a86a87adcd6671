// A call of every public function and method that could be right: what its arguments are replaced in.

import * as core from "tapegrad";
import { isTensor, sum, tensor, type Tensor } from "tapegrad";
import "tapegrad/methods";
import * as nn from "tapegrad/nn";
import * as optim from "tapegrad/optim";
import { plot } from "tapegrad/plot";
import * as random from "tapegrad/random";
import { ARRAY_CASES, arrayCall, arrayOperands } from "../../ops/array-cases.js";
import { CASES, operands } from "../../ops/cases.js";
import { toTensor } from "../../ops/ndarray.js";
import { isPublic } from "../../ops/support.js";

type Call = (...args: unknown[]) => unknown;

/** One way to call a function. */
export interface GoodCall {
  /** As in messages, or with the namespace before it. */
  name: string;
  call: Call;
  /** Made anew for each call. */
  args: () => unknown[];
  /** Values that take very long, and rightly so. */
  never?: ReadonlySet<string>;
}

const x = (): Tensor => tensor([1, 2, 3], { dtype: "float64" });
const m = (): Tensor =>
  tensor(
    [
      [4, 1],
      [1, 3],
    ],
    { dtype: "float64" },
  );
const w = (): Tensor => tensor([1, 2], { requiresGrad: true });
const key = (): Tensor => random.key(1);

/** The sum of whatever tensors it gets. */
const f: Call = (...args) =>
  args.reduce<Tensor | number>(
    (total, y) => (isTensor(y) ? core.add(total, sum(y.astype("float64"))) : total),
    0,
  );
/** The same for each element. */
const g: Call = (y) => (isTensor(y) ? core.multiply(y, 2) : tensor(1));
/** Has its minimum at 0. */
const bowl: Call = (y) => (isTensor(y) ? sum(core.square(y)) : 0);
/** Of a carry and one element. */
const step: Call = (carry, item) => [carry, item];

const ENDLESS = new Set(["a huge integer", "a huger integer", "a hugely negative integer"]);

/** Functions that no table of cases calls; a name with () is what the function before it returns. */
const others: Record<string, (Omit<GoodCall, "name" | "call"> & { call?: Call })[]> = {
  Tape: [{ call: (options) => new core.Tape(options as object).dispose(), args: () => [{}] }],
  RowSparse: [
    {
      call: (shape, indices, values) =>
        new core.RowSparse(shape as number[], indices as Tensor, values as Tensor),
      args: () => [[4, 2], tensor([0, 2], { dtype: "int32" }), m()],
    },
  ],
  "Tape.watch": [{ call: (y) => core.tape((t) => t.watch(y as Tensor)), args: () => [x()] }],
  "Tape.gradient": [
    {
      call: (y, xs, options) => {
        const t = new core.Tape();
        try {
          return t.gradient(y as Tensor, xs as Tensor, options as object);
        } finally {
          t.dispose();
        }
      },
      args: () => [x(), x(), {}],
    },
  ],
  "Tape.jacobian": [
    {
      call: (y, xs, options) =>
        core.tape((t) => t.jacobian(y as Tensor, xs as Tensor, options as object)),
      args: () => [x(), x(), {}],
    },
  ],
  "Tape.batchJacobian": [
    {
      call: (y, xs, options) =>
        core.tape((t) => t.batchJacobian(y as Tensor, xs as Tensor, options as object)),
      args: () => [x(), x(), {}],
    },
  ],
  "Tape.pause": [{ call: (h) => core.tape((t) => t.pause(h as () => void)), args: () => [f] }],
  "Accumulator.jvp": [
    {
      call: (y, options) =>
        core.forward({ primals: x(), tangents: x() }, (acc) =>
          acc.jvp(y as Tensor, options as object),
        ),
      args: () => [x(), {}],
    },
  ],
  "Program.run": [
    {
      call: (...args) => {
        const program = core.makeProgram(f, x());
        try {
          return program.run(...args);
        } finally {
          program.dispose();
        }
      },
      args: () => [x()],
    },
  ],
  arange: [{ args: () => [0, 5, 1, {}] }],
  eye: [{ args: () => [2, 3, {}] }],
  full: [{ args: () => [[2], 3, {}] }],
  fullLike: [{ args: () => [x(), 2, {}] }],
  linspace: [{ args: () => [0, 1, 3, {}] }],
  getDefaultDtype: [{ args: () => [] }],
  isTensor: [{ args: () => [x()] }],
  ones: [{ args: () => [[2], {}] }],
  onesLike: [{ args: () => [x(), {}] }],
  setDefaultDtype: [{ args: () => ["float32"] }],
  tensor: [{ args: () => [[1, 2], {}] }],
  zeros: [{ args: () => [[2], {}] }],
  zerosLike: [{ args: () => [x(), {}] }],
  grad: [{ args: () => [f, {}] }],
  "grad()": [{ call: (...args) => core.grad(f as never)(...(args as never[])), args: () => [x()] }],
  valueAndGrad: [{ args: () => [f, {}] }],
  "valueAndGrad()": [
    { call: (...args) => core.valueAndGrad(f as never)(...(args as never[])), args: () => [x()] },
  ],
  gradAll: [{ args: () => [f, {}] }],
  "gradAll()": [
    {
      call: (...args) => core.gradAll(f as never)(...(args as never[])),
      args: () => [x(), x()],
    },
  ],
  jvp: [{ args: () => [g, [x()], [x()], {}] }],
  vjp: [{ args: () => [g, x()] }],
  "vjp()": [{ call: (v) => core.vjp(g as never, x() as never)[1](v as never), args: () => [x()] }],
  elementwiseGrad: [{ args: () => [g, {}] }],
  "elementwiseGrad()": [
    { call: (...args) => (core.elementwiseGrad(g as never) as Call)(...args), args: () => [x()] },
  ],
  hessian: [{ args: () => [f, {}] }],
  "hessian()": [
    { call: (...args) => (core.hessian(f as never) as Call)(...args), args: () => [x()] },
  ],
  jacobian: [{ args: () => [g, {}] }],
  "jacobian()": [
    { call: (...args) => (core.jacobian(g as never) as Call)(...args), args: () => [x()] },
  ],
  jacfwd: [{ args: () => [g, {}] }],
  "jacfwd()": [
    { call: (...args) => (core.jacfwd(g as never) as Call)(...args), args: () => [x()] },
  ],
  jacrev: [{ args: () => [g, {}] }],
  "jacrev()": [
    { call: (...args) => (core.jacrev(g as never) as Call)(...args), args: () => [x()] },
  ],
  batchJacobian: [{ args: () => [g, {}] }],
  "batchJacobian()": [
    { call: (...args) => (core.batchJacobian(g as never) as Call)(...args), args: () => [m()] },
  ],
  derivative: [{ args: () => [g, 2] }],
  "derivative()": [
    {
      call: (...args) => (core.derivative(g as never, 2 as never) as Call)(...args),
      args: () => [1],
    },
  ],
  jet: [{ args: () => [g, [x()], [[x(), x()]]] }],
  taylor: [{ args: () => [g, x(), 2] }],
  ggnvp: [{ args: () => [g, f, [x()], [x()], {}] }],
  hvp: [{ args: () => [f, [x()], [x()], {}] }],
  vhp: [{ args: () => [f, [x()], [x()], {}] }],
  makeHvp: [{ args: () => [f, {}] }],
  "makeHvp()": [
    { call: (...args) => (core.makeHvp(f as never) as Call)(...args), args: () => [x()] },
  ],
  jvpViaVjp: [{ args: () => [g, [x()], [x()]] }],
  linearize: [{ args: () => [g, x()] }],
  "linearize()": [
    {
      call: (...args) => (core.linearize(g as never, x() as never)[1] as unknown as Call)(...args),
      args: () => [x()],
    },
  ],
  linearTranspose: [{ args: () => [g, x()] }],
  "linearTranspose()": [
    {
      call: (...args) =>
        (core.linearTranspose(g as never, x() as never) as unknown as Call)(...args),
      args: () => [x()],
    },
  ],
  vjpFn: [{ args: () => [g] }],
  "vjpFn()": [
    {
      call: (...args) => (core.vjpFn(g as never) as unknown as Call)(...args),
      args: () => [x(), x()],
    },
  ],
  vmap: [{ args: () => [g, {}] }],
  "vmap()": [{ call: (...args) => (core.vmap(g as never) as Call)(...args), args: () => [m()] }],
  vectorize: [{ args: () => [g, {}] }, { args: () => [g, { signature: "(n)->(n)" }] }],
  "vectorize()": [
    { call: (...args) => (core.vectorize(g as never) as Call)(...args), args: () => [m()] },
  ],
  compile: [{ args: () => [g, {}] }],
  "compile()": [
    { call: (...args) => (core.compile(g as never) as Call)(...args), args: () => [m()] },
  ],
  noGrad: [{ args: () => [f] }],
  enableGrad: [{ args: () => [f] }],
  inferenceMode: [{ args: () => [f] }],
  isGradEnabled: [{ args: () => [] }],
  setGradEnabled: [{ args: () => [true, f] }],
  stopGradient: [{ args: () => [x()] }],
  checkGrads: [{ args: () => [g, [x()], {}] }],
  checkVjp: [{ args: () => [g, [x()], {}] }],
  checkJvp: [{ args: () => [g, [x()], {}] }],
  comboCheck: [{ args: () => [g, [[x()]], {}] }],
  checkEquivalent: [{ args: () => [x(), x(), {}] }],
  assertFinite: [{ args: () => [x(), "x"] }],
  memory: [{ args: () => [] }],
  resetPeakMemory: [{ args: () => [] }],
  tidy: [{ args: () => [f] }],
  setFusion: [
    {
      call: (bytes) => {
        const before = core.setFusion(bytes as number);
        core.setFusion(before);
      },
      args: () => [4096],
    },
  ],
  profile: [{ args: () => [f] }],
  setThreads: [{ args: () => [2, {}] }],
  setRelaxed: [{ args: () => [true, {}] }],
  threads: [{ args: () => [] }],
  resultType: [{ args: () => [x(), 1] }],
  registerNode: [
    {
      args: () => [
        class {},
        { flatten: (y: unknown) => [[], y] as const, unflatten: (_: unknown, aux: unknown) => aux },
      ],
    },
  ],
  ravelTree: [{ args: () => [{ a: x(), b: 1 }] }],
  "ravelTree()": [{ call: (v) => core.ravelTree([x()])[1](v as Tensor), args: () => [x()] }],
  space: [{ args: () => [{ a: x() }] }],
  "space.inner": [{ call: (a, b) => core.space(x()).inner(a, b), args: () => [x(), x()] }],
  "space.add": [{ call: (a, b) => core.space(x()).add(a, b), args: () => [x(), x()] }],
  "space.scale": [{ call: (a, c) => core.space(x()).scale(a, c as number), args: () => [x(), 2] }],
  "space.ravel": [{ call: (a) => core.space(x()).ravel(a), args: () => [x()] }],
  "space.unravel": [{ call: (a) => core.space(x()).unravel(a as Tensor), args: () => [x()] }],
  "tree.all": [{ args: () => [[true, x()]] }],
  "tree.flatten": [{ args: () => [{ a: x() }, {}] }],
  "tree.leaves": [{ args: () => [{ a: x() }, {}] }],
  "tree.structure": [{ args: () => [{ a: x() }, {}] }],
  "tree.map": [{ args: () => [(...leaves: unknown[]) => leaves, { a: x() }, { a: 1 }] }],
  "tree.reduce": [{ args: () => [(a: unknown) => a, { a: x() }, 0] }],
  "tree.transpose": [
    {
      args: () => [core.tree.structure({ a: 0 }), core.tree.structure([0, 0]), { a: [x(), x()] }],
    },
  ],
  "tree.unflatten": [{ args: () => [core.tree.structure([0]), [x()]] }],
  "tree.TreeStructure.equals": [
    {
      call: (other) => core.tree.structure([0]).equals(other as never),
      args: () => [core.tree.structure([0])],
    },
  ],
  floatPower: [{ args: () => [x(), x()] }],
  customGradient: [{ args: () => [(y: unknown) => [y, (v: unknown) => v]] }],
  customJvp: [{ args: () => [g, () => [x(), x()], {}] }],
  customVjp: [{ args: () => [g, { fwd: (y: unknown) => [y, null], bwd: () => [null] }] }],
  straightThrough: [{ args: () => [g] }],
  "straightThrough()": [
    { call: (y) => core.straightThrough(g as never)(y as Tensor), args: () => [x()] },
  ],
  gradients: [
    {
      args: () => {
        const leaf = w();
        return [leaf.square().sum(), leaf, {}];
      },
    },
  ],
  dual: [
    {
      call: (a, b) => core.dualLevel(() => core.dual(a as Tensor, b as Tensor)),
      args: () => [x(), x()],
    },
  ],
  undual: [{ call: (a) => core.dualLevel(() => core.undual(a as Tensor)), args: () => [x()] }],
  dualLevel: [{ args: () => [f] }],
  variable: [{ args: () => [x(), {}] }],
  zeroGrad: [{ args: () => [{ w: w() }, {}] }],
  clipGradNorm: [{ args: () => [{ w: w() }, 1, {}] }],
  clipGradValue: [{ args: () => [{ w: w() }, 1] }],
  clipGlobalNorm: [{ args: () => [{ w: x() }, 1, {}] }],
  globalNorm: [{ args: () => [{ w: x() }] }],
  tape: [{ args: () => [{}, f] }, { args: () => [f] }],
  forward: [{ args: () => [{ primals: x(), tangents: x() }, f] }],
  makeProgram: [{ args: () => [f, x()] }],
  evalShape: [{ args: () => [f, x()] }],
  tap: [{ args: () => [x(), f] }],
  checkpoint: [{ args: () => [g, {}] }],
  checkpointSequential: [{ args: () => [[g, g], 1, x()] }],
  onGrads: [{ args: () => [[w()], f] }],
  cond: [{ args: () => [true, g, g, x()] }],
  switchCase: [{ args: () => [0, [g, g], x()] }],
  whileLoop: [{ args: () => [() => false, g, x()] }],
  fori: [{ args: () => [0, 2, (_: unknown, y: unknown) => y, x()], never: ENDLESS }],
  scan: [{ args: () => [step, x(), x(), {}] }],
  mapOver: [{ args: () => [g, m(), {}] }],
  applyAlongAxis: [{ args: () => [g, 1, m()] }],
  applyOverAxes: [{ args: () => [g, m(), [0, 1]] }],
  piecewise: [{ args: () => [x(), [x()], [g, 1]] }],
  associativeScan: [{ args: () => [(a: unknown) => a, x(), {}] }],
  defineOp: [{ args: () => [{ name: "mine", forward: g }] }],
  "defineOp()": [
    {
      call: (...args) =>
        (core.defineOp({ name: "defineOp()", forward: g }) as unknown as Call)(...args),
      args: () => [x()],
    },
  ],
  cg: [{ args: () => [g, x(), {}] }],
  gmres: [{ args: () => [g, x(), {}] }],
  linearSolve: [{ args: () => [g, x(), (_: unknown, b: unknown) => b, {}] }],
  fixedPoint: [{ args: () => [(y: unknown) => y, x(), {}] }],
  odeint: [{ args: () => [(y: unknown) => core.multiply(y as Tensor, 0), x(), [0, 1], {}] }],
  implicitRoot: [{ args: () => [g, (y: unknown) => y, x(), {}] }],
  detectAnomaly: [{ args: () => [f, {}] }],
  debug: [
    {
      call: (options) => {
        core.debug(options as object);
        core.debug({});
      },
      args: () => [{}],
    },
  ],
  explain: [{ args: () => [w().square().sum(), w(), {}] }],
  trace: [{ args: () => [m(), 0, 0, 1, {}] }, { args: () => [f, x()] }],
  "random.key": [{ args: () => [1] }],
  "random.split": [{ args: () => [key(), 2] }],
  "random.foldIn": [{ args: () => [key(), 2] }],
  "random.bits": [{ args: () => [key(), [2]] }],
  "random.uniform": [{ args: () => [key(), [2], {}] }],
  "random.normal": [{ args: () => [key(), [2], {}] }],
  "random.bernoulli": [{ args: () => [key(), 0.5, [2]] }],
  "random.randint": [{ args: () => [key(), [2], 0, 5] }],
  "random.permutation": [{ args: () => [key(), 5] }],
  "optim.sgd": [{ args: () => [f, x(), { steps: 1 }] }],
  "optim.rmsprop": [{ args: () => [f, x(), { steps: 1 }] }],
  "optim.adam": [{ args: () => [f, x(), { steps: 1 }] }],
  "optim.minimize": [{ args: () => [bowl, tensor([0, 0]), {}] }],
  "plot.plot": [{ call: plot as Call, args: () => [f, { points: 3 }] }],
};

/** Public names that are called from the outside in another way, or not at all. */
const NOT_CALLED = new Set([
  "Tensor", // made by functions; its methods are called
  "Accumulator",
  "AnomalyError",
  "Explanation",
  "Profile",
  "Space",
  "tree.TreeStructure",
  "useModule", // before anything else only
]);

/** Methods without a function beside them. */
const CORE_METHODS = new Set(["at", "set", "addAt"]);

const spaces: Record<string, Record<string, unknown>> = { nn, optim, random };

/** Public functions by name, those of namespaces and entry points with a dot. */
function publicFunctions(): Map<string, Call> {
  const found = new Map<string, Call>();
  const collect = (module: object, before: string): void => {
    for (const [name, value] of Object.entries(module) as [string, unknown][]) {
      if (before === "" && !isPublic(name)) continue;
      if (typeof value === "function") found.set(before + name, value as Call);
      else if (typeof value === "object" && value !== null) collect(value, `${before}${name}.`);
    }
  };
  collect(core, "");
  for (const [name, module] of Object.entries(spaces)) collect(module, `${name}.`);
  return found;
}

/** Methods of tensors, by name. */
function methods(): string[] {
  const names = new Set<string>();
  for (
    let prototype = core.Tensor.prototype as object;
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === "function" && name !== "constructor") names.add(name);
    }
  }
  return [...names];
}

/** What methods are called with that are no functions too. */
const ofMethods: Record<string, unknown[]> = {
  backward: [x(), {}],
  assign: [x()],
  assignAdd: [x()],
  assignSub: [x()],
  onGrad: [f],
  onAccumulate: [f],
  at: [0],
  set: [[0], 1],
  addAt: [[0], 1],
  choSolve: [[m(), true]],
  luSolve: [core.linalg.luFactor(m())],
};

/** Every way to call every function. */
export function goodCalls(): GoodCall[] {
  const functions = publicFunctions();
  const calls: GoodCall[] = [];
  const known = new Map<string, GoodCall[]>();
  const put = (call: GoodCall): void => {
    calls.push(call);
    known.set(call.name, [...(known.get(call.name) ?? []), call]);
  };
  const seen = new Map<string, number>();
  for (const [, row] of ARRAY_CASES) {
    const form = `${row.op} ${row.args.length}`;
    const times = seen.get(form) ?? 0;
    seen.set(form, times + 1);
    if (times >= 1 || !isPublic(row.op) || CORE_METHODS.has(row.op)) continue;
    const fresh = (): { call: Call; args: unknown[] } => arrayCall(row, arrayOperands(row));
    put({ name: row.op, call: fresh().call, args: () => fresh().args });
  }
  for (const row of CASES) {
    if ((seen.get(row.op) ?? 0) > 0) continue;
    seen.set(row.op, 1);
    const call = functions.get(row.op);
    if (call === undefined) continue;
    put({ name: row.op, call, args: () => operands(row).map((y) => toTensor(y)) });
  }
  for (const [name, list] of Object.entries(others)) {
    for (const { call, ...rest } of list) {
      const own = call ?? functions.get(name);
      if (own === undefined) throw new Error(`${name} is no function`);
      put({ name, call: own, ...rest });
    }
  }
  for (const [name, call] of functions) {
    if (known.has(name) || NOT_CALLED.has(name)) continue;
    // A second name, or a row that stands elsewhere too.
    const other = calls.find((one) => one.call === call);
    const args = other?.args ?? (() => [x()]);
    put({ name, call, args });
  }
  for (const name of methods()) {
    const like =
      known.get(name === "var" ? "variance" : name)?.[0] ?? known.get(`linalg.${name}`)?.[0];
    const of = (...args: unknown[]): unknown => {
      const self = like?.args()[0];
      return ((isTensor(self) ? self : x()) as unknown as Record<string, Call>)[name]!(...args);
    };
    const args = (): unknown[] =>
      (Object.hasOwn(ofMethods, name) ? ofMethods[name] : undefined) ?? like?.args().slice(1) ?? [];
    put({ name: `Tensor.${name}`, call: of, args });
  }
  return calls;
}

/** Public names that nothing calls. */
export function uncalled(calls: readonly GoodCall[]): string[] {
  const names = new Set(calls.map(({ name }) => name));
  return [...publicFunctions().keys()].filter((name) => !names.has(name) && !NOT_CALLED.has(name));
}
