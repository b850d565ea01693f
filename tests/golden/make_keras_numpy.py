"""Writes keras_numpy.txt: a network in Keras' layout (channel last), computed with numpy alone.

    /usr/bin/python3 tests/golden/make_keras_numpy.py > tests/golden/keras_numpy.txt

Input 8 x 10 x 2; conv2d 3 relu, max_pooling2d, batch_normalization, conv2d 4 tanh, flatten, batch_normalization,
dense 5 relu, dense 2 softmax. Weights in the order and shapes of Keras' get_weights(), then three images, come from
x = 1664525 x + 1013904223 mod 2^32 (begun with 1), the upper 24 bits as a number in [0, 1), less a half; without
it for the images and the moving variances. The lines are the probabilities of an image each.
"""
import numpy as np

state = 1


def array(*shape, low=-0.5):
    global state
    values = np.empty(int(np.prod(shape)))
    for k in range(len(values)):
        state = (1664525 * state + 1013904223) % 2**32
        values[k] = (state >> 8) / 2**24 + low
    return values.reshape(shape)


def normal(count):
    return array(count), array(count), array(count), array(count, low=0.0)


kernel_1, bias_1 = array(3, 3, 2, 3), array(3)
normal_1 = normal(3)
kernel_2, bias_2 = array(3, 3, 3, 4), array(4)
normal_2 = normal(4 * 5 * 4)
kernel_3, bias_3 = array(80, 5), array(5)
kernel_4, bias_4 = array(5, 2), array(2)
images = array(3, 8, 10, 2, low=0.0)


def conv2d(x, kernel, bias):
    n, height, width, _ = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    y = np.zeros((n, height, width, kernel.shape[3])) + bias
    for dy in range(3):
        for dx in range(3):
            y += padded[:, dy:dy + height, dx:dx + width] @ kernel[dy, dx]
    return y


def batch_normalization(x, gamma, beta, mean, variance):
    return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta


x = np.maximum(conv2d(images, kernel_1, bias_1), 0)
x = x.reshape(3, 4, 2, 5, 2, 3).max((2, 4))
x = batch_normalization(x, *normal_1)
x = np.tanh(conv2d(x, kernel_2, bias_2))
x = batch_normalization(x.reshape(3, -1), *normal_2)
x = np.maximum(x @ kernel_3 + bias_3, 0) @ kernel_4 + bias_4
p = np.exp(x - x.max(1, keepdims=True))
for row in p / p.sum(1, keepdims=True):
    print(" ".join(f"{value:.9g}" for value in row))
