"""Models of probability: Gaussian processes, flows, variational bounds, chains of states, transport."""
import torch
from torch.autograd.functional import hessian, jacobian

from torch64 import d, grad, p, write


def gaussian_process():
    x, y = d(1, 9, 2, scale=2), d(2, 9)

    def nlml(theta):
        length, amp, noise = theta.exp()
        sq = ((x[:, None] - x[None]) ** 2).sum(-1)
        k = amp ** 2 * torch.exp(-0.5 * sq / length ** 2) + noise * torch.eye(9)
        l = torch.linalg.cholesky(k)
        a = torch.cholesky_solve(y[:, None], l)[:, 0]
        return 0.5 * y @ a + torch.log(torch.diagonal(l)).sum()

    theta = torch.tensor([0.1, 0.3, -1.0])
    return {"value": nlml(theta), "grad": jacobian(nlml, theta), "hessian": hessian(nlml, theta)}


def real_nvp():
    """Two affine coupling layers: log-density of data and gradients."""
    x = d(1, 6, 4)
    params = [p(2, 2, 4), p(3, 2, 4), p(4, 2, 4), p(5, 2, 4)]
    z, logdet = x, torch.zeros(6)
    for i in range(2):
        a, b = z[:, :2], z[:, 2:]
        net = torch.tanh(a @ params[2 * i])
        scale, shift = torch.tanh((net @ params[2 * i + 1].T)), a @ params[2 * i][:, :2] * 0.5
        b = b * scale.exp() + shift
        logdet = logdet + scale.sum(1)
        z = torch.cat([b, a], 1)
    logp = (-0.5 * z ** 2 - 0.5 * torch.log(torch.tensor(2 * torch.pi))).sum(1) + logdet
    return {"logp": logp, "grads": grad(logp.mean(), params)}


def vae():
    x, eps = torch.sigmoid(d(1, 5, 6, scale=3)), d(2, 5, 2)
    enc, dec = p(3, 6, 4), p(4, 2, 6)
    h = x @ enc
    mu, logvar = h[:, :2], h[:, 2:]
    z = mu + torch.exp(0.5 * logvar) * eps
    logits = z @ dec
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum()
    return {"elbo": -(bce + kl), "grads": grad(bce + kl, (enc, dec))}


def hmm():
    """Forward algorithm; posteriors are the gradient by log emissions."""
    a, pi, e = p(1, 3, 3), p(2, 3), p(3, 8, 3, scale=2)
    la, lp = torch.log_softmax(a, 1), torch.log_softmax(pi, 0)
    alpha = lp + e[0]
    for t in range(1, 8):
        alpha = torch.logsumexp(alpha[:, None] + la, 0) + e[t]
    z = torch.logsumexp(alpha, 0)
    g = grad(z, (a, pi, e), create_graph=True)
    second = grad((g[2] * d(4, 8, 3)).sum(), (a, e))
    return {"value": z, "grads": g, "second": second}


def crf():
    """Linear chain, score of a path minus log partition."""
    tr, em = p(1, 4, 4), p(2, 6, 4)
    path = [0, 2, 1, 3, 3, 0]
    alpha = em[0]
    for t in range(1, 6):
        alpha = torch.logsumexp(alpha[:, None] + tr, 0) + em[t]
    score = sum(em[t, path[t]] for t in range(6)) + sum(tr[path[t], path[t + 1]] for t in range(5))
    loss = torch.logsumexp(alpha, 0) - score
    return {"loss": loss, "grads": grad(loss, (tr, em))}


def kalman():
    """Log-likelihood of a linear Gaussian state space model."""
    f, h = p(1, 2, 2), p(2, 1, 2)
    q, r = torch.tensor(-1.0, requires_grad=True), torch.tensor(-0.5, requires_grad=True)
    ys = d(3, 10, 1)
    m, cov = torch.zeros(2), torch.eye(2)
    total = 0
    for t in range(10):
        m, cov = f @ m, f @ cov @ f.T + q.exp() * torch.eye(2)
        s = h @ cov @ h.T + r.exp() * torch.eye(1)
        v = ys[t] - h @ m
        gain = torch.linalg.solve(s, h @ cov).T
        total = total - 0.5 * ((v ** 2 / s[0]).sum() + torch.log(s[0, 0]))
        m, cov = m + gain @ v, cov - gain @ s @ gain.T
    g = grad(total, (f, h, q, r), create_graph=True)
    second = grad(g[2] + g[3], (f, q, r))
    return {"value": total, "grads": g, "second": second}


def mixture():
    """Mixture of Gaussians with full covariances, by Cholesky factors."""
    x = d(1, 8, 2, scale=2)
    w, mu, raw = p(2, 3), p(3, 3, 2), p(4, 3, 2, 2)
    l = torch.tril(raw, -1) + torch.diag_embed(torch.diagonal(raw, dim1=1, dim2=2).exp())
    diff = x[:, None] - mu
    z = torch.linalg.solve_triangular(l, diff.transpose(0, 1).transpose(1, 2), upper=False)
    logp = -0.5 * (z ** 2).sum(1).T - torch.log(torch.diagonal(l, dim1=1, dim2=2)).sum(1)
    value = torch.logsumexp(torch.log_softmax(w, 0) + logp, 1).sum()
    return {"value": value, "grads": grad(value, (w, mu, raw))}


def hamiltonian_monte_carlo():
    """Leapfrog trajectory on a banana; derivative of its end by step size and start."""
    def energy(q):
        return 0.5 * q[0] ** 2 + 2 * (q[1] - q[0] ** 2) ** 2

    q, v = p(1, 2), d(2, 2)
    eps = torch.tensor(0.1, requires_grad=True)
    force = lambda z: grad(energy(z), z, create_graph=True)[0]
    z = q * 1
    v = v - 0.5 * eps * force(z)
    for i in range(10):
        z = z + eps * v
        v = v - (eps if i < 9 else 0.5 * eps) * force(z)
    out = torch.cat([z, v])
    rows = [grad(out[i], (q, eps), retain_graph=True) for i in range(4)]
    return {"end": out, "by_q": [r[0] for r in rows], "by_eps": [r[1] for r in rows]}


def sinkhorn():
    """Entropic transport in logs: gradient of the cost by points, through 50 steps."""
    x, y = p(1, 5, 2), d(2, 6, 2)
    cost = ((x[:, None] - y[None]) ** 2).sum(-1)
    eps = 0.2
    la, lb = -torch.log(torch.tensor(5.0)), -torch.log(torch.tensor(6.0))
    f, g = torch.zeros(5), torch.zeros(6)
    for _ in range(50):
        f = eps * (la - torch.logsumexp((g[None] - cost) / eps, 1))
        g = eps * (lb - torch.logsumexp((f[:, None] - cost) / eps, 0))
    plan = torch.exp((f[:, None] + g[None] - cost) / eps)
    value = (plan * cost).sum()
    return {"value": value, "grad": grad(value, x)[0]}


def soft_dtw():
    x, y = p(1, 6), p(2, 5)
    gamma = 0.3

    def value(x, y):
        cost = (x[:, None] - y[None]) ** 2
        inf = torch.tensor(float("inf"))
        r = {(i, j): inf for i in range(7) for j in range(6)}
        r[0, 0] = torch.tensor(0.0)
        for i in range(1, 7):
            for j in range(1, 6):
                near = [r[i - 1, j - 1], r[i - 1, j], r[i, j - 1]]
                near = torch.stack([v for v in near if torch.isfinite(v)])
                r[i, j] = cost[i - 1, j - 1] - gamma * torch.logsumexp(-near / gamma, 0)
        return r[6, 5]

    v = value(x, y)
    h = hessian(lambda z: value(z, y.detach()), x.detach())
    return {"value": v, "grads": grad(v, (x, y)), "hvp": h @ d(3, 6)}


def score_matching():
    """½|s|² + tr ∇s of an energy network, exact and by a fixed probe; gradients by parameters."""
    w1, w2 = p(1, 3, 6), p(2, 6)
    x, probe = d(3, 5, 3), torch.sign(d(4, 5, 3))
    exact, sliced = 0, 0
    for i in range(5):
        z = x[i].clone().requires_grad_()
        s = grad(-(torch.tanh(z @ w1) @ w2), z, create_graph=True)[0]
        rows = [grad(s[k], z, create_graph=True)[0] for k in range(3)]
        exact = exact + 0.5 * (s ** 2).sum() + sum(rows[k][k] for k in range(3))
        hv = grad((s * probe[i]).sum(), z, create_graph=True)[0]
        sliced = sliced + 0.5 * (s ** 2).sum() + (hv * probe[i]).sum()
    return {"exact": exact, "exact_grads": grad(exact, (w1, w2), retain_graph=True),
            "sliced": sliced, "sliced_grads": grad(sliced, (w1, w2))}


def reinforce():
    """Policy gradient with a baseline over fixed actions, returns to go, entropy bonus."""
    w, v = p(1, 4, 3), p(2, 4)
    s, rewards = d(3, 6, 4), d(4, 6)
    actions = [0, 1, 2, 2, 1, 0]
    returns = torch.zeros(6)
    acc = torch.tensor(0.0)
    for t in reversed(range(6)):
        acc = rewards[t] + 0.9 * acc
        returns[t] = acc
    logp = torch.log_softmax(s @ w, 1)
    value = s @ v
    adv = (returns - value).detach()
    entropy = -(logp.exp() * logp).sum(1)
    loss = -(logp[range(6), actions] * adv).mean() + 0.5 * ((returns - value) ** 2).mean() - 0.01 * entropy.mean()
    return {"loss": loss, "grads": grad(loss, (w, v))}


def svgd():
    """Stein variational gradient descent: kernel gradients through three steps."""
    x = p(1, 5, 2)
    z = x * 1
    logp = lambda q: -(q ** 2).sum(-1) + torch.cos(q[..., 0])
    for _ in range(3):
        s = grad(logp(z).sum(), z, create_graph=True)[0]
        diff = z[:, None] - z[None]
        k = torch.exp(-0.5 * (diff ** 2).sum(-1))
        z = z + 0.1 * (k @ s + (diff * k[..., None]).sum(1)) / 5
    return {"end": z, "grad": grad((z ** 2).sum(), x)[0]}


write([gaussian_process, real_nvp, vae, hmm, crf, kalman, mixture, hamiltonian_monte_carlo, sinkhorn, soft_dtw,
       score_matching, reinforce, svgd])
