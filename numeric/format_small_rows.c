/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounding to nearest without branches, compiled once per instruction set (see numeric/meson.build).
 *
 * With 2^e <= |x| < 2^(e+1) the sum x + 1.5*2^(e + 53 - p) has the last place of the format, so adding and subtracting that number
 * rounds as the machine does, ties to even; e at least emin gives the subnormals. Zero keeps its sign. */
#include "numeric/format_small.h"

#include <math.h>
#include <string.h>

#ifndef ROWS
#define ROWS small_rows_base
#endif

#if defined(__clang__)
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

static inline uint64_t bits_of(double x)   { uint64_t u; memcpy(&u, &x, sizeof u); return u; }
static inline double   of_bits(uint64_t u) { double x; memcpy(&x, &u, sizeof x); return x; }

static const uint64_t sign_bit = 1ULL << 63, exponent_bits = 0x7ffULL << 52;

/* d[l] = x rounded, or x itself beyond the largest number; collects whether there was one. */
#define ROUND_LANE(expression)                                                                  \
    {                                                                                           \
        const double z = (expression);                                                          \
        const uint64_t u = bits_of(z);                                                          \
        double e = of_bits(u & exponent_bits);                                                  \
        e = e > tiny ? e : tiny;                                                                \
        const double m = e * shift, r = of_bits(bits_of((z + m) - m) | (u & sign_bit));         \
        const bool in = of_bits(u & ~sign_bit) <= largest;                                      \
        d[l] = in ? r : z;                                                                      \
        beyond |= in ? 0 : 1;                                                                   \
    }

#define ROW(name, expression)                                                                                                     \
    static inline bool name##_loop(const SmallConstants *k, double *d, const double *a, size_t as, const double *b, size_t bs, size_t n) \
    {                                                                                                                             \
        const double tiny = k->tiny, shift = k->shift, largest = k->largest;                                                      \
        uint64_t beyond = 0;                                                                                                      \
        if (as && bs) {                                                                                                           \
            INDEPENDENT for (size_t l = 0; l < n; l++) { const double x = a[l], y = b[l]; (void)y; ROUND_LANE(expression) }       \
        } else if (as) {                                                                                                          \
            const double y = *b; (void)y;                                                                                         \
            INDEPENDENT for (size_t l = 0; l < n; l++) { const double x = a[l]; ROUND_LANE(expression) }                          \
        } else if (bs) {                                                                                                          \
            const double x = *a;                                                                                                  \
            INDEPENDENT for (size_t l = 0; l < n; l++) { const double y = b[l]; (void)y; ROUND_LANE(expression) }                 \
        } else {                                                                                                                  \
            const double x = *a, y = *b; (void)y;                                                                                 \
            INDEPENDENT for (size_t l = 0; l < n; l++) ROUND_LANE(expression)                                                     \
        }                                                                                                                         \
        return !beyond;                                                                                                           \
    }                                                                                                                             \
    static bool name(const SmallConstants *k, double *d, const double *a, size_t as, const double *b, size_t bs, size_t n)        \
    {                                                                                                                             \
        return n == BLOCK ? name##_loop(k, d, a, as, b, bs, BLOCK) : n == PARTIALS ? name##_loop(k, d, a, as, b, bs, PARTIALS)    \
                          : name##_loop(k, d, a, as, b, bs, n);                                                                   \
    }

ROW(add, x + y)
ROW(subtract, x - y)
ROW(multiply, x * y)
ROW(divide, x / y)
ROW(root, sqrt(x))
ROW(copy, x)

const SmallRows ROWS = { add, subtract, multiply, divide, root, copy };
