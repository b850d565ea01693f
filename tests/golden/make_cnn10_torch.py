"""Writes cnn10_torch.txt: what PyTorch computes for CNN10 in double precision.

    apt-get install python3-torch
    /usr/bin/python3 tests/golden/make_cnn10_torch.py > tests/golden/cnn10_torch.txt

Weights and images come from the linear congruential generator below, which tests/c/test_cnn10.c repeats
number for number. Lines: "logits", "loss", and per tensor "gradient NAME sum norm samples..." and
"adam NAME samples..." (after three steps, Keras' convention for epsilon). Samples are the elements
floor(k * count / n), k = 0 ... n-1, n = min(count, 100).
"""
import math

import torch

torch.set_default_dtype(torch.float64)


class Generator:
    """x = 1664525 x + 1013904223 mod 2^32; the upper 24 bits as a number in [0, 1)."""

    def __init__(self):
        self.state = 1

    def uniform(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 8) / 2**24


generator = Generator()


def tensor(shape, width, low):
    values = [low + width * generator.uniform() for _ in range(math.prod(shape))]
    # exact in float32: 24 bits times a power of two, except for the offset
    return torch.tensor(values).to(torch.float32).to(torch.float64).reshape(shape)


names, parameters = [], []


def layer(name, shape, width):
    for suffix, size, extent in (("weight", shape, width), ("bias", shape[:1], 0.25)):
        names.append(f"{name}.{suffix}")
        parameters.append(tensor(size, extent, -extent / 2).requires_grad_())


layer("conv2d", (16, 1, 3, 3), 2.0)
layer("conv2d_1", (32, 16, 3, 3), 0.5)
layer("conv2d_2", (64, 32, 3, 3), 0.25)
layer("conv2d_3", (64, 64, 3, 3), 0.25)
layer("conv2d_4", (64, 64, 3, 3), 0.25)
layer("dense", (512, 576), 0.25)
layer("dense_1", (1, 512), 0.25)
images = tensor((3, 1, 100, 100), 1.0, 0.0)
labels = torch.tensor([1.0, 0.0, 1.0])


def forward(x):
    f = torch.nn.functional
    for k in range(5):
        x = f.relu(f.conv2d(x, parameters[2 * k], parameters[2 * k + 1], padding=1))
        x = f.max_pool2d(x, 2)
    x = f.relu(f.linear(x.flatten(1), parameters[10], parameters[11]))
    return f.linear(x, parameters[12], parameters[13])[:, 0]


def loss_of(logits):
    return torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)


def show(values):
    return " ".join(f"{value:.9g}" for value in values)


def samples(values):
    flat = values.detach().flatten()
    n = min(len(flat), 100)
    return show(flat[k * len(flat) // n].item() for k in range(n))


logits = forward(images)
loss = loss_of(logits)
loss.backward()
print("logits", show(logits.tolist()))
print("loss", show([loss.item()]))
for name, parameter in zip(names, parameters):
    gradient = parameter.grad
    print("gradient", name, show([gradient.sum().item(), gradient.norm().item()]), samples(gradient))

# Small steps: larger ones carry pixels over the kinks of ReLU and pooling, and float32 elsewhere than float64.
rate, beta_1, beta_2, epsilon = 1e-4, 0.9, 0.999, 1e-7
first = [torch.zeros_like(p) for p in parameters]
second = [torch.zeros_like(p) for p in parameters]
for step in (1, 2, 3):
    for parameter in parameters:
        parameter.grad = None
    loss_of(forward(images)).backward()
    corrected = rate * math.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    with torch.no_grad():
        for parameter, m, v in zip(parameters, first, second):
            m.mul_(beta_1).add_((1 - beta_1) * parameter.grad)
            v.mul_(beta_2).add_((1 - beta_2) * parameter.grad**2)
            parameter -= corrected * m / (v.sqrt() + epsilon)
for name, parameter in zip(names, parameters):
    print("adam", name, samples(parameter))
