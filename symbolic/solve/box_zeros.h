/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All zeros of a system in a box, certified by interval Newton steps. */
#ifndef SYMBOLIC_SOLVE_BOX_ZEROS_H
#define SYMBOLIC_SOLVE_BOX_ZEROS_H

#include "base/value.h"
#include "symbolic/expr/expr.h"

typedef struct BoxZeros {
    Truth        found;             /* YES: at[] is all of them; UNKNOWN: why, and more may be near doubt[] */
    size_t       n, doubts;
    const Expr **at;                /* n rows, one ball for each variable, each row around exactly one zero */
    double      *doubt;             /* doubts rows */
    const char  *why;
} BoxZeros;

/* f[0..n-1] = 0 for x[0..n-1] in low[i]..high[i]. */
BoxZeros expr_box_zeros(Pool *p, Arena *a, const Expr *const *f, const Expr *const *x, size_t n, const Expr *const *low, const Expr *const *high, size_t digits);

#endif
