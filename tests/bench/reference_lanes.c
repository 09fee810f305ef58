/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What C at -O3 makes of exp(-x^2)*sin(3x) + sqrt(1 + x^2)/(1 + x^4) with the vector functions that the fp64 kernels use; compiled once
 * per instruction set, as they are. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#if defined(__AVX512F__)
#define WIDTH 8
#define SLEEF(name) Sleef_finz_##name##d8_u10avx512f
#elif defined(__AVX2__)
#define WIDTH 4
#define SLEEF(name) Sleef_finz_##name##d4_u10avx2
#elif defined(__SSE2__)
#define WIDTH 2
#define SLEEF(name) Sleef_cinz_##name##d2_u10sse2
#else
#define WIDTH 1
#define SLEEF(name) name
#endif

#if WIDTH > 1
#include <sleef.h>
typedef double Vector __attribute__((vector_size(8 * WIDTH)));
#else
typedef double Vector;
#endif

void LANES(double *y, const double *x, size_t n);

void LANES(double *y, const double *x, size_t n)
{
    for (size_t i = 0; i + WIDTH <= n; i += WIDTH) {
        Vector v, w;
        memcpy(&v, x + i, sizeof v);
        Vector s = v * v, a = SLEEF(exp)(-s), b = SLEEF(sin)(3 * v), t = 1 + s, r;
        for (int l = 0; l < WIDTH; l++)
            ((double *)&r)[l] = sqrt(((double *)&t)[l]);
        w = a * b + r / (1 + s * s);
        memcpy(y + i, &w, sizeof w);
    }
}
