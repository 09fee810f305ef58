/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fp64 on this machine: the widest build of format_double.c that the processor runs. Rows of functions.def that no vector library
 * has, and correctly rounded functions, go through balls: the precision doubles until the ball rounds one way. */
#include "numeric/format_double.h"

#include <math.h>

const Kernels *double_kernels(void)
{
#if defined(NABLA_X86)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return &double_kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &double_kernels_avx2;
#endif
    return &double_kernels_base;
}

/* ---- lane by lane ------------------------------------------------------------------------------------------------------------ */

void double_rows_call(const Format *f, const Instruction *i, double *d, const double *const *arg, const unsigned *step, size_t n)
{
    double x[3];
    for (size_t l = 0; l < n; l++) {
        for (uint32_t k = 0; k < i->k && k < 3; k++)
            x[k] = arg[k][l * step[k]];
        format_call(f, &d[l], &fn_rows[i->fn], x, i->k, NULL);
    }
}

void double_rows_power(const Format *f, double *d, const double *const *arg, const unsigned *step, size_t n)
{
    double x[2];
    for (size_t l = 0; l < n; l++) {
        x[0] = arg[0][l * step[0]];
        x[1] = arg[1][l * step[1]];
        format_power(f, &d[l], x, NULL);
    }
}

/* ---- contraction -------------------------------------------------------------------------------------------------------------- */

static double *lane_of(const Banks *b, View v, size_t r, size_t l)
{
    return (double *)b->bank[v.bank] + v.off + r * v.row_stride + l * v.lane_stride;
}

/* As the widest build, but a product that is added or subtracted is not rounded on its own. */
static void run_contracted(const Format *f, const Instruction *i, const Banks *b, size_t n)
{
    if (i->op != TAPE_MULADD && i->op != TAPE_MULSUB) {
        double_kernels()->run(f, i, b, n);
        return;
    }
    double sign = i->op == TAPE_MULSUB ? -1 : 1;
    for (size_t r = 0; r < i->rows; r++)
        for (size_t l = 0; l < n; l++)
            *lane_of(b, i->d, r, l) = fma(sign * *lane_of(b, i->a, r, l), *lane_of(b, i->b, r, l), *lane_of(b, i->c, r, l));
}

const Kernels contracted_double_kernels = { .run = run_contracted };
