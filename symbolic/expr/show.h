/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expressions as text in input syntax: what is printed can be typed back. */
#ifndef SYMBOLIC_EXPR_SHOW_H
#define SYMBOLIC_EXPR_SHOW_H

#include "symbolic/expr/expr.h"

typedef struct ShowStyle {
    bool   unicode;                 /* the infinity sign, pi as a letter, ... */
    size_t digits;                  /* of balls */
} ShowStyle;

void expr_show(Buf *b, Pool *p, const Expr *e, ShowStyle style);
Str  expr_text(Arena *a, Pool *p, const Expr *e);                   /* ASCII, 17 digits: for messages and tests */

#endif
