#!/usr/bin/python3
"""Images a second of the networks in PyTorch.

usage: peer_torch.py MODEL train BATCH THREADS SECONDS nchw|nhwc|mkldnn [fp32|bf16]
       peer_torch.py MODEL export FILE.onnx

MODEL is cnn10, cnn15 or cnn15w as in network.c. The layouts are PyTorch's default, channels_last, and oneDNN's
blocked tensors for the convolutions; bf16 is autocast. Freed memory is kept, for page faults cost
PyTorch much. Prints a line as network.c does.
"""
import ctypes
import resource
import statistics
import sys
import time

import torch
from torch import nn

MODELS = {
    "cnn10": (100, 100, (16, 32, 64, 64, 64), 0.0),
    "cnn15": (250, 250, (16, 32, 64, 64, 64, 64), 0.5),
    "cnn15w": (350, 175, (16, 32, 64, 64, 64, 64), 0.5),
}
WINDOWS = 7
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4


def make_network(name):
    """The convolutions, and the dense layers."""
    width, height, filters, dropout = MODELS[name]
    convolutions, channels = [], 1
    for count in filters:
        convolutions += [nn.Conv2d(channels, count, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        channels, width, height = count, width // 2, height // 2
    dense = [nn.Flatten(), nn.Linear(channels * width * height, 512), nn.ReLU(inplace=True)]
    if dropout:
        dense.append(nn.Dropout(dropout))
    return nn.Sequential(*convolutions), nn.Sequential(*dense, nn.Linear(512, 1))


def export(name, path):
    width, height = MODELS[name][:2]
    network = nn.Sequential(*make_network(name), nn.Sigmoid()).eval()
    torch.onnx.export(network, torch.rand(1, 1, height, width), path, opset_version=13, input_names=["x"],
                      output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})


def rate_of(step, batch, seconds):
    images, begin = 0, time.perf_counter()
    while True:
        step()
        images += batch
        elapsed = time.perf_counter() - begin
        if elapsed >= seconds:
            return images / elapsed


def train(name, batch, threads, seconds, layout, precision):
    width, height = MODELS[name][:2]
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_MAX, 0)
    libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    libc.mallopt(M_TOP_PAD, 64 << 20)
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    convolutions, dense = make_network(name)
    images, labels = torch.rand(batch, 1, height, width), torch.randint(0, 2, (batch, 1)).float()
    if layout == "nhwc":
        convolutions = convolutions.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam([*convolutions.parameters(), *dense.parameters()], lr=1e-4)
    loss_of = nn.BCEWithLogitsLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            if layout == "mkldnn":
                logits = dense(convolutions(images.to_mkldnn()).to_dense())
            else:
                logits = dense(convolutions(images))
        loss = loss_of(logits.float(), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    rate_of(step, batch, 1.0)
    rates = [rate_of(step, batch, seconds / WINDOWS) for _ in range(WINDOWS)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name} train torch {layout} {precision} batch={batch} threads={threads} "
          f"{statistics.median(rates):.1f} images/s (min {min(rates):.1f} max {max(rates):.1f}) rss={memory}MiB")


if sys.argv[2] == "export":
    export(sys.argv[1], sys.argv[3])
else:
    train(sys.argv[1], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6],
          sys.argv[7] if len(sys.argv) > 7 else "fp32")
