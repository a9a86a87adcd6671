"""Equations in time and space: neural ODEs, sensitivities, mechanics, PINNs, control, equilibria."""
import torch
from torch.autograd.functional import hessian, jacobian

from torch64 import d, grad, p, write


def rk4(f, y, t, h):
    k1 = f(t, y)
    k2 = f(t + h / 2, y + h / 2 * k1)
    k3 = f(t + h / 2, y + h / 2 * k2)
    k4 = f(t + h, y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def neural_ode():
    w1, w2, y0 = p(1, 3, 5), p(2, 5, 3), p(3, 3)
    y, path = y0, []
    for i in range(20):
        y = rk4(lambda t, z: torch.tanh(z @ w1 + t) @ w2, y, i * 0.1, 0.1)
        path.append(y)
    loss = (torch.stack(path) ** 2).sum()
    g = grad(loss, (w1, w2, y0), create_graph=True)
    second = grad((g[2] * d(4, 3)).sum(), (w1, y0))
    return {"end": y, "grads": g, "second": second}


def lotka_volterra():
    """Sensitivities of the end by four rates, to second order."""
    def end(q):
        y = torch.tensor([1.0, 0.6])
        f = lambda t, z: torch.stack([q[0] * z[0] - q[1] * z[0] * z[1], -q[2] * z[1] + q[3] * z[0] * z[1]])
        for i in range(30):
            y = rk4(f, y, 0, 0.1)
        return y

    q = torch.tensor([1.1, 0.7, 0.9, 0.5])
    second = jacobian(lambda z: jacobian(end, z, create_graph=True), q)
    return {"end": end(q), "first": jacobian(end, q), "second": second}


def continuous_flow():
    """A continuous normalising flow: the trace of the Jacobian integrated along."""
    w1, w2, z0 = p(1, 2, 4), p(2, 4, 2), d(3, 5, 2)

    def f(z):
        return torch.tanh(z @ w1) @ w2

    def trace(z):
        return torch.stack([torch.trace(jacobian(f, z[i], create_graph=True)) for i in range(5)])

    z, logp = z0.clone(), torch.zeros(5)
    for _ in range(6):
        logp = logp - 0.2 * trace(z)
        z = z + 0.2 * f(z)
    loss = (logp + 0.5 * (z ** 2).sum(1)).mean()
    return {"logp": logp, "grads": grad(loss, (w1, w2))}


def double_pendulum():
    """Accelerations from a Lagrangian by its derivatives, then energy along a path, then its gradient."""
    def lagrangian(q, v):
        x1, y1 = torch.sin(q[0]), -torch.cos(q[0])
        vx1, vy1 = v[0] * torch.cos(q[0]), v[0] * torch.sin(q[0])
        vx2, vy2 = vx1 + v[1] * torch.cos(q[1]), vy1 + v[1] * torch.sin(q[1])
        kinetic = 0.5 * (vx1 ** 2 + vy1 ** 2) + 0.5 * (vx2 ** 2 + vy2 ** 2)
        return kinetic - 9.8 * (2 * y1 - torch.cos(q[1]))

    def acceleration(q, v):
        (hqq, hqv), (hvq, hvv) = hessian(lagrangian, (q, v), create_graph=True)
        gq, _ = jacobian(lagrangian, (q, v), create_graph=True)
        return torch.linalg.solve(hvv, gq - hvq @ v)

    def end(s):
        y = s
        for _ in range(5):
            y = rk4(lambda t, z: torch.cat([z[2:], acceleration(z[:2], z[2:])]), y, 0, 0.05)
        return y

    s = torch.tensor([0.5, -0.3, 0.1, 0.2])
    return {"acceleration": acceleration(s[:2], s[2:]), "end": end(s), "jacobian": jacobian(end, s)}


def lagrangian_network():
    """The loss of a Lagrangian neural network by its parameters: third derivatives through a solve."""
    w1, w2 = p(1, 4, 6), p(2, 6)

    def lagrangian(q, v):
        return torch.nn.functional.softplus(torch.cat([q, v]) @ w1) @ w2 + (v ** 2).sum()

    total = 0
    for i in range(3):
        q, v, target = d(10 + i, 2).requires_grad_(), d(20 + i, 2).requires_grad_(), d(30 + i, 2)
        (hqq, hqv), (hvq, hvv) = hessian(lagrangian, (q, v), create_graph=True)
        gq, _ = jacobian(lagrangian, (q, v), create_graph=True)
        a = torch.linalg.solve(hvv, gq - hvq @ v)
        total = total + ((a - target) ** 2).sum()
    return {"loss": total, "grads": grad(total, (w1, w2))}


def pinn():
    """u_t + u u_x - ν u_xx + µ u_xxxx at points, squared, by the parameters."""
    w1, b1, w2 = p(1, 2, 7), p(2, 7), p(3, 7)
    t, x = d(4, 6).requires_grad_(), d(5, 6).requires_grad_()
    u = torch.tanh(torch.stack([t, x], 1) @ w1 + b1) @ w2
    by = lambda y, z: grad(y.sum(), z, create_graph=True)[0]
    ut, ux = by(u, t), by(u, x)
    uxx = by(ux, x)
    uxxx = by(uxx, x)
    uxxxx = by(uxxx, x)
    residual = ut + u * ux - 0.1 * uxx + 0.01 * uxxxx
    loss = (residual ** 2).mean()
    return {"residual": residual, "grads": grad(loss, (w1, b1, w2))}


def control():
    """A pendulum swung up: gradient and Hessian product of the cost by twelve controls."""
    def cost(u):
        s, c = torch.tensor([3.0, 0.0]), 0
        for k in range(12):
            f = lambda t, z: torch.stack([z[1], -torch.sin(z[0]) - 0.1 * z[1] + u[k]])
            s = rk4(f, s, 0, 0.2)
            c = c + 0.01 * u[k] ** 2 + (1 - torch.cos(s[0])) * 0.1
        return c + s[1] ** 2

    u = d(1, 12)
    return {"cost": cost(u), "grad": jacobian(cost, u), "hvp": hessian(cost, u) @ d(2, 12)}


def lqr():
    """Riccati recursion differentiated by the dynamics."""
    a, b = p(1, 3, 3), p(2, 3, 2)
    pm = torch.eye(3)
    for _ in range(8):
        k = torch.linalg.solve(0.5 * torch.eye(2) + b.T @ pm @ b, b.T @ pm @ a)
        pm = torch.eye(3) + a.T @ pm @ (a - b @ k)
    value = torch.trace(pm)
    return {"value": value, "gain": k, "grads": grad(value, (a, b))}


def equilibrium():
    """A deep equilibrium layer, unrolled far enough; gradients by all of it, and by them again."""
    w, u, b = p(1, 5, 5, scale=0.3), p(2, 3, 5), p(3, 5)
    x = d(4, 4, 3)
    z = torch.zeros(4, 5)
    for _ in range(150):
        z = torch.tanh(z @ w + x @ u + b)
    loss = (z ** 2).sum()
    g = grad(loss, (w, u, b), create_graph=True)
    second = grad((g[2] * d(5, 5)).sum(), (w, b))
    return {"z": z, "grads": g, "second": second}


def heat():
    """The diffusivity of a heat equation found by descent through its implicit solver."""
    n = 10
    lap = torch.diag(torch.full((n,), -2.0)) + torch.diag(torch.ones(n - 1), 1) + torch.diag(torch.ones(n - 1), -1)
    u0 = torch.sin(torch.linspace(0, 3.0, n))

    def solve(k):
        u = u0
        for _ in range(5):
            u = torch.linalg.solve(torch.eye(n) - 0.1 * (torch.diag(k) @ lap), u)
        return u

    target = solve(torch.full((n,), 1.5))
    k = torch.ones(n, requires_grad=True)
    losses = []
    for _ in range(5):
        loss = ((solve(k) - target) ** 2).sum()
        (g,) = grad(loss, k)
        losses.append(loss)
        k = (k - 5 * g).detach().requires_grad_()
    return {"losses": losses, "k": k}


def particles():
    """Springs and gravity: symplectic steps; the energy at the end by masses and stiffness."""
    x0, v0 = d(1, 4, 2), d(2, 4, 2)
    m, k = torch.tensor([1.0, 2.0, 0.5, 1.5], requires_grad=True), torch.tensor(3.0, requires_grad=True)

    def potential(x):
        diff = x[:, None] - x[None]
        dist = torch.sqrt((diff ** 2).sum(-1) + 0.01)
        return 0.25 * k * ((dist - 0.5) ** 2).sum() + 9.8 * (m * x[:, 1]).sum()

    x, v = x0.clone().requires_grad_(), v0.clone()
    for _ in range(15):
        (g,) = grad(potential(x), x, create_graph=True)
        v = v - 0.02 * g / m[:, None]
        x = x + 0.02 * v
    out = (x ** 2).sum() + (v * m[:, None]).sum()
    return {"x": x, "grads": grad(out, (m, k))}


write([neural_ode, lotka_volterra, continuous_flow, double_pendulum, lagrangian_network, pinn, control, lqr,
       equilibrium, heat, particles])
