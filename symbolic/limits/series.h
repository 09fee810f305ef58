/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series about a point: Taylor, Laurent, Puiseux, with logarithms. */
#ifndef SYMBOLIC_LIMITS_SERIES_H
#define SYMBOLIC_LIMITS_SERIES_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef struct SeriesTerm { const Expr *e, *c; } SeriesTerm;         /* c * t^e, e a real constant; c may contain log(t) */

/* The terms below t^order, by increasing exponent, where x = a + t (or x = 1/t for a = oo, x = -1/t for -oo). */
typedef struct Series {
    size_t      n;
    SeriesTerm *term;
    const Expr *remainder;          /* the rest is O(remainder * t^order) */
    bool        regular;            /* whole exponents, no logarithms */
    bool        folded;             /* it holds for x > a only, where it could also be another one for x < a */
} Series;

typedef enum SeriesStatus { SERIES_OK, SERIES_NONE, SERIES_UNDECIDED } SeriesStatus;

/* NONE: e has no such series there (an essential singularity); UNDECIDED: a coefficient could not be
 * tested for zero, or a budget ended; *why says it. */
SeriesStatus expr_series(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, slong order, Series *out, Str *why);
const Expr  *series_coefficient(Pool *p, const Series *s, slong k);  /* of t^k */

extern const Builtin series_builtins[];             /* taylor, series */

#endif
