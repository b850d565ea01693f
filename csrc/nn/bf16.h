/* bfloat16: the upper half of a float32, eight bits of mantissa. */
#ifndef TOT_NN_BF16_H
#define TOT_NN_BF16_H

#include <stdint.h>
#include <string.h>

typedef uint16_t tot_bf16;

static inline float tot_bf16_to_float(tot_bf16 x) {
    const uint32_t bits = (uint32_t)x << 16;
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

/* To the nearest, of two equally near ones to the even one; a NaN stays one. */
static inline tot_bf16 tot_bf16_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (x != x)
        return (tot_bf16)(bits >> 16 | 0x40);
    return (tot_bf16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#endif
