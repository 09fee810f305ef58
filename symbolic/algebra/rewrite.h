/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions written by others: sin by exp, asin by log, abs by cases. The rules are rows of text (rewrites.def). */
#ifndef SYMBOLIC_ALGEBRA_REWRITE_H
#define SYMBOLIC_ALGEBRA_REWRITE_H

#include "base/builtin.h"
#include "symbolic/expr/expr.h"

typedef struct Rewrite Rewrite;     /* what to write by; the functions that have a rule for it are rewritten */

const Rewrite *rewrite_find(Str by);                /* NULL: no rule writes anything by this */
const Expr    *expr_rewrite(Pool *p, const Expr *e, const Rewrite *by);

extern const Builtin rewrite_builtins[];

#endif
