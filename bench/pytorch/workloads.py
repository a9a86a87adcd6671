"""The workloads, as PyTorch writes them: a call, and the norms that are compared."""

import torch
import torch.nn.functional as F

try:
    from torch.func import grad_and_value, hessian, vmap
except ImportError:
    try:
        from functorch import grad_and_value, hessian, vmap
    except ImportError:
        vmap = None


class Unsupported(Exception):
    pass


def formula(x):
    y = torch.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def norms(*tensors):
    return [float(t.detach().double().norm()) for t in tensors]


def make(kind, data, dtype):
    real = torch.float64 if dtype == "float64" else torch.float32

    def tensor(values, *shape, grad=False):
        t = values.to(real).reshape(shape or (-1,)).clone()
        return t.requires_grad_(grad)

    return MAKERS[kind](data, tensor)


def measured(loss, *leaves):
    """A loss of leaves, whose gradients start anew in every call."""

    def call():
        for leaf in leaves:
            leaf.grad = None
        value = loss()
        value.backward()
        return value.item()

    return call, lambda: norms(*(leaf.grad for leaf in leaves))


def trained(loss, leaves, rate, compared):
    optimizer = torch.optim.SGD(leaves, rate)

    def call():
        optimizer.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        optimizer.step()
        return value.item()

    return call, lambda: norms(*compared)


def value(data, tensor):
    def call():
        x = torch.tensor(float(data["x"]), requires_grad=True)
        y = formula(x)
        y.backward()
        return [y.item(), x.grad.item()]

    return call, None


def third(data, tensor):
    def call():
        x = torch.tensor(float(data["x"]), requires_grad=True)
        y = formula(x)
        for order in range(3):
            (y,) = torch.autograd.grad(y, x, create_graph=order < 2)
        return y.item()

    return call, None


def elementwise(data, tensor):
    x = tensor(data["x"], grad=True)
    return measured(lambda: formula(x).sum(), x)


def forward(data, tensor):
    n = data["n"]
    a, b = tensor(data["a"], n, n), tensor(data["b"], n, n)

    def call():
        a @ b
        return 0

    return call, lambda: norms(a @ b)


def gradients(data, tensor):
    n = data["n"]
    a, b = (tensor(data[name], n, n, grad=True) for name in "ab")
    c = tensor(data["c"], n, n)
    return measured(lambda: ((a @ b) * c).sum(), a, b)


def parameters(data, tensor, shapes, grad=True):
    return [tensor(data[name], *shape, grad=grad) for name, shape in shapes.items()]


SMALL = {"w1": (2, 16), "b1": (16,), "w2": (16, 16), "b2": (16,), "w3": (16, 1), "b3": (1,)}
LARGE = {
    "w1": (784, 256),
    "b1": (256,),
    "w2": (256, 128),
    "b2": (128,),
    "w3": (128, 10),
    "b3": (10,),
}
IMAGES = {
    "k1": (16, 1, 3, 3),
    "c1": (16,),
    "k2": (32, 16, 3, 3),
    "c2": (32,),
    "w3": (1568, 10),
    "b3": (10,),
}


def predict(p, x):
    h = torch.tanh(torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3])
    return h @ p[4] + p[5]


def network(data, tensor):
    p = parameters(data, tensor, SMALL)
    x, y = tensor(data["x"], -1, 2), tensor(data["y"], -1, 1)
    loss = lambda: ((predict(p, x) - y) ** 2).mean()
    return trained(loss, p, data["rate"], [p[0], p[2], p[4]])


def classifier(data, tensor):
    p = parameters(data, tensor, LARGE)
    x, labels = tensor(data["x"], -1, 784), data["labels"].long()

    def loss():
        h = torch.relu(torch.relu(x @ p[0] + p[1]) @ p[2] + p[3])
        return F.cross_entropy(h @ p[4] + p[5], labels)

    return trained(loss, p, data["rate"], [p[0], p[4]])


def convnet(data, tensor):
    p = parameters(data["firstChannels"], tensor, IMAGES)
    x, labels = tensor(data["x"], -1, 1, 28, 28), data["labels"].long()

    def loss():
        h = F.max_pool2d(F.relu(F.conv2d(x, p[0], p[1], padding=1)), 2)
        h = F.max_pool2d(F.relu(F.conv2d(h, p[2], p[3], padding=1)), 2)
        return F.cross_entropy(h.reshape(-1, 1568) @ p[4] + p[5], labels)

    return trained(loss, p, data["rate"], [p[0], p[2], p[4]])


def recurrent(data, tensor):
    batch, hidden, inputs = data["batch"], data["hidden"], data["inputs"]
    xs = list(tensor(data["xs"], -1, batch, inputs))
    w = tensor(data["w"], hidden, hidden, grad=True)
    u = tensor(data["u"], inputs, hidden, grad=True)

    def loss():
        h = torch.zeros(batch, hidden)
        for x in xs:
            h = torch.tanh(h @ w + x @ u)
        return (h * h).mean()

    return measured(loss, w, u)


def second(data, tensor):
    if vmap is None:
        raise Unsupported("has no hessian without functorch")
    x, both = tensor(data["x"]), hessian(rosenbrock)
    return lambda: both(x)[0, 0].item(), lambda: norms(both(x))


def along(data, tensor):
    x, v = tensor(data["x"], grad=True), tensor(data["v"])

    def product():
        (gradient,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(gradient, x, v)[0]

    return lambda: product()[0].item(), lambda: norms(product())


def per_example(data, tensor):
    if vmap is None:
        raise Unsupported("has no vmap without functorch")
    x, y = tensor(data["x"], -1, 2), tensor(data["y"], -1, 1)
    p = tuple(parameters(data, tensor, SMALL, grad=False))
    error = lambda p, x, y: ((predict(p, x) - y) ** 2).sum()
    each = vmap(grad_and_value(error), in_dims=(None, 0, 0))

    def norm():
        grads, _ = each(p, x, y)
        return [float(sum((g.double() ** 2).sum() for g in grads) ** 0.5)]

    return lambda: each(p, x, y)[1].sum().item(), norm


def total(data, tensor):
    x = tensor(data["x"], data["rows"], data["columns"], grad=True)
    return measured(lambda: x.sum(), x)


def softmax(data, tensor):
    x = tensor(data["x"], data["rows"], data["columns"], grad=True)
    c = tensor(data["c"], data["rows"], data["columns"])
    return measured(lambda: (torch.softmax(x, 1) * c).sum(), x)


def layernorm(data, tensor):
    columns = data["columns"]
    x = tensor(data["x"], -1, columns, grad=True)
    gain, bias = (tensor(data[name], grad=True) for name in ("gain", "bias"))
    c = tensor(data["c"], -1, columns)
    return measured(lambda: (F.layer_norm(x, (columns,), gain, bias) * c).sum(), x, gain, bias)


def chain(data, tensor):
    def call():
        x = torch.tensor(float(data["x"]), requires_grad=True)
        y = x
        for _ in range(int(data["steps"])):
            y = y * 1.0001 + 0.001
        y.backward()
        return x.grad.item()

    return call, None


MAKERS = {
    "W1": value,
    "W1b": third,
    "W2": elementwise,
    "W3.forward": forward,
    "W3.gradients": gradients,
    "W4": network,
    "W5": classifier,
    "W6": convnet,
    "W7": recurrent,
    "W8.hessian": second,
    "W8.product": along,
    "W9": per_example,
    "W11.sum": total,
    "W11.softmax": softmax,
    "W11.layernorm": layernorm,
    "deep": chain,
}
