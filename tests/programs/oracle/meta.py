"""Derivatives through derivatives and through optimisation: MAML, hypergradients, penalties, influence."""
import torch
from torch.autograd.functional import hessian, jacobian

from torch64 import d, grad, p, write


def mlp(params, x):
    w1, b1, w2, b2 = params
    return torch.tanh(x @ w1 + b1) @ w2 + b2


def mlp_params(inputs=1, hidden=5):
    return [p(1, inputs, hidden), p(2, hidden), p(3, hidden, 1), p(4, 1)]


def maml():
    params = mlp_params()
    total = 0
    for task in range(3):
        x, xq = d(10 + task, 6, 1, scale=3), d(20 + task, 6, 1, scale=3)
        y, yq = torch.sin(x + task), torch.sin(xq + task)
        fast = params
        for _ in range(3):
            loss = ((mlp(fast, x) - y) ** 2).mean()
            g = grad(loss, fast, create_graph=True)
            fast = [w - 0.1 * gw for w, gw in zip(fast, g)]
        total = total + ((mlp(fast, xq) - yq) ** 2).mean()
    return {"loss": total, "grads": grad(total, params)}


def meta_sgd():
    """Learning rates per parameter, and the first-order variant."""
    params = mlp_params()
    rates = [torch.full_like(w, 0.05).requires_grad_() for w in params]
    x, y = d(10, 6, 1), d(11, 6, 1)
    fast = params
    for _ in range(4):
        g = grad(((mlp(fast, x) - y) ** 2).mean(), fast, create_graph=True)
        fast = [w - r * gw for w, r, gw in zip(fast, rates, g)]
    outer = (mlp(fast, y) - x).abs().pow(1.5).sum()
    both = grad(outer, params + rates)
    first = [w.detach().requires_grad_() for w in fast]
    outer1 = (mlp(first, y) - x).abs().pow(1.5).sum()
    return {"params": both[:4], "rates": both[4:], "first": grad(outer1, first)}


def hypergradient():
    """Momentum SGD of 25 steps on a ridge problem; derivatives by log rates, momentum, penalties."""
    x, y, xv, yv = d(1, 12, 4), d(2, 12), d(3, 8, 4), d(4, 8)
    lr, mom, pen = (torch.tensor(v, requires_grad=True) for v in (-1.5, 0.8, -2.0))
    w, v = torch.zeros(4, requires_grad=True), torch.zeros(4)
    for _ in range(25):
        loss = ((x @ w - y) ** 2).mean() + pen.exp() * (w ** 2).sum()
        (g,) = grad(loss, w, create_graph=True)
        v = mom * v - lr.exp() * g
        w = w + v
    val = ((xv @ w - yv) ** 2).mean()
    first = grad(val, (lr, mom, pen), create_graph=True)
    second = grad(sum(first), (lr, mom, pen))
    return {"value": val, "first": first, "second": second}


def gradient_penalty():
    """WGAN-GP: the derivative of a norm of input gradients, by the parameters."""
    params = [p(1, 4, 8), p(2, 8), p(3, 8, 1), p(4, 1)]
    x = d(5, 7, 4).requires_grad_()
    scores = mlp(params, x)
    (gx,) = grad(scores.sum(), x, create_graph=True)
    penalty = ((gx.norm(dim=1) - 1) ** 2).mean()
    loss = scores.mean() + 10 * penalty
    return {"penalty": penalty, "grads": grad(loss, params[:3]), "bias": grad(mlp(params, x).mean(), params[3])}


def implicit_ridge():
    """The minimiser of a ridge problem with a penalty per weight, as a function of the penalties."""
    x, y, xv, yv = d(1, 12, 4), d(2, 12), d(3, 8, 4), d(4, 8)
    logs = d(5, 4).requires_grad_()

    def outer(logs):
        w = torch.linalg.solve(x.T @ x + torch.diag(logs.exp()), x.T @ y)
        return ((xv @ w - yv) ** 2).sum()

    return {"grad": grad(outer(logs), logs)[0], "hessian": hessian(outer, logs.detach())}


def logistic(w, x, y, penalty):
    return torch.nn.functional.softplus(-y * (x @ w)).sum() + 0.5 * penalty * (w ** 2).sum()


def newton(x, y, penalty):
    w = torch.zeros(x.shape[1])
    for _ in range(30):
        g = jacobian(lambda v: logistic(v, x, y, penalty), w)
        h = hessian(lambda v: logistic(v, x, y, penalty), w)
        w = w - torch.linalg.solve(h, g)
    return w


def influence():
    """Influence functions of logistic regression: -H⁻¹ of each example's gradient."""
    x, y = d(1, 10, 3), torch.sign(d(2, 10))
    w = newton(x, y, 0.7)
    h = hessian(lambda v: logistic(v, x, y, 0.7), w)
    each = torch.stack([jacobian(lambda v: logistic(v, x[i : i + 1], y[i : i + 1], 0.0), w) for i in range(10)])
    test = jacobian(lambda v: logistic(v, d(3, 2, 3), torch.tensor([1.0, -1.0]), 0.0), w)
    return {"w": w, "influence": -(each @ torch.linalg.solve(h, test))}


def laplace():
    """Laplace approximation of the evidence of a logistic model, and its derivative by the precision."""
    x, y = d(1, 10, 3), torch.sign(d(2, 10))

    def evidence(a):
        w = newton(x, y, a)
        h = hessian(lambda v: logistic(v, x, y, a), w)
        return -logistic(w, x, y, a) + 1.5 * torch.log(torch.tensor(a)) - 0.5 * torch.logdet(h)

    h = 1e-3
    slope = (8 * (evidence(0.7 + h) - evidence(0.7 - h)) - (evidence(0.7 + 2 * h) - evidence(0.7 - 2 * h))) / (12 * h)
    return {"value": evidence(0.7), "slope": slope}


def fisher():
    """Empirical Fisher matrix, natural gradient, elastic weight consolidation."""
    x = d(1, 9, 3)
    labels = [0, 2, 1, 1, 0, 2, 2, 0, 1]
    w = p(2, 3, 3)
    rows = []
    for i in range(9):
        nll = -torch.log_softmax(x[i] @ w, -1)[labels[i]]
        rows.append(grad(nll, w)[0].reshape(-1))
    g = torch.stack(rows)
    f = g.T @ g / 9
    natural = torch.linalg.solve(f + 0.1 * torch.eye(9), g.mean(0))
    old = d(3, 3, 3)
    loss = -torch.log_softmax(x @ w, -1)[range(9), labels].mean()
    ewc = loss + 5 * (torch.diagonal(f).detach().reshape(3, 3) * (w - old) ** 2).sum()
    return {"fisher": f, "natural": natural, "ewc": grad(ewc, w)[0]}


def private():
    """Gradients per example, clipped by their global norm, averaged."""
    params = [p(1, 4, 8), p(2, 8), p(3, 8, 1), p(4, 1)]
    x, y = d(5, 7, 4), d(6, 7, 1)
    sums = [torch.zeros_like(w) for w in params]
    norms = []
    for i in range(7):
        g = grad(((mlp(params, x[i]) - y[i]) ** 2).sum(), params)
        norm = torch.sqrt(sum((h ** 2).sum() for h in g))
        norms.append(norm)
        factor = torch.clamp(1.0 / norm, max=1)
        sums = [s + h * factor for s, h in zip(sums, g)]
    return {"norms": norms, "grads": [s / 7 for s in sums]}


def gauss_newton():
    """Levenberg-Marquardt on a curve of three parameters."""
    t = torch.linspace(0, 2, 15)
    y = 2.5 * torch.exp(-1.3 * t) + 0.5 + 0.01 * d(1, 15)
    f = lambda q: q[0] * torch.exp(-q[1] * t) + q[2] - y
    q, damping, path = torch.tensor([1.0, 1.0, 0.0]), 1e-2, []
    for _ in range(8):
        r, j = f(q), jacobian(f, q)
        q = q - torch.linalg.solve(j.T @ j + damping * torch.eye(3), j.T @ r)
        path.append(q)
    return path


def newton_cg():
    """Newton's method whose steps are solved by conjugate gradients, on Rosenbrock's function of five."""
    def f(x):
        return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()

    x = torch.tensor([0.8, 0.7, 0.9, 0.6, 0.5])
    path = []
    for _ in range(6):
        g, h = jacobian(f, x), hessian(f, x)
        x = x - torch.linalg.solve(h + 100 * torch.eye(5), g)
        path.append(f(x))
    return {"path": path, "x": x}


def mixed():
    """Second and third derivatives in every mixture of modes."""
    w = d(1, 3, 3)

    def f(x):
        return (torch.tanh(w @ x) * x.exp()).sum() + x.prod()

    def third(x):
        return jacobian(lambda z: hessian(f, z, create_graph=True), x)

    x = d(2, 3)
    return {"hessian": hessian(f, x), "third": third(x)}


write([maml, meta_sgd, hypergradient, gradient_penalty, implicit_ridge, influence, laplace, fisher, private,
       gauss_newton, newton_cg, mixed])
