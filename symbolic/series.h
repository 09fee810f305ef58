/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power series about a point, with coefficients that are expressions free of the variable. */
#ifndef SYMBOLIC_SERIES_H
#define SYMBOLIC_SERIES_H

#include "base/builtin.h"
#include "symbolic/expr.h"

/* sum of c[i] * t^(low + i), i < n, plus O(t^(low + n)), where x = a + t (or x = 1/t for a = oo, x = -1/t for -oo). */
typedef struct Series {
    slong        low;
    size_t       n;
    const Expr **c;
} Series;

typedef enum SeriesStatus { SERIES_OK, SERIES_NONE, SERIES_UNDECIDED } SeriesStatus;

/* Laurent series of e at x = a with the terms below t^order known. NONE: e has no Laurent series there (log, fractional
 * power, essential singularity); UNDECIDED: a coefficient could not be tested for zero, or a budget ended; *why says it. */
SeriesStatus expr_series(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, slong order, Series *out, Str *why);

extern const Builtin series_builtins[];             /* taylor, series */

#endif
