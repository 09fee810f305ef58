/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From exact expressions to certain digits: a memoized walk of the graph over complex balls, with doubling precision. */
#ifndef SYMBOLIC_EXPR_EVALUATE_H
#define SYMBOLIC_EXPR_EVALUATE_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef enum EvalStatus {
    EVAL_OK,            /* finite enclosure */
    EVAL_IMPRECISE,     /* not finite at this precision; more may help */
    EVAL_UNDEFINED,     /* proved: pole, 0/0, log(0), outside every domain */
    EVAL_SYMBOLIC,      /* a symbol without value, a relation, oo, ... occurs */
    EVAL_TOO_LARGE,     /* a budget: exponent or result of absurd size */
    EVAL_STOPPED        /* should_stop() */
} EvalStatus;

/* Encloses the scalar e in *out at working precision prec (bits). symbol[i] takes the value value[i]; nvalues may be 0.
 * *fault, if not NULL, is set to the node that made the status other than OK. */
EvalStatus expr_enclose(Pool *p, const Expr *e, const Expr *const *symbol, acb_srcptr value, size_t nvalues,
                        slong prec, acb_t out, const Expr **fault);

/* The decimal digits of a numeric scalar expression. */
typedef struct Decimal {
    EvalStatus status;
    bool       exact;               /* text is the exact value (a terminating decimal that fits) */
    bool       zero_not_proved;     /* 0 to `digits` digits, but the zero test could not prove it */
    size_t     digits;              /* right significant digits in text (of the larger part, if complex) */
    Str        text;                /* "3.14159", "1.5 + 2.5*i", "2.77e11674344414002886632798167381008836736851880" */
    Str        why;                 /* one sentence if status is not OK */
} Decimal;

Decimal expr_decimal(Pool *p, Arena *a, const Expr *e, size_t digits);

/* The ball that N(e, digits) is worth: relative accuracy of at least digits digits, or NULL with pool_error() set. */
const Expr *expr_approximate(Pool *p, const Expr *e, size_t digits);

extern const Builtin evaluate_builtins[];          /* N */

#endif
