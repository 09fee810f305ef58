/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is an expression zero, and what is its sign? Three answers, with the reason. Everything symbolic rests on this. */
#ifndef SYMBOLIC_ALGEBRA_ZERO_H
#define SYMBOLIC_ALGEBRA_ZERO_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef struct Verdict {
    Truth       answer;
    const char *why;                /* "exact rational", "algebraic numbers", "a ball excludes zero", "no proof found", ... */
} Verdict;

/* YES: e is 0 wherever it is defined (real values of the symbols). NO: it is not 0 at some point. */
Verdict expr_zero_test(Pool *p, const Expr *e);
/* The sign of a numeric real expression: *sign is -1, 0 or 1 if the answer is YES; NO: not real. */
Verdict expr_sign(Pool *p, const Expr *e, int *sign);
/* The sign of a real expression for all values of its symbols that are assumed, where it is defined; *or_zero: it may be zero too. */
Verdict expr_sign_everywhere(Pool *p, const Expr *e, int *sign, bool *or_zero);
/* Is a relation (or and/or/not of relations) true? Decides numeric ones, and equations that hold identically. */
Verdict expr_decide(Pool *p, const Expr *relation);
/* e where x[i] is to[i]; branches of `if` whose conditions the numbers decide are chosen. */
const Expr *expr_at(Pool *p, const Expr *e, const Expr *const *x, const Expr *const *to, size_t n);

extern const Builtin zero_builtins[];       /* zero_commands.c: is_zero, sign_of */

#endif
