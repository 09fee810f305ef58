/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the builds of format_double.c share: the rows that no vector library has, and the names of the builds. */
#ifndef NUMERIC_FORMAT_DOUBLE_H
#define NUMERIC_FORMAT_DOUBLE_H

#include "numeric/tape.h"

/* A row of functions.def lane by lane, correctly rounded to fp64; outside its real domain NaN. arg[j] steps by step[j] (0 or 1). */
void double_rows_call(const Format *f, const Instruction *i, double *d, const double *const *arg, const unsigned *step, size_t n);
void double_rows_power(const Format *f, double *d, const double *const *arg, const unsigned *step, size_t n);

extern const Kernels double_kernels_base, double_kernels_avx2, double_kernels_avx512;

#ifndef KERNELS
#define KERNELS double_kernels_base
#endif

#endif
