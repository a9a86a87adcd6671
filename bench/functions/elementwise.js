// Functions of single elements, and of pairs.

import { even, flags } from "./inputs.js";
import { constant, named } from "./row.js";

const SHAPE = [1000, 1000];
const ANY = even(SHAPE);
const UNIT = even(SHAPE, -0.99, 0.99);
const PORTION = even(SHAPE, 0.01, 0.99);
const POSITIVE = even(SHAPE, 0.1, 10);
const ABOVE = even(SHAPE, 1.01, 10);

/** @type {import("./row.js").Row[]} */
export const ELEMENTWISE = [
  named("abs", "abs", "numpy.abs", ANY),
  named("acos", "acos", "numpy.acos", UNIT),
  named("acosh", "acosh", "numpy.acosh", ABOVE),
  named("asin", "asin", "numpy.asin", UNIT),
  named("asinh", "asinh", "numpy.asinh", ANY),
  named("atan", "atan", "numpy.atan", ANY),
  named("atanh", "atanh", "numpy.atanh", UNIT),
  named("cbrt", undefined, "numpy.cbrt", POSITIVE),
  constant(named("ceil", "ceil", "numpy.ceil", ANY)),
  {
    name: "clip",
    inputs: [ANY],
    tapegrad: (t) => (x) => t.clip(x, -1, 1),
    tfjs: (tf) => (x) => tf.clipByValue(x, -1, 1),
    jax:
      ({ numpy }) =>
      (x) =>
        numpy.clip(x, -1, 1),
  },
  named("cos", "cos", "numpy.cos", ANY),
  named("cosh", "cosh", "numpy.cosh", ANY),
  named("deg2rad", undefined, "numpy.deg2rad", ANY),
  named("erf", "erf", "lax.erf", ANY),
  named("erfc", undefined, "lax.erfc", ANY),
  named("exp", "exp", "numpy.exp", ANY),
  named("exp2", undefined, "numpy.exp2", ANY),
  named("expm1", "expm1", "numpy.expm1", ANY),
  constant(named("floor", "floor", "numpy.floor", ANY)),
  constant(named("isfinite", "isFinite", "numpy.isfinite", ANY)),
  constant(named("isinf", "isInf", "numpy.isinf", ANY)),
  constant(named("isnan", "isNaN", "numpy.isnan", ANY)),
  named("log", "log", "numpy.log", POSITIVE),
  named("log10", undefined, "numpy.log10", POSITIVE),
  named("log1p", "log1p", "numpy.log1p", POSITIVE),
  named("log2", undefined, "numpy.log2", POSITIVE),
  named("logit", undefined, "scipySpecial.logit", PORTION),
  named("nanToNum", undefined, "numpy.nanToNum", ANY),
  named("negative", "neg", "numpy.negative", ANY),
  named("reciprocal", "reciprocal", "numpy.reciprocal", POSITIVE),
  constant(named("round", "round", "numpy.round", ANY)),
  constant(named("sign", "sign", "numpy.sign", ANY)),
  named("sin", "sin", "numpy.sin", ANY),
  named("sinc", undefined, "numpy.sinc", ANY),
  named("sinh", "sinh", "numpy.sinh", ANY),
  named("sqrt", "sqrt", "numpy.sqrt", POSITIVE),
  named("square", "square", "numpy.square", ANY),
  named("tan", "tan", "numpy.tan", UNIT),
  named("tanh", "tanh", "numpy.tanh", ANY),
  constant(named("trunc", undefined, "numpy.trunc", ANY)),
];

/** @type {import("./row.js").Row[]} */
export const ACTIVATIONS = [
  named("nn.celu", undefined, "nn.celu", ANY),
  named("nn.elu", "elu", "nn.elu", ANY),
  {
    name: "gelu",
    title: "exact",
    inputs: [ANY],
    tapegrad: ({ nn }) => nn.gelu,
    jax:
      ({ nn }) =>
      (x) =>
        nn.gelu(x, { approximate: false }),
  },
  {
    name: "glu",
    inputs: [ANY],
    tapegrad: ({ nn }) => nn.glu,
    jax: ({ nn }) => nn.glu,
  },
  named("nn.hardsigmoid", undefined, "nn.hardSigmoid", even(SHAPE, -5, 5)),
  named("nn.hardswish", undefined, "nn.hardSilu", even(SHAPE, -5, 5)),
  named("nn.hardtanh", undefined, "nn.hardTanh", ANY),
  {
    name: "leakyRelu",
    inputs: [ANY],
    tapegrad:
      ({ nn }) =>
      (x) =>
        nn.leakyRelu(x, { negativeSlope: 0.2 }),
    tfjs: (tf) => (x) => tf.leakyRelu(x, 0.2),
    jax:
      ({ nn }) =>
      (x) =>
        nn.leakyRelu(x, 0.2),
  },
  named("nn.logsigmoid", "logSigmoid", "nn.logSigmoid", ANY),
  named("nn.mish", undefined, "nn.mish", ANY),
  named("relu", "relu", "nn.relu", ANY),
  named("nn.relu6", "relu6", "nn.relu6", even(SHAPE, -3, 9)),
  named("nn.selu", "selu", "nn.selu", ANY),
  named("sigmoid", "sigmoid", "nn.sigmoid", ANY),
  named("silu", undefined, "nn.silu", ANY),
  named("softplus", "softplus", "nn.softplus", ANY),
  named("nn.softsign", undefined, "nn.softSign", ANY),
];

/** @type {import("./row.js").Row[]} */
export const PAIRS = [
  named("add", "add", "numpy.add", ANY, ANY),
  named("atan2", "atan2", "numpy.atan2", ANY, ANY),
  named("copysign", undefined, "numpy.copysign", ANY, ANY),
  named("divide", "div", "numpy.divide", ANY, POSITIVE),
  constant(named("equal", "equal", "numpy.equal", ANY, ANY)),
  constant(named("floorDivide", "floorDiv", "numpy.floorDivide", ANY, POSITIVE)),
  constant(named("greater", "greater", "numpy.greater", ANY, ANY)),
  constant(named("greaterEqual", "greaterEqual", "numpy.greaterEqual", ANY, ANY)),
  named("hypot", undefined, "numpy.hypot", ANY, ANY),
  constant(named("less", "less", "numpy.less", ANY, ANY)),
  constant(named("lessEqual", "lessEqual", "numpy.lessEqual", ANY, ANY)),
  named("logaddexp", undefined, "numpy.logaddexp", ANY, POSITIVE),
  constant(named("logicalAnd", "logicalAnd", "numpy.logicalAnd", flags(SHAPE), flags(SHAPE))),
  named("maximum", "maximum", "numpy.maximum", ANY, ANY),
  named("minimum", "minimum", "numpy.minimum", ANY, ANY),
  named("multiply", "mul", "numpy.multiply", ANY, ANY),
  constant(named("notEqual", "notEqual", "numpy.notEqual", ANY, ANY)),
  named("power", "pow", "numpy.power", POSITIVE, ANY),
  named("remainder", "mod", "numpy.remainder", ANY, POSITIVE),
  named("subtract", "sub", "numpy.subtract", ANY, ANY),
  named("where", "where", "numpy.where", flags(SHAPE), ANY, ANY),
];
