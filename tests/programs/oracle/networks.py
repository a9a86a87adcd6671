"""Networks and their training: recurrent, attention, convolution, normalisation, adversaries."""
import torch
import torch.nn.functional as F

from torch64 import d, grad, p, write


def lstm():
    """torch.nn.LSTM over a batch: outputs and gradients of all weights."""
    net = torch.nn.LSTM(3, 4)
    for i, w in enumerate(net.parameters()):
        w.data = d(i + 1, *w.shape)
    x = d(9, 6, 2, 3)
    out, (h, c) = net(x)
    loss = (out ** 2).sum() + c.sum()
    return {"out": out, "grads": grad(loss, list(net.parameters()))}


def gru():
    net = torch.nn.GRU(3, 4)
    for i, w in enumerate(net.parameters()):
        w.data = d(i + 1, *w.shape)
    x = d(9, 5, 2, 3)
    out, h = net(x)
    return {"out": out, "grads": grad((out ** 2).sum(), list(net.parameters()))}


def transformer():
    """A pre-norm block with causal attention of two heads, embeddings, and a tied output layer."""
    v, t, c, heads = 7, 5, 6, 2
    emb, pos = p(1, v, c), p(2, t, c)
    qkv, proj, w1, w2 = p(3, c, 3 * c), p(4, c, c), p(5, c, 8), p(6, 8, c)
    g1, b1, g2, b2 = p(7, c), p(8, c), p(9, c), p(10, c)
    tokens = torch.tensor([[1, 4, 2, 0, 6], [3, 3, 5, 1, 2]])
    targets = torch.tensor([[4, 2, 0, 6, 1], [3, 5, 1, 2, 0]])
    x = emb[tokens] + pos
    n = F.layer_norm(x, (c,), g1, b1)
    q, k, w = (n @ qkv).split(c, -1)
    split = lambda z: z.reshape(2, t, heads, c // heads).transpose(1, 2)
    q, k, w = split(q), split(k), split(w)
    att = q @ k.transpose(-1, -2) / (c // heads) ** 0.5
    att = att.masked_fill(torch.triu(torch.ones(t, t, dtype=torch.bool), 1), float("-inf"))
    y = (torch.softmax(att, -1) @ w).transpose(1, 2).reshape(2, t, c)
    x = x + y @ proj
    x = x + F.gelu(F.layer_norm(x, (c,), g2, b2) @ w1) @ w2
    logits = x @ emb.T
    loss = F.cross_entropy(logits.reshape(-1, v), targets.reshape(-1))
    ps = (emb, pos, qkv, proj, w1, w2, g1, b1, g2, b2)
    return {"loss": loss, "grads": grad(loss, ps)}


def convnet():
    """Three steps of SGD with momentum of a small convolutional classifier."""
    ws = [p(1, 4, 1, 3, 3), p(2, 4), p(3, 36, 3), p(4, 3)]
    x, labels = d(5, 5, 1, 8, 8), torch.tensor([0, 2, 1, 1, 0])
    vs = [torch.zeros_like(w) for w in ws]
    losses = []
    for _ in range(3):
        h = F.max_pool2d(torch.relu(F.conv2d(x, ws[0], ws[1])), 2)
        loss = F.cross_entropy(h.reshape(5, -1) @ ws[2] + ws[3], labels)
        losses.append(loss)
        gs = grad(loss, ws)
        vs = [0.9 * v + g for v, g in zip(vs, gs)]
        ws = [(w - 0.1 * v).detach().requires_grad_() for w, v in zip(ws, vs)]
    return {"losses": losses, "ws": ws}


def batch_norm():
    """A network with batch normalisation, running statistics, Adam; then evaluation."""
    w1, gamma, beta, w2 = p(1, 3, 6), torch.ones(6, requires_grad=True), torch.zeros(6, requires_grad=True), p(2, 6, 1)
    mean, var = torch.zeros(6), torch.ones(6)
    x, y = d(3, 8, 3), d(4, 8, 1)
    opt = torch.optim.Adam([w1, gamma, beta, w2], lr=0.05)
    losses = []
    for _ in range(5):
        h = F.batch_norm(x @ w1, mean, var, gamma, beta, training=True, momentum=0.1)
        loss = ((torch.relu(h) @ w2 - y) ** 2).mean()
        losses.append(loss)
        opt.zero_grad()
        loss.backward()
        opt.step()
    out = torch.relu(F.batch_norm(x @ w1, mean, var, gamma, beta, training=False)) @ w2
    return {"losses": losses, "mean": mean, "var": var, "out": out}


def adversaries():
    """Generator and discriminator trained in turns, with detach."""
    g, c = p(1, 2, 3), p(2, 3, 1)
    real, noise = d(3, 6, 3), d(4, 6, 2)
    for _ in range(4):
        fake = torch.tanh(noise @ g)
        loss = F.softplus(-(real @ c)).mean() + F.softplus(fake.detach() @ c).mean()
        loss.backward()
        with torch.no_grad():
            c -= 0.3 * c.grad
        c.grad = None
        loss = F.softplus(-(torch.tanh(noise @ g) @ c)).mean()
        loss.backward()
        with torch.no_grad():
            g -= 0.3 * g.grad
        g.grad = None
        c.grad = None
    return {"g": g, "c": c}


def truncated():
    """Backpropagation through time, cut every third step; gradients accumulate."""
    w, u = p(1, 4, 4), p(2, 2, 4)
    x = d(3, 9, 2)
    h, total = torch.zeros(4), 0
    for t in range(9):
        h = torch.tanh(h @ w + x[t] @ u)
        total = total + (h ** 2).sum()
        if t % 3 == 2:
            total.backward()
            h, total = h.detach(), 0
    return {"w": w.grad, "u": u.grad}


def contrastive():
    """InfoNCE over normalised projections of two views."""
    w = p(1, 5, 3)
    a, b = d(2, 6, 5), d(3, 6, 5)
    za, zb = F.normalize(a @ w, dim=1), F.normalize(b @ w, dim=1)
    logits = za @ zb.T / 0.3
    loss = 0.5 * (F.cross_entropy(logits, torch.arange(6)) + F.cross_entropy(logits.T, torch.arange(6)))
    return {"loss": loss, "grad": grad(loss, w)[0]}


def spectral():
    """Spectral normalisation by power iteration, and a loss of singular values and eigenvectors."""
    w = p(1, 4, 3)
    u = torch.ones(4) / 2
    for _ in range(5):
        v = F.normalize(w.T @ u, dim=0)
        u = F.normalize(w @ v, dim=0)
    sigma = u @ w @ v
    loss = ((w / sigma) @ d(2, 3) ).pow(2).sum()
    nuclear = torch.linalg.svdvals(w).sum()
    cov = w.T @ w
    values, vectors = torch.linalg.eigh(cov)
    pca = ((w @ vectors[:, -2:] @ vectors[:, -2:].T - w) ** 2).sum() + values[0].sqrt()
    g = lambda y: grad(y, w, retain_graph=True)[0]
    return {"loss": loss, "by_loss": g(loss), "by_nuclear": g(nuclear), "by_pca": g(pca)}


def lista():
    """Unrolled shrinkage: gradients by dictionary and thresholds."""
    a, theta = p(1, 4, 6), torch.full((3,), 0.1, requires_grad=True)
    y = d(2, 4)
    z = torch.zeros(6)
    for k in range(3):
        z = F.softshrink(z + 0.2 * a.T @ (y - a @ z), 0.0)
        z = torch.sign(z) * torch.relu(z.abs() - theta[k])
    loss = ((a @ z - y) ** 2).sum() + z.abs().sum()
    return {"z": z, "grads": grad(loss, (a, theta))}


def rules():
    """Functions with rules of their own: straight-through, reversal, clipping, a stable root."""
    class Round(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return torch.round(x * 4) / 4

        @staticmethod
        def backward(ctx, g):
            return g

    class Reverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, k):
            ctx.k = k
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return -ctx.k * g, None

    w, v, c = p(1, 4, 5), p(2, 5), p(3, 5)
    x = d(4, 6, 4)
    h = Round.apply(torch.tanh(x @ w))
    task = ((h @ v) ** 2).mean()
    domain = torch.sigmoid(Reverse.apply(h, 0.7) @ c).mean()
    return {"grads": grad(task + domain, (w, v, c))}


write([lstm, gru, transformer, convnet, batch_norm, adversaries, truncated, contrastive, spectral, lista, rules])
