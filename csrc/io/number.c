#include "io/number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Powers of ten that a double holds exactly. */
static const double POWER[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* strtod reads the decimal point of the locale. The rare number that the exact path can't take is
 * rewritten without a point, digits and exponent only, which every locale reads alike. */
static bool parse_slowly(bool negative, const char *digits, size_t count, long exponent,
                         double *value) {
    char *text = malloc(count + 32), *end;
    if (text == NULL)
        return false;
    size_t length = 0;
    for (const char *c = digits; length < count; c++)
        if (*c != '.')
            text[length++] = *c;
    text[length++] = 'e';
    if (exponent < 0) {
        text[length++] = '-';
        exponent = -exponent;
    }
    char reversed[24];
    size_t n = 0;
    do
        reversed[n++] = (char)('0' + exponent % 10);
    while ((exponent /= 10) > 0);
    while (n > 0)
        text[length++] = reversed[--n];
    text[length] = '\0';
    const double result = strtod(text, &end);
    const bool whole = *end == '\0';
    free(text);
    *value = negative ? -result : result;
    return whole && isfinite(result);
}

bool tot_parse_number(const char *text, double *value) {
    const bool negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    const char *digits = text;
    uint64_t mantissa = 0;
    size_t count = 0;
    long exponent = 0;
    bool point = false, exact = true;
    for (;; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9')
            break;
        count++;
        exponent -= point;
        if (mantissa < UINT64_C(1) << 49)
            mantissa = 10 * mantissa + (uint64_t)(*text - '0');
        else
            exact = false;
    }
    if (count == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        const bool minus = *text == '-';
        if (*text == '-' || *text == '+')
            text++;
        if (*text < '0' || *text > '9')
            return false;
        long shift = 0;
        for (; *text >= '0' && *text <= '9'; text++)
            if (shift < 100000)
                shift = 10 * shift + (*text - '0');
        exponent += minus ? -shift : shift;
    }
    if (*text != '\0')
        return false;
    /* both factors are exact, so that the one rounding of the product is the right one */
    if (exact && mantissa <= UINT64_C(1) << 53 && exponent >= -22 && exponent <= 22) {
        const double m = (double)mantissa;
        const double result = exponent < 0 ? m / POWER[-exponent] : m * POWER[exponent];
        *value = negative ? -result : result;
        return true;
    }
    return parse_slowly(negative, digits, count, exponent, value);
}
