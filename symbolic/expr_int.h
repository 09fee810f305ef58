/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that build expressions share: interning, and the rules behind the constructors. */
#ifndef SYMBOLIC_EXPR_INT_H
#define SYMBOLIC_EXPR_INT_H

#include "symbolic/expr.h"

/* The node with this head (kind, payload, flags beyond the derived ones, shape) and these arguments: found or made.
 * NULL if the budget of nodes is spent. */
const Expr *expr_intern(Pool *p, const Expr *head, const Expr *const *arg, size_t n);
const Expr *expr_node(Pool *p, ExprKind kind, const Shape *shape, const Expr *const *arg, size_t n);

/* symbols.c: the set of a fresh node from those of its arguments. */
const SymbolSet *symbols_of_node(Pool *p, const Expr *e);
/* real.c: EXPR_REAL and EXPR_NONNEGATIVE of a node with these arguments. */
uint16_t real_flags(const Expr *e, const Expr *const *arg, size_t n);

/* The shape of an entrywise operation on these arguments: scalars broadcast. False (pool_error) if two differ. */
bool shape_common(Pool *p, const Expr *const *arg, size_t n, const Shape **out);

/* power.c: base^exponent for scalars. */
const Expr *power_rules(Pool *p, const Expr *base, const Expr *exponent);
/* special.c: exact values and always-true rewritings of f(args); NULL if none applies (not a failure). */
const Expr *call_rules(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n);
/* special.c: is -e the shorter form? Used to pull signs out of odd and even functions. */
bool        expr_leads_negative(const Expr *e);
/* tensor.c: sums, products and powers in which a tensor literal occurs. */
const Expr *tensor_sum(Pool *p, const Expr *const *term, size_t n);
const Expr *tensor_product(Pool *p, const Expr *const *factor, size_t n);
const Expr *tensor_power(Pool *p, const Expr *a, const Expr *b);
/* fold.c: replaces a numeric node in which a ball occurs by the ball of its value. */
const Expr *fold_ball(Pool *p, const Expr *e);

#define ARGS(...) ((const Expr *const[]){ __VA_ARGS__ })

#endif
