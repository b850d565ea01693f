"""Writes training_torch.txt: what PyTorch computes for small trainings in double precision.

    apt-get install python3-torch
    /usr/bin/python3 tests/golden/make_training_torch.py > tests/golden/training_torch.txt

Each case is a network, an optimizer and a loss; tests/lua/torch_spec.lua describes the same ones. Parameters and
images come from the linear congruential generator below. A case is the line "case NAME", "losses" of four steps on
the same batch, "tensor NAME values" of all parameters afterwards, and "predictions" outside training.

PyTorch's moving variance is the unbiased one; Keras', and ours, the biased: it is computed here from the batch's.
Its epsilon of Adam stands elsewhere than Keras'; with 1e-12 there is no difference.
"""
import math

import torch

torch.set_default_dtype(torch.float64)
f = torch.nn.functional
IMAGES, CHANNELS, HEIGHT, WIDTH, EPSILON = 11, 2, 6, 7, 1e-3


class Generator:
    """x = 1664525 x + 1013904223 mod 2^32; the upper 24 bits as a number in [0, 1)."""

    def __init__(self):
        self.state = 1

    def tensor(self, shape, width, low):
        values = []
        for _ in range(math.prod(shape)):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            values.append(low + width * (self.state >> 8) / 2**24)
        return torch.tensor(values).to(torch.float32).to(torch.float64).reshape(shape)


class Network:
    """conv 3, [batch norm], relu, pool, [flatten or mean], dense 4 tanh, [batch norm], dense K."""

    def __init__(self, outputs, batch_norm, mean):
        self.mean, self.batch_norm = mean, batch_norm
        self.parameters, self.moving, generator = {}, {}, Generator()

        def add(name, shape, width):
            for suffix, size, extent in (("weight", shape, width), ("bias", shape[:1], 0.25)):
                self.parameters[f"{name}.{suffix}"] = generator.tensor(size, extent, -extent / 2)

        def add_norm(name, count):
            if not batch_norm:
                return
            self.parameters[f"{name}.gamma"] = generator.tensor((count,), 1.0, 0.5)
            self.parameters[f"{name}.beta"] = generator.tensor((count,), 1.0, -0.5)
            self.moving[name] = [torch.zeros(count), torch.ones(count)]

        add("conv2d", (3, CHANNELS, 3, 3), 1.0)
        add_norm("batch_normalization", 3)
        add("dense", (4, 3 if mean else 3 * (HEIGHT // 2) * (WIDTH // 2)), 1.0)
        add_norm("batch_normalization_1", 4)
        add("dense_1", (outputs, 4), 1.0)
        for parameter in self.parameters.values():
            parameter.requires_grad_()
        self.images = generator.tensor((IMAGES, CHANNELS, HEIGHT, WIDTH), 1.0, 0.0)

    def normalise(self, name, x, training):
        if not self.batch_norm:
            return x
        gamma, beta = self.parameters[f"{name}.gamma"], self.parameters[f"{name}.beta"]
        moving = self.moving[name]
        if not training:
            return f.batch_norm(x, moving[0], moving[1], gamma, beta, False, 0.0, EPSILON)
        axes = [0, 2, 3] if x.dim() == 4 else [0]
        with torch.no_grad():
            moving[0] = 0.9 * moving[0] + 0.1 * x.mean(axes)
            moving[1] = 0.9 * moving[1] + 0.1 * x.var(axes, unbiased=False)
        return f.batch_norm(x, None, None, gamma, beta, True, 0.0, EPSILON)

    def __call__(self, training):
        p = self.parameters
        x = f.conv2d(self.images, p["conv2d.weight"], p["conv2d.bias"], padding=1)
        x = f.max_pool2d(f.relu(self.normalise("batch_normalization", x, training)), 2)
        x = x.mean((2, 3)) if self.mean else x.flatten(1)
        x = torch.tanh(f.linear(x, p["dense.weight"], p["dense.bias"]))
        x = self.normalise("batch_normalization_1", x, training)
        return f.linear(x, p["dense_1.weight"], p["dense_1.bias"])


class Muon(torch.optim.AdamW):
    """AdamW, but for the weights between the image and the output: the first and the third parameter.

    Jordan et al. 2024 (kellerjordan.github.io/posts/muon) with the factor of Liu et al. 2025 (arXiv:2502.16982).
    """

    def __init__(self, parameters, matrices, momentum, nesterov, ns_steps, **settings):
        matrices = [parameters[k] for k in matrices]
        super().__init__([p for p in parameters if all(p is not m for m in matrices)], **settings)
        self.settings, self.how = settings, (momentum, nesterov, ns_steps)
        self.matrices = [(m, torch.zeros_like(m)) for m in matrices]

    def zero_grad(self):
        super().zero_grad()
        for matrix, _ in self.matrices:
            matrix.grad = None

    @torch.no_grad()
    def step(self):
        super().step()
        momentum, nesterov, ns_steps = self.how
        for matrix, velocity in self.matrices:
            velocity.mul_(momentum).add_(matrix.grad)
            x = (matrix.grad + momentum * velocity if nesterov else velocity).flatten(1)
            x = x / x.norm()
            for _ in range(ns_steps):
                square = x @ x.T
                x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
            change = 0.2 * math.sqrt(max(x.shape)) * x.reshape(matrix.shape)
            matrix -= self.settings["lr"] * (self.settings["weight_decay"] * matrix + change)


def show(values):
    return " ".join(f"{value:.9g}" for value in values)


def run(name, outputs, make_optimizer, smoothing=0.0, l2=0.0, clip=None, batch_norm=False, mean=False):
    network = Network(outputs, batch_norm, mean)
    optimizer = make_optimizer(list(network.parameters.values()))
    losses = []
    for _ in range(4):
        optimizer.zero_grad()
        logits = network(True)
        if outputs == 1:
            labels = torch.tensor([float(n % 2) for n in range(IMAGES)])
            labels = labels * (1 - smoothing) + smoothing / 2
            loss = f.binary_cross_entropy_with_logits(logits[:, 0], labels)
        else:
            labels = torch.tensor([n % outputs for n in range(IMAGES)])
            loss = f.cross_entropy(logits, labels, label_smoothing=smoothing)
        loss = loss + l2 * (network.parameters["conv2d.weight"] ** 2).sum()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(list(network.parameters.values()), clip)
        optimizer.step()
        losses.append(loss.item())
    print("case", name)
    print("losses", show(losses))
    for key, parameter in network.parameters.items():
        print("tensor", key, show(parameter.flatten().tolist()))
    for key, (mean_, variance) in network.moving.items():
        print("tensor", f"{key}.moving_mean", show(mean_.tolist()))
        print("tensor", f"{key}.moving_variance", show(variance.tolist()))
    with torch.no_grad():
        logits = network(False)
        predictions = torch.sigmoid(logits) if outputs == 1 else torch.softmax(logits, 1)
    print("predictions", show(predictions.flatten().tolist()))


optim = torch.optim
run("sgd", 1, lambda p: optim.SGD(p, lr=0.1))
run("momentum", 1, lambda p: optim.SGD(p, lr=0.1, momentum=0.9), clip=0.2)
run("nesterov", 3, lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True), smoothing=0.1, l2=0.02)
run("adam", 3, lambda p: optim.Adam(p, lr=0.01, eps=1e-12), mean=True)
run("adamw", 1, lambda p: optim.AdamW(p, lr=0.01, eps=1e-12, weight_decay=0.1), smoothing=0.2)
run("muon", 3, lambda p: Muon(p, [0, 2], 0.95, True, 5, lr=0.01, eps=1e-12, weight_decay=0.1))
run("muon_of_convolutions", 1, lambda p: Muon(p, [0], 0.8, False, 3, lr=0.01, eps=1e-12, weight_decay=0.0), clip=0.2)
run("batch_normalization", 1, lambda p: optim.SGD(p, lr=0.1, momentum=0.5), batch_norm=True)
run("batch_normalization_of_means", 3, lambda p: optim.SGD(p, lr=0.1), batch_norm=True, mean=True, smoothing=0.1)
