"""Functions of neural networks: what torch.nn.functional gives. Needs an interpreter that has torch.

Arguments in the order of torch; keyword arguments are our trailing options.
"""

import re

import numpy as np
import torch
import torch.nn.functional as T
from cases import B, F, I, X0, X1, X2, case, constant


def K(*shape, low=-2.0, high=2.0):
    """As F, but between the places where functions have kinks."""
    return F(*shape, low=low, high=high) + 1 / 512


def torched(v):
    return torch.tensor(v) if isinstance(v, np.ndarray) else v


def plain(y):
    if isinstance(y, (list, tuple)):
        return [plain(v) for v in y]
    y = y.detach().numpy()
    return y.astype(np.int32) if y.dtype.kind == "i" else y


def camel(name):
    return re.sub(r"_(\w)", lambda m: m[1].upper(), name)


def nn(op, operands, rest=(), options=None, f=None, torch_options=None, constants=(), smooth=True, mapped=True, label=None):
    """op(*operands, *rest, options): f, by default torch's function of that name, gives the truth.

    `constants` stand between operands and rest: arrays of integers, bools or floats that are no operands.
    """
    options = options or {}
    f = f or getattr(T, re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), op))
    given = torch_options if torch_options is not None else options
    kinds = {"i": lambda v: I(v.tolist()), "b": lambda v: B(v.tolist()), "f": lambda v: v.tolist()}
    args = [f"${i}" for i in range(len(operands))] + [kinds[v.dtype.kind](v) for v in constants] + list(rest)
    if options:
        args.append({camel(k): v for k, v in options.items()})
    wide = [torch.tensor(v.astype(np.int64)) if v.dtype.kind == "i" else torch.tensor(v) for v in constants]

    def truth(*x):
        return plain(f(*[torched(v) for v in x], *wide, *rest, **given))

    case("nn." + op, operands, args, truth, smooth=smooth, mapped=mapped, label=label or str(args)[1:-1])


# Activations.
x = K(3, 4)
for op in ["relu", "elu", "selu", "celu", "leakyRelu", "mish", "hardswish", "hardsigmoid", "hardtanh", "relu6", "softsign", "softshrink", "hardshrink", "tanhshrink", "softplus", "gelu", "silu"]:
    nn(op, [x])
    nn(op, [K(7, low=-8.0, high=8.0)])
nn("logsigmoid", [x], f=T.logsigmoid)
nn("elu", [x], options={"alpha": 0.7})
nn("celu", [x], options={"alpha": 1.7})
nn("leakyRelu", [x], options={"negative_slope": 0.3})
nn("hardtanh", [x], options={"min_val": -0.5, "max_val": 1.5})
nn("softshrink", [x], options={"lambd": 1.25})
nn("hardshrink", [x], options={"lambd": 1.25})
nn("threshold", [x], [0.25, -3])
nn("gelu", [x], options={"approximate": "tanh"})
nn("softplus", [x], options={"beta": 2.5}, f=lambda x, beta: T.softplus(x, beta, 1e9))
nn("softplus", [x], options={"beta": 2, "threshold": 1.5})
nn("prelu", [x, np.array([0.25])], label="one weight")
nn("prelu", [x, F(4)])
nn("prelu", [K(2, 3, 2), F(3)], label="channels")
nn("glu", [x])
nn("glu", [K(4, 3)], [0])
nn("softmin", [x], [1])
nn("softmin", [x], [0])

# Losses of numbers.
a, b = K(3, 4), F(3, 4)
for r in ["mean", "sum", "none"]:
    o = {"reduction": r}
    nn("mseLoss", [a, b], options=o)
    nn("l1Loss", [a, b], options=o, f=T.l1_loss)
    nn("smoothL1Loss", [a, b], options=o, f=T.smooth_l1_loss)
    nn("huberLoss", [a, b], options=o)
    nn("poissonNllLoss", [a, b], options=o)
    nn("softMarginLoss", [a, b], options=o)
    nn("bceWithLogits", [a, F(3, 4, low=0.01, high=0.99)], options=o, f=T.binary_cross_entropy_with_logits)
    nn("bceLoss", [F(3, 4, low=0.05, high=0.95), F(3, 4, low=0.01, high=0.99)], options=o, f=T.binary_cross_entropy)
    nn("klDiv", [a, F(3, 4, low=0.1, high=1.0)], options=o)
    nn("klDiv", [a, b], options={**o, "log_target": True})
    nn("gaussianNllLoss", [a, b, F(3, 4, low=0.5)], options=o, f=T.gaussian_nll_loss)
    nn("multilabelSoftMarginLoss", [a, F(3, 4, low=0.01, high=0.99)], options=o, f=T.multilabel_soft_margin_loss)
nn("l1Loss", [a, b], f=T.l1_loss)
nn("smoothL1Loss", [a, b], options={"beta": 0.4}, f=T.smooth_l1_loss)
nn("smoothL1Loss", [a, b], options={"beta": 0}, f=T.smooth_l1_loss)
nn("huberLoss", [a, b], options={"delta": 0.4})
nn("poissonNllLoss", [F(3, 4, low=0.3), b], options={"log_input": False})
nn("poissonNllLoss", [F(3, 4, low=0.3), K(3, 4, low=0.2, high=6.0)], options={"log_input": False, "full": True, "eps": 0.1})
nn("poissonNllLoss", [a, K(3, 4, low=0.2, high=6.0)], options={"full": True})
nn("klDiv", [a, F(3, 4, low=0.1, high=1.0)], options={"reduction": "batchmean"})
nn("gaussianNllLoss", [a, b, F(3, low=0.5)], options={"full": True}, f=T.gaussian_nll_loss)
nn("gaussianNllLoss", [a, b, F(3, 1, low=0.5)], f=T.gaussian_nll_loss)
w = F(4, low=0.2)
nn("bceLoss", [F(3, 4, low=0.05, high=0.95), F(3, 4, low=0.01, high=0.99)], options={"weight": w.tolist()}, f=T.binary_cross_entropy, torch_options={"weight": torch.tensor(w)})
nn("bceWithLogits", [a, F(3, 4, low=0.01, high=0.99)], options={"weight": w.tolist(), "pos_weight": F(3, 1, low=0.5).tolist()}, f=lambda x, t, **o: T.binary_cross_entropy_with_logits(x, t, **{k: torch.tensor(v, dtype=torch.float64) for k, v in o.items()}))
nn("multilabelSoftMarginLoss", [a, F(3, 4, low=0.01, high=0.99)], options={"weight": w.tolist()}, f=T.multilabel_soft_margin_loss, torch_options={"weight": torch.tensor(w)})
signs = np.array([[1, -1, 1, 1], [-1, -1, 1, -1], [1, 1, -1, -1]])
nn("hingeEmbeddingLoss", [a], constants=[signs])
nn("hingeEmbeddingLoss", [a], constants=[signs], options={"margin": 0.3, "reduction": "none"})
nn("softMarginLoss", [a], constants=[signs])

# Losses of classes.
for shape, classes in [((3, 4), [1, 3, 0]), ((2, 3, 2), [[0, 2], [1, 1]]), ((4,), 2)]:
    s = F(*shape)
    c = np.array(classes)
    n = shape[0] if len(shape) == 1 else shape[1]
    w = F(n, low=0.3)
    wide = {"weight": torch.tensor(w)}
    for op in ["nllLoss", "crossEntropy"]:
        for r in ["mean", "sum", "none"]:
            nn(op, [s], constants=[c], options={"reduction": r})
            nn(op, [s], constants=[c], options={"reduction": r, "weight": w.tolist()}, torch_options={"reduction": r, **wide})
            if len(shape) > 1:
                nn(op, [s], constants=[c], options={"reduction": r, "weight": w.tolist(), "ignore_index": 1}, torch_options={"reduction": r, "ignore_index": 1, **wide})
    for r in ["mean", "sum", "none"]:
        o = {"reduction": r, "label_smoothing": 0.3}
        nn("crossEntropy", [s], constants=[c], options=o)
        nn("crossEntropy", [s], constants=[c], options={**o, "weight": w.tolist()}, torch_options={**o, **wide})
        p = F(*shape, low=0.01, high=1.0)
        nn("crossEntropy", [s, p], options={"reduction": r})
        nn("crossEntropy", [s, p], options={**o, "weight": w.tolist()}, torch_options={**o, **wide})
        if len(shape) > 1:
            hidden = c.copy()
            hidden.flat[0] = -100
            nn("crossEntropy", [s], constants=[hidden], options={**o, "weight": w.tolist()}, torch_options={**o, **wide})
            nn("crossEntropy", [s], constants=[hidden], options=o)
    if len(shape) < 3:
        for p in [1, 2]:
            nn("multiMarginLoss", [K(*shape)], constants=[c], options={"p": p, "margin": 0.7}, f=T.multi_margin_loss)
        nn("multiMarginLoss", [K(*shape)], constants=[c], options={"weight": w.tolist(), "reduction": "none"}, torch_options={"reduction": "none", **wide}, f=T.multi_margin_loss)

# Vectors.
u, v = F(3, 4), K(3, 4)
nn("normalize", [u])
nn("normalize", [u], options={"p": 3, "dim": 0})
nn("normalize", [u], options={"p": 1, "dim": -1})
nn("normalize", [F(2, 3)], options={"eps": 5.0})
nn("cosineSimilarity", [u, v])
nn("cosineSimilarity", [u, F(4)], options={"dim": -1})
nn("cosineSimilarity", [u, v], options={"dim": 0, "eps": 0.5})
nn("pairwiseDistance", [u, v])
nn("pairwiseDistance", [u, v], options={"p": 3, "eps": 0.01, "keepdim": True})
nn("pairwiseDistance", [u, v], options={"p": 1}, f=T.pairwise_distance)
nn("marginRankingLoss", [F(5), K(5)], constants=[np.array([1, -1, -1, 1, 1])], options={"margin": 0.3})
nn("marginRankingLoss", [F(5), K(5)], constants=[np.array([1, -1, -1, 1, 1])], options={"reduction": "sum"})
for r in ["mean", "none"]:
    nn("cosineEmbeddingLoss", [u, v], constants=[np.array([1, -1, -1])], options={"margin": -0.3, "reduction": r})
nn("cosineEmbeddingLoss", [F(4), K(4)], constants=[np.array(1)])
z = F(3, 4, low=-1.0, high=3.0)
nn("tripletMarginLoss", [u, v, z])
nn("tripletMarginLoss", [u, v, z], options={"margin": 2, "p": 3, "eps": 0.01, "swap": True, "reduction": "none"})

# Normalisation.
img = F(2, 4, 3)
gw, gb = F(4, low=0.5), F(4)
nn("groupNorm", [img], [2])
nn("groupNorm", [F(2, 4, 2, 2)], [4])
nn("groupNorm", [F(2, 6)], [3], options={"eps": 0.1})
case("nn.groupNorm", [img, gw, gb], [X0, 2, {"weight": X1, "bias": X2, "eps": 0.1}], lambda x, w, b: plain(T.group_norm(torch.tensor(x), 2, torch.tensor(w), torch.tensor(b), 0.1)))
nn("instanceNorm", [img], f=T.instance_norm)
case("nn.instanceNorm", [img, gw, gb], [X0, {"weight": X1, "bias": X2, "eps": 0.1}], lambda x, w, b: plain(T.instance_norm(torch.tensor(x), weight=torch.tensor(w), bias=torch.tensor(b), eps=0.1)))
case("nn.instanceNorm", [img, gw, gb], [X0, {"runningMean": X2, "runningVar": X1, "useInputStats": False}], lambda x, w, b: plain(T.instance_norm(torch.tensor(x), torch.tensor(b), torch.tensor(w), use_input_stats=False)), label="running values")
for size in [1, 2, 3, 6]:
    nn("localResponseNorm", [F(2, 5, 3)], [size], options={"alpha": 0.7, "beta": 0.6, "k": 1.5}, f=T.local_response_norm)
nn("localResponseNorm", [F(1, 3, 2, 2)], [3])


def rms(x, axes, eps=2.0**-52):
    return x / np.sqrt(np.mean(x * x, axes, keepdims=True) + eps)


case("nn.rmsNorm", [img], [X0, [3], {"eps": 0.1}], lambda x: rms(x, -1, 0.1))
case("nn.rmsNorm", [img, F(4, 3)], [X0, [4, 3], {"weight": X1, "eps": 0.1}], lambda x, w: rms(x, (1, 2), 0.1) * w)
case("nn.rmsNorm", [F(3, low=1.0)], [X0, 3], lambda x: rms(x, -1))

# Tables.
case("nn.embedding", [F(4, 3)], [I([[0, 2], [3, 2]]), X0], lambda w: w[[[0, 2], [3, 2]]])
case("nn.bilinear", [F(3, 2), F(3, 4), F(5, 2, 4)], [X0, X1, X2], lambda a, b, w: plain(T.bilinear(torch.tensor(a), torch.tensor(b), torch.tensor(w))))
case("nn.bilinear", [F(2), F(4), F(5, 2, 4), F(5)], [X0, X1, X2, "$3"], lambda a, b, w, c: plain(T.bilinear(torch.tensor(a)[None], torch.tensor(b)[None], torch.tensor(w), torch.tensor(c))[0]))
constant("nn.oneHot", [], [I([[1, 0], [3, 1]])], lambda: np.eye(4)[[[1, 0], [3, 1]]])
constant("nn.oneHot", [], [I([1, 0]), 3, {"dtype": "int32"}], lambda: np.eye(3, dtype=np.int32)[[1, 0]])


# Attention, by its definition.
def attention(q, k, v, mask=None, causal=False, scale=None):
    s = q @ np.swapaxes(k, -1, -2) * (1 / np.sqrt(q.shape[-1]) if scale is None else scale)
    if causal:
        mask = np.tril(np.ones(s.shape[-2:], bool))
    if mask is not None:
        s = np.where(mask, s, -np.inf) if mask.dtype == bool else s + mask
    with np.errstate(invalid="ignore"):
        p = np.exp(s - np.max(s, -1, keepdims=True))
        return np.nan_to_num(p / p.sum(-1, keepdims=True)) @ v


qkv = [F(2, 3, 2), F(2, 4, 2), F(2, 4, 3)]
sdpa = "nn.scaledDotProductAttention"
holes = np.array([[True, False, True, True], [False] * 4, [False, True, False, False]])
case(sdpa, qkv, [X0, X1, X2], attention)
case(sdpa, [x[0] for x in qkv], [X0, X1, X2, {"scale": 0.3}], lambda q, k, v: attention(q, k, v, scale=0.3))
case(sdpa, [F(1, 2, 3, 2), F(2, 2, 4, 2), F(2, 1, 4, 3)], [X0, X1, X2], attention, label="heads that broadcast")
case(sdpa, qkv, [X0, X1, X2, {"isCausal": True}], lambda q, k, v: attention(q, k, v, causal=True))
case(sdpa, qkv, [X0, X1, X2, {"attnMask": B(holes.tolist())}], lambda q, k, v: attention(q, k, v, holes), label="one query sees nothing")
case(sdpa, qkv + [F(3, 4)], [X0, X1, X2, {"attnMask": "$3"}], lambda q, k, v, m: attention(q, k, v, m), label="scores with what is added")
q4 = F(2, 4, 3, 2)
kv = [F(2, 2, 4, 2), F(2, 2, 4, 3)]
case(sdpa, [q4, *kv], [X0, X1, X2, {"enableGqa": True}], lambda q, k, v: attention(q, np.repeat(k, 2, 1), np.repeat(v, 2, 1)), label="heads that are shared")
m4 = np.random.default_rng(3).random((4, 3, 4)) < 0.7
case(sdpa, [q4, *kv], [X0, X1, X2, {"enableGqa": True, "attnMask": B(m4.tolist())}], lambda q, k, v: attention(q, np.repeat(k, 2, 1), np.repeat(v, 2, 1), m4), label="heads that are shared, with a mask")

# Volumes.
vol, v3 = F(2, 2, 3, 4, 3), {"f": T.conv3d}
nn("conv3d", [vol, F(3, 2, 2, 2, 2)], **v3)
nn("conv3d", [vol[0], F(3, 2, 1, 3, 1)], f=T.conv3d, label="one volume")
case("nn.conv3d", [vol, F(4, 1, 2, 3, 2), F(4)], [X0, X1, {"bias": X2, "stride": [2, 1, 2], "padding": [1, 0, 1], "dilation": [1, 1, 2], "groups": 2}], lambda x, w, b: plain(T.conv3d(torch.tensor(x), torch.tensor(w), torch.tensor(b), (2, 1, 2), (1, 0, 1), (1, 1, 2), 2)))
nn("conv3d", [vol[:1], F(1, 2, 2, 3, 2)], options={"padding": "same", "dilation": [2, 1, 1]}, **v3)
nn("conv3d", [vol[:1], F(1, 2, 2, 3, 2)], options={"padding": "valid"}, **v3)
t3 = {"f": T.conv_transpose3d}
nn("convTranspose3d", [F(2, 2, 2, 3, 2), F(2, 3, 2, 2, 2)], **t3)
nn("convTranspose3d", [F(2, 4, 2, 3, 2), F(4, 1, 3, 2, 2)], options={"stride": [2, 1, 3], "padding": [1, 0, 1], "output_padding": [1, 0, 2], "groups": 2, "dilation": [1, 2, 1]}, **t3)
case("nn.convTranspose3d", [F(1, 2, 2, 2, 2), F(2, 3, 2, 2, 2), F(3)], [X0, X1, {"bias": X2, "dilation": 2, "outputPadding": 1}], lambda x, w, b: plain(T.conv_transpose3d(torch.tensor(x), torch.tensor(w), torch.tensor(b), dilation=2, output_padding=1)))
nn("convTranspose2d", [F(2, 4, 3, 2), F(4, 1, 3, 2)], options={"stride": [2, 3], "padding": [1, 0], "output_padding": [1, 2], "groups": 2, "dilation": [2, 1]}, f=T.conv_transpose2d)
nn("convTranspose1d", [F(2, 2, 3), F(2, 3, 2)], options={"stride": 2, "output_padding": 2, "dilation": 3}, f=T.conv_transpose1d)

# Pooling to a size.
for out in [1, 2, 3, 5, 7]:
    nn("adaptiveAvgPool1d", [F(2, 2, 5)], [out], f=T.adaptive_avg_pool1d)
    nn("adaptiveMaxPool1d", [F(2, 2, 5)], [out], f=T.adaptive_max_pool1d)
for out in [[1, 1], [2, 2], [3, 4], [4, 3], [2, 6], [3, 1]]:
    nn("adaptiveAvgPool2d", [F(1, 2, 4, 6)], [out], f=T.adaptive_avg_pool2d)
    nn("adaptiveMaxPool2d", [F(1, 2, 4, 6)], [out], f=T.adaptive_max_pool2d)
nn("adaptiveAvgPool2d", [F(2, 3, 5)], [[None, 2]], f=T.adaptive_avg_pool2d)
nn("adaptiveAvgPool3d", [F(1, 2, 2, 3, 4)], [[2, 2, 3]], f=T.adaptive_avg_pool3d)

# Sizes of images.
seq, pic = F(1, 2, 5), F(1, 2, 3, 4)
for how in [{"size": 3}, {"size": 8}, {"size": 1}, {"scale_factor": 1.7}, {"scale_factor": 0.6}, {"scale_factor": 1.7, "recompute_scale_factor": True}]:
    for mode in ["nearest", "nearest-exact", "area"]:
        nn("interpolate", [seq], options={**how, "mode": mode})
    for corners in [False, True]:
        nn("interpolate", [seq], options={**how, "mode": "linear", "align_corners": corners})
for how in [{"size": [5, 3]}, {"size": [1, 7]}, {"scale_factor": [2, 0.6]}]:
    for mode in ["nearest", "nearest-exact", "area"]:
        nn("interpolate", [pic], options={**how, "mode": mode})
    for mode in ["bilinear", "bicubic"]:
        for corners in [False, True]:
            nn("interpolate", [pic], options={**how, "mode": mode, "align_corners": corners})
        nn("interpolate", [F(1, 1, 6, 5)], options={**how, "mode": mode, "antialias": True})
nn("interpolate", [pic], options={"scale_factor": 2})
nn("interpolate", [F(1, 2, 2, 3, 2)], options={"size": [3, 2, 4], "mode": "trilinear"})
nn("interpolate", [F(1, 2, 2, 3, 2)], options={"size": [3, 2, 4], "mode": "nearest"})
nn("interpolate", [F(1, 2, 2, 3, 2)], options={"size": [1, 2, 4], "mode": "area"})

# Around images, and windows of them.
for widths in [[1, 2], [2, 0, 1, 1], [-1, 2], [0, -2, 1, -1]]:
    nn("pad", [F(2, 1, 3, 4)], [widths])
    nn("pad", [F(2, 1, 3, 4)], [widths], options={"value": 1.5})
for mode in ["reflect", "replicate", "circular"]:
    nn("pad", [F(2, 1, 3, 4)], [[1, 2, 2, 0]], options={"mode": mode})
    nn("pad", [F(2, 3, 4)], [[1, 2]], options={"mode": mode})
nn("pad", [F(2, 1, 2, 3, 4)], [[1, 2, 1, 0, 0, 1]], options={"mode": "replicate"})
nn("pad", [F(2, 3)], [[]])
for o in [{}, {"stride": 2}, {"padding": [1, 0]}, {"dilation": [1, 2], "padding": 1, "stride": [2, 1]}]:
    nn("unfold", [F(2, 2, 3, 4)], [[2, 2]], options=o)
    n = T.unfold(torch.zeros(1, 2, 3, 4), (2, 2), **o).shape[2]
    nn("fold", [F(2, 8, n)], [[3, 4], [2, 2]], options=o)
nn("unfold", [F(2, 3, 4)], [2])
nn("fold", [F(8, 6)], [[3, 4], 2])
nn("pixelShuffle", [F(2, 8, 2, 3)], [2])
nn("pixelShuffle", [F(9, 1, 2)], [3])
nn("pixelUnshuffle", [F(2, 2, 4, 6)], [2])
nn("channelShuffle", [F(2, 6, 2)], [3], f=lambda x, g: x.reshape(2, 3, 2, 2).transpose(1, 2).reshape(2, 6, 2))

# Labels of sequences. torch's derivative takes for granted that a softmax came before; ours does not.
probs = np.log(np.random.default_rng(5).dirichlet(np.ones(4), (6, 3)))
labels = np.array([[1, 2, 2], [3, 0, 0], [1, 1, 0]])
steps, sizes = np.array([6, 4, 5]), np.array([3, 1, 2])
for r in ["mean", "sum", "none"]:
    nn("ctcLoss", [probs], constants=[labels, steps, sizes], options={"reduction": r}, f=T.ctc_loss)
nn("ctcLoss", [probs], constants=[np.array([1, 2, 2, 3, 1, 1]), steps, sizes], options={"reduction": "none"}, f=T.ctc_loss)
nn("ctcLoss", [probs[:5]], constants=[np.array([[1, 0, 0], [2, 1, 1], [0, 2, 1]]), np.array([5, 5, 5]), np.array([2, 3, 3])], options={"blank": 3}, f=T.ctc_loss)
nn("ctcLoss", [probs[:, 0]], constants=[np.array([1, 2]), np.array(6), np.array(2)], f=T.ctc_loss)
nn("ctcLoss", [probs[:4]], constants=[labels, np.array([4, 1, 3]), np.array([2, 0, 2])], f=T.ctc_loss, options={"reduction": "sum"})

# Pooling of volumes and powers, places of maxima.
for o in [{}, {"stride": 1}, {"stride": [1, 2, 1], "padding": [0, 1, 1], "ceil_mode": True}]:
    nn("maxPool3d", [F(1, 2, 3, 4, 4)], [2], options=o, f=T.max_pool3d)
    nn("avgPool3d", [F(1, 2, 3, 4, 4)], [2], options=o, f=T.avg_pool3d)
    nn("avgPool3d", [F(1, 2, 3, 4, 4)], [2], options={**o, "divisor_override": 3}, f=T.avg_pool3d)
nn("avgPool3d", [F(1, 2, 3, 4, 4)], [[1, 2, 3]], options={"padding": [0, 1, 1], "count_include_pad": False}, f=T.avg_pool3d)
nn("maxPool3d", [F(2, 3, 4, 5)], [[1, 2, 2]], options={"dilation": [1, 1, 2]}, f=T.max_pool3d)
for o in [{}, {"stride": [1, 2], "padding": [1, 0]}, {"padding": 1, "ceil_mode": True}]:
    nn("avgPool2d", [F(1, 2, 4, 5)], [[2, 3]], options={**o, "divisor_override": 5}, f=T.avg_pool2d)
    nn("maxPool2dWithIndices", [F(2, 2, 4, 5)], [[2, 3]], options=o, f=T.max_pool2d_with_indices)
nn("maxPool2dWithIndices", [F(2, 5, 5)], [2], options={"dilation": 2, "stride": 1, "padding": 1}, f=T.max_pool2d_with_indices)
nn("maxPool1dWithIndices", [F(2, 2, 7)], [3], options={"stride": 2, "padding": 1}, f=T.max_pool1d_with_indices)
_, spots = T.max_pool2d(torch.tensor(F(2, 2, 4, 6)), 2, return_indices=True)
nn("maxUnpool2d", [F(2, 2, 2, 3)], constants=[spots.numpy()], rest=[2], f=T.max_unpool2d)
case("nn.maxUnpool1d", [F(1, 2, 2)], [X0, I([[[1, 2], [0, 3]]]), 2, {"outputSize": 5}], lambda x: plain(T.max_unpool1d(torch.tensor(x), torch.tensor([[[1, 2], [0, 3]]]), 2, output_size=[5])))
nn("lpPool1d", [F(1, 2, 7, low=0.3)], [2, 3], f=T.lp_pool1d)
nn("lpPool2d", [F(1, 2, 4, 5)], [2, 2], f=T.lp_pool2d)
nn("lpPool2d", [F(1, 2, 4, 5, low=0.3)], [1.5, [2, 3]], options={"stride": 1, "ceil_mode": True}, f=T.lp_pool2d)

# Places of images.
for mode in ["bilinear", "nearest", "bicubic"]:
    for padding in ["zeros", "border", "reflection"]:
        for corners in [False, True]:
            nn("gridSample", [F(2, 2, 3, 4), K(2, 2, 3, 2, low=-1.7, high=1.7)], options={"mode": mode, "padding_mode": padding, "align_corners": corners}, f=T.grid_sample)
nn("gridSample", [F(1, 2, 2, 3, 2), K(1, 2, 2, 1, 3, low=-1.3, high=1.3)], options={"align_corners": False}, f=T.grid_sample)
nn("gridSample", [F(1, 2, 2, 3, 2), K(1, 2, 2, 1, 3, low=-1.3, high=1.3)], options={"mode": "nearest", "padding_mode": "border", "align_corners": True}, f=T.grid_sample)
for corners in [False, True]:
    nn("affineGrid", [F(2, 2, 3)], [[2, 1, 3, 4]], options={"align_corners": corners}, f=T.affine_grid)
    nn("affineGrid", [F(2, 3, 4)], [[2, 1, 2, 1, 3]], options={"align_corners": corners}, f=T.affine_grid)

# Places of maxima in volumes and of windows that suit a size, windows at fractions, bags, pairs.
for d, f in enumerate([T.adaptive_max_pool1d, T.adaptive_max_pool2d, T.adaptive_max_pool3d], 1):
    for out in [2, [3, 2, 3][:d]]:
        nn(f"adaptiveMaxPool{d}dWithIndices", [F(1, 2, *[5, 4, 3][:d])], [out if d > 1 or out == 2 else out[0]], f=lambda x, o: f(x, o, return_indices=True))
nn("adaptiveMaxPool3d", [F(2, 3, 4, 2)], [[2, None, 1]], f=T.adaptive_max_pool3d)
for o in [{}, {"stride": [1, 2, 1], "padding": [1, 1, 0]}, {"dilation": [1, 2, 1], "stride": 1}, {"padding": 1, "ceil_mode": True}]:
    nn("maxPool3dWithIndices", [F(1, 1, 4, 4, 4)], [2], options=o, f=lambda x, k, **o: T.max_pool3d(x, k, return_indices=True, **o))
deep, spots = T.max_pool3d(torch.tensor(F(1, 2, 4, 4, 2)), 2, return_indices=True)
nn("maxUnpool3d", [deep.numpy()], constants=[spots.numpy()], rest=[2], f=T.max_unpool3d)
nn("lpPool3d", [F(1, 1, 2, 4, 4)], [2, [1, 2, 2]], f=lambda x, p, k: (T.avg_pool3d(x**p, k) * 4) ** (1 / p))
for d, f in [(2, T.fractional_max_pool2d_with_indices), (3, T.fractional_max_pool3d_with_indices)]:
    samples = np.random.default_rng(2).random((2, 2, d))
    size, out = [5, 6, 5][:d], [2, 4, 3][:d]
    for name in ["fractionalMaxPool%dd", "fractionalMaxPool%ddWithIndices"]:
        take = slice(None) if name.endswith("Indices") else 0
        case("nn." + name % d, [F(2, 2, *size)], [X0, 2, {"outputSize": out, "randomSamples": samples.tolist()}], lambda x: plain(f(torch.tensor(x), 2, out, _random_samples=torch.tensor(samples))[take]), label=f"{size} to {out}")
table = F(6, 3)
bag, offsets = np.array([1, 2, 4, 5, 4, 3, 0, 2]), np.array([0, 3, 3, 6])
for mode in ["sum", "mean", "max"]:
    for rest in [{}, {"padding_idx": 4}]:
        o = {"mode": mode, **rest}
        camels = {camel(k): v for k, v in o.items()}
        case("nn.embeddingBag", [table], [I(bag.tolist()), X0, {"offsets": I(offsets.tolist()), **camels}], lambda w: plain(T.embedding_bag(torch.tensor(bag), torch.tensor(w), torch.tensor(offsets), **o)))
        case("nn.embeddingBag", [table], [I(bag.reshape(2, 4).tolist()), X0, camels], lambda w: plain(T.embedding_bag(torch.tensor(bag.reshape(2, 4)), torch.tensor(w), **o)))
case("nn.embeddingBag", [table, F(8)], [I(bag.tolist()), X0, {"offsets": I([0, 3, 8]), "mode": "sum", "perSampleWeights": X1, "includeLastOffset": True}], lambda w, s: plain(T.embedding_bag(torch.tensor(bag), torch.tensor(w), torch.tensor([0, 3, 8]), mode="sum", per_sample_weights=torch.tensor(s), include_last_offset=True)))
for p in [1, 2, 3]:
    nn("pdist", [F(4, 3)], [p], f=T.pdist)
    case("nn.cdist", [F(2, 3, 3), F(1, 2, 3)], [X0, X1, p], lambda x, y: plain(torch.cdist(torch.tensor(x), torch.tensor(y), p)))
several = np.array([[3, 0, -1, 1], [1, -1, 2, 3], [0, 1, 2, 3]])
for r in ["mean", "sum", "none"]:
    nn("multilabelMarginLoss", [K(3, 4)], constants=[several], options={"reduction": r}, f=T.multilabel_margin_loss)
nn("multilabelMarginLoss", [K(4)], constants=[several[0]], f=T.multilabel_margin_loss)
case("nn.featureAlphaDropout", [F(2, 3)], [X0, 0.5, {"training": False}], lambda x: x)
