// Networks and their training, in several idioms: against PyTorch's numbers.

import { abs, add, arange, compile, divide, full, grad } from "tapegrad";
import { linalg, matmul, mean, multiply, negative, noGrad, ones, relu, round } from "tapegrad";
import {
  scan,
  sigmoid,
  sign,
  sqrt,
  square,
  stack,
  straightThrough,
  subtract,
  sum,
  tanh,
  tensor,
  tree,
  customVjp,
} from "tapegrad";
import {
  customGradient,
  defineOp,
  valueAndGrad,
  variable,
  vmap,
  zeros,
  zerosLike,
  split,
  zeroGrad,
  checkpoint,
  tape,
  customJvp,
  softmax,
  where,
} from "tapegrad";
import type { Tensor } from "tapegrad";
import * as nn from "tapegrad/nn";
import { describe, expect, test } from "vitest";
import { agree, data, f64, leaf } from "./support.js";
import oracle from "./oracle/networks.json" with { type: "json" };

const float64 = { dtype: "float64" } as const;

describe("recurrent networks", () => {
  type Weights = [Tensor, Tensor, Tensor, Tensor];
  const lstmCell =
    ([wi, wh, bi, bh]: Weights) =>
    ([h, c]: [Tensor, Tensor], x: Tensor): [[Tensor, Tensor], Tensor] => {
      const gates = add(add(matmul(x, wi.transpose()), bi), add(matmul(h, wh.transpose()), bh));
      const [i, f, g, o] = split(gates, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
      const next = add(multiply(sigmoid(f), c), multiply(sigmoid(i), tanh(g)));
      const out = multiply(sigmoid(o), tanh(next));
      return [[out, next], out];
    };
  const gruCell =
    ([wi, wh, bi, bh]: Weights) =>
    (h: Tensor, x: Tensor): [Tensor, Tensor] => {
      const [ri, zi, ni] = split(add(matmul(x, wi.transpose()), bi), 3, -1) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const [rh, zh, nh] = split(add(matmul(h, wh.transpose()), bh), 3, -1) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const [r, z] = [sigmoid(add(ri, rh)), sigmoid(add(zi, zh))];
      const n = tanh(add(ni, multiply(r, nh)));
      const next = add(multiply(subtract(1, z), n), multiply(z, h));
      return [next, next];
    };
  const start = () => zeros([2, 4], float64);
  const weights = (gates: number, make = data): Weights => [
    make(1, [4 * gates, 3]),
    make(2, [4 * gates, 4]),
    make(3, [4 * gates]),
    make(4, [4 * gates]),
  ];
  for (const checkpointed of [false, true]) {
    const options = { checkpoint: checkpointed };
    test(`LSTM${checkpointed ? ", checkpointed" : ""}`, () => {
      const run = (w: Weights) => {
        const [[, c], out] = scan(
          lstmCell(w),
          [start(), start()] as [Tensor, Tensor],
          data(9, [6, 2, 3]),
          options,
        );
        return [add(sum(square(out)), sum(c)), out] as [Tensor, Tensor];
      };
      const [grads, out] = grad(run, { hasAux: true })(weights(4));
      agree({ out, grads }, oracle.lstm);
      const leaves = weights(4, leaf);
      run(leaves)[0].backward();
      agree(
        leaves.map((w) => w.grad),
        oracle.lstm.grads,
      );
      // Mapped over the batch, and compiled.
      const one = (w: Weights, x: Tensor) => {
        const z = zeros([4], float64);
        const [[, c], out] = scan(lstmCell(w), [z, z] as [Tensor, Tensor], x, options);
        return add(sum(square(out)), sum(c));
      };
      const step = compile(
        grad((w: Weights) => sum(vmap(one, { inAxes: [null, 1] })(w, data(9, [6, 2, 3])))),
      );
      for (let i = 0; i < 2; i++) agree(step(weights(4)), oracle.lstm.grads);
    });
    test(`GRU${checkpointed ? ", checkpointed" : ""}`, () => {
      const run = (w: Weights) => {
        const [, out] = scan(gruCell(w), start(), data(9, [5, 2, 3]), options);
        return [sum(square(out)), out] as [Tensor, Tensor];
      };
      const [grads, out] = grad(run, { hasAux: true })(weights(3));
      agree({ out, grads }, oracle.gru);
    });
  }
  test("LSTM step by step, imperative", () => {
    const w = weights(4, leaf);
    let state: [Tensor, Tensor] = [start(), start()];
    const outs: Tensor[] = [];
    for (const x of [0, 1, 2, 3, 4, 5].map((t) => data(9, [6, 2, 3]).at(t))) {
      const [next, out] = lstmCell(w)(state, x);
      state = next;
      outs.push(out);
    }
    add(sum(square(stack(outs))), sum(state[1])).backward();
    agree({ out: stack(outs), grads: w.map((x) => x.grad) }, oracle.lstm);
  });
});

test("a transformer block", () => {
  const [v, t, c] = [7, 5, 6];
  const tokens = tensor(
    [
      [1, 4, 2, 0, 6],
      [3, 3, 5, 1, 2],
    ],
    { dtype: "int32" },
  );
  const targets = tensor(
    [
      [4, 2, 0, 6, 1],
      [3, 5, 1, 2, 0],
    ],
    { dtype: "int32" },
  );
  const init = () => ({
    emb: data(1, [v, c]),
    pos: data(2, [t, c]),
    qkv: data(3, [c, 3 * c]),
    proj: data(4, [c, c]),
    w1: data(5, [c, 8]),
    w2: data(6, [8, c]),
    g1: data(7, [c]),
    b1: data(8, [c]),
    g2: data(9, [c]),
    b2: data(10, [c]),
  });
  type P = ReturnType<typeof init>;
  const attention: Record<string, (q: Tensor, k: Tensor, v: Tensor) => Tensor> = {
    library: (q, k, v) => nn.scaledDotProductAttention(q, k, v, { isCausal: true }),
    byHand: (q, k, v) => {
      const scores = divide(matmul(q, k.swapaxes(-1, -2)), Math.sqrt(3));
      const seen = arange(t).reshape([t, 1]).greaterEqual(arange(t));
      return matmul(softmax(where(seen, scores, -Infinity)), v);
    },
  };
  for (const attend of Object.values(attention)) {
    const loss = (p: P) => {
      let x = add(p.emb.at(tokens), p.pos);
      const n = nn.layerNorm(x, [c], { weight: p.g1, bias: p.b1 });
      const heads = (z: Tensor) => z.reshape([2, t, 2, c / 2]).swapaxes(1, 2);
      const [q, k, w] = split(matmul(n, p.qkv), 3, -1).map(heads) as [Tensor, Tensor, Tensor];
      const y = attend(q, k, w).swapaxes(1, 2).reshape([2, t, c]);
      x = add(x, matmul(y, p.proj));
      x = add(
        x,
        matmul(nn.gelu(matmul(nn.layerNorm(x, c, { weight: p.g2, bias: p.b2 }), p.w1)), p.w2),
      );
      return nn.crossEntropy(matmul(x, p.emb.transpose()).reshape([-1, v]), targets.reshape(-1));
    };
    const [value, grads] = valueAndGrad(loss)(init());
    agree({ loss: value, grads }, oracle.transformer);
    agree(valueAndGrad(checkpoint(loss))(init())[1], oracle.transformer.grads);
    const p = tree.map((w: Tensor) => variable(w), init()) as P;
    loss(p).backward();
    agree(
      tree.map((w: Tensor) => w.grad, p),
      oracle.transformer.grads,
    );
    const step = compile(() => tape((t) => t.gradient(loss(p), p)));
    for (let i = 0; i < 2; i++) agree(step(), oracle.transformer.grads);
  }
});

describe("a convolutional network, three steps of momentum", () => {
  const [x, labels] = [data(5, [5, 1, 8, 8]), tensor([0, 2, 1, 1, 0], { dtype: "int32" })];
  type Ws = [Tensor, Tensor, Tensor, Tensor];
  const init = (): Ws => [data(1, [4, 1, 3, 3]), data(2, [4]), data(3, [36, 3]), data(4, [3])];
  const loss = ([k, b, w, c]: Ws) => {
    const h = nn.maxPool2d(relu(nn.conv2d(x, k, { bias: b })), 2);
    return nn.crossEntropy(add(matmul(h.reshape([5, -1]), w), c), labels);
  };
  test("functional, compiled", () => {
    const step = compile((ws: Ws, vs: Ws) => {
      const [value, g] = valueAndGrad(loss)(ws);
      const v = tree.map((v: Tensor, g: Tensor) => add(multiply(0.9, v), g), vs, g) as Ws;
      return {
        value,
        vs: v,
        ws: tree.map((w: Tensor, v: Tensor) => subtract(w, multiply(0.1, v)), ws, v) as Ws,
      };
    });
    let [ws, vs] = [init(), init().map((w) => zerosLike(w)) as Ws];
    const losses: Tensor[] = [];
    for (let i = 0; i < 3; i++) {
      const next = step(ws, vs);
      losses.push(next.value);
      [ws, vs] = [next.ws, next.vs];
    }
    agree({ losses, ws }, oracle.convnet);
  });
  test("imperative", () => {
    const ws = init().map((w) => variable(w)) as Ws;
    const vs = ws.map((w) => zerosLike(w));
    const losses: Tensor[] = [];
    for (let i = 0; i < 3; i++) {
      zeroGrad(ws);
      const value = loss(ws);
      value.backward();
      losses.push(value);
      noGrad(() =>
        ws.forEach((w, k) => {
          vs[k] = add(multiply(0.9, vs[k]!), w.grad!);
          w.assignSub(multiply(0.1, vs[k]));
        }),
      );
    }
    agree({ losses, ws }, oracle.convnet);
  });
});

test("batch normalisation, running values, Adam", () => {
  const [x, y] = [data(3, [8, 3]), data(4, [8, 1])];
  const [w1, gamma, beta, w2] = [
    leaf(1, [3, 6]),
    variable(ones([6], float64)),
    variable(zeros([6], float64)),
    leaf(2, [6, 1]),
  ];
  const params = [w1, gamma, beta, w2];
  const [mu, va] = [
    variable(zeros([6], float64), { trainable: false }),
    variable(ones([6], float64), { trainable: false }),
  ];
  const forward = (training: boolean) =>
    matmul(relu(nn.batchNorm(matmul(x, w1), mu, va, { weight: gamma, bias: beta, training })), w2);
  const ms = params.map((w) => zerosLike(w));
  const vs = params.map((w) => zerosLike(w));
  const losses: Tensor[] = [];
  for (let i = 1; i <= 5; i++) {
    zeroGrad(params);
    const loss = mean(square(subtract(forward(true), y)));
    loss.backward();
    losses.push(loss);
    noGrad(() =>
      params.forEach((w, k) => {
        ms[k] = add(multiply(0.9, ms[k]!), multiply(0.1, w.grad!));
        vs[k] = add(multiply(0.999, vs[k]!), multiply(0.001, square(w.grad!)));
        const denominator = add(divide(sqrt(vs[k]), Math.sqrt(1 - 0.999 ** i)), 1e-8);
        w.assignSub(multiply(0.05 / (1 - 0.9 ** i), divide(ms[k], denominator)));
      }),
    );
  }
  agree({ losses, mean: mu, var: va, out: noGrad(() => forward(false)) }, oracle.batch_norm);
});

describe("a generator against a discriminator", () => {
  const [real, noise] = [data(3, [6, 3]), data(4, [6, 2])];
  const softplus = (x: Tensor) => mean(nn.softplus(x));
  test("imperative", () => {
    const [g, c] = [leaf(1, [2, 3]), leaf(2, [3, 1])];
    for (let i = 0; i < 4; i++) {
      const fake = tanh(matmul(noise, g));
      add(softplus(negative(matmul(real, c))), softplus(matmul(fake.detach(), c))).backward();
      expect(g.grad).toBeNull();
      noGrad(() => c.assignSub(multiply(0.3, c.grad!)));
      c.grad = null;
      softplus(negative(matmul(tanh(matmul(noise, g)), c))).backward();
      noGrad(() => g.assignSub(multiply(0.3, g.grad!)));
      zeroGrad([g, c]);
    }
    agree({ g, c }, oracle.adversaries);
  });
  test("functional", () => {
    let [g, c] = [data(1, [2, 3]), data(2, [3, 1])];
    const fake = (g: Tensor) => tanh(matmul(noise, g));
    const byC = grad((c: Tensor, g: Tensor) =>
      add(softplus(negative(matmul(real, c))), softplus(matmul(fake(g), c))),
    );
    const byG = grad((g: Tensor, c: Tensor) => softplus(negative(matmul(fake(g), c))));
    for (let i = 0; i < 4; i++) {
      c = subtract(c, multiply(0.3, byC(c, g)));
      g = subtract(g, multiply(0.3, byG(g, c)));
    }
    agree({ g, c }, oracle.adversaries);
  });
});

test("backpropagation through time, cut every third step", () => {
  const [w, u] = [leaf(1, [4, 4]), leaf(2, [2, 4])];
  const x = data(3, [9, 2]);
  let h: Tensor = zeros([4], float64);
  let total: Tensor = f64(0);
  for (let t = 0; t < 9; t++) {
    h = tanh(add(matmul(h, w), matmul(x.at(t), u)));
    total = add(total, sum(square(h)));
    if (t % 3 === 2) {
      total.backward();
      h = h.detach();
      total = f64(0);
    }
  }
  agree({ w: w.grad, u: u.grad }, oracle.truncated);
});

test("a contrastive loss", () => {
  const [a, b] = [data(2, [6, 5]), data(3, [6, 5])];
  const labels = arange(6);
  const loss = (w: Tensor) => {
    const [za, zb] = [nn.normalize(matmul(a, w)), nn.normalize(matmul(b, w))];
    const logits = divide(matmul(za, zb.transpose()), 0.3);
    return multiply(
      0.5,
      add(nn.crossEntropy(logits, labels), nn.crossEntropy(logits.transpose(), labels)),
    );
  };
  const [value, g] = valueAndGrad(loss)(data(1, [5, 3]));
  agree({ loss: value, grad: g }, oracle.contrastive);
});

test("spectral normalisation, singular values, principal components", () => {
  const w = data(1, [4, 3]);
  const normalized = (w: Tensor) => {
    let u: Tensor = full([4], 0.5, float64);
    let v: Tensor = u;
    for (let i = 0; i < 5; i++) {
      v = nn.normalize(matmul(w.transpose(), u), { dim: 0 });
      u = nn.normalize(matmul(w, v), { dim: 0 });
    }
    return divide(w, matmul(u, matmul(w, v)));
  };
  const loss = (w: Tensor) => sum(square(matmul(normalized(w), data(2, [3]))));
  const nuclear = (w: Tensor) => sum(linalg.svdvals(w));
  const pca = (w: Tensor) => {
    const [values, vectors] = linalg.eigh(matmul(w.transpose(), w));
    const top = vectors.at(":", "-2:");
    return add(
      sum(square(subtract(matmul(matmul(w, top), top.transpose()), w))),
      sqrt(values.at(0)),
    );
  };
  agree(
    { loss: loss(w), by_loss: grad(loss)(w), by_nuclear: grad(nuclear)(w), by_pca: grad(pca)(w) },
    oracle.spectral,
    1e-9,
  );
});

test("unrolled shrinkage", () => {
  const y = data(2, [4]);
  const run = (a: Tensor, theta: Tensor) => {
    let z: Tensor = zeros([6], float64);
    for (let k = 0; k < 3; k++) {
      const moved = add(z, multiply(0.2, matmul(a.transpose(), subtract(y, matmul(a, z)))));
      z = multiply(sign(moved), relu(subtract(abs(moved), theta.at(k))));
    }
    return [add(sum(square(subtract(matmul(a, z), y))), sum(abs(z))), z] as [Tensor, Tensor];
  };
  const [grads, z] = grad(run, { argnums: [0, 1], hasAux: true })(
    data(1, [4, 6]),
    full([3], 0.1, float64),
  );
  agree({ z, grads }, oracle.lista);
});

describe("functions with rules of their own", () => {
  const rounds: Record<string, (x: Tensor) => Tensor> = {
    straightThrough: straightThrough((x: Tensor) => divide(round(multiply(x, 4)), 4)),
    customVjp: customVjp((x: Tensor) => divide(round(multiply(x, 4)), 4), {
      fwd: (x: Tensor) => [divide(round(multiply(x, 4)), 4), null],
      bwd: (_: null, g: Tensor) => [g],
    }),
    customJvp: customJvp(
      (x: Tensor) => divide(round(multiply(x, 4)), 4),
      ([x]: [Tensor], [dx]: [Tensor]) => [divide(round(multiply(x, 4)), 4), dx],
    ),
    defineOp: defineOp({
      name: "quarters",
      forward: (x: Tensor) => tensor(x.data().map((v) => Math.round(v * 4) / 4)).reshape(x.shape),
      vjp: (g: Tensor) => [g],
      vmap: ([x]: Tensor[]) => divide(round(multiply(x!, 4)), 4),
    }) as (x: Tensor) => Tensor,
    stopped: (x) => add(x, subtract(divide(round(multiply(x, 4)), 4), x).detach()),
  };
  const reverse = (k: number) =>
    customGradient((x: Tensor) => [multiply(x, 1), (g: Tensor) => multiply(-k, g)]);
  for (const [name, quarters] of Object.entries(rounds)) {
    test(name, () => {
      const x = data(4, [6, 4]);
      const loss = (w: Tensor, v: Tensor, c: Tensor) => {
        const h = quarters(tanh(matmul(x, w)));
        return add(mean(square(matmul(h, v))), mean(sigmoid(matmul(reverse(0.7)(h) as Tensor, c))));
      };
      const at = [data(1, [4, 5]), data(2, [5]), data(3, [5])] as const;
      agree({ grads: grad(loss, { argnums: [0, 1, 2] })(...at) }, oracle.rules);
      const leaves = at.map((w) => variable(w)) as [Tensor, Tensor, Tensor];
      loss(...leaves).backward();
      agree(
        leaves.map((w) => w.grad),
        oracle.rules.grads,
      );
      const one = (w: Tensor, v: Tensor, c: Tensor, x: Tensor) => {
        const h = quarters(tanh(matmul(x, w)));
        return add(square(matmul(h, v)), sigmoid(matmul(reverse(0.7)(h) as Tensor, c)));
      };
      const mapped = vmap(grad(one, { argnums: [0, 1, 2] }), { inAxes: [null, null, null, 0] })(
        ...at,
        x,
      );
      agree(
        mapped.map((g) => mean(g, 0)),
        oracle.rules.grads,
      );
    });
  }
});
