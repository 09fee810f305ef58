/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What simplify tries: rules from one form to another, each for expressions in which certain functions occur. */
#ifndef SYMBOLIC_ALGEBRA_STRATEGIES_H
#define SYMBOLIC_ALGEBRA_STRATEGIES_H

#include "symbolic/expr/expr.h"

enum {                              /* what occurs in an expression */
    HAS_SUM = 1, HAS_POWER = 2, HAS_WAVE = 4, HAS_EXP = 8, HAS_LOG = 16, HAS_ROOT = 32, HAS_SIZE = 64, HAS_SPECIAL = 128, HAS_CONDITION = 256, HAS_FACTORIAL = 512, HAS_INVERSE = 1024,
    GIVEN_SIZE = 2048,              /* abs, sign or max occurred in what simplify was given: a result may hold sign(u) */
    HAS_FUNCTION = HAS_WAVE | HAS_EXP | HAS_LOG | HAS_ROOT | HAS_SIZE | HAS_SPECIAL | HAS_INVERSE | HAS_CONDITION
};

typedef struct Strategy {
    unsigned    needs;              /* one of these must occur; 0: always tried */
    size_t      most;               /* nodes; larger expressions are not tried */
    const Expr *(*run)(Pool *p, const Expr *e);     /* NULL: nothing found */
} Strategy;

extern const Strategy strategies[]; /* ends with run NULL */

bool call_is_special(FnId fn);      /* no elementary function: it counts for more than sin or abs */

typedef struct Features { unsigned has; size_t nodes; double terms; } Features;     /* terms: about how many when multiplied out */

Features expr_features(Pool *p, Arena *a, const Expr *e);

#endif
